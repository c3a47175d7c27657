package bot

import (
	"context"
	"fmt"
)

// Elsewhere is an [Account] that runs on another machine only, because its login lies
// there. Here it is offline: what it should say waits, or goes another way.
type Elsewhere struct {
	*Status
	name string
	on   string
}

// NewElsewhere returns the account of a name, which runs on the machine of a name.
func NewElsewhere(name, on string) *Elsewhere {
	return &Elsewhere{Status: NewStatus(), name: name, on: on}
}

// Name implements [Account].
func (e *Elsewhere) Name() string { return e.name }

// Run says where the account runs, until ctx ends.
func (e *Elsewhere) Run(ctx context.Context, _ func(context.Context, []Message) error) error {
	e.Set(Offline, "只在"+e.on+"上登录")
	<-ctx.Done()
	return ctx.Err()
}

// Send returns ErrOut.
func (e *Elsewhere) Send(context.Context, string, Outgoing) (Receipt, error) {
	return Receipt{}, fmt.Errorf("%w: it runs on %s", ErrOut, e.on)
}
