package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// The records of what people say and are asked, beside notices.

// report stores what somebody said about a measure and returns its key.
func (o *office) report(person string, percent int, at time.Time, message string) (key string) {
	o.t.Helper()
	o.update(func(tx *store.Tx) (err error) {
		key, err = progress.AddUpdate(tx, progress.Update{Measure: "m", Number: "3", Person: person, At: at, Percent: &percent, Message: "web/" + message}, message)
		return err
	})
	return key
}

// newest is a person's newest word on the measure, -1 if there is none.
func (o *office) newest(person string) (percent int) {
	o.t.Helper()
	o.look(func(s *store.Snapshot) error {
		l, ok, err := progress.LatestOf(s, "m", person)
		percent = -1
		if ok {
			percent = *l.Update.Percent
		}
		return err
	})
	return percent
}

// said are all that a person said on the measure.
func (o *office) said(person string) (all []int) {
	o.t.Helper()
	o.look(func(s *store.Snapshot) error {
		updates, err := progress.History(s, "m", person)
		for _, u := range updates {
			all = append(all, *u.Percent)
		}
		return err
	})
	return all
}

// TestAddUpdate is row A5: the later time wins, in whatever order they arrive.
func TestAddUpdate(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.clock.Now()
		o.report("ann", 30, nine, "1")
		o.report("ann", 60, nine.Add(time.Hour), "2")
		o.report("ann", 40, nine.Add(30*time.Minute), "3")
		o.report("bob", 10, nine, "4")
		if got := o.newest("ann"); got != 60 {
			o.t.Errorf("got %d, want what was said last", got)
		}
		if got := o.said("ann"); !slices.Equal(got, []int{30, 40, 60}) {
			o.t.Errorf("got %v, want all, by when they were said", got)
		}
		for i := range 12 { // as many as messages that came in one second
			o.clock.add(time.Millisecond)
			o.report("ann", 61+i, nine.Add(2*time.Hour), fmt.Sprint(8+i))
		}
		if got := o.newest("ann"); got != 72 {
			o.t.Errorf("got %d, want the one that arrived last within a second", got)
		}
		o.look(func(s *store.Snapshot) error {
			all, err := progress.Progress(s, "m")
			if len(all) != 2 || all[0].Person != "ann" || *all[0].Percent != 72 || all[1].Person != "bob" {
				o.t.Errorf("got %+v, want the newest of each", all)
			}
			return err
		})
	})
}

func TestChangeUpdate(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.clock.Now()
		o.report("ann", 30, nine, "1")
		key := o.report("ann", 60, nine.Add(time.Hour), "2")
		retract := func(key string, at time.Time) {
			o.update(func(tx *store.Tx) error {
				u, ok, err := progress.FindUpdate(tx.Snapshot, key)
				if err != nil || !ok {
					return fmt.Errorf("update %s: %w", key, err)
				}
				u.Retracted = at
				return progress.ChangeUpdate(tx, key, u)
			})
		}
		retract(key, nine)
		if got := o.newest("ann"); got != 30 {
			o.t.Errorf("got %d, want what was there before", got)
		}
		retract(o.report("ann", 80, nine.Add(2*time.Hour), "3"), nine)
		retract(key, time.Time{})
		if got := o.newest("ann"); got != 60 {
			o.t.Errorf("got %d, want the one that stands again", got)
		}
	})
}

func TestEffects(t *testing.T) {
	onEngines(t, func(o *office) {
		nine := o.clock.Now()
		put := func(e progress.Effect) { o.update(func(tx *store.Tx) error { return progress.PutEffect(tx, e) }) }
		for i, at := range []time.Duration{2 * time.Hour, 0, time.Hour} {
			put(progress.Effect{Account: "web", Message: fmt.Sprint(i), Person: "ann", At: nine.Add(at)})
		}
		put(progress.Effect{Account: "web", Message: "1", Person: "ann", At: nine, Items: []progress.ItemRef{{Notice: 1, Person: "ann"}}})
		put(progress.Effect{Account: "other", Message: "1", Person: "bob", At: nine})
		o.look(func(s *store.Snapshot) error {
			all, err := progress.Effects(s, "ann", nine)
			var order []string
			for _, e := range all {
				order = append(order, e.Message)
			}
			if got := strings.Join(order, " "); got != "1 2 0" {
				o.t.Errorf("got %s, want each once, by when it was said", got)
			}
			if later, _ := progress.Effects(s, "ann", nine.Add(time.Minute)); len(later) != 2 {
				o.t.Errorf("got %d since a minute past, want 2", len(later))
			}
			e, ok, _ := progress.EffectOf(s, "web", "1")
			if !ok || len(e.Items) != 1 || e.Person != "ann" {
				o.t.Errorf("got %+v, want what was put last", e)
			}
			if _, ok, _ := progress.EffectOf(s, "web", "9"); ok {
				o.t.Error("got the effect of a message that had none")
			}
			return err
		})
	})
}

