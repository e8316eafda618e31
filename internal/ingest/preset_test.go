package ingest

import "testing"

func TestPresetsLoad(t *testing.T) {
	for _, name := range PresetNames() {
		p, err := LoadPreset(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if string(p.Mapping.Source.ID) != name {
			t.Errorf("preset %s is of source %s", name, p.Mapping.Source.ID)
		}
	}
}
