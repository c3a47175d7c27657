package reading

import (
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write opinion.bin")

// hands are the files of testdata, of which each list is by one hand.
var hands = [][]string{
	{"messages", "fresh", "fresh2", "fresh3", "fresh4", "fresh5", "decoys", "people"},
	{"third"},
	{"nine"},
	{"teach1"},
	{"teach2"},
	{"teach3"},
	{"teach4"},
	{"teach5"},
	{"fourth"},
}

// A lesson is a row of testdata as the perceptron sees it.
type lesson struct {
	pieces []uint32
	kind   int // of opinionKinds
}

// weights are those of each piece for each kind.
type weights [opinionSize][len(opinionKinds)]int

// lessonsOf are the rows of a hand. Of a report without a measure, the bot asks which.
func lessonsOf(t *testing.T, names []string) (all []lesson) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile("testdata/" + name + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			c := strings.Split(line, "\t")
			if len(c) < 6 || c[0] == "context" {
				continue
			}
			kind := Kind(c[2])
			if kind == Progress && c[3] == "-" {
				kind = Ask
			}
			m := split(FromContext(c[0], strings.ReplaceAll(c[1], `\n`, "\n")))
			l := lesson{kind: slices.Index(opinionKinds[:], kind)}
			m.pieces(m.freely(m.scan()), func(p uint32) { l.pieces = append(l.pieces, p) })
			all = append(all, l)
		}
	}
	return all
}

// learn is the weights that lessons give: the mean of a perceptron's over all steps.
func learn(all []lesson) *weights {
	const rounds, margin = 12, 100
	var now, sum weights
	steps, total := 0, rounds*len(all)
	for round := range rounds {
		r := rand.New(rand.NewPCG(1, uint64(round)))
		for _, i := range r.Perm(len(all)) {
			l := all[i]
			steps++
			score := now.score(l)
			rival := -1
			for k := range score {
				if k != l.kind && (rival < 0 || score[k] > score[rival]) {
					rival = k
				}
			}
			if score[l.kind]-score[rival] >= margin {
				continue
			}
			for _, p := range l.pieces {
				now[p][l.kind]++
				now[p][rival]--
				sum[p][l.kind] += total - steps
				sum[p][rival] -= total - steps
			}
		}
	}
	const scale = 6
	for p := range sum {
		for k := range sum[p] {
			sum[p][k] = max(-127, min(127, sum[p][k]*scale/total))
		}
	}
	return &sum
}

func (w *weights) score(l lesson) (o opinion) {
	for _, p := range l.pieces {
		for k, v := range w[p] {
			o[k] += v
		}
	}
	return o
}

func (w *weights) bytes() []byte {
	var b []byte
	for _, row := range w {
		for _, v := range row {
			b = append(b, byte(int8(v)))
		}
	}
	return b
}

func TestOpinion(t *testing.T) {
	var all []lesson
	for _, names := range hands {
		all = append(all, lessonsOf(t, names)...)
	}
	b := learn(all).bytes()
	if *update {
		if err := os.WriteFile("opinion.bin", b, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != opinionWeights {
		t.Error("opinion.bin is not what the rows of testdata give; run go generate")
	}
}

// Unheard makes the second opinion one that has learnt from all hands but one, until the
// test is over: rows of one hand resemble each other.
func Unheard(t *testing.T, hand string) {
	t.Helper()
	var rest []lesson
	for _, names := range hands {
		if names[0] != hand {
			rest = append(rest, lessonsOf(t, names)...)
		}
	}
	all := opinionWeights
	opinionWeights = string(learn(rest).bytes())
	t.Cleanup(func() { opinionWeights = all })
}