func TestAsk(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, text := range []string{"盖章吗", "几点", "在哪"} {
			o.update(func(tx *store.Tx) error {
				_, err := progress.Ask(tx, progress.Question{Kind: "question", Person: "ann", Text: text})
				return err
			})
		}
		o.update(func(tx *store.Tx) error { return progress.Answered(tx, 2, "boss", "九点") })
		withdrawn := func(number int) (was bool) {
			o.update(func(tx *store.Tx) (err error) {
				was, err = progress.WithdrawQuestion(tx, number)
				return err
			})
			return was
		}
		if !withdrawn(1) || withdrawn(1) || withdrawn(2) || withdrawn(9) {
			o.t.Error("want that a question is taken back once, and not after it was answered")
		}
		o = o.reopen()
		o.look(func(s *store.Snapshot) error {
			all, err := progress.Unanswered(s)
			if len(all) != 1 || all[0].Number != 3 || all[0].Text != "在哪" {
				o.t.Errorf("got %+v, want the third", all)
			}
			one, _, _ := progress.FindQuestion(s, 1)
			two, _, _ := progress.FindQuestion(s, 2)
			if one.Text != "" || two.Answer != "九点" || two.By != "boss" || two.Answered.IsZero() {
				o.t.Errorf("got %+v and %+v, want the first without its words and the second with its answer", one, two)
			}
			return err
		})
	})
}

func TestPending(t *testing.T) {
	onEngines(t, func(o *office) {
		until := o.clock.Now().Add(time.Minute)
		set := func(chat, person, kind, text string) {
			o.update(func(tx *store.Tx) error {
				return roster.SetPending(tx, "web", chat, person, roster.Pending{Kind: kind, Until: until, Text: text, Data: json.RawMessage(`{"a":[1,2]}`)})
			})
		}
		text := func(chat, person, kind string) (text string) {
			o.look(func(s *store.Snapshot) error {
				p, ok, err := roster.PendingOf(s, "web", chat, person, kind)
				if text = p.Text; !ok {
					text = "none"
				} else if string(p.Data) != `{"a":[1,2]}` {
					o.t.Errorf("got data %s, want what was put", p.Data)
				}
				return err
			})
			return text
		}
		set("g", "ann", "which", "一")
		set("g", "ann", "draft", "二")
		set("g", "bob", "which", "三")
		set("g", "ann", "which", "四")
		for _, test := range [][4]string{{"g", "ann", "which", "四"}, {"g", "ann", "draft", "二"}, {"g", "bob", "which", "三"}, {"p", "ann", "which", "none"}, {"g/ann", "which", "", "none"}} {
			if got := text(test[0], test[1], test[2]); got != test[3] {
				o.t.Errorf("got %s, want %s: %v", got, test[3], test[:3])
			}
		}
		o.update(func(tx *store.Tx) error { return roster.ClearPending(tx, "web", "g", "ann", "which") })
		if got := text("g", "ann", "which"); got != "none" {
			o.t.Errorf("got %s after it was cleared, want none", got)
		}
		o.clock.add(time.Minute)
		if got := text("g", "bob", "which"); got != "三" {
			o.t.Errorf("got %s at its last moment, want it", got)
		}
		o.clock.add(time.Nanosecond)
		if got := text("g", "bob", "which"); got != "none" {
			o.t.Errorf("got %s after its time, want none", got)
		}
	})
}

func TestCode(t *testing.T) {
	onEngines(t, func(o *office) {
		until := o.clock.Now().Add(time.Hour)
		take := func(code string) (person string) {
			o.update(func(tx *store.Tx) error {
				p, ok, err := roster.TakeCode(tx, code)
				if person = p; !ok {
					person = "nobody"
				}
				return err
			})
			return person
		}
		o.update(func(tx *store.Tx) error {
			return errors.Join(roster.PutCode(tx, "111111", "ann", until), roster.PutCode(tx, "222222", "bob", until))
		})
		for _, test := range [][2]string{{"333333", "nobody"}, {"111111", "ann"}, {"111111", "nobody"}} {
			if got := take(test[0]); got != test[1] {
				o.t.Errorf("got %s, want %s by code %s", got, test[1], test[0])
			}
		}
		o.clock.add(time.Hour + time.Second)
		if got := take("222222"); got != "nobody" {
			o.t.Errorf("got %s by a code that has run out, want nobody", got)
		}
	})
}

func TestTryCode(t *testing.T) {
	onEngines(t, func(o *office) {
		try := func(sender string) (n int) {
			o.update(func(tx *store.Tx) (err error) {
				n, err = roster.TryCode(tx, "web", sender)
				return err
			})
			return n
		}
		got := []int{try("x"), try("x"), try("y"), try("x")}
		o.clock.add(24 * time.Hour)
		if got = append(got, try("x")); !slices.Equal(got, []int{1, 2, 1, 3, 1}) {
			o.t.Errorf("got %v, want a count for each sender and day", got)
		}
	})
}

