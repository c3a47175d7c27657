package notices

import (
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// A headReader reads what stands in front of the text of a notice: 需回执 明天8点
// 截止1月8日 学工群.
type headReader struct {
	t      *chat.Request
	groups []string // that can be reached
	n      notice.Notice

	times string // what was read of when it is sent
	since string // what was left before that, if no group was read since
}

// parseNotice reads what follows 发通知: an optional class, template, groups, due time
// and time at which it is sent, a colon or a line break, and the text. Behind a
// group the colon may be missing.
func parseNotice(t *chat.Request, rest string, groups []string) notice.Notice {
	rest = strings.TrimSpace(notice.Clean(rest))
	r := &headReader{t: t, groups: groups}
	left := r.read(rest)
	text, ends := afterColon(left)
	switch filled, template := strings.CutPrefix(left, "模板 "); {
	case template:
		text = r.template(filled)
	case !ends && r.since != "":
		text, r.times = r.since, "" // 明天8点 开会 is what the notice says
	}
	r.n.Text = strings.TrimSpace(text)
	if r.times != "" {
		r.n.Created = r.moment(r.times)
	}
	if n := r.n; !n.Due.IsZero() && n.Due.Before(n.Created) {
		chat.Decline("截止时间（%s）早于发出的时间（%s），请改一下。", t.Desk.When(n.Due), t.Desk.When(n.Created))
	}
	return store.Must(complete(r.n, groups))
}

func afterColon(text string) (after string, ok bool) {
	for _, end := range []string{":", "：", "\n"} {
		if after, ok = strings.CutPrefix(text, end); ok {
			return after, ok
		}
	}
	return text, false
}

// read takes the words of the head off rest, and returns what is left: the text, or
// the colon before it.
func (r *headReader) read(rest string) string {
	for {
		rest = strings.TrimLeft(rest, chat.HeadBreaks)
		size := r.word(rest)
		if size == 0 {
			r.refuse(rest)
			return rest
		}
		rest = rest[size:]
	}
}

// word reads one word of the head, and returns how many bytes it takes; 0 if it is
// none.
func (r *headReader) word(rest string) int {
	if name, size := chat.GroupAt(rest, r.groups); size > 0 {
		r.n.Groups, r.since = append(r.n.Groups, name), ""
		return size
	}
	if due, size := dueAt(r.t, rest); size > 0 {
		r.n.Due = due
		return size
	}
	word := firstWord(rest)
	class, isClass := notice.ParseClass(strings.TrimSuffix(word, "通知"))
	switch {
	case isClass:
		r.n.Class = class
	case word == "需落实":
		r.n.Confirm = true
	case word == "全部群" || word == "所有群" || word == "各群":
		r.n.Groups, r.since = slices.Clone(r.groups), ""
	case r.isTime(word):
		if r.times == "" {
			r.since = rest
		}
		r.times += " " + word
	default:
		return r.joined(rest)
	}
	return len(word)
}

// joined reads a class that the next word of the head follows without a break:
// 需回执学工群.
func (r *headReader) joined(rest string) int {
	for _, w := range []string{"需回执", "需落实", "填报", "紧急", "普通"} {
		after, ok := strings.CutPrefix(rest, w)
		if !ok {
			continue
		}
		before := *r
		if r.word(after) > 0 {
			*r = before
			return r.word(w)
		}
		for _, g := range r.groups { // 需回执学工群明天开会: no text begins so
			if strings.HasPrefix(after, g) {
				r.n.Groups, r.since = append(r.n.Groups, g), ""
				return r.word(w) + len(g)
			}
		}
	}
	return 0
}

// firstWord is what stands before the first break, or colon of rest that is not a
// clock's.
func firstWord(rest string) string {
	head, _, _ := chat.CutHead(rest)
	if i := strings.IndexAny(head, chat.HeadBreaks); i >= 0 {
		head = head[:i]
	}
	return head
}

// refuse declines a head that holds a word which is neither a group nor anything else.
func (r *headReader) refuse(rest string) {
	if _, ends := afterColon(rest); ends {
		return
	}
	head, _ := cutHead(rest)
	word := firstWord(rest)
	if head != "" && (len(r.n.Groups) == 0 || strings.HasSuffix(word, "群")) && !strings.HasPrefix(rest, "模板 ") {
		chat.Decline("没有叫“%s”的群或类别（现有：%s）。%s", zh.Quote(word, 20), strings.Join(r.groups, "、"), announceUsage)
	}
}

// cutHead splits 小改：正文 at its first colon or line break, if what stands before it
// can be a head: it is short and no sentence.
func cutHead(rest string) (head, text string) {
	head, text, ok := chat.CutHead(rest)
	if !ok || len([]rune(head)) > 40 || strings.ContainsAny(head, "。！？【】") || strings.Contains(head, "各位") || strings.Contains(head, "老师") {
		return "", rest
	}
	return head, text
}

// isTime tells whether a word says when a notice is sent, or goes on saying it.
func (r *headReader) isTime(word string) bool {
	set := when.Setting{Now: r.t.Local()}
	for _, lead := range leads {
		if _, err := when.ParseStored(strings.TrimSpace(lead+r.times+" "+word), set); err == nil {
			return true
		}
	}
	return false
}

// leads are what may be left out in front of a time: 周五8点 is the next one.
var leads = []string{"", "本", "下"}

// moment reads a time that is still to come.
func (r *headReader) moment(phrase string) time.Time {
	set := when.Setting{Now: r.t.Local()}
	for _, lead := range leads {
		spec, err := when.Parse(lead+strings.TrimSpace(phrase), set)
		switch {
		case err != nil:
		case !spec.Once():
			chat.Decline("通知只发一次，请写一个确定的时间，例如“明天8点”；要定时重复发的，请用“加提醒%s …”。", phrase)
		default:
			if at := spec.Next(r.t.Now()); !at.IsZero() {
				return at
			}
		}
	}
	chat.Decline("发出的时间“%s”已经过去，请写将来的时间，例如“明天8点”。", strings.TrimSpace(phrase))
	return time.Time{}
}

// template fills a template in, and returns its text. What is neither its name nor a
// value belongs to the head.
func (r *headReader) template(rest string) string {
	made, head, text := fill(r.t, rest)
	r.n.Class = made.Class
	if left := r.read(head); left != "" {
		chat.Decline("没有叫“%s”的群或类别（现有：%s）。%s", zh.Quote(left, 20), strings.Join(r.groups, "、"), announceUsage)
	}
	return text
}
