package handlers_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
)

// modelSteps is how many steps the model test takes. The full run is
// go test ./handlers -run TestNotices_model -model-steps=100000.
var modelSteps = flag.Int("model-steps", 3000, "steps of the model test of notices")

const (
	modelWorld = 1000 // steps until a new office begins
	modelCap   = 5    // texts that nobody asked for in a group a day
)

// A model is an office beside the oracle of it.
type model struct {
	*office
	w    *oracle
	rand *rand.Rand
	ids  []string
	log  []string

	lines  map[string]bool                // notice, group and day of lines that ask a whole group
	counts map[string]int                 // texts of a group and day
	lately map[int]map[string][]headcount // notice and group → how many could not be asked alone
}

// TestNotices_model does at random what an office does with notices, and compares
// after each step who is missing, and whatever is sent with what may be sent.
func TestNotices_model(t *testing.T) {
	t.Parallel()
	for done := 0; done < *modelSteps; done += modelWorld {
		seed := uint64(done/modelWorld + 1)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := newModel(t, seed)
			for range min(modelWorld, *modelSteps-done) {
				m.remember()
				m.step()
				m.compareAll()
				if t.Failed() {
					t.Fatalf("the last steps were:\n%s", strings.Join(m.log[max(0, len(m.log)-70):], "\n"))
				}
			}
		})
	}
}

func newModel(t *testing.T, seed uint64) *model {
	t.Helper()
	m := &model{
		office: newOffice(t, enginetest.New(t), ""), rand: rand.New(rand.NewPCG(seed, 7)),
		w:     &oracle{people: map[string]*believed{}},
		lines: map[string]bool{}, counts: map[string]int{}, lately: map[int]map[string][]headcount{},
	}
	m.limit(outbox.Limits{PerGroup: modelCap, Morning: 8 * time.Hour, Quiet: quietEnd, Merge: 10 * time.Minute})
	all := modelPeople()
	m.roster(all)
	m.update(func(tx *store.Tx) {
		for i, p := range all.People {
			b := &believed{Person: p, bound: i%7 != 6}
			m.w.people[p.ID] = b
			if p.Is(roster.Counselor, roster.Lead) {
				m.ids = append(m.ids, p.ID)
			}
			if b.bound {
				roster.Bind(tx, account, "u-"+p.ID, roster.Binding{Person: p.ID, Chat: "p-" + p.ID, How: "test"})
			}
		}
		for _, g := range all.Groups() {
			roster.BindGroup(tx, roster.Target{Account: account, Chat: "g-" + g, Group: g})
		}
	})
	return m
}

// modelPeople are three colleges in three groups; every fifth is in two.
func modelPeople() *roster.Roster {
	r := &roster.Roster{}
	add := func(id, college string, groups []string, observer bool, roles ...roster.Role) {
		r.People = append(r.People, roster.Person{ID: id, Name: "老师" + id, College: college, Groups: groups, Observer: observer, Roles: roles})
	}
	groups := []string{"甲群", "乙群", "丙群"}
	add("A1", "学工处", groups, false, roster.Admin, roster.Office)
	add("A2", "学工处", groups[:1], false, roster.Office)
	for i := range 18 {
		in := []string{groups[i%3]}
		if i%5 == 0 {
			in = append(in, groups[(i+1)%3])
		}
		role := roster.Counselor
		if i < 2 { // the third college has no lead
			role = roster.Lead
		}
		add(fmt.Sprintf("M%02d", i), []string{"文学院", "理学院", "工学院"}[i%3], in, i == 9, role)
	}
	return r
}

func (m *model) note(format string, args ...any) {
	m.log = append(m.log, m.now.In(zone).Format("01-02 15:04 ")+fmt.Sprintf(format, args...))
}

// step does one thing.
func (m *model) step() {
	switch n := m.rand.IntN(100); {
	case n < 6:
		m.announceOne()
	case n < 52:
		m.answerOne()
	case n < 56:
		m.bareOne()
	case n < 60:
		m.editOne()
	case n < 61:
		m.endOne()
	case n < 66:
		m.leaveOne()
	case n < 68:
		m.moveOne()
	case n < 70:
		m.chaseOne()
	default:
		m.tick()
	}
}

