package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"duban/store"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
)

// TestTakeOver freezes what an owner has sent until another process owns the office, and
// lets it arrive then: nothing of it has an effect, and every caller gets ErrFenced.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	c := pgtest.Own(t)
	gate, schema := c.Gate(t, 0), c.Schema()
	first, err := postgres.Open(t.Context(), postgres.Options{URL: gate.URL(), Schema: schema, Process: "first"})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	defer func() { _ = first.Close() }()
	said := map[string]bool{}
	var mu sync.Mutex
	var working sync.WaitGroup
	for i := range 4 {
		working.Go(func() {
			for n := 0; ; n++ {
				mark := fmt.Sprintf("%d/%d", i, n)
				err := first.Update(context.Background(), func(w store.Writer) error { return count(w, mark) })
				if err != nil && !errors.Is(err, store.ErrFenced) {
					t.Errorf("Update of who lost the office: got error %v, want ErrFenced", err)
				}
				if err != nil {
					return
				}
				mu.Lock()
				said[mark] = true
				mu.Unlock()
			}
		})
	}
	<-time.After(200 * time.Millisecond)
	gate.Freeze()
	began := time.Now()
	second, err := postgres.Open(t.Context(), postgres.Options{URL: c.URL(), Schema: schema, Process: rand.Text(), StandBy: func(string) {}})
	if err != nil {
		t.Fatalf("Open beside it: got error %v, want none", err)
	}
	defer func() { _ = second.Close() }()
	took := time.Since(began)
	before, _ := counted(t, second)
	gate.Open() // what was on its way arrives
	working.Wait()
	<-time.After(300 * time.Millisecond)
	if err := second.Update(t.Context(), func(w store.Writer) error { return count(w, "second") }); err != nil {
		t.Errorf("Update of the new owner: got error %v, want none", err)
	}
	if err := second.Close(); err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	there := own(t, c, schema)
	total, marks := counted(t, there)
	if total != before+1 || marks != before+1 {
		t.Errorf("got a count of %d and %d marks, want %d of both: there were %d when the office changed hands", total, marks, before+1, before)
	}
	if len(said) > before {
		t.Errorf("%d updates were said to be committed, and %d are there", len(said), before)
	}
	if took < 18*time.Second || took > 25*time.Second {
		t.Errorf("the take-over took %v, want the 18 s of the owner's lease at least, and at most 25 s", took)
	}
	t.Logf("%d updates, taken over after %.1f s", before, took.Seconds())
}

// TestTakeOver_inFlight takes the office over while a commit of its owner is carried out
// and waits for the lock of a row: who takes over waits for it, and knows what it wrote.
func TestTakeOver_inFlight(t *testing.T) {
	t.Parallel()
	c := pgtest.Own(t)
	schema := c.Schema()
	options := postgres.Options{URL: c.URL(), Schema: schema, Process: rand.Text()}
	first, err := postgres.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	defer func() { _ = first.Close() }()
	if err := first.Update(t.Context(), func(w store.Writer) error { return count(w, "before") }); err != nil {
		t.Fatalf("Update: got error %v, want none", err)
	}
	other, err := pgconn.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatalf("Connect: got error %v, want none", err)
	}
	defer func() { _ = other.Close(context.Background()) }()
	run := func(sql string) *pgconn.Result {
		r, err := other.Exec(context.Background(), sql).ReadAll()
		if err != nil {
			t.Fatalf("%s: got error %v, want none", sql, err)
		}
		return r[len(r)-1]
	}
	waiting := func(what string) bool {
		return len(run("select pg_stat_clear_snapshot(); select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '"+what+schema+".%'").Rows) > 0
	}
	run("begin; select from " + schema + ".duban_kv where k = 'n' for update")
	said := make(chan error, 1)
	go func() {
		said <- first.Update(context.Background(), func(w store.Writer) error { return count(w, "in flight") })
	}()
	for !waiting("insert into ") {
		<-time.After(10 * time.Millisecond)
	}
	var second *postgres.Engine
	opened := make(chan error, 1)
	go func() { // under the same name, so that it need not wait for the end of a lease
		var err error
		second, err = postgres.Open(context.Background(), options)
		opened <- err
	}()
	for len(opened) == 0 && !waiting("update ") {
		<-time.After(10 * time.Millisecond)
	}
	run("rollback")
	if err := <-said; err != nil {
		t.Errorf("Update that was carried out before the take-over: got error %v, want none", err)
	}
	if err := <-opened; err != nil {
		t.Fatalf("Open beside it: got error %v, want none", err)
	}
	defer func() { _ = second.Close() }()
	if err := second.Update(t.Context(), func(w store.Writer) error { return count(w, "after") }); err != nil {
		t.Errorf("Update of the new owner: got error %v, want none", err)
	}
	if err := second.Close(); err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	if total, marks := counted(t, own(t, c, schema)); total != 3 || marks != 3 {
		t.Errorf("got a count of %d and %d marks, want 3 of both", total, marks)
	}
}

