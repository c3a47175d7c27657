package app

import (
	"context"
	"time"

	"duban/config"
)

// KeepOlder copies the store as before an upgrade.
func (o *Office) KeepOlder(ctx context.Context, schema int) error { return o.keepOlder(ctx, schema) }

// DropOlder removes such copies.
func (o *Office) DropOlder(age time.Duration) error { return o.dropOlder(age) }

// Whole is what a start with a file uses instead of it, if that lacks jobs.
func (o *Office) Whole(ctx context.Context, file config.Config) (c config.Config, half bool) {
	o.Config = file
	return o.whole(ctx)
}

// Apply puts a configuration in force that was read again.
func (o *Office) Apply(ctx context.Context, c config.Config) error { return o.settings.put(ctx, c) }
