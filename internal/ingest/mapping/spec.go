package mapping

// The structs of this file are the mapping file as it is written. The key
// reference in docs/mapping.md is checked against their tags.

type document struct {
	Version     int              `yaml:"version,required"`
	Source      sourceSpec       `yaml:"source,required"`
	Detect      detectSpec       `yaml:"detect"`
	Read        readSpec         `yaml:"read"`
	Record      recordSpec       `yaml:"record,required"`
	Identifiers []identifierSpec `yaml:"identifiers"`
	Attributes  []attributeSpec  `yaml:"attributes"`
	Touchpoints []touchpointSpec `yaml:"touchpoints"`
	Consents    []consentSpec    `yaml:"consents"`
	Preferences []preferenceSpec `yaml:"preferences"`
	Restriction *restrictionSpec `yaml:"restriction"`
	Grounds     []groundSpec     `yaml:"grounds"`
	Shares      []shareSpec      `yaml:"shares"`
	Activities  []activitySpec   `yaml:"activities"`
}

type sourceSpec struct {
	ID         string   `yaml:"id,required"`
	System     string   `yaml:"system"`
	Kind       string   `yaml:"kind"`
	Owner      string   `yaml:"owner"`
	Controller string   `yaml:"controller"`
	Country    string   `yaml:"country"`
	Collection string   `yaml:"collection"`
	Activities []string `yaml:"activities"`
	Link       string   `yaml:"link"`
}

type detectSpec struct {
	Headers []string `yaml:"headers"`
	Paths   []string `yaml:"paths"`
	Without []string `yaml:"without"`
}

type readSpec struct {
	Format          string   `yaml:"format"`
	Charset         string   `yaml:"charset"`
	Sep             string   `yaml:"sep"`
	Null            []string `yaml:"null"`
	ApostropheGuard bool     `yaml:"apostrophe_guard"`
	Root            string   `yaml:"root"`
	Header          *bool    `yaml:"header"`
	Layouts         []string `yaml:"layouts"`
	TZ              string   `yaml:"tz"`
}

type recordSpec struct {
	Key        valueSpec  `yaml:"key,required"`
	Time       *timeSpec  `yaml:"time"`
	DeleteWhen string     `yaml:"delete_when"`
	SkipWhen   []skipSpec `yaml:"skip_when"`
}

type skipSpec struct {
	Rule string `yaml:"rule,required"`
	When string `yaml:"when,required"`
}

type timeSpec struct {
	From    valueSpec `yaml:"from,required"`
	Layouts []string  `yaml:"layouts"`
	TZ      string    `yaml:"tz"`
}

type identifierSpec struct {
	Kind     valueSpec `yaml:"kind,required"`
	From     valueSpec `yaml:"from,required"`
	Each     string    `yaml:"each"`
	When     string    `yaml:"when"`
	Issuer   valueSpec `yaml:"issuer"`
	Country  valueSpec `yaml:"country"`
	Link     string    `yaml:"link,required"`
	Verified valueSpec `yaml:"verified"`
	Hashed   string    `yaml:"hashed"`
	Derive   bool      `yaml:"derive"`
}

type attributeSpec struct {
	Name     string    `yaml:"name,required"`
	From     valueSpec `yaml:"from,required"`
	Each     string    `yaml:"each"`
	When     string    `yaml:"when"`
	Category string    `yaml:"category"`
	Origin   string    `yaml:"origin"`
	Special  string    `yaml:"special"`
	Layouts  []string  `yaml:"layouts"`
	Store    string    `yaml:"store"`
}

type touchpointSpec struct {
	Kind    valueSpec `yaml:"kind,required"`
	Channel valueSpec `yaml:"channel"`
	Each    string    `yaml:"each"`
	When    string    `yaml:"when"`
	Key     valueSpec `yaml:"key"`
	Time    *timeSpec `yaml:"time"`
	Text    valueSpec `yaml:"text"`
	Detail  valueSpec `yaml:"detail"`
	Purpose valueSpec `yaml:"purpose"`
}

type endpointSpec struct {
	Kind    valueSpec `yaml:"kind,required"`
	From    valueSpec `yaml:"from,required"`
	Issuer  valueSpec `yaml:"issuer"`
	Country valueSpec `yaml:"country"`
	Hashed  string    `yaml:"hashed"`
}

type consentSpec struct {
	Each       string        `yaml:"each"`
	When       string        `yaml:"when"`
	Endpoint   *endpointSpec `yaml:"endpoint"`
	Purpose    valueSpec     `yaml:"purpose,required"`
	Channel    valueSpec     `yaml:"channel"`
	State      valueSpec     `yaml:"state,required"`
	Absent     string        `yaml:"absent"`
	Empty      string        `yaml:"empty"`
	EmptyList  string        `yaml:"empty_list"`
	Time       *timeSpec     `yaml:"time"`
	Expires    *timeSpec     `yaml:"expires"`
	Notice     valueSpec     `yaml:"notice"`
	Method     valueSpec     `yaml:"method"`
	Language   valueSpec     `yaml:"language"`
	Proof      valueSpec     `yaml:"proof"`
	Regulation valueSpec     `yaml:"regulation"`
	PreTicked  string        `yaml:"pre_ticked"`

	Explicit    valueSpec `yaml:"explicit"`
	Bundled     valueSpec `yaml:"bundled"`
	Conditional valueSpec `yaml:"conditional"`
	Speaker     valueSpec `yaml:"speaker"`
}

type groundSpec struct {
	Activity string    `yaml:"activity,required"`
	Each     string    `yaml:"each"`
	When     string    `yaml:"when"`
	Ref      valueSpec `yaml:"ref"`
	From     *timeSpec `yaml:"from"`
	To       *timeSpec `yaml:"to"`
}

type shareSpec struct {
	Recipient valueSpec `yaml:"recipient,required"`
	Each      string    `yaml:"each"`
	When      string    `yaml:"when"`
	Purpose   valueSpec `yaml:"purpose"`
	Time      *timeSpec `yaml:"time"`
	Fields    []string  `yaml:"fields"`
	Mode      string    `yaml:"mode"`
}

type activitySpec struct {
	ID   string `yaml:"id,required"`
	When string `yaml:"when"`
}

// A valueSpec is a value: a plain text for a constant, or one of col, path,
// expr and lit with an optional map and default.
type valueSpec struct {
	valueFields
	plain bool // written as a constant
	set   bool
}

type valueFields struct {
	Col     string            `yaml:"col"`
	Path    string            `yaml:"path"`
	Expr    string            `yaml:"expr"`
	Lit     *string           `yaml:"lit"`
	Map     map[string]string `yaml:"map"`
	Default *string           `yaml:"default"`
}

// UnmarshalYAML reads both forms.
func (v *valueSpec) UnmarshalYAML(decode func(into any) error) error {
	v.set = true
	var text string
	if decode(&text) == nil {
		v.plain, v.Lit = true, &text
		return nil
	}
	return decode(&v.valueFields)
}
