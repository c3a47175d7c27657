package reading

import (
	_ "embed"
	"math"
	"math/bits"
)

// A second opinion on what a message is for: an averaged perceptron over pieces of the
// text and the roles of its tokens, trained on the rows under testdata. It never stores
// anything. Where it takes a message for another kind than the grammar does, the table
// of remedies says what becomes of it: mostly a question. TestOpinion trains it again
// and tells whether the file is the one that the rows give.
//
//go:generate go test -run ^TestOpinion$ . -update

// A view is what a message is taken for: a kind and, of progress, how far it says that
// the measures are.
type view struct {
	kind  Kind
	state Status
}

// States of a view that are none of a measure.
const (
	figure Status = "figure" // a percent says it
	mixed  Status = "mixed"  // several measures, not all alike
)

// views are those that the second opinion tells apart, in the order of their weights.
var views = [...]view{
	{kind: Chatter},
	{kind: Ack},
	{kind: Correction},
	{kind: Retract},
	{kind: Query},
	{kind: Question},
	{kind: Ask},
	{Progress, NoStatus},
	{Progress, Done},
	{Progress, Doing},
	{Progress, figure},
	{Progress, NotStarted},
	{Progress, Blocked},
	{Progress, mixed},
}

// viewOf is the view of a row that was read from tokens.
func viewOf(row Row, tokens []token) view {
	v := view{kind: row.Kind}
	if v.kind != Progress {
		return v
	}
	for i, status := range row.Status {
		state := NoStatus
		if status != nil {
			state = *status
		}
		if row.Percent[i] != nil && hasClass(tokens, amount) {
			state = figure
		}
		if i > 0 && state != v.state {
			return view{Progress, mixed}
		}
		v.state = state
	}
	return v
}

// opinionSize is for how many pieces there are weights; pieces share them by their hash.
const opinionSize = 1 << 14

// opinionWeights are the weights of each piece, one for each view.
//
//go:embed opinion.bin
var opinionWeights string

// An opinion says how much speaks for each of views.
type opinion [len(views)]int

// opinion weighs the pieces of m.
func (m *message) opinion(tokens []token) (o opinion) {
	if len(opinionWeights) < opinionSize*len(o) {
		return o // while the file is made anew
	}
	m.pieces(tokens, func(p uint32) {
		at := int(p) * len(o)
		w := opinionWeights[at : at+len(o)]
		for k := range o {
			o[k] += int(int8(w[k]))
		}
	})
	return o
}

// best is the likeliest of the views that suit, and how much speaks for it.
func (o *opinion) best(suits func(view) bool) (best view, weight int) {
	weight = math.MinInt
	for k, v := range views {
		if suits(v) && o[k] > weight {
			best, weight = v, o[k]
		}
	}
	return best, weight
}

// kind is the likeliest kind, and by how much it leads over the other.
func (o *opinion) kind(other Kind) (Kind, int) {
	best, weight := o.best(func(view) bool { return true })
	_, less := o.best(func(v view) bool { return v.kind == other })
	return best.kind, weight - less
}

// pieces yields the pieces of m: what its words do, one by one and in rows, and up to
// three neighbouring characters, where numbers are only what they are taken for.
func (m *message) pieces(tokens []token, yield func(uint32)) {
	const most = 120 // characters; what a message is shows at its head
	context := uint32(m.context())
	yield(hashed(1, context, 0))
	var roles role
	var classes, n uint32
	two, one := uint32(1), uint32(1) // what the last tokens did
	var signs trigram
	signs.add('^', yield)
	for _, t := range tokens {
		if t.class == space {
			continue
		}
		does := uint32(t.class) + 64
		switch t.class {
		case word, other, mark:
			if t.class != mark {
				does = uint32(bits.TrailingZeros64(uint64(t.roles)))
			}
			for _, r := range t.text() {
				signs.add(r, yield)
			}
		case brk:
			if t.asks {
				does = 99
			}
			signs.add('\uE000'+rune(does), yield)
		default:
			signs.add('\uE000'+rune(does), yield)
		}
		for rest := t.roles; rest != 0; rest &= rest - 1 {
			yield(hashed(2, uint32(bits.TrailingZeros64(uint64(rest))), 0))
		}
		yield(hashed(3, does, 0))
		yield(hashed(4, one, does))
		yield(hashed(5, two<<8|one, does))
		two, one = one, does
		roles, classes, n = roles|t.roles, classes|1<<t.class, n+1
		if signs.n > most {
			break
		}
	}
	signs.add('$', yield)
	yield(hashed(6, one, 0))
	yield(hashed(7, two, one))
	yield(hashed(8, classes, context))
	yield(hashed(9, classes, 0))
	yield(hashed(10, min(n, 12)/3, context))
	if len(m.others) > 0 {
		yield(hashed(11, context, 0))
	}
	for rest := roles; rest != 0; rest &= rest - 1 {
		yield(hashed(12, uint32(bits.TrailingZeros64(uint64(rest))), context))
	}
}

// A trigram is the last characters of a text.
type trigram struct {
	two, one rune
	n        int
}

// add yields the pieces that end with r.
func (s *trigram) add(r rune, yield func(uint32)) {
	yield(hashed(13, uint32(r), 0))
	if s.n > 0 {
		yield(hashed(14, uint32(s.one), uint32(r)))
	}
	if s.n > 1 {
		yield(hashed(15+uint32(s.two), uint32(s.one), uint32(r)))
	}
	s.two, s.one, s.n = s.one, r, s.n+1
}

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

// hashed is the weight that a piece of some sort uses.
func hashed(sort, a, b uint32) uint32 {
	h := (uint64(sort)<<40 ^ uint64(a)<<20 ^ uint64(b)) * 0x9E3779B97F4A7C15
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return uint32(h>>40) % opinionSize
}
