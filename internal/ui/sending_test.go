package ui

import (
	"context"
	"errors"
	"testing"

	"cdp-tui/internal/cdp"
)

// drivenSend gets to the last question of a plan and says yes.
func drivenSend(t *testing.T, w, h int, send func(d *driver, ctx context.Context, tell func(SendStep)) (cdp.ShareRun, error)) *driver {
	t.Helper()
	d := drive(t, w, h, newFake(), "plan?letterwing&of=newsletter")
	d.m.env.Send = func(ctx context.Context, _ Sending, tell func(SendStep)) (cdp.ShareRun, error) {
		return send(d, ctx, tell)
	}
	d.press("X").typed("ndjson").press("enter", "enter").typed("letter of August").press("enter")
	return d.confirmed()
}

// TestSendingIsSeen: while a disclosure runs its progress is shown, at both
// sizes, and enter puts it aside without ending it.
func TestSendingIsSeen(t *testing.T) {
	for _, size := range []rect{{W: 80, H: 24}, {W: 120, H: 40}} {
		told := false
		d := drivenSend(t, size.W, size.H, func(d *driver, ctx context.Context, tell func(SendStep)) (cdp.ShareRun, error) {
			tell(SendStep{Checked: 4000})
			d.sees("Sending to letterwing", "held against the plan once more: 4,000 of", "esc gives it up")
			tell(SendStep{Run: cdp.ShareRun{ID: 7, Lines: 2200, Allowed: 900, Denied: 1300}})
			d.pass(meterEvery)
			d.sees("S-000007: judged and recorded 2,200 of", "to be sent 900, denied 1,300", "jobs 1")
			d.press("j", "q", "X").sees("Sending to letterwing") // nothing else is done meanwhile
			tell(SendStep{Run: cdp.ShareRun{ID: 7, Lines: 2200, Allowed: 899, Denied: 1301, Struck: 1}})
			d.pass(meterEvery)
			d.sees("1 were struck since")
			d.press("enter").misses("Sending to letterwing").sees("it goes on")
			told = ctx.Err() == nil
			return cdp.ShareRun{ID: 7, State: cdp.RunSent, Allowed: 899, Denied: 1301}, nil
		})
		d.sees("S-000007: 899 sent, 1,301 denied").misses("Sending to letterwing")
		if !told || d.changed != 1 {
			t.Errorf("putting it aside ended it, or nobody was told of it")
		}
	}
}

// TestSendingIsGivenUp: esc ends it, and what became of it is what the run says.
func TestSendingIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		run  cdp.ShareRun
		err  error
		sees string
	}{
		"before it began":    {cdp.ShareRun{State: cdp.RunHeld}, context.Canceled, "given up before it began"},
		"while it is judged": {cdp.ShareRun{ID: 7, State: cdp.RunVoid}, context.Canceled, "S-000007 is given up: nothing has left"},
		"too late":           {cdp.ShareRun{ID: 7, State: cdp.RunSent, Allowed: 3}, nil, "S-000007: 3 sent"},
		"released":           {cdp.ShareRun{ID: 7, State: cdp.RunReleased, Allowed: 3}, context.Canceled, "nothing was sent, or not all of it"},
	} {
		t.Run(name, func(t *testing.T) {
			d := drivenSend(t, 80, 24, func(d *driver, ctx context.Context, _ func(SendStep)) (cdp.ShareRun, error) {
				d.press("esc").sees("giving up")
				if !errors.Is(ctx.Err(), context.Canceled) {
					t.Error("esc does not end it")
				}
				return c.run, c.err
			})
			d.sees(c.sees).misses("Sending to")
		})
	}
}
