package notice

import (
	"context"
	"errors"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// PutLeave stores a leave, marks what the person owes meanwhile as absent, and
// returns the leave's key. One that it overlaps is replaced: of a leave that has
// begun the beginning stays, and the delegate if the new one names none.
func PutLeave(tx *store.Tx, l roster.Leave) string {
	old := roster.Leaves(tx.Snapshot, l.Person, tx.Now())
	var replaced []string
	for _, o := range old {
		if !o.Meets(l) {
			continue
		}
		if o.From.Before(l.From) && !o.From.After(tx.Now()) {
			l.From = o.From
		}
		if l.Delegate == "" {
			l.Delegate = o.Delegate
		}
		replaced = append(replaced, roster.LeaveKey(o))
		o.Was, l.Was = nil, &o
		roster.EraseLeave(tx, o)
	}
	k := roster.LeaveKey(l)
	roster.SaveLeave(tx, l)
	for _, o := range old {
		if o.Meets(l) && o.Delegate != l.Delegate {
			tellStandIn(tx, o, "dropped", "的请假改由别人代办，不用您代办了。")
		}
	}
	for _, was := range replaced {
		movedLeave(tx, l.Person, was, k)
	}
	beginLeave(tx, l)
	return k
}

// beginLeave excuses the person of a leave from what they owe, if it has begun,
// and otherwise notes that this is to be done.
func beginLeave(tx *store.Tx, l roster.Leave) {
	if l.From.After(tx.Now()) {
		roster.AwaitLeave(tx, l)
	}
	if !l.Covers(tx.Now()) {
		return
	}
	for _, n := range owedBy(tx.Snapshot, l.Person) {
		item, ok := FindItem(tx.Snapshot, n.Number, l.Person)
		if ok && item.State == Open {
			item.State, item.Leave = Absent, roster.LeaveKey(l)
			PutItem(tx, item)
		}
	}
}

// BeginLeaves excuses those whose leave has begun since they asked for it, and tells who
// stands in that a leave has begun or ended. It tells whether there may be more of them,
// and is to be called every few minutes.
func BeginLeaves(ctx context.Context, s *store.Store) (more bool, err error) {
	ended, failed := work(ctx, s, "end leaves", roster.Over, func(tx *store.Tx, over string) {
		if l, ok := roster.TakeOver(tx, over); ok {
			tellStandIn(tx, l, "ended", "的请假结束了，您的代办到此为止，谢谢。")
		}
	})
	more, err = work(ctx, s, "begin leaves", roster.Begun, func(tx *store.Tx, begun string) {
		if l, ok := roster.TakeBegun(tx, begun); ok {
			beginLeave(tx, l)
			tellStandIn(tx, l, "begun", "的请假开始了，请您代办。")
		}
	})
	return more || ended, errors.Join(failed, err)
}

// tellStandIn tells who stands in during a leave what becomes of it.
func tellStandIn(tx *store.Tx, l roster.Leave, what, said string) {
	r := roster.Current(tx.Snapshot)
	absent, known := r.Person(l.Person)
	account, chat := roster.ReachIn(tx.Snapshot, l.Delegate, absent.Groups)
	if !known || l.Delegate == "" || chat == "" {
		return
	}
	outbox.Enqueue(tx, bot.Outgoing{
		Key: "stand/" + what + "/" + store.Digest(roster.LeaveKey(l)+store.Stamp(tx.Now())), Account: account, Chat: chat, Person: l.Delegate,
		Text: r.Label(absent) + said, Rank: bot.Ordinary,
	})
}

// DropLeave takes back the leave under a key, as if it had not been asked for:
// what it excused the person from, they owe again, and the leave that it replaced
// counts again. It returns false if there is none.
func DropLeave(tx *store.Tx, k string) (roster.Leave, bool) {
	l, ok := store.Load[roster.Leave](tx, k)
	if !ok {
		return l, false
	}
	roster.EraseLeave(tx, l)
	movedLeave(tx, l.Person, k, "")
	switch again := l.Was != nil && (l.Was.To.IsZero() || !l.Was.To.Before(tx.Now())); {
	case !again:
		tellStandIn(tx, l, "taken", "没有请假，不用您代办了。")
	case l.Was.Delegate != l.Delegate:
		tellStandIn(tx, l, "taken", "的请假改回原来的安排，不用您代办了。")
		tellStandIn(tx, *l.Was, "again", "的请假改回原来的安排，还是请您代办。")
	}
	if l.Was != nil {
		roster.SaveLeave(tx, *l.Was)
		beginLeave(tx, *l.Was)
	}
	return l, true
}

// movedLeave says of what the leave under a key excused a person from that another
// leave does now, or none if its key is "".
func movedLeave(tx *store.Tx, person, from, to string) {
	for _, item := range excusedBy(tx.Snapshot, person, from) {
		item.Leave = to
		if to == "" && item.State == Absent {
			item.State = Open
		}
		PutItem(tx, item)
	}
}

// excused is how many of the newest notices a leave can excuse somebody from:
// more than a year's.
const excused = 500

// excusedBy returns what the leave under a key has excused a person from.
func excusedBy(s *store.Snapshot, person, key string) (items []Item) {
	last := Last(s)
	for number := max(last-excused, 0) + 1; number <= last; number++ {
		if item, ok := FindItem(s, number, person); ok && item.Leave == key {
			items = append(items, item)
		}
	}
	return items
}

// EndLeave ends the leave that a person is on, so that later notices ask them
// again; if they are on none, it drops the next one that has not begun. It returns
// the leave, and false if they had none.
func EndLeave(tx *store.Tx, person string) (l roster.Leave, ok bool) {
	all := roster.Leaves(tx.Snapshot, person, tx.Now())
	if len(all) == 0 {
		return l, false
	}
	next := all[0]
	for _, l := range all {
		if l.Covers(tx.Now()) {
			next = l
			StopLeave(tx, roster.LeaveKey(l))
		}
	}
	if next.Covers(tx.Now()) {
		return next, true
	}
	return StopLeave(tx, roster.LeaveKey(next))
}

// StopLeave ends the leave under a key if it has begun, and drops it if it has not. It
// returns the leave as it was, and false if there is none, or if it is over.
func StopLeave(tx *store.Tx, k string) (l roster.Leave, ok bool) {
	l, ok = roster.FindLeave(tx.Snapshot, k)
	switch {
	case !ok:
		return l, false
	case l.Covers(tx.Now()):
		roster.CutShort(tx, l, tx.Now().Add(-time.Nanosecond))
		tellStandIn(tx, l, "ended", "的请假结束了，您的代办到此为止，谢谢。")
		return l, true
	case !l.From.After(tx.Now()):
		return l, false
	}
	l.Was = nil // nor does the one that it replaced count again
	roster.SaveLeave(tx, l)
	return DropLeave(tx, k)
}

// Excused returns the numbers of the notices that still wait for answers and from
// which a leave excused its person, oldest first.
func Excused(s *store.Snapshot, l roster.Leave) (numbers []int) {
	for _, item := range excusedBy(s, l.Person, roster.LeaveKey(l)) {
		n, ok := Find(s, item.Notice)
		if ok && item.State == Absent && n.OpenAt(s.Now()) {
			numbers = append(numbers, item.Notice)
		}
	}
	return numbers
}
