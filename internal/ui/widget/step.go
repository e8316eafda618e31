package widget

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

type stepKind uint8

const (
	stepNone stepKind = iota
	stepBy
	stepHome
	stepEnd
)

// step reads a moving key: by how many rows, or to which end.
func step(k tea.KeyPressMsg, keys *Keys, page int) (int, stepKind) {
	switch {
	case key.Matches(k, keys.Up):
		return -1, stepBy
	case key.Matches(k, keys.Down):
		return 1, stepBy
	case key.Matches(k, keys.PageUp):
		return -page, stepBy
	case key.Matches(k, keys.PageDown):
		return page, stepBy
	case key.Matches(k, keys.HalfUp):
		return -max(1, page/2), stepBy
	case key.Matches(k, keys.HalfDown):
		return max(1, page/2), stepBy
	case key.Matches(k, keys.Home):
		return 0, stepHome
	case key.Matches(k, keys.End):
		return 0, stepEnd
	}
	return 0, stepNone
}
