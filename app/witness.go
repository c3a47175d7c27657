package app

import (
	"context"

	"duban/bot"
)

// A witness lets the networks' clocks say whether the machine's is right: an office
// that was switched off over the summer needs no word of an admin then.
type witness struct {
	countedRouter
	office *Office
	own    map[string]bool // accounts whose time is the machine's own
}

// witnessed is a router behind a witness.
func (a *accounts) witnessed(r countedRouter) witness {
	w := witness{countedRouter: r, office: a.Office, own: map[string]bool{}}
	for _, account := range a.all {
		w.own[account.Name()] = bot.AbilitiesOf(account).Simulated != nil
	}
	return w
}

// Handle implements [bot.Handler].
func (w witness) Handle(ctx context.Context, m bot.Message) error {
	if !m.Sent.IsZero() && !w.own[m.Account] {
		if err := w.office.Store.Witness(ctx, m.Sent); err != nil {
			return err
		}
	}
	return w.countedRouter.Handle(ctx, m)
}
