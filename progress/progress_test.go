package progress_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox/outboxtest"
	"duban/plan"
	"duban/plan/outline"
	"duban/progress"
	"duban/store"
)

// An office is one in which people report on the measure m.
type office struct{ *outboxtest.Office }

func onEngines(t *testing.T, test func(o *office)) {
	t.Helper()
	outboxtest.OnEngines(t, nil, func(o *outboxtest.Office) { test(&office{o}) })
}

// report stores what somebody said about a measure and returns its key.
func (o *office) report(person string, percent int, at time.Time, message string) string {
	o.Helper()
	u := progress.Update{Measure: "m", Number: "3", Person: person, At: at, Percent: &percent, Message: "web/" + message}
	return outboxtest.Do(o, func(tx *store.Tx) string { return progress.AddUpdate(tx, u) })
}

// newest is a person's newest word on the measure, -1 if there is none.
func (o *office) newest(person string) (percent int) {
	o.Helper()
	o.Look(func(s *store.Snapshot) {
		l, ok := progress.LatestOf(s, "m", person)
		percent = -1
		if ok {
			percent = *l.Update.Percent
		}
	})
	return percent
}

// said is all that was said on the measure, person by person.
func (o *office) said() (all string) {
	o.Helper()
	o.Look(func(s *store.Snapshot) {
		for said := range progress.Said(s, "m") {
			u, ok := progress.FindUpdate(s, said.Key)
			if !ok || *u.Percent != *said.Update.Percent {
				o.Fatalf("got %+v under the key of %+v", u, said.Update)
			}
			all += fmt.Sprintf("%s %d, ", u.Person, *u.Percent)
		}
	})
	return all
}

// The later time wins, in whatever order updates arrive.
func TestAddUpdate(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.Now()
		o.Pass(3 * time.Hour)
		o.report("ann", 30, nine, "1")
		o.report("ann", 60, nine.Add(time.Hour), "2")
		o.report("ann", 40, nine.Add(30*time.Minute), "3")
		o.report("bob", 10, nine, "4")
		if got := o.newest("ann"); got != 60 {
			o.Errorf("got %d, want what was said last", got)
		}
		if got, want := o.said(), "ann 30, ann 40, ann 60, bob 10, "; got != want {
			o.Errorf("got %s, want %s: each person's by when they were said", got, want)
		}
		for i := range 12 { // as many as messages that came in one second
			o.Pass(time.Millisecond)
			o.report("ann", 61+i, nine.Add(2*time.Hour), fmt.Sprint(8+i))
		}
		if got := o.newest("ann"); got != 72 {
			o.Errorf("got %d, want the one that arrived last within a second", got)
		}
		o.Look(func(s *store.Snapshot) {
			_, people := progress.Standing(s, "m", nil, nil)
			if people != 2 {
				o.Errorf("got the word of %d people, want 2", people)
			}
		})
	})
}

// A word from the future, by a network's clock or ours, does not win over what is said
// later; on another network, and of other people, what came last counts.
func TestAddUpdate_future(t *testing.T) {
	onEngines(t, func(o *office) {
		newest := func() (percent int) {
			o.Look(func(s *store.Snapshot) {
				u, _ := progress.Standing(s, "m", nil, nil)
				percent = *u.Percent
			})
			return percent
		}
		o.report("ann", 30, o.Now().Add(365*24*time.Hour), "1") // its clock is wrong
		o.Pass(time.Minute)
		o.report("ann", 60, o.Now(), "2")
		if got := o.newest("ann"); got != 60 {
			o.Errorf("got %d, want what was said after a word that was dated in the future", got)
		}
		o.Pass(20 * 24 * time.Hour) // our clock is wrong
		o.report("ann", 70, o.Now(), "3")
		o.Pass(-20 * 24 * time.Hour)
		o.report("ann", 80, o.Now().Add(-time.Second), "4")
		o.report("ann", 85, o.Now().Add(-time.Second), "5")
		if got := o.newest("ann"); got != 85 {
			o.Errorf("got %d, want what was said after our clock was set right", got)
		}
		o.report("ann", 75, o.Now().Add(-time.Minute), "6") // it was on its way
		if got := o.newest("ann"); got != 85 {
			o.Errorf("got %d, want what was said last on one network", got)
		}
		if got, want := o.said(), "ann 30, ann 60, ann 70, ann 75, ann 80, ann 85, "; got != want {
			o.Errorf("got %s, want %s", got, want)
		}
		o.report("bob", 40, o.Now().Add(-time.Hour), "7")
		if got := newest(); got != 40 {
			o.Errorf("got %d of two people, want what came last", got)
		}
	})
}

