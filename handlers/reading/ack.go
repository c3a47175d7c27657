package reading

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ackWords are the words of an acknowledgement, and those that may stand around
// one.
var ackWords = compile("收到强", "收到错字", "收到弱", "收到旁", "收到头")

// The roles of ackWords.
const (
	ackStrong role = 1 << iota
	ackTypo
	ackWeak
	_
	ackHead // as strong; more may follow in the same clause: 收到并转发

	acks = ackStrong | ackTypo | ackHead
)

// What may follow a head in its clause, and what makes 好的 an answer to a person:
// 好的，那我们12点食堂见.
var (
	ackTails  = words("收到接")
	particles = strings.Fields("啊 呀 哈 啦 哦 噢 嘞 咯 哟 嗷 ❤")
	receipts  = strings.Fields("回执 回复 补上 补签 签收 确认 反馈 状态 情况")
	meetings  = words("闲约")
)

// An acking is what a clause acknowledges with.
type acking struct {
	strong, weak bool
	head         bool   // with 收到, not only 好的
	flags        Flag   // Typo
	name         string // who signed
	tail         string // what follows the head in its clause
}

func (a acking) any() bool { return a.strong || a.weak }

// chain eats the words of an acknowledgement from the start of s.
func chain(s string) (a acking, rest string) {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		e, known := ackWords.at(s)
		switch {
		case known && e.word[len(e.word)-1] == '1' && (arabic(s[len(e.word):]) || hasPrefix(s[len(e.word):], ".", "、", ")") || hasOwnUnit(s[len(e.word):])):
			if r == '1' {
				return a, s // 12, 15号
			}
			a.strong, a.head, s = true, true, s[len(e.word)-1:] // 收到1班的
		case known:
			a.strong = a.strong || e.roles&acks != 0
			a.head = a.head || e.roles&ackHead != 0
			a.weak = a.weak || e.roles&(acks|ackWeak) == ackWeak
			if e.roles&ackTypo != 0 {
				a.flags |= Typo
			}
			s = s[len(e.word):]
		case drawnSign(r):
			s = s[size:]
		case stickerAt(s) > 0:
			s = s[stickerAt(s):]
		default:
			return a, s
		}
	}
	return a, ""
}

// drawnSign reports whether r is space, an emoji or another sign that says nothing.
func drawnSign(r rune) bool {
	return r == ' ' || r == '\t' || r >= 0x2600 && r < 0x27C0 || r >= 0x1F000 && r < 0x1FB00 || r == '…'
}

// ackClause reads one clause as an acknowledgement. Name is who signed it.
func ackClause(c string, known Names) acking {
	c = strings.TrimSpace(c)
	a, rest := chain(c)
	const longest = 120
	switch {
	case rest == "":
		return a
	case len(c) > longest:
		return acking{}
	case !a.any():
		return cmp.Or(signedAck(c, known), labelledAck(c))
	}
	eaten := strings.TrimRight(strings.TrimSuffix(c, rest), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case slices.Contains(identities(rest, known), len(rest)):
		a.name = rest
	case a.opens(rest), a.head && strings.ContainsAny(eaten, "("), a.head && chatty(eaten):
		a.tail = rest // 收到(在外地), 收到了啊刚才在开车
	default:
		return acking{}
	}
	return a
}

// chatty reports whether a particle follows 收到 in eaten, so that what comes next is
// another sentence: 收到了啊刚才在开车.
func chatty(eaten string) bool {
	_, after, ok := strings.Cut(eaten, "收到")
	return ok && containsAny(after, particles)
}

// labelledAck reads 回执：收到, an acknowledgement behind what it is called.
func labelledAck(c string) acking {
	label, said, ok := strings.Cut(c[max(0, strings.LastIndex(c[:max(0, strings.LastIndexByte(c, ':'))], ":")+1):], ":")
	if a, rest := chain(said); ok && a.head && rest == "" && containsAny(label, receipts) {
		return a
	}
	return acking{}
}

