package widget

import (
	"fmt"
	"strconv"
	"strings"
)

// Style is a meaning, not a colour. Screens choose styles; a Theme says how
// they look. No state may be told by style alone: the mono theme has no colours,
// and NO_COLOR takes them from every theme (bold and reverse stay).
type Style uint8

// The styles.
const (
	Plain       Style = iota
	Dim               // details
	Strong            // what matters in a line
	Accent            // ids, links
	Good              // as it should be
	Warn              // needs a look
	Bad               // late, refused, failed
	Info              // news
	Heading           // column titles, sections
	Disabled          // can not be chosen
	Altered           // a value with marks for characters that can not be shown
	Match             // found by a search
	Border            // frames
	BorderFocus       // frame of the focused pane
	Title             // titles in frames
	TitleFocus        // title in the frame of the focused pane
	KeyName           // a key in the hints
	Ghost             // a proposed completion
	Bar               // the header row of the program
	Badge             // a mode in the header row
	TabOn             // the tab that is shown
	TabOff            // the others
	styleCount
)

// row is what a whole row of a list is; it is combined with the styles in it.
type row uint8

const (
	rowPlain  row = iota
	rowCursor     // the cursor's row in the focused widget
	rowMarked
	rowCount
)

// Theme is how the styles look: SGR parameters, worked out once.
type Theme struct {
	name string
	seq  [styleCount][rowCount]string
}

// Name is the name ThemeNamed knows.
func (t *Theme) Name() string { return t.name }

// look is one style: colours as #rrggbb or a palette number 0-15, and attributes.
type look struct {
	fg, bg                         string
	bold, dim, italic, under, back bool
}

func (l look) params() string {
	var p []string
	for _, a := range []struct {
		on bool
		n  string
	}{{l.bold, "1"}, {l.dim, "2"}, {l.italic, "3"}, {l.under, "4"}, {l.back, "7"}} {
		if a.on {
			p = append(p, a.n)
		}
	}
	if l.fg != "" {
		p = append(p, colour(l.fg, 30))
	}
	if l.bg != "" {
		p = append(p, colour(l.bg, 40))
	}
	return strings.Join(p, ";")
}

func colour(c string, base int) string {
	if rgb, ok := strings.CutPrefix(c, "#"); ok {
		n, err := strconv.ParseUint(rgb, 16, 32)
		if err != nil {
			return ""
		}
		return fmt.Sprintf("%d;2;%d;%d;%d", base+8, n>>16, n>>8&0xff, n&0xff)
	}
	n, err := strconv.Atoi(c)
	if err != nil {
		return ""
	}
	if n >= 8 {
		base, n = base+60, n-8
	}
	return strconv.Itoa(base + n)
}

func newTheme(name string, looks map[Style]look) *Theme {
	t := &Theme{name: name}
	for s := range styleCount {
		l := looks[s]
		t.seq[s][rowPlain] = l.params()
		marked := l
		marked.bold, marked.under = true, true
		t.seq[s][rowMarked] = marked.params()
		// The cursor's row has one look whatever stands in it, for contrast.
		t.seq[s][rowCursor] = look{back: true, bold: l.bold, under: l.under}.params()
	}
	return t
}

// Dark is for light text on a dark ground.
func Dark() *Theme {
	return newTheme("dark", map[Style]look{
		Dim: {fg: "#8a92a6"}, Strong: {bold: true}, Accent: {fg: "#7cc4ff"}, Good: {fg: "#7fd88f"}, Warn: {fg: "#ffc857", bold: true},
		Bad: {fg: "#ff7b72", bold: true}, Info: {fg: "#8ab4f8"}, Heading: {fg: "#a9b4cc", bold: true}, Disabled: {fg: "#6f778a"},
		Altered: {fg: "#ffc857", under: true}, Match: {bold: true, under: true, fg: "#ffd866"}, Border: {fg: "#5c6478"},
		BorderFocus: {fg: "#7cc4ff"}, Title: {fg: "#a9b4cc"}, TitleFocus: {bold: true}, KeyName: {fg: "#7cc4ff", bold: true},
		Ghost: {fg: "#6f778a"}, Bar: {bold: true}, Badge: {bold: true, back: true}, TabOn: {bold: true, under: true}, TabOff: {fg: "#a9b4cc"},
	})
}

// Light is for dark text on a light ground.
func Light() *Theme {
	return newTheme("light", map[Style]look{
		Dim: {fg: "#5b6270"}, Strong: {bold: true}, Accent: {fg: "#0b57a4"}, Good: {fg: "#1b6e2e"}, Warn: {fg: "#8a5300", bold: true},
		Bad: {fg: "#b3180e", bold: true}, Info: {fg: "#1d4f91"}, Heading: {fg: "#3d4657", bold: true}, Disabled: {fg: "#757d8c"},
		Altered: {fg: "#8a5300", under: true}, Match: {bold: true, under: true, fg: "#7a3e00"}, Border: {fg: "#8b93a3"},
		BorderFocus: {fg: "#0b57a4"}, Title: {fg: "#3d4657"}, TitleFocus: {bold: true}, KeyName: {fg: "#0b57a4", bold: true},
		Ghost: {fg: "#757d8c"}, Bar: {bold: true}, Badge: {bold: true, back: true}, TabOn: {bold: true, under: true}, TabOff: {fg: "#3d4657"},
	})
}

// HighContrast uses the terminal's own strongest colours and no grey.
func HighContrast() *Theme {
	return newTheme("contrast", map[Style]look{
		Strong: {bold: true}, Accent: {bold: true, under: true}, Good: {fg: "10", bold: true}, Warn: {fg: "11", bold: true},
		Bad: {fg: "9", bold: true, under: true}, Info: {fg: "14", bold: true}, Heading: {bold: true}, Disabled: {italic: true},
		Altered: {back: true}, Match: {back: true, bold: true}, BorderFocus: {bold: true}, TitleFocus: {bold: true},
		KeyName: {bold: true}, Ghost: {italic: true}, Bar: {bold: true}, Badge: {bold: true, back: true}, TabOn: {bold: true, back: true},
	})
}

// Mono has no colours.
func Mono() *Theme {
	return newTheme("mono", map[Style]look{
		Dim: {dim: true}, Strong: {bold: true}, Accent: {under: true}, Warn: {bold: true}, Bad: {bold: true, under: true},
		Heading: {bold: true}, Disabled: {dim: true}, Altered: {under: true}, Match: {bold: true, under: true}, BorderFocus: {bold: true},
		TitleFocus: {bold: true}, KeyName: {bold: true}, Ghost: {dim: true}, Bar: {bold: true}, Badge: {bold: true, back: true},
		TabOn: {bold: true, under: true},
	})
}

// ThemeNamed returns the theme dark, light, contrast or mono.
func ThemeNamed(name string) (*Theme, bool) {
	switch name {
	case "dark":
		return Dark(), true
	case "light":
		return Light(), true
	case "contrast":
		return HighContrast(), true
	case "mono":
		return Mono(), true
	}
	return nil, false
}