// A late word finds its place among old records, whose keys begin with a date.
func TestAddUpdate_place(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.Now()
		o.Pass(time.Hour)
		old := store.Work + "progress/m/ann/20260302T010000.000000000-20260302T010001.000000000-x-0"
		percent := 10
		o.Change(func(tx *store.Tx) {
			store.Save(tx, old, progress.Update{Measure: "m", Person: "ann", At: nine, Percent: &percent, Message: "web/0"})
		})
		var want string
		for i := range 9 {
			want = fmt.Sprintf("ann %d, ", 20+i) + want
			o.report("ann", 20+i, nine.Add(time.Duration(30-i)*time.Minute), "m")
		}
		for i := range 9 {
			want = fmt.Sprintf("ann %d, ", 40+i) + "ann 10, " + strings.TrimPrefix(want, "ann 10, ")
			o.report("ann", 40+i, nine.Add(-time.Duration(i+1)*time.Minute), "m")
			want = strings.Replace(want, "ann 10, ", "", 1)
		}
		if got := strings.Replace(o.said(), "ann 10, ", "", 1); got != want {
			o.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestChangeUpdate(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.Now()
		o.Pass(3 * time.Hour)
		o.report("ann", 30, nine, "1")
		key := o.report("ann", 60, nine.Add(time.Hour), "2")
		retract := func(key string, at time.Time) {
			o.Change(func(tx *store.Tx) {
				u, ok := progress.FindUpdate(tx.Snapshot, key)
				if !ok {
					store.Check(fmt.Errorf("no update %s", key))
				}
				u.Retracted = at
				progress.ChangeUpdate(tx, key, u)
			})
		}
		retract(key, nine)
		if got := o.newest("ann"); got != 30 {
			o.Errorf("got %d, want what was there before", got)
		}
		retract(o.report("ann", 80, nine.Add(2*time.Hour), "3"), nine)
		retract(key, time.Time{})
		if got := o.newest("ann"); got != 60 {
			o.Errorf("got %d, want the one that stands again", got)
		}
	})
}

func TestEffects(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.Now()
		put := func(e progress.Effect) {
			o.Change(func(tx *store.Tx) { progress.PutEffect(tx, e) })
		}
		for i, at := range []time.Duration{2 * time.Hour, 0, time.Hour} {
			put(progress.Effect{Account: "web", Message: fmt.Sprint(i), Person: "ann", At: nine.Add(at)})
		}
		put(progress.Effect{Account: "web", Message: "1", Person: "ann", At: nine, Items: []progress.ItemRef{{Notice: 1, Person: "ann"}}})
		put(progress.Effect{Account: "other", Message: "1", Person: "bob", At: nine})
		o.Look(func(s *store.Snapshot) {
			all := progress.Effects(s, "ann", nine)
			var order []string
			for _, e := range all {
				order = append(order, e.Message)
			}
			if got := strings.Join(order, " "); got != "1 2 0" {
				o.Errorf("got %s, want each once, by when it was said", got)
			}
			if later := progress.Effects(s, "ann", nine.Add(time.Minute)); len(later) != 2 {
				o.Errorf("got %d since a minute past, want 2", len(later))
			}
			e, ok := progress.EffectOf(s, "web", "1")
			if !ok || len(e.Items) != 1 || e.Person != "ann" {
				o.Errorf("got %+v, want what was put last", e)
			}
			if _, ok := progress.EffectOf(s, "web", "9"); ok {
				o.Error("got the effect of a message that had none")
			}
		})
	})
}

func TestAsk(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, text := range []string{"盖章吗", "几点", "在哪"} {
			q := progress.Question{Kind: "question", Person: "ann", Text: text}
			outboxtest.Do(o, func(tx *store.Tx) int { return progress.Ask(tx, q) })
		}
		o.Change(func(tx *store.Tx) { progress.Answered(tx, 2, "boss", "九点") })
		withdrawn := func(number int) bool {
			return outboxtest.Do(o, func(tx *store.Tx) bool { return progress.WithdrawQuestion(tx, number) })
		}
		if !withdrawn(1) || withdrawn(1) || withdrawn(2) || withdrawn(9) {
			o.Error("want that a question is taken back once, and not after it was answered")
		}
		o.Reopen()
		o.Look(func(s *store.Snapshot) {
			all := progress.Questions.Open(s)
			if len(all) != 1 || all[0].Number != 3 || all[0].Text != "在哪" {
				o.Errorf("got %+v, want the third", all)
			}
			one, _ := progress.Questions.Find(s, 1)
			two, _ := progress.Questions.Find(s, 2)
			if one.Text != "" || two.Answer != "九点" || two.By != "boss" || two.Answered.IsZero() {
				o.Errorf("got %+v and %+v, want the first without its words and the second with its answer", one, two)
			}
		})
	})
}

