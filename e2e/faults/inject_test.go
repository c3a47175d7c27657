package faults_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// calls are the system calls that are made to fail.
var calls = []string{
	"openat", "newfstatat", "statx", "fstat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync",
	"renameat", "renameat2", "ftruncate", "mkdirat", "unlinkat", "fchmodat", "getdents64", "flock", "linkat",
}

// A phase is a command that runs while calls fail.
type phase struct {
	name  string
	fresh bool // on an empty folder
	args  []string
	said  []saying
}

var phases = []phase{
	{name: "first start", fresh: true, args: []string{"run"}, said: firstDay[:3]},
	{name: "start", args: []string{"run"}, said: []saying{{3, 73}, {9, 39}, {9, 49}}},
	{name: "compact", args: []string{"compact"}},
	{name: "report", args: []string{"report", "summary"}},
	{name: "audit", args: []string{"audit", "verify"}},
	{name: "backup", args: []string{"backup"}},
	{name: "restore", args: []string{"restore", "-key", "key", "COPY"}},
}

// An injection lets the n-th call of every thread fail in a phase, or kill the program.
type injection struct {
	phase
	call, fault string
	n           int
}

func (i injection) String() string {
	return fmt.Sprintf("%s: strace -f -e %s duban %s", i.name, i.spec(), strings.Join(i.args, " "))
}

// spec is what strace is told.
func (i injection) spec() string {
	kind := "error"
	if i.kills() {
		kind = "signal"
	}
	return fmt.Sprintf("inject=%s:%s=%s:when=%d", i.call, kind, i.fault, i.n)
}

func (i injection) kills() bool { return i.fault == "KILL" }

// TestInject lets calls of each phase fail, one after the other.
func TestInject(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	a := newAttack(t, attacked(t))
	all := sample(chance(1), chosen(a.injections()), some(4000, 40))
	each(t, all, func(_ int, i injection) {
		if hit, found := a.inject(i); hit {
			if i.kills() {
				form.try("syscall kills")
			} else {
				form.try("failed calls")
			}
			form.note(t, i.String(), found)
		}
	})
}

// An attack has an office to attack.
type attack struct {
	t        testing.TB
	p, sound program
	office   string
	before   map[int]int
}

func newAttack(t testing.TB, p program) *attack {
	return &attack{t: t, p: p, sound: sound(t), office: template(t, sound(t), true), before: after(firstDay, secondDay)}
}

// folder returns what a phase starts with.
func (a *attack) folder(ph phase) (dir string, args []string) {
	if ph.fresh {
		return newFolder(a.t), ph.args
	}
	dir, args = copyOf(a.t, a.office), slices.Clone(ph.args)
	if last := len(args) - 1; args[last] == "COPY" {
		args[last] = newestCopy(dir)
	}
	return dir, args
}

// newestCopy returns the newest backup of an office.
func newestCopy(dir string) string {
	all, _ := filepath.Glob(filepath.Join(dir, "backups", "*.age"))
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	return all[len(all)-1]
}

