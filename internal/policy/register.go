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
	Notices     []Notice        `yaml:"notices"`
	Recipients  []Recipient     `yaml:"recipients"`
	Activities  []Activity      `yaml:"activities,required"`
	Compatible  []Compatibility `yaml:"compatibility"`
	Sources     []Source        `yaml:"sources,required"`
	// Frequencies say what words in preferences mean: weekly: P1W.
	Frequencies map[string]rulefile.Period `yaml:"frequencies"`
	// Ages and Grounds replace what the program brings along for the same country
	// or the same id (see Law).
	Ages    []ConsentAge     `yaml:"ages_of_consent"`
	Grounds []TransferGround `yaml:"transfer_grounds"`

	hash       string
	from       time.Time
	law        *law
	notices    map[string]*Notice
	purposes   map[cdp.PurposeID]*Purpose
	activities map[cdp.ActivityID]*Activity
	recipients map[string]*Recipient
	sources    map[cdp.SourceID]*source
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
	// TimeZone is that of its seat, by its IANA name: quiet hours that name none
	// are of it.
	TimeZone string `yaml:"time_zone"`
	Contact  string `yaml:"contact"` // of the data protection officer; a function's mailbox
	// Address and Representative (Art. 27) are printed in the register; Authority
	// is the supervisory authority to which a person can complain (Art. 77).
	Address        string `yaml:"address"`
	Representative string `yaml:"representative"`
	Authority      string `yaml:"authority"`
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
	// Validity is how long a consent for the purpose lasts after the person last
	// said so; consent.validity unless said.
	Validity *rulefile.Period `yaml:"consent_validity"`
	// Society says whether the purpose is an information society service offered
	// to the person (Art. 8(1)); where it is not said, children are protected as
	// if it were.
	Society *bool `yaml:"information_society"`
}

// An Activity is a row of the register: processing for one purpose on one
// basis. Which of the proofs stands is decided by the basis.
type Activity struct {
	ID        cdp.ActivityID `yaml:"id,required"`
	Purpose   cdp.PurposeID  `yaml:"purpose,required"`
	Owner     string         `yaml:"owner"`
	Basis     cdp.BasisKind  `yaml:"basis,required"`
	Consent   *ConsentProof  `yaml:"consent"`
	Contract  *ContractProof `yaml:"contract"`
	Law       string         `yaml:"law"` // citation; Art. 6(3): mandatory for legal_obligation and public_task
	Vital     *VitalProof    `yaml:"vital"`
	Balancing *BalancingTest `yaml:"balancing"`
	// Condition is A9-2-a to A9-2-j, or A10, when special categories or criminal
	// convictions are processed: in addition to the basis. A9-2-a needs a consent
	// that is explicit, A10 a law.
	Condition    string         `yaml:"condition"`
	ConditionLaw string         `yaml:"condition_law"` // citation of the Union or Member State law that the condition rests on
	ValidFrom    *rulefile.Date `yaml:"valid_from"`
	ValidTo      *rulefile.Date `yaml:"valid_to"` // the last day
	Retention    Retention      `yaml:"retention,required"`
	Recipients   []string       `yaml:"recipients,required"` // may be empty, must be said

	Subjects  []string `yaml:"subjects"`  // categories of persons (Art. 30(1)(c)): customers, prospects ...
	Joint     string   `yaml:"joint"`     // joint controllers and the gist of their arrangement (Art. 26)
	Automated string   `yaml:"automated"` // decisions by automation alone (Art. 22): "none", or what and by which exception
	DPIA      *DPIA    `yaml:"dpia"`
	Measures  []string `yaml:"measures"` // Art. 32, DPV terms: dpv:EncryptionAtRest ...
}

// A DPIA is the data protection impact assessment of an activity (Art. 35).
type DPIA struct {
	Required bool           `yaml:"required,required"`
	Ref      string         `yaml:"ref"`
	Date     *rulefile.Date `yaml:"date"` // finished; not yet when nil
	ReviewBy *rulefile.Date `yaml:"review_by"`
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
	// EndsOn are kinds of touchpoints that end it, such as return and
	// order.cancelled: the ground whose reference is the touchpoint's key, or
	// every ground of the record when the touchpoint has no key.
	EndsOn []string `yaml:"ends_on"`
	// EndsWith is the activity whose contract takes this one along when such a
	// touchpoint ends it: a warranty ends with the sale that is undone.
	EndsWith cdp.ActivityID `yaml:"ends_with"`
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
	// The steps of the test, in a sentence each.
	Interest     string `yaml:"interest"`
	Necessity    string `yaml:"necessity"`
	Balance      string `yaml:"balance"`
	Expectations string `yaml:"expectations"`
	Safeguards   string `yaml:"safeguards"`
}

// A Retention says how long data are kept (Art. 5(1)(e), 30(1)(f)).
type Retention struct {
	Period rulefile.Period `yaml:"period,required"`
	// Start is the event the period runs from: collection, end_of_year (of the
	// record), first_of_july (of the year after the record), contract_end,
	// consent_end, last_contact.
	Start string `yaml:"start,required"`
	Law   string `yaml:"law"` // citation when a law sets the period
	// Action at the end: erase, anonymise or restrict; erase unless said.
	Action string `yaml:"action"`
}

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
	if c.law, err = builtinLaw(); err != nil {
		return nil, err
	}
	c.register()
	if err := rulefile.Join(c.errs...); err != nil {
		return nil, err
	}
	r.hash, r.from = f.Hash, r.From.In(time.UTC)
	r.law = c.law.with(r.Ages, r.Grounds)
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
