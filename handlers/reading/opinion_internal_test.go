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
	{"teach6"},
}

// A lesson is a row of testdata as the perceptron sees it.
type lesson struct {
	pieces []uint32
	view   int // of views
}

// weights are those of each piece for each view.
type weights [opinionSize][len(views)]int

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
			all = append(all, lessonOf(c[0], strings.ReplaceAll(c[1], `\n`, "\n"), kind, c[4], c[5]))
		}
	}
	return all
}

// lessonOf is a lesson with these labels.
func lessonOf(context, text string, kind Kind, percent, status string) (l lesson) {
	m := split(FromContext(context, text))
	tokens := m.scan()
	row := Row{Kind: kind}
	percents := strings.Split(percent, ",")
	for i, s := range strings.Split(status, ",") {
		var n *int
		if percents[min(i, len(percents)-1)] != "-" {
			n = new(int)
		}
		row.Status, row.Percent = append(row.Status, new(Status(strings.Trim(s, "-")))), append(row.Percent, n)
	}
	l.view = slices.Index(views[:], viewOf(row, tokens))
	m.pieces(m.freely(tokens), func(p uint32) { l.pieces = append(l.pieces, p) })
	return l
}

// Frames are ways of naming measure 14, by the context, to put a state into.
var Frames = [][2]string{
	{"private", "第14条%s"},
	{"private", "第14条，%s"},
	{"private", "第14条：%s。"},
	{"private", "第十四条 %s"},
	{"private", "第14条目前%s"},
	{"private", "第14条%s，请查收"},
	{"private", "老师，我的第14条%s啦"},
	{"private", "汇报一下，第14条%s，谢谢"},
	{"private", "收到，第14条%s"},
	{"private", "14：%s"},
	{"private", "措施14 %s"},
	{"private", "第14条心理普查%s"},
	{"private", "第14条%s，经费紧张"},
	{"private", "[语音转文字] 嗯第十四条这边%s哈"},
	{"group-mention", "@学工小助手 第14条%s"},
	{"group-mention", "第14条%s @学工小助手"},
	{"group-no-mention", "第14条%s"},
	{"group-no-mention", "张三：第14条%s"},
	{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n%s"},
	{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n收到，%s，谢谢"},
	{"quote-of-checkin", "「学工小助手：【进度填报】第14条 开展走访」\n- - - -\n台账%s"},
}

// framed are the states of states.tsv in each of Frames.
func framed(t *testing.T) (all []lesson) {
	t.Helper()
	data, err := os.ReadFile("testdata/states.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		c := strings.Split(strings.TrimSpace(line), "\t")
		if len(c) != 3 || c[0] == "state" {
			continue
		}
		for range 4 {
			f := Frames[n%len(Frames)]
			n++
			all = append(all, lessonOf(f[0], strings.Replace(f[1], "%s", c[0], 1), Progress, c[1], c[2]))
		}
	}
	return all
}

// learn is the weights that lessons give: the mean of several perceptrons', each the mean
// over all of its steps.
func learn(all []lesson) *weights {
	const perceptrons, scale = 7, 6
	var sum weights
	for seed := range uint64(perceptrons) {
		perceptron(all, seed, &sum)
	}
	for p := range sum {
		for k := range sum[p] {
			sum[p][k] = max(-127, min(127, sum[p][k]*scale/(perceptrons*rounds*len(all))))
		}
	}
	return &sum
}

const rounds = 10 // in which a perceptron hears all lessons

// perceptron adds to sum the weights that a perceptron has after each step.
func perceptron(all []lesson, seed uint64, sum *weights) {
	const margin = 100
	var now weights
	steps, total := 0, rounds*len(all)
	for round := range rounds {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		for _, i := range r.Perm(len(all)) {
			l := all[i]
			steps++
			score := now.score(l)
			rival := -1
			for k := range score {
				if k != l.view && (rival < 0 || score[k] > score[rival]) {
					rival = k
				}
			}
			if score[l.view]-score[rival] >= margin {
				continue
			}
			for _, p := range l.pieces {
				now[p][l.view]++
				now[p][rival]--
				sum[p][l.view] += total - steps
				sum[p][rival] -= total - steps
			}
		}
	}
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
	all := framed(t)
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
	rest := framed(t)
	for _, names := range hands {
		if names[0] != hand {
			rest = append(rest, lessonsOf(t, names)...)
		}
	}
	all := opinionWeights
	opinionWeights = string(learn(rest).bytes())
	t.Cleanup(func() { opinionWeights = all })
}
