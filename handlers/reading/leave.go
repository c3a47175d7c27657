package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// leaveEnds are the words of people who are back, or stay after all.
var leaveEnds = words("销假")

// absences are where people are while they are away.
var absences = words("不在")

// notLeave go on after a word of leave that is no absence: 请假条.
var notLeave = words("请假后")

// leaveOf reads an absence of the sender, or that it is over. Somebody else's, or
// a pupil's, is none.
func (m *message) leaveOf(tokens []token) (l *Leave, back bool) {
	if containsAny(m.text, leaveEnds) {
		l = &Leave{Words: m.text}
		if l.days(lower(m.body)); l.Back.Near && l.Back.Offset > 0 { // 我明天销假: not yet
			return l, false
		}
		return nil, true
	}
	at := slices.IndexFunc(tokens, func(t token) bool { return t.is(leave) && !hasPrefix(t.after(), notLeave...) })
	l = &Leave{Words: m.text}
	l.days(lower(m.body))
	switch {
	case at >= 0 && m.ofSender(tokens[:at]):
		l.Delegate = m.delegate()
		return l, false
	case at < 0 && !(l.From.IsZero() && l.To.IsZero()) && !putOff(tokens):
		// 下周一到周三在北京培训，李老师代班: days, where the sender is, and perhaps who
		// stands in.
		l.Delegate = m.delegate()
		away := containsAny(m.text, absences) && m.addressed() && !containsAny(m.text, []string{"学生", "同学"})
		if m.standIn() != "" || away && (l.Delegate != "" || !l.To.IsZero() || l.Days > 0 || strings.Contains(m.text, "不在")) {
			return l, false
		}
	}
	return nil, false
}

// putOff reports whether something is put to another day: 改到周五开会.
func putOff(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is(extend) || t.is(change) && strings.Contains(t.text(), "改") })
}

// ofSender reports whether the words before 请假 leave the sender as its subject.
func (m *message) ofSender(before []token) bool {
	unknown := false
scan:
	for i, t := range slices.Backward(before) {
		switch {
		case t.is(self):
			return true
		case t.class == brk && i < len(before)-1:
			break scan
		case t.is(people | third | you | who | hearsay), t.class == count && hasSuffix(t.text(), "个", "名", "人", "位"):
			return false
		case t.class == other && utf8.RuneCountInString(t.text()) > 1:
			unknown = true // perhaps somebody's name
		}
	}
	if !unknown {
		return true
	}
	if m.in.Group && !m.called {
		return false
	}
	_, named := personAt(m.text[before[0].from:], m.in.People, "今", "明", "这", "请", "病", "出", "在", "不", " ", "，", ",", "休", "下", "本", "从", "因")
	return !named
}

// open reports whether l names no day at all.
func (l *Leave) open() bool {
	return l.From.IsZero() && l.To.IsZero() && l.Back.IsZero() && l.Days == 0 && l.Delegate == ""
}

// twoDays are short for two days, by the distance of the first.
var twoDays = map[string]int{"今明": 0, "明后": 1}

// days finds the first days that are named: from and to, 到周三, 两天.
func (l *Leave) days(s string) {
	until := false
	for s != "" {
		if from, ok := twoDays[clip(s, len("明后"))]; ok && l.From.IsZero() {
			l.From, l.To = zh.Day{Near: true, Offset: from}, zh.Day{Near: true, Offset: from + 1}
			s = s[len("明后"):]
			continue
		}
		d, size := zh.ParseDay(s)
		if size > 0 {
			switch {
			case strings.HasPrefix(s[size:], "回"), strings.HasPrefix(s[size:], "返"), strings.HasPrefix(s[size:], "就回"), strings.HasPrefix(s[size:], "销假"):
				l.Back = d
			case until && l.To.IsZero(), l.To.IsZero() && d.Near && l.From.Near && d.Offset == l.From.Offset+1: // 明天和后天
				l.To = d
			case l.From.IsZero():
				l.From = d
			}
			until, s = false, s[size:]
			continue
		}
		until = hasPrefix(s, "到", "至", "-", "~")
		n, size := zh.ParseInt(s)
		if size > 0 && strings.HasPrefix(s[size:], "天") && l.Days == 0 {
			l.Days = n
		}
		if size == 0 {
			_, size = utf8.DecodeRuneInString(s)
		}
		s = s[size:]
	}
}

// delegate finds who stands in: 刘老师代, 由李四代, 交接给赵敏老师, 有事找李四.
func (m *message) delegate() string {
	s := lower(m.body) // with its blanks: 请假 到后天 刘老师代
	for _, lead := range []string{"委托", "交接给", "交给", "移交给", "有事找", "联系", "请找", "找", "由", "请", "让", "托"} {
		_, rest, ok := strings.Cut(s, lead)
		if !ok {
			continue
		}
		if name, ok := personAt(rest, m.in.People, "代", "替", "帮", "了", "，", "。", " ", "检查", "负责", "处理", "顶", "接", "值", "暂"); ok {
			return m.typed(rest, name)
		}
	}
	return m.standIn()
}

// standIn finds the name before 代.
func (m *message) standIn() string {
	s := lower(m.body)
	for _, verb := range []string{"代", "替我", "帮我", "顶班", "暂代"} {
		i := strings.Index(s, verb)
		if i <= 0 {
			continue
		}
		before := clauseBefore(s[:i])
		if name, ok := personAt(before, m.in.People); ok && name == before {
			return m.typed(s[i-len(before):], name)
		}
	}
	return ""
}

// typed returns name as it was typed, where rest is the end of the reply that begins
// with it.
func (m *message) typed(rest, name string) string {
	return m.body[len(m.body)-len(rest):][:len(name)]
}
