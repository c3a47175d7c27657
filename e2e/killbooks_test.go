package e2e_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/schedule"
	"duban/store"
	"duban/store/storetest"
)

// Books are what the store believes.
type books struct {
	rows    map[string]outbox.Row      // of the outbox
	effects map[string]progress.Effect // by message
	updates map[string]progress.Update
	items   map[int][]notice.Item
	audits  map[[2]string]int // of chat, by actor and action
	fires   map[string]int    // of jobs, by id and instant
	notices []notice.Notice
	turns   map[string][]schedule.Firing
}

// read opens the store that the child left.
func (o *office) read() *books {
	b := newBooks()
	view(o.t, o.dir, b.fill)
	return b
}

func newBooks() *books {
	return &books{
		rows: map[string]outbox.Row{}, effects: map[string]progress.Effect{}, updates: map[string]progress.Update{},
		items: map[int][]notice.Item{}, audits: map[[2]string]int{}, fires: map[string]int{}, turns: map[string][]schedule.Firing{},
	}
}

func (b *books) fill(s *store.Snapshot) {
	for _, r := range everyRow(s, login) {
		b.rows[r.Key] = r
	}
	ever := s.Now().Add(100 * 24 * time.Hour)
	for a := range storetest.Audits(s, login) {
		b.audits[[2]string{a.Actor, a.Action}]++
	}
	for a := range storetest.Audits(s, "") {
		if a.Action == "job.fire" {
			b.fires[a.Object+" "+a.Result[len(a.Result)-len("2006-01-02T15:04:05Z"):]]++
		}
	}
	b.notices = everyNotice(s)
	for _, n := range b.notices {
		b.items[n.Number] = notice.Items(s, n.Number)
	}
	for _, j := range roundJobs() {
		b.turns[j.ID] = schedule.Firings(s, j.ID, time.Time{}, ever)
	}
	for _, p := range append(groupPeople(), privatePeople()...) {
		effects := progress.Effects(s, p, time.Time{})
		for _, e := range effects {
			b.effects[e.Message] = e
			for _, k := range e.Updates {
				b.updates[k], _ = progress.FindUpdate(s, k)
			}
		}
	}
}

// A verdict counts what is wrong, by the rows of the reliability table.
type verdict map[string]int

// What can be wrong.
const (
	lost     = "A1 messages lost"
	second   = "A2 second effects"
	notFirst = "D1 answers that are not the first"
	miscount = "D5 counts that a recount does not confirm"
	tornWork = "D7 messages of which a part is missing"
	misfired = "B1 turns that fired twice, or never"
	unsent   = "B2 turns and notices that were never said"
	unmarked = "C1 copies without a mark"
	left     = "C15 rows left in flight"
)

func answerKey(id string) string { return "answer/" + login + "/" + id }

func noticeKey(id string) string { return "notice/" + login + "/" + id }

// compare holds the store against the network's truth.
func (o *office) compare(b *books) (verdict, *model) {
	v := verdict{}
	number := map[string]int{}
	for _, n := range b.notices {
		if n.Job != "" {
			continue
		}
		if _, twice := number[n.Text]; twice {
			v[second]++
		}
		number[n.Text] = n.Number
	}
	durable := o.net.Durable()
	done, at := map[string]int{}, map[string]int{}
	for _, u := range o.said {
		if at[u.Chat]++; u.inbox < durable || b.trace(u, number) {
			done[u.Chat] = at[u.Chat]
		}
	}
	m := o.play(done, number)
	o.compareWords(v, b, m)
	compareAudits(v, b, m)
	compareItems(v, b, m)
	compareTurns(v, b)
	v[unmarked] = bottest.Tally(o.net.Sent()).Unmarked
	return v, m
}

// trace tells whether u left anything in the store.
func (b *books) trace(u utterance, number map[string]int) bool {
	_, row := b.rows[answerKey(u.ID)]
	_, effect := b.effects[u.ID]
	return row || effect || u.act == confirms && number[u.title] > 0
}

// compareWords checks each message: its answer, and what it changed.
func (o *office) compareWords(v verdict, b *books, m *model) {
	for _, w := range m.words {
		row, answered := b.rows[answerKey(w.ID)]
		e, effect := b.effects[w.ID]
		switch {
		case (w.answered || w.effect()) && !b.trace(w.utterance, m.number):
			v[lost]++
			continue
		case w.answered != answered || w.effect() && !effect:
			v[tornWork]++
		case !w.effect() && effect || len(w.items) != len(e.Items) || w.reported != (len(e.Updates) == 1):
			v[second]++
		}
		if w.act == confirms {
			if _, ok := b.rows[noticeKey(w.ID)+"/"+m.group(m.number[w.title])]; !ok {
				v[tornWork]++
			}
		}
		for _, k := range e.Updates {
			if u := b.updates[k]; w.reported && (u.Number != strconv.Itoa(w.measure) || *u.Percent != w.percent || u.Retracted.IsZero() == w.gone) {
				v[miscount]++
			}
		}
		if answered && w.Chat == openGroup {
			v[miscount] += shownWrong(w, row)
		}
	}
}

var (
	shownCounts = regexp.MustCompile(`应回(\d+)，已回(\d+)`)
	shownState  = regexp.MustCompile(`状态：(\d+)%`)
)

