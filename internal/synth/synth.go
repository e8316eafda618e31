// Package synth makes up a population: records of customers as several systems
// of one company would deliver them, for measurements and demonstrations. The
// same seed gives the same people, always, and memory does not grow with their
// number.
//
// Which records belong to one person is not written on them: it follows from
// the identifiers they share, or fails to follow. People have several of a
// kind, families share a mailbox or a telephone, customers of a store share
// its tablet, and some visits leave only a cookie. The truth is kept apart
// (Record.Person), so that resolution can be held against it.
//
// The trap: the people are made up, their telephone numbers are only valid. A
// number can be somebody's, so nothing here may ever be sent or dialled. Mail
// domains lie under top-level domains that do not exist.
package synth

import (
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// The sources, in the order in which they are delivered.
const (
	Shop       = "shop"
	Web        = "web"
	Store      = "store"
	Newsletter = "newsletter"
	Calls      = "calls"
	App        = "app"
	Leads      = "leads" // bought addresses
)

// Sources returns the names of all sources, in the order in which they are delivered.
func Sources() []string { return []string{Shop, Web, Store, Newsletter, Calls, App, Leads} }

// Touches is the number of touchpoints of each record.
const Touches = 5

// A Record is one row of a source. Identifiers that it does not have are "".
type Record struct {
	Source string
	Key    string // unique in its source
	Person uint64 // the truth; no source knows it
	At     time.Time

	Given, Family, City string
	Country             string // ISO 3166-1 alpha-2
	Language            string // ISO 639-1
	Segment             string

	Email, Phone, Loyalty, CRM, Cookie, Device, Social string // 2 to 4 of them

	Events   [Touches]Event
	Consents []Consent
	Parcel   string // the recipient that a parcel was handed to, if one was
}

// An Event is a touchpoint.
type Event struct {
	Kind, Channel string
	At            time.Time
	Detail        string
	Text          string // free text; about one event in twenty has one
}

// A Consent is a statement for the newsletter at the record's e-mail address.
type Consent struct {
	State  string // given, withdrawn, pending, refused
	At     time.Time
	Method string // double_opt_in, form
	Notice string // version of the text shown
}

// window is how many records are held back to be mixed, so that the records of
// a person do not stand together.
const window = 4096

// Population yields records of made-up people, the same for the same seed and
// number. The records belong to the receiver.
func Population(seed uint64, records int) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		mix := rand.New(rand.NewPCG(seed, math.MaxUint64))
		var held []*Record
		left := records
		for n := uint64(0); left > 0; n++ {
			g := group{r: rand.New(rand.NewPCG(seed, n)), number: n}
			for _, rec := range g.records() {
				if left == 0 {
					break
				}
				left--
				if len(held) < window {
					held = append(held, rec)
					continue
				}
				i := mix.IntN(window)
				rec, held[i] = held[i], rec
				if !yield(rec) {
					return
				}
			}
		}
		mix.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		for _, rec := range held {
			if !yield(rec) {
				return
			}
		}
	}
}

// Sizes of groups follow a power law: most customers are seen once or twice,
// and the tail is long. The numbers give 2.9 records to a profile and, of a
// million, a largest one of 1,800 records or so.
const (
	tail    = 1.29
	largest = 2000
)

func size(r *rand.Rand) int {
	for {
		if n := math.Pow(1-r.Float64(), -1/tail); n < largest+1 {
			return int(n)
		}
	}
}