func TestBind(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		who := func(sender string) (name string) {
			o.look(func(s *store.Snapshot) error {
				p, ok, err := roster.Who(s, "web", sender)
				if name = p.ID; !ok {
					name = "nobody"
				}
				return err
			})
			return name
		}
		o.update(func(tx *store.Tx) error {
			return errors.Join(roster.Bind(tx, "web", "h1", roster.Binding{Person: "ann", Chat: "c1"}), roster.Bind(tx, "web", "h2", roster.Binding{Person: "gone", Chat: "c2"}))
		})
		if who("h1") != "ann" || who("h2") != "nobody" || who("h3") != "nobody" {
			o.t.Errorf("got %s, %s, %s, want ann and nobody: off the roster, and unknown", who("h1"), who("h2"), who("h3"))
		}
		o.update(func(tx *store.Tx) error {
			return roster.Bind(tx, "web", "h1", roster.Binding{Person: "bob", Chat: "c3"})
		})
		o = o.reopen()
		o.look(func(s *store.Snapshot) error {
			chat, err := roster.PrivateChat(s, "web", "bob")
			if p, _, _ := roster.Who(s, "web", "h1"); chat != "c3" || p.ID != "bob" {
				o.t.Errorf("got %s in %q, want bob in c3", p.ID, chat)
			}
			return err
		})
		r := staff()
		r.People = r.People[:1]
		o.update(func(tx *store.Tx) error { return roster.Replace(tx, r) })
		o.look(func(s *store.Snapshot) error {
			all, err := roster.Current(s)
			if len(all.People) != 1 || all.People[0].ID != "boss" {
				o.t.Errorf("got %+v, want the new roster alone", all.People)
			}
			return err
		})
	})
}

func TestGroups(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.look(func(s *store.Snapshot) error {
			names, err := roster.Groups(s)
			if !slices.Equal(names, []string{"一群", "二群"}) {
				o.t.Errorf("got %v, want those that can be reached", names)
			}
			to, _ := roster.Targets(s, []string{"二群", "三群"})
			if len(to) != 1 || to[0] != (roster.Target{Account: "web", Chat: "chat 二群", Group: "二群"}) {
				o.t.Errorf("got %+v, want 二群 alone", to)
			}
			for chat, want := range map[string]string{"chat 一群": "一群", "chat 三群": "", "": ""} {
				if got, err := roster.GroupIn(s, "web", chat); got != want || err != nil {
					o.t.Errorf("got %q, %v, want %q in %q", got, err, want, chat)
				}
			}
			return err
		})
	})
}

func TestTellAdmins(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.update(func(tx *store.Tx) error {
			return errors.Join(roster.Bind(tx, "web", "h1", roster.Binding{Person: "boss", Chat: "c1"}), roster.Bind(tx, "web", "h2", roster.Binding{Person: "ann", Chat: "c2"}))
		})
		tell := func(text string) { o.update(func(tx *store.Tx) error { return roster.TellAdmins(tx, text) }) }
		tell("出错了")
		o.clock.add(10 * time.Minute)
		tell("出错了")
		tell("又出错了")
		var got []string
		o.drain(func(m bot.Outgoing) { got = append(got, m.Chat+" "+m.Text) })
		if !slices.Equal(got, []string{"c1 出错了", "c1 又出错了"}) {
			o.t.Errorf("got %q, want each text once, and only to the admin", got)
		}
		o.clock.add(time.Hour)
		tell("出错了")
		got = nil
		o.drain(func(m bot.Outgoing) { got = append(got, m.Chat+" "+m.Text) })
		if len(got) != 1 {
			o.t.Errorf("got %q, want it again after an hour", got)
		}
		r := staff()
		r.People[0].Roles = []roster.Role{roster.Counselor}
		o.update(func(tx *store.Tx) error {
			return errors.Join(roster.Replace(tx, r), roster.TellAdmins(tx, "没有管理员"))
		})
		o.idle()
	})
}

func TestEcho(t *testing.T) {
	onEngines(t, func(o *office) {
		echo := func(person string) (again bool) {
			o.update(func(tx *store.Tx) (err error) {
				if again, err = outbox.Echoed(tx.Snapshot, "web", "g", person, 30*time.Second); err != nil || again {
					return err
				}
				return outbox.Echo(tx, "web", "g", person, 30*time.Second)
			})
			return again
		}
		got := []bool{echo("ann"), echo("ann"), echo("bob")}
		o.clock.add(29 * time.Second)
		got = append(got, echo("ann"))
		o.clock.add(time.Second)
		if got = append(got, echo("ann")); !slices.Equal(got, []bool{false, true, false, true, false}) {
			o.t.Errorf("got %v, want one for each in 30 seconds", got)
		}
	})
}
