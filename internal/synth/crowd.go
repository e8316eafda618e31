package synth

import (
	"iter"
	"math/rand/v2"
)

// Groups of a population have numbers of their own below these.
const (
	visitsGroup = 1 << 40
	kioskGroup  = 1 << 41
)

// Visits yields n records of the web site that share a device and nothing
// else: each visit has a cookie of its own, nobody logged in. So the device
// joins them.
func Visits(seed uint64, n int) iter.Seq[*Record] {
	return crowd(seed, visitsGroup, n, func(g *group, device string) {
		rec := g.add(g.person(), Web)
		rec.Cookie, rec.Device, rec.CRM = uuid(g.r), device, ""
	})
}

// Kiosk yields n records of n people who logged in to the club's app on one
// device. It is shared, and joins nobody.
func Kiosk(seed uint64, n int) iter.Seq[*Record] {
	return crowd(seed, kioskGroup, n, func(g *group, device string) {
		p := g.person()
		rec := g.add(p, App)
		rec.Device, rec.CRM = device, p.crm
	})
}

// crowd yields the records that add makes, one each time.
func crowd(seed, number uint64, n int, add func(g *group, device string)) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		g := &group{r: rand.New(rand.NewPCG(seed, number)), number: number}
		device := uuid(g.r)
		for range n {
			g.out = g.out[:0]
			if add(g, device); !yield(g.out[0]) {
				return
			}
		}
	}
}
