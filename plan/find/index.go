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

// An Index finds nodes of one plan. It may be used by several goroutines at once.
type Index struct {
	plan    *plan.Plan
	aliases Aliases
	longest int     // runes of the longest alias
	class   []class // of each node
	units   []unit
	owner   []int32 // sentence → unit
	size    []float64
	lead    []bool             // the sentence is a title
	first   []int32            // unit → its first sentence; one more at the end
	posts   map[term]*postings // by sentence
	spread  map[term]*postings // by unit
	mean    float64            // of the sizes of sentences
	meanOf  float64            // of the sizes of units
	norm    []float64          // of sentences, for worthOf
	normOf  []float64          // of units
	marks   sync.Pool          // of *marks, for the next search
	text    []rune             // all text in a row, for spelling
	grams   map[rune][]int32   // where each character stands in text
	unitOf  []int32            // node → unit, -1 if it has none
	sounds  func() map[sound][]term
	names   map[string][]*plan.Node // by label and title
	fields  map[string]bool         // the names of fields
}

// A unit is a node that words can find.
type unit struct {
	node   int
	size   float64
	factor float64
}

// New makes an index of p, which must not change afterwards. Aliases add
// to those that are shipped.
func New(p *plan.Plan, aliases ...Aliases) *Index {
	x := &Index{plan: p, aliases: shipped(), posts: map[term]*postings{}, spread: map[term]*postings{}, grams: map[rune][]int32{}, names: map[string][]*plan.Node{}, fields: map[string]bool{}}
	for _, a := range aliases {
		x.aliases = x.aliases.merge(a)
	}
	for a := range x.aliases {
		x.longest = max(x.longest, utf8.RuneCountInString(a))
	}
	for i, n := range p.Nodes {
		x.class = append(x.class, classOf(n))
		x.unitOf = append(x.unitOf, -1)
		x.rememberName(n)
		x.addUnit(i, n)
	}
	x.sounds = sync.OnceValue(x.soundsOfPlan)
	x.settle()
	return x
}

// addUnit puts the title and the sentences of a node into the index.
func (x *Index) addUnit(i int, n *plan.Node) {
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
	x.first = append(x.first, int32(len(x.owner)))
	size := 0.0
	whole := map[term]uint16{}
	for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("。;!?\n", r) }) {
		if s := x.addSentence(u, sentence, whole); s > 0 {
			size += s
		}
	}
	put(x.spread, whole, u)
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

func (x *Index) addSentence(u int32, s string, whole map[term]uint16) float64 {
	count := map[term]uint16{}
	size := 0.0
	terms(s, func(t term) {
		count[t]++
		whole[t]++
		if t.single() {
			size++
		}
	})
	if size == 0 {
		return 0
	}
	at := int32(len(x.owner))
	put(x.posts, count, at)
	x.owner = append(x.owner, u)
	x.size = append(x.size, size)
	x.lead = append(x.lead, at == 0 || x.owner[at-1] != u)
	return size
}

// put adds the terms of one text to an index.
func put(index map[term]*postings, count map[term]uint16, at int32) {
	for t, n := range count {
		p := index[t]
		if p == nil {
			p = &postings{}
			index[t] = p
		}
		p.add(at, n)
	}
}

// df is in how many units a term stands.
func (x *Index) df(t term) int {
	if p := x.spread[t]; p != nil {
		return len(p.list)
	}
	return 0
}

// remember keeps the text for spelling: where each character stands.
func (x *Index) remember(text string) {
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
	for w := range strings.FieldsSeq("学生 学校 教师 老师 工作 同学 学院 我校 我院 高校 加强 开展 管理 进一步 各类") {
		for i, r := 0, []rune(w); i+1 < len(r); i++ {
			m[pair(r[i], r[i+1])] = true
		}
	}
	return m
}()

func idf(n, df int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+0.5)/(float64(df)+0.5))
}

// weight is what finding t in a unit is worth.
func (x *Index) weight(t term) float64 {
	w := idf(len(x.units), x.df(t))
	if t.single() {
		return w * weightSingle
	}
	if everyday[t] {
		return w * weightEveryday
	}
	return w
}
