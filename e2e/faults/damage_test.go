package faults_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// A damage is what happens to the file of a store.
type damage struct {
	name string
	do   func(rnd *rand.Rand, t testing.TB, path string)
}

var damages = []damage{
	{"a bit anywhere", edit(func(rnd *rand.Rand, b []byte) []byte { return flip(rnd, b, 0, len(b)) })},
	{"a bit at the head of a page", edit(func(rnd *rand.Rand, b []byte) []byte {
		at := rnd.IntN(len(b)/4096) * 4096
		return flip(rnd, b, at, at+80)
	})},
	{"a bit in a record", inRecord},
	{"a bit in a key", inKey},
	{"zeroed sector", edit(func(rnd *rand.Rand, b []byte) []byte { return zero(rnd, b, sector) })},
	{"zeroed page", edit(func(rnd *rand.Rand, b []byte) []byte { return zero(rnd, b, 4096) })},
	{"a page that is another", edit(func(rnd *rand.Rand, b []byte) []byte {
		copy(b[rnd.IntN(len(b)/4096)*4096:], b[rnd.IntN(len(b)/4096)*4096:][:4096])
		return b
	})},
	{"cut", edit(func(rnd *rand.Rand, b []byte) []byte { return b[:rnd.IntN(len(b))] })},
	{"swapped records", swap},
}

func edit(do func(*rand.Rand, []byte) []byte) func(*rand.Rand, testing.TB, string) {
	return func(rnd *rand.Rand, t testing.TB, path string) {
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, do(rnd, b), 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func flip(rnd *rand.Rand, b []byte, from, to int) []byte {
	b[from+rnd.IntN(to-from)] ^= 1 << rnd.IntN(8)
	return b
}

func zero(rnd *rand.Rand, b []byte, n int) []byte {
	at := rnd.IntN(len(b)/n) * n
	clear(b[at : at+n])
	return b
}

// A pair is one record of a store.
type pair struct{ key, value []byte }

// records returns what a store holds, without duban's help.
func records(t testing.TB, path string) (bucket []byte, all []pair) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	defer db.Close()
	_ = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			bucket = bytes.Clone(name)
			return b.ForEach(func(k, v []byte) error {
				all = append(all, pair{bytes.Clone(k), bytes.Clone(v)})
				return nil
			})
		})
	})
	return bucket, all
}

// inRecord turns a bit in a value, wherever in the file it stands.
func inRecord(rnd *rand.Rand, t testing.TB, path string) {
	_, all := records(t, path)
	raw, err := os.ReadFile(path)
	if err != nil || len(all) == 0 {
		t.Error("no records", err)
		return
	}
	for {
		v := all[rnd.IntN(len(all))].value
		if len(v) < 8 {
			continue
		}
		broken := flip(rnd, bytes.Clone(v), 0, len(v))
		if err := os.WriteFile(path, bytes.ReplaceAll(raw, v, broken), 0o600); err != nil {
			t.Error(err)
		}
		return
	}
}

// inKey turns a bit in the key of a record, wherever it stands.
func inKey(rnd *rand.Rand, t testing.TB, path string) {
	_, all := records(t, path)
	raw, err := os.ReadFile(path)
	if err != nil || len(all) == 0 {
		t.Error("no records", err)
		return
	}
	k := all[rnd.IntN(len(all))].key
	if err := os.WriteFile(path, bytes.ReplaceAll(raw, k, flip(rnd, bytes.Clone(k), 0, len(k))), 0o600); err != nil {
		t.Error(err)
	}
}

// swap lets two records of one kind hold each other's value.
func swap(rnd *rand.Rand, t testing.TB, path string) {
	bucket, all := records(t, path)
	kinds := map[string][]pair{}
	for _, r := range all {
		kind := string(r.key[:bytes.LastIndexByte(r.key, '/')+1])
		kinds[kind] = append(kinds[kind], r)
	}
	var names []string
	for _, kind := range sortedKeys(kinds) {
		if len(kinds[kind]) > 1 {
			names = append(names, kind)
		}
	}
	some := sample(rnd, kinds[names[rnd.IntN(len(names))]], 2)
	db, err := bbolt.Open(path, 0o600, nil)
	if err == nil {
		err = db.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucket)
			_ = b.Put(some[0].key, some[1].value)
			return b.Put(some[1].key, some[0].value)
		})
		_ = db.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

// TestDamage damages the store of an office and lets duban report on it: what it
// says is true, or it says that something is damaged.
func TestDamage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	office := template(t, sound(t), true)
	want := reports(office, inside)
	rnd := chance(3)
	seeds := make([]uint64, some(1000, 100))
	for i := range seeds {
		seeds[i] = rnd.Uint64()
	}
	each(t, seeds, func(i int, seed uint64) {
		d := damages[i%len(damages)]
		form.try("damaged files")
		form.note(t, fmt.Sprintf("%s, %d", d.name, seed), d.judge(t, office, seed, want, inside))
	})
}

// A runner runs duban in a folder.
type runner func(dir string, args ...string) result

// told are the reports that are compared.
var told = [][]string{
	{"report", "summary"},
	{"report", "stale"},
	{"report", "person", speaker},
	{"report", "month"},
	{"audit", "verify"},
}

var clock = regexp.MustCompile(`(截至|由命令行导出，).*?\d\d:\d\d`)

// reports are all reports on an office.
func reports(dir string, run runner) (all []result) {
	for _, args := range told {
		r := run(dir, args...)
		r.out = clock.ReplaceAllString(r.out, "")
		all = append(all, r)
	}
	return all
}

// names reports whether a result says that something is damaged.
func (r result) names() bool {
	said := r.out + r.err
	return strings.Contains(said, "damage") || strings.Contains(said, "损坏") ||
		r.status != 0 && strings.Contains(said, "audit")
}

// judge damages a copy of an office and looks at what is reported.
func (d damage) judge(t testing.TB, office string, seed uint64, want []result, run runner) (found []finding) {
	dir := copyOf(t, office)
	defer func() { _ = os.RemoveAll(dir) }()
	d.do(rand.New(rand.NewPCG(seed, 0)), t, filepath.Join(dir, "data", "duban.db"))
	for i, r := range reports(dir, run) {
		found = append(found, r.faulty()...)
		switch {
		case r.status == 0 && r.out == want[i].out, r.names():
		case r.status != 0:
			found = append(found, finding{lost, fmt.Sprintf("%v: status %d without naming a damage: %s%s", told[i], r.status, r.out, r.err)})
		default:
			found = append(found, finding{believed, fmt.Sprintf("%v: %s", told[i], differ(want[i].out, r.out))})
		}
	}
	return found
}

// differ returns the first line in which two texts differ.
func differ(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("got %q, want %q", b[i], a[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(b), len(a))
}
