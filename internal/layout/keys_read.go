package layout

import (
	"encoding/binary"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
)

// MemberOf reads a key of KeyMember.
func MemberOf(key []byte) (Component, cdp.RecordID, error) {
	if len(key) != 17 || key[0] != letterMember {
		return 0, 0, fmt.Errorf("layout: not a member key")
	}
	return Component(binary.BigEndian.Uint64(key[1:])), cdp.RecordID(binary.BigEndian.Uint64(key[9:])), nil
}

// ClaimOf reads an identifier out of a key of KeyIdentifier or KeyWithheld.
// For the first, controller is set; for the second, record.
func ClaimOf(key []byte) (kind cdp.Kind, value, controller string, rec cdp.RecordID, err error) {
	bad := fmt.Errorf("layout: not a claim key")
	if len(key) == 0 || key[0] != letterIdentifier && key[0] != letterWithheld {
		return "", "", "", 0, bad
	}
	rest := key[1:]
	k, rest, ok := cutText(rest)
	if !ok {
		return "", "", "", 0, bad
	}
	value, rest, ok = cutText(rest)
	if !ok {
		return "", "", "", 0, bad
	}
	if key[0] == letterIdentifier {
		controller, rest, ok = cutText(rest)
		if !ok || len(rest) != 1 {
			return "", "", "", 0, bad
		}
		return cdp.Kind(k), value, controller, 0, nil
	}
	if len(rest) != 8 {
		return "", "", "", 0, bad
	}
	return cdp.Kind(k), value, "", cdp.RecordID(binary.BigEndian.Uint64(rest)), nil
}

// cutText takes a closed text off the front of b.
func cutText(b []byte) (string, []byte, bool) {
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] != 0 {
			out = append(out, b[i])
			continue
		}
		if i+1 >= len(b) {
			return "", nil, false
		}
		switch b[i+1] {
		case 0xff:
			out = append(out, 0)
			i++
		case 1:
			return string(out), b[i+2:], true
		default:
			return "", nil, false
		}
	}
	return "", nil, false
}

// DueOf reads a key of KeyDue.
func DueOf(key []byte) (cdp.RecordID, error) {
	if len(key) != 17 || key[0] != letterDue {
		return 0, fmt.Errorf("layout: not a due key")
	}
	return cdp.RecordID(binary.BigEndian.Uint64(key[9:])), nil
}

// LastNumber reads the number at the end of a key.
func LastNumber(key []byte) uint64 {
	if len(key) < 9 {
		return 0
	}
	return binary.BigEndian.Uint64(key[len(key)-8:])
}

// IsReject reports whether a key is one of KeyReject.
func IsReject(key []byte) bool { return len(key) == 9 && key[0] == letterReject }

// SourceOf reads a key of KeySource.
func SourceOf(key []byte) (cdp.SourceID, error) {
	if len(key) == 0 || key[0] != letterSource {
		return "", fmt.Errorf("layout: not a source key")
	}
	s, rest, ok := cutText(key[1:])
	if !ok || len(rest) != 0 {
		return "", fmt.Errorf("layout: not a source key")
	}
	return cdp.SourceID(s), nil
}

// RowOf reads a key of KeyRow.
func RowOf(key []byte) (cdp.SourceID, string, error) {
	bad := fmt.Errorf("layout: not a source row key")
	if len(key) == 0 || key[0] != letterRow {
		return "", "", bad
	}
	source, rest, ok := cutText(key[1:])
	if !ok {
		return "", "", bad
	}
	row, rest, ok := cutText(rest)
	if !ok || len(rest) != 0 {
		return "", "", bad
	}
	return cdp.SourceID(source), row, nil
}

// ClassOf reads the class at the end of a key of KeyIdentifier.
func ClassOf(key []byte) byte { return key[len(key)-1] }

// RegisterOf reads a key of KeyRegister, KeyRules or KeyLists.
func RegisterOf(key []byte) (from time.Time, hash string, chunk uint16, err error) {
	bad := fmt.Errorf("layout: not a register key")
	if len(key) < 9 || key[0] != letterRegister && key[0] != letterRules && key[0] != letterLists {
		return time.Time{}, "", 0, bad
	}
	from = time.UnixMicro(int64(binary.BigEndian.Uint64(key[1:]) ^ 1<<63)).UTC()
	hash, rest, ok := cutText(key[9:])
	if !ok || len(rest) != 2 {
		return time.Time{}, "", 0, bad
	}
	return from, hash, binary.BigEndian.Uint16(rest), nil
}

// SavedOf reads a key of KeySaved.
func SavedOf(key []byte) (string, error) {
	if len(key) == 0 || key[0] != letterSaved {
		return "", fmt.Errorf("layout: not a saved search")
	}
	s, rest, ok := cutText(key[1:])
	if !ok || len(rest) != 0 {
		return "", fmt.Errorf("layout: not a saved search")
	}
	return s, nil
}
