package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"duban/bot"
	"duban/notice"
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

func agendaKey(number int) string { return Work + key("agenda", notice.ID(number)) }

// attendFrom lets a notice be looked at soon.
func (tx *Tx) attendFrom(n notice.Notice) error {
	a, _, err := load[agenda](tx, agendaKey(n.Number))
	if err != nil {
		return err
	}
	a.Next = n.Created
	return save(tx, agendaKey(n.Number), a)
}

// ChaseNow asks those again who owe an answer to a notice, whatever the hour, as
// somebody wishes. It is done in the next steps of [Store.Attend].
func (tx *Tx) ChaseNow(number int, by string) error {
	a, _, err := load[agenda](tx, agendaKey(number))
	if err != nil {
		return err
	}
	a.Hand, a.Next = by, tx.Now()
	tx.Wake("")
	return save(tx, agendaKey(number), a)
}

// clearChases takes back what is about to ask about a notice that has ended, as
// far as one transaction goes.
func (tx *Tx) clearChases(number int) error {
	if err := save(tx, agendaKey(number), agenda{Pass: true}); err != nil {
		return err
	}
	return tx.clearStep(number, agenda{Pass: true})
}

func (tx *Tx) clearStep(number int, a agenda) error {
	items, next, err := tx.itemsFrom(number, a.Cursor)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := tx.dropChase(i.Person, number); err != nil {
			return err
		}
	}
	n, _, err := tx.Notice(number)
	switch {
	case err != nil:
		return err
	case next != "":
		tx.Wake("")
		return save(tx, agendaKey(number), agenda{Pass: true, Cursor: next})
	case n.Closed.IsZero():
		return tx.attendFrom(n)
	}
	return tx.Delete([]byte(agendaKey(number)))
}

