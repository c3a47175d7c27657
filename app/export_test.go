package app

import (
	"context"
	"log/slog"
	"time"

	"duban/config"
)

// KeepOlder copies the store as before an upgrade.
func (o *Office) KeepOlder(ctx context.Context, schema int) error { return o.keepOlder(ctx, schema) }

// DropOlder removes such copies.
func (o *Office) DropOlder(age time.Duration) error { return o.dropOlder(age) }

// Whole is what a start with a file uses instead of it, if that is half of one.
func (o *Office) Whole(ctx context.Context, file config.Config) (c config.Config, half bool, err error) {
	return o.whole(ctx, file)
}

// Apply puts a configuration in force that was read again.
func (o *Office) Apply(ctx context.Context, c config.Config) error {
	_, err := o.settings.put(ctx, c)
	return err
}

// Trusted runs serve in an office that fails for a reason.
func Trusted(why error, serve func() error) error {
	failed, fail := context.WithCancelCause(context.Background())
	fail(why)
	return (&Office{failed: failed, log: slog.New(slog.DiscardHandler)}).trusted(serve)
}

// FreshReads is what is asked for before somebody is told who is missing. It returns when
// networks were asked last.
func (o *Office) FreshReads(ctx context.Context) (time.Time, error) {
	err := o.freshReads(ctx)
	return time.Unix(0, o.readsAsked.Load()), err
}
