package badgerkv_test

import (
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/kv/kvtest"
)

func open(t testing.TB, dir string, opts badgerkv.Options) *badgerkv.Store {
	t.Helper()
	s, err := badgerkv.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	// Thousands of updates: whether each is synced is not what this is about.
	kvtest.Run(t, func(t *testing.T) kv.Store { return open(t, t.TempDir(), badgerkv.Options{NoSync: true}) })
}

func TestBulk(t *testing.T) {
	kvtest.RunBulk(t, func(t *testing.T) kv.Bulk { return open(t, t.TempDir(), badgerkv.Options{}) })
}

func TestDurable(t *testing.T) {
	kvtest.RunDurable(t, func(t *testing.T, dir string) kv.Store { return open(t, dir, badgerkv.Options{}) })
}
