package ingest

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/ingest/mapping"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// A Preset is a mapping that comes with the program. It names activities, as
// shopify.orders; what their basis is, only the register of a company can say.
type Preset struct {
	Name    string // shopify.customers
	Text    []byte // to be copied and changed
	Mapping *mapping.Mapping
}

// Presets returns all presets by name. The error is a mistake in the program.
func Presets() ([]Preset, error) {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil, err
	}
	var out []Preset
	for _, e := range entries {
		p, err := LoadPreset(strings.TrimSuffix(e.Name(), ".yaml"))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// LoadPreset returns the preset of a name. The error lists the names there are.
func LoadPreset(name string) (Preset, error) {
	text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return Preset{}, fmt.Errorf("no preset %q; there are %s", name, strings.Join(PresetNames(), ", "))
	}
	m, err := mapping.Load(name+".yaml", text)
	if err != nil {
		return Preset{}, err
	}
	return Preset{name, text, m}, nil
}

// PresetNames returns the names of all presets, sorted.
func PresetNames() []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(out)
	return out
}

// presetFingerprint reads of a preset only how it knows its files.
func presetFingerprint(name string) (mapping.Fingerprint, error) {
	text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return mapping.Fingerprint{}, err
	}
	return mapping.LoadFingerprint(name+".yaml", text)
}
