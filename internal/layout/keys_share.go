package layout

import (
	"encoding/binary"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// Keys of what was sent, of what recipients must be told, and of what they said.
const (
	letterShare  = 'A'
	letterNotice = 'O'
	letterAcked  = 'K'
	letterGuard  = 'g'
)

// Sorts of rows under a letter; part of the layout.
const (
	shareRun   = 1
	shareLine  = 2
	shareOf    = 3
	shareTopic = 4 // since layout 7

	noticeRow  = 1
	noticeOf   = 2
	noticeOpen = 3
)

func sorted(letter, sort byte, numbers ...uint64) []byte {
	b := append(make([]byte, 0, 2+8*len(numbers)), letter, sort)
	for _, n := range numbers {
		b = appendNumber(b, n)
	}
	return b
}

// KeyRun holds a run of a disclosure.
func KeyRun(id cdp.RunID) []byte { return sorted(letterShare, shareRun, uint64(id)) }

// KeyRunTopic holds the topic of a run; there is none for most.
func KeyRunTopic(id cdp.RunID) []byte { return sorted(letterShare, shareTopic, uint64(id)) }

// RunTopics are the topics of all runs.
func RunTopics() kv.Range { return kv.Prefix(sorted(letterShare, shareTopic)) }

// Runs are all runs, by number.
func Runs() kv.Range { return kv.Prefix(sorted(letterShare, shareRun)) }

// KeyShareLine holds what became of one profile in a run.
func KeyShareLine(run cdp.RunID, line int) []byte {
	return sorted(letterShare, shareLine, uint64(run), uint64(line))
}

// ShareLinesFrom are the lines of a run from one on.
func ShareLinesFrom(run cdp.RunID, line int) kv.Range {
	r := kv.Prefix(sorted(letterShare, shareLine, uint64(run)))
	r.Start = KeyShareLine(run, line)
	return r
}

// AllShareLines are the lines of all runs.
func AllShareLines() kv.Range { return kv.Prefix(sorted(letterShare, shareLine)) }

// KeyShareOf marks a line as one that hangs on a record.
func KeyShareOf(rec cdp.RecordID, run cdp.RunID, line int) []byte {
	return sorted(letterShare, shareOf, uint64(rec), uint64(run), uint64(line))
}

// SharesOf are the marks of the lines that hang on a record, oldest first.
func SharesOf(rec cdp.RecordID) kv.Range {
	r := kv.Prefix(sorted(letterShare, shareOf, uint64(rec)))
	r.KeysOnly = true
	return r
}

// SharesFrom are the marks of all records from one on.
func SharesFrom(rec cdp.RecordID) kv.Range {
	r := kv.Prefix(sorted(letterShare, shareOf))
	r.Start, r.KeysOnly = sorted(letterShare, shareOf, uint64(rec)), true
	return r
}

// ShareOf reads a key of KeyShareOf, or of KeyShareLine, which has no record.
func ShareOf(key []byte) (rec cdp.RecordID, run cdp.RunID, line int, err error) {
	n := func(i int) uint64 { return binary.BigEndian.Uint64(key[2+8*i:]) }
	switch {
	case len(key) == 18 && key[0] == letterShare && key[1] == shareLine:
		return 0, cdp.RunID(n(0)), int(n(1)), nil
	case len(key) == 26 && key[0] == letterShare && key[1] == shareOf:
		return cdp.RecordID(n(0)), cdp.RunID(n(1)), int(n(2)), nil
	}
	return 0, 0, 0, fmt.Errorf("layout: not a key of a share")
}

// KeyNotice holds a notice to a recipient.
func KeyNotice(id cdp.NoticeID) []byte { return sorted(letterNotice, noticeRow, uint64(id)) }

// NoticesFrom are the notices from one on, by number.
func NoticesFrom(id cdp.NoticeID) kv.Range {
	r := kv.Prefix(sorted(letterNotice, noticeRow))
	r.Start = KeyNotice(id)
	return r
}

// KeyNoticeOf finds the notice about something, by what it is about.
func KeyNoticeOf(about [16]byte) []byte {
	return append(sorted(letterNotice, noticeOf), about[:]...)
}

// NoticesAbout are all rows of KeyNoticeOf.
func NoticesAbout() kv.Range { return kv.Prefix(sorted(letterNotice, noticeOf)) }

// KeyNoticeOpen marks a notice that is not settled.
func KeyNoticeOpen(id cdp.NoticeID) []byte { return sorted(letterNotice, noticeOpen, uint64(id)) }

// NoticesOpenFrom are the marks of the notices that are not settled, from one on.
func NoticesOpenFrom(id cdp.NoticeID) kv.Range {
	r := kv.Prefix(sorted(letterNotice, noticeOpen))
	r.Start, r.KeysOnly = KeyNoticeOpen(id), true
	return r
}

// KeyAcked holds the state of a subject that a recipient acknowledged last.
func KeyAcked(recipient string, purpose cdp.PurposeID, subject cdp.Identifier) []byte {
	b := append(make([]byte, 0, 96), letterAcked)
	return identPart(appendText(appendText(b, recipient), string(purpose)), subject)
}

// Acked are all states that recipients acknowledged.
func Acked() kv.Range { return kv.Prefix([]byte{letterAcked}) }

// AckedOf reads a key of KeyAcked; the identifier has no tag.
func AckedOf(key []byte) (recipient string, purpose cdp.PurposeID, subject cdp.Identifier, err error) {
	if len(key) == 0 || key[0] != letterAcked {
		return "", "", subject, fmt.Errorf("layout: not a key of a recipient's state")
	}
	var parts [4]string
	rest, ok := key[1:], true
	for i := range parts {
		if parts[i], rest, ok = cutText(rest); !ok {
			return "", "", subject, fmt.Errorf("layout: not a key of a recipient's state")
		}
	}
	if len(rest) > 0 {
		return "", "", subject, fmt.Errorf("layout: not a key of a recipient's state")
	}
	return parts[0], cdp.PurposeID(parts[1]), cdp.NewIdentifier(cdp.Kind(parts[2]), parts[3], [4]byte{}), nil
}

// KeyGuard holds how often and when last a no was said at an endpoint.
func KeyGuard(endpoint cdp.Identifier) []byte {
	return identPart(append(make([]byte, 0, 64), letterGuard), endpoint)
}

// Guards are all guards.
func Guards() kv.Range { return kv.Prefix([]byte{letterGuard}) }

// GuardOf reads a key of KeyGuard; the identifier has no tag.
func GuardOf(key []byte) (cdp.Identifier, error) {
	if len(key) > 0 && key[0] == letterGuard {
		if kind, rest, ok := cutText(key[1:]); ok {
			if value, rest, ok := cutText(rest); ok && len(rest) == 0 {
				return cdp.NewIdentifier(cdp.Kind(kind), value, [4]byte{}), nil
			}
		}
	}
	return cdp.Identifier{}, fmt.Errorf("layout: not a guard's key")
}
