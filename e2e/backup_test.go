package e2e_test

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A running bot makes a copy every hour, hands it on, and goes on after a folder was
// away; the admins hear of it if that lasts a day.
func TestBackups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	backups := filepath.Join(dir, "copies")
	config := accountsOnly + "quiet_hours: \"\"\nbackup: {folder: copies, command: [sh, -c, 'echo $DUBAN_BACKUP,$DUBAN_ERASURES >>handed']}\n"
	tell(t, dir, config, func(s *story) {
		count := func() int {
			all, err := filepath.Glob(filepath.Join(backups, "duban-*.age"))
			if err != nil {
				s.Fatal(err)
			}
			return len(all)
		}
		s.pass(2 * time.Minute)
		if n := count(); n != 1 {
			s.Errorf("got %d copies soon after the start, want 1", n)
		}
		s.pass(3 * time.Hour)
		if n := count(); n != 4 {
			s.Errorf("got %d copies after three hours, want 4", n)
		}
		handed, err := os.ReadFile(filepath.Join(dir, "handed"))
		if n := strings.Count(string(handed), filepath.Join(backups, "duban-")); n != 4 || err != nil {
			s.Errorf("got %d copies handed on, %v, want 4", n, err)
		}
		code := regexp.MustCompile(`确认删除 \d+`).FindString(s.say("王雪晴: 删除我的数据"))
		s.want(s.say("王雪晴: "+code), "王雪晴 ← 您写的内容已经删除")
		s.pass(7 * time.Minute) // before the next hour
		handed, err = os.ReadFile(filepath.Join(dir, "handed"))
		if err != nil || !strings.HasSuffix(string(handed), ".age,"+filepath.Join(backups, "erasures.jsonl")+"\n") {
			s.Errorf("got %q, %v handed on, want the ledger with a copy", handed, err)
		}
		if n := count(); n != 4 {
			s.Errorf("got %d copies after a wish of erasure, want the 4 there were: the newest is handed on again", n)
		}
		s.Log("the folder is away")
		if err := os.Rename(backups, backups+".away"); err != nil {
			s.Fatal(err)
		}
		write(s, dir, "copies", "no folder")
		s.wantNot(s.during(23*time.Hour), "备份")
		s.want(s.during(3*time.Hour), "周明远 ← 备份一直做不成")
		if err := os.Remove(backups); err != nil {
			s.Fatal(err)
		}
		if err := os.Rename(backups+".away", backups); err != nil {
			s.Fatal(err)
		}
		s.pass(time.Hour)
		if n := count(); n < 5 {
			s.Errorf("got %d copies an hour after it was back, want more", n)
		}
		s.wantNot(s.during(3*time.Hour), "备份")
	})
}

// On a computer that is off at night the admins hear of copies that fail as well, also if
// there was never one.
func TestBackups_offAtNight(t *testing.T) {
	t.Parallel()
	config := accountsOnly + "quiet_hours: \"\"\nbackup: {folder: copies/here}\n"
	for _, first := range []time.Duration{0, time.Hour} {
		dir := t.TempDir()
		tell(t, dir, config, func(s *story) {
			s.pass(first)
			if err := os.RemoveAll(filepath.Join(dir, "copies")); err != nil {
				s.Fatal(err)
			}
			write(s, dir, "copies", "no folder")
			s.wantNot(s.during(8*time.Hour), "备份")
			for range 2 {
				s.restart(16*time.Hour, config)
				s.want(s.during(8*time.Hour), "周明远 ← 备份一直做不成")
			}
		})
	}
}

// A disk that is nearly full matters to a copy that is due, and not before.
func TestBackups_noRoom(t *testing.T) {
	t.Parallel()
	tell(t, t.TempDir(), accountsOnly+"quiet_hours: \"\"\nbackup: {every: 36h}\n", func(s *story) {
		s.pass(time.Hour)
		s.free.Store(100)
		s.wantNot(s.during(26*time.Hour), "备份")
		s.pass(8 * time.Hour)
		s.want(s.during(3*time.Hour), "周明远 ← 备份一直做不成")
	})
}

// An export whose reader is stuck ends, and copies are made again.
func TestBackups_stuckExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tell(t, dir, accountsOnly+"backup: {folder: copies}\n", func(s *story) {
		s.pass(2 * time.Minute)
		conn, err := s.line.outside().Dial(s.Context(), "")
		if err != nil {
			s.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, `{"args":["export"]}`+"\n"); err != nil {
			s.Fatal(err)
		}
		s.pass(10 * time.Minute)
		if got, err := io.ReadAll(conn); err != nil || strings.Contains(string(got), `"end":`) {
			s.Errorf("got %d bytes after ten minutes, %v, want the export ended", len(got), err)
		}
		s.pass(time.Hour)
		if all, err := filepath.Glob(filepath.Join(dir, "copies", "duban-*.age")); len(all) != 2 {
			s.Errorf("got %d copies an hour later, %v, want 2", len(all), err)
		}
	})
}
