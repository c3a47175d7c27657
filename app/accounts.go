package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"duban/bot"
	"duban/bot/webchat"
	"duban/config"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// Accounts are the logins of an office's bot.
type accounts struct {
	*Office
	all   []bot.Account
	lines []string // for people to see, such as the address of a page
}

// prepare brings the store up to what the configuration says, and opens the accounts.
// It can be done again when it has failed.
func (a *accounts) prepare(ctx context.Context) error {
	people, err := a.seed(ctx)
	if err != nil {
		return err
	}
	if err := a.open(people); err != nil { //nolint:contextcheck // an account gets its context when it runs
		return err
	}
	return errors.Join(a.announce(ctx), a.enrol(ctx, people), a.noteAbsence(ctx))
}

// open makes the configured accounts that are not open.
func (a *accounts) open(people *roster.Roster) error {
	for _, c := range a.Config.Accounts[len(a.all):] {
		account, err := a.OpenAccount(c, people)
		if err != nil {
			return fmt.Errorf("account %s: %w", c.Name, err)
		}
		a.all = append(a.all, account)
		if x := bot.AbilitiesOf(account).Eraser; x != nil {
			a.erasers = append(a.erasers, x)
		}
		if x := bot.AbilitiesOf(account).Reader; x != nil {
			a.readers[account.Name()] = x
		}
		if page, ok := account.(interface{ URL() string }); ok {
			a.lines = append(a.lines, "duban is running: open "+page.URL()+" in a browser (Ctrl-C ends it)")
		}
	}
	return nil
}

