package layout

import (
	"encoding/binary"
	"math"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// A Component numbers a connected component of the identity graph, from 1.
type Component uint64

// key letters; the order of the list in the package comment.
const (
	letterMeta       = '!'
	letterCounter    = '#'
	letterSymbol     = 'y'
	letterSource     = 'S'
	letterBatch      = 'B'
	letterDelivery   = 'F'
	letterRow        = 'k'
	letterPlace      = 'c'
	letterMember     = 'm'
	letterVersion    = 'v'
	letterTail       = 't'
	letterComponent  = 'p'
	letterRest       = 'E'
	letterProfile    = 'P'
	letterIdentifier = 'i'
	letterWithheld   = 'w'
	letterConsent    = 'e'
	letterPreference = 'f'
	letterQuarantine = 'q'
	letterDue        = 'd'
	letterJournal    = 'j'
	letterHistory    = 'h'
	letterReject     = 'x'
	letterEntry      = 'l'
	letterEntryOf    = 'o'
	letterRegister   = 'G'
	letterSaved      = 'n'
	letterPending    = 'z'
	letterDecision   = 'D'
	letterDecided    = 'r'
	letterSuppressed = 's'
	letterRules      = 'R'
	letterLists      = 'L'
	letterAlias      = 'a'
)

func appendNumber(b []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(b, n) }

// appendText appends s escaped and closed.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if s[i] == 0 {
			b = append(b, 0, 0xff)
		} else {
			b = append(b, s[i])
		}
	}
	return append(b, 0, 1)
}

// appendOpenText appends s escaped but not closed: all texts that begin with s.
func appendOpenText(b []byte, s string) []byte {
	b = appendText(b, s)
	return b[:len(b)-2]
}

// appendTime appends microseconds so that they order from the earliest on.
func appendTime(b []byte, t time.Time) []byte {
	return appendNumber(b, uint64(t.UnixMicro())^(1<<63))
}

// identPart is the one place where an identifier enters a key.
func identPart(b []byte, id cdp.Identifier) []byte {
	b = appendText(b, string(id.Kind()))
	return appendText(b, id.Reveal())
}

func letterAndNumber(letter byte, n uint64) []byte {
	return appendNumber(append(make([]byte, 0, 9), letter), n)
}

// KeyMeta holds the store's own row.
func KeyMeta() []byte { return []byte{letterMeta} }

// KeyCounter holds a named counter row.
func KeyCounter(name string) []byte { return append([]byte{letterCounter}, name...) }

// KeySymbol holds the text of symbol n.
func KeySymbol(n uint64) []byte { return letterAndNumber(letterSymbol, n) }

// Symbols are all symbol rows, by number.
func Symbols() kv.Range { return kv.Prefix([]byte{letterSymbol}) }

// KeySource holds a source.
func KeySource(id cdp.SourceID) []byte { return appendText([]byte{letterSource}, string(id)) }

// Sources are all sources, by id.
func Sources() kv.Range { return kv.Prefix([]byte{letterSource}) }

// KeyBatch holds a delivery and its receipt.
func KeyBatch(id cdp.BatchID) []byte { return letterAndNumber(letterBatch, uint64(id)) }

// Batches are all batches, by number.
func Batches() kv.Range { return kv.Prefix([]byte{letterBatch}) }

// KeyDelivery finds the batch of a file under a mapping and what it was read
// with besides.
func KeyDelivery(fileHash, under string) []byte {
	return appendText(appendText([]byte{letterDelivery}, fileHash), under)
}

// DeliveriesOf are the batches of a file under all its mappings.
func DeliveriesOf(fileHash string) kv.Range {
	return kv.Prefix(appendText([]byte{letterDelivery}, fileHash))
}

// KeyRow finds the current record of a source row. A key over the limit is
// the caller's error; sources have keys far below it.
func KeyRow(source cdp.SourceID, key string) []byte {
	b := append(make([]byte, 0, len(source)+len(key)+5), letterRow)
	return appendText(appendText(b, string(source)), key)
}

// RowsOf are all rows of a source.
func RowsOf(source cdp.SourceID) kv.Range {
	return kv.Prefix(appendText([]byte{letterRow}, string(source)))
}

