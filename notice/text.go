package notice

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
	"duban/zh"
)

// Head is what a notice is called by in front of its text: 【通知12】, or after it
// was changed much 【通知12·第2版】.
func (n Notice) Head() string {
	if n.Version > 0 {
		return fmt.Sprintf("【通知%d·第%d版】", n.Number, n.Version+1)
	}
	return fmt.Sprintf("【通知%d】", n.Number)
}

// Post returns the text that is posted in a group: the number, by which
// answers are bound to it, the text, and what is asked for.
func (n Notice) Post() string {
	var b strings.Builder
	b.WriteString(n.Head() + n.Text)
	if n.Version > 0 && len(n.Edits) > 0 && n.Edits[len(n.Edits)-1].Before != n.Text {
		b.WriteString("\n（" + Difference(n.Edits[len(n.Edits)-1].Before, n.Text) + "）")
	}
	if n.File != nil {
		b.WriteString("\n（附件：" + n.File.Name + "）")
	}
	if ask := n.ask(); ask != "" && !strings.Contains(n.Text, ask) {
		b.WriteString("\n" + ask)
	}
	return b.String()
}

// buttons answer the notice with one press, also for those who answered by half.
func (o Owed) buttons() (all []bot.Button) {
	n := o.Notice
	word := fmt.Sprintf("通知%d", n.Number)
	switch {
	case !n.Class.Asks():
		return nil
	case n.Class == Report:
		return n.progressButtons(word + "：")
	}
	if !o.Half {
		all = append(all, bot.Button{Label: "收到", Says: word + "收到"})
	}
	if n.Confirm {
		all = append(all, bot.Button{Label: "已落实", Says: word + "已落实"})
	}
	return all
}

// WriteOne is what the button says by which somebody wants to write their progress.
const WriteOne = "写一句"

// namedMeasure is how a notice names a measure of the plan.
var namedMeasure = regexp.MustCompile(`第\s?(\d{1,3})\s?条`)

// progressButtons say how the measures stand that a notice which asks for progress
// names: how the one stands, or of up to four that they are done. What a button cannot
// say, a sentence does.
func (n Notice) progressButtons(word string) (all []bot.Button) {
	var measures []string
	for _, m := range namedMeasure.FindAllStringSubmatch(n.Text, -1) {
		if !slices.Contains(measures, m[1]) {
			measures = append(measures, m[1])
		}
	}
	const most = 4
	switch {
	case len(measures) == 1:
		for _, state := range []string{"办结", "推进中", "受阻"} {
			all = append(all, bot.Button{Label: state, Says: word + "第" + measures[0] + "条" + state})
		}
	case len(measures) <= most:
		for _, m := range measures {
			all = append(all, bot.Button{Label: "第" + m + "条办结", Says: word + "第" + m + "条办结"})
		}
	}
	return append(all, bot.Button{Label: WriteOne, Says: word + WriteOne})
}

// buttonsFor are the buttons below a text that names several notices: each says which
// one it is for.
func buttonsFor(owed []Owed) (all []bot.Button) {
	for _, o := range owed {
		for _, b := range o.buttons() {
			if len(owed) > 1 {
				b.Label = b.Says
			}
			all = append(all, b)
		}
	}
	return all
}

// ask is the line under a notice that says what to do, and by when.
func (n Notice) ask() string {
	by, again := "", ""
	if !n.Due.IsZero() {
		by = "请于" + n.DueDay() + "前"
	}
	if n.Version > 0 {
		again = "（原来回复过的也请再回一次）"
	}
	switch {
	case n.Class.Asks() && n.Confirm:
		return "收到请回复，落实后" + cmp.Or(by, "再") + "回“已落实”" + again
	case n.Class == Report:
		return cmp.Or(by, "请") + "回复进度，例如：第3条完成80%" + again
	case n.Class.Asks() && strings.Contains(n.Text, "收到请回复") && by != "":
		return by + "回复" + again
	case n.Class.Asks():
		return "收到" + cmp.Or(by, "请") + "回复" + again
	case by != "":
		return "（截止" + n.DueDay() + "）"
	}
	return ""
}

