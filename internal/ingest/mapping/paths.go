package mapping

import (
	"strings"

	"cdp-tui/internal/ingest/decode"
)

// without gives a tree without the value at a path; ok is false when there is
// none. What changes is copied. Of a list with a secret in it nothing stays.
func without(tree any, path string) (any, bool) {
	if v, ok := (decode.Row{Tree: tree}).Get(path); !ok || v == nil {
		return nil, false
	}
	parent, key := splitLast(path)
	if parent == "" {
		return dropKey(tree, key)
	}
	inner, ok := (decode.Row{Tree: tree}).Get(parent)
	if !ok {
		return nil, false
	}
	smaller, ok := dropKey(inner, key)
	if !ok {
		smaller = nil // a place in a list: the whole list goes rather than a secret staying
	}
	return replace(tree, parent, smaller), true
}

func dropKey(v any, key string) (any, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	out := make(map[string]any, len(m))
	for k, x := range m {
		if k != key {
			out[k] = x
		}
	}
	return out, true
}

// replace gives a tree with another value at a path that is there.
func replace(tree any, path string, v any) any {
	if path == "" {
		return v
	}
	parent, key := splitLast(path)
	inner := tree
	if parent != "" {
		inner, _ = (decode.Row{Tree: tree}).Get(parent)
	}
	m, ok := inner.(map[string]any)
	if !ok {
		return replace(tree, parent, nil)
	}
	out := make(map[string]any, len(m))
	for k, x := range m {
		out[k] = x
	}
	out[key] = v
	return replace(tree, parent, out)
}

// splitLast cuts the last step off a path and unquotes it.
func splitLast(path string) (parent, key string) {
	inQuotes, at := false, -1
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '\\' && inQuotes:
			i++
		case c == '"':
			inQuotes = !inQuotes
		case (c == '.' || c == '[') && !inQuotes:
			at = i
		}
	}
	last := path
	if at >= 0 {
		parent, last = path[:at], path[at:]
	}
	last = strings.TrimPrefix(last, ".")
	if strings.HasPrefix(last, `"`) {
		last = strings.TrimSuffix(strings.TrimPrefix(last, `"`), `"`)
		last = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(last)
	}
	return parent, last
}