// Rows are all rows of all sources.
func Rows() kv.Range { return kv.Prefix([]byte{letterRow}) }

// KeyPlace says where a record is.
func KeyPlace(id cdp.RecordID) []byte { return letterAndNumber(letterPlace, uint64(id)) }

// Places are the places of all records, by number.
func Places() kv.Range { return kv.Prefix([]byte{letterPlace}) }

// KeyMember holds the head of a live record.
func KeyMember(c Component, id cdp.RecordID) []byte {
	b := append(make([]byte, 0, 17), letterMember)
	return appendNumber(appendNumber(b, uint64(c)), uint64(id))
}

// Members are the heads of a component's records.
func Members(c Component) kv.Range { return kv.Prefix(letterAndNumber(letterMember, uint64(c))) }

// AllMembers are the heads of all live records, by component.
func AllMembers() kv.Range { return kv.Prefix([]byte{letterMember}) }

// MembersFrom are the heads of all live records from a component on.
func MembersFrom(c Component) kv.Range {
	return kv.Range{Start: letterAndNumber(letterMember, uint64(c)), End: []byte{letterMember + 1}}
}

// KeyVersion holds the head of a record that is not live.
func KeyVersion(id cdp.RecordID) []byte { return letterAndNumber(letterVersion, uint64(id)) }

// KeyTail holds chunk n of a record's tail.
func KeyTail(id cdp.RecordID, chunk uint16) []byte {
	return binary.BigEndian.AppendUint16(letterAndNumber(letterTail, uint64(id)), chunk)
}

// TailOf are the chunks of a record's tail.
func TailOf(id cdp.RecordID) kv.Range { return kv.Prefix(letterAndNumber(letterTail, uint64(id))) }

// KeyComponent holds a component.
func KeyComponent(c Component) []byte { return letterAndNumber(letterComponent, uint64(c)) }

// Components are all components, by number.
func Components() kv.Range { return kv.Prefix([]byte{letterComponent}) }

// KeyComponentRest holds chunk n of a list that goes on where the component's own
// row ends.
func KeyComponentRest(c Component, list byte, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(append(letterAndNumber(letterRest, uint64(c)), list), chunk)
}

// ComponentRest are such chunks of a component, by list.
func ComponentRest(c Component) kv.Range { return kv.Prefix(letterAndNumber(letterRest, uint64(c))) }

// AllComponentRests are such chunks of all components.
func AllComponentRests() kv.Range { return kv.Prefix([]byte{letterRest}) }

// RestOf returns the component and the list of a key of KeyComponentRest.
func RestOf(key []byte) (c Component, list byte) {
	if len(key) != len(KeyComponentRest(0, 0, 0)) {
		return 0, 0
	}
	return Component(binary.BigEndian.Uint64(key[1:])), key[9]
}

// KeyProfile holds a profile id's state.
func KeyProfile(id cdp.ProfileID) []byte { return letterAndNumber(letterProfile, uint64(id)) }

// ProfilesFrom are the states of all profile ids from one on, by number.
func ProfilesFrom(id cdp.ProfileID) kv.Range {
	return kv.Range{Start: KeyProfile(id), End: []byte{letterProfile + 1}}
}

// KeyIdentifier finds the component that an identifier joins at a class of
// resolution, within one controller.
func KeyIdentifier(id cdp.Identifier, controller string, class byte) []byte {
	b := append(make([]byte, 0, 64), letterIdentifier)
	return append(appendText(identPart(b, id), controller), class)
}

// Identifier are the rows of an identifier, one per controller and class.
func Identifier(id cdp.Identifier) kv.Range {
	return kv.Prefix(identPart([]byte{letterIdentifier}, id))
}

// IdentifiersOf are the rows of all identifiers of a kind whose value begins
// with prefix.
func IdentifiersOf(kind cdp.Kind, prefix string) kv.Range {
	return kv.Prefix(appendOpenText(appendText([]byte{letterIdentifier}, string(kind)), prefix))
}

// Identifiers are all rows of identifiers.
func Identifiers() kv.Range { return kv.Prefix([]byte{letterIdentifier}) }

