package notice

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

	Lines  map[string]int  `json:"lines,omitempty"` // by group: people to be asked again there
	Leads  map[string]list `json:"leads,omitempty"` // by college: whom its lead must be told of
	Office list            `json:"office,omitzero"` // whom the office must be told of
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

// ChaseNow asks those again who owe an answer to a notice, whatever the hour, as
// somebody wishes. It is done in the next steps of [Attend].
func ChaseNow(tx *store.Tx, number int, by string) {
	a, _ := store.Load[agenda](tx, agendaKey(number))
	a.Hand, a.Next = by, tx.Now()
	tx.Wake("")
	store.Save(tx, agendaKey(number), a)
}

// LookAgain looks at all open notices now, because the clock was set back: by what it
// said before, the next look may be days away. Those that are out are out from now on:
// an answer to one may not be taken for older than it is.
func LookAgain(tx *store.Tx) {
	const prefix = store.Work + "agenda/"
	for _, rec := range slices.Collect(store.Scan[agenda](tx, prefix, 0)) {
		if rec.Value.Next.After(tx.Now()) {
			rec.Value.Next = tx.Now()
			store.Save(tx, rec.Key, rec.Value)
		}
		n, ok := Find(tx.Snapshot, store.Must(strconv.Atoi(rec.Key[len(prefix):])))
		if ok && n.Created.After(tx.Now()) && n.Out(tx.Snapshot) {
			n.Created = tx.Now()
			Put(tx, n)
		}
	}
	tx.Wake("")
}

// itemsFrom returns some items of a notice, and where to go on; "" is the end.
func itemsFrom(s *store.Snapshot, number int, from string) (items []Item, next string) {
	prefix := itemsPrefix(number)
	if from == "" {
		from = prefix
	}
	for rec := range store.ScanRange[Item](s, []byte(from), store.PrefixEnd(prefix), fanStep) {
		items = append(items, rec.Value)
		next = rec.Key + "\x00"
	}
	if len(items) < fanStep {
		next = ""
	}
	return items, next
}

// Attend looks after open notices whose time has come: it does what was deferred, asks
// people again, lets urgent notices rise, and closes those whose time is over. It works in steps, and
// tells whether there may be more to do. It is to be called every half minute at
// least, and whenever Options.Enqueued is called with an empty name.
func Attend(ctx context.Context, s *store.Store, r Rules) (more bool, err error) {
	changed, failed := work(ctx, s, "carry out", dueDeferred, carryOut)
	more, err = work(ctx, s, "attend", dueAgendas, func(tx *store.Tx, number int) { attend(tx, number, r) })
	return more || changed, errors.Join(failed, err)
}

// dueAgendas returns the numbers of the notices that must be looked at now.
func dueAgendas(s *store.Snapshot) (due []int) {
	const prefix = store.Work + "agenda/"
	for rec := range store.Scan[agenda](s, prefix, 0) {
		if !rec.Value.Pass && rec.Value.Next.After(s.Now()) {
			continue
		}
		due = append(due, store.Must(strconv.Atoi(rec.Key[len(prefix):])))
	}
	return due
}

// work finds what waits in one view, and does each piece of it in a transaction of
// its own; one that fails stops none of the others. It tells whether any was done, so
// that there may be more now.
func work[T any](ctx context.Context, s *store.Store, what string, find func(*store.Snapshot) []T, do func(*store.Tx, T)) (more bool, err error) {
	waiting, err := store.Read(ctx, s, find)
	for _, w := range waiting {
		failed := s.Write(ctx, func(tx *store.Tx) { do(tx, w) })
		more, err = more || failed == nil, errors.Join(err, failed)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", what, err)
	}
	return more, err
}

