package kv

import "context"

// A Life is that of a transaction: until its function returns, or the context
// of its call is cancelled. Engines ask it before each step.
type Life struct {
	ctx   context.Context // of the call that the transaction lives in
	ended bool
}

// NewLife begins a life in a call with ctx.
func NewLife(ctx context.Context) Life { return Life{ctx: ctx} }

// End ends it: the function has returned.
func (l *Life) End() { l.ended = true }

// Err says why the transaction can not be used any more, nil as long as it can.
func (l *Life) Err() error {
	if l.ended {
		return ErrClosed
	}
	return l.ctx.Err()
}

// ReadOnly returns what a View is given of r. It has Set and Delete, so that a
// caller who finds them with a type assertion is told why they fail.
func ReadOnly(r Reader) Reader { return readOnly{r} }

type readOnly struct{ Reader }

func (readOnly) Set(_, _ []byte) error { return ErrReadOnly }
func (readOnly) Delete([]byte) error   { return ErrReadOnly }
