package privacy_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/privacy"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

const day = 24 * time.Hour

// A passage is an office whose days pass, one after the other, with everything that
// people say on a day marked with the day.
type passage struct {
	*outboxtest.Office
	day int
}

// mark is a text of a kind of this day: [kind/day].
func (p *passage) mark(kind string) string { return fmt.Sprintf("[%s/%d]", kind, p.day) }

// speak lets somebody say everything that is kept.
func (p *passage) speak() {
	p.Helper()
	who := fmt.Sprint("p", p.day%7)
	p.Change(func(tx *store.Tx) {
		posted := notice.Post(tx, fmt.Sprint("n", p.day), notice.Notice{Class: notice.Receipt, Text: "开会"}, nil)
		notice.PutItem(tx, notice.Item{Notice: posted.Notice.Number, Person: who, State: notice.Done, Closed: tx.Now(), Note: p.mark("reply"), Message: p.mark("ack")})
		notice.PutItem(tx, notice.Item{Notice: posted.Notice.Number, Person: who + "x", State: notice.Open, Asked: tx.Now()})
		k := progress.AddUpdate(tx, progress.Update{Measure: "m", Person: who, At: tx.Now(), Note: p.mark("reply"), Evidence: []string{p.mark("reply")}})
		progress.PutEffect(tx, progress.Effect{Account: "web", Message: p.mark("ack"), Person: who, At: tx.Now(), Updates: []string{k}})
		asked := progress.Ask(tx, progress.Question{Kind: "question", Person: who, Text: p.mark("inbound")})
		if p.day%2 == 0 {
			progress.Answered(tx, asked, "A", p.mark("inbound"))
		}
		wish := progress.PutRequest(tx, progress.Request{Kind: progress.Postponing, Person: who, Reason: p.mark("reply")})
		progress.Decide(tx, wish, "A", true, p.mark("reply"))
		progress.Postpone(tx, progress.Postponement{Measure: "m", Due: "年底", Person: who, Reason: p.mark("reply")})
		roster.SetPending(tx, "web", "c", who, roster.Pending{Kind: "which", Until: tx.Now().Add(10 * time.Minute), Text: p.mark("pending")})
		notice.PutLeave(tx, roster.Leave{Person: who + fmt.Sprint(p.day), From: tx.Now(), To: tx.Now().Add(time.Hour), Delegate: "d", Message: p.mark("ack")})
		roster.PutCode(tx, p.mark("pending"), who, tx.Now().Add(time.Hour))
		roster.TryCode(tx, "web", p.mark("tries"))
		tx.HoldFile(store.Work, strings.Repeat("0", 64), p.mark("file"))
		tx.Audit(store.Audit{Account: "web", Actor: who, Source: store.Chat, Action: "ack", Object: p.mark("audit")})
		tx.Audit(store.Audit{Source: store.Clock, Action: "job", Object: p.mark("audit")})
		outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprint("row", p.day), Account: "web", Chat: "c", Text: p.mark("outbox")})
		outbox.Cancel(tx, "web", fmt.Sprint("row", p.day))
	})
}

func began() time.Time { return outboxtest.Start().Add(183 * day) }

// limit is the last day on which what was said on a day may still be there.
func (p *passage) limit(kind string, said int) (last int) {
	at := began().AddDate(0, 0, said)
	until := func(t time.Time) int { return int(t.Sub(began())/(24*time.Hour)) + 1 }
	switch kind {
	case "inbound":
		if said%2 == 0 {
			return said + 7
		}
		return said + 30 // nobody answered
	case "reply":
		return until(privacy.SemesterEnd(at)) + 180
	case "ack":
		return until(privacy.SchoolYearEnd(at)) + 365
	case "outbox", "file":
		return said + 30
	case "audit":
		return said + 365
	case "pending":
		return said + 1
	case "tries":
		return said + 3
	}
	p.Fatalf("got kind %q", kind)
	return 0
}

var marked = regexp.MustCompile(`\[([a-z]+)(?:/|%2F)([0-9]+)\]`)

// check looks at every byte that is stored.
func (p *passage) check() (found map[string]int) {
	p.Helper()
	found = map[string]int{}
	p.Look(func(r *store.Snapshot) {
		for pair := range store.Pairs(r, []byte{0}, nil, 0) {
			for _, g := range marked.FindAllStringSubmatch(string(pair.Key)+" "+string(pair.Value), -1) {
				said, _ := strconv.Atoi(g[2])
				found[g[1]]++
				if last := p.limit(g[1], said) + 1; p.day > last {
					p.Fatalf("day %d: got %s of day %d, want it gone after day %d:\n%s", p.day, g[1], said, last, pair.Key)
				}
			}
		}
	})
	return found
}

