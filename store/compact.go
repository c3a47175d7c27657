package store

import (
	"context"
	"fmt"
)

// A Compacter is an [Engine] that can write itself anew, without a trace of what
// was deleted or replaced.
type Compacter interface {
	Compact(ctx context.Context) error
}

// Compact removes what was deleted or replaced from the bytes of the engine, if it
// keeps such bytes.
func (s *Store) Compact(ctx context.Context) error {
	c, ok := s.engine.(Compacter)
	if !ok {
		return nil
	}
	if err := c.Compact(ctx); err != nil {
		return fmt.Errorf("compact store: %w", err)
	}
	return nil
}
