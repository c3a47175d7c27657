package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/notice"
	"duban/roster"
	"duban/zh"
)

// namedNotice returns the number of the notice that a message names, by quoting
// it or in words: 通知3.
func (t *turn) namedNotice() (int, bool) {
	if text, ours, ok := t.quote(); ok && ours {
		if number, ok := notice.Quoted(text); ok {
			return number, true
		}
	}
	if t.named > 0 {
		return t.named, true
	}
	number, _, _, ok := noticeIn(t.read.Body)
	return number, ok
}

// noticeIn finds 通知3, 通知第3号, 【通知 3】 in a text, and what stands before and
// behind it. 已通知3个班 and 通知12人 name none: before the word only a break or what
// is done with a notice may stand, and behind the number a break or what is said
// of it.
func noticeIn(text string) (number int, before, after string, ok bool) {
	const word = "通知"
	text = zh.Fold(text)
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return 0, "", "", false
		}
		before = text[:from+i]
		from += i + len(word)
		rest := strings.TrimLeft(text[from:], " #第")
		number, size := zh.ParseInt(rest)
		after = strings.TrimPrefix(rest[size:], "号")
		if size > 0 && number > 0 && endsWithAny(before, "收到", "回复", "答复", "关于", "对于", "针对", "确认") &&
			beginsWithAny(after, "收到", "已", "的", "还", "未", "都", "谁", "知", "我") {
			return number, before, after, true
		}
	}
}

// withoutNotice takes the name of a notice off the start of what was said, so
// that 通知3收到 reads as 收到.
func withoutNotice(body string) (number int, rest string, ok bool) {
	number, before, after, ok := noticeIn(body)
	rest = strings.TrimLeft(after, " :：,，】]")
	lead := strings.Trim(before, " 【[")
	return number, rest, ok && rest != "" && (lead == "" || lead == "回复" || lead == "答复" || lead == "关于" || lead == "对于")
}

// endsWithAny tells whether text is empty, or ends with a break or one of the words.
func endsWithAny(text string, words ...string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text == "" || isBreak(last) || slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(text, w) })
}

// beginsWithAny tells whether text is empty, or begins with a break or one of the
// words.
func beginsWithAny(text string, words ...string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text == "" || isBreak(first) || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(text, w) })
}

func isBreak(r rune) bool {
	return strings.ContainsRune(" \n\t,，.。:：;；!！?？、【】[]()（）「」“”\"", r)
}

// boundNotice finds the notice that an answer of p's is for: the one that it
// quotes or names, the newest of this chat that p still owes, or in private the
// newest owed at all.
func (t *turn) boundNotice(p roster.Person) (n notice.Notice, ok bool, err error) {
	number := t.bound
	if number == 0 {
		number, ok = t.namedNotice()
	}
	if number == 0 && !ok {
		owed, err := t.candidates(p)
		if err != nil || len(owed) == 0 {
			return n, false, err
		}
		number = owed[len(owed)-1]
	}
	n, ok, err = notice.Find(t.snap, number)
	return n, ok && n.Class.Asks() && n.OpenAt(t.said()), err
}

// candidates returns the notices that an answer of p's can be for here, oldest
// first. Those that p has answered count only if none is left to answer, so that
// a second 收到 is known for what it is.
func (t *turn) candidates(p roster.Person) ([]int, error) {
	shown, err := t.recentFor(p)
	if err != nil {
		return nil, err
	}
	var owed, answered []int
	for _, number := range shown {
		item, asked, err := notice.FindItem(t.snap, number, p.ID)
		switch {
		case err != nil:
			return nil, err
		case asked && item.State != notice.Done:
			owed = append(owed, number)
		case asked:
			answered = append(answered, number)
		case len(t.read.Entries) > 0:
			owed = append(owed, number) // a 接龙 passed on by somebody who is not asked
		}
	}
	if len(owed) > 0 {
		return owed, nil
	}
	return answered, nil
}

// recentFor is recent, and in private also what p was asked about again there in
// the last day.
func (t *turn) recentFor(p roster.Person) ([]int, error) {
	shown, err := t.recent()
	if err != nil || t.m.Group {
		return shown, err
	}
	owed, err := notice.OwedBy(t.snap, p.ID)
	for _, number := range owed {
		var item notice.Item
		if err != nil {
			break
		}
		item, _, err = notice.FindItem(t.snap, number, p.ID)
		if item.Chased.After(t.said().Add(-bindWithin)) && !slices.Contains(shown, number) {
			shown = append(shown, number)
		}
	}
	slices.Sort(shown)
	return shown, err
}

// recent returns the notices that were posted in this chat in the last day, or in
// private anywhere.
func (t *turn) recent() ([]int, error) {
	var numbers []int
	since := t.said().Add(-bindWithin)
	if t.m.Group {
		for s, err := range notice.ShownIn(t.snap, t.m.Account, t.m.Chat, since, t.said()) {
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, s.Notice)
		}
		slices.Reverse(numbers)
		return numbers, nil
	}
	const newest = 50
	last, err := notice.Last(t.snap)
	for number := max(last-newest, 0) + 1; err == nil && number <= last; number++ {
		var n notice.Notice
		var ok bool
		if n, ok, err = notice.Find(t.snap, number); ok && n.OpenAt(t.said()) && n.Class.Asks() && n.Created.After(since) {
			numbers = append(numbers, number)
		}
	}
	return numbers, err
}

// unbound answers an acknowledgement that is for no open notice of the last day:
// it says what is the matter with the one that it names, or asks once which older
// one is meant.
func (t *turn) unbound(p roster.Person) (string, error) {
	if number, named := t.namedNotice(); named || t.bound > 0 {
		return t.unanswerable(max(number, t.bound))
	}
	owed, err := notice.OwedBy(t.snap, p.ID)
	if err != nil {
		return "", err
	}
	if len(owed) == 0 {
		if _, ok := t.bareNumber(); ok {
			return t.lookUp("") // 1 to a bot that asked nothing is a measure
		}
		return "", nil // and 好的 needs no answer
	}
	if again, err := t.askedAgain(); err != nil || again != "" {
		return again, err
	}
	owed = owed[max(len(owed)-9, 0):]
	slices.Reverse(owed)
	options := make([]string, len(owed))
	var b strings.Builder
	b.WriteString("还没有记录：您回复的是哪一条通知？请回序号。")
	for i, number := range owed {
		n, _, err := notice.Find(t.snap, number)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n%d. 通知%d %s", i+1, number, oneLine(n.Text, 24))
		options[i] = "notice/" + strconv.Itoa(number)
	}
	return t.askWhich(b.String(), 0, options)
}

// unanswerable says why an answer to the notice of that number is not booked.
func (t *turn) unanswerable(number int) (string, error) {
	n, ok, err := notice.Find(t.snap, number)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return fmt.Sprintf("没有通知%d，没有记录。请看一下编号，或长按那条通知引用后再回复。", number), nil
	case !n.Class.Asks():
		return fmt.Sprintf("通知%d不需要回复，谢谢。", number), nil
	}
	return fmt.Sprintf("通知%d已经结束，不用再回复了，谢谢。", number), nil
}
