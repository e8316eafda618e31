package cdp

import "time"

// Whereabouts is where a person's data are: in which systems, in which region,
// with whom; and which of these hold one value.
type Whereabouts struct {
	Profile    ProfileID
	Of         Ref         // the value; zero for all that the profile holds
	Ident      *Identifier // the value, when it is one
	Lens       Lens
	At         time.Time
	Place      Jurisdiction
	Systems    []WhereSystem
	Recipients []WhereRecipient
}

// A WhereSystem is a source that delivered it, as the register's inventory has
// it. What the inventory does not say is in Unknown, by the name of the field.
type WhereSystem struct {
	Source     SourceID
	System     string
	Kind       string
	Owner      string
	Department string
	Controller string
	Country    string
	Region     string
	Direction  string     // in, out, both: seen from here
	Listed     []string   // fields that the inventory says it holds
	Held       []string   // fields that it delivered of this person
	Records    int        // of this person
	Carrying   []RecordID // of these, those with the value that is asked for
	Seen       time.Time  // latest delivery of this person
	Last       time.Time  // latest delivery of the source
	Sync       string     // a delivery is expected at least so often, ISO 8601
	Late       bool
	Unknown    []string
}

// A WhereRecipient is who got it.
type WhereRecipient struct {
	Recipient  string
	Name       string
	Kind       string
	Department string
	Country    string
	Region     string
	Purposes   []PurposeID
	Fields     []string // none: not said, it may be all
	Times      int
	Carrying   int // of these, how often with the value that is asked for
	Last       time.Time
	Unknown    []string
}

// A Seen is a person as a recipient may see them: for each purpose what would
// go out, and of each field that is left out why.
type Seen struct {
	Profile   ProfileID
	Recipient string
	Name      string
	Lens      Lens
	At        time.Time
	Views     []SeenView
}

// A SeenView is what a recipient may see for one purpose.
type SeenView struct {
	Purpose PurposeID
	Title   Words
	Disclosure
}