// KeyWithheld holds a claim that does not link.
func KeyWithheld(id cdp.Identifier, rec cdp.RecordID) []byte {
	b := append(make([]byte, 0, 64), letterWithheld)
	return appendNumber(identPart(b, id), uint64(rec))
}

// WithheldOf are the claims on an identifier that do not link.
func WithheldOf(id cdp.Identifier) kv.Range {
	return kv.Prefix(identPart([]byte{letterWithheld}, id))
}

// WithheldWith are the claims that do not link on identifiers of a kind whose
// value begins with prefix.
func WithheldWith(kind cdp.Kind, prefix string) kv.Range {
	return kv.Prefix(appendOpenText(appendText([]byte{letterWithheld}, string(kind)), prefix))
}

// Withheld are all claims that do not link.
func Withheld() kv.Range { return kv.Prefix([]byte{letterWithheld}) }

// KeyConsents holds the events of an endpoint for a controller and a purpose.
func KeyConsents(endpoint cdp.Identifier, controller string, purpose cdp.PurposeID) []byte {
	b := append(make([]byte, 0, 96), letterConsent)
	return appendText(appendText(identPart(b, endpoint), controller), string(purpose))
}

// ConsentsOf are the consent rows of an endpoint.
func ConsentsOf(endpoint cdp.Identifier) kv.Range {
	return kv.Prefix(identPart([]byte{letterConsent}, endpoint))
}

// AllConsents are all consent rows.
func AllConsents() kv.Range { return kv.Prefix([]byte{letterConsent}) }

// KeyQuarantine holds a quarantined record.
func KeyQuarantine(id cdp.RecordID) []byte { return letterAndNumber(letterQuarantine, uint64(id)) }

// QuarantineFrom are the quarantined records from one on.
func QuarantineFrom(id cdp.RecordID) kv.Range {
	return kv.Range{Start: KeyQuarantine(id), End: []byte{letterQuarantine + 1}}
}

// KeyDue asks for a record to be judged again at a time.
func KeyDue(at time.Time, id cdp.RecordID) []byte {
	return appendNumber(appendTime([]byte{letterDue}, at), uint64(id))
}

// DueUntil are the records to be judged again at or before a time.
func DueUntil(at time.Time) kv.Range {
	return kv.Range{Start: []byte{letterDue}, End: KeyDue(at, math.MaxUint64)}
}

// KeyJournal holds the changes of one transaction.
func KeyJournal(seq uint64) []byte { return letterAndNumber(letterJournal, seq) }

// JournalAfter are the journal rows after a sequence number.
func JournalAfter(seq uint64) kv.Range {
	return kv.Range{Start: KeyJournal(seq + 1), End: []byte{letterJournal + 1}}
}

// KeyHistory marks a journal row that touched a profile's identity.
func KeyHistory(id cdp.ProfileID, seq uint64) []byte {
	return appendNumber(letterAndNumber(letterHistory, uint64(id)), seq)
}

// HistoryOf are the marks of a profile, oldest first.
func HistoryOf(id cdp.ProfileID) kv.Range {
	return kv.Prefix(letterAndNumber(letterHistory, uint64(id)))
}

// KeyReject holds a reject.
func KeyReject(id uint64) []byte { return letterAndNumber(letterReject, id) }

// RejectsFrom are the rejects from one on.
func RejectsFrom(id uint64) kv.Range {
	return kv.Range{Start: KeyReject(id), End: []byte{letterReject + 1}}
}

// KeyEntry holds a log entry.
func KeyEntry(seq uint64) []byte { return letterAndNumber(letterEntry, seq) }

// Entries are all log entries, oldest first.
func Entries() kv.Range { return kv.Prefix([]byte{letterEntry}) }

// KeyEntryOf marks a log entry as one about a thing.
func KeyEntryOf(ref cdp.Ref, seq uint64) []byte {
	return appendNumber(entryOf(ref), seq)
}

// EntriesOf are the marks of the log entries about a thing, oldest first.
func EntriesOf(ref cdp.Ref) kv.Range { return kv.Prefix(entryOf(ref)) }

func entryOf(ref cdp.Ref) []byte {
	return appendText(appendText([]byte{letterEntryOf}, ref.Kind), ref.ID)
}

