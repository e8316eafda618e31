package layout

import (
	"encoding/binary"
	"math"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// Keys of the possible matches. All but KeyUnsure can be thrown away and made
// anew from the profiles.
const (
	letterBlock    = 'b'
	letterMatching = 'M'
	letterReview   = 'Q'
	letterMatchDue = 'u'
	letterUnsure   = 'U'
)

// KeyBlock holds the profiles filed under a blocking key, by its keyed hash.
func KeyBlock(hash uint64) []byte { return letterAndNumber(letterBlock, hash) }

// KeyBlockMore marks a profile for which there was no room in KeyBlock.
func KeyBlockMore(hash uint64, id cdp.ProfileID) []byte {
	return appendNumber(letterAndNumber(letterBlock, hash), uint64(id))
}

// Blocks are the rows of KeyBlock and KeyBlockMore from a hash on.
func Blocks(from uint64) kv.Range {
	return kv.Range{Start: KeyBlock(from), End: []byte{letterBlock + 1}}
}

// BlockMore are the marks of KeyBlockMore of a blocking key.
func BlockMore(hash uint64) kv.Range {
	r := kv.Prefix(letterAndNumber(letterBlock, hash))
	r.Start, r.KeysOnly = KeyBlockMore(hash, 0), true
	return r
}

// KeyMatching holds the blocking keys and the best candidates of a profile.
func KeyMatching(id cdp.ProfileID) []byte { return letterAndNumber(letterMatching, uint64(id)) }

// MatchingFrom are the rows of KeyMatching from a profile on.
func MatchingFrom(id cdp.ProfileID) kv.Range {
	return kv.Range{Start: KeyMatching(id), End: []byte{letterMatching + 1}}
}

// KeyReview holds a possible match in the queue: those that nobody was unsure
// of first, then by score, which is not negative, the highest first.
func KeyReview(unsure bool, score float64, a, b cdp.ProfileID) []byte {
	k := append(make([]byte, 0, 26), letterReview, 0)
	if unsure {
		k[1] = 1
	}
	return appendNumber(appendNumber(appendNumber(k, ^math.Float64bits(score)), uint64(a)), uint64(b))
}

// Reviews are all rows of the queue, from one of its keys on; nil for all.
func Reviews(from []byte) kv.Range {
	r := kv.Prefix([]byte{letterReview})
	if from != nil {
		r.Start = from
	}
	return r
}

// ReviewOf reads a key of KeyReview; false when it is none.
func ReviewOf(key []byte) (unsure bool, score float64, a, b cdp.ProfileID, ok bool) {
	if len(key) != 26 || key[0] != letterReview || key[1] > 1 {
		return false, 0, 0, 0, false
	}
	n := func(i int) uint64 { return binary.BigEndian.Uint64(key[i:]) }
	return key[1] == 1, math.Float64frombits(^n(2)), cdp.ProfileID(n(10)), cdp.ProfileID(n(18)), true
}

// KeyMatchDue marks a profile whose possible matches must be looked for again.
func KeyMatchDue(id cdp.ProfileID) []byte { return letterAndNumber(letterMatchDue, uint64(id)) }

// MatchesDue are the marks of KeyMatchDue from a profile on.
func MatchesDue(from cdp.ProfileID) kv.Range {
	return kv.Range{Start: KeyMatchDue(from), End: []byte{letterMatchDue + 1}, KeysOnly: true}
}

// MatchesMade are the ranges of all that can be made anew.
func MatchesMade() []kv.Range {
	out := make([]kv.Range, 0, 4)
	for _, letter := range []byte{letterBlock, letterMatching, letterReview, letterMatchDue} {
		r := kv.Prefix([]byte{letter})
		r.KeysOnly = true
		out = append(out, r)
	}
	return out
}

// KeyUnsure holds that nobody could tell of a pair of profiles, a below b.
func KeyUnsure(a, b cdp.ProfileID) []byte {
	return appendNumber(letterAndNumber(letterUnsure, uint64(a)), uint64(b))
}
