package faults_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/cli"
)

// A session is what is recorded of one command.
type session struct {
	phase
	rec    *recording
	before map[int]int // what the store held
}

func (s session) String() string { return s.name }

// sessions records the phases that write.
func sessions(t testing.TB, p program) (all []session) {
	a := newAttack(t, sound(t))
	for _, ph := range phases {
		if ph.name == "report" || ph.name == "audit" {
			continue
		}
		dir, args := a.folder(ph)
		s := session{phase: ph, before: a.before}
		if ph.fresh {
			s.before = nil
		}
		s.rec, _ = record(t, p, dir, speech(ph.said), args...)
		all = append(all, s)
	}
	return all
}

// TestPowerLoss builds what a disk may hold when the power fails in the midst of
// a command, and opens it.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	all := chosen(sessions(t, attacked(t)))
	rnd := chance(2)
	images := make([]image, some(10000, 200))
	for i := range images {
		images[i] = all[i%len(all)].cut(rnd)
	}
	each(t, images, func(_ int, i image) {
		form.try("power-loss images")
		form.note(t, i.String(), i.judge(t))
	})
}

// An image is what a disk holds after the power failed before ops[at].
type image struct {
	session
	at   int
	seed uint64
	way  string
}

func (i image) String() string {
	return fmt.Sprintf("%s cut at %d, %s, %d", i.name, i.at, i.way, i.seed)
}

// ways are what becomes of what was not synced: nothing of it is there, some writes
// are, some sectors of them, or everything but names.
var ways = []string{"dropped", "reordered", "torn", "names dropped"}

// cut chooses a moment and a way.
func (s session) cut(rnd *rand.Rand) image {
	return image{s, rnd.IntN(len(s.rec.ops) + 1), rnd.Uint64(), ways[rnd.IntN(len(ways))]}
}

// sector is what a disk writes as a whole.
const sector = 512

// tree returns the files of the image.
func (i image) tree() map[string]*file {
	rnd := rand.New(rand.NewPCG(i.seed, 0))
	names, twin := map[string]*file{}, map[*file]*file{}
	for name, f := range i.rec.before {
		names[name] = f.clone()
	}
	ops := i.rec.ops[:i.at]
	kept := i.names(rnd)
	for name, f := range i.rec.start {
		twin[f] = names[name]
	}
	for n, o := range ops {
		switch o.act {
		case puts, resizes:
			if twin[o.file] == nil {
				twin[o.file] = &file{}
			}
			c := o
			c.file = twin[o.file]
			i.write(rnd, c, i.durable(n))
		case creates:
			if twin[o.file] == nil {
				twin[o.file] = &file{}
			}
			if kept[n] && parent(names, o.path) {
				names[o.path] = twin[o.file]
			}
		case makes, renames, removes:
			if at := cmp.Or(o.to, o.path); kept[n] && (o.act == removes || parent(names, at)) {
				o.apply(names)
			}
		case syncs, utters, begins: // they change nothing
		}
	}
	return names
}

// parent reports whether the folder of a path is there.
func parent(names map[string]*file, path string) bool {
	dir := filepath.Dir(path)
	f, ok := names[dir]
	return dir == "." || ok && f == nil
}

// durable reports whether data was synced after ops[n].
func (i image) durable(n int) bool {
	for _, o := range i.rec.ops[n:i.at] {
		if o.act == syncs && o.file == i.rec.ops[n].file && o.of > n {
			return true
		}
	}
	return false
}

// write does a write, or what becomes of it if it is not durable.
func (i image) write(rnd *rand.Rand, o op, durable bool) {
	switch {
	case durable || i.way == "names dropped":
		o.apply(nil)
	case i.way == "dropped":
	case i.way == "reordered" || o.act == resizes:
		if rnd.IntN(2) == 0 {
			o.apply(nil)
		}
	default:
		for at := 0; at < len(o.data); at += sector {
			if rnd.IntN(2) == 0 {
				o.file.put(o.off+at, o.data[at:min(at+sector, len(o.data))])
			}
		}
	}
}

// names chooses which changes of names are on the disk: in each folder those up
// to the last sync of it, and some more in their order.
func (i image) names(rnd *rand.Rand) map[int]bool {
	in, least := map[string][]int{}, map[string]int{}
	for n, o := range i.rec.ops[:i.at] {
		switch o.act {
		case creates, makes, removes:
			in[filepath.Dir(o.path)] = append(in[filepath.Dir(o.path)], n)
		case renames:
			in[filepath.Dir(o.to)] = append(in[filepath.Dir(o.to)], n)
		case syncs:
			if o.file == nil {
				least[o.path] = len(in[o.path])
			}
		case puts, resizes, utters, begins: // they change no name
		}
	}
	kept := map[int]bool{}
	dirs := make([]string, 0, len(in))
	for dir := range in {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		upTo := least[dir]
		if more := len(in[dir]) - upTo; more > 0 && i.way != "names dropped" {
			upTo += rnd.IntN(more + 1)
		}
		for _, n := range in[dir][:upTo] {
			kept[n] = true
		}
	}
	return kept
}

// acks returns what had been acknowledged.
func (i image) acks() map[saying]bool {
	var out bytes.Buffer
	for _, o := range i.rec.ops[:i.at] {
		if o.act == utters {
			out.Write(o.data)
		}
	}
	return acked(out.String())
}

// plant writes the image into a new folder.
func (i image) plant(t testing.TB) (dir string) {
	dir = memory(t)
	names := i.tree()
	for _, name := range sortedKeys(names) {
		f, path := names[name], filepath.Join(dir, name)
		var err error
		if f == nil {
			err = os.Mkdir(path, 0o700)
		} else {
			err = os.WriteFile(path, f.data, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	return dir
}

// judge opens the image and compares.
func (i image) judge(t testing.TB) (found []finding) {
	dir := i.plant(t)
	defer func() { _ = os.RemoveAll(dir) }()
	may := held(i.before, i.said, i.acks())
	if i.name == "restore" {
		may = restoring(result{status: 1}, may)
	}
	r := inside(dir, "report", "summary")
	if r.status != 0 && i.name == "restore" {
		again := inside(dir, "restore", "-key", filepath.Join(dir, "key"), newestCopy(dir))
		if again.status == 0 {
			r = inside(dir, "report", "summary")
		} else {
			r.err += again.err
		}
	}
	if r.status != 0 {
		return append(r.faulty(), finding{lost, fmt.Sprintf("does not open: status %d\n%s", r.status, r.err)})
	}
	return append(compare(state(r.out), may), r.faulty()...)
}

// inside runs a command in this process.
func inside(dir string, args ...string) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r.err += fmt.Sprintf("%v\ngoroutine of the test\n", p)
			r.status = 2
		}
	}()
	line := append(slices.Clone(args), "-config", filepath.Join(dir, "config.yaml"))
	var out, errs bytes.Buffer
	err := cli.Run(context.Background(), line, cli.Env{In: strings.NewReader(""), Out: &out, Err: &errs})
	r = result{status: cli.ExitStatus(err), out: out.String(), err: errs.String()}
	if err != nil {
		r.err += err.Error()
	}
	return r
}
