package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot/bottest"
)

// A lost office is one whose machine is gone at a moment of a busy day. What it said
// until then is known; the copies that it made lie elsewhere.
type lostOffice struct {
	*story
	said   []string // by the bot, until it was lost
	secret string
	config string
	news   int // what people were told, each under a text of its own
}

// busyDay are jobs that each say something of their own.
func busyDay(folder string) string {
	var b strings.Builder
	b.WriteString(accountsOnly + "caps: {group_per_day: 0, merge: 0s, stop: 0}\nbackup: {folder: " + folder + "}\njobs:\n")
	for hour := 8; hour < 22; hour++ {
		class := []string{"普通", "需回执", "填报"}[hour%3]
		fmt.Fprintf(&b, "  - {id: j%d, name: 播报%d, when: 每天%d点20分, groups: [学工工作群], class: %s, text: 第%d次播报。, missed: all}\n", hour, hour, hour, class, hour)
	}
	return b.String()
}

// spoken returns what the bot said, a line each.
func spoken(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, " ← ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// work lets people say what they say on a busy day, for a while.
func (o *lostOffice) work(r *rand.Rand, d time.Duration) {
	o.Helper()
	names := []string{"王雪晴", "刘畅", "孙静怡", "赵文博"}
	for end := time.Now().Add(d); time.Now().Before(end); {
		who := names[r.IntN(len(names))]
		switch r.IntN(4) {
		case 0:
			o.news++
			o.say(fmt.Sprintf("周明远: 发通知 需回执 学工工作群：第%d号消息，请大家看一下", o.news))
			o.say("周明远: 确认")
		case 1:
			o.say("学工工作群 " + who + ": 收到")
		case 2:
			o.say(fmt.Sprintf("%s: 第%d条完成%d%%", who, 1+r.IntN(30), 10+r.IntN(80)))
		}
		o.pass(time.Duration(r.IntN(600)) * time.Second)
	}
}

// told returns what a line tells the group of, whatever number its notice has and
// however late it is; "" if it is something else.
func told(line string) string {
	if !strings.HasPrefix(line, "学工工作群 ← ") {
		return ""
	}
	return regexp.MustCompile(`第\d+次播报|第\d+号消息`).FindString(line)
}

// A restored office says nothing by itself that was due before it was restored, and
// what a person then lets go is marked if it had been said before. What is due later
// it says as ever.
func TestRestore_saysNothingTwice(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			backups, dir := t.TempDir(), t.TempDir()
			tell(t, t.TempDir(), busyDay(backups), func(s *story) {
				r := rand.New(rand.NewPCG(seed, 12))
				o := &lostOffice{story: s}
				o.work(r, time.Duration(2+r.IntN(10))*time.Hour+time.Duration(r.IntN(3600))*time.Second)
				o.said, o.secret = spoken(o.text()), secretIn(o.text())
				o.end() // and nobody sees its data any more
				o.pass(time.Until(time.Now().Truncate(time.Hour).Add(time.Duration(1+r.IntN(4))*time.Hour + 30*time.Minute)))
				o.restore(dir, busyDay(backups), newestIn(o, backups))
				restored := time.Now()
				o.dir = dir
				o.start(busyDay(backups))
				o.judge(restored)
			})
		})
	}
}

// A copy of the morning, restored in the evening or at night, lets nothing leave by
// itself that was due meanwhile, however much that is: the lost office may have said it.
func TestRestore_ofTheMorning(t *testing.T) {
	for _, c := range []struct {
		at, during time.Duration // after eight o'clock
		jobs       int           // that were due once more
	}{{14 * time.Hour, time.Hour, 280}, {16 * time.Hour, 7*time.Hour + 45*time.Minute, 0}} {
		t.Run(fmt.Sprint(c.at), func(t *testing.T) {
			t.Parallel()
			backups, dir := t.TempDir(), t.TempDir()
			var config strings.Builder
			config.WriteString(busyDay(backups))
			for n := range c.jobs {
				fmt.Fprintf(&config, "  - {id: m%d, name: 晨报%d, when: 每天8点10分, groups: [学工工作群], text: 第%d次播报。, missed: all}\n", n, n, 100+n)
			}
			tell(t, t.TempDir(), config.String(), func(s *story) {
				o := &lostOffice{story: s}
				o.pass(5 * time.Minute)
				o.secret = secretIn(o.text())
				o.end()
				o.pass(c.at - 5*time.Minute)
				o.want(o.restore(dir, config.String(), newestIn(o, backups)), fmt.Sprintf("held: %d texts", 14+c.jobs))
				o.dir = dir
				o.start(config.String())
				for _, line := range spoken(o.during(c.during)) {
					if what := told(line); what != "" {
						o.Errorf("it said %q by itself", what)
					}
				}
			})
		})
	}
}

// newestIn returns the newest copy in a folder.
func newestIn(t testing.TB, backups string) string {
	t.Helper()
	copies, err := filepath.Glob(filepath.Join(backups, "duban-*.age"))
	if err != nil || len(copies) == 0 {
		t.Fatalf("got %d copies, %v, want some", len(copies), err)
	}
	slices.Sort(copies)
	return copies[len(copies)-1]
}

// restore puts a copy into a folder where nothing was, and returns what is said then.
func (o *lostOffice) restore(dir, config, from string) string {
	o.Helper()
	path := write(o, dir, "config.yaml", config)
	said, err := command(o, o.line.outside(), strings.NewReader(o.secret+"\n"), "restore", "-config", path, from)
	if err != nil {
		o.Fatalf("restore: got error %v, want none", err)
	}
	o.Log(filepath.Base(from), said)
	return said
}

