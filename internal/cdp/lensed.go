package cdp

// A Lensed is what a profile is for one purpose.
type Lensed struct {
	Lens      Lens
	Profile   ProfileID
	Title     string // of the purpose
	Records   int    // of the whole profile
	Truncated bool   // more records than were looked at
	Pieces    []LensPiece
	Left      []LeftOut
}

// A PurposeTitle is a purpose of the register.
type PurposeTitle struct {
	ID    PurposeID
	Title string
}

// A LensPiece is records that are one person for a purpose.
type LensPiece struct {
	Records []RecordID
	From    []SourceID   // the source of each record
	Sources []SourceID   // each once
	Links   []Identifier // that put it together
	May     []Verdict    // why each record may be used
}

// A LeftOut is a record that may not be used for a purpose, and why.
type LeftOut struct {
	Record  RecordID
	Source  SourceID
	Verdict Verdict
}
