package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/tcf"
	"cdp-tui/internal/text"
)

// mostTC is how long a line with a TC string is read, in bytes.
const mostTC = 64 << 10

func (p *program) tcfCommand() *cobra.Command {
	return &cobra.Command{Use: "tcf STRING", Short: "Decode a TCF v2 consent string",
		Long:    "Decode a consent string of IAB Europe's framework: when, by whom and what was\nchosen, and what is wrong with it. - reads it from standard input, so that it\nstands in no process list. Nothing is stored.",
		Example: "  cdp-tui consent tcf CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA",
		Args:    takes(1, 1, "a TC string, or -"),
		RunE: p.run(func(_ context.Context, args []string) error {
			s := args[0]
			if s == "-" {
				line, err := bufio.NewReader(io.LimitReader(p.in, mostTC)).ReadString('\n')
				if err != nil && err != io.EOF {
					return err
				}
				s = line
			}
			t, err := tcf.Decode(s)
			if err != nil {
				return &usageError{err.Error(), "a TC string begins with C and has one to four parts with dots between them"}
			}
			now := p.now()
			if p.json {
				return json.NewEncoder(p.out).Encode(wireTC(t, now))
			}
			return printTC(p.out, t, now)
		})}
}

type tcJSON struct {
	Valid         bool            `json:"valid"`
	Created       time.Time       `json:"created"`
	Updated       time.Time       `json:"updated"`
	CMP           int             `json:"cmp"`
	Language      string          `json:"language"`
	VendorList    int             `json:"vendor_list"`
	Policy        int             `json:"policy"`
	Country       string          `json:"publisher_country"`
	Purposes      []tcPurposeJSON `json:"purposes"`
	Vendors       []int           `json:"vendors_consent"`
	Interest      []int           `json:"vendors_interest"`
	Disclosed     []int           `json:"vendors_disclosed"`
	DisclosedHere bool            `json:"disclosed_stated"`
	Restrictions  []restrictJSON  `json:"restrictions"`
	Findings      []tcFindingJSON `json:"findings"`
}

type tcPurposeJSON struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Consent  bool   `json:"consent"`
	Interest bool   `json:"interest"`
}

type restrictJSON struct {
	Purpose int   `json:"purpose"`
	Type    int   `json:"type"`
	Vendors []int `json:"vendors"`
}

type tcFindingJSON struct {
	Code    string `json:"code"`
	Invalid bool   `json:"invalid"`
	Text    string `json:"text"`
}

func wireTC(t *tcf.String, now time.Time) tcJSON {
	out := tcJSON{Valid: t.Valid(now), Created: t.Created, Updated: t.LastUpdated, CMP: t.CMP, Language: t.Language, VendorList: t.VendorList, Policy: t.Policy,
		Country: t.PublisherCC, Purposes: []tcPurposeJSON{}, Vendors: append([]int{}, t.VendorConsent...), Interest: append([]int{}, t.VendorInterest...),
		Disclosed: append([]int{}, t.Disclosed...), DisclosedHere: t.HasDisclosed, Restrictions: []restrictJSON{}, Findings: []tcFindingJSON{}}
	for _, x := range t.Said(now) {
		out.Purposes = append(out.Purposes, tcPurposeJSON{x.Name, x.Title, x.Granted, x.Claimed})
	}
	for _, r := range t.Restrictions {
		out.Restrictions = append(out.Restrictions, restrictJSON(r))
	}
	for _, f := range t.Findings(now) {
		out.Findings = append(out.Findings, tcFindingJSON(f))
	}
	return out
}

func printTC(w io.Writer, t *tcf.String, now time.Time) error {
	var err error
	put := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintln(w, text.Clean(fmt.Sprintf(format, args...)))
		}
	}
	put("created: %s", t.Created.Format("2006-01-02 15:04 UTC"))
	put("updated: %s", t.LastUpdated.Format("2006-01-02 15:04 UTC"))
	put("asked by: consent platform %d, version %d, in %s", t.CMP, t.CMPVersion, t.Language)
	put("under: policies version %d, vendor list %d", t.Policy, t.VendorList)
	put("publisher's country: %s", t.PublisherCC)
	for _, f := range t.Findings(now) {
		mark := "?"
		if f.Invalid {
			mark = "! invalid:"
		}
		put("%s %s", mark, f.Text)
	}
	for _, x := range t.Said(now) {
		says := "no consent"
		if x.Granted {
			says = "consent"
		}
		if x.Claimed {
			says += ", legitimate interest claimed"
		}
		put("  %s %s: %s", strings.TrimPrefix(x.Name, "tcf."), x.Title, says)
	}
	put("vendors with consent: %s", few(t.VendorConsent))
	put("vendors with legitimate interest: %s", few(t.VendorInterest))
	if t.HasDisclosed {
		put("vendors shown to the person: %s", few(t.Disclosed))
	}
	for _, r := range t.Restrictions {
		put("publisher restricts purpose %d (%s) for vendors: %s", r.Purpose, []string{"not allowed", "consent required", "legitimate interest required", "undefined"}[r.Type&3], few(r.Vendors))
	}
	return err
}

// few lists the first numbers.
func few(list []int) string {
	const most = 20
	if len(list) == 0 {
		return "none"
	}
	parts := make([]string, 0, most)
	for _, n := range list[:min(len(list), most)] {
		parts = append(parts, strconv.Itoa(n))
	}
	out := strings.Join(parts, " ")
	if more := len(list) - most; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}
