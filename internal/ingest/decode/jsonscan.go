package decode

// valueScan finds the end of one JSON value, fed piece by piece. It only tells
// brackets and strings apart; whether the value is valid is the parser's question.
type valueScan struct {
	depth   int
	kinds   [scanDepth]byte // the brackets that are open; deeper ones are only counted
	begun   bool
	scalar  bool // a number, a literal, or something that is no value
	inStr   bool
	escaped bool
	line    int // 1 + the place of the first line end within a string, where a quote may be missing; 0 none
	seen    int
}

const scanDepth = 256

type scanState int

const (
	scanMore scanState = iota // the value goes on
	scanDone
	scanBad // a bracket closes another kind, or nothing
)

// feed reads on in b, whose first byte (of the first piece) begins the value.
// It returns how many bytes belong to the value, or were read.
func (v *valueScan) feed(b []byte) (int, scanState) {
	for i := 0; i < len(b); i++ {
		c := b[i]
		if v.inStr {
			switch {
			case v.escaped:
				v.escaped = false
			case c == '\\':
				v.escaped = true
			case c == '"':
				v.inStr = false
				if v.depth == 0 {
					return v.done(i + 1)
				}
			case c == '\n' && v.line == 0:
				v.line = v.seen + i + 1
			}
			continue
		}
		if v.scalar {
			switch c {
			case ',', ']', '}', ' ', '\t', '\r', '\n':
				return v.done(i)
			}
			continue
		}
		switch c {
		case '"':
			v.inStr, v.begun = true, true
		case '{', '[':
			v.begun = true
			if v.depth < scanDepth {
				v.kinds[v.depth] = c
			}
			v.depth++
		case '}', ']':
			if v.depth == 0 {
				return i, scanBad
			}
			v.depth--
			if v.depth < scanDepth && v.kinds[v.depth] != c-2 {
				return i, scanBad
			}
			if v.depth == 0 {
				return v.done(i + 1)
			}
		default:
			if !v.begun {
				v.begun, v.scalar = true, true
			}
		}
	}
	v.seen += len(b)
	return len(b), scanMore
}

func (v *valueScan) done(n int) (int, scanState) {
	v.seen += n
	return n, scanDone
}
