package people

import (
	"cmp"
	"slices"
	"time"

	"duban/handlers/chat"
	"duban/handlers/people"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A form is one in which a leave is booked: a new one, or with Key another one in the
// place of that.
type form struct {
	Key             string
	Who, From, To   string
	Endless         bool // the last day may be left open
	Stand           string
	Error           string // what is wrong with it as a whole
	BadWho, BadDays string
	BadStand        string
}

// Open tells whether the form is shown without being asked for.
func (f form) Open() bool { return f.wrong() != "" }

func (f form) wrong() string { return f.Error + f.BadWho + f.BadDays + f.BadStand }

// An absence is one leave of the list.
type absence struct {
	Who, Days, Note string
	Lacks           string // why nobody stands in
	Begun, Act      bool
	Form            form
}

// A wish is a leave that waits for being agreed to.
type wish struct {
	Number    int
	Who, Said string
	When      string
}

// A leaves is what the page of leave shows.
type leaves struct {
	Tabs        []tab
	AsOf        string
	Now, Coming []absence
	Wishes      []wish
	Act         bool
	New         form
	Open        bool // the form for a new one
	Names       []string
}

func showLeave(r *page.Request) error { return leaveWith(r, form{}) }

// leaveWith shows the page; failed is a form that was not taken.
func leaveWith(r *page.Request, failed form) error {
	v := leaves{Tabs: tabs(r, "/people/leave"), Act: r.May(chat.Behalf)}
	err := r.Look(func(s *store.Snapshot) error {
		v.fill(r, r.Chat(s), failed)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "leave", Title: "请假", Nav: "/people/leave", Data: v, Status: invalid(failed.wrong())})
}

func (v *leaves) fill(r *page.Request, t *chat.Request, failed form) {
	now, today := t.Local(), t.Local().Format(time.DateOnly)
	v.AsOf = "截至" + r.House.Clock(now)
	all := roster.AllLeaves(t.Snap, now)
	slices.SortStableFunc(all, func(a, b roster.Leave) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Person, b.Person))
	})
	for _, l := range all {
		p, known := t.Roster.Person(l.Person)
		if !known || !chat.MaySee(t.Person, p) {
			continue
		}
		x := absenceOf(t, p, l)
		x.Act = v.Act
		if failed.Key == x.Form.Key {
			x.Form = failed
		}
		x.Form.Endless = r.May(chat.Plan)
		if x.Begun {
			v.Now = append(v.Now, x)
		} else {
			v.Coming = append(v.Coming, x)
		}
	}
	v.New, v.Open = form{From: today}, r.URL.Query().Has("book")
	if p, err := personOf(t, r.URL.Query().Get("book")); err == nil {
		v.New.Who = calling(t, p)
	}
	if failed.Key == "" && failed.wrong() != "" {
		v.New, v.Open = failed, true
	}
	v.New.Endless = r.May(chat.Plan)
	if r.May(chat.Plan) {
		v.Wishes = wishes(r, t)
	}
	if v.Act {
		v.Names = offered(t)
	}
}

// absenceOf is one leave, with the form in which it can be changed.
func absenceOf(t *chat.Request, p roster.Person, l roster.Leave) absence {
	x := absence{Who: fullName(p), Begun: l.Covers(t.Now()), Days: people.Span(t, l)}
	zone := t.Desk.Options.Zone
	x.Form = form{Key: store.Digest(roster.LeaveKey(l)), Who: t.Roster.Label(p), From: l.From.In(zone).Format(time.DateOnly)}
	if !l.To.IsZero() {
		x.Form.To = l.To.In(zone).Format(time.DateOnly)
	}
	stand, ok := t.Roster.Person(l.Delegate)
	switch {
	case !ok:
		x.Note = "没有代办"
	default:
		x.Note, x.Form.Stand = t.Roster.Label(stand)+"代", calling(t, stand)
		away := slices.ContainsFunc(roster.Leaves(t.Snap, stand.ID, t.Now()), l.Meets)
		if away {
			x.Lacks = stand.Name + "其间也请假，请换一位代办"
		} else if !roster.Reachable(t.Snap, stand.ID) {
			x.Lacks = "私聊不到" + stand.Name + "，请您告诉他一声"
		}
	}
	by := "本人说的"
	if other, ok := t.Roster.Person(l.By); ok {
		by = t.Roster.Label(other) + "登记的"
	}
	x.Note += "。" + by
	return x
}

