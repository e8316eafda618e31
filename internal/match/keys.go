package match

import (
	"fmt"
	"slices"
	"strings"
)

// MaxKeys bounds the keys of a person.
const MaxKeys = 32

// Keys returns the blocking keys of a person, sorted: two people who are worth
// comparing have one in common, or several. Nearly every key is of two fields,
// since one alone never makes a possible match and would be shared by many.
// A key is personal data in clear: whoever stores it hashes it under a secret.
//
// The keys of people with many values are bounded by taking the first value of
// each sort of key, then the second, and so on.
func Keys(p *Person) []string {
	k := keyer{seen: map[string]bool{}}
	sorts := []func(*keyer, *Person){
		keysByID, keysByPhone, keysByMail, keysByBirth, keysByName, keysByNameAndBirth, keysByNameAndPlace, keysByAddress,
	}
	lists := make([][]string, len(sorts))
	for i, sort := range sorts {
		k.keys = nil
		sort(&k, p)
		lists[i] = k.keys
	}
	var out []string
	for round := 0; len(out) < MaxKeys; round++ {
		more := false
		for _, l := range lists {
			if round < len(l) && len(out) < MaxKeys {
				out = append(out, l[round])
				more = true
			}
		}
		if !more {
			break
		}
	}
	slices.Sort(out)
	return out
}

type keyer struct {
	keys []string
	seen map[string]bool
}

// keyOf returns the key of a sort and parts, "" when one is missing.
func keyOf(parts ...string) string {
	if slices.Contains(parts, "") {
		return ""
	}
	return strings.Join(parts, "|")
}

// add files the person under a key of a sort and parts, unless one is missing.
func (k *keyer) add(parts ...string) {
	key := keyOf(parts...)
	if key != "" && !k.seen[key] {
		k.seen[key] = true
		k.keys = append(k.keys, key)
	}
}

func keysByID(k *keyer, p *Person) {
	for _, id := range p.ids {
		k.add("i", clip(id.issuer), id.number)
		if n := len(id.number); n > 5 { // one slip leaves one half as it was
			k.add("i<", clip(id.issuer), id.number[:n/2])
			k.add("i>", clip(id.issuer), id.number[n-n/2:])
		}
	}
}

func keysByPhone(k *keyer, p *Person) {
	for _, n := range p.phones {
		if n.shared || len(n.digits) < tail {
			continue
		}
		last := n.last()
		k.add(n.key()...)
		k.add("p>", last[tail-4:], firstSound(p))
		k.add("p<", last[:tail-3], firstSound(p))
	}
}

func keysByMail(k *keyer, p *Person) {
	for _, m := range p.mails {
		if m.shared {
			continue
		}
		k.add(m.key()...)
		if n := len(m.bare); n >= minSlip {
			k.add("e<", m.bare[:n/2], m.domain)
			k.add("e>", m.bare[n-n/2:], m.domain)
		}
	}
}

// keysByBirth has both initials apart, for exchanged names, and the house
// number, for names in another script or none.
func keysByBirth(k *keyer, p *Person) {
	for _, b := range p.births {
		for i := range p.names {
			for _, w := range p.names[i].all {
				k.add("d", b.key(), sound(w)[:min(1, len(sound(w)))])
			}
		}
		for _, a := range p.addresses {
			if len(a.numbers) > 0 {
				k.add("dh", b.key(), clip(a.numbers[0]))
			}
		}
		if len(p.names) == 0 {
			k.add("d", b.key(), "-")
		}
	}
}

// key is the same for a date and the one with day and month exchanged.
func (b birth) key() string {
	d := b[0]
	return fmt.Sprintf("%02d%02d%02d", d.year%100, min(d.month, d.day), max(d.month, d.day))
}

// ends gives the sounds by which a name is filed: of the given and the family
// name, or of the first and the last word.
func (n *name) ends() (first, last string, initials [2]string) {
	a, b := n.all[0], n.all[len(n.all)-1]
	if len(n.given) > 0 {
		a = n.given[0]
	}
	if len(n.given) > 0 && len(n.family) == 0 {
		return sound(a), "", [2]string{sound(a)[:min(1, len(sound(a)))], ""}
	}
	first, last = sound(a), sound(b)
	return first, last, [2]string{first[:min(1, len(first))], last[:min(1, len(last))]}
}

func firstSound(p *Person) string {
	for i := range p.names {
		if _, last, _ := p.names[i].ends(); last != "" {
			return last
		}
	}
	return ""
}

// clip bounds a key.
func clip(s string) string { return s[:min(len(s), 96)] }

func keysByName(k *keyer, p *Person) {
	for i := range p.names {
		n := &p.names[i]
		if len(n.all) < 2 {
			k.add("o", clip(string(n.all[0])))
			continue
		}
		all := wordStrings(n.all)
		slices.Sort(all)
		k.add("n", clip(strings.Join(all, " ")))
		first, last, _ := n.ends()
		k.add("s", min(first, last), max(first, last))
	}
}

func keysByNameAndBirth(k *keyer, p *Person) {
	for i := range p.names {
		first, last, in := p.names[i].ends()
		for _, b := range p.births {
			year := fmt.Sprintf("%02d", b[0].year%100)
			k.add("ny", last, in[0], year)
			k.add("ny", first, in[1], year)
		}
	}
}

func keysByNameAndPlace(k *keyer, p *Person) {
	for i := range p.names {
		first, last, in := p.names[i].ends()
		for _, a := range p.addresses {
			k.add("np", last, in[0], clip(a.postcode))
			k.add("np", first, in[1], clip(a.postcode))
			k.add("ns", last, a.street())
			k.add("ns", first, a.street())
			k.add("nc", last, in[0], sound(a.city))
		}
	}
}

// street is the sound of the longest word.
func (a address) street() string {
	var longest word
	for _, w := range a.words {
		if len(w) > len(longest) || len(w) == len(longest) && slices.Compare(w, longest) < 0 {
			longest = w
		}
	}
	return sound(longest)
}

func keysByAddress(k *keyer, p *Person) {
	for _, a := range p.addresses {
		if len(a.numbers) > 0 && len(a.words) > 0 {
			k.add(a.key()...)
			k.add("ap", clip(a.numbers[0]), clip(a.postcode))
			k.add("aw", clip(a.numbers[0]), sound(a.words[0]))
		}
	}
}

// Crowded marks the e-mail addresses, phones and addresses that many share:
// those for whose key, one of [Keys], full says so. They then count little.
// Who looks up the keys of a profile learns by that which blocks are full;
// marking one side of a pair is enough.
func (p *Person) Crowded(full func(key string) bool) {
	mark := func(shared *bool, key string) {
		*shared = *shared || key != "" && full(key)
	}
	for i := range p.mails {
		mark(&p.mails[i].shared, keyOf(p.mails[i].key()...))
	}
	for i := range p.phones {
		mark(&p.phones[i].shared, keyOf(p.phones[i].key()...))
	}
	for i := range p.addresses {
		mark(&p.addresses[i].shared, keyOf(p.addresses[i].key()...))
	}
}

func (m mail) key() []string  { return []string{"e", m.bare} }
func (n phone) key() []string { return []string{"p", n.last()} }

func (n phone) last() string { return n.digits[max(0, len(n.digits)-tail):] }

// key is empty in a part where the address lacks it.
func (a address) key() []string {
	number := ""
	if len(a.numbers) > 0 {
		number = clip(a.numbers[0])
	}
	return []string{"a", number, a.street(), clip(a.postcode)}
}
