// Package today is the first page: what waits for this person, with its reason and the
// one thing to do. It is a list and no dashboard.
package today

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route { return []page.Route{page.Get("/{$}", chat.Look, show)} }

// A matter waits for the person who looks.
type matter struct {
	What, Why string // the matter, and who, where, when
	To        string // its page
	Verb      string // of the button that leads there
}

// A saying is what somebody has said lately.
type saying struct {
	Words, Where, To string
	at               time.Time
}

// A fact is something that is so, or comes by itself.
type fact struct{ When, What, Why, Light string }

// A view is what the page shows.
type view struct {
	Title, AsOf string
	Matters     []matter
	More        int
	Recent      []saying
	Coming      []fact
	Jobs        string // where all of them are
	Running     []fact
	Start       bool // nothing of the office's own is there yet
}

// shown is how many matters are shown: more than a person does on one day.
const shown = 12

// A day is what the page is made of, each read once.
type day struct {
	*page.Request

	snap     *store.Snapshot
	people   *roster.Roster
	asking   []asking     // the notices that wait for answers, if the person sees who has given one
	measures []report.Row // those that the person sees after
	copies   []page.Copy
}

// An asking is an open notice with those of its items that the person may see.
type asking struct {
	notice.Notice

	items []notice.Item
}

func show(r *page.Request) error {
	var copies []page.Copy
	if r.May(chat.Operate) {
		copies, _ = r.House.Machine.Copies()
	}
	v, err := store.Read(r.Context(), r.House.Store, func(s *store.Snapshot) view {
		d := &day{Request: r, snap: s, people: roster.Current(s), copies: copies}
		if r.May(chat.Names) {
			d.asking, d.measures = askings(r, s, d.people), measures(r, s)
		}
		return d.look()
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "today", Title: "今日", Nav: "/", Data: v})
}

// newest is how many notices are looked at for those that are open.
const newest = 200

func askings(r *page.Request, s *store.Snapshot, people *roster.Roster) (all []asking) {
	byID := people.ByID()
	for _, n := range notice.Newest(s, newest) {
		if n.Class.Asks() && n.OpenAt(s.Now()) {
			items := slices.DeleteFunc(notice.Items(s, n.Number), func(i notice.Item) bool { return !chat.MaySee(r.Person, byID[i.Person]) })
			all = append(all, asking{n, items})
		}
	}
	return all
}

func (d *day) look() (v view) {
	now := d.snap.Now().In(d.House.Zone)
	v.Matters = slices.Concat(d.sending(), d.open(), d.asked(), d.requests(), d.strays(), d.lights())
	v.Title = "今天没有要您办的"
	if n := len(v.Matters); n > 0 {
		v.Title = fmt.Sprintf("今天有%d件事要您办", n)
		if n > shown {
			v.More, v.Matters = n-shown, v.Matters[:shown]
		}
	}
	v.AsOf = zh.Date(now) + " " + zh.Weekday(now.Weekday()) + "，截至" + zh.Clock(now)
	v.Recent = d.recent()
	v.Coming, v.Jobs = d.coming(), d.Open("/jobs")
	if d.May(chat.Operate) {
		v.Running = d.running()
		_, planned := progress.HeadOf(d.snap)
		v.Start = !planned || !begun(d.snap)
	}
	return v
}

// begun tells whether somebody has made a reminder or written a notice. Those of
// config.yaml come with duban, and make notices by themselves.
func begun(s *store.Snapshot) bool {
	return slices.ContainsFunc(schedule.Listed(s), func(j schedule.Job) bool { return j.Source != store.Config }) ||
		slices.ContainsFunc(notice.Newest(s, newest), func(n notice.Notice) bool { return n.By != "" && n.Job == "" })
}