// Over 800 days nothing is kept longer than a day beyond its limit, and nothing goes
// before it.
func TestSweep_days(t *testing.T) {
	p := &passage{Office: outboxtest.On(t, enginetest.New(t))}
	p.Pass(began().Sub(p.Now())) // a school year begins
	const days = 800
	var found map[string]int
	for ; p.day < days; p.day++ {
		if p.day%5 == 0 {
			p.speak()
		}
		if _, err := privacy.Sweep(t.Context(), p.Store, privacy.DefaultRetention()); err != nil {
			t.Fatalf("day %d: Sweep: got error %v, want none", p.day, err)
		}
		if p.day%10 == 0 || p.day > 780 {
			found = p.check()
		}
		p.Pass(day)
	}
	for kind, want := range map[string]int{"audit": 2 * 365 / 5, "outbox": 6, "inbound": 3, "reply": 180 / 5, "ack": 365 / 5} {
		if found[kind] < want {
			t.Errorf("got %d texts of kind %s left, want %d at least: they must not go early", found[kind], kind, want)
		}
	}
	p.Look(func(s *store.Snapshot) {
		tally, ok := notice.PastTally(s, 1)
		if !ok || tally.Asked != 2 || tally.Done != 1 || tally.Open != 1 {
			t.Errorf("got %+v, %v of the first notice, want its counts", tally, ok)
		}
		states, bad := s.VerifyAudits()
		if bad != nil || states[1].Seq != days/5 {
			t.Errorf("got %+v, %v, want whole logs", states, bad)
		}
	})
}

// What Check refuses is not swept by either.
func TestRetention_Check(t *testing.T) {
	o := outboxtest.On(t, enginetest.New(t))
	if err := privacy.DefaultRetention().Check(); err != nil {
		t.Errorf("got %v of the default, want it right", err)
	}
	for name, change := range map[string]func(*privacy.Retention){
		"seen":  func(r *privacy.Retention) { r.Seen = 6 },
		"audit": func(r *privacy.Retention) { r.Audit = 30 },
		"files": func(r *privacy.Retention) { r.Files = -1 },
		"empty": func(r *privacy.Retention) { *r = privacy.Retention{} },
	} {
		r := privacy.DefaultRetention()
		change(&r)
		if _, err := privacy.Sweep(t.Context(), o.Store, r); err == nil || r.Check() == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
}

func TestSemesterEnd(t *testing.T) {
	for day, want := range map[string][2]string{
		"2026-09-01": {"2027-02-01", "2027-09-01"},
		"2027-01-31": {"2027-02-01", "2027-09-01"},
		"2027-02-01": {"2027-08-01", "2027-09-01"},
		"2027-07-31": {"2027-08-01", "2027-09-01"},
		"2027-08-31": {"2028-02-01", "2027-09-01"},
	} {
		at, _ := time.Parse(time.DateOnly, day)
		if got := privacy.SemesterEnd(at).Format(time.DateOnly); got != want[0] {
			t.Errorf("SemesterEnd: got %s of %s, want %s", got, day, want[0])
		}
		if got := privacy.SchoolYearEnd(at).Format(time.DateOnly); got != want[1] {
			t.Errorf("SchoolYearEnd: got %s of %s, want %s", got, day, want[1])
		}
	}
}

func sweep(o *outboxtest.Office) privacy.Swept {
	o.Helper()
	swept, err := privacy.Sweep(o.Context(), o.Store, privacy.DefaultRetention())
	o.Must(err)
	return swept
}

func TestSweep(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		const n = 600 // more than one batch
		accounts := []string{"web", "we", "web/2", "中文"}
		for _, a := range accounts {
			o.Change(func(tx *store.Tx) {
				for i := range n {
					tx.FirstSight(a, fmt.Sprint(i))
				}
			})
		}
		o.Pass(31 * day)
		o.FirstSight("web", "new")
		if got, want := sweep(o).Marks, n*len(accounts); got != want {
			o.Errorf("Sweep: got %d marks, want %d", got, want)
		}
		if o.FirstSight("web", "new") {
			o.Errorf("after a sweep: got first sight of a new message's second copy")
		}
		if got := sweep(o); got != (privacy.Swept{}) {
			o.Errorf("second Sweep: got %+v, want nothing to do", got)
		}
	})
}

