package reading

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The words of an acknowledgement. A clause is one if it is made of these
// words, and perhaps a name, and nothing else: 收到快递了 is none.
var (
	ackStrong = wordSet(`收到 已收到 已阅读 已经收到 收悉 已阅 阅 已阅知 阅知 阅悉 已悉 知悉 已知悉 知晓 已知晓 已读 知道了 知道啦 知道咯 晓得了 晓得啦 晓得咯 了解 已了解 明白 清楚了 遵命 照办
		得令 好的 好滴 好哒 好嘞 好咧 好勒 好呢 得嘞 要得 ok okay okk okok 没问题 没毛病 冇问题 roger +1 1 扣1 看到了 已看到 看见了 已看 👌 🆗 [ok] [好的] 遵照执行 严格执行 坚决执行 坚决落实 认真落实 贯彻落实 抓好落实 按要求执行 按要求落实 按要求做 签收 已签收 确认收到 已确认 收到1 好的吧 好的呢 收到请放心 收到照办`)
	ackWeak = wordSet(`嗯 嗯嗯 嗯呢 嗯哪 行 可以 好 对 对的 是 是的 中 成 确认 👍 [强] [握手] [抱拳] 🤝 🙏 没错 y yes 妥 放心 请放心 好吧 好啊 好呀 好哦 行吧 行的 也行 得 没事`)
	ackTypo = wordSet(`收倒 受到 収到 收道 手到 收dao shoudao sd 收刀 己阅 以阅 已悦 己悉 己知悉 己收到 以收到 收到l 好得 好地 收刭 收导 知到了 明百`)
	// Words that may stand around an acknowledgement.
	ackAround = wordSet(`了 啦 咯 喽 哈 呀 哦 噢 喔 啊 呢 的 嗯 呃 嘞 滴 已 已经 都 均 全部 刚 刚刚 刚看到 看到 这边 我 我们 我院 我系 我班 我处 本人 我这边 我们学院 我校 本院
		谢谢 感谢 多谢 谢了 辛苦 辛苦了 辛苦啦 老师 老师们 主任 书记 领导 处长 院长 科长 部长 同志 您 通知 提醒 消息 信息 要求 精神 安排 文件 公告 此 该 以上 上述 内容 回复 回执 谢谢提醒 感谢提醒
		们 谢谢你 哈哈 & 【 】 学工处 学工部 小助手 ! ～ ~ - — 。 . , ， ： : ( ) 「 」 " ' “ ”`)
)

// wordSet makes a set of words.
func wordSet(words string) *dictionary {
	return compile([]list{{1, words}}, nil)
}

func setAt(set *dictionary, s string) int {
	e, _ := set.at(s)
	return len(e.word)
}

// An acking is what a clause acknowledges with.
type acking struct {
	strong, weak, typo bool
	name               string // who signed
}

func (a acking) any() bool { return a.strong || a.weak }

// chain eats the words of an acknowledgement from the start of s.
func chain(s string) (a acking, rest string) {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		strong, weak, typo := setAt(ackStrong, s), setAt(ackWeak, s), setAt(ackTypo, s)
		around := setAt(ackAround, s)
		switch longest := max(strong, weak, typo, around); {
		case r == '1' && strong > 0 && (digits(s, r) != strong || hasPrefix(s[strong:], ".", "、", ")")):
			return a, s // 12, 15号
		case longest == 0 && drawnSign(r):
			s = s[size:]
		case longest == 0 && r == '[' && strings.IndexByte(s, ']') > 0 && strings.IndexByte(s, ']') <= 24:
			s = s[strings.IndexByte(s, ']')+1:]
		case longest == 0:
			return a, s
		case longest == strong:
			a.strong = true
			s = s[strong:]
		case longest == typo:
			a.strong, a.typo = true, true
			s = s[typo:]
		case longest == weak:
			a.weak = true
			s = s[weak:]
		default:
			s = s[around:]
		}
	}
	return a, ""
}

// drawnSign reports whether r is space, an emoji or another sign that says nothing.
func drawnSign(r rune) bool {
	return r == ' ' || r == '\t' || r >= 0x2600 && r < 0x27C0 || r >= 0x1F000 && r < 0x1FB00 || r == '…'
}

// ackClause reads one clause as an acknowledgement. Name is who signed it.
func ackClause(c string, known []string) acking {
	c = strings.TrimSpace(c)
	a, rest := chain(c)
	if rest == "" {
		return a
	}
	const longest = 120
	if len(c) > longest {
		return acking{}
	}
	rest = strings.TrimSpace(rest)
	if a.any() {
		if slices.Contains(identities(rest, known), len(rest)) {
			a.name = rest
			return a
		}
		return acking{}
	}
	return signedAck(c, known)
}

// signedAck reads 电信学院张三收到: a name first. The end is looked at before the
// name, because most clauses end in no acknowledgement.
func signedAck(c string, known []string) acking {
	var sizes []int
	for i := range c {
		if i == 0 || setAt(ackStrong, c[i:]) == 0 && setAt(ackTypo, c[i:]) == 0 {
			continue
		}
		b, tail := chain(c[i:])
		if !b.strong || tail != "" {
			continue
		}
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
		if i >= most && i < len(clauses)-1 {
			rest = append(rest, strings.TrimSpace(c))
			continue
		}
		one := ackClause(c, m.in.People)
		switch {
		case one.any():
			a.strong, a.weak, a.typo = a.strong || one.strong, a.weak || one.weak, a.typo || one.typo
			if a.name == "" {
				a.name = one.name
			}
		case onlyCourtesy(c):
		default:
			rest = append(rest, strings.TrimSpace(c))
		}
	}
	if a.any() || len(rest) == 0 {
		return a, rest
	}
	// Dictated text has no stops: 收到我马上跟学生说.
	if one, tail := chain(rest[0]); one.strong {
		if e, ok := wordAt(tail); ok && e.roles&(soon|act|planned|later|self|ongoing|day|needed) != 0 || strings.HasPrefix(rest[0], "收到") && ok && e.roles&past != 0 {
			rest[0] = tail
			return one, rest
		}
	}
	return a, rest
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