// sending is what keeps the office's texts from leaving.
func (d *day) sending() (all []matter) {
	if !d.May(chat.Operate) {
		return nil
	}
	s := d.snap
	if p, paused := outbox.Paused(s); paused {
		all = append(all, matter{"发送停着", "从" + d.House.When(p.At) + "起什么都没有发，提醒照常判断，要发的都留着", "/outbox", "去看看"})
	}
	channels, _ := outbox.Channels(s)
	for _, c := range channels {
		st, known := outbox.StandingOf(s, c.Account)
		if known && outbox.IsOut(s, c.Account) {
			why := "从" + d.House.When(st.Since) + "起"
			if n := outbox.BacklogOf(s, c.Account).Rows; n > 0 {
				why += fmt.Sprintf("。要发的%d条先留着", n)
			}
			all = append(all, matter{c.Account + st.Word.String(), why, "/accounts", "看账号"})
		}
	}
	add := func(n int, what, why, show string) {
		if n > 0 {
			all = append(all, matter{fmt.Sprintf(what, n), why, "/outbox?show=" + show, "去处理"})
		}
	}
	add(len(outbox.HeldRows(s)), "%d条消息在恢复后留着", "数据是从备份恢复的，它们也许已经发过，请逐条定", "held")
	add(lost(s, outbox.Unknown), "%d条消息不知发到没有", "最近7天里，发的时候断了", "unknown")
	add(lost(s, outbox.Dead), "%d条消息发不出", "最近7天里，试过几次都不成", "dead")
	return all
}

// lost counts the texts of the last week that ended so. An answer does not count: whoever
// asked can ask again.
func lost(s *store.Snapshot, state outbox.State) (n int) {
	for _, name := range s.AccountNames() {
		for row := range outbox.ClosedSince(s, name, state, s.Now().Add(-7*24*time.Hour)) {
			if row.Text != "" && !row.Answer {
				n++
			}
		}
	}
	return n
}

// open are the notices that have not everybody's answer: for who sends notices all of
// them, for a lead those that concern the own college.
func (d *day) open() (all []matter) {
	for _, n := range d.asking {
		t := notice.CircumstancesOf(d.snap, n.Notice).Tally(n.items)
		if t.Open == 0 {
			continue
		}
		why := fmt.Sprintf("应回%d，已回%d", t.Asked, t.Received())
		if t.Absent > 0 {
			why += fmt.Sprintf("，请假%d", t.Absent)
		}
		if !n.Due.IsZero() {
			why = d.House.When(n.Due) + "截止。" + why
		}
		all = append(all, matter{
			fmt.Sprintf("通知%d%s：还有%d人没回", n.Number, head(n.Text), t.Open), why,
			fmt.Sprintf("/notices/%d", n.Number), "看通知",
		})
	}
	return all
}

// head is how a text begins, for its list.
func head(text string) string {
	const most = 16
	return "“" + zh.Brief(text, most) + "”"
}

func (d *day) asked() []matter {
	if !d.May(chat.Decide) {
		return nil
	}
	all := progress.Questions.Open(d.snap)
	if len(all) == 0 {
		return nil
	}
	return []matter{{fmt.Sprintf("%d句话等您定", len(all)), "其中一句：“" + zh.Quote(all[0].Text, 30) + "”", d.Open("/inbox"), "去定"}}
}

func (d *day) requests() (all []matter) {
	if !d.May(chat.Plan) {
		return nil
	}
	for _, q := range progress.Requests.Open(d.snap) {
		p, _ := d.people.Person(q.Person)
		what := p.Name + "请假，没有说到哪天"
		if q.Kind == progress.Postponing {
			what = fmt.Sprintf("%s申请把%d条措施延到%s", p.Name, len(q.Measures), q.Due)
		}
		all = append(all, matter{what, "“" + zh.Quote(q.Reason, 30) + "”，" + d.House.When(q.Asked), d.Open("/inbox"), "去定"})
	}
	return all
}

func (d *day) strays() []matter {
	if !d.May(chat.Enrol) {
		return nil
	}
	all := roster.Strays(d.snap)
	if len(all) == 0 {
		return nil
	}
	return []matter{{
		fmt.Sprintf("%d个人还不知道是名单上的谁", len(all)), "他们在群里说过话，回复先留着，认领后补记",
		d.Open("/people/bind"), "去认领",
	}}
}

// lights are the measures that a person must look after: those that are lit red.
func (d *day) lights() (all []matter) {
	for _, row := range d.measures {
		if row.Light != progress.Red {
			continue
		}
		why := row.Title
		if row.By != "" && row.Note != "" {
			why = row.By + "，" + d.House.When(row.Updated) + "：“" + zh.Quote(row.Note, 30) + "”"
		}
		all = append(all, matter{"第" + row.Number + "条" + row.Why, why, "/plan/m/" + row.ID, "看这一条"})
	}
	return all
}

