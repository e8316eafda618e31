package synth

import (
	"embed"
	"encoding/json"
	"strings"
	"time"
)

//go:embed files/*.yaml
var files embed.FS

// Mapping returns the mapping file that reads a source's rows, nil for a
// source that there is not.
func Mapping(source string) []byte {
	text, err := files.ReadFile("files/" + source + ".yaml")
	if err != nil || source == "register" {
		return nil
	}
	return text
}

// Register returns the activity register (GDPR Art. 30) under which the
// population is held: contract, legitimate interest, law, and consent for the
// newsletter. Most bought addresses have no basis under it.
func Register() []byte {
	text, _ := files.ReadFile("files/register.yaml") // embedded, so there
	return text
}

// A row is a record as its source delivers it: without the truth.
type row struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at"`
	Name     rowName    `json:"name"`
	City     string     `json:"city"`
	Country  string     `json:"country"`
	Language string     `json:"language"`
	Segment  string     `json:"segment"`
	Email    string     `json:"email,omitempty"`
	Phone    string     `json:"phone,omitempty"`
	Card     string     `json:"card,omitempty"`
	Customer string     `json:"customer,omitempty"`
	Cookie   string     `json:"cookie,omitempty"`
	Device   string     `json:"device,omitempty"`
	Network  string     `json:"network,omitempty"`
	Social   string     `json:"social,omitempty"`
	Parcel   string     `json:"parcel,omitempty"`
	Events   []rowEvent `json:"events"`
	Consents []rowSaid  `json:"consents,omitempty"`
}

type rowName struct {
	Given  string `json:"given"`
	Family string `json:"family"`
}

type rowEvent struct {
	Kind    string    `json:"kind"`
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
	Detail  string    `json:"detail,omitempty"`
	Text    string    `json:"text,omitempty"`
}

type rowSaid struct {
	State  string    `json:"state"`
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Notice string    `json:"notice"`
}

// JSON returns the record as a line of its source's NDJSON file, which the
// source's Mapping reads, with the newline.
func (rec *Record) JSON() ([]byte, error) {
	r := row{ID: rec.Key, At: rec.At, Name: rowName{rec.Given, rec.Family}, City: rec.City, Country: rec.Country, Language: rec.Language,
		Segment: rec.Segment, Email: rec.Email, Phone: rec.Phone, Card: rec.Loyalty, Customer: rec.CRM, Cookie: rec.Cookie, Device: rec.Device,
		Parcel: rec.Parcel, Events: make([]rowEvent, 0, Touches)}
	r.Network, r.Social, _ = strings.Cut(rec.Social, ":")
	for _, e := range rec.Events {
		r.Events = append(r.Events, rowEvent(e))
	}
	for _, c := range rec.Consents {
		r.Consents = append(r.Consents, rowSaid(c))
	}
	line, err := json.Marshal(r)
	return append(line, '\n'), err
}
