package policy

import (
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// What the register does not say about a system or a recipient stays empty: an
// answer prints it as unknown, and the lint asks for it.

// A Source is a system that delivers data, as the register allows it.
type Source struct {
	ID         cdp.SourceID     `yaml:"id,required"`
	Controller string           `yaml:"controller,required"`
	Collection string           `yaml:"collection,required"` // first_party, third_party
	Activities []cdp.ActivityID `yaml:"activities,required"` // that it may feed
	Link       cdp.ActivityID   `yaml:"link,required"`       // ground for linking, or "none"

	System     string           `yaml:"system"`     // product: Shopify, Mailchimp ...
	Kind       string           `yaml:"kind"`       // web, shop, store, newsletter, call_centre, survey, loyalty, crm ...
	Owner      string           `yaml:"owner"`      // function that answers for it
	Department string           `yaml:"department"` // that works with it
	Country    string           `yaml:"country"`    // where the data lie, ISO 3166-1 alpha-2
	Region     string           `yaml:"region"`     // of the hosting: eu-central-1, Leipzig ...
	Direction  string           `yaml:"direction"`  // in, out, both: seen from here
	Fields     []string         `yaml:"fields"`     // names of attributes and kinds of identifiers that it holds
	Sync       *rulefile.Period `yaml:"sync"`       // a delivery is expected at least so often
	Notice     string           `yaml:"notice"`     // id of the notice under which people are informed (Art. 13, 14)
	Public     bool             `yaml:"public"`     // publicly accessible (Art. 14(2)(f))
	From       *rulefile.Date   `yaml:"valid_from"` // in service since
	To         *rulefile.Date   `yaml:"valid_to"`   // the last day
	Measures   []string         `yaml:"measures"`   // Art. 32
}

// noLink is what a source writes for link when it has no ground.
const noLink cdp.ActivityID = "none"

// A Recipient is who data go to (Art. 4(9)).
type Recipient struct {
	ID       string `yaml:"id,required"`
	Name     string `yaml:"name,required"`
	Kind     string `yaml:"kind,required"`    // internal, processor, sub_processor, joint_controller, controller, authority, data_subject
	Country  string `yaml:"country,required"` // ISO 3166-1 alpha-2
	Contract string `yaml:"contract"`         // Art. 28(3) or 26

	Department  string         `yaml:"department"` // own, for an internal one
	Region      string         `yaml:"region"`     // where it keeps the data
	Contact     string         `yaml:"contact"`    // to whom notices of Art. 19 go: a function's mailbox
	ContractTo  *rulefile.Date `yaml:"contract_to"`
	Transfer    string         `yaml:"transfer"`        // tool for a third country: A45-3, A46-2-c ...
	Ground      string         `yaml:"transfer_ground"` // id of the decision that an A45-3 transfer rests on: dpf ...
	TransferRef string         `yaml:"transfer_ref"`    // of the clauses, the rules, the certificate
	TransferTo  *rulefile.Date `yaml:"transfer_to"`     // the last day on which the tool counts
	TIA         string         `yaml:"tia"`             // transfer impact assessment
	Measures    []string       `yaml:"measures"`        // Art. 32
}

// A Compatibility is an assessment that a further purpose is compatible with
// the one for which data were collected: the five factors of Art. 6(4).
type Compatibility struct {
	ID           string        `yaml:"id,required"`
	From         cdp.PurposeID `yaml:"from,required"`    // collected for
	To           cdp.PurposeID `yaml:"to,required"`      // used for
	Link         string        `yaml:"link"`             // (a) between the two purposes
	Context      string        `yaml:"context"`          // (b) of the collection
	Nature       string        `yaml:"nature"`           // (c) of the data
	Consequences string        `yaml:"consequences"`     // (d) for the person
	Safeguards   string        `yaml:"safeguards"`       // (e) such as encryption or pseudonyms
	Verdict      string        `yaml:"verdict,required"` // compatible, incompatible
	By           string        `yaml:"by,required"`      // role, not a person
	Date         rulefile.Date `yaml:"date,required"`
}

// CompatibleAt returns the assessment of a further purpose that held at a
// time: the latest one made by then. One of the same day that says
// incompatible goes before one that says compatible.
func (r *Register) CompatibleAt(from, to cdp.PurposeID, at time.Time) (Compatibility, bool) {
	var best *Compatibility
	if r == nil {
		return Compatibility{}, false
	}
	for i := range r.Compatible {
		c := &r.Compatible[i]
		if c.From != from || c.To != to || c.Date.In(time.UTC).After(at) {
			continue
		}
		if best == nil || c.Date.Compare(best.Date) > 0 || c.Date == best.Date && c.Verdict == "incompatible" {
			best = c
		}
	}
	if best == nil {
		return Compatibility{}, false
	}
	return *best, true
}
