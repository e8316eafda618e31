package mapping

import (
	"reflect"
	"strings"

	"cdp-tui/internal/ingest/decode"
)

// A presence says whether a row makes a statement: a missing or null value is
// none, an empty one is another thing than an explicit one.
type presence uint8

const (
	absent presence = iota
	empty
	present
)

// column gives the value at a slot.
func (p *Mapper) column(slot int) (string, presence) {
	if p.row.Header != nil {
		i := p.cols[slot]
		if i < 0 || i >= len(p.row.Cells) || p.hidden[i] {
			return "", absent
		}
		return p.presenceOf(p.row.Cells[i])
	}
	m, _ := p.tree.(map[string]any)
	return p.presence(m[p.m.columns[slot]])
}

func (p *Mapper) presenceOf(s string) (string, presence) {
	if len(p.m.nulls) > 0 && p.m.nulls[s] {
		return "", absent
	}
	if s == "" {
		if p.m.emptyCellIsNull && p.row.Header != nil {
			return "", absent
		}
		return "", empty
	}
	return s, present
}

// presence gives a value of a tree as text.
func (p *Mapper) presence(v any) (string, presence) {
	switch v := v.(type) {
	case nil:
		return "", absent
	case string:
		return p.presenceOf(v)
	case map[string]any:
		if len(v) == 0 {
			return "", empty
		}
	case []any:
		if len(v) == 0 {
			return "", empty
		}
	}
	s, _ := scalar(v)
	return p.presenceOf(s)
}

// get gives the value at a path of the row, without what is never stored.
func (p *Mapper) get(path string) (any, bool) {
	if p.row.Header != nil {
		return p.named(path), true
	}
	return decode.Row{Tree: p.tree}.Get(path)
}

// named gives a column, or a field at the top of a tree, by name.
func (p *Mapper) named(name string) any {
	if h := p.row.Header; h != nil {
		i, ok := h.Index(name)
		if !ok || i >= len(p.row.Cells) || p.hidden[i] {
			return nil
		}
		if s, has := p.presenceOf(p.row.Cells[i]); has != absent {
			return s
		}
		return nil
	}
	m, _ := p.tree.(map[string]any)
	return native(m[name])
}

// text gives a value as text, after its map and default. An unlisted value is
// noted and given as it is.
func (p *Mapper) text(v *value) (string, presence) {
	s, has, _ := p.judged(v)
	return s, has
}

// judged is text that also says whether a value is missing from its map.
func (p *Mapper) judged(v *value) (s string, has presence, unlisted bool) {
	if v == nil {
		return "", absent, false
	}
	switch {
	case v.lit != nil:
		return *v.lit, present, false
	case v.expr != nil:
		s, has = p.presence(p.eval(v.expr, v.field))
	case v.path != "":
		x, _ := p.get(v.path)
		s, has = p.presence(x)
	default:
		s, has = p.column(v.slot)
	}
	if v.listed != nil && has != absent {
		if to, ok := v.listed[strings.TrimSpace(s)]; ok {
			return to, present, false
		}
	}
	if has != present {
		if v.other != nil {
			return *v.other, present, false
		}
		return "", has, false
	}
	if v.listed != nil {
		p.notes.add("unmapped_value", v.field, "a value is not listed in the mapping's map for it", 1)
		return s, present, true
	}
	return s, present, false
}

// eval runs an expression on the row. A failing one rejects the row.
func (p *Mapper) eval(e *expression, field string) any {
	if e.member != "" {
		if m, ok := p.it.(map[string]any); ok {
			return native(m[e.member])
		}
	}
	if p.it != nil && !p.itset {
		p.env["it"], p.itset = native(p.it), true
	}
	for i, name := range e.names {
		s := e.slots[i]
		if p.stamp[s] == p.serial {
			continue
		}
		p.stamp[s] = p.serial
		if p.row.Header != nil {
			if v, has := p.column(s); has != absent {
				p.env[name] = v
			} else {
				p.env[name] = nil
			}
			continue
		}
		m, _ := p.tree.(map[string]any)
		v := native(m[name])
		if t, ok := v.(string); ok {
			if _, has := p.presenceOf(t); has == absent {
				v = nil
			}
		}
		p.env[name] = v
	}
	out, err := p.vm.Run(e.prog, p.env)
	if err != nil {
		p.fail("expr.failed", field, "an expression of the mapping can not be worked out for this row")
		return nil
	}
	return out
}

// test runs a condition; none given is true, and nothing stated is false.
func (p *Mapper) test(e *expression) bool {
	if e == nil {
		return true
	}
	switch v := p.eval(e, "when").(type) {
	case bool:
		return v
	case nil:
		return false
	}
	p.fail("expr.failed", "when", "a condition of the mapping is neither true nor false for this row")
	return false
}

// each runs f for each item of a list, or once without one. It says whether
// the list is there, and whether it holds anything.
func (p *Mapper) each(e, when *expression, f func()) presence {
	if e == nil {
		if p.test(when) {
			f()
		}
		return present
	}
	var items []any
	var list any
	if m, ok := p.tree.(map[string]any); ok && p.row.Header == nil && e.field && len(e.names) == 1 {
		list = m[e.names[0]]
	} else {
		list = p.eval(e, "each")
	}
	switch v := list.(type) {
	case nil:
		return absent
	case []any:
		if v == nil {
			return absent
		}
		items = v
	default:
		r := reflect.ValueOf(v)
		if r.Kind() != reflect.Slice {
			p.fail("expr.failed", "each", "what an each goes through is no list in this row")
			return absent
		}
		for i := range r.Len() {
			items = append(items, r.Index(i).Interface())
		}
	}
	if len(items) > maxItems {
		p.tooLarge()
		return present
	}
	for i, it := range items {
		if p.bad != nil {
			break
		}
		p.it, p.itset = it, false
		p.env["it"], p.env["i"] = nil, i // not the item before, where this one is null
		if p.test(when) {
			f()
		}
	}
	p.it, p.env["it"], p.env["i"] = nil, nil, 0
	if len(items) == 0 {
		return empty
	}
	return present
}