// A plant is a bug in the engine, and the test that must catch it. It replaces texts in
// files, in turns.
type plant struct {
	name, test string
	edits      [][3]string // file, text, and what stands in its place
	in         string      // the folder of the test
}

var plants = []plant{
	{"no ticket", "TestUpdate_refusedLater", [][3]string{
		{"group.go", "return c, readNum(rows[0][0]) >= e.seq", "return c, false && readNum(rows[0][0]) >= e.seq"},
	}, "."},
	{"the fence is kept while a doubt is resolved", "TestUpdate_cut", [][3]string{
		{"group.go", "e.tried++ // one that is still on its way comes too late then", ""},
		{"link.go", "and fence < $2::int8 returning", "and fence <= $2::int8 returning"},
	}, "."},
	{"no fence", "TestTakeOver", [][3]string{
		{"link.go", "set seq = $3::int8 where epoch = $1::int8 and fence = $2::int8", "set seq = $3::int8 where $1::int8 + $2::int8 > 0"},
	}, "."},
	{"the row of the fence is locked for key share", "TestTakeOver_inFlight", [][3]string{
		{
			"link.go", "with o as (update \" + owner + ` set seq = $3::int8 where epoch = $1::int8 and fence = $2::int8 returning 1)",
			"with o as (select 1 from \" + owner + ` where epoch = $1::int8 and fence = $2::int8 and $3::int8 > 0 for key share)",
		},
	}, "."},
	{"who stands by does not wait", "TestTakeOver", [][3]string{
		{"lease.go", "time.Since(w.since) >= deadAfter", "w.told"},
	}, "."},
	{"rows are recovered that are still being sent", "TestTakeOver_sending", [][3]string{
		{"../../bot/loop.go", "if !errors.Is(context.Cause(ctx), ErrBroken) {", "if true {"},
	}, "../../e2e"},
}

// TestPlantedBugs lets the tests run with each of the bugs.
func TestPlantedBugs(t *testing.T) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			list := overlay(t, p.edits)
			out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-vet=off", "-overlay", list, "-run", "^"+p.test+"$", p.in).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+p.test) {
				t.Errorf("not caught: %v\n%s", err, out)
			}
		})
	}
}

// overlay writes which files a build replaces, and what with.
func overlay(t *testing.T, edits [][3]string) (list string) {
	t.Helper()
	dir := t.TempDir()
	var replace []string
	for _, e := range edits {
		source, err := filepath.Abs(e[0])
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(source)
		if err != nil || strings.Count(string(raw), e[1]) != 1 {
			t.Fatalf("%s: it cannot be planted any more: %v", e[0], err)
		}
		bad := filepath.Join(dir, filepath.Base(e[0]))
		if err := os.WriteFile(bad, []byte(strings.Replace(string(raw), e[1], e[2], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		replace = append(replace, fmt.Sprintf("%q: %q", source, bad))
	}
	list = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, []byte(`{"Replace": {`+strings.Join(replace, ", ")+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return list
}