// injections returns all that can be tried: the calls of each phase are counted
// while none fails.
func (a *attack) injections() (all []injection) {
	for _, ph := range phases {
		dir, args := a.folder(ph)
		trace := filepath.Join(dir, "trace")
		r := a.sound.run(dir, speech(ph.said), []string{"strace", "-f", "-e", "trace=" + known(), "-o", trace}, args...)
		raw, err := os.ReadFile(trace)
		if err != nil || r.status != 0 {
			a.t.Fatalf("%s: status %d, %v\n%s", ph.name, r.status, err, r.err)
		}
		for call, n := range busiest(string(raw)) {
			for n := range n {
				for _, fault := range []string{"EIO", "EACCES", "ENOSPC", "ESTALE", "KILL"} {
					all = append(all, injection{ph, call, fault, n + 1})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b injection) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// known is a set of calls for strace, which ignores those that this machine has not.
func known() string { return "?" + strings.Join(calls, ",?") }

var called = regexp.MustCompile(`(?m)^(\d+) +(\w+)\(`)

// busiest counts calls in a trace, each in the thread that calls it most.
func busiest(trace string) map[string]int {
	by, most := map[[2]string]int{}, map[string]int{}
	for _, m := range called.FindAllStringSubmatch(trace, -1) {
		by[[2]string{m[1], m[2]}]++
		most[m[2]] = max(most[m[2]], by[[2]string{m[1], m[2]}])
	}
	return most
}

// These find in a trace the calls that were made to fail, what may have been a call on
// the terminal, and that the program was killed.
var (
	injected = regexp.MustCompile(`(?m)^.*\(INJECTED\)$`)
	deaf     = regexp.MustCompile(`read\(0<|write\(1<|<\.\.\. (read|write) resumed`)
	killed   = regexp.MustCompile(`(?m)^.*killed by SIGKILL.*$`)
)

// inject runs one phase with a fault, then the program without, and returns what
// is wrong then.
func (a *attack) inject(i injection) (hit bool, found []finding) {
	dir, args := a.folder(i.phase)
	defer func() { _ = os.RemoveAll(dir) }()
	trace := filepath.Join(filepath.Dir(dir), filepath.Base(dir)+".trace")
	defer func() { _ = os.Remove(trace) }()
	r := a.p.run(dir, speech(i.said), []string{
		"strace", "-f", "-y", "-o", trace, "-e", "trace=" + i.call,
		"-e", i.spec(),
	}, args...)
	raw, err := os.ReadFile(trace)
	if err != nil {
		a.t.Errorf("%s: %v", i, err)
	}
	failed := injected.FindAllString(string(raw), -1)
	if i.kills() {
		failed = killed.FindAllString(string(raw), -1)
	}
	if len(failed) == 0 {
		return false, nil
	}
	found = a.judge(i.phase, dir, r, strings.Join(failed, "\n"))
	for n := range found {
		found[n].text += "\n  failed: " + strings.Join(failed, "\n          ") +
			fmt.Sprintf("\n  status %d, standard error: %s", r.status, r.err)
	}
	return true, found
}

// judge looks at what a phase left behind after calls failed.
func (a *attack) judge(ph phase, dir string, r result, failed string) (found []finding) {
	if r.hung && strings.Contains(failed, "read(0<") { // a terminal that fails is tried again
		return nil
	}
	if !strings.Contains(failed, "eventfd") { // without which no program of Go can live
		found = r.faulty()
	}
	acks := acked(r.out)
	if r.status == 0 && len(acks) < len(ph.said) && !deaf.MatchString(failed) {
		found = append(found, finding{untrue, fmt.Sprintf("status 0, but only %v of %v was acknowledged", acks, ph.said)})
	}
	switch r.status {
	case 0, 1, 74:
	default:
		forbidden := (r.status == 65 || r.status == 78) && strings.Contains(failed, "EACCES") // which no restart mends
		dead := r.status == -1 && killed.MatchString(failed)
		if !forbidden && !dead && !strings.Contains(failed, "eventfd") {
			found = append(found, finding{untrue, fmt.Sprint("status ", r.status)})
		}
	}
	before := a.before
	if ph.fresh {
		before = nil
	}
	may := held(before, ph.said, acks)
	if ph.name == "restore" {
		may = restoring(r, may)
	}
	found = append(found, a.reopen(ph, dir, may)...)
	if ph.name == "report" && r.status == 0 {
		found = append(found, compare(state(r.out), may)...)
	}
	if ph.name == "backup" && r.status == 0 {
		if before, now := newestCopy(a.office), newestCopy(dir); filepath.Base(before) == filepath.Base(now) {
			found = append(found, finding{untrue, "status 0, but there is no new backup"})
		}
	}
	if ph.name == "backup" {
		found = append(found, a.copies(dir, r.status == 0)...)
	}
	return found
}

// restoring is what may be there after a restore: what was there or what was put back.
func restoring(r result, may map[int][]int) map[int][]int {
	both := map[int][]int{}
	back := after(firstDay)
	for m := range may {
		both[m] = []int{back[m]}
		if r.status != 0 {
			both[m] = append(both[m], may[m]...)
		}
	}
	return both
}

// reopen starts the program where a fault was and compares what it believes.
func (a *attack) reopen(ph phase, dir string, may map[int][]int) (found []finding) {
	r := a.sound.run(dir, "", nil, "run")
	if r.status != 0 {
		if ph.name == "restore" { // said so, and is mended as it says
			r = a.sound.run(dir, "", nil, "restore", "-key", "key", newestCopy(dir))
		}
		if r.status != 0 {
			return []finding{{lost, fmt.Sprintf("does not start any more: status %d\n%s", r.status, r.err)}}
		}
	}
	if !ph.fresh && strings.Contains(r.err, "plan imported") {
		found = append(found, finding{anew, r.err})
	}
	for _, args := range [][]string{{"audit", "verify"}, {"report", "summary"}} {
		if r = inside(dir, args...); r.status != 0 {
			found = append(found, finding{lost, fmt.Sprintf("%v: status %d\n%s%s", args, r.status, r.out, r.err)})
		}
	}
	return append(found, compare(state(r.out), may)...)
}

// copies checks that every backup that is there can be put back: the one from
// before, if duban says that it made none, or a new one.
func (a *attack) copies(dir string, made bool) (found []finding) {
	all, _ := filepath.Glob(filepath.Join(dir, "backups", "*.age"))
	if len(all) == 0 {
		return []finding{{lost, "there is no backup any more"}}
	}
	slices.Sort(all)
	for _, path := range all {
		to := newFolder(a.t)
		r := inside(to, "restore", "-key", filepath.Join(dir, "key"), path)
		if r.status != 0 {
			found = append(found, finding{lost, fmt.Sprintf("a backup cannot be put back: %s", r.err)})
			continue
		}
		r = inside(to, "report", "summary")
		got := state(r.out)
		now := compare(got, held(a.before, nil, nil))
		old := compare(got, held(after(firstDay), nil, nil))
		if len(now) > 0 && (len(old) > 0 || made && path == all[len(all)-1]) {
			found = append(found, now...)
		}
		_ = os.RemoveAll(to)
	}
	return found
}
