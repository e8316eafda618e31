package match

// maxSound bounds the symbols of a sound.
const maxSound = 5

// sound writes a word by its consonants, the like-sounding ones as one, after
// a vowel mark if it begins with a vowel: Candace and Kandace, Meier and
// Mayr, Filip and Philipp sound alike. A word of another script sounds like
// its first letters.
func sound(w word) string {
	var out [maxSound]byte
	n := 0
	var last byte
	if len(w) > 0 && scriptOf(w[0]) != 'L' {
		return string(w[:min(len(w), 3)])
	}
	for i, r := range w {
		next := rune(0)
		if i+1 < len(w) {
			next = w[i+1]
		}
		var c byte
		switch r {
		case 'b':
			c = 'p'
		case 'p':
			if c = 'p'; next == 'h' {
				c = 'f'
			}
		case 'f', 'v', 'w':
			c = 'f'
		case 'c':
			switch c = 'k'; next {
			case 'e', 'i', 'y':
				c = 's'
			}
		case 'k', 'g', 'q', 'x':
			c = 'k'
		case 's', 'z':
			c = 's'
		case 'd', 't':
			c = 't'
		case 'l', 'm', 'n', 'r':
			c = byte(r)
		default:
			if r >= '0' && r <= '9' {
				c = byte(r)
			} else if i == 0 {
				c = 'a'
			}
		}
		if c == 0 || c == last {
			if c == 0 {
				last = 0
			}
			continue
		}
		out[n], last = c, c
		if n++; n == maxSound {
			break
		}
	}
	return string(out[:n])
}
