package decode

import (
	"errors"
	"strings"
)

var errPath = errors.New("not a path: want keys joined by dots, [n] for places in a list, and keys with . [ ] or \" in double quotes")

// CheckPath reports whether a path can be read by [Row.Get] in a tree.
func CheckPath(path string) error {
	for rest, first := path, true; rest != "" || first; first = false {
		_, tail, ok := cutStep(rest, first)
		if !ok {
			return errPath
		}
		rest = tail
	}
	return nil
}

// A step is a key or, when key is absent, a place in a list.
type step struct {
	key   string
	index int // -1 for a key
}

// cutStep takes the first step off a path.
func cutStep(path string, first bool) (s step, rest string, ok bool) {
	if path == "" {
		return step{}, "", false
	}
	if path[0] == '[' {
		i := 1
		for n := 0; i < len(path) && path[i] >= '0' && path[i] <= '9'; i++ {
			if n = n*10 + int(path[i]-'0'); n > 1<<30 {
				return step{}, "", false
			}
			s.index = n
		}
		if i == 1 || i == len(path) || path[i] != ']' {
			return step{}, "", false
		}
		return s, path[i+1:], true
	}
	if !first {
		if path[0] != '.' {
			return step{}, "", false
		}
		path = path[1:]
	}
	s.index = -1
	if path != "" && path[0] == '"' {
		i := 1
		for i < len(path) && path[i] != '"' {
			if path[i] == '\\' {
				i++
			}
			i++
		}
		if i >= len(path) {
			return step{}, "", false
		}
		s.key = path[1:i]
		if strings.IndexByte(s.key, '\\') >= 0 {
			s.key = unescapeKey(s.key)
		}
		return s, path[i+1:], true
	}
	i := strings.IndexAny(path, `.[]"`)
	if i < 0 {
		i = len(path)
	}
	if i == 0 || i < len(path) && (path[i] == ']' || path[i] == '"') {
		return step{}, "", false
	}
	s.key = path[:i]
	return s, path[i:], true
}

func unescapeKey(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// QuoteKey writes a key so that it is one step of a path.
func QuoteKey(k string) string {
	if k != "" && !strings.ContainsAny(k, `.[]"`) {
		return k
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(k) + `"`
}

func walk(v any, path string) (any, bool) {
	for first := true; path != "" || first; first = false {
		s, rest, ok := cutStep(path, first)
		if !ok {
			return nil, false
		}
		if s.index < 0 {
			m, isMap := v.(map[string]any)
			if !isMap {
				return nil, false
			}
			if v, ok = m[s.key]; !ok {
				return nil, false
			}
		} else {
			a, isList := v.([]any)
			if !isList || s.index >= len(a) {
				return nil, false
			}
			v = a[s.index]
		}
		path = rest
	}
	return v, true
}