// wishes are the leaves without an end that wait for an admin.
func wishes(r *page.Request, t *chat.Request) (all []wish) {
	for _, q := range progress.Requests.Open(t.Snap) {
		p, ok := t.Roster.Person(q.Person)
		if q.Kind == progress.OpenLeave && ok {
			all = append(all, wish{q.Number, fullName(p), zh.Quote(q.Reason, 100), r.House.When(q.Asked)})
		}
	}
	return all
}

// leaveOf returns the key of the leave that a form names.
func leaveOf(t *chat.Request, digest string) (key string, l roster.Leave) {
	for _, l := range roster.AllLeaves(t.Snap, t.Now()) {
		if k := roster.LeaveKey(l); store.Digest(k) == digest {
			return k, l
		}
	}
	return "", l
}

// book books a leave, or another one in the place of one.
func book(r *page.Request) error {
	f := form{Key: r.Field("leave"), Who: r.Field("who"), From: r.Field("from"), To: r.Field("to"), Stand: r.Field("stand")}
	err := r.Change(func(tx *store.Tx) error {
		t := r.Chat(tx)
		f.Error, f.BadWho, f.BadDays, f.BadStand = "", "", "", ""
		key, l, ok := f.read(t)
		if !ok {
			return nil
		}
		_, err := people.BookLeave(t, l, key)
		return err
	})
	if wrong, ok := chat.Complained(err); ok {
		f.Error = wrong
	} else if err != nil {
		return err
	}
	if f.wrong() != "" {
		return leaveWith(r, f)
	}
	return r.Done("/people/leave", "leave")
}

// read reads the form; ok is false if something is wrong with it, which it says.
func (f *form) read(t *chat.Request) (key string, l roster.Leave, ok bool) {
	if f.Key != "" {
		if key, l = leaveOf(t, f.Key); key == "" {
			f.Error, f.Key = "没有登记：这次请假已经改过或结束了，请看下面的再登记。", ""
			return key, l, false
		}
	} else {
		p, err := people.Named(t, f.Who)
		l.Person, f.BadWho = p.ID, said(err)
	}
	zone := t.Desk.Options.Zone
	from, err := time.ParseInLocation(time.DateOnly, f.From, zone)
	if err != nil {
		f.BadDays = "第一天没读懂，请写成2026-09-21这样。"
	}
	l = roster.Leave{Person: l.Person, From: from, Delegate: l.Delegate}
	if f.To != "" {
		last, err := time.ParseInLocation(time.DateOnly, f.To, zone)
		if err != nil {
			f.BadDays = "最后一天没读懂，请写成2026-09-25这样。"
		}
		l.To = last.AddDate(0, 0, 1).Add(-time.Second)
	}
	if f.Stand != "" {
		p, err := people.Named(t, f.Stand)
		l.Delegate, f.BadStand = p.ID, said(err)
	}
	return key, l, f.wrong() == ""
}

// said is what a complaint says, "" if there is none.
func said(err error) string {
	text, _ := chat.Complained(err)
	return text
}

// end ends a leave, or takes one back that has not begun.
func end(r *page.Request) error {
	done := "back"
	err := r.Change(func(tx *store.Tx) error {
		t := r.Chat(tx)
		key, l := leaveOf(t, r.Field("leave"))
		if key == "" {
			return page.Refuse("没有销假：这次请假已经改过，或已经结束", "没有再销一次。", page.Way{Words: "看请假", To: "/people/leave"})
		}
		if l.From.After(t.Now()) {
			done = "unleave"
		}
		_, err := people.EndLeave(t, key)
		return err
	})
	if err != nil {
		return err
	}
	return r.Done("/people/leave", done)
}