func TestSweep_outbox(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		o.Say("chat", "sent", "dead", "open")
		o.Send("sent")
		o.Settle(o.Claim("dead"), bot.Result{Err: bot.ErrRefused})
		o.Pass(20 * day)
		o.Say("chat", "young")
		o.Send("open")
		o.Pass(11 * day)
		if got := sweep(o).Texts; got != 2 {
			o.Errorf("Sweep: got %d texts, want 2", got)
		}
		if rows := o.Rows(outbox.Dead); len(rows) != 0 {
			o.Errorf("dead rows after a sweep: got %+v, want none", rows)
		}
		if rows := o.Rows(outbox.Sent); len(rows) != 1 || rows[0].Text != "open" {
			o.Errorf("sent rows after a sweep: got %+v, want the younger one", rows)
		}
		o.Say("chat", "sent", "dead", "open") // keys that are known for ever
		o.Send("young")
		o.Idle()
		if got := stored(o, "sent"); len(got) != 0 {
			o.Errorf("after a sweep the swept text is still in %q", got)
		}
	})
}

// stored returns the values of the store that hold text as a text.
func stored(o *outboxtest.Office, text string) (found []string) {
	o.Helper()
	o.Must(o.Engine.View(o.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if v := string(p.Value); strings.Contains(v, `"text":"`+text+`"`) {
				found = append(found, v)
			}
		}
		return nil
	}))
	return found
}

// A message is recognised for as long as the retention says, across restarts and
// sweeps.
func TestSweep_late(t *testing.T) {
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) {
		o.FirstSight("web", "old")
		gone := time.Duration(0)
		for _, age := range []time.Duration{time.Hour, day, 3 * day, 7*day - 1, 8 * day, 29 * day, 30 * day} {
			o.Pass(age - gone)
			gone = age
			o.Reopen()
			sweep(o)
			o.FirstSight("web", fmt.Sprint("newer", age))
			if o.FirstSight("web", "old") {
				o.Errorf("the same message %v later: got first sight, want it known", age)
			}
		}
		o.Pass(1)
		swept := sweep(o)
		if swept.Marks != 1 || !o.FirstSight("web", "old") {
			o.Errorf("after the retention: got %d marks swept, want the old one", swept.Marks)
		}
	})
}

// A notice that nobody closed ends as any other: what waits to be said about it is
// taken back, and nobody looks at it any more.
func TestSweep_openNotice(t *testing.T) {
	outboxtest.OnEngines(t, []any{notice.Hooks(nil)}, func(o *outboxtest.Office) {
		o.Change(func(tx *store.Tx) {
			notice.Post(tx, "n", notice.Notice{Class: notice.Receipt, Text: "开会"}, []roster.Target{{Account: "web", Chat: "g", Group: "群"}})
		})
		o.Pass(400 * day)
		sweep(o)
		o.Look(func(s *store.Snapshot) {
			if n, _ := notice.Find(s, 1); n.Closed.IsZero() || n.End != notice.Expired {
				o.Errorf("after a sweep: got closed %v, end %q, want it expired", n.Closed, n.End)
			}
			if names := store.Names(s, store.Work+"agenda/", 0); len(names) != 0 {
				o.Errorf("after a sweep: got %v still to be looked at, want none", names)
			}
		})
		if rows := o.Rows(outbox.Waiting); len(rows) != 0 {
			o.Errorf("after a sweep: got %v waiting, want it cancelled", rows)
		}
	})
}

// What lies aside because it was damaged is kept as long as a text of the outbox.
func TestSweep_damaged(t *testing.T) {
	damaged := func(key string) bool { return key == store.Work+store.Key("inbox", "00000001") }
	o := outboxtest.On(t, storetest.Damaging(enginetest.New(t), damaged))
	o.Change(func(tx *store.Tx) { progress.Ask(tx, progress.Question{Text: "怎么请假"}) })
	o.Must(o.SetAside(t.Context(), func(*store.Tx, int) {}))
	for _, want := range []int{1, 1, 0} {
		o.Look(func(s *store.Snapshot) { store.Has(s, store.Work+store.Key("inbox", "00000001")) })
		o.Must(o.SetAside(t.Context(), func(*store.Tx, int) {}))
		sweep(o)
		if got := stored(o, "怎么请假"); len(got) != want {
			o.Errorf("after %v: got %q, want %d", o.Now(), got, want)
		}
		o.Pass(16 * day)
	}
	o.Look(func(s *store.Snapshot) {
		if s.Aside() != 1 {
			o.Errorf("Aside: got %d, want 1 still missing", s.Aside())
		}
	})
}
