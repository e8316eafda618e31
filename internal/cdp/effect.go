package cdp

// An Effect is what an act does, or would do, to profiles. The same act on the
// same facts has the same Digest, whether it is previewed or done.
type Effect struct {
	Appear  []ProfileEffect // ids that lead to records and led to none, or were aliases
	Vanish  []ProfileEffect // ids that led to records and are aliases now, or lead to none
	Change  []ProfileEffect // ids that lead to other records than before
	Counts  EffectCounts    // of all, also of those not listed
	Largest ProfileEffect   // of the profiles touched, afterwards
	Digest  string          // hex SHA-256 of what is asked for and of what becomes of profiles
}

// EffectCounts count what an act touches.
type EffectCounts struct {
	Appear, Vanish, Change int
	Records                int // that are in a profile with other records than before
	Links                  int // identifiers that join otherwise than before
}

// A ProfileEffect is what an act does to a profile id.
type ProfileEffect struct {
	Profile       ProfileID
	Before, After int        // records
	Records       []RecordID // afterwards, or before when it vanishes; at most ten
}

// EffectExamples is how many profiles of each sort an Effect lists.
const EffectExamples = 10