func (m *model) someone() *believed { return m.w.people[m.ids[m.rand.IntN(len(m.ids))]] }

// some returns one of the newest notices, mostly an open one; nil if there is none.
func (m *model) some() *told {
	if len(m.w.notices) == 0 {
		return nil
	}
	n := m.w.notices[len(m.w.notices)-1-m.rand.IntN(min(6, len(m.w.notices)))]
	return n
}

func (m *model) announceOne() {
	classes := []notice.Class{notice.Receipt, notice.Receipt, notice.Receipt, notice.Urgent, notice.Plain}
	n := &told{number: len(m.w.notices) + 1, class: classes[m.rand.IntN(len(classes))], created: m.now}
	n.confirm = (n.class == notice.Receipt || n.class == notice.Urgent) && m.rand.IntN(4) == 0
	for _, g := range []string{"甲群", "乙群", "丙群"} {
		if m.rand.IntN(2) == 0 {
			n.groups = append(n.groups, g)
		}
	}
	if n.groups == nil {
		n.groups = []string{"乙群"}
	}
	if m.rand.IntN(2) == 0 {
		n.due = m.now.Add(time.Duration(1+m.rand.IntN(100)) * time.Hour)
	}
	if m.rand.IntN(6) == 0 {
		n.created = m.now.Add(2 * time.Minute)
	}
	job := ""
	if m.rand.IntN(2) == 0 {
		job = "j"
	}
	m.note("notice %d %s %v due %v confirm %v", n.number, n.class, n.groups, n.due.In(zone).Format("01-02 15:04"), n.confirm)
	m.update(func(tx *store.Tx) {
		to := roster.Targets(tx.Snapshot, n.groups)
		notice.Post(tx, fmt.Sprint("model/", n.number), notice.Notice{
			Class: n.class, Confirm: n.confirm, Text: "请办理", By: "A1", Due: n.due, Job: job, Created: n.created,
		}, to)
	})
	m.w.post(n, "A1")
	m.sent(m.drain())
}

// answerOne lets somebody answer a notice by its number, sometimes with a message
// that comes late.
func (m *model) answerOne() {
	p, n := m.someone(), m.some()
	if n == nil || !p.bound || p.gone {
		return
	}
	said := m.now
	if m.rand.IntN(8) == 0 {
		said = said.Add(-time.Duration(m.rand.IntN(180)) * time.Minute)
	}
	applied := n.confirm && m.rand.IntN(2) == 0
	words := "收到"
	if applied {
		words = "已落实"
	}
	where := "私"
	if m.rand.IntN(2) == 0 {
		where = p.Groups[0]
	}
	msg := m.message(p.ID, where, fmt.Sprintf("通知%d%s", n.number, words))
	msg.Sent = said
	before := m.w.clone(n, p.ID)
	changed := m.w.take(n, p.ID, said, applied)
	m.note("%s in %s (said %s): %s", p.ID, where, said.In(zone).Format("01-02 15:04"), msg.Text)
	m.sent(m.hear(msg))
	if changed && m.rand.IntN(10) == 0 {
		m.note("%s takes it back", p.ID)
		back := m.message(p.ID, where, "")
		back.Kind, back.Recall = bot.Recall, msg.ID
		m.w.undo(n, p.ID, before)
		m.sent(m.hear(back))
	}
}

// clone returns what a person owes to a notice, to come back to.
func (w *oracle) clone(n *told, id string) owing {
	if i := n.items[id]; i != nil {
		return *i
	}
	return owing{}
}

// undo takes an answer back: whom a leave excused it excuses again.
func (w *oracle) undo(n *told, id string, before owing) {
	i := n.items[id]
	i.late = false
	if i.state = before.state; before.state != "seen" {
		i.state = "open"
		if i.leave {
			i.state = "absent"
		}
	}
}

