package notice

import (
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// chasePrefix is how the keys of chases begin.
const chasePrefix = "chase/"

// mostOwed is how many notices one chase names.
const mostOwed = 8

// leaving brings a chase up to date that has waited, perhaps over night: it asks for
// what its person still owes of what it was to ask for, or is not sent, and reason
// says why.
func leaving(tx *store.Tx, o *bot.Outgoing) (reason string) {
	if o.Person == "" || !strings.HasPrefix(o.Key, chasePrefix) {
		return ""
	}
	if _, ok := askable(tx.Snapshot, o.Person); !ok {
		return "its person is not asked any more"
	}
	owed := stillOwed(tx.Snapshot, *o, o.Person)
	if len(owed) == 0 {
		return "its person owes nothing any more"
	}
	if o.Attempt == 0 && !o.Repeat {
		o.Text, o.Notice, o.Buttons = chaseText(tx.Snapshot, owed), numbers(owed), buttonsFor(owed)
	}
	return ""
}

// stillOwed returns what a person still owes of the notices that a text is about, as
// they were when it was due.
func stillOwed(s *store.Snapshot, o bot.Outgoing, person string) (owed []Owed) {
	for _, number := range Numbers(o.Notice) {
		n, _ := Find(s, number)
		item, ok := FindItem(s, number, person)
		if ok && item.Owed() && n.Closed.IsZero() && !n.Revised.After(o.Due) {
			owed = append(owed, owes(n, item))
		}
	}
	return owed
}

// ButtonsLeft returns those buttons of a text that was sent with which a person can
// still answer something.
func ButtonsLeft(s *store.Snapshot, o bot.Outgoing, person string) []bot.Button {
	left := buttonsFor(stillOwed(s, o, person))
	return slices.DeleteFunc(slices.Clone(o.Buttons), func(b bot.Button) bool {
		return !slices.ContainsFunc(left, func(l bot.Button) bool { return l.Says == b.Says })
	})
}

// lineKey is the key of the line that asks a whole group again on a day.
func lineKey(n Notice, day time.Time, chat string) string {
	return chasePrefix + n.ID() + "/" + day.Format("20060102") + "/" + chat
}

// A chaser asks the people of one notice again, in one step.
type chaser struct {
	tx      *store.Tx
	rules   Rules
	n       Notice
	hand    bool
	reached groupTimes
	seen    map[int]groupTimes // reached, of other notices
	names   map[int]Notice
}

// reachedAt returns when the notice first reached a group of the item's person.
func reachedAt(i Item, reached groupTimes) (first time.Time) {
	for _, g := range i.Groups {
		if at := reached[g]; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// firstReached returns the first group of the item's person that the notice has reached.
func firstReached(i Item, reached groupTimes) string {
	return i.Groups[slices.IndexFunc(i.Groups, func(g string) bool { return !reached[g].IsZero() })]
}

// wants tells whether an item of the notice is to be asked about now.
func (c *chaser) wants(n Notice, i Item, reached time.Time) bool {
	if c.hand && n.Number == c.n.Number {
		return c.rules.May(n, i, reached, c.tx.Now())
	}
	return c.rules.Chase(n, i, reached, c.tx.Now())
}

// ask asks the person of an item again: in private, together with all else that
// they are to be asked about now, or if they cannot be reached there, with the
// others of the first group that the notice has reached.
func (c *chaser) ask(i Item, a *agenda) {
	p, ok := askable(c.tx.Snapshot, i.Person)
	if !ok {
		return
	}
	account, chat := roster.ReachIn(c.tx.Snapshot, p.ID, c.n.Groups)
	if chat == "" {
		if a.Lines == nil {
			a.Lines = map[string]int{}
		}
		a.Lines[firstReached(i, c.reached)]++
		c.mark([]Item{i})
		return
	}
	items, owed := c.together(i)
	row := bot.Outgoing{
		Key:     chasePrefix + c.n.ID() + "/" + store.Digest(p.ID) + "/" + outbox.LimitsOf(c.tx.Snapshot).Day(c.tx.Now()).Format("20060102"),
		Account: account, Chat: chat, Person: p.ID, Text: chaseText(c.tx.Snapshot, owed), Rank: rankOf(c.n),
		Expires: c.expires(), Notice: numbers(owed), Buttons: buttonsFor(owed),
	}
	outbox.Enqueue(c.tx, row)
	c.mark(items)
}

// expires is when a chase is no longer worth sending: at the end of the working
// hours of the day on which it leaves.
func (c *chaser) expires() time.Time {
	at := c.leaves()
	end := outbox.LimitsOf(c.tx.Snapshot).Day(at).Add(c.rules.Until)
	if c.rules.Until == 0 || !end.After(at) { // an urgent one, in the evening
		end = outbox.LimitsOf(c.tx.Snapshot).Day(at).AddDate(0, 0, 1).Add(c.rules.At)
	}
	return end
}

// leaves is when a chase can leave: now, or if that is in quiet hours and it is not
// urgent, at their end.
func (c *chaser) leaves() time.Time {
	if l := outbox.LimitsOf(c.tx.Snapshot); l.Quiet != nil && rankOf(c.n) == bot.Ordinary {
		if end := l.Quiet(c.tx.Now()); !end.IsZero() {
			return end
		}
	}
	return c.tx.Now()
}

// together returns all items that their person is to be asked about now, and
// their notices, with i as the first.
func (c *chaser) together(i Item) (items []Item, owed []Owed) {
	items, owed = []Item{i}, []Owed{owes(c.n, i)}
	for _, number := range OwedBy(c.tx.Snapshot, i.Person) {
		if number == c.n.Number || len(owed) == mostOwed {
			continue
		}
		n, reached := c.other(number)
		item, ok := FindItem(c.tx.Snapshot, number, i.Person)
		if ok && c.wants(n, item, reachedAt(item, reached)) {
			items, owed = append(items, item), append(owed, owes(n, item))
		}
	}
	slices.SortFunc(owed, func(a, b Owed) int { return a.Notice.Number - b.Notice.Number })
	return items, owed
}

// other loads another notice that somebody owes, once.
func (c *chaser) other(number int) (n Notice, reached groupTimes) {
	if n, ok := c.names[number]; ok {
		return n, c.seen[number]
	}
	n, _ = Find(c.tx.Snapshot, number)
	reached = reachedGroups(c.tx.Snapshot, n)
	c.names[number], c.seen[number] = n, reached
	return n, reached
}

// mark notes on items when they are asked about.
func (c *chaser) mark(items []Item) {
	at := c.leaves()
	for _, i := range items {
		i.Chased = at
		if !c.hand || i.Notice != c.n.Number {
			i.Chases++
		}
		PutItem(c.tx, i)
	}
}

func owes(n Notice, i Item) Owed {
	return Owed{Notice: n, Half: i.State == Seen, Read: !i.Read.IsZero()}
}

func numbers(all []Owed) string {
	return zh.Join(all, " ", func(o Owed) string { return o.Notice.ID() })
}

// Chaseable counts who would be asked again about a notice, and who would not.
type Chaseable struct {
	Private int // people who are asked alone
	Group   int // people who can only be asked in a group
	Lines   int // texts in groups that this takes
	Read    int // of Private and Group: people who have read it

	Answered, Away, Today, Unsent, Gone int
}

// CountChaseable counts who would be asked again about a notice now, by hand.
func CountChaseable(s *store.Snapshot, n Notice, r Rules) Chaseable {
	var c Chaseable
	reached := reachedGroups(s, n)
	var lines []string
	for i := range store.Values(store.Scan[Item](s, itemsPrefix(n.Number), 0)) {
		if group := countItem(s, &c, n, i, r, reached); group != "" && !slices.Contains(lines, group) {
			lines = append(lines, group)
		}
	}
	c.Lines = len(lines)
	return c
}

// countItem counts one item, and returns the group in which its person would be
// asked if they cannot be asked alone.
func countItem(s *store.Snapshot, c *Chaseable, n Notice, i Item, r Rules, reached groupTimes) string {
	p, here := roster.Find(s, i.Person)
	_, chat := roster.ReachIn(s, i.Person, n.Groups)
	at := reachedAt(i, reached)
	switch {
	case i.State == Done:
		c.Answered++
	case !here || !p.Asked():
		c.Gone++
	case at.IsZero():
		c.Unsent++
	case i.State == Absent || roster.Away(s, i.Person, s.Now()):
		c.Away++
	case !r.May(n, i, at, s.Now()):
		c.Today++
	case chat != "":
		c.Private++
		c.Read += i.read()
	default:
		c.Group++
		c.Read += i.read()
		return firstReached(i, reached)
	}
	return ""
}
