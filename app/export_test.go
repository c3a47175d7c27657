package app

import (
	"context"
	"time"
)

// KeepOlder copies the store as before an upgrade.
func (o *Office) KeepOlder(ctx context.Context, schema int) error { return o.keepOlder(ctx, schema) }

// DropOlder removes such copies.
func (o *Office) DropOlder(age time.Duration) error { return o.dropOlder(age) }
