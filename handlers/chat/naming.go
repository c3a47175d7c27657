package chat

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/notice"
	"duban/roster"
	"duban/zh"
)

// A Naming says which notices a message names in words. The zero value names none.
type Naming struct {
	Numbers []int // 通知1、2
	All     bool  // all that the sender owes: 两个通知都收到了
	Count   int   // as how many they count those; 0 if they do not say
}

// NamedNotice returns the number of the notice that a message names, by quoting
// it or in words: 通知3.
func (t *Request) NamedNotice() (int, bool) {
	if text, ours, ok := t.Quote(); ok && ours {
		if number, _, ok := notice.Quoted(text); ok {
			return number, true
		}
	}
	n := t.Named
	if len(n.Numbers) == 0 {
		n, _, _ = noticesIn(t.Read.Body)
	}
	if len(n.Numbers) == 0 {
		return 0, false
	}
	return n.Numbers[0], true
}

// NamedNotices returns the notices that a message answers if it names several, or
// all that p owes. If p owes more than it counts, the error is a [Complaint].
func NamedNotices(t *Request, p roster.Person) ([]int, error) {
	if len(t.Named.Numbers) > 1 {
		return t.Named.Numbers, nil
	}
	if _, one := t.NamedNotice(); !t.Named.All && (one || !everything.MatchString(zh.Fold(t.Read.Body))) {
		return nil, nil
	}
	recent := t.RecentFor(p)
	if t.Named.All && !t.Msg.Group { // who counts them means old ones too
		recent = OwedBy(t, p)
	}
	owed := slices.DeleteFunc(recent, func(number int) bool {
		item, asked := notice.FindItem(t.Snap, number, p.ID)
		return !asked || item.State == notice.Done
	})
	if most := t.Named.Count; most > 0 && len(owed) > most {
		t.Aside()
		return nil, Complain("还没有记录：没有回复的通知有%d条（%s）。请写上编号，例如：通知%d、%d收到。",
			len(owed), zh.List(owed, func(n int) string { return fmt.Sprint("通知", n) }), owed[0], owed[1])
	}
	return owed, nil
}

// everything is an acknowledgement of all that is open.
var everything = regexp.MustCompile(`^(?:通知)?我?(?:都|均|全部|全都)(?:已经?)?(?:收到|收悉|知悉|看到)`)

// WithoutNotice takes the names of notices out of what was said, so that 通知3收到
// and 收到通知3 read as 收到. First says that the names come first; otherwise what
// is left means something only if it acknowledges.
func WithoutNotice(body string) (n Naming, rest string, first bool) {
	n, before, after := noticesIn(body)
	if n.Numbers == nil {
		if n, before, after = countedIn(body); !n.All {
			return n, "", false
		}
	}
	after = strings.TrimLeft(after, " :：,，】]也都均全")
	for len(n.Numbers) > 0 { // 通知2收到，通知1也收到
		more, head, tail := noticesIn(after)
		if len(more.Numbers) == 0 || !acknowledged.MatchString(tail) {
			break
		}
		n.Numbers, after = append(n.Numbers, more.Numbers...), head+tail
	}
	switch lead := strings.Trim(before, " 【["); lead {
	case "", "回复", "答复", "关于", "对于":
		return n, after, after != "" && !n.All
	case "确认": // 确认 通知 7511 agrees to a notice of another admin's
		return Naming{}, "", false
	}
	return n, before + after, false
}

// OwedByNumber reads 1和2都收到了, where the sender owes notices of these numbers, and
// returns what is left of it. In a group one number alone may count a line of a list.
func OwedByNumber(t *Request, body string) (n Naming, rest string) {
	text := zh.Fold(body)
	numbers, ends := numbersAt(text)
	if !t.Known || len(numbers) == 0 || t.Msg.Group && len(numbers) == 1 {
		return n, ""
	}
	owed := OwedBy(t, t.Person)
	if slices.ContainsFunc(numbers, func(number int) bool { return !slices.Contains(owed, number) }) {
		return n, ""
	}
	tail := acknowledged.FindStringSubmatch(text[ends[len(ends)-1]:])
	if tail == nil {
		return n, ""
	}
	return Naming{Numbers: numbers}, tail[1]
}

