package reading

import (
	_ "embed"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// A second opinion on what is said to the bot: an averaged perceptron over pieces
// of the text and the roles of its tokens, trained on the rows under testdata. It
// never stores anything. Where the grammar finds nothing to store and it finds
// something, the bot asks. TestOpinion trains it again and tells whether the file
// is the one that the rows give.
//
//go:generate go test -run ^TestOpinion$ . -update

//go:embed opinion.bin
var opinionFile []byte

// opinionSize is how many weights there are; pieces share them by their hash.
const opinionSize = 1 << 14

var opinionWeights = func() (w [opinionSize]int16) {
	for i := range min(len(opinionFile)/2, opinionSize) {
		w[i] = int16(binary.LittleEndian.Uint16(opinionFile[2*i:]))
	}
	return w
}()

// stores says how sure the second opinion is that m has something to be stored; it is
// above zero if it is.
func (m *message) stores(tokens []token) int {
	sum := 0
	for _, f := range m.features(tokens) {
		sum += int(opinionWeights[f])
	}
	return sum
}

// missed reports whether r, which stores nothing, may have missed something that was
// said to the bot, or of a measure.
func (m *message) missed(r *Reading, tokens []token) bool {
	const (
		likely = -100 // of what would be met with silence
		sure   = 100  // of what is answered as if it asked for something
		tells  = done | partial | doing | ongoing | starting | neg | blocked | unbegun | unchanged | left | past | void | fix | said | leave | soon | planned | later | rate
	)
	roles := rolesOf(tokens)
	figures := hasClass(tokens, amount) && strings.ContainsAny(m.text, "%趴成") || hasClass(tokens, measure)
	full := slices.ContainsFunc(tokens, func(t token) bool { return t.class == measure && t.strict })
	if roles&^(inert|filler) == 0 && m.quote == NoQuote && !full && unknownRunes(tokens) == 0 && !strings.ContainsAny(m.text, "%趴成") {
		return false // a telephone number, 3——5条, 同意1
	}
	noun := roles&tells == 0 && !hasClass(tokens, amount) && !hasClass(tokens, number) && !hasClass(tokens, count)
	switch {
	case m.quote == NoQuote && !hasClass(tokens, measure) && containsAny(m.text, []string{"通知", "提醒"}) && (roles&void != 0 || utf8.RuneCountInString(m.text) <= 12): // perhaps a command
		return false
	case strings.HasSuffix(strings.TrimRight(m.text, "?。!~ "), "呢"), r.Search != "":
		return false // 那进展呢, 下一条
	case r.Kind == Query:
		asks := roles&(ask|askEnd|who|want) != 0 || containsAny(m.text, askingParts)
		return (r.Intent == Lookup || r.Intent == Stuck) && !asks && !noun && m.stores(tokens) > sure
	case r.Kind == Chatter && m.in.Group && !m.addressed():
		return m.overheardReport(tokens, roles)
	case r.Kind != Chatter, r.Intent != NoIntent, !m.addressed(), len(m.others) > 0 && !m.called && m.in.Group, onlySigns(tokens):
		return r.Kind == Chatter && m.quote == QuoteCheckin && onlySigns(tokens)
	case m.quote == NoQuote && reportsNothing(m.text, roles):
		return true
	case noun && m.quote == NoQuote && !hasClass(tokens, measure) && utf8.RuneCountInString(m.text) <= 12: // 抓好课堂: to be looked up
		return false
	}
	quiet := roles&(laugh|thanks|greet|unrelated|leave|announce|rate) == 0
	return m.stores(tokens) > likely || quiet && (figures || m.quote == QuoteCheckin)
}

// reportsNothing reports whether the text says how far something is, and not of what:
// 那边的都弄完了.
func reportsNothing(text string, roles role) bool {
	if containsAny(text, []string{"记一下", "登记", "记录", "记下"}) {
		roles &^= thanks
	}
	const aside = laugh | thanks | greet | unrelated | you | third | hearsay | announce | urge | leave | void | ask | askEnd | who | want
	return roles&(done|ongoing|blocked|unbegun) != 0 && roles&(self|past|latest|each|degree|record) != 0 && roles&aside == 0
}

// overheardReport reports whether group talk that is said to nobody may report on a
// measure that it names in full.
func (m *message) overheardReport(tokens []token, roles role) bool {
	const aside = announce | urge | hearsay | you | third | goal | ask | askEnd | who | want | laugh | supposed | unrelated
	strict := slices.ContainsFunc(tokens, func(t token) bool {
		before := strings.TrimRight(clauseBefore(t.before()), " :的")
		return t.class == measure && t.strict && (before == "" || slices.Contains(identities(before, m.in.People), len(before)))
	})
	tells := roles&(done|doing|ongoing|blocked|starting|unbegun) != 0 || hasClass(tokens, amount)
	return strict && tells && roles&aside == 0 && len(m.others) == 0 && m.quote != QuoteOther && !strings.ContainsAny(m.text, "?吧") && m.stores(tokens) > 0
}

// features lists the pieces of m by the weights that they share, each once.
func (m *message) features(tokens []token) []uint16 {
	const most = 120 // characters; what a message is shows at its head
	var signs []rune
	var list []uint16
	before := uint64(1)
	for _, t := range tokens {
		role := uint64(t.class) + 64
		switch t.class {
		case word, other:
			role = uint64(t.list1())
			for i := range t.text() {
				r, _ := utf8.DecodeRuneInString(t.text()[i:])
				signs = append(signs, r)
			}
		case space:
			continue
		default:
			signs = append(signs, rune(t.class))
		}
		for roles := t.roles; roles != 0; roles &= roles - 1 {
			list = append(list, hashed(2, uint64(roles&-roles)))
		}
		list = append(list, hashed(3, role), hashed(4, before, role))
		before = role
		if len(signs) > most {
			break
		}
	}
	signs = slices.Concat([]rune{'^'}, signs, []rune{'$'})
	for i := range signs {
		for n := 1; n <= 3 && i+n <= len(signs); n++ {
			key := []uint64{5}
			for _, r := range signs[i : i+n] {
				key = append(key, uint64(r))
			}
			list = append(list, hashed(key...))
		}
	}
	list = append(list, hashed(1, uint64(m.context())))
	slices.Sort(list)
	return slices.Compact(list)
}

// list1 is the first role of t.
func (t token) list1() role { return t.roles & -t.roles }

// context numbers the ways in which a message can be said.
func (m *message) context() int {
	switch {
	case m.quote == QuoteNotice:
		return 1
	case m.quote == QuoteCheckin:
		return 2
	case !m.in.Group:
		return 3
	case m.called:
		return 4
	default:
		return 0
	}
}

// hashed is the weight that a piece uses.
func hashed(parts ...uint64) uint16 {
	h := uint64(14695981039346656037)
	for _, p := range parts {
		h = (h ^ p) * 1099511628211
		h ^= h >> 29
	}
	return uint16(h>>17) % opinionSize
}
