package jobs

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/notice"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

const jobUsage = "请这样写：加提醒 每周五16:00 学工工作群 填报 法定工作日：正文。群名、类别、日子可省略。要定时发报表，正文前写“报表”：加提醒 每周五16:00 报表：进度汇总 图片。"

// A jobText is what somebody wrote of a reminder, and nothing of what they did not.
type jobText struct {
	when    []string
	groups  []string
	text    string
	hasText bool
	report  bool                  // the text names a report
	others  []func(*schedule.Job) // what else was written
	zone    *time.Location
}

// choices are the words that stand for themselves.
var choices = map[string]func(*schedule.Job){
	"不限日子":   func(j *schedule.Job) { j.Days = "" },
	"安静时段也发": func(j *schedule.Job) { j.Always = true },
	"安静时段不发": func(j *schedule.Job) { j.Always = false },
	"不补发":    func(j *schedule.Job) { j.Missed = schedule.SendNone },
	"全部补发":   func(j *schedule.Job) { j.Missed = schedule.SendAll },
	"补发":     func(j *schedule.Job) { j.Missed = schedule.SendLatest },
	"不截止":    func(j *schedule.Job) { j.Until = time.Time{} },
}

// dayRules are the words for the days on which a job comes, which may stand together.
var dayRules = []string{"法定工作日", "教学周工作日", "仅假期", "考试周除外", "无放假安排的年份不发"}

// A jobReader reads 每周五16:00 学工工作群 填报：正文.
type jobReader struct {
	groups []string // that can be reached
	now    time.Time
	after  string   // 叫 or 截止, which wait for the next word
	days   []string // of the dayRules
	said   jobText
}

// readJob reads what stands in front of the colon word by word, and takes what
// stands after it as it is.
func readJob(rest string, groups []string, now time.Time) (said jobText, err error) {
	r := jobReader{groups: groups, now: now}
	head, text, ok := chat.CutHead(rest)
	r.said.text, r.said.hasText, r.said.zone = strings.TrimSpace(text), ok, now.Location()
	for head = strings.TrimLeft(head, chat.HeadBreaks); head != ""; head = strings.TrimLeft(head, chat.HeadBreaks) {
		word := head
		if i := strings.IndexAny(head, " 　,，\u00a0\u2005"); i >= 0 { // 周一、周三 is one word
			word = head[:i]
		}
		name, size := chat.GroupAt(head, groups)
		switch {
		case size > 0:
			r.addGroup(name)
			head = head[size:]
			continue
		case !ok && len(r.said.groups) > 0 && len(r.said.when) > 0 && r.beginsText(word):
			r.said.text, r.said.hasText = strings.TrimSpace(head), true
			head = ""
			continue
		}
		head = head[len(word):]
		if err := r.word(word); err != nil {
			return r.said, err
		}
	}
	if len(r.said.text) > notices.MaxNotice {
		return r.said, chat.Complain("正文太长（最多%d字节），请精简。", notices.MaxNotice)
	}
	return r.said, nil
}

func (r *jobReader) set(other func(*schedule.Job)) { r.said.others = append(r.said.others, other) }

func (r *jobReader) word(word string) error {
	word, r.after = r.after+word, ""
	for _, w := range []string{"叫", "截止", "截至"} {
		rest, ok := strings.CutPrefix(word, w)
		switch {
		case ok && rest == "":
			r.after = w
			return nil
		case ok && w == "叫":
			r.set(func(j *schedule.Job) { j.Name = rest })
			return nil
		case ok:
			return r.deadline(rest)
		}
	}
	if class, ok := notice.ParseClass(word); ok {
		r.set(func(j *schedule.Job) { j.Class, j.Report = class, "" })
		return nil
	}
	if choice, ok := choices[word]; ok {
		r.set(choice)
		return nil
	}
	if slices.Contains(dayRules, word) {
		r.days = append(r.days, word)
		days := strings.Join(r.days, " ")
		r.set(func(j *schedule.Job) { j.Days = days })
		return nil
	}
	if word == "报表" {
		r.said.report = true
		return nil
	}
	if ok, err := r.group(word); ok || err != nil {
		return err
	}
	r.said.when = append(r.said.when, word)
	return nil
}

// deadline reads the day after which nothing is sent.
func (r *jobReader) deadline(word string) error {
	day, size := readDay(zh.Fold(word), r.now)
	if day.IsZero() || size != len(zh.Fold(word)) {
		return chat.Complain("没看懂截止到哪天：“%s”。请写如“截止12月31日”。", word)
	}
	end := zh.StartOfDay(day).AddDate(0, 0, 1).Add(-time.Second)
	r.set(func(j *schedule.Job) { j.Until = end })
	return nil
}