// close releases what accounts hold: a port, a file.
func (a *accounts) close() (err error) {
	for _, account := range a.all {
		if c := bot.AbilitiesOf(account).Closer; c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

// reseat gives the simulated accounts the people of a roster that was imported since the
// last turn: who brings in their own one wants to play its people at once. It is nil if
// there is no such account.
func (a *accounts) reseat() func(ctx context.Context) (more bool, err error) {
	simulated := func(account bot.Account) bool { return bot.AbilitiesOf(account).Simulated != nil }
	if !slices.ContainsFunc(a.all, simulated) {
		return nil
	}
	seated := "" // at the first turn too: it may have been imported since the accounts were opened
	return func(ctx context.Context) (more bool, err error) {
		rev, people := "", (*roster.Roster)(nil)
		err = a.Store.View(ctx, func(s *store.Snapshot) error {
			if rev = roster.Revision(s); rev != seated {
				people = roster.Current(s)
			}
			return nil
		})
		if err != nil || rev == seated {
			return false, err
		}
		for _, account := range a.all {
			if chat, ok := account.(*webchat.Account); ok {
				if err := chat.Seat(cast(people)); err != nil {
					return false, fmt.Errorf("seat the people of account %s: %w", account.Name(), err)
				}
			}
		}
		if err := a.enrol(ctx, people); err != nil {
			return false, err
		}
		seated = rev
		return false, nil
	}
}

// enrol binds the people and groups of the roster to the simulated accounts.
// Real accounts bind theirs by codes. The first account reaches the groups.
func (a *accounts) enrol(ctx context.Context, people *roster.Roster) error {
	for i, account := range a.all {
		simulated := bot.AbilitiesOf(account).Simulated
		if simulated == nil {
			continue
		}
		groups := people.Groups()
		if i > 0 {
			groups = nil
		}
		if err := a.enrolIn(ctx, account.Name(), simulated, groups); err != nil {
			return fmt.Errorf("enrol the people of account %s: %w", account.Name(), err)
		}
	}
	return nil
}

// enrolIn binds the people of the roster, and those groups, that are not bound to a
// simulated account as they should be.
func (a *accounts) enrolIn(ctx context.Context, account string, simulated bot.Simulated, groups []string) error {
	if err := enrolPeople(ctx, a.Store, account, simulated); err != nil {
		return err
	}
	return a.Store.Write(ctx, func(tx *store.Tx) {
		for _, g := range groups {
			to := roster.Target{Account: account, Chat: g, Group: g}
			now := roster.Targets(tx.Snapshot, []string{g})
			if len(now) == 0 || now[0] != to && now[0].Account == account { // one that was bound elsewhere stays there
				roster.BindGroup(tx, to)
			}
		}
	})
}

// enrolPeople binds those who are not bound, in steps. Once all are, they are not looked
// at again until the roster or a binding changes.
func enrolPeople(ctx context.Context, s *store.Store, account string, simulated bot.Simulated) error {
	binding := func(p roster.Person) roster.Binding {
		return roster.Binding{Person: p.ID, Chat: simulated.PrivateChat(p.ID), How: roster.BySimulator}
	}
	var fresh []roster.Person
	rev, done := "", false
	err := s.View(ctx, func(sn *store.Snapshot) error {
		fresh, rev = nil, roster.Revision(sn)
		if done = roster.Enrolled(sn, account) == rev && sn.Aside() == 0; done { // nothing of it is lost
			return nil
		}
		for _, p := range roster.Current(sn).People {
			if !roster.Binds(sn, account, p.ID, binding(p)) {
				fresh = append(fresh, p)
			}
		}
		return nil
	})
	if err != nil || done {
		return err
	}
	for some := range slices.Chunk(fresh, store.Batch) {
		err := s.Write(ctx, func(tx *store.Tx) {
			for _, p := range some {
				roster.Bind(tx, account, p.ID, binding(p))
			}
		})
		if err != nil {
			return err
		}
	}
	return s.Write(ctx, func(tx *store.Tx) { roster.Enrol(tx, account, rev) })
}

// announce says in the store which accounts there are, and which of them only tell
// of alarms.
func (a *accounts) announce(ctx context.Context) error {
	return a.Store.Write(ctx, func(tx *store.Tx) { outbox.SetChannels(tx, a.Channels()) })
}

// Channels are the configured accounts as the outbox knows them.
func (o *Office) Channels() (all []outbox.Channel) {
	for _, a := range o.Config.Accounts {
		c := outbox.Channel{Account: a.Name, Kind: a.Kind, Answers: Abilities(a).Can().Answers}
		if alarm := Abilities(a).Alarm; alarm != nil {
			c.Alarm = alarm.AlarmChat()
		}
		all = append(all, c)
	}
	return all
}

// paces returns how fast the accounts send.
func (a *accounts) paces(ctx context.Context) map[string]bot.Pace {
	m := map[string]bot.Pace{}
	for _, c := range a.Config.Accounts {
		m[c.Name] = paceOf(ctx, a.Office, c)
	}
	return m
}

// paceOf returns how fast an account sends: slower as long as it is new.
func paceOf(ctx context.Context, o *Office, c config.Account) bot.Pace {
	l := LimitsOf(c)
	if l.Young > 0 {
		l.Slow = func() bool { return o.young(ctx, c.Name) }
	}
	return l.Pace
}

// young tells whether an account is new on its network.
func (o *Office) young(ctx context.Context, account string) bool {
	young, err := store.Read(ctx, o.Store, func(s *store.Snapshot) bool { return outbox.Young(s, account) })
	return young || err != nil // rather too slow than too fast
}

// able returns what the account of that name can do.
func (a *accounts) able(account string) bot.Abilities {
	i := slices.IndexFunc(a.all, func(b bot.Account) bool { return b.Name() == account })
	if i < 0 {
		return bot.Abilities{}
	}
	return bot.AbilitiesOf(a.all[i])
}

// marks tells whether the network of an account has marks.
func (a *accounts) marks(account string) bool { return a.able(account).Marker != nil }

// Members implements [chat.Groups].
func (a *accounts) Members(account, chat string) (int, error) {
	if g := a.able(account).Grouped; g != nil {
		return g.Members(chat)
	}
	return 0, nil
}

// Agree implements [chat.Groups].
func (a *accounts) Agree(account, chat string) error {
	if g := a.able(account).Grouped; g != nil {
		return g.Confirm(chat)
	}
	return nil
}

// Lists implements [chat.Directory].
func (a *accounts) Lists() (names []string) {
	for _, account := range a.all {
		if bot.AbilitiesOf(account).Directory != nil {
			names = append(names, account.Name())
		}
	}
	return names
}

// Find implements [chat.Directory].
func (a *accounts) Find(ctx context.Context, account string, all []bot.Wanted) (map[string]bot.Found, error) {
	return a.able(account).Directory.Find(ctx, all)
}

const (
	readsEvery = 10 * time.Minute // how often networks are asked who has read what
	readsRest  = 2 * time.Second  // they are not asked again so soon
	readsTime  = 3 * time.Second  // how long somebody who asks who is missing waits for them
)

// askReads asks the networks who has read what is not answered, and notes it.
func (o *Office) askReads(ctx context.Context) error {
	if len(o.readers) == 0 {
		return nil
	}
	readable := func(account string) bool { return o.readers[account] != nil }
	texts, err := store.Read(ctx, o.Store, func(s *store.Snapshot) []notice.Watched { return notice.Watch(s, readable) })
	if err != nil {
		return err
	}
	read := map[notice.Watched][]bot.Read{}
	for _, w := range texts {
		if all, err := o.readers[w.Account].ReadBy(ctx, w.Chat, w.Receipt); err == nil {
			read[w] = all
		} else {
			o.log.Debug("who has read a text is not known", "account", w.Account, "err", err)
		}
	}
	texts = slices.DeleteFunc(texts, func(w notice.Watched) bool { _, known := read[w]; return !known })
	for some := range slices.Chunk(texts, store.Batch) {
		err := o.Store.Write(ctx, func(tx *store.Tx) {
			for _, w := range some {
				notice.MarkRead(tx, w, read[w])
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// freshReads is askReads for somebody who waits. What is not known in time is said
// later.
func (o *Office) freshReads(ctx context.Context) error {
	now, last := time.Now(), o.readsAsked.Load()
	if now.Sub(time.Unix(0, last)) < readsRest || !o.readsAsked.CompareAndSwap(last, now.UnixNano()) {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, readsTime)
	defer cancel()
	if err := o.askReads(short); err != nil && short.Err() == nil {
		return err
	}
	return ctx.Err()
}
