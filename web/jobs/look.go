package jobs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A look is what a reminder would do, before it is saved.
type look struct {
	Sentence string // what the phrase means
	Rule     string // what its kinds of day mean
	Cron     string
	Next     string // the next times
	Days     []day  // of five weeks
	Label    string // the same in words
	Reasons  []reason
	Warnings []string
	Costs    []string
	Post     string // exactly as it will be posted
	Where    string
}

// A day is a cell of the strip of days.
type day struct{ Label, Class string }

// A reason says why a row of days is different.
type reason struct{ Word, Text string }

// strip is how many days the strip shows.
const strip = 5 * 7

// ruleWords say what kinds of day mean.
var ruleWords = map[string]string{
	"法定工作日":  "调休上班的周末也发；放假的日子不发。",
	"教学周工作日": "只在教学周发，调休上班的周末也发；放假、考试周、寒暑假不发。",
	"仅假期":    "只在法定放假和寒暑假里发。",
}

func lookAt(r *page.Request, s *store.Snapshot, p schedule.JobPreview, c schedule.Cost) look {
	now := s.Now().In(r.House.Zone)
	only, others, _ := strings.Cut(p.Job.Days, "，")
	v := look{
		Sentence: strings.TrimSuffix(p.Sentence, "。"), Cron: p.Cron, Where: strings.Join(p.Job.Groups, "、"), Warnings: p.Warnings,
		Rule: ruleWords[only],
	}
	switch {
	case v.Rule == "" && p.Job.Days != "":
		v.Rule = p.Job.Days + "。"
	case others != "":
		v.Rule += others + "。"
	}
	today := when.DayOf(now)
	v.Next = zh.Join(p.Next, "、", func(t time.Time) string { return moment(r, t) })
	from := now
	if p.Job.Paused && (p.Job.Resume.IsZero() || p.Job.Resume.After(now)) {
		v.Warnings = append(v.Warnings, "这条现在停着")
		from, v.Next = awake(r, s, p.Job)
	}
	if times, err := r.House.Jobs.Times(p.Job); err == nil {
		turns := times.Turns(today, today.Monday()+strip-1)
		turns = slices.DeleteFunc(turns, func(t when.Turn) bool {
			return t.Times != nil && t.Times[len(t.Times)-1].Before(from) || t.Day < when.DayOf(from.In(r.House.Zone))
		})
		v.strip(today, turns)
		v.Reasons = reasons(turns, r)
	}
	v.costs(s, c)
	v.Post = notice.Notice{Number: notice.Last(s) + 1, Class: p.Job.Class, Text: p.Text}.Post()
	if p.Job.Report != "" {
		v.Post = "到点现做：" + p.Job.Report
	}
	return v
}

// awake is when a pause ends, beyond the strip if it does not by itself, and in words what
// comes then.
func awake(r *page.Request, s *store.Snapshot, j schedule.Job) (from time.Time, next string) {
	if j.Resume.IsZero() {
		return s.Now().AddDate(0, 0, strip), "停着，继续以后才发"
	}
	next = "停到" + zh.DateSeen(j.Resume.In(r.House.Zone), s.Now().In(r.House.Zone))
	if at := nextOf(r, s, j); !at.IsZero() {
		next += "，下次" + moment(r, at)
	}
	return j.Resume, next
}

// strip draws five weeks, the present one first.
func (v *look) strip(today when.Day, turns []when.Turn) {
	byDay := map[when.Day]when.Turn{}
	sent, skipped, added := 0, 0, 0
	for _, t := range turns {
		byDay[t.Day] = t
		switch {
		case t.Times == nil:
			skipped++
		case t.Added:
			added++
			sent++
		default:
			sent++
		}
	}
	if len(turns) == 0 {
		return
	}
	for d := today.Monday(); d < today.Monday()+strip; d++ {
		_, m, n := d.YMD()
		x := day{Label: fmt.Sprint(n)}
		if n == 1 {
			x.Label = fmt.Sprintf("%d/1", m)
		}
		switch t, meant := byDay[d]; {
		case !meant:
		case t.Times == nil:
			x.Class = "cut"
		case t.Added:
			x.Class = "add"
		default:
			x.Class = "on"
		}
		if d == today {
			x.Class += " now"
		}
		v.Days = append(v.Days, x)
	}
	v.Label = fmt.Sprintf("5周里有%d天发，其中%d天是加的；%d天跳过", sent, added, skipped)
}

// reasons say why days are left out or added.
func reasons(turns []when.Turn, r *page.Request) (all []reason) {
	skipped, added := when.Changes(turns)
	for _, c := range added {
		all = append(all, reason{"加", changed(c, turns, r, "")})
	}
	for _, c := range skipped {
		all = append(all, reason{"跳过", changed(c, turns, r, "少发")})
	}
	return all
}

// changed writes a row of days: 10月1日（周四）到10月7日（周三）：国庆节放假，少发5次.
func changed(c when.Change, turns []when.Turn, r *page.Request, verb string) string {
	now := r.Now().In(r.House.Zone)
	text := date(c.From.At(0, r.House.Zone), now)
	if c.To > c.From {
		text += "到" + date(c.To.At(0, r.House.Zone), now)
	}
	if c.Why != "" {
		text += "：" + c.Why
	}
	n := 0
	for _, t := range turns {
		if c.From <= t.Day && t.Day <= c.To && t.Times == nil {
			n++
		}
	}
	if verb != "" && n > 1 {
		text += fmt.Sprintf("，%s%d天", verb, n)
	}
	return text
}

// costs say what it costs those who read it, and the accounts that send it.
func (v *look) costs(s *store.Snapshot, c schedule.Cost) {
	people := fmt.Sprintf("%d人看到", c.People)
	if c.Asked > 0 {
		people += fmt.Sprintf("，%d人要回", c.Asked)
	}
	v.Costs = append(v.Costs, people+fmt.Sprintf("。今后31天一共%d条消息，每次%d条。", c.Month, c.Texts))
	if most := outbox.LimitsOf(s).Jobs.PerDay; most > 0 && c.Most > 0 {
		v.Costs = append(v.Costs, fmt.Sprintf("账号一天最多发%d条提醒，连同别的提醒，最忙的一天%d条。", most, c.Most))
	}
	if len(c.Nowhere) > 0 {
		v.Warnings = append(v.Warnings, strings.Join(c.Nowhere, "、")+"里还没有机器人，发不到")
	}
}
