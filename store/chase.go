package store

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/notice"
)

// A queued chase asks one person in private for what they owe. It is kept under
// chase/<person> until it must have left, so that an answer can take it back.
type queued struct {
	Person  string `json:"person"`
	Account string `json:"account"`
	Row     string `json:"row"`
	Notices []int  `json:"notices"`
}

func queuedKey(person string) string { return Work + key("chase", person) }

// mostQueued is how many chases of one person are remembered; older ones have
// left or ended.
const mostQueued = 8

// dropChase takes a notice out of what waits to ask a person again: the text
// names the others, or is cancelled if there are none.
func (tx *Tx) dropChase(person string, number int) error {
	all, ok, err := load[[]queued](tx, queuedKey(person))
	if err != nil || !ok {
		return err
	}
	var left []queued
	changed := false
	for _, q := range all {
		i := slices.Index(q.Notices, number)
		if i >= 0 {
			changed = true
			q.Notices = slices.Delete(slices.Clone(q.Notices), i, i+1)
			if err := tx.shrinkChase(q); err != nil {
				return err
			}
		}
		if len(q.Notices) > 0 {
			left = append(left, q)
		}
	}
	switch {
	case !changed:
		return nil
	case len(left) == 0:
		return tx.Delete([]byte(queuedKey(person)))
	}
	return save(tx, queuedKey(person), left)
}

// shrinkChase makes a chase that waits speak of what is left in it only.
func (tx *Tx) shrinkChase(q queued) error {
	if len(q.Notices) == 0 {
		_, err := tx.Cancel(q.Account, q.Row)
		return err
	}
	var owed []notice.Owed
	for _, number := range q.Notices {
		n, ok, err := tx.Notice(number)
		if err != nil {
			return err
		}
		item, _, err := tx.Item(number, q.Person)
		if err != nil {
			return err
		}
		if ok {
			owed = append(owed, notice.Owed{Notice: n, Half: item.State == notice.Seen})
		}
	}
	_, err := tx.retext(q.Account, q.Row, notice.Chase(owed, func(n notice.Notice) string { return tx.due(n) }))
	return err
}

// chasePrefix is how the keys of chases begin.
const chasePrefix = "chase/"

// lineKey is the key of the line that asks a whole group again on a day.
func lineKey(n notice.Notice, day time.Time, chat string) string {
	return chasePrefix + n.ID() + "/" + day.Format("20060102") + "/" + chat
}

// due says in a chase when a notice is due.
func (s *Snapshot) due(n notice.Notice) string {
	if n.Due.IsZero() {
		return ""
	}
	zone := LimitsOf(s).day(s.Now()).Location()
	word := "截止"
	if n.Due.Before(s.Now()) {
		word = "已过"
	}
	return "（" + word + n.Due.In(zone).Format("1月2日15:04") + "）"
}

// A chaser asks the people of one notice again, in one step.
type chaser struct {
	tx      *Tx
	rules   notice.Rules
	n       notice.Notice
	hand    bool
	reached groupTimes
	seen    map[int]groupTimes // reached, of other notices
	names   map[int]notice.Notice
}