// attend takes one step for a notice.
func attend(tx *store.Tx, number int, r Rules) {
	a, ok := store.Load[agenda](tx, agendaKey(number))
	if !ok {
		return
	}
	n, ok := Find(tx.Snapshot, number)
	switch {
	case !ok || !n.Closed.IsZero():
		store.Delete(tx, agendaKey(number))
	case r.Ended(n, tx.Settled()):
		expire(tx, n)
	case r.Ended(n, tx.Now()): // perhaps by a clock that is wrong
		putAgenda(tx, number, agenda{Next: tx.Now().Add(time.Minute)})
	case tx.Now().Before(n.Created):
		putAgenda(tx, number, agenda{Next: n.Created, Hand: a.Hand})
	case !n.Class.Asks():
		putAgenda(tx, number, agenda{Next: r.Next(n, tx.Now()), Hand: a.Hand})
	default:
		pass(tx, n, a, r)
	}
}

func putAgenda(tx *store.Tx, number int, a agenda) {
	if a.Next.IsZero() {
		a.Next = tx.Now().AddDate(1, 0, 0) // nothing will happen by itself
	}
	store.Save(tx, agendaKey(number), a)
}

// expire closes a notice whose time is over, and tells its sender how it ended.
func expire(tx *store.Tx, n Notice) {
	Finish(tx, n.Number, Expired)
	tx.Audit(store.Audit{Source: store.Clock, Action: "notice.expired", Object: n.ID()})
	if !n.Class.Asks() || n.By == "" {
		return
	}
	if account, chat := roster.ReachIn(tx.Snapshot, n.By, n.Groups); chat != "" {
		outbox.Enqueue(tx, bot.Outgoing{
			Key: "ended/" + n.ID(), Account: account, Chat: chat, Person: n.By, Rank: bot.Ordinary,
			Text: n.expiry(CircumstancesOf(tx.Snapshot, n).Tally(Items(tx.Snapshot, n.Number))),
		})
	}
}

// pass looks at some items of a notice.
func pass(tx *store.Tx, n Notice, a agenda, r Rules) {
	reached := reachedGroups(tx.Snapshot, n)
	c := &chaser{tx: tx, rules: r, n: n, hand: a.Hand != "", reached: reached, seen: map[int]groupTimes{}, names: map[int]Notice{}}
	items, next := itemsFrom(tx.Snapshot, n.Number, a.Cursor)
	for _, i := range items {
		c.look(i, &a)
	}
	if a.Pass, a.Cursor = next != "", next; a.Pass {
		store.Save(tx, agendaKey(n.Number), a)
		return
	}
	c.conclude(a)
	putAgenda(tx, n.Number, agenda{Next: r.Next(n, tx.Now())})
}

// look decides what is due about one item.
func (c *chaser) look(i Item, a *agenda) {
	reached := reachedAt(i, c.reached)
	level, rises := c.rules.Step(c.n, i, reached, c.tx.Now())
	if !rises && !c.wants(c.n, i, reached) {
		return
	}
	// An earlier item of this look may have taken this one along.
	fresh, ok := FindItem(c.tx.Snapshot, i.Notice, i.Person)
	switch {
	case ok && rises:
		c.rise(fresh, level, a)
	case ok && c.wants(c.n, fresh, reached):
		c.ask(fresh, a)
	}
}

// lineLife is for how long the number in a line for a whole group is worth saying.
const lineLife = time.Hour

// conclude says what a whole look has gathered: a line in each group whose people
// cannot be reached alone, and what leads and the office must know.
func (c *chaser) conclude(a agenda) {
	for _, t := range roster.Targets(c.tx.Snapshot, c.n.Groups) {
		if a.Lines[t.Group] == 0 {
			continue
		}
		row := bot.Outgoing{
			Key: lineKey(c.n, outbox.LimitsOf(c.tx.Snapshot).Day(c.tx.Now()), t.Chat), Account: t.Account, Chat: t.Chat, Text: c.n.ChaseGroup(a.Lines[t.Group]),
			Notice: strconv.Itoa(c.n.Number), Rank: rankOf(c.n), Expires: c.tx.Now().Add(lineLife), Buttons: Owed{Notice: c.n}.buttons(),
		}
		outbox.Announce(c.tx, row, a.Hand == "")
	}
	c.tellLevels(a)
}
