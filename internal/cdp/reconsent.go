package cdp

import "time"

// A Reasking is one endpoint of a profile at which the person must be asked
// again before a consent counts.
type Reasking struct {
	Profile  ProfileID
	Standing Standing
	Title    string    // of the purpose
	Reason   string    // reconsent_required, expired, incomplete, invalidated, child
	Detail   string    // what changed, what is missing
	Notice   string    // id of the notice to ask on; "" when the register has none in force
	Earliest time.Time // not to be asked before; zero: any time
}

// A ReaskingSum counts who has to be asked again.
type ReaskingSum struct {
	Profiles int // looked at
	Asked    int // profiles on the list
	Lines    int
	ByReason map[string]int
}