// bareOne lets somebody say 收到 in a group, without saying to what.
func (m *model) bareOne() {
	p := m.someone()
	if !p.bound || p.gone {
		return
	}
	group := p.Groups[m.rand.IntN(len(p.Groups))]
	if n := m.w.bare(group, p.ID, m.now); n != nil {
		m.w.take(n, p.ID, m.now, false)
		m.note("%s says 收到 in %s, which is for %d", p.ID, group, n.number)
	} else {
		m.note("%s says 收到 in %s, which is for none", p.ID, group)
	}
	m.sent(m.hear(m.message(p.ID, group, "收到")))
}

func (m *model) editOne() {
	n := m.some()
	if n == nil || !n.closed.IsZero() {
		return
	}
	large := m.rand.IntN(3) == 0
	m.note("notice %d is changed, much: %v", n.number, large)
	text := fmt.Sprintf("请办理%d", m.rand.IntN(1<<30))
	m.update(func(tx *store.Tx) {
		old, _ := notice.Find(tx.Snapshot, n.number)
		notice.Amend(tx, fmt.Sprint("model-edit/", len(m.log)), n.number, notice.Revision{Text: text, Due: old.Due, Large: large}, "A1")
	})
	if large && !m.now.Before(n.created) {
		m.w.renew(n, m.now, "A1")
	}
	m.sent(m.drain())
}

func (m *model) endOne() {
	n := m.some()
	if n == nil || !n.closed.IsZero() {
		return
	}
	m.note("notice %d is withdrawn", n.number)
	m.update(func(tx *store.Tx) { notice.Withdraw(tx, fmt.Sprint("model-end/", len(m.log)), n.number) })
	n.closed = m.now
	m.sent(m.drain())
}

func (m *model) leaveOne() {
	p := m.someone()
	if p.gone {
		return
	}
	if m.now.Before(p.away) {
		if m.rand.IntN(2) == 0 {
			m.note("%s is back", p.ID)
			m.update(func(tx *store.Tx) { notice.EndLeave(tx, p.ID) })
			m.w.back(p.ID, m.now)
		}
		return
	}
	until := m.now.Add(time.Duration(1+m.rand.IntN(60)) * time.Hour)
	m.note("%s goes on leave until %s", p.ID, until.In(zone).Format("01-02 15:04"))
	m.update(func(tx *store.Tx) {
		notice.PutLeave(tx, roster.Leave{Person: p.ID, From: m.now, To: until.Add(-time.Nanosecond)})
	})
	m.w.leave(p.ID, m.now, until)
	m.sent(m.drain())
}

// moveOne takes somebody off the roster, or puts them back.
func (m *model) moveOne() {
	p := m.someone()
	p.gone = !p.gone
	m.note("%s is on the roster: %v", p.ID, !p.gone)
	r := modelPeople()
	r.People = slices.DeleteFunc(r.People, func(q roster.Person) bool { return m.w.people[q.ID].gone })
	m.roster(r)
}

func (m *model) chaseOne() {
	n := m.some()
	if n == nil || !n.closed.IsZero() || n.class == notice.Plain {
		return
	}
	m.note("notice %d is chased by hand", n.number)
	m.update(func(tx *store.Tx) { notice.ChaseNow(tx, n.number, "A1") })
	m.sent(m.drain())
}

// tick lets time pass, mostly in small steps, and does what is due then.
func (m *model) tick() {
	passed := time.Duration(1+m.rand.IntN(90)) * time.Minute
	if m.rand.IntN(10) == 0 {
		passed = time.Duration(1+m.rand.IntN(16)) * time.Hour
	}
	m.now = m.now.Add(passed)
	m.note("%v have passed", passed)
	m.w.expire(m.now)
	m.sent(m.attend())
	before := m.now
	m.now = m.now.Add(11 * time.Minute)
	m.w.expire(m.now)
	m.sent(m.attend())
	for _, n := range m.w.notices {
		for id := range n.items {
			if m.w.remind(n, id, before) && m.w.remind(n, id, m.now) && m.w.people[id].bound {
				m.Errorf("%s was not reminded of notice %d, which is due for eleven minutes", id, n.number)
			}
		}
	}
}

// expire closes what has come to its end.
func (w *oracle) expire(now time.Time) {
	for _, n := range w.notices {
		if n.closed.IsZero() && !now.Before(n.ends()) {
			n.closed = now
		}
	}
}

