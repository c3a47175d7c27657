package jobs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/notice"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A choice is one of a few.
type choice struct {
	Value, Words, Means string
	On                  bool
}

// A group is one to which a reminder can go.
type group struct {
	Name   string
	People int // on the roster
	On     bool
}

// A silence is a row of days on which a reminder says nothing, as it is typed.
type silence struct {
	From, To, Why string
	N             int // its place in the form
}

// An editor is the form in which a reminder is written.
type editor struct {
	Number, Version int // 0 for a new one
	Name, When      string
	Days            []choice
	NoExams, Unsure bool
	Groups          []group
	Classes         []choice
	Report          bool
	Text            string
	Missed          []choice
	Always          bool
	Until           string
	Silent          []silence

	Look   look
	Fixes  []string // what the phrase could be instead
	Seen   string   // the digest of what its preview was shown for
	Error  string
	Warn   string
	Done   string
	Errors map[string]string // by field

	Title, Stands string
	Paused        bool
	Editions      []edition
	Past          []turn

	base                schedule.Job // as it is stored
	names               []string     // of the groups that can be chosen
	chosen              []string     // of those
	days, class, missed string
}

// emptySilences is how many rows of days can be added at once.
const emptySilences = 1

// openEditor is the form of a reminder as it is stored, or of a new one.
func openEditor(r *page.Request, s *store.Snapshot) (e editor, err error) {
	e = editor{Errors: map[string]string{}, names: roster.Groups(s)}
	if r.PathValue("n") == "" {
		e.Title, e.class = "加提醒", notice.Plain.String()
		if len(e.names) == 1 {
			e.chosen = e.names
		}
		return e, nil
	}
	j, there, err := find(r, s)
	if err != nil {
		return e, err
	}
	if !there {
		return e, page.NotFound()
	}
	e.of(r, s, j)
	return e, nil
}

// of fills the form in with a reminder.
func (e *editor) of(r *page.Request, s *store.Snapshot, j schedule.Job) {
	e.base, e.Number, e.Version = j, j.Number, j.Version
	e.Name, e.Title, e.When, e.Text, e.Report = j.Name, j.Name, j.When, j.Text, j.Report != ""
	for word := range strings.SplitSeq(j.Days, "，") {
		switch word {
		case "考试周除外":
			e.NoExams = true
		case "无放假安排的年份不发":
			e.Unsure = true
		default:
			e.days = word
		}
	}
	e.class, e.missed, e.Always, e.chosen = j.Class.String(), string(j.Missed), j.Always, j.Groups
	if !j.Until.IsZero() {
		e.Until = j.Until.In(r.House.Zone).Format(time.DateOnly)
	}
	for _, p := range j.Silent {
		e.Silent = append(e.Silent, silence{From: p.From, To: p.To, Why: p.Why})
	}
	e.Paused = j.Paused && (j.Resume.IsZero() || j.Resume.After(s.Now()))
	e.Stands = r.House.Jobs.Stands(s, j)
	if e.Paused {
		e.Stands = pausedBy(r, s, j)
	}
	e.Editions, e.Past = editions(r, s, j), pastTurns(r, s, j)
	for _, g := range j.Groups { // also one that cannot be reached now
		if !slices.Contains(e.names, g) {
			e.names = append(e.names, g)
		}
	}
}

// typed reads the form over what is stored.
func (e *editor) typed(r *page.Request) {
	e.Version, _ = strconv.Atoi(r.Field("version"))
	e.Name, e.When, e.Text = zh.OneLine(r.Field("name")), cmp.Or(r.Field("use"), r.Field("when")), lines(r.Field("text"))
	e.days, e.NoExams, e.Unsure = r.Field("days"), r.Field("exams") != "", r.Field("unsure") != ""
	e.class, e.Report, e.missed, e.Always, e.Until = r.Field("class"), r.Field("report") != "", r.Field("missed"), r.Field("always") != "", r.Field("until")
	e.Seen, e.chosen, e.Silent = r.Field("seen"), nil, nil
	for _, g := range r.PostForm["groups[]"] {
		if slices.Contains(e.names, g) {
			e.chosen = append(e.chosen, g)
		}
	}
	for i := 0; r.PostForm.Has("from" + strconv.Itoa(i)); i++ {
		n := strconv.Itoa(i)
		s := silence{From: r.Field("from" + n), To: r.Field("to" + n), Why: zh.OneLine(r.Field("why" + n))}
		if s.From != "" || s.To != "" {
			e.Silent = append(e.Silent, s)
		}
	}
}