// DueDay writes when the notice is due, 12月4日24点, with the year if that is not the
// nearest such day.
func (n Notice) DueDay() string {
	clock := zh.Clock(n.Due)
	if clock == "23:59" {
		clock = "24点"
	}
	asked := n.Asked().In(n.Due.Location())
	if near, _ := nearest(0, int(n.Due.Month()), n.Due.Day(), zh.StartOfDay(asked)); !near.Equal(zh.StartOfDay(n.Due)) {
		return zh.FullDate(n.Due) + clock
	}
	return zh.Date(n.Due) + clock
}

// late tells whether an answer at a time comes after the notice was due.
func (n Notice) late(at time.Time) bool { return !n.Due.IsZero() && at.After(n.Due) }

// heads finds what stands in front of our texts: 【通知12】, 【通知12·第2版】.
var heads = regexp.MustCompile(`【通知\s*0*([1-9]\d{0,8})\s*(?:·(?:第(\d+)版)?[^】]*)?】`)

// Quoted returns the number of the notice that a text of ours announces, as
// people see it when they quote it: 【通知12】…, and the version of its text, from 1.
// A text that announces several names none: nobody can tell which was meant.
func Quoted(text string) (number, version int, ok bool) {
	for _, head := range heads.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(head[1])
		if number > 0 && n != number {
			return 0, 0, false
		}
		if number == 0 {
			v, _ := strconv.Atoi(head[2])
			number, version = n, max(v, 1)
		}
	}
	return number, version, number > 0
}

// Correction is what the groups are told after a small change.
func (n Notice) Correction() string {
	if len(n.Edits) == 0 {
		return ""
	}
	answered := ""
	if n.Class.Asks() {
		answered = "回复过的不用再回。"
	}
	last := n.Edits[len(n.Edits)-1]
	said, due := "", "截止改为"+n.DueDay()
	switch moved := !last.Due.Equal(n.Due); {
	case !moved:
		said = "更正：" + Difference(last.Before, n.Text)
	case last.Before == n.Text && n.saysOldDue():
		said = due // the text would say the old day again
	case last.Before == n.Text:
		said = due + "：" + zh.Brief(n.Text, 40)
	default:
		said = "更正：" + Difference(last.Before, n.Text) + "；" + due
	}
	return fmt.Sprintf("【通知%d】%s。%s", n.Number, strings.TrimRight(said, "。"), answered)
}

// saysOldDue tells whether the text itself names the day until which it was due before
// its last change.
func (n Notice) saysOldDue() bool {
	was := n
	was.Due = n.Edits[len(n.Edits)-1].Due
	day, _ := zh.ParseDay(zh.Date(was.Due))
	return !was.Due.IsZero() && !was.Due.Equal(n.Due) && slices.ContainsFunc(written.FindAllString(n.Text, -1), func(said string) bool {
		other, size := zh.ParseDay(strings.TrimSpace(said))
		return size > 0 && other.On(n.Created.In(was.Due.Location())).Equal(day.On(n.Created.In(was.Due.Location())))
	})
}

// OldDue is the day until which the notice was due before its last change, 12月4日, if
// its text still names it; otherwise "".
func (n Notice) OldDue() string {
	if len(n.Edits) == 0 || !n.saysOldDue() {
		return ""
	}
	return zh.Date(n.Edits[len(n.Edits)-1].Due)
}

// Withdrawal is what the groups are told when a notice was taken back.
func (n Notice) Withdrawal() string {
	answer := ""
	if n.Class.Asks() {
		answer = "，不用再回复"
	}
	return fmt.Sprintf("【通知%d】已撤回，请不要按它办理%s。", n.Number, answer)
}

// expiry is what the sender of a notice is told when its time is over.
func (n Notice) expiry(t Tally) string {
	return fmt.Sprintf("通知%d已到期关闭（%s）。最后统计：%s。", n.Number, zh.Brief(n.Text, 20), t.Line(n))
}

// welcome tells somebody who came into groups which notices are still open there.
func welcome(groups []string, opened []Notice) string {
	const most = 1600 // bytes, so that it stays one message
	text := "您新加入" + strings.Join(groups, "、") + "，群里这些通知还在等回复："
	for i, n := range opened {
		post := "\n" + n.Post()
		if len(text)+len(post) > most {
			return text + fmt.Sprintf("\n……还有%d条，发“我的进度”看。", len(opened)-i)
		}
		text += post
	}
	return text
}

