// Package bleve_test compares duban's search in a plan with what one would
// otherwise take: bleve with its cjk analyzer, on the same queries in the same
// run. It is a module of its own, so that bleve is no dependency of duban.
//
//	cd plan/bleve && go test -bench . -benchtime 200x
package bleve_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"

	"duban/plan"
)

const labelled = "../../../shared/eval"

// A question is a labelled query with the paths of its right answers; none means
// that the plan does not say it.
type question struct {
	text string
	want []string
}

// seed is the labelled plan that the figures are for.
const seed = "synthetic_xgb_2026.txt"

func load(b *testing.B, name string) *plan.Plan {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(labelled, "plans", name))
	if err != nil {
		b.Skipf("the labelled plans are not beside this checkout: %v", err)
	}
	p, err := plan.Read(name, data)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// questions returns the labelled word queries on one plan; queries by number are
// no search.
func questions(b *testing.B, name string) []question {
	b.Helper()
	f, err := os.Open(filepath.Join(labelled, "queries.tsv"))
	if err != nil {
		b.Skipf("the labelled queries are not beside this checkout: %v", err)
	}
	defer f.Close()
	var all []question
	for in := bufio.NewScanner(f); in.Scan(); {
		cell := strings.Split(in.Text(), "\t")
		if len(cell) < 6 || cell[1] != name || cell[3] == "number" || cell[3] == "field" {
			continue
		}
		q := question{text: cell[2]}
		if cell[5] != "none" {
			q.want = strings.Split(cell[4], ",")
		}
		all = append(all, q)
	}
	return all
}

// enlarged adds the nodes of other plans to p until it has n, so that there is
// something to be confused by. Only p's own nodes are right answers.
func enlarged(b *testing.B, p *plan.Plan, n int) *plan.Plan {
	b.Helper()
	big := &plan.Plan{Title: p.Title, Nodes: slices.Clone(p.Nodes)}
	files, err := filepath.Glob(filepath.Join(labelled, "plans", "*.txt"))
	if err != nil {
		b.Fatal(err)
	}
	for round := 0; len(big.Nodes) < n; round++ {
		for _, f := range files {
			if filepath.Base(f) == seed {
				continue
			}
			for _, node := range load(b, filepath.Base(f)).Nodes {
				if len(big.Nodes) == n {
					return big
				}
				other := *node
				other.Parent, other.Path = -1, fmt.Sprintf("%s#%d/%s", filepath.Base(f), round, node.Path)
				other.ID = other.Path
				if round > 0 { // a second copy must not tie with the first
					other.Body = strings.Repeat("又", round) + other.Body
				}
				big.Nodes = append(big.Nodes, &other)
			}
		}
	}
	return big
}

// An engine answers with the path of the best node, "" for none.
type engine func(query string) string

func duban(p *plan.Plan) engine {
	x := plan.NewIndex(p)
	return func(query string) string {
		if r := x.Find(query); len(r.Hits) > 0 {
			return r.Hits[0].Node.Path
		}
		return ""
	}
}

func cjkIndex(b *testing.B, p *plan.Plan) engine {
	b.Helper()
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = cjk.AnalyzerName
	index, err := bleve.NewMemOnly(m)
	if err != nil {
		b.Fatal(err)
	}
	batch := index.NewBatch()
	for _, n := range p.Nodes {
		if err := batch.Index(n.Path, map[string]string{"text": n.Title + "\n" + n.Body}); err != nil {
			b.Fatal(err)
		}
	}
	if err := index.Batch(batch); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = index.Close() })
	return func(query string) string {
		r, err := index.Search(bleve.NewSearchRequest(bleve.NewMatchQuery(query)))
		if err != nil || len(r.Hits) == 0 {
			return ""
		}
		return r.Hits[0].ID
	}
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func measure(b *testing.B, p *plan.Plan, open func(*plan.Plan) engine) {
	qs := questions(b, seed)
	before, began := heap(), time.Now()
	find := open(p)
	built := time.Since(began)
	used := heap() - before
	right, quiet, silent := 0, 0, 0
	for _, q := range qs {
		got := find(q.text)
		switch {
		case q.want == nil:
			silent++
			if got == "" {
				quiet++
			}
		case slices.Contains(q.want, got):
			right++
		}
	}
	var took []time.Duration
	runtime.LockOSThread() // so that only this work's processor time counts
	defer runtime.UnlockOSThread()
	b.ResetTimer()
	for b.Loop() {
		for _, q := range qs {
			at := spent()
			find(q.text)
			took = append(took, spent()-at)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(right), fmt.Sprintf("right/%d", len(qs)-silent))
	b.ReportMetric(float64(quiet), fmt.Sprintf("not-found/%d", silent))
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(used/1e6, "heap-MB")
	b.ReportMetric(built.Seconds()*1e3, "build-ms")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkFind(b *testing.B) {
	p := load(b, seed)
	for _, size := range []int{len(p.Nodes), 5000} {
		q := p
		if size > len(p.Nodes) {
			q = enlarged(b, p, size)
		}
		b.Run(fmt.Sprintf("duban/%d-nodes", size), func(b *testing.B) { measure(b, q, duban) })
		b.Run(fmt.Sprintf("bleve-cjk/%d-nodes", size), func(b *testing.B) {
			measure(b, q, func(p *plan.Plan) engine { return cjkIndex(b, p) })
		})
	}
}