var (
	announced = regexp.MustCompile(`【通知(\d+)(·第\d+版)?】`)
	reminded  = regexp.MustCompile(`(?m)^通知(\d+) `)
	people30  = regexp.MustCompile(`老师(M\d\d)`)
)

// sent checks what was sent.
func (m *model) sent(all []bot.Outgoing) {
	for _, s := range all {
		m.one(s)
	}
}

func (m *model) one(s bot.Outgoing) {
	m.note("    → %s: %.60q", s.Chat, s.Text)
	group, inGroup := strings.CutPrefix(s.Chat, "g-")
	switch {
	case s.Answer:
	case inGroup:
		m.inGroup(group, s)
	case strings.Contains(s.Text, "最后统计"):
	case strings.Contains(s.Text, "没有回复：") && strings.Contains(s.Text, "】紧急"):
		m.escalated(strings.TrimPrefix(s.Chat, "p-"), s)
	case strings.Contains(s.Text, "没有"):
		m.reminded(strings.TrimPrefix(s.Chat, "p-"), s)
	default:
		m.Errorf("nobody knows why this was sent: %q", s.Text)
	}
}

func (m *model) byNumber(text string) *told {
	number, _ := strconv.Atoi(text)
	return m.w.notices[number-1]
}

// inGroup checks a text in a group and notes what stands there.
func (m *model) inGroup(group string, s bot.Outgoing) {
	urgent := strings.Contains(s.Text, "】更正") || strings.Contains(s.Text, "】已撤回")
	told := urgent
	for _, f := range announced.FindAllStringSubmatch(s.Text, -1) {
		n := m.byNumber(f[1])
		urgent = urgent || n.class == notice.Urgent
		if told {
			continue
		}
		if part := s.Text[strings.Index(s.Text, f[0]):]; strings.Contains(strings.SplitN(part, "\n\n", 2)[0], "人没有回复") {
			m.asked(group, n, part)
		} else if n.reached[group].IsZero() {
			n.reached[group] = m.now
		}
		if !slices.Contains(n.groups, group) || !n.closed.IsZero() {
			m.Errorf("notice %d was posted in %s, where it does not belong or after it was closed", n.number, group)
		}
		n.shownAt[group] = m.now
		if f[2] == fmt.Sprintf("·第%d版", n.version+1) && !strings.Contains(s.Text, "还有") {
			n.renewed[group] = true
		}
	}
	key := group + day(m.now)
	if m.counts[key]++; !urgent && m.counts[key] > modelCap {
		m.Errorf("%s got text %d of the day: %q", group, m.counts[key], s.Text)
	}
	if !urgent && !quietEnd(m.now).IsZero() {
		m.Errorf("%s got an ordinary text in quiet hours: %q", group, s.Text)
	}
}

// asked checks a line that asks a whole group again.
func (m *model) asked(group string, n *told, text string) {
	most := m.unreachable(group, n)
	for _, c := range m.lately[n.number][group] {
		if m.now.Sub(c.at) <= time.Hour {
			most = max(most, c.n)
		}
	}
	_, rest, _ := strings.Cut(text, "还有")
	count, _, _ := strings.Cut(rest, "人")
	if people, _ := strconv.Atoi(count); people > most {
		m.Errorf("the line in %s counts %d, but only %d can be reached nowhere else", group, people, most)
	}
	key := fmt.Sprint(n.number, group, day(m.now))
	if m.lines[key] {
		m.Errorf("%s was asked twice on one day about notice %d", group, n.number)
	}
	m.lines[key] = true
}

