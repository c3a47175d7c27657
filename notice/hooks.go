package notice

import (
	"context"

	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// askable returns the person with an id. Ok is false if nothing may be asked of
// them now: they have left the roster, only read along, or are on leave.
func askable(s *store.Snapshot, id string) (p roster.Person, ok bool) {
	p, here := roster.Find(s, id)
	return p, here && p.Asked() && !roster.Away(s, id, s.Now())
}

// Hooks returns what the outbox asks of notices and of the roster. Parked says how
// the admins are told of a lane that nobody can resolve; nil tells nobody.
func Hooks(parked func(*store.Tx, outbox.ParkedLane)) outbox.Hooks {
	return outbox.Hooks{
		Resolve: roster.PrivateChat,
		Leaving: leaving,
		Settled: settled,
		Moved:   moveShown,
		Admins:  roster.AdminLanes,
		Parked:  parked,
	}
}

// OpenStore opens a store whose outbox knows the notices and the roster. Parked is
// told of lanes that nobody can resolve; see [Hooks].
func OpenStore(ctx context.Context, e store.Engine, o store.Options, parked func(*store.Tx, outbox.ParkedLane)) (*store.Store, error) {
	o.Values = append(o.Values, Hooks(parked))
	return store.Open(ctx, e, o)
}
