package notice

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// An agenda says when an open notice must be looked at again, and how far a look
// at its items has come, which takes several transactions if they are many. It is
// kept under agenda/<notice>.
type agenda struct {
	Next   time.Time `json:"next,omitzero"`
	Pass   bool      `json:"pass,omitempty"`   // a look is under way
	Cursor string    `json:"cursor,omitempty"` // the key behind which it goes on
	Hand   string    `json:"hand,omitempty"`   // who asked for a chase

	Lines   map[string]int  `json:"lines,omitempty"`   // by group: people to be asked again there
	Leads   map[string]list `json:"leads,omitempty"`   // by college: whom its lead must be told of
	Office  list            `json:"office,omitzero"`   // whom the office must be told of
	Private int             `json:"private,omitempty"` // people asked again alone
}

// A list is some people, and how many they are.
type list struct {
	N      int      `json:"n"`
	People []string `json:"people,omitempty"` // the first of them
}

// listed is how many people a text of an escalation names.
const listed = 30

func (l *list) add(person string) {
	l.N++
	if len(l.People) < listed {
		l.People = append(l.People, person)
	}
}

func agendaKey(number int) string { return store.Work + store.Key("agenda", ID(number)) }

// attendFrom lets a notice be looked at soon.
func attendFrom(tx *store.Tx, n Notice) error {
	a, _, err := store.Load[agenda](tx, agendaKey(n.Number))
	if err != nil {
		return err
	}
	a.Next = n.Created
	return store.Save(tx, agendaKey(n.Number), a)
}

// ChaseNow asks those again who owe an answer to a notice, whatever the hour, as
// somebody wishes. It is done in the next steps of [Attend].
func ChaseNow(tx *store.Tx, number int, by string) error {
	a, _, err := store.Load[agenda](tx, agendaKey(number))
	if err != nil {
		return err
	}
	a.Hand, a.Next = by, tx.Now()
	tx.Wake("")
	return store.Save(tx, agendaKey(number), a)
}

// itemsFrom returns some items of a notice, and where to go on; "" is the end.
func itemsFrom(s *store.Snapshot, number int, from string) (items []Item, next string, err error) {
	prefix := itemsPrefix(number)
	if from == "" {
		from = prefix
	}
	for rec, err := range store.ScanRange[Item](s, []byte(from), store.PrefixEnd(prefix), fanStep) {
		if err != nil {
			return nil, "", err
		}
		items = append(items, rec.Value)
		next = rec.Key + "\x00"
	}
	if len(items) < fanStep {
		next = ""
	}
	return items, next, nil
}

// Attend looks after open notices whose time has come: it asks people again, lets
// urgent notices rise, and closes those whose time is over. It works in steps, and
// tells whether there may be more to do. It is to be called every half minute at
// least, and whenever Options.Enqueued is called with an empty name.
func Attend(ctx context.Context, s *store.Store, r Rules) (more bool, err error) {
	return work(ctx, s, "attend", dueAgendas, func(tx *store.Tx, number int) error { return attend(tx, number, r) })
}

// dueAgendas returns the numbers of the notices that must be looked at now.
func dueAgendas(s *store.Snapshot) (due []int, err error) {
	const prefix = store.Work + "agenda/"
	for rec, err := range store.Scan[agenda](s, prefix, 0) {
		if err != nil {
			return nil, err
		}
		if !rec.Value.Pass && rec.Value.Next.After(s.Now()) {
			continue
		}
		number, err := strconv.Atoi(rec.Key[len(prefix):])
		if err != nil {
			return nil, err
		}
		due = append(due, number)
	}
	return due, nil
}