// reachedAt returns when the notice first reached a group of the item's person.
func reachedAt(i notice.Item, reached groupTimes) (first time.Time) {
	for _, g := range i.Groups {
		if at := reached[g]; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// wants tells whether an item of the notice is to be asked about now.
func (c *chaser) wants(n notice.Notice, i notice.Item, reached time.Time) bool {
	if c.hand && n.Number == c.n.Number {
		return c.rules.May(n, i, reached, c.tx.Now())
	}
	return c.rules.Chase(n, i, reached, c.tx.Now())
}

// ask asks the person of an item again: in private, together with all else that
// they are to be asked about now, or if they cannot be reached there, with the
// others of the first group that the notice has reached; that group is returned.
func (c *chaser) ask(i notice.Item) (group string, err error) {
	p, here, err := c.tx.person(i.Person)
	if err != nil || !here || !p.Asked() {
		return "", err
	}
	if away, err := c.tx.Away(p.ID, c.tx.Now()); err != nil || away {
		return "", err
	}
	account, chat, err := c.tx.reach(p.ID, c.n.Groups)
	if err != nil {
		return "", err
	}
	if chat == "" {
		g := slices.IndexFunc(i.Groups, func(g string) bool { return !c.reached[g].IsZero() })
		return i.Groups[g], c.mark([]notice.Item{i})
	}
	items, owed, err := c.together(i)
	if err != nil {
		return "", err
	}
	row := bot.Outgoing{
		Key:     chasePrefix + c.n.ID() + "/" + digest(p.ID) + "/" + LimitsOf(c.tx.Snapshot).day(c.tx.Now()).Format("20060102"),
		Account: account, Chat: chat, Person: p.ID, Text: notice.Chase(owed, func(n notice.Notice) string { return c.tx.due(n) }), Rank: rankOf(c.n),
		Expires: c.expires(), Notice: numbers(owed),
	}
	if err := c.tx.Enqueue(row); err != nil {
		return "", err
	}
	return "", errOr(c.queue(p.ID, row, owed), func() error { return c.mark(items) })
}

// expires is when a chase is no longer worth sending: at the end of the working
// hours of the day on which it leaves.
func (c *chaser) expires() time.Time {
	at := c.leaves()
	end := LimitsOf(c.tx.Snapshot).day(at).Add(c.rules.Until)
	if c.rules.Until == 0 || !end.After(at) { // an urgent one, in the evening
		end = LimitsOf(c.tx.Snapshot).day(at).AddDate(0, 0, 1).Add(c.rules.At)
	}
	return end
}

// leaves is when a chase can leave: now, or if that is in quiet hours and it is not
// urgent, at their end.
func (c *chaser) leaves() time.Time {
	if l := LimitsOf(c.tx.Snapshot); l.Quiet != nil && rankOf(c.n) == bot.Ordinary {
		if end := l.Quiet(c.tx.Now()); !end.IsZero() {
			return end
		}
	}
	return c.tx.Now()
}

// together returns all items that their person is to be asked about now, and
// their notices, with i as the first.
func (c *chaser) together(i notice.Item) (items []notice.Item, owed []notice.Owed, err error) {
	items, owed = []notice.Item{i}, []notice.Owed{owes(c.n, i)}
	numbers, err := c.tx.Owed(i.Person)
	if err != nil {
		return nil, nil, err
	}
	for _, number := range numbers {
		if number == c.n.Number || len(owed) == mostQueued {
			continue
		}
		n, reached, err := c.other(number)
		if err != nil {
			return nil, nil, err
		}
		item, ok, err := c.tx.Item(number, i.Person)
		if err != nil {
			return nil, nil, err
		}
		if ok && c.wants(n, item, reachedAt(item, reached)) {
			items, owed = append(items, item), append(owed, owes(n, item))
		}
	}
	slices.SortFunc(owed, func(a, b notice.Owed) int { return a.Notice.Number - b.Notice.Number })
	return items, owed, nil
}

// other loads another notice that somebody owes, once.
func (c *chaser) other(number int) (n notice.Notice, reached groupTimes, err error) {
	if n, ok := c.names[number]; ok {
		return n, c.seen[number], nil
	}
	if n, _, err = c.tx.Notice(number); err != nil {
		return n, nil, err
	}
	reached, err = c.tx.reachedGroups(n)
	c.names[number], c.seen[number] = n, reached
	return n, reached, err
}

// mark notes on items when they are asked about.
func (c *chaser) mark(items []notice.Item) error {
	at := c.leaves()
	for _, i := range items {
		i.Chased = at
		if !c.hand || i.Notice != c.n.Number {
			i.Chases++
		}
		if err := c.tx.PutItem(i); err != nil {
			return err
		}
	}
	return nil
}

// queue remembers a chase until it must have left.
func (c *chaser) queue(person string, row bot.Outgoing, owed []notice.Owed) error {
	all, _, err := load[[]queued](c.tx, queuedKey(person))
	if err != nil {
		return err
	}
	q := queued{Person: person, Account: row.Account, Row: row.Key}
	for _, o := range owed {
		q.Notices = append(q.Notices, o.Notice.Number)
	}
	all = append(all, q)
	return save(c.tx, queuedKey(person), all[max(len(all)-mostQueued, 0):])
}

// reach returns where a person can be asked alone: through an account of the
// notice's groups if they are known there, else through any.
func (s *Snapshot) reach(person string, groups []string) (account, chat string, err error) {
	targets, err := s.Targets(groups)
	if err != nil {
		return "", "", err
	}
	for _, t := range targets {
		if chat, err := s.PrivateChat(t.Account, person); err != nil || chat != "" {
			return t.Account, chat, err
		}
	}
	prefix := Work + key("reach", person) + "/"
	for rec, err := range scan[string](s, prefix, 0) {
		if err != nil {
			return "", "", err
		}
		if name, err := url.PathUnescape(strings.TrimPrefix(rec.Key, prefix)); err == nil && rec.Value != "" {
			return name, rec.Value, nil
		}
	}
	return "", "", nil
}

func owes(n notice.Notice, i notice.Item) notice.Owed {
	return notice.Owed{Notice: n, Half: i.State == notice.Seen}
}

func numbers(all []notice.Owed) string {
	words := make([]string, len(all))
	for i, o := range all {
		words[i] = strconv.Itoa(o.Notice.Number)
	}
	return strings.Join(words, " ")
}

// leaving says why a chase that has waited, perhaps over night, is not sent: its
// person has left the roster since or is on leave now.
func (tx *Tx) leaving(o bot.Outgoing) (reason string, err error) {
	if o.Person == "" || !strings.HasPrefix(o.Key, chasePrefix) {
		return "", nil
	}
	p, here, err := tx.person(o.Person)
	if err != nil {
		return "", err
	}
	away, err := tx.Away(o.Person, tx.Now())
	if err != nil || here && p.Asked() && !away {
		return "", err
	}
	return "its person is not asked any more", nil
}

// Hooks returns what the outbox asks of notices and of the roster. Parked says how
// the admins are told of a lane that nobody can resolve; nil tells nobody.
func hooks(parked func(*Tx, ParkedLane) error) Hooks {
	return Hooks{
		Resolve: resolveChat,
		Leaving: (*Tx).leaving,
		Settled: (*Tx).settled,
		Moved:   (*Tx).moveShown,
		Admins:  (*Snapshot).adminLanes,
		Alert:   (*Tx).TellAdmins,
		Parked:  parked,
	}
}

func resolveChat(s *Snapshot, account, person string) (string, error) {
	return s.PrivateChat(account, person)
}

// openOffice opens a store whose outbox knows the notices and the roster. A [Hooks]
// among the values of o takes the place of the ones that tell nobody of parked lanes.
func openOffice(ctx context.Context, e Engine, o Options) (*Store, error) {
	o.Values = append([]any{hooks(nil)}, o.Values...)
	return Open(ctx, e, o)
}