// lines are those of a field, ended as everywhere else.
func lines(typed string) string { return strings.ReplaceAll(typed, "\r\n", "\n") }

// job is the reminder as it is written. What cannot be read stands in Errors.
func (e *editor) job(r *page.Request) schedule.Job {
	j := e.base
	j.ID = cmp.Or(j.ID, "new")
	if e.When != j.When {
		j.When, j.Snooze = e.When, nil
	}
	if e.When == "" {
		e.Errors["when"] = "还没有写什么时候发。"
	}
	if j.Groups = e.groups(); len(j.Groups) == 0 {
		e.Errors["groups"] = "还没有选发到哪个群。"
	}
	if j.Text = strings.TrimSpace(notice.Clean(e.Text)); j.Text == "" {
		e.Errors["text"] = "还没有写正文。"
	}
	j.Name = cmp.Or(e.Name, schedule.NameOf(j.Text))
	days := []string{e.days}
	if e.NoExams {
		days = append(days, "考试周除外")
	}
	if e.Unsure {
		days = append(days, "无放假安排的年份不发")
	}
	j.Days = strings.TrimPrefix(strings.Join(days, "，"), "，")
	j.Class, _ = notice.ParseClass(e.class)
	j.Report, j.Missed, j.Always, j.Until = "", schedule.Missed(e.missed), e.Always, time.Time{}
	if e.Report {
		j.Report = j.Text
	}
	if e.Until != "" {
		d, err := when.ParseDay(e.Until)
		if err != nil {
			e.Errors["until"] = "哪天截止，没读懂。"
		}
		j.Until = (d + 1).At(0, r.House.Zone).Add(-time.Second)
	}
	j.Silent = e.silent()
	return j
}

// groups are those that are chosen; the same ones as before stand in their order.
func (e *editor) groups() []string {
	if len(e.chosen) == len(e.base.Groups) && !slices.ContainsFunc(e.chosen, func(g string) bool { return !slices.Contains(e.base.Groups, g) }) {
		return e.base.Groups
	}
	return e.chosen
}

// silent are the rows of days on which nothing is said; one day needs no end.
func (e *editor) silent() (all []schedule.Period) {
	for _, s := range e.Silent {
		p := schedule.Period{From: cmp.Or(s.From, s.To), To: cmp.Or(s.To, s.From), Why: s.Why}
		from, err := when.ParseDay(p.From)
		to, err2 := when.ParseDay(p.To)
		if err != nil || err2 != nil || to < from {
			e.Errors["silent"] = "停发的日子没读懂：结束要在开始之后。"
		}
		all = append(all, p)
	}
	return all
}

// digest is a print of what a preview shows, so that what is saved was seen before: also
// 1小时后, which means another time a minute later.
func digest(j schedule.Job) string {
	return printOf(j.When, j.Days, j.Groups, j.Class, j.Report, j.Text, j.Always, j.Until, j.Silent)
}

