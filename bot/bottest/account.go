package bottest

import (
	"context"
	"errors"

	"duban/bot"
)

// An Account is the bot's login on a [Network], in the same process or, after
// [Dial], in another one. Like a good account it moves its cursor only when
// what was brought is durable.
type Account struct {
	Window int // see [bot.Limits]

	name string
	wire wire
	back <-chan struct{}
}

// A wire is the way from an account to its network.
type wire interface {
	poll(ctx context.Context) (batch []bot.Message, upTo int, err error)
	forget(ctx context.Context, upTo int) error
	send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error)
}

// Account returns the bot's login.
func (n *Network) Account() *Account { return &Account{name: n.name, wire: n, back: n.back} }

// Name returns the bot's name in the network.
func (a *Account) Name() string { return a.name }

// Back implements [bot.Presence].
func (a *Account) Back() <-chan struct{} { return a.back }

// Limits implements [bot.Limited].
func (a *Account) Limits() bot.Limits { return bot.Limits{Window: a.Window} }

// Run receives until ctx ends, the way to the network is cut, or receive fails.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	for {
		batch, upTo, err := a.wire.poll(ctx)
		if err != nil {
			return err
		}
		if err := receive(ctx, batch); err != nil {
			return err
		}
		if err := a.wire.forget(context.WithoutCancel(ctx), upTo); err != nil {
			return err
		}
	}
}

// Send implements [bot.Account].
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	m.Chat = chat
	receipt, err := a.wire.send(ctx, m)
	if errors.Is(err, errPanic) {
		panic("told to")
	}
	return receipt, err
}
