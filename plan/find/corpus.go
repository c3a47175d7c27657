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
	bySentence texts
	byUnit     texts
	text       []rune           // all text in a row, for spelling
	grams      map[rune][]int32 // where each character stands in text
	sounds     func() map[sound][]term
}

// A unit is a node that words can find.
type unit struct {
	node   int
	factor float64
}

// A sentence is one of a unit's.
type sentence struct {
	unit int32
	lead bool // it is the title
}

// A posting says how often a term stands in a text.
type posting struct {
	at int32
	n  uint16
}

// Texts are the sentences or the units of a corpus, by the terms in them.
type texts struct {
	with map[term][]posting
	norm []float64 // of each text: what its length does to BM25
}

// add adds a text with so many of each term; its norm is its length at first.
func (x *texts) add(count map[term]uint16) {
	size := 0.0
	for t, n := range count {
		x.with[t] = append(x.with[t], posting{int32(len(x.norm)), n})
		if t.single() {
			size += float64(n)
		}
	}
	x.norm = append(x.norm, size)
}

// settle makes norms of the lengths, when all texts are there.
func (x *texts) settle() {
	mean := 0.0
	for _, size := range x.norm {
		mean += size / float64(len(x.norm))
	}
	for i, size := range x.norm {
		x.norm[i] = k1 * (1 - bLength + bLength*(size/mean))
	}
}

func newCorpus(p *plan.Plan, aliases Aliases) *corpus {
	x := &corpus{plan: p, aliases: aliases, bySentence: texts{with: map[term][]posting{}}, byUnit: texts{with: map[term][]posting{}}, grams: map[rune][]int32{}}
	for a := range aliases {
		x.longest = max(x.longest, utf8.RuneCountInString(a))
	}
	for i, n := range p.Nodes {
		x.unitOf = append(x.unitOf, -1)
		x.addUnit(i, n)
	}
	x.sounds = sync.OnceValue(x.soundsOfPlan)
	x.bySentence.settle()
	x.byUnit.settle()
	return x
}

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
	whole := map[term]uint16{}
	lead := true
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("。;!?\n", r) }) {
		count := map[term]uint16{}
		for t := range terms(s) {
			count[t]++
			whole[t]++
		}
		if len(count) > 0 {
			x.bySentence.add(count)
			x.sentences = append(x.sentences, sentence{u, lead})
			lead = false
		}
	}
	x.byUnit.add(whole)
	x.units = append(x.units, unit{i, worth(n)})
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

// df is in how many units a term stands.
func (x *corpus) df(t term) int { return len(x.byUnit.with[t]) }

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
