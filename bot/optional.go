package bot

import "context"

// A Quarantiner is a [Handler] that can keep a message that it cannot handle.
// It is the only place for one: without it, a message that fails every time
// makes receive fail, and its account brings it again for ever.
type Quarantiner interface {
	// Quarantine makes m durable for a person to look at, and marks it as
	// seen, so that it is not tried again. The cause is what Handle returned
	// or panicked with.
	Quarantine(ctx context.Context, m Message, cause error) error
}

// A Presence is an [Account] that tells when it can send again.
type Presence interface {
	// Back receives a value each time that the account is able to send after
	// it was out. It is asked for once, before Run. A value may be late or one
	// too many: it only ends a pause.
	Back() <-chan struct{}
}

// A Stateful is an [Account] that tells how it stands with its network.
type Stateful interface {
	// States receives the account's state each time that it changes, the first
	// one included. It has a buffer, in which a newer state may take the place of
	// older ones. It is asked for once, before Run.
	States() <-chan State
}

// A StateWatcher is a [Handler] that is told of the states of accounts.
type StateWatcher interface {
	// AccountState returns nil when what follows from the state is durable. It
	// may be called again with the same state.
	AccountState(ctx context.Context, account string, s State) error
}

// A Recoverer is an [Outbox] that knows which rows a process that is dead was
// sending, so that they need not wait for the end of their leases. The delivery
// loop asks it once, before its first claim.
type Recoverer interface {
	// Recover makes the rows of account that were being sent due at once,
	// marked as possible repeats, and returns how many they are.
	Recover(ctx context.Context, account string) (int, error)
}

// extras are the optional interfaces of one account, of its handler and of the
// outbox, all found here and nowhere else. A nil one is not there.
type extras struct {
	quarantine func(ctx context.Context, m Message, cause error) error
	back       <-chan struct{}
	recover    func(ctx context.Context, account string) (int, error)
	states     <-chan State
	watch      func(ctx context.Context, account string, s State) error
}

func extrasOf(a Account, h Handler, o Outbox) extras {
	var x extras
	if q, ok := h.(Quarantiner); ok {
		x.quarantine = q.Quarantine
	}
	if p, ok := a.(Presence); ok {
		x.back = p.Back()
	}
	if r, ok := o.(Recoverer); ok {
		x.recover = r.Recover
	}
	if st, ok := a.(Stateful); ok {
		x.states = st.States()
	}
	if w, ok := h.(StateWatcher); ok {
		x.watch = w.AccountState
	}
	return x
}
