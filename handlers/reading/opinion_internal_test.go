package reading

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write opinion.bin")

// A lesson is a row of testdata as the perceptron sees it.
type lesson struct {
	pieces []uint16
	stores bool
}

func lessons(t *testing.T) (all []lesson) {
	t.Helper()
	for _, name := range []string{"messages", "fresh", "fresh2", "fresh3", "fresh4", "fresh5", "decoys", "people"} {
		data, err := os.ReadFile("testdata/" + name + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			if c := strings.Split(line, "\t"); len(c) >= 6 && c[0] != "context" && c[2] != "ask" {
				all = append(all, lessonOf(c[0], c[1], c[2]))
			}
		}
	}
	return all
}

func lessonOf(context, text, kind string) lesson {
	m := split(FromContext(context, strings.ReplaceAll(text, `\n`, "\n")))
	stores := strings.Contains("ack progress correction retract", kind)
	return lesson{m.features(scan(m.text, scanOptions{bare: true, value: m.quote == QuoteCheckin})), stores}
}

// trained is the weights that lessons give: the mean of a perceptron's over all steps.
func trained(all []lesson) (weights [opinionSize]int16) {
	var now, sum [opinionSize]int
	steps := 0
	const rounds = 12
	for round := range rounds {
		r := rand.New(rand.NewPCG(1, uint64(round)))
		for _, i := range r.Perm(len(all)) {
			l := all[i]
			score := 0
			for _, p := range l.pieces {
				score += now[p]
			}
			steps++
			if want := 1; (score > 0) != l.stores || score*score < 9 {
				if !l.stores {
					want = -1
				}
				for _, p := range l.pieces {
					now[p] += want
					sum[p] += want * (rounds*len(all) - steps)
				}
			}
		}
	}
	for i := range weights {
		weights[i] = int16(sum[i] * 64 / (rounds * len(all)))
	}
	return weights
}

func TestOpinion(t *testing.T) {
	weights := trained(lessons(t))
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, weights); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("opinion.bin", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(b.Bytes(), opinionFile) {
		t.Error("opinion.bin is not what the rows of testdata give; run go generate")
	}
}