// measures are those that concern the person: a lead's of the own college, and all for
// the office.
func measures(r *page.Request, s *store.Snapshot) (all []report.Row) {
	o := report.Order{Kind: report.Progress, Viewer: report.ViewerOf(r.Person), Zone: r.House.Zone}
	if !r.May(chat.Decide) {
		o.College = r.Person.College
	}
	doc, err := report.Gather(s, o)
	sum, ok := doc.(*report.Summary)
	if err != nil || !ok {
		return nil // there is no plan, or something of it cannot be read
	}
	for _, part := range sum.Parts {
		all = append(all, part.Rows...)
	}
	return all
}

// recent is what people have said lately: to the open notices, and of their measures.
func (d *day) recent() []saying {
	since := d.snap.Now().Add(-lately)
	found := append(d.answers(since), d.reports(since)...)
	slices.SortFunc(found, func(a, b saying) int { return b.at.Compare(a.at) })
	const most = 5
	return found[:min(most, len(found))]
}

// words are those of somebody, or what they amount to if there are none.
func words(said, otherwise string) string {
	if said == "" {
		return otherwise
	}
	return zh.Quote(said, 40)
}

func (d *day) answers(since time.Time) (all []saying) {
	for _, n := range d.asking {
		for _, i := range n.items {
			if p, ok := d.people.Person(i.Person); ok && i.Closed.After(since) {
				where := fmt.Sprintf("通知%d，%s，%s", n.Number, d.people.Label(p), d.House.When(i.Closed))
				all = append(all, saying{words(i.Note, "收到"), where, fmt.Sprintf("/notices/%d", n.Number), i.Closed})
			}
		}
	}
	return all
}

func (d *day) reports(since time.Time) (all []saying) {
	for _, row := range d.measures {
		if row.Reported && row.By != "" && row.Updated.After(since) {
			where := "第" + row.Number + "条记作" + row.Line + "，" + row.By + "，" + d.House.When(row.Updated)
			all = append(all, saying{words(row.Note, row.Line), where, "/plan/m/" + row.ID, row.Updated})
		}
	}
	return all
}

// lately is how old what was said may be to be shown on the first page.
const lately = 24 * time.Hour

// coming is what duban does next by itself.
func (d *day) coming() (all []fact) {
	if !d.May(chat.Plan) {
		return nil
	}
	type next struct {
		at  time.Time
		job schedule.Job
	}
	var jobs []next
	for _, j := range schedule.Listed(d.snap) {
		if j.Paused || !j.Ended.IsZero() {
			continue
		}
		if at, err := d.House.Jobs.Next(j, d.snap.Now()); err == nil && !at.IsZero() {
			jobs = append(jobs, next{at, j})
		}
	}
	slices.SortFunc(jobs, func(a, b next) int { return a.at.Compare(b.at) })
	const most = 5
	for _, n := range jobs[:min(most, len(jobs))] {
		all = append(all, fact{When: d.House.When(n.at), What: n.job.Name + "，发到" + strings.Join(n.job.Groups, "、")})
	}
	return all
}

// running says how duban stands.
func (d *day) running() (all []fact) {
	s := d.snap
	channels, _ := outbox.Channels(s)
	waits := 0
	for _, c := range channels {
		f := fact{When: c.Account, What: "在用", Light: "ok"}
		if st, known := outbox.StandingOf(s, c.Account); known {
			f.What, f.Why = st.Word.String(), "从"+d.House.When(st.Since)+"起"
			if outbox.IsOut(s, c.Account) {
				f.Light = "red"
			}
		}
		if n, most := outbox.Spent(s, c.Account); most > 0 {
			f.Why = fmt.Sprintf("今天主动发出%d条，上限%d条", n, most)
		}
		if c.Alarm != "" {
			f.What = "报警用"
		}
		waits += outbox.BacklogOf(s, c.Account).Rows
		all = append(all, f)
	}
	all = append(all, fact{When: "等着发", What: fmt.Sprintf("%d条", waits)})
	made := fact{When: "备份", What: "还没有"}
	if len(d.copies) > 0 {
		made.What = d.House.When(d.copies[0].Made) + "成功"
	}
	return append(all, made)
}
