package store_test

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
	"duban/privacy"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/mem"
)

// A passage is a store whose days pass, one after the other, with everything that
// people say on a day marked with the day.
type passage struct {
	t     *testing.T
	e     store.Engine
	s     *store.Store
	start time.Time
	day   int
}

func newPassage(t *testing.T) *passage {
	t.Helper()
	p := &passage{t: t, e: mem.New(), start: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	p.s, err = notice.OpenStore(t.Context(), p.e, store.Options{Now: p.now}, nil)
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	return p
}

func (p *passage) now() time.Time { return p.start.AddDate(0, 0, p.day) }

// mark is a text of a kind of this day: [kind/day].
func (p *passage) mark(kind string) string { return fmt.Sprintf("[%s/%d]", kind, p.day) }

// speak lets somebody say everything that is kept.
func (p *passage) speak() {
	p.t.Helper()
	who := fmt.Sprint("p", p.day%7)
	err := p.s.Update(p.t.Context(), func(tx *store.Tx) error {
		must := func(err error) {
			if err != nil {
				p.t.Fatalf("day %d: got error %v, want none", p.day, err)
			}
		}
		posted, err := notice.Post(tx, fmt.Sprint("n", p.day), notice.Notice{Class: notice.Receipt, Text: "开会"}, nil)
		must(err)
		must(notice.PutItem(tx, notice.Item{Notice: posted.Notice.Number, Person: who, State: notice.Done, Closed: tx.Now(), Note: p.mark("reply"), Message: p.mark("ack")}))
		must(notice.PutItem(tx, notice.Item{Notice: posted.Notice.Number, Person: who + "x", State: notice.Open, Asked: tx.Now()}))
		k, err := progress.AddUpdate(tx, progress.Update{Measure: "m", Person: who, At: tx.Now(), Note: p.mark("reply"), Evidence: []string{p.mark("reply")}}, fmt.Sprint(p.day))
		must(err)
		must(progress.PutEffect(tx, progress.Effect{Account: "wx", Message: p.mark("ack"), Person: who, At: tx.Now(), Updates: []string{k}}))
		asked, err := progress.Ask(tx, progress.Question{Kind: "question", Person: who, Text: p.mark("inbound")})
		must(err)
		if p.day%2 == 0 {
			must(progress.Answered(tx, asked, "A", p.mark("inbound")))
		}
		wish, err := progress.PutRequest(tx, progress.Request{Kind: progress.Postponing, Person: who, Reason: p.mark("reply")})
		must(err)
		must(progress.Decide(tx, wish, "A", true, p.mark("reply")))
		must(progress.Postpone(tx, progress.Postponement{Measure: "m", Due: "年底", Person: who, Reason: p.mark("reply")}))
		must(roster.SetPending(tx, "wx", "c", who, roster.Pending{Kind: "which", Until: tx.Now().Add(10 * time.Minute), Text: p.mark("pending")}))
		_, err = notice.PutLeave(tx, roster.Leave{Person: who + fmt.Sprint(p.day), From: tx.Now(), To: tx.Now().Add(time.Hour), Delegate: "d", Message: p.mark("ack")})
		must(err)
		must(roster.PutCode(tx, p.mark("pending"), who, tx.Now().Add(time.Hour)))
		_, err = roster.TryCode(tx, "wx", p.mark("tries"))
		must(err)
		must(tx.HoldFile(store.Work, strings.Repeat("0", 64), p.mark("file")))
		must(tx.Audit(store.Audit{Account: "wx", Actor: who, Source: store.Chat, Action: "ack", Object: p.mark("audit")}))
		must(tx.Audit(store.Audit{Source: store.Clock, Action: "job", Object: p.mark("audit")}))
		must(outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprint("row", p.day), Account: "wx", Chat: "c", Text: p.mark("outbox")}))
		_, err = outbox.Cancel(tx, "wx", fmt.Sprint("row", p.day))
		must(err)
		return nil
	})
	if err != nil {
		p.t.Fatalf("day %d: got error %v, want none", p.day, err)
	}
}

// limit is the last day on which what was said on a day may still be there.
func (p *passage) limit(kind string, said int) (last int) {
	at := p.start.AddDate(0, 0, said)
	until := func(t time.Time) int { return int(t.Sub(p.start)/(24*time.Hour)) + 1 }
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
	p.t.Fatalf("got kind %q", kind)
	return 0
}

var marked = regexp.MustCompile(`\[([a-z]+)(?:/|%2F)([0-9]+)\]`)

// check looks at every byte that is stored.
func (p *passage) check() (found map[string]int) {
	p.t.Helper()
	found = map[string]int{}
	err := p.e.View(p.t.Context(), func(r store.Reader) error {
		for pair, err := range r.Scan([]byte{0}, nil, 0) {
			if err != nil {
				return err
			}
			for _, g := range marked.FindAllStringSubmatch(string(pair.Key)+" "+string(pair.Value), -1) {
				said, _ := strconv.Atoi(g[2])
				found[g[1]]++
				if last := p.limit(g[1], said) + 1; p.day > last {
					p.t.Fatalf("day %d: got %s of day %d, want it gone after day %d:\n%s", p.day, g[1], said, last, pair.Key)
				}
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatalf("View: got error %v, want none", err)
	}
	return found
}

// TestSweep_days is row F2: over 800 days nothing is kept longer than a day beyond
// its limit, and nothing goes before it.
func TestSweep_days(t *testing.T) {
	p := newPassage(t)
	const days = 800
	var found map[string]int
	for p.day = 0; p.day < days; p.day++ {
		if p.day%5 == 0 {
			p.speak()
		}
		if _, err := privacy.Sweep(t.Context(), p.s, privacy.DefaultRetention()); err != nil {
			t.Fatalf("day %d: Sweep: got error %v, want none", p.day, err)
		}
		if p.day%10 == 0 || p.day > 780 {
			found = p.check()
		}
	}
	for kind, want := range map[string]int{"audit": 2 * 365 / 5, "outbox": 6, "inbound": 3, "reply": 180 / 5, "ack": 365 / 5} {
		if found[kind] < want {
			t.Errorf("got %d texts of kind %s left, want %d at least: they must not go early", found[kind], kind, want)
		}
	}
	err := p.s.View(t.Context(), func(s *store.Snapshot) error {
		tally, ok, err := notice.PastTally(s, 1)
		if !ok || tally.Asked != 2 || tally.Done != 1 || tally.Open != 1 {
			t.Errorf("got %+v, %v of the first notice, want its counts", tally, ok)
		}
		states, bad := s.VerifyAudits()
		if bad != nil || states[0].Last != days/5 {
			t.Errorf("got %+v, %v, want whole logs", states, bad)
		}
		return err
	})
	if err != nil {
		t.Fatalf("View: got error %v, want none", err)
	}
}

func TestRetention_Check(t *testing.T) {
	if err := privacy.DefaultRetention().Check(); err != nil {
		t.Errorf("got %v of the default, want it right", err)
	}
	for name, change := range map[string]func(*privacy.Retention){
		"seen":  func(r *privacy.Retention) { r.Seen = 6 * 24 * time.Hour },
		"audit": func(r *privacy.Retention) { r.Audit = 30 * 24 * time.Hour },
		"files": func(r *privacy.Retention) { r.Files = -1 },
	} {
		r := privacy.DefaultRetention()
		change(&r)
		if r.Check() == nil {
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