// itemsFrom returns some items of a notice, and where to go on; "" is the end.
func (s *Snapshot) itemsFrom(number int, from string) (items []notice.Item, next string, err error) {
	prefix := Work + key("item", notice.ID(number)) + "/"
	if from == "" {
		from = prefix
	}
	for rec, err := range scanRange[notice.Item](s, []byte(from), prefixEnd(prefix), fanStep) {
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
// tells whether there is more to do. It is to be called every half minute at
// least, and whenever Options.Enqueued is called with an empty name.
func (s *Store) Attend(ctx context.Context, r notice.Rules) (more bool, err error) {
	var due []int
	err = s.View(ctx, func(sn *Snapshot) error {
		due = nil
		for rec, err := range scan[agenda](sn, Work+"agenda/", 0) {
			if err != nil {
				return err
			}
			if rec.Value.Pass || !rec.Value.Next.After(sn.Now()) {
				number, err := strconv.Atoi(rec.Key[len(Work+"agenda/"):])
				if err != nil {
					return err
				}
				due = append(due, number)
			}
		}
		return nil
	})
	for _, number := range due {
		if err != nil {
			break
		}
		err = s.Update(ctx, func(tx *Tx) (err error) {
			again, err := tx.attend(number, r)
			more = more || again
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("attend: %w", err)
	}
	return more, nil
}

// attend takes one step for a notice.
func (tx *Tx) attend(number int, r notice.Rules) (more bool, err error) {
	a, ok, err := load[agenda](tx, agendaKey(number))
	if err != nil || !ok {
		return false, err
	}
	n, ok, err := tx.Notice(number)
	switch {
	case err != nil:
		return false, err
	case !ok:
		return false, tx.Delete([]byte(agendaKey(number)))
	case !n.Closed.IsZero():
		return true, tx.clearStep(number, a)
	case r.Ended(n, tx.Now()):
		return true, tx.expire(n)
	case !n.Class.Asks(), tx.Now().Before(n.Created):
		a.Next = r.Next(n, tx.Now())
		if tx.Now().Before(n.Created) {
			a.Next = n.Created
		}
		return false, tx.putAgenda(number, a)
	}
	return tx.pass(n, a, r)
}

func (tx *Tx) putAgenda(number int, a agenda) error {
	if a.Next.IsZero() {
		a.Next = tx.Now().AddDate(1, 0, 0) // nothing will happen by itself
	}
	return save(tx, agendaKey(number), a)
}

// expire closes a notice whose time is over, and tells its sender how it ended.
func (tx *Tx) expire(n notice.Notice) error {
	if err := tx.EndNotice(n.Number, notice.Expired); err != nil || !n.Class.Asks() || n.By == "" {
		return err
	}
	items, err := tx.Items(n.Number)
	if err != nil {
		return err
	}
	c, err := tx.Circumstances(n)
	if err != nil {
		return err
	}
	account, chat, err := tx.reach(n.By, n.Groups)
	if err != nil || chat == "" {
		return err
	}
	return tx.Enqueue(bot.Outgoing{
		Key: "ended/" + n.ID(), Account: account, Chat: chat, Person: n.By, Rank: bot.Ordinary,
		Text: "通知" + strconv.Itoa(n.Number) + "已到期关闭（" + notice.Brief(n.Text, 20) + "）。最后统计：" + c.Tally(items).Line(n) + "。",
	})
}

// pass looks at some items of a notice.
func (tx *Tx) pass(n notice.Notice, a agenda, r notice.Rules) (more bool, err error) {
	reached, err := tx.reachedGroups(n)
	if err != nil {
		return false, err
	}
	c := &chaser{tx: tx, rules: r, n: n, hand: a.Hand != "", reached: reached, seen: map[int]groupTimes{}, names: map[int]notice.Notice{}}
	items, next, err := tx.itemsFrom(n.Number, a.Cursor)
	if err != nil {
		return false, err
	}
	for _, i := range items {
		if err := c.look(i, &a); err != nil {
			return false, err
		}
	}
	if a.Pass, a.Cursor = next != "", next; a.Pass {
		return true, save(tx, agendaKey(n.Number), a)
	}
	if err := c.conclude(a); err != nil {
		return false, err
	}
	return false, tx.putAgenda(n.Number, agenda{Next: r.Next(n, tx.Now())})
}

// look decides what is due about one item.
func (c *chaser) look(i notice.Item, a *agenda) error {
	reached := reachedAt(i, c.reached)
	level, rises := c.rules.Step(c.n, i, reached, c.tx.Now())
	if !rises && !c.wants(c.n, i, reached) {
		return nil
	}
	// An earlier item of this look may have taken this one along.
	fresh, ok, err := c.tx.Item(i.Notice, i.Person)
	if err != nil || !ok {
		return err
	}
	if rises {
		return c.rise(fresh, level, a)
	}
	if !c.wants(c.n, fresh, reached) {
		return nil
	}
	return c.askAnd(fresh, a)
}

func (c *chaser) askAnd(i notice.Item, a *agenda) error {
	group, err := c.ask(i)
	if group != "" {
		if a.Lines == nil {
			a.Lines = map[string]int{}
		}
		a.Lines[group]++
	}
	return err
}

// lineLife is for how long the number in a line for a whole group is worth saying.
const lineLife = time.Hour

// conclude says what a whole look has gathered: a line in each group whose people
// cannot be reached alone, and what leads and the office must know.
func (c *chaser) conclude(a agenda) error {
	targets, err := c.tx.Targets(c.n.Groups)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if a.Lines[t.Group] == 0 {
			continue
		}
		row := bot.Outgoing{
			Key: lineKey(c.n, LimitsOf(c.tx.Snapshot).day(c.tx.Now()), t.Chat), Account: t.Account, Chat: t.Chat, Text: c.n.ChaseGroup(a.Lines[t.Group]),
			Notice: strconv.Itoa(c.n.Number), Rank: rankOf(c.n), Expires: c.tx.Now().Add(lineLife),
		}
		if err := c.tx.Announce(row, a.Hand == ""); err != nil {
			return err
		}
	}
	return c.tellLevels(a)
}
