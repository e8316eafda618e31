package policy

// WithinEEA reports whether data flow freely to a country (Art. 1(3)).
func WithinEEA(country string) bool { return withinEEA(country) }
