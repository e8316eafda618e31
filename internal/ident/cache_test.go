package ident

import (
	"strconv"
	"testing"
)

func TestPhoneCacheIsBounded(t *testing.T) {
	var p phoneCache
	key := func(i int) phoneKey { return phoneKey{strconv.Itoa(i), "DE"} }
	const n = 3*cacheGeneration + 7
	for i := range n {
		p.put(key(i), phoneResult{value: strconv.Itoa(i)})
		if len(p.young)+len(p.old) > 2*cacheGeneration {
			t.Fatalf("%d numbers are kept", len(p.young)+len(p.old))
		}
	}
	for i := n - cacheGeneration; i < n; i++ {
		if r, ok := p.get(key(i)); !ok || r.value != strconv.Itoa(i) {
			t.Fatalf("number %d is gone, or another: %v", i, r)
		}
	}
	if _, ok := p.get(key(0)); ok {
		t.Error("the oldest number is still there")
	}
	if _, ok := p.get(phoneKey{strconv.Itoa(n - 1), "RO"}); ok {
		t.Error("the country is not part of the key")
	}
}