// reminded checks a reminder of one person.
func (m *model) reminded(id string, s bot.Outgoing) {
	found := announced.FindAllStringSubmatch(s.Text, -1)
	if found == nil {
		found = reminded.FindAllStringSubmatch(s.Text, -1)
	}
	urgent := false
	for _, f := range found {
		n := m.byNumber(f[1])
		i := n.items[id]
		urgent = urgent || n.class == notice.Urgent
		switch {
		case !m.w.owes(n, id, m.now):
			m.Errorf("%s was reminded of notice %d, which they do not owe", id, n.number)
		case i.chasedDay == day(m.now):
			m.Errorf("%s was reminded twice on one day of notice %d", id, n.number)
		case m.w.remind(n, id, m.now):
			i.chases++
		case m.w.rises(n, id, m.now) && len(i.steps) == 0:
			i.steps = append(i.steps, m.now)
			i.chases++
		case !m.byHand(n):
			m.Errorf("%s was reminded of notice %d too early, too late or too often: %+v, owed since %v", id, n.number, *i, n.since(i, m.w.people[id]))
		}
		i.chasedDay = day(m.now)
	}
	if !urgent && !quietEnd(m.now).IsZero() {
		m.Errorf("%s was reminded in quiet hours", id)
	}
	if len(found) == 0 {
		m.Errorf("a reminder names no notice: %q", s.Text)
	}
}

// escalated checks what a lead or the office is told.
func (m *model) escalated(to string, s bot.Outgoing) {
	n := m.byNumber(announced.FindStringSubmatch(s.Text)[1])
	p := m.w.people[to]
	_, names, _ := strings.Cut(s.Text, "没有回复：")
	for _, f := range people30.FindAllStringSubmatch(names, -1) {
		missing := m.w.people[f[1]]
		switch i := n.items[f[1]]; {
		case !m.w.owes(n, f[1], m.now) || i.state != "open" || n.class != notice.Urgent:
			m.Errorf("%s was told of %s, who does not owe notice %d", to, f[1], n.number)
		case p.Is(roster.Lead) && p.College != missing.College:
			m.Errorf("the lead %s was told of %s of another college", to, f[1])
		}
	}
}

// unreachable counts the people of a group who owe an answer and cannot be asked
// alone.
func (m *model) unreachable(group string, n *told) (count int) {
	for id, p := range m.w.people {
		if !p.bound && slices.Contains(p.Groups, group) && m.w.owes(n, id, m.now) {
			count++
		}
	}
	return count
}

// remember keeps those counts for an hour: a line may wait for its turn as long.
func (m *model) remember() {
	for _, n := range m.w.notices[max(0, len(m.w.notices)-20):] {
		if m.lately[n.number] == nil {
			m.lately[n.number] = map[string][]headcount{}
		}
		for _, g := range n.groups {
			kept := slices.DeleteFunc(m.lately[n.number][g], func(c headcount) bool { return m.now.Sub(c.at) > time.Hour })
			m.lately[n.number][g] = append(kept, headcount{m.now, m.unreachable(g, n)})
		}
	}
}

type headcount struct {
	at time.Time
	n  int
}

// byHand tells whether a notice was chased by hand lately.
func (m *model) byHand(n *told) bool {
	want := fmt.Sprintf("notice %d is chased by hand", n.number)
	return slices.ContainsFunc(m.log, func(line string) bool { return strings.HasSuffix(line, want) })
}

// compareAll compares who is missing, for all notices that are open and some
// others.
func (m *model) compareAll() {
	err := m.office.store.View(context.Background(), func(s *store.Snapshot) error {
		for k, told := range m.w.notices {
			if k < len(m.w.notices)-12 {
				continue
			}
			n, _ := notice.Find(s, told.number)
			if n.Closed.IsZero() != told.closed.IsZero() {
				m.Errorf("notice %d: closed %v, want %v", n.Number, n.Closed, told.closed)
			}
			c := notice.CircumstancesOf(s, n)
			items := notice.Items(s, n.Number)
			if len(items) != len(told.items) {
				m.Errorf("notice %d: %d items, want %d", n.Number, len(items), len(told.items))
				return nil
			}
			for _, i := range items {
				want := told.items[i.Person]
				if got, standing := c.Standing(i), m.w.missing(told, i.Person); got != standing || i.Late != want.late {
					m.Errorf("notice %d, %s: %s, late %v; want %s, %v", n.Number, i.Person, got, i.Late, standing, want.late)
				}
				if len(i.Steps) > 3 {
					m.Errorf("notice %d, %s: %d steps", n.Number, i.Person, len(i.Steps))
				}
			}
		}
		return nil
	})
	m.must(err)
}