// shownWrong returns 1 if people were shown a count that a recount of what was
// said up to then in the group does not confirm.
func shownWrong(w *word, row outbox.Row) int {
	switch w.act {
	case asksWho:
		got := shownCounts.FindStringSubmatch(row.Text)
		if got == nil || got[1] != strconv.Itoa(w.counts[0]) || got[2] != strconv.Itoa(w.counts[1]) {
			return 1
		}
	case asksState:
		got := shownState.FindStringSubmatch(row.Text)
		if got == nil && w.state != 0 || got != nil && got[1] != strconv.Itoa(w.state) {
			return 1
		}
	default:
	}
	return 0
}

// compareAudits checks that what was booked was written down, once.
func compareAudits(v verdict, b *books, m *model) {
	for key, n := range m.audits {
		v[tornWork] += max(n-b.audits[key], 0)
	}
	for key, n := range b.audits {
		v[second] += max(n-m.audits[key], 0)
	}
}

// compareItems checks that each item is as the messages of its person say.
func compareItems(v verdict, b *books, m *model) {
	for _, n := range b.notices {
		if n.Job != "" {
			continue
		}
		if len(b.items[n.Number]) != map[string]int{openGroup: len(groupPeople()), silentGroup: len(privatePeople())}[n.Groups[0]] {
			v[miscount]++
		}
		for _, i := range b.items[n.Number] {
			w := m.closed[n.Number][i.Person]
			switch {
			case (w != nil) != (i.State == notice.Done):
				v[miscount]++
			case w != nil && (i.Message != login+"/"+w.ID || !i.Closed.Equal(w.Sent)):
				v[notFirst]++
			}
		}
	}
}

// compareTurns checks that every turn of a job up to its cursor is dealt with
// once, and that one that fired is one notice with one text.
func compareTurns(v verdict, b *books) {
	notices := map[string]int{}
	for _, n := range b.notices {
		notices[n.Job]++
	}
	for id, turns := range b.turns {
		fired := 0
		for i, t := range turns {
			if i > 0 && !follows(id, turns[i-1].Instant, t.Instant) && turns[i-1].Count == 0 {
				v[misfired]++
			}
			n := b.fires[id+" "+t.Instant.UTC().Format(time.RFC3339)]
			if t.Outcome != schedule.OnTime && t.Outcome != schedule.Late {
				v[misfired] += n
				continue
			}
			fired++
			if n != 1 {
				v[misfired]++
			}
			if _, ok := b.rows[turnKey(t)]; !ok {
				v[unsent]++
			}
		}
		if notices[id] != fired {
			v[misfired]++
		}
	}
}

func turnKey(t schedule.Firing) string {
	return t.Key() + "/" + dutyGroup
}

// follows tells whether a job has no turn between two.
func follows(id string, a, b time.Time) bool {
	for at := a.Add(time.Minute); at.Before(b); at = at.Add(time.Minute) {
		if id == "minute" || at.Minute()%7 == 0 {
			return false
		}
	}
	return a.Before(b)
}

// finish adds what can be told only when all is done.
func (o *office) finish(v verdict, b *books) {
	arrived := map[string]bool{}
	for _, s := range o.net.Sent() {
		arrived[s.Key] = true
	}
	for key, r := range b.rows {
		switch {
		case r.State == outbox.Sending:
			v[left]++
		case !arrived[key] && !(r.Answer && r.State == outbox.Unknown):
			v[unsent]++
		}
	}
}

// log prints the block that is published with a release.
func (o *office) log(t *testing.T, ends bottest.Ends, b *books, m *model, v verdict) {
	t.Helper()
	stored, acked, answers, fired, late, merged := 0, 0, 0, 0, 0, 0
	for _, w := range m.words {
		if w.answered || w.effect() {
			stored++
		}
	}
	for _, closed := range m.closed {
		acked += len(closed)
	}
	for _, turns := range b.turns {
		for _, turn := range turns {
			switch turn.Outcome {
			case schedule.OnTime:
				fired++
			case schedule.Late:
				late++
			case schedule.Merged, schedule.Skipped:
				merged += max(turn.Count, 1)
			}
		}
	}
	for _, r := range b.rows {
		if r.Answer {
			answers++
		}
	}
	c := bottest.Tally(o.net.Sent())
	t.Logf("faults tried  kill -9: %d (%d before it had connected) in %.1f s", ends.Lives, ends.Early, ends.Took.Seconds())
	t.Logf("inbound       offered %d (%d again)  with an effect %d  lost %d  second effects %d", o.brought, o.brought-len(o.said), stored, v[lost], v[second])
	t.Logf("cron          due %d  fired %d  late %d  merged with record %d  missing or double %d", fired+late+merged, fired+late, late, merged, v[misfired])
	t.Logf("outbox        rows %d (%d answers)  arrived %d  never sent %d  extra copies %d  unmarked %d", len(b.rows), answers, c.Rows, v[unsent], c.Copies, v[unmarked])
	t.Logf("answers       notices %d  truth %d booked  not the first %d  counts that differ %d  torn %d", len(m.titles), acked, v[notFirst], v[miscount], v[tornWork])
}

func (v verdict) wrong() error {
	for what, n := range v {
		if n > 0 {
			return fmt.Errorf("%s: %d", what, n)
		}
	}
	return nil
}
