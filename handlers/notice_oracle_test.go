package handlers_test

import (
	"slices"
	"time"

	"duban/notice"
	"duban/roster"
)

// An oracle is what the model test believes of notices: who is missing and what
// may be sent. It is written from the words of the manual, with maps and times
// only, and asks the program nothing.
type oracle struct {
	people  map[string]*believed
	notices []*told // notice 1 is at 0
}

// A believed person.
type believed struct {
	roster.Person
	bound bool
	away  time.Time // on leave until then
	gone  bool      // not on the roster now
}

// A told notice.
type told struct {
	number           int
	class            notice.Class
	confirm          bool
	groups           []string
	created, due     time.Time
	revised, closed  time.Time
	version          int
	reached, shownAt map[string]time.Time // by group
	renewed          map[string]bool      // groups in which the present version stands
	items            map[string]*owing
}

// An owing is what one person owes to one notice.
type owing struct {
	state     string // open seen done absent
	late      bool
	asked     time.Time
	leave     bool
	chasedDay string
	chases    int
	steps     []time.Time
}

func day(t time.Time) string { return t.In(zone).Format(time.DateOnly) }

// missing is the standing of a person that the office must be shown.
func (w *oracle) missing(n *told, id string) notice.Standing {
	i, p := n.items[id], w.people[id]
	switch {
	case i.state == "done":
		return notice.Answered
	case p.gone:
		return notice.Gone
	case i.state == "absent":
		return notice.OnLeave
	case i.state == "seen":
		return notice.Half
	case n.reachedBy(p).IsZero():
		return notice.Unsent
	case !p.bound:
		return notice.Unbound
	}
	return notice.Silent
}

// reachedBy is when a notice first stood in a group of a person's.
func (n *told) reachedBy(p *believed) (first time.Time) {
	for g, at := range n.reached {
		if slices.Contains(p.Groups, g) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// ends is when a notice is closed by itself.
func (n *told) ends() time.Time {
	if n.due.IsZero() {
		return later(n.created, n.revised).Add(30 * 24 * time.Hour)
	}
	y, m, d := n.due.In(zone).Date()
	return time.Date(y, m, d+2, 0, 0, 0, 0, zone)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// owes tells whether somebody may be reminded of a notice at all.
func (w *oracle) owes(n *told, id string, now time.Time) bool {
	i, p := n.items[id], w.people[id]
	return i != nil && n.class != notice.Plain && n.closed.IsZero() && (i.state == "open" || i.state == "seen") &&
		!p.gone && !p.Observer && !now.Before(p.away) && !n.reachedBy(p).IsZero()
}

// since is from when a person owes an answer to the present text.
func (n *told) since(i *owing, p *believed) time.Time {
	return later(later(i.asked, n.revised), n.reachedBy(p))
}

// atWork tells whether people may be reminded at a time.
func atWork(c notice.Class, now time.Time) bool {
	t := now.In(zone)
	minute := t.Hour()*60 + t.Minute()
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return minute >= 9*60+30 && minute < 18*60 && (c == notice.Urgent || !weekend)
}

// remind tells whether somebody must be reminded by the clock now.
func (w *oracle) remind(n *told, id string, now time.Time) bool {
	if !w.owes(n, id, now) || !atWork(n.class, now) || !now.Before(n.ends()) {
		return false
	}
	i := n.items[id]
	return i.chasedDay != day(now) && i.chases < 3 && now.Sub(n.since(i, w.people[id])) >= 24*time.Hour
}

// rises tells whether the next step of the escalation of an item may be taken.
func (w *oracle) rises(n *told, id string, now time.Time) bool {
	if n.class != notice.Urgent || !w.owes(n, id, now) || n.items[id].state != "open" {
		return false
	}
	i, steps := n.items[id], []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour}
	k := len(i.steps)
	if k == len(steps) {
		return false
	}
	at := n.since(i, w.people[id]).Add(steps[k])
	if k > 0 {
		at = later(at, i.steps[k-1].Add(steps[k]-steps[k-1]))
	}
	return !now.Before(at)
}

// take books an answer that was given to a notice, and tells whether it changed
// anything.
func (w *oracle) take(n *told, id string, said time.Time, applied bool) bool {
	i := n.items[id]
	inTime := !said.Before(n.created.Add(-time.Minute)) && (n.closed.IsZero() || !said.After(n.closed))
	fresh := n.version == 0 || !said.Before(n.revised) && slices.ContainsFunc(w.people[id].Groups, func(g string) bool { return n.renewed[g] })
	if i == nil || n.class == notice.Plain || !inTime || !fresh || i.state == "done" {
		return false
	}
	if n.confirm && !applied {
		if i.state == "seen" {
			return false
		}
		i.state = "seen"
		return true
	}
	i.state, i.late = "done", !n.due.IsZero() && said.After(n.due)
	return true
}

// bare is the notice that a 收到 without a number, said in a group, is for.
func (w *oracle) bare(group, id string, now time.Time) *told {
	var newest *told
	for _, owed := range []bool{true, false} {
		for _, n := range w.notices {
			i := n.items[id]
			at := n.shownAt[group]
			stands := !at.IsZero() && now.Sub(at) <= 24*time.Hour && (n.closed.IsZero() || n.closed.Equal(now))
			if i != nil && stands && n.class != notice.Plain && (i.state != "done") == owed {
				newest = n
			}
		}
		if newest != nil {
			return newest
		}
	}
	return nil
}

// post opens a notice.
func (w *oracle) post(n *told, by string) {
	n.items, n.reached, n.shownAt = map[string]*owing{}, map[string]time.Time{}, map[string]time.Time{}
	for id, p := range w.people {
		if !w.asks(n, p, by) {
			continue
		}
		i := &owing{state: "open", asked: n.created}
		if n.created.Before(p.away) {
			i.state, i.leave = "absent", true
		}
		n.items[id] = i
	}
	w.notices = append(w.notices, n)
}

// asks tells whether a notice asks a person, who is on the roster now.
func (w *oracle) asks(n *told, p *believed, by string) bool {
	in := slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(n.groups, g) })
	return n.class != notice.Plain && in && p.Is(roster.Counselor, roster.Lead) && !p.Observer && !p.gone && p.ID != by
}

// renew asks everybody anew who is still there.
func (w *oracle) renew(n *told, now time.Time, by string) {
	n.version++
	n.revised = now
	n.shownAt, n.renewed = map[string]time.Time{}, map[string]bool{}
	for id, p := range w.people {
		i := n.items[id]
		if i == nil && w.asks(n, p, by) {
			i = &owing{asked: n.created}
			n.items[id] = i
		}
		if i == nil || p.gone {
			continue
		}
		*i = owing{state: "open", asked: i.asked, chasedDay: i.chasedDay}
		if now.Before(p.away) {
			i.state, i.leave = "absent", true
		}
	}
}

// leave begins a leave of a person's.
func (w *oracle) leave(id string, now, until time.Time) {
	w.people[id].away = until
	for _, n := range w.notices {
		if i := n.items[id]; i != nil && n.closed.IsZero() && i.state == "open" {
			i.state, i.leave = "absent", true
		}
	}
}

// back ends it. What it excused them from they need not answer.
func (w *oracle) back(id string, now time.Time) { w.people[id].away = now }
