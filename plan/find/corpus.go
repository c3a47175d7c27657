package find

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"duban/plan"
	"duban/zh"
)

// A corpus is the text of a plan, which is searched by words.
type corpus struct {
	plan       *plan.Plan
	aliases    Aliases
	longest    int // runes of the longest alias
	units      []unit
	unitOf     []int32 // node → unit, -1 if it has none
	sentences  []sentence
	bySentence map[term][]posting
	byUnit     map[term][]posting
	text       []rune           // all text in a row, for spelling
	grams      map[rune][]int32 // where each character stands in text
	sounds     func() map[sound][]term
}

// A unit is a node that words can find.
type unit struct {
	node   int
	size   float64
	factor float64
	norm   float64 // what its length does to BM25
}

// A sentence is one of a unit's.
type sentence struct {
	unit int32
	size float64
	norm float64
	lead bool // it is the title
}

// A posting says how often a term stands in a sentence or unit.
type posting struct {
	at int32
	n  uint16
}

func newCorpus(p *plan.Plan, aliases Aliases) *corpus {
	x := &corpus{plan: p, aliases: aliases, bySentence: map[term][]posting{}, byUnit: map[term][]posting{}, grams: map[rune][]int32{}}
	for a := range aliases {
		x.longest = max(x.longest, utf8.RuneCountInString(a))
	}
	for i, n := range p.Nodes {
		x.unitOf = append(x.unitOf, -1)
		x.addUnit(i, n)
	}
	x.sounds = sync.OnceValue(x.soundsOfPlan)
	mean := 0.0
	for _, s := range x.sentences {
		mean += s.size / float64(len(x.sentences))
	}
	for i, s := range x.sentences {
		x.sentences[i].norm = normOf(s.size / mean)
	}
	mean = 0
	for _, u := range x.units {
		mean += u.size / float64(len(x.units))
	}
	for i, u := range x.units {
		x.units[i].norm = normOf(u.size / mean)
	}
	return x
}

// normOf is what the length of a text does to BM25; size is in mean lengths.
func normOf(size float64) float64 { return k1 * (1 - bLength + bLength*size) }

// addUnit puts the title and the sentences of a node into the index.
func (x *corpus) addUnit(i int, n *plan.Node) {
	text := n.Body
	if !n.TitleInline || n.Kind == plan.Field {
		text = n.Title + "。" + n.Body
	}
	text = zh.Fold(text)
	if strings.Trim(text, "。") == "" {
		return
	}
	u := int32(len(x.units))
	x.unitOf[i] = u
	size := 0.0
	whole := map[term]uint16{}
	for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("。;!?\n", r) }) {
		size += x.addSentence(u, sentence, whole)
	}
	put(x.byUnit, whole, u)
	x.units = append(x.units, unit{node: i, size: size, factor: worth(n)})
	x.remember(text)
}

// worth favours what is to be done over what is wrong, what is hoped for, and
// what is only a heading.
func worth(n *plan.Node) float64 {
	if n.Kind == plan.Field && (slices.Contains(fieldNames("问题"), n.Name()) || slices.Contains(fieldNames("目标"), n.Name())) {
		return factorField
	}
	if n.Body == "" && n.Kind != plan.Field {
		return factorHolder
	}
	return 1
}

func (x *corpus) addSentence(u int32, s string, whole map[term]uint16) float64 {
	count := map[term]uint16{}
	size := 0.0
	for t := range terms(s) {
		count[t]++
		whole[t]++
		if t.single() {
			size++
		}
	}
	if size == 0 {
		return 0
	}
	at := int32(len(x.sentences))
	put(x.bySentence, count, at)
	x.sentences = append(x.sentences, sentence{unit: u, size: size, lead: at == 0 || x.sentences[at-1].unit != u})
	return size
}

// put adds the terms of one text to an index.
func put(index map[term][]posting, count map[term]uint16, at int32) {
	for t, n := range count {
		index[t] = append(index[t], posting{at, n})
	}
}

// df is in how many units a term stands.
func (x *corpus) df(t term) int { return len(x.byUnit[t]) }

// remember keeps the text for spelling: where each character stands.
func (x *corpus) remember(text string) {
	for _, r := range strings.ToLower(text) {
		x.grams[r] = append(x.grams[r], int32(len(x.text)))
		x.text = append(x.text, r)
	}
	x.text = append(x.text, '\n')
}

// Weights of the score: a character says less than a pair, and where a term
// stands in the best sentence more than where it stands in the whole node.
const (
	weightSingle   = 0.3
	weightWhole    = 0.3
	factorField    = 0.85
	factorHolder   = 0.9
	weightEveryday = 0.45
	k1             = 1.2
	bLength        = 0.6
)

// everyday are words that any plan of this field may say anywhere.
var everyday = func() map[term]bool {
	m := map[term]bool{}
	for t := range terms("学生 学校 教师 老师 工作 同学 学院 我校 我院 高校 加强 开展 管理 进一步 各类") {
		m[t] = !t.single()
	}
	return m
}()

func idf(n, df int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+0.5)/(float64(df)+0.5))
}

// weight is what finding t in a unit is worth.
func (x *corpus) weight(t term) float64 {
	w := idf(len(x.units), x.df(t))
	if t.single() {
		return w * weightSingle
	}
	if everyday[t] {
		return w * weightEveryday
	}
	return w
}