// acknowledged is what follows the numbers of notices that are acknowledged.
var acknowledged = regexp.MustCompile(`^ *(?:这?[两二三四几]?[个条份]|号)?(?:通知)?[，, ]*(?:我们?|这边)?(?:都|也|均|全部|全)*((?:已经?)?(?:收到|收悉|知悉|知晓|已阅|阅知|看到|看过|确认).*)$`)

// noticesIn finds 通知3, 通知第3号, 【通知 3】, 通知1、2 in a text, and what stands before
// and behind it. 已通知3个班 and 通知12人 name none: before the word only a break or what
// is done with a notice may stand, and behind the number a break or what is said
// of it.
func noticesIn(text string) (n Naming, before, after string) {
	const word = "通知"
	text = ahead.ReplaceAllString(zh.Fold(text), word+"${1}号")
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return Naming{}, "", ""
		}
		before = text[:from+i]
		from += i + len(word)
		numbers, ends := numbersAt(text[from:])
		for k := len(numbers); k > 0 && namesIt(before); k-- {
			if after = text[from+ends[k-1]:]; saidOfIt(after) {
				return Naming{Numbers: numbers[:k]}, before, after
			}
		}
	}
}

// numbersAt reads the numbers that s begins with, 1、2和3, and where each of them ends.
func numbersAt(s string) (numbers, ends []int) {
	for at := 0; ; {
		at += len(s[at:]) - len(strings.TrimLeft(s[at:], " #第"))
		number, size := zh.ParseInt(s[at:])
		if size == 0 || number <= 0 {
			return numbers, ends
		}
		at += size
		at += len(s[at:]) - len(strings.TrimPrefix(s[at:], "号"))
		numbers, ends = append(numbers, number), append(ends, at)
		sep := between.FindString(s[at:])
		if sep == "" {
			return numbers, ends
		}
		at += len(sep)
	}
}

// ahead is the name of a notice with its number first: 1、2号通知.
var ahead = regexp.MustCompile(`((?:[0-9]+号? *[、,，和及与跟] *)*[0-9]+)号的?通知`)

// between stands between the numbers of two notices.
var between = regexp.MustCompile(`^ *(?:[、,，和及与跟&+]|以及) *(?:通知)?`)

// counted are notices by how many they are: 这两个通知, 上面三条都.
var counted = regexp.MustCompile(`(?:这|那|上面|以上|前面|刚才|今天|的)*(?:(?:([0-9]{1,3}|[二两三四五六七八九十])[个条份则项])|所有|全部|各)的?(?:通知|(?:我们?|也)*[都均全])(?:我们?|也|都|均|全)*`)

// countedIn finds notices that a text counts, and what stands before and behind them.
func countedIn(text string) (n Naming, before, after string) {
	text = zh.Fold(text)
	m := counted.FindStringSubmatchIndex(text)
	if m == nil || !namesIt(text[:m[0]]) || !saidOfIt(text[m[1]:]) {
		return n, "", ""
	}
	n.All = true
	if m[2] >= 0 {
		n.Count, _ = zh.ParseInt(text[m[2]:m[3]])
	}
	return n, text[:m[0]], text[m[1]:]
}

// namesIt tells whether the name of a notice can stand behind text.
func namesIt(text string) bool {
	return endsWithAny(text, "收到", "回复", "答复", "关于", "对于", "针对", "确认")
}

// saidOfIt tells whether text can stand behind the name of a notice.
func saidOfIt(text string) bool {
	return BeginsWithAny(text, "收到", "已", "的", "还", "未", "都", "也", "均", "谁", "知", "我", "看到", "了")
}