// judge looks at what the restored office says.
func (o *lostOffice) judge(restored time.Time) {
	o.Helper()
	known := map[string]bool{}
	for _, line := range o.said {
		known[told(line)] = true
	}
	for _, line := range spoken(o.during(40 * time.Minute)) {
		if !strings.Contains(line, "数据已从") {
			o.Errorf("restored at %s: it said %q by itself", restored.Format(time.TimeOnly), line)
		}
	}
	o.want(o.say("周明远: 发件箱"), "先留着的消息有")
	before := len(o.text())
	o.say("周明远: 发件箱 重发 全部")
	o.pass(2 * time.Hour)
	twice, fresh := 0, 0
	for _, line := range spoken(o.text()[before:]) {
		switch what := told(line); {
		case what != "" && known[what] && strings.Contains(line, "【可能重复】"):
			twice++
		case what != "" && known[what]:
			o.Errorf("%q was said before and is not marked", line)
		case what != "":
			fresh++
		}
	}
	if fresh == 0 {
		o.Error("got nothing of what came due later, want it said as ever")
	}
	o.Logf("%d lines before; held and said again, marked: %d; new: %d", len(o.said), twice, fresh)
}

func secretIn(text string) string {
	return regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]+`).FindString(text)
}

// Words that somebody wanted deleted after a copy was made are deleted again when it
// is restored, also on another machine: the ledger beside the copies says whose.
func TestRestore_deletesAgain(t *testing.T) {
	t.Parallel()
	backups, dir := t.TempDir(), t.TempDir()
	tell(t, t.TempDir(), busyDay(backups), func(s *story) {
		o := &lostOffice{story: s}
		o.say("王雪晴: 第3条完成80%，还差金丝雀甲的材料")
		o.say("刘畅: 第4条完成20%，还差金丝雀乙的材料")
		if err := os.Mkdir(filepath.Join(s.dir, "data", "web"), 0o700); err != nil {
			s.Fatal(err)
		}
		write(s, filepath.Join(s.dir, "data", "web"), "transcript.jsonl", `{"format":1,"epoch":"x"}
{"seq":1,"type":"got"}
{"seq":1,"type":"say","at":"2000-01-01T00:00:09Z","id":"1","chat":"@JS002","from":"JS002","kind":"text","text":"金丝雀甲"}
`)
		o.pass(time.Hour)
		old := newestIn(o, backups)
		code := regexp.MustCompile(`确认删除 \d+`).FindString(o.say("王雪晴: 删除我的数据"))
		o.want(o.say("王雪晴: "+code), "王雪晴 ← 您写的内容已经删除")
		o.pass(2 * time.Hour)
		o.secret = secretIn(o.text())
		o.end()
		config := strings.Replace(busyDay(backups), "kind: console}", "kind: console}, {name: web, kind: webchat}", 1)
		said := o.restore(dir, config, old)
		o.want(said, "deleted again: the words of 1 people")
		data := filepath.Join(dir, "data")
		if bottest.InFolder(o.T, data, "金丝雀甲") || !bottest.InFolder(o.T, data, "金丝雀乙") {
			o.Error("got the words that were deleted, or not the others, in the bytes of the restored folder")
		}
		o.dir = dir
		o.start(busyDay(backups))
		o.wantNot(o.during(time.Hour), "已经删除")
		o.want(o.say("刘畅: 第4条进展如何"), "金丝雀乙")
		o.wantNot(o.say("刘畅: 第3条进展如何"), "金丝雀甲")
	})
}

// What has been kept long enough by the time of a restore does not come back.
func TestRestore_sweeps(t *testing.T) {
	backups, dir := t.TempDir(), t.TempDir()
	config := accountsOnly + "backup: {folder: " + backups + "}\n"
	tell(t, t.TempDir(), config, func(s *story) {
		o := &lostOffice{story: s}
		o.say("王雪晴: 金丝雀的经费从哪里来？")
		o.pass(time.Hour)
		o.secret = secretIn(o.text())
		o.end()
		for _, days := range []int{1, 40} {
			o.pass(time.Until(time.Date(2000, 1, 1+days, 12, 0, 0, 0, time.UTC)))
			to := filepath.Join(dir, fmt.Sprint(days))
			if err := os.Mkdir(to, 0o700); err != nil {
				s.Fatal(err)
			}
			o.restore(to, config, newestIn(o, backups))
			if got := bottest.InFolder(t, filepath.Join(to, "data"), "金丝雀"); got != (days == 1) {
				s.Errorf("the question is there after %d days: got %v", days, got)
			}
		}
	})
}

// Bytes of what was swept away are taken out of the store within a week or so, also on a
// computer that is off at night.
func TestSweep_offAtNight(t *testing.T) {
	t.Parallel()
	dir, config := t.TempDir(), accountsOnly+"retention: {outbox: 1, inbound: 1}\nbackup: {every: 0s}\n"
	tell(t, dir, config, func(s *story) {
		for n := range 60 {
			s.say(fmt.Sprintf("王雪晴: 第%d笔%s经费从哪里来？", n, strings.Repeat("金丝雀", 100)))
		}
		for range 11 {
			s.pass(time.Hour)
			s.restart(23*time.Hour, config)
		}
		s.pass(time.Hour)
		if bottest.InFolder(t, filepath.Join(dir, "data"), "金丝雀") {
			s.Error("got the questions in the bytes of the folder after eleven days, want none")
		}
	})
}
