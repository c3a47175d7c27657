package faults_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A shortage is a disk that has so many pages free when a phase begins.
type shortage struct {
	phase
	free int
}

func (s shortage) String() string {
	return fmt.Sprintf("%s on a disk with %d pages free: duban %s", s.name, s.free, strings.Join(s.args, " "))
}

// onSmallDisk runs what follows in a folder of its own disk, which is a copy of
// another folder and has a few pages free. When a line comes in at descriptor 3, the
// disk becomes large. At the end the folder is copied back.
const onSmallDisk = `
office=$1 free=$2; shift 2
disk=$(mktemp -d) && mount -t tmpfs tmpfs "$disk" && cp -a "$office/." "$disk" && cd "$disk" || exit 99
used=$(stat -f -c '%b %f' . | { read all left; echo $((all - left)); })
mount -o remount,nr_blocks=$((used + free)) "$disk" || exit 99
{ read -r line <&3; mount -o remount,nr_blocks=0 "$disk"; } <&0 &
grows=$!
"$@"
status=$?
kill $grows 2>/dev/null
mount -o remount,nr_blocks=0 "$disk"
rm -rf "$office/data" && cp -a "$disk/." "$office" || exit 99
exit $status
`

// TestFullDisk lets every phase run on a disk that is full after some pages, for
// every number of pages that changes anything: at whichever commit that is, the bot of
// an office waits for room and goes on by itself. A command says that it has failed,
// and so does the first start, which a person watches.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	need(t, "unshare")
	a := newAttack(t, attacked(t))
	if r := a.short(shortage{phases[0], 1 << 20}, newFolder(t)); r.status != 0 {
		t.Skipf("no disk of its own can be had here: %s", r.err)
	}
	var all []shortage
	for _, ph := range phases {
		if ph.name == "report" || ph.name == "audit" {
			continue
		}
		if ph.name == "start" {
			ph.said = busyDay() // the store has room within for a few
		}
		for free := range pagesOf(a.office) {
			all = append(all, shortage{ph, free})
		}
	}
	each(t, sample(chance(4), chosen(all), some(len(all), 8)), func(_ int, s shortage) {
		dir, args := a.folder(s.phase)
		s.args = args
		defer func() { _ = os.RemoveAll(dir) }()
		r := a.short(s, dir)
		if !strings.Contains(r.err, "no room on the disk") && !strings.Contains(r.err, "no space left") {
			return
		}
		form.try("full disks")
		found := a.judge(s.phase, dir, r, "")
		if s.name == "start" && r.status != 0 {
			found = append(found, finding{untrue, "a bot ended for want of room"})
		}
		for n := range found {
			found[n].text += fmt.Sprintf("\n  status %d, standard error: %s", r.status, r.err)
		}
		form.note(t, s.String(), found)
	})
}

// busyDay is more than the pages take that a store has free within.
func busyDay() (all []saying) {
	for i := range 90 {
		all = append(all, saying{9 + i%20, 1 + i})
	}
	return all
}

// pagesOf returns how many pages the store of an office has, and some.
func pagesOf(dir string) int {
	info, err := os.Stat(filepath.Join(dir, "data", "duban.db"))
	if err != nil {
		return 0
	}
	return int(info.Size()/4096) * 2
}

// short runs the program on a small disk, which becomes large when it says that it
// has no room.
func (a *attack) short(s shortage, dir string) result {
	room, told, err := os.Pipe()
	if err != nil {
		a.t.Error(err)
		return result{status: -1}
	}
	errs, said := io.Pipe()
	go func() {
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			if strings.Contains(lines.Text(), "no room on the disk") {
				_, _ = io.WriteString(told, "\n")
			}
		}
	}()
	r := a.p.start(dir, speech(s.said), func(cmd *exec.Cmd) {
		cmd.ExtraFiles = []*os.File{room}
		cmd.Stderr = io.MultiWriter(cmd.Stderr, said)
	}, []string{"unshare", "-rm", "sh", "-c", onSmallDisk, "sh", dir, fmt.Sprint(s.free)}, s.args...)
	_, _, _ = said.Close(), told.Close(), room.Close()
	return r
}
