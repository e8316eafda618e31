package memkv_test

import (
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/kv/memkv"
)

func TestContract(t *testing.T) {
	kvtest.Run(t, func(*testing.T) kv.Store { return memkv.New() })
}

func TestBulk(t *testing.T) {
	kvtest.RunBulk(t, func(*testing.T) kv.Bulk { return memkv.New() })
}
