// Package layout is the shape of the store on disk: every key it has, the
// codec through which every value passes, and the version of both.
//
// Keys are a letter and typed parts. Numbers are 8 bytes big-endian; texts are
// escaped (0x00 becomes 0x00 0xff) and closed with 0x00 0x01, so that keys
// order as their parts do and no part can imitate the next one. Identifiers
// enter keys through identPart alone: keyed hashing takes its place there.
// Values enter and leave through Seal and Unseal alone: sealing at rest takes
// its place there.
//
//	!                                          the store: version, id, tag key
//	# <name>                                   counters and the statistics row
//	y <n>                                      symbol n: a word used often
//	S <source>                                 a source and its counts
//	B <batch>                                  a delivery and its receipt
//	F <file hash> <mapping hash>               batch of a delivery; behind the hash, the country that was assumed
//	k <source> <key>                           current record of a source row
//	c <record>                                 where the record is: component, quarantine, superseded, deleted, dropped
//	m <component> <record>                     head of a live record: ONE scan is a profile
//	v <record>                                 head of a superseded or quarantined record
//	t <record> <chunk>                         tail of a record: touchpoints, consents, shares
//	p <component>                              its profile, aliases and their anchors, its size, what joins nothing in it
//	E <component> <list> <chunk>               what its own row has no room for: aliases, what joins nothing
//	P <profile>                                component of a live profile, what an alias was minted for
//	i <kind value> <controller> <class>        component that an identifier joins, or why it joins none
//	a <kind value>                             the identifier of which this is a hash
//	w <kind value> <record>                    claim that does not link, with the record's place
//	z <component>                              a component that must be settled again
//	D <n>                                      a human decision on who is who
//	r <source> <key>                           what was decided of a source row
//	s <kind value>                             an identifier that joins nothing by decision
//	R <from> <hash> <chunk>                    a version of the rules of identity
//	L <from> <hash> <chunk>                    a version of the lists of placeholders
//	e <kind value> <controller> <purpose>      consent events of an endpoint
//	f <kind value> <controller>                preferences stated at an endpoint
//	H <source> <key>                           restrictions of a source row (Art. 18)
//	X <hash>                                   suppressions of an endpoint, by its keyed hash
//	q <record>                                 a quarantined record
//	d <time> <record>                          judge the record again then, and what carries some endpoints
//	j <seq>                                    journal of resolution
//	h <profile> <seq>                          journal rows that touch a profile's identity
//	x <reject>                                 a row that could not be read
//	l <seq>                                    log entry
//	o <ref kind> <ref id> <seq>                log entries about a thing
//	G <valid from> <hash> <chunk>              a version of the activity register
//	T <time>                                   what a run of the lint over the whole store counted
//	N <rule> <ref kind> <ref id>               findings that are muted, until when and why
//	J <time> <rule> <ref kind> <ref id>        such a mute as it was, lifted or made anew then
//	n <name>                                   a saved search
//	b <hash>                                   profiles under a blocking key, by its keyed hash; behind the hash, a profile without room there
//	M <profile>                                blocking keys and best candidates of a profile
//	Q <unsure> <score> <profile> <profile>     a possible match in the queue, the best score first
//	u <profile>                                look for the possible matches of the profile again
//	U <profile> <profile>                      nobody could tell whether the two are one
//	A 1 <run>                                  a run of a disclosure
//	A 2 <run> <line>                           what became of one profile in it: sent, or denied
//	A 4 <run>                                  the topic of a run that has one
//	A 3 <record> <run> <line>                  such a line, found by the records it hangs on
//	O 1 <notice>                               what a recipient must be told (Art. 19), and how far that is
//	O 2 <about>                                the notice about something, by a keyed hash
//	O 3 <notice>                               a notice that is not settled
//	K <recipient> <purpose> <kind value>       the state that the recipient acknowledged last
//	C 1 <name> <version>                       a version of a saved segment
//	C 2 <name> <time>                          what a segment counted, kept for its trend
//	g <kind value>                             guard: how often and when last a no was said at an endpoint
//
// The trap: a change of any key or value layout is a new Version, or old
// stores are read wrongly without an error.
package layout