// KeyRegister holds chunk n of a version of the activity register.
func KeyRegister(from time.Time, hash string, chunk uint16) []byte {
	return binary.BigEndian.AppendUint16(appendText(appendTime([]byte{letterRegister}, from), hash), chunk)
}

// Registers are all versions of the register, by valid-from.
func Registers() kv.Range { return kv.Prefix([]byte{letterRegister}) }

// KeySaved holds a saved search.
func KeySaved(name string) []byte { return appendText([]byte{letterSaved}, name) }

// SavedSearches are all saved searches, by name.
func SavedSearches() kv.Range { return kv.Prefix([]byte{letterSaved}) }

// IdentifierSpan returns the bounds of the rows of identifiers of a kind from
// a value on.
func IdentifierSpan(kind cdp.Kind, from string) (start, end []byte) {
	return span(letterIdentifier, kind, from)
}

// WithheldSpan is IdentifierSpan for the claims that do not link.
func WithheldSpan(kind cdp.Kind, from string) (start, end []byte) {
	return span(letterWithheld, kind, from)
}

func span(letter byte, kind cdp.Kind, from string) (start, end []byte) {
	all := kv.Prefix(appendText([]byte{letter}, string(kind)))
	return appendOpenText(appendText([]byte{letter}, string(kind)), from), all.End
}

// KeyAlias finds the identifier of which another one is a hash.
func KeyAlias(hash cdp.Identifier) []byte {
	return identPart(append(make([]byte, 0, 96), letterAlias), hash)
}

// Aliases are all hashes of identifiers.
func Aliases() kv.Range { return kv.Prefix([]byte{letterAlias}) }

// IsAlias reports whether a key is one of KeyAlias.
func IsAlias(key []byte) bool { return len(key) > 0 && key[0] == letterAlias }

// KeyPending marks a component that must be settled again.
func KeyPending(c Component) []byte { return letterAndNumber(letterPending, uint64(c)) }

// KeyPendingDecision marks a decision on an identifier some carriers of which
// must be settled again; the value says after which record. Such marks come
// before those of components.
func KeyPendingDecision(n uint64) []byte { return appendNumber(KeyPending(0), n) }

// PendingOf returns the component that a mark is about, or the decision.
func PendingOf(key []byte) (c Component, decision uint64) {
	if len(key) > len(KeyPending(0)) {
		return 0, LastNumber(key)
	}
	return Component(LastNumber(key)), 0
}

// Pending are the marks of what must be settled again.
func Pending() kv.Range { return kv.Prefix([]byte{letterPending}) }

// KeyDecision holds a human decision on who is who.
func KeyDecision(n uint64) []byte { return letterAndNumber(letterDecision, n) }

// DecisionsFrom are the decisions from one on, by number.
func DecisionsFrom(n uint64) kv.Range {
	return kv.Range{Start: KeyDecision(n), End: []byte{letterDecision + 1}}
}

// KeyDecided holds what was decided of a source row.
func KeyDecided(source cdp.SourceID, key string) []byte {
	b := append(make([]byte, 0, len(source)+len(key)+5), letterDecided)
	return appendText(appendText(b, string(source)), key)
}

// KeySuppressed holds the decision by which an identifier joins nothing.
func KeySuppressed(id cdp.Identifier) []byte {
	return identPart(append(make([]byte, 0, 64), letterSuppressed), id)
}

// KeyRules holds chunk n of a version of the rules of identity.
func KeyRules(from time.Time, hash string, chunk uint16) []byte {
	return binary.BigEndian.AppendUint16(appendText(appendTime([]byte{letterRules}, from), hash), chunk)
}

// Rules are all versions of the rules of identity, by the time they came into force.
func Rules() kv.Range { return kv.Prefix([]byte{letterRules}) }

// KeyLists holds chunk n of a version of the lists of placeholders.
func KeyLists(from time.Time, hash string, chunk uint16) []byte {
	return binary.BigEndian.AppendUint16(appendText(appendTime([]byte{letterLists}, from), hash), chunk)
}

// Lists are all versions of the lists, by the time they came into force.
func Lists() kv.Range { return kv.Prefix([]byte{letterLists}) }

// Span is the range between two keys; only the keys are read.
func Span(start, end []byte) kv.Range { return kv.Range{Start: start, End: end, KeysOnly: true} }