// opens reports whether rest, which is what follows a in its clause, tells how
// something that was received is dealt with: 收到并转发, 收到(在外地). What was
// received is none: 收到快递了.
func (a acking) opens(rest string) bool {
	if !a.strong || isAsking(scan(rest, scanOptions{}), false) {
		return false
	}
	e, known := wordAt(rest)
	const how = soon | act | planned | past | later | self | ongoing | day | needed
	return known && e.roles&how != 0 || a.head && (rest[0] == '(' || letter(rest[0]) || hasPrefix(rest, ackTails...))
}

// signedAck reads 电信学院张三收到: a name first. The end is looked at before the
// name, because most clauses end in no acknowledgement.
func signedAck(c string, known Names) acking {
	var sizes []int
	for i := range c {
		if e, _ := ackWords.at(c[i:]); i == 0 || e.roles&acks == 0 {
			continue
		}
		b, tail := chain(c[i:])
		if !b.strong || tail != "" && !b.opens(tail) {
			continue
		}
		b.tail = tail
		if sizes == nil {
			sizes = identities(c, known)
		}
		for _, size := range sizes {
			if size > i {
				continue
			}
			if _, between := chain(c[size:i]); between == "" {
				b.name = c[:size]
				return b
			}
		}
	}
	return acking{}
}

// ackOf reads the clauses of text as acknowledgement; rest is what else is said.
func (m *message) ackOf(clauses []string) (a acking, rest []string) {
	const most = 4 // clauses at the start that may acknowledge, and the last one
	for i, c := range clauses {
		var one acking
		if i < most || i == len(clauses)-1 {
			one = m.oneAck(c, i == 0, len(clauses) == 1)
		}
		switch {
		case one.any():
			a.strong, a.weak, a.head, a.flags = a.strong || one.strong, a.weak || one.weak, a.head || one.head, a.flags|one.flags
			a.name = cmp.Or(a.name, one.name)
			if one.tail != "" {
				rest = append(rest, one.tail)
			}
		case !onlyCourtesy(c):
			rest = append(rest, strings.TrimSpace(c))
		}
	}
	if !a.any() {
		a = m.spacedAck()
	}
	reports := func(c string) bool { return hasPrefix(strings.TrimSpace(c), "全", "都", "均", "所有") }
	if !a.head && m.quote != QuoteNotice && slices.ContainsFunc(clauses, reports) {
		return acking{}, rest // 全部ok了 is a report
	}
	return a, rest
}

// oneAck reads one clause, the first or the only one perhaps.
func (m *message) oneAck(c string, first, only bool) acking {
	a := ackClause(c, m.in.People)
	if !only && strings.Trim(c, "1+ ") == "" {
		a = acking{} // a 1 beside other words may be anything
	}
	if first && !a.any() {
		a = m.openAck(c)
	}
	return a
}

// spacedAck reads an acknowledgement between blanks: 手机没电刚看到 收到.
func (m *message) spacedAck() acking {
	for piece := range strings.FieldsSeq(lower(m.body)) {
		if a, tail := chain(piece); a.head && tail == "" {
			return a
		}
	}
	return acking{}
}

// openAck reads what begins with an acknowledgement, if a blank was typed behind it or
// it was said to the bot, so that nothing that was received is meant: 收到 刚下课.
func (m *message) openAck(c string) acking {
	a, rest := chain(c)
	first, _, blank := strings.Cut(lower(m.body), " ")
	b, tail := chain(first)
	blank = blank && b.head && tail == ""
	if (a.head || a.strong && m.quote == QuoteNotice) && (blank || m.quote == QuoteNotice || m.addressed() && hasSuffix(strings.TrimSuffix(c, rest), "了")) && !hasPrefix(rest, "的", "没", "吗", "不", "率", "后", "请") && !isAsking(scan(rest, scanOptions{}), false) {
		a.tail = rest
		return a
	}
	return acking{}
}

// onlyCourtesy reports whether c is thanks, greetings and signs.
func onlyCourtesy(c string) bool {
	_, rest := chain(c)
	for rest != "" {
		e, ok := wordAt(rest)
		if !ok || e.roles&(thanks|greet|laugh|filler) == 0 {
			return false
		}
		_, rest = chain(rest[len(e.word):])
	}
	return true
}

// clausesOf splits s at its stops.
func clausesOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return stop(r) || r == '？' || r == '?' || r == '\n' })
}