// work finds what waits in one view, and does each piece of it in a transaction of
// its own, until the first error. It tells whether there was any, so that there may
// be more now.
func work[T any](ctx context.Context, s *store.Store, what string, find func(*store.Snapshot) ([]T, error), do func(*store.Tx, T) error) (more bool, err error) {
	waiting, err := store.Read(ctx, s, find)
	for _, w := range waiting {
		if err == nil {
			err = s.Update(ctx, func(tx *store.Tx) error { return do(tx, w) })
		}
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	return len(waiting) > 0, nil
}

// attend takes one step for a notice.
func attend(tx *store.Tx, number int, r Rules) error {
	a, ok, err := store.Load[agenda](tx, agendaKey(number))
	if err != nil || !ok {
		return err
	}
	n, ok, err := Find(tx.Snapshot, number)
	switch {
	case err != nil:
		return err
	case !ok || !n.Closed.IsZero():
		return tx.Delete([]byte(agendaKey(number)))
	case r.Ended(n, tx.Now()):
		return expire(tx, n)
	case !n.Class.Asks(), tx.Now().Before(n.Created):
		next := r.Next(n, tx.Now())
		if tx.Now().Before(n.Created) {
			next = n.Created
		}
		return putAgenda(tx, number, agenda{Next: next, Hand: a.Hand})
	}
	return pass(tx, n, a, r)
}

func putAgenda(tx *store.Tx, number int, a agenda) error {
	if a.Next.IsZero() {
		a.Next = tx.Now().AddDate(1, 0, 0) // nothing will happen by itself
	}
	return store.Save(tx, agendaKey(number), a)
}

// expire closes a notice whose time is over, and tells its sender how it ended.
func expire(tx *store.Tx, n Notice) error {
	if err := Finish(tx, n.Number, Expired); err != nil || !n.Class.Asks() || n.By == "" {
		return err
	}
	items, err := Items(tx.Snapshot, n.Number)
	if err != nil {
		return err
	}
	c, err := CircumstancesOf(tx.Snapshot, n)
	if err != nil {
		return err
	}
	account, chat, err := roster.ReachIn(tx.Snapshot, n.By, n.Groups)
	if err != nil || chat == "" {
		return err
	}
	return outbox.Enqueue(tx, bot.Outgoing{
		Key: "ended/" + n.ID(), Account: account, Chat: chat, Person: n.By, Rank: bot.Ordinary,
		Text: n.expiry(c.Tally(items)),
	})
}

// pass looks at some items of a notice.
func pass(tx *store.Tx, n Notice, a agenda, r Rules) error {
	reached, err := reachedGroups(tx.Snapshot, n)
	if err != nil {
		return err
	}
	c := &chaser{tx: tx, rules: r, n: n, hand: a.Hand != "", reached: reached, seen: map[int]groupTimes{}, names: map[int]Notice{}}
	items, next, err := itemsFrom(tx.Snapshot, n.Number, a.Cursor)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := c.look(i, &a); err != nil {
			return err
		}
	}
	if a.Pass, a.Cursor = next != "", next; a.Pass {
		return store.Save(tx, agendaKey(n.Number), a)
	}
	if err := c.conclude(a); err != nil {
		return err
	}
	return putAgenda(tx, n.Number, agenda{Next: r.Next(n, tx.Now())})
}

// look decides what is due about one item.
func (c *chaser) look(i Item, a *agenda) error {
	reached := reachedAt(i, c.reached)
	level, rises := c.rules.Step(c.n, i, reached, c.tx.Now())
	if !rises && !c.wants(c.n, i, reached) {
		return nil
	}
	// An earlier item of this look may have taken this one along.
	fresh, ok, err := FindItem(c.tx.Snapshot, i.Notice, i.Person)
	if err != nil || !ok {
		return err
	}
	if rises {
		return c.rise(fresh, level, a)
	}
	if !c.wants(c.n, fresh, reached) {
		return nil
	}
	return c.ask(fresh, a)
}

// lineLife is for how long the number in a line for a whole group is worth saying.
const lineLife = time.Hour

// conclude says what a whole look has gathered: a line in each group whose people
// cannot be reached alone, and what leads and the office must know.
func (c *chaser) conclude(a agenda) error {
	targets, err := roster.Targets(c.tx.Snapshot, c.n.Groups)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if a.Lines[t.Group] == 0 {
			continue
		}
		row := bot.Outgoing{
			Key: lineKey(c.n, outbox.LimitsOf(c.tx.Snapshot).Day(c.tx.Now()), t.Chat), Account: t.Account, Chat: t.Chat, Text: c.n.ChaseGroup(a.Lines[t.Group]),
			Notice: strconv.Itoa(c.n.Number), Rank: rankOf(c.n), Expires: c.tx.Now().Add(lineLife),
		}
		if err := outbox.Announce(c.tx, row, a.Hand == ""); err != nil {
			return err
		}
	}
	return c.tellLevels(a)
}
