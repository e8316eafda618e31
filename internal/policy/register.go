package policy

import (
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// A Register is one version of the activity register: why data are processed,
// on what basis, for how long, and who gets them. It is immutable after
// [Parse]. Its methods can be called on a nil Register, which knows nothing.
// Days mean midnight UTC; a day on which something ends is still part of it.
type Register struct {
	Name        string          `yaml:"register,required"`
	From        rulefile.Date   `yaml:"valid_from,required"`
	Owner       string          `yaml:"owner,required"` // department or function, not a person
	Consent     ConsentRules    `yaml:"consent"`
	Quarantine  QuarantineRules `yaml:"quarantine"`
	Controllers []Controller    `yaml:"controllers,required"`
	Purposes    []Purpose       `yaml:"purposes,required"`
	Recipients  []Recipient     `yaml:"recipients"`
	Activities  []Activity      `yaml:"activities,required"`
	Sources     []Source        `yaml:"sources,required"`

	hash       string
	from       time.Time
	purposes   map[cdp.PurposeID]*Purpose
	activities map[cdp.ActivityID]*Activity
	recipients map[string]*Recipient
	sources    map[cdp.SourceID]*source
}

// ConsentRules say what a consent must show before it counts.
type ConsentRules struct {
	// Require lists the evidence without which a consent is not valid for
	// processing (Art. 7(1)): time, method, notice, language, proof. The
	// default is time alone; the completeness of the rest is always reported.
	Require []string `yaml:"require"`
	// Regulation whose consents count, "gdpr" unless said. Consents under
	// another one neither permit nor forbid here.
	Regulation string `yaml:"regulation"`
}

// QuarantineRules bound how long a record without a basis is kept.
type QuarantineRules struct {
	Days int `yaml:"days"` // 1 to 365; 30 unless said
}

// A Controller is who answers for the processing (Art. 4(7)).
type Controller struct {
	ID      string `yaml:"id,required"`
	Name    string `yaml:"name,required"`
	Country string `yaml:"country,required"` // ISO 3166-1 alpha-2
	Contact string `yaml:"contact"`          // of the data protection officer; a function's mailbox
}

// A Title is a name in the languages in which answers are printed. English is
// always there.
type Title struct {
	EN string `yaml:"en,required"`
	DE string `yaml:"de"`
	RO string `yaml:"ro"`
	TR string `yaml:"tr"`
}

// In returns the title in a language (en, de, ro, tr), in English if there is
// none.
func (t Title) In(language string) string {
	s := map[string]string{"de": t.DE, "ro": t.RO, "tr": t.TR}[language]
	if s == "" {
		return t.EN
	}
	return s
}

// A Purpose is why data are processed (Art. 5(1)(b)).
type Purpose struct {
	ID              cdp.PurposeID `yaml:"id,required"`
	Title           Title         `yaml:"title,required"`
	DPV             string        `yaml:"dpv,required"`     // dpv:CustomerOrderManagement
	DirectMarketing bool          `yaml:"direct_marketing"` // an objection is absolute (Art. 21(3))
	// Categories are the data categories the purpose needs (Art. 5(1)(c)); one
	// covers those below it: user.contact covers user.contact.email.
	Categories []string `yaml:"categories,required"`
}

// A Recipient is who data go to (Art. 4(9)).
type Recipient struct {
	ID       string `yaml:"id,required"`
	Name     string `yaml:"name,required"`
	Kind     string `yaml:"kind,required"`    // internal, processor, joint_controller, controller, authority
	Country  string `yaml:"country,required"` // ISO 3166-1 alpha-2
	Contract string `yaml:"contract"`         // Art. 28(3) or 26
	Transfer string `yaml:"transfer"`         // tool for a third country: A45-3, A46-2-c ...
}

// An Activity is a row of the register: processing for one purpose on one
// basis. Which of the proofs stands is decided by the basis.
type Activity struct {
	ID         cdp.ActivityID `yaml:"id,required"`
	Purpose    cdp.PurposeID  `yaml:"purpose,required"`
	Owner      string         `yaml:"owner"`
	Basis      cdp.BasisKind  `yaml:"basis,required"`
	Consent    *ConsentProof  `yaml:"consent"`
	Contract   *ContractProof `yaml:"contract"`
	Law        string         `yaml:"law"` // citation; Art. 6(3): mandatory for legal_obligation and public_task
	Vital      *VitalProof    `yaml:"vital"`
	Balancing  *BalancingTest `yaml:"balancing"`
	Condition  string         `yaml:"condition"` // A9-2-a to A9-2-j, or A10, when special categories are processed
	ValidFrom  *rulefile.Date `yaml:"valid_from"`
	ValidTo    *rulefile.Date `yaml:"valid_to"` // the last day
	Retention  Retention      `yaml:"retention,required"`
	Recipients []string       `yaml:"recipients,required"` // may be empty, must be said
}

// A ConsentProof says which consent an activity rests on.
type ConsentProof struct {
	Purpose cdp.PurposeID `yaml:"purpose"` // for which the person is asked; the activity's purpose unless said
	Methods []string      `yaml:"methods"` // ways of consenting that count, such as double_opt_in; any when empty
}

// A ContractProof says which contract an activity performs.
type ContractProof struct {
	Ref string `yaml:"ref,required"`
	// Evidence: "source" when everyone in the source is under the contract,
	// "ground" when each record must state the contract it belongs to.
	Evidence string `yaml:"evidence,required"`
}

// A VitalProof says whose vital interest is protected, and where that is
// written down.
type VitalProof struct {
	Ref string `yaml:"ref,required"`
}

// A BalancingTest documents a legitimate interest: without a test that was
// passed before the activity began and is not due for review, the interest is
// no basis.
type BalancingTest struct {
	Date     rulefile.Date `yaml:"date,required"`
	Author   string        `yaml:"author,required"`    // role, not a person
	Outcome  string        `yaml:"outcome,required"`   // passed, failed
	ReviewBy rulefile.Date `yaml:"review_by,required"` // the last day on which the test still counts
	Ref      string        `yaml:"ref"`
}

// A Retention says how long data are kept (Art. 5(1)(e), 30(1)(f)).
type Retention struct {
	Period rulefile.Period `yaml:"period,required"`
	// Start is the event the period runs from: collection, end_of_year (of the
	// record), first_of_july (of the year after the record), contract_end,
	// consent_end, last_contact.
	Start string `yaml:"start,required"`
	Law   string `yaml:"law"` // citation when a law sets the period
}

// A Source is a system that delivers data, as the register allows it.
type Source struct {
	ID         cdp.SourceID     `yaml:"id,required"`
	Controller string           `yaml:"controller,required"`
	Collection string           `yaml:"collection,required"` // first_party, third_party
	Activities []cdp.ActivityID `yaml:"activities,required"` // that it may feed
	Link       cdp.ActivityID   `yaml:"link,required"`       // ground for linking, or "none"
}

// noLink is what a source writes for link when it has no ground.
const noLink cdp.ActivityID = "none"

// Parse reads a register. The error is a *rulefile.Error or rulefile.Errors
// with line, caret and what to do, all mistakes at once.
func Parse(name string, data []byte) (*Register, error) {
	f, err := rulefile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	r := &Register{Quarantine: QuarantineRules{Days: 30}, Consent: ConsentRules{Require: []string{"time"}, Regulation: "gdpr"}}
	if err := f.Decode(r); err != nil {
		return nil, err
	}
	c := checker{f: f, r: r}
	c.register()
	if err := rulefile.Join(c.errs...); err != nil {
		return nil, err
	}
	r.hash, r.from = f.Hash, r.From.In(time.UTC)
	r.compile()
	return r, nil
}

// Hash returns the content hash by which this version is cited, "" for nil.
func (r *Register) Hash() string {
	if r == nil {
		return ""
	}
	return r.hash
}

// ValidFrom returns the first moment at which this version is in force, the
// zero time for nil.
func (r *Register) ValidFrom() time.Time {
	if r == nil {
		return time.Time{}
	}
	return r.from
}

// QuarantineEnd returns when a record that was quarantined at a time is
// dropped if no basis has arrived: 30 days later unless the register says
// otherwise.
func (r *Register) QuarantineEnd(quarantined time.Time) time.Time {
	days := 30
	if r != nil {
		days = r.Quarantine.Days
	}
	return quarantined.AddDate(0, 0, days)
}

// Source returns the entry of a source.
func (r *Register) Source(id cdp.SourceID) (Source, bool) {
	if r != nil {
		if s := r.sources[id]; s != nil {
			return s.Source, true
		}
	}
	return Source{}, false
}

// Activity returns a row of the register.
func (r *Register) Activity(id cdp.ActivityID) (Activity, bool) {
	if r != nil {
		if a := r.activities[id]; a != nil {
			return *a, true
		}
	}
	return Activity{}, false
}

// Purpose returns a purpose of the register.
func (r *Register) Purpose(id cdp.PurposeID) (Purpose, bool) {
	if r != nil {
		if p := r.purposes[id]; p != nil {
			return *p, true
		}
	}
	return Purpose{}, false
}

// Recipient returns a recipient of the register.
func (r *Register) Recipient(id string) (Recipient, bool) {
	if r != nil {
		if p := r.recipients[id]; p != nil {
			return *p, true
		}
	}
	return Recipient{}, false
}
