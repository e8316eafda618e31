// Package internal is the map of the house; it holds no code.
//
// A package uses only packages that stand below it. Its "uses" are all it
// imports of the house; paths are below internal/ but for cmd/cdp-tui.
//
//	package              | uses                                                                                                                                                                        | job
//	cmd/cdp-tui          | cdp eval eval/truth exchange graph ident ingest ingest/decode ingest/mapping ingest/suggest kv kv/badgerkv layout policy query report resolve resolve/explain search steward synth tcf testdata text ui          | flags, sub-commands, exit codes; the one place where parts are put together, and where clock, randomness and environment come from
//	ui                   | card cdp query text ui/widget                                                                                                                                                    | screens: shows what a Desk knows, asks it to act
//	ui/widget/widgettest | text                                                                                                                                                                        | drives widgets in tests: frames of exact size, golden frames
//	ui/widget            | text                                                                                                                                                                        | table, tree, text view, prompt ...: parts of screens that know no words of the trade
//	report               | card cdp eval text                                                                                                                                                               | what a Desk answers, as text, JSON and CSV; the same bytes each time
//	exchange             | cdp policy                                                                                                                                                                    | what a person agreed to, in the formats of other systems, with what each can not carry; pure
//	card                 | cdp text                                                                                                                                                                    | a card, the six answers to why we have a value, in English, German, Romanian, Turkish; pure
//	ingest               | cdp ingest/decode ingest/mapping                                                                                                                                            | source files to a Gate, every row accounted for; the presets
//	ingest/suggest       | ident ingest/decode ingest/mapping rulefile                                                                                                                                 | a first mapping for an unknown file, with blanks where only a person knows
//	ingest/mapping       | cdp ident ingest/decode rulefile tcf                                                                                                                                        | the language in which a person says how rows become records
//	eval/truth           | ingest/decode                                                                                                                                                               | truth files: which records are known to be one person
//	ingest/decode        | -                                                                                                                                                                           | files into rows, in bounded memory, nothing invented
//	tcf                  | -                                                                                                                                                                           | consent strings of the advertising trade (TCF v2), decoded; pure
//	eval                 | -                                                                                                                                                                           | how well records were put together: precision and recall against a truth
//	synth                | -                                                                                                                                                                           | a made-up population, the same for the same seed
//	steward              | audit breach cdp graph kv lint policy query resolve resolve/explain rights segment | the only hand that changes data: ask policy, act, log, one transaction; As(actor) gives a Desk
//	graph                | cdp ident kv kv/draft layout match resolve resolve/explain                                                                                                                                 | records, identifiers, claims, profiles, consents, shares; who is who; journal; self-check
//	audit                | cdp kv layout                                                                                                                                                               | the log of what was done
//	search               | cdp query segment spelling                                                                                                                                                  | full text; follows the journal through a Feed it declares; can always be rebuilt
//	segment              | cdp query spelling                                                                                                                                                          | who is in a segment: a query held against the facts of a profile, and where it matched; pure
//	query                | cdp                                                                                                                                                                         | the query language: parser and tree
//	breach               | cdp policy rulefile                                                                                                                                                         | whom a breach concerns, and by when it must be notified; pure
//	lint                 | cdp policy rights rulefile                                                                                                                                                   | what is unlawful, late or drifting: rules over the register, sources, records, profiles and shares; pure
//	rights               | cdp rulefile                                                                                                                                                                | which rights a person has over a datum: right x basis (DPV), refined by facts; pure
//	policy               | cdp rulefile                                                                                                                                                                | may this be done? the activity register, and pure functions with reasons
//	resolve              | cdp rulefile                                                                                                                                                                | who is who: records into profiles by the identifiers they carry; pure
//	resolve/explain      | -                                                                                                                                                                           | reasons over a component: chains of evidence, what holds a profile together, smallest cuts, density; pure
//	match                | cdp ident                                                                                                                                                                   | profiles that may be one person: blocking keys, scores with their reasons, the queue
//	ident                | cdp rulefile                                                                                                                                                                | raw identifiers into canonical ones
//	rulefile             | -                                                                                                                                                                           | strict YAML: errors with line and caret, content hash, valid from
//	layout               | cdp kv                                                                                                                                                                      | every key of the store, the value codec, the layout version
//	kv/badgerkv          | kv kv/treap                                                                                                                                                                 | the engine on disk
//	kv/memkv             | kv kv/treap                                                                                                                                                                 | the plainest engine
//	kv/draft             | kv kv/treap                                                                                                                                                                 | what an act would do: a transaction that is never committed
//	kv/kvtest            | kv                                                                                                                                                                          | the contract of an engine, as tests
//	kv/treap             | -                                                                                                                                                                           | an ordered map with cheap snapshots: what the engines keep in memory
//	kv                   | -                                                                                                                                                                           | the seam: an ordered store with transactions
//	text                 | -                                                                                                                                                                           | untrusted text made safe to show: sanitise, mask, measure, cut
//	spelling             | -                                                                                                                                                                           | words in the form in which they are compared
//	stories              | -                                                                                                                                                                           | tests only: the demo's stories, held against the whole house
//	datasets             | -                                                                                                                                                                           | tests only: who is who on public data with known answers
//	testdata             | -                                                                                                                                                                           | the demo's files, embedded
//	cdp                  | -                                                                                                                                                                           | the words, and the plain values that cross rooms; standard library only
//
// A library comes in only through its door.
//
//	library                                      | door                              | for
//	charm.land/bubbles/v2                        | ui ui/widget                      | key bindings
//	charm.land/bubbletea/v2                      | ui ui/widget ui/widget/widgettest | the terminal
//	github.com/RoaringBitmap/roaring/v2          | search                            | the bitmaps of Bleve's segments
//	github.com/blevesearch/bleve/v2              | search                            | full text
//	github.com/blevesearch/bleve_index_api       | search                            | Bleve's own types
//	github.com/blevesearch/scorch_segment_api/v2 | search                            | Bleve's own types
//	github.com/charmbracelet/x/ansi              | text                              | the width of what a terminal shows
//	github.com/dgraph-io/badger/v4               | kv/badgerkv                       | the store
//	github.com/dgraph-io/ristretto/v2            | kv/badgerkv                       | Badger's own types
//	github.com/emersion/go-vcard                 | ingest/decode                     | vCard 3 and 4
//	github.com/expr-lang/expr                    | ingest/mapping                    | expressions of mappings
//	github.com/goccy/go-yaml                     | rulefile                          | YAML, tokens and places
//	github.com/google/go-cmp                     | tests                             | what differs
//	github.com/klauspost/compress                | ingest/decode                     | gzip, zstd
//	github.com/nyaruka/phonenumbers              | ident                             | telephone numbers
//	github.com/parquet-go/parquet-go             | report                            | Parquet files
//	github.com/rogpeppe/go-internal              | tests                             | scripts that run the commands
//	github.com/spf13/cobra                       | cmd/cdp-tui                       | commands, completion, manual pages
//	golang.org/x/net                             | ident                             | IDNA
//	golang.org/x/sys                             | cmd/cdp-tui                       | umask, no core dumps
//	golang.org/x/term                            | cmd/cdp-tui                       | is it a terminal
//	golang.org/x/text                            | ident ingest/decode tests         | Unicode forms, charsets
//	pgregory.net/rapid                           | tests                             | properties
//
// A test compares both tables with the imports; others hold the habits.
// Newcomers read cdp, policy, steward, graph (with the keys in layout), kv,
// ui, cmd/cdp-tui, and docs/design.
package internal