// Standing reads out of the records what Progress decodes: they must not differ,
// whatever people are called and whichever zone a time is written in.
func TestStanding(t *testing.T) {
	onEngines(t, func(o *office) {
		zones := []*time.Location{time.UTC, time.FixedZone("CST", 8*3600), time.FixedZone("PST", -8*3600)}
		noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		people := []string{"ann", "a/b", `a"b`, "a%2Fb", "王雪晴", "x\x00y"}
		o.Change(func(tx *store.Tx) {
			for i, p := range people {
				for j, days := range []int{3, 1, 2} {
					at := noon.AddDate(0, 0, -days).Add(time.Duration((i*7)%5) * time.Hour).In(zones[(i+j)%len(zones)])
					progress.AddUpdate(tx, progress.Update{Measure: "m/1", Person: p, At: at, Note: fmt.Sprint(p, days)})
				}
			}
		})
		o.Look(func(s *store.Snapshot) {
			for _, want := range [][]string{people, people[:3], people[1:2], {}} {
				chosen := func(p string) bool { return slices.Contains(want, p) }
				got, n := progress.Standing(s, "m/1", chosen, nil)
				var all []progress.Update
				for _, person := range want {
					last, _ := progress.LatestOf(s, "m/1", person)
					all = append(all, last.Update)
				}
				if n != len(want) {
					o.Errorf("%q: got %d people, want %d", want, n, len(want))
				}
				if n == 0 {
					continue
				}
				last := slices.MaxFunc(all, func(a, b progress.Update) int { return int(a.Seq) - int(b.Seq) })
				if !got.At.Equal(last.At) {
					o.Errorf("%q: got what was said at %v, want at %v", want, got.At, last.At)
				}
			}
		})
	})
}

// TestPlan: the plan in force is the one that was put last; earlier ones are kept
// and come back; what was set by hand wins over the text and outlives an import.
func TestPlan(t *testing.T) {
	onEngines(t, func(o *office) {
		inForce := func(want string) {
			o.Helper()
			o.Look(func(s *store.Snapshot) {
				head, _ := progress.HeadOf(s)
				p := progress.Current(s)
				if head.Title != want || p.Title != want {
					o.Errorf("got plan %q under head %q, want %q", p.Title, head.Title, want)
				}
			})
		}
		p := outboxtest.See(o, progress.Current)
		if p == nil || len(p.Nodes) != 0 {
			o.Errorf("got %+v, want an empty plan", p)
		}
		first := outline.Parse("某大学2025年要点\n一、学风\n1. 抓考勤。每周两次。\n2. 抓课堂。人人上课。\n")
		second := outline.Parse("某大学2026年要点\n一、学风\n1. 抓考勤。每周三次。\n2. 抓课堂。人人上课。\n")
		for _, p := range []*plan.Plan{first, second} {
			o.Pass(time.Hour)
			o.Change(func(tx *store.Tx) { progress.SetPlan(tx, p, "plan.txt", "boss") })
		}
		inForce("某大学2026年要点")
		node := second.Nodes[1].ID
		o.Change(func(tx *store.Tx) {
			progress.Assign(tx, node, progress.Assignment{Owners: []string{"安然"}, Due: "6月底", By: "boss"})
			progress.Assign(tx, node, progress.Assignment{Due: "7月底", By: "boss"})
			progress.SetAlias(tx, "签到", []string{"考勤"})
		})
		o.Reopen()
		p = outboxtest.See(o, progress.Current)
		n := p.NodeByID(node)
		if !slices.Equal(n.Owners, []string{"安然"}) || n.Due != "7月底" {
			o.Errorf("got owners %v until %s, want what was set by hand", n.Owners, n.Due)
		}
		if got := outboxtest.See(o, progress.Aliases); !slices.Equal(got["签到"], []string{"考勤"}) {
			o.Errorf("got aliases %v, want the one that was set", got)
		}
		o.Pass(time.Hour)
		o.Change(func(tx *store.Tx) {
			_, ok := progress.UndoPlan(tx, "boss")
			if !ok {
				o.Error("got nothing to undo, want the first plan")
			}
		})
		inForce("某大学2025年要点")
		if all := outboxtest.See(o, progress.PlanHistory); len(all) != 3 {
			o.Errorf("got %d versions, want 3: two imports and the undoing", len(all))
		}
	})
}