func (r *jobReader) addGroup(name string) {
	if !slices.Contains(r.said.groups, name) {
		r.said.groups = append(r.said.groups, name)
	}
}

// beginsText tells whether a word behind time and group is no setting of the
// reminder: the colon before its text is missing.
func (r *jobReader) beginsText(word string) bool {
	_, class := notice.ParseClass(word)
	_, choice := choices[word]
	known := class || choice || r.after != "" || slices.Contains(dayRules, word) || word == "报表" || strings.HasPrefix(word, "叫") || strings.HasPrefix(word, "截")
	_, err := when.ParseStored(strings.Join(append(slices.Clone(r.said.when), word), " "), when.Setting{Now: r.now})
	return !known && err != nil
}

// group reads what names all groups, and complains of one that cannot be reached.
func (r *jobReader) group(word string) (ok bool, err error) {
	name := strings.TrimPrefix(word, "@")
	for _, w := range []string{"发到", "发给", "发往"} {
		name = strings.TrimPrefix(name, w)
	}
	switch {
	case slices.Contains([]string{"各群", "所有群", "全部群"}, name):
		r.said.groups = r.groups
		return true, nil
	case name != word || strings.HasSuffix(name, "群"):
		return false, noGroup(name, r.groups)
	}
	return false, nil
}

// noGroup complains that a group cannot be reached, and says which can.
func noGroup(name string, groups []string) error {
	if len(groups) == 0 {
		return chat.Complaint("还没有可发的群，请先把机器人拉进群。")
	}
	return chat.Complain("没有可发的群“%s”。现在能发的群：%s。", zh.Quote(name, 20), strings.Join(groups, "、"))
}

// onto makes j as it was written, and leaves what was not written.
func (w jobText) onto(j schedule.Job) schedule.Job {
	if len(w.when) > 0 {
		j.When, j.Snooze = w.times(j.When), nil
	}
	if len(w.groups) > 0 {
		j.Groups = w.groups
	}
	for _, set := range w.others {
		set(&j)
	}
	if w.hasText {
		j.Text = w.text
	}
	if w.report || w.hasText && j.Report != "" {
		j.Report = j.Text
	}
	return j
}

// ends are the days at which a schedule begins and ends, as it is stored, before the
// rest of it.
var ends = regexp.MustCompile(`^(?:从\S+起|\S+至(\S+)|至\S+止) (.+)$`)

// times is when a reminder comes whose times were before. Days alone at which it
// begins or ends leave the rest as it was: 改提醒 2 从12月10日起.
func (w jobText) times(before string) string {
	said := strings.Join(w.when, " ")
	if _, err := when.ParseStored(said, when.Setting{Zone: w.zone}); err == nil || before == "" {
		return said
	}
	tries := []string{said + " " + before}
	if m := ends.FindStringSubmatch(before); m != nil {
		if tries[0] = said + " " + m[2]; m[1] != "" {
			tries = append([]string{said + " 至" + m[1] + "止 " + m[2]}, tries...)
		}
	}
	for _, t := range tries {
		if _, err := when.ParseStored(t, when.Setting{Zone: w.zone}); err == nil {
			return t
		}
	}
	return said
}

// empty tells whether nothing was written.
func (w jobText) empty() bool {
	return !w.report && !w.hasText && len(w.when)+len(w.groups)+len(w.others) == 0
}

// NewJob reads a new reminder: 每周五16:00 学工工作群 填报：正文. Its id is made
// of the random number and belongs to no other, also none that was deleted.
// The error may be a [chat.Complaint].
func NewJob(s *store.Snapshot, text string, random uint64, zone *time.Location) (j schedule.Job, err error) {
	groups := roster.Groups(s)
	said, err := readJob(text, groups, s.Now().In(zone))
	switch {
	case err != nil:
		return j, err
	case !said.hasText || said.text == "":
		return j, chat.Complaint("没有看到正文。" + jobUsage)
	case len(said.when) == 0:
		return j, chat.Complaint("没有看到时间。" + jobUsage)
	case len(groups) == 0:
		return j, noGroup("", groups)
	}
	j = said.onto(schedule.Job{ID: schedule.FreeID(s, random), Class: notice.Plain, Groups: groups[:1], Name: schedule.NameOf(said.text)})
	return j, nil
}
