package cdp

import "time"

// A Delivery says what is about to be ingested: one file or stream under one
// mapping.
type Delivery struct {
	Source   Source
	File     string // base name; "-" for standard input
	FileHash string // hex SHA-256 of the bytes as delivered; "" for a stream that can not be read twice
	Mapping  string // hex SHA-256 of the mapping's text
	Preset   string // name of the preset, "" for a mapping file
	Country  string // of phone numbers written without one, when the caller says it because the mapping does not; "" otherwise
	Bytes    int64  // size as delivered; 0 when unknown
}

// A Batch is some consecutive rows of a delivery, made into records.
type Batch struct {
	ID      BatchID
	Records []Record
	Rejects []Reject
	Dropped []Drop // rows that a rule of the mapping leaves out
	Notes   []Note // things reported once per delivery and name
	Rows    int    // rows of the delivery read so far, these included
	Last    bool   // the delivery is complete
}

// What is kept of the row and the header of a reject, in bytes, so that both
// fit in one value of the store. A text of that length may have been cut, and
// is not read again.
const (
	MaxRejectRow    = 48 << 10
	MaxRejectHeader = 12 << 10
)

// A Reject is a row that could not be made into a record. It is kept, with its
// text, until it is replayed or discarded.
type Reject struct {
	ID      uint64 // 0 until kept
	Source  SourceID
	Lineage Lineage
	Code    string  // stable: csv.width, json.duplicate_key, time.layout, key.empty ...
	Reason  string  // one sentence; no personal value
	Field   string  // column or path, "" for the whole row
	Raw     Value   // the row as read, cut at MaxRejectRow; "" when it holds what must never be stored
	Header  Value   // for CSV: the header row, so that Raw can be read again
	Replay  BatchID // the later batch that settled it, by admitting the row or by judging it anew; 0 while open
}

// A Drop is a row that the mapping leaves out on purpose.
type Drop struct {
	Line, Row int
	Rule      string
}

// A Note is something an officer should know about a delivery as a whole:
// a column dropped because it held password hashes, an unmapped value.
type Note struct {
	Code  string // never_store, unmapped_value, unknown_column, ambiguous_date ...
	Field string
	Text  string // no personal value
	Count int
}

// A Receipt says what became of a delivery so far. Every row is counted once:
//
//	Rows = Admitted + Quarantined + Refused + Unchanged + Superseding + Rejected + Dropped
type Receipt struct {
	Batch       BatchID
	Source      SourceID
	File        string
	FileHash    string
	Mapping     string
	Preset      string
	Begun, Done time.Time // Done is zero while it runs or when it was cut off

	Rows        int
	Admitted    int // new, and not quarantined
	Quarantined int // new or newer, and no activity has a valid basis
	Refused     int // suppressed endpoint
	Unchanged   int // known already, same content
	Superseding int // another version of a known row, and not quarantined
	Rejected    int
	Dropped     int

	// Of those admitted or superseding:
	HeldApart int
	Evidence  int
	Deleted   int // delete markers
	Older     int // versions older than the one known: kept, not current

	Touchpoints, Consents, Shares int
	NewProfiles, Merged, Split    int
	Released                      int // records of any batch that left quarantine because of this one
	Notes                         []Note
}

// Balanced reports whether every row is accounted for.
func (r Receipt) Balanced() bool {
	return r.Rows == r.Admitted+r.Quarantined+r.Refused+r.Unchanged+r.Superseding+r.Rejected+r.Dropped
}

// Add adds the counts of another part of the same delivery.
func (r *Receipt) Add(o Receipt) {
	r.Rows += o.Rows
	r.Admitted += o.Admitted
	r.Quarantined += o.Quarantined
	r.Refused += o.Refused
	r.Unchanged += o.Unchanged
	r.Superseding += o.Superseding
	r.Rejected += o.Rejected
	r.Dropped += o.Dropped
	r.HeldApart += o.HeldApart
	r.Evidence += o.Evidence
	r.Deleted += o.Deleted
	r.Older += o.Older
	r.Touchpoints += o.Touchpoints
	r.Consents += o.Consents
	r.Shares += o.Shares
	r.NewProfiles += o.NewProfiles
	r.Merged += o.Merged
	r.Split += o.Split
	r.Released += o.Released
	r.AddNotes(o.Notes)
}

// AddNotes adds notes, one per code and field, counts summed.
func (r *Receipt) AddNotes(notes []Note) {
next:
	for _, n := range notes {
		for i := range r.Notes {
			if r.Notes[i].Code == n.Code && r.Notes[i].Field == n.Field && r.Notes[i].Text == n.Text {
				r.Notes[i].Count += n.Count
				continue next
			}
		}
		r.Notes = append(r.Notes, n)
	}
}