// An Owed is a notice that a person has not answered, or only half: 收到 was said,
// and 已落实 is asked as well.
type Owed struct {
	Notice Notice
	Half   bool
	Read   bool // they have read it
}

// chaseText is the private text that asks a person again for what they owe.
func chaseText(s *store.Snapshot, owed []Owed) string {
	if len(owed) == 1 {
		o := owed[0]
		missing := "还没有收到您的回复"
		switch {
		case o.Half:
			missing = "您回过收到，还没有回“已落实”"
		case o.Read:
			missing = "您已读，还没有回复"
		}
		return fmt.Sprintf("%s%s\n%s%s，%s。已经办了就回一句，谢谢。", o.Notice.Head(), zh.Brief(o.Notice.Text, 40), missing, dueWord(s, o.Notice), o.Want())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "您还有%d条通知没有回复：", len(owed))
	for _, o := range owed {
		fmt.Fprintf(&b, "\n通知%d %s%s", o.Notice.Number, zh.Brief(o.Notice.Text, 28), dueWord(s, o.Notice))
		if o.Half {
			b.WriteString("，待回“已落实”")
		}
	}
	fmt.Fprintf(&b, "\n请分别回复，例如：通知%d%s。", owed[0].Notice.Number, owed[0].example())
	return b.String()
}

// dueWord says in a chase when a notice is due, in the zone of the office.
func dueWord(s *store.Snapshot, n Notice) string {
	if n.Due.IsZero() {
		return ""
	}
	due := n.Due.In(outbox.LimitsOf(s).Day(s.Now()).Location())
	word := "截止"
	if n.Due.Before(s.Now()) {
		word = "已过"
	}
	return "（" + word + zh.Date(due) + zh.Clock(due) + "）"
}

// Want says what to answer.
func (o Owed) Want() string {
	switch {
	case o.Half:
		return "落实后请回“已落实”"
	case o.Notice.Class == Report:
		return "请回复进度，例如：第3条完成80%"
	}
	return "看到请回“收到”"
}

func (o Owed) example() string {
	if o.Half {
		return "已落实"
	}
	return "收到"
}

// ChaseGroup is the line in a group that asks those again who cannot be reached
// alone: a number and no names.
func (n Notice) ChaseGroup(people int) string {
	return fmt.Sprintf("%s%s\n还有%d人没有回复，%s。", n.Head(), zh.Brief(n.Text, 28), people, Owed{Notice: n}.Want())
}

// Escalation is what a lead or the office is told in private of those who have
// not answered an urgent notice. Whose is 贵学院, or empty.
func (n Notice) Escalation(whose string, people int, names string, more bool) string {
	if more {
		names += "等"
	}
	return fmt.Sprintf("【通知%d】紧急 %s\n%s还有%d人没有回复：%s。已提醒本人，请联系确认。", n.Number, zh.Brief(n.Text, 28), whose, people, names)
}

// Line says a tally in one line, without an end: 应回32，已回27（其中迟1），请假2，未回3.
func (t Tally) Line(n Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "应回%d", t.Asked)
	if n.Confirm {
		fmt.Fprintf(&b, "，已收到%d，已落实%d", t.Received(), t.Done)
	} else {
		fmt.Fprintf(&b, "，已回%d", t.Done)
	}
	b.WriteString(aside(part{"其中迟", t.Late}, part{"代办", t.Delegated}))
	if t.Absent > 0 {
		fmt.Fprintf(&b, "，请假%d", t.Absent)
	}
	if t.Half > 0 {
		fmt.Fprintf(&b, "，收到未落实%d", t.Half)
	}
	fmt.Fprintf(&b, "，未回%d", t.Open-t.Half)
	b.WriteString(aside(part{"已读", t.Read}, part{"已送达未读", t.Unread}, part{"消息还没送达", t.Unsent}, part{"还没绑定身份", t.Unbound}))
	return b.String()
}

type part struct {
	word string
	n    int
}

// aside puts what there is some of into brackets.
func aside(parts ...part) string {
	var words []string
	for _, p := range parts {
		if p.n > 0 {
			words = append(words, p.word+strconv.Itoa(p.n))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "（" + strings.Join(words, "，") + "）"
}