// printOf is a print of texts and times.
func printOf(all ...any) string {
	raw, _ := json.Marshal(all)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// read previews what is written. It returns the reminder as it would be saved; ok is
// false if something is wrong, which then stands in the form.
func (e *editor) read(r *page.Request, s *store.Snapshot) (p schedule.JobPreview, ok bool, err error) {
	j := e.job(r)
	if e.When != "" {
		_, bad := when.Parse(e.When, when.Setting{Now: s.Now(), Zone: r.House.Zone, Calendar: r.House.Jobs.Calendar()})
		if refusal, refused := errors.AsType[*when.Refusal](bad); refused && e.When != e.base.When {
			e.Errors["when"] = refusal.Text + "。"
			e.Fixes = refusal.Instead
		}
	}
	if len(e.Errors) > 0 {
		e.lookAhead(r, s, j)
		return p, false, nil
	}
	p, err = r.House.Jobs.Check(s, j)
	var cost schedule.Cost
	if err == nil {
		cost, err = r.House.Jobs.Cost(s, p.Job)
	}
	if text, refused := page.Complaint(err); refused {
		if strings.Contains(text, "文字") || strings.Contains(text, "模板") {
			e.Errors["text"] = text
		} else {
			e.Error = text
		}
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	e.Look, e.Seen = lookAt(r, s, p, cost), cmp.Or(e.Seen, digest(p.Job))
	return p, true, nil
}

// lookAhead shows what the phrase alone means, while other fields are still empty.
func (e *editor) lookAhead(r *page.Request, s *store.Snapshot, j schedule.Job) {
	if e.Errors["when"] != "" {
		return
	}
	j.Name, j.Groups, j.Class = "预览", []string{"预览"}, notice.Plain
	j.Text, j.Report = "预览", ""
	p, err := r.House.Jobs.Check(s, j)
	if text, refused := page.Complaint(err); refused {
		e.Errors["when"] = text
	}
	if err == nil {
		e.Look = lookAt(r, s, p, schedule.Cost{})
		e.Look.Post, e.Look.Costs = "", nil
	}
}

// fill fills in what can be chosen.
func (e *editor) fill(s *store.Snapshot) {
	pick := func(on string, all ...choice) []choice {
		for i := range all {
			all[i].On = all[i].Value == on
		}
		return all
	}
	e.Days = pick(e.days, choice{Value: "", Words: "不限日子"}, choice{Value: "法定工作日", Words: "法定工作日"}, choice{Value: "教学周工作日", Words: "教学周工作日"}, choice{Value: "仅假期", Words: "仅假期"})
	e.Classes = pick(e.class, choice{Value: "普通", Words: "普通", Means: "不用回"}, choice{Value: "需回执", Words: "需回执", Means: "回“收到”"}, choice{Value: "填报", Words: "填报", Means: "回进展"}, choice{Value: "紧急", Words: "紧急", Means: "逐级告知"})
	window := "3小时"
	if e.base.Window > 0 {
		window = zh.Lasting(time.Duration(e.base.Window))
	}
	e.Missed = pick(e.missed, choice{Value: "", Words: window + "内补发最近一次，注明原定时间"}, choice{Value: string(schedule.SendAll), Words: "全部补发，最多20次"}, choice{Value: string(schedule.SendNone), Words: "不补"})
	people := roster.Current(s)
	for _, name := range e.names {
		g := group{Name: name, On: slices.Contains(e.chosen, name)}
		for _, p := range people.People {
			if slices.Contains(p.Groups, name) {
				g.People++
			}
		}
		e.Groups = append(e.Groups, g)
	}
	for range emptySilences {
		e.Silent = append(e.Silent, silence{})
	}
	for i := range e.Silent {
		e.Silent[i].N = i
	}
}

// Path is that of the reminder's page.
func (e editor) Path() string { return path(e.base) }

// Saved is where the form is saved.
func (e editor) Saved() string {
	if e.Number > 0 {
		return path(e.base) + "/change"
	}
	return "/jobs/new"
}

// Rare tells whether something rare is set, or wrong.
func (e editor) Rare() bool {
	return e.NoExams || e.Unsure || e.Always || e.Until != "" || len(e.Silent) > emptySilences || e.missed != "" || e.Errors["until"]+e.Errors["silent"] != ""
}

// NeedsYear tells whether a year is warned of whose holidays are not known.
func (e editor) NeedsYear() bool {
	return slices.ContainsFunc(e.Look.Warnings, func(w string) bool { return strings.Contains(w, "放假安排未录入") })
}
