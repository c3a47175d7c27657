//go:build linux

package e2e_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/store"
)

// A load is how fast answers come in, and what duban must keep up.
type load struct {
	rate    float64       // answers a second, in the beginning
	half    time.Duration // after which the rate has halved; 0 never
	durable time.Duration // by which 99 of 100 are stored after they came
}

// due returns how many answers have come after a time.
func (l load) due(at time.Duration) int {
	if l.half == 0 {
		return int(l.rate * at.Seconds())
	}
	tau := l.half.Seconds() / math.Ln2
	return int(l.rate * tau * (1 - math.Exp(-at.Seconds()/tau)))
}

const (
	answerers  = 2000      // people who answer each notice
	inGroup    = 100       // of them in each group
	loadMemory = 512 << 10 // KiB that the program may have in memory
)

// Test_load is L1 and L2: 240,000 answers to notices in ten minutes, evenly, or as
// people answer, half of them every two minutes. What is booked is exactly what was
// said. How fast is asserted by make load only.
func Test_load(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("measures memory, of which the race detector takes several times as much")
	}
	for name, l := range map[string]load{
		"L1": {rate: 400, durable: 250 * time.Millisecond},
		"L2": {rate: 1390, half: 2 * time.Minute, durable: time.Second},
	} {
		t.Run(name, func(t *testing.T) { l.run(t) })
	}
}

// An answered is a notice, by its place among all, and who has answered it.
type answered struct {
	notice int
	person string
}

// A flood is people who answer notices faster than ever.
type flood struct {
	*office
	groups  []string
	texts   []string // of the notices, as the groups show them
	brought []time.Time
	answers map[answered]bool
	took    []time.Duration
}

func (l load) run(t *testing.T) {
	total := l.due(*loadTime)
	f := &flood{office: newOffice(t), answers: map[answered]bool{}}
	f.crowd()
	p := f.serve(t)
	f.announceAll(t, p, 1+total/answerers)
	before := len(f.brought)
	began := time.Now()
	next := f.shuffled(total)
	for n := 0; n < total; {
		<-time.After(2 * time.Millisecond)
		for due := min(total, l.due(time.Since(began))); n < due; n++ {
			f.answer(next[n])
		}
		f.measure()
	}
	pushing := time.Since(began)
	for f.net.Durable() < len(f.brought) {
		<-time.After(2 * time.Millisecond)
		f.measure()
	}
	f.measure()
	drained := time.Since(began) - pushing
	p.end(t)
	booked, differ := f.judge(t)
	took := f.took[before:]
	slices.Sort(took)
	share := func(of float64) time.Duration {
		return took[int(of*float64(len(took)-1))].Round(time.Millisecond)
	}
	usage, _ := p.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	t.Logf("load          offered %d in %.0f s (%d messages with repeats, strangers and chatter)  booked %d  difference %d", total, pushing.Seconds(), len(took), booked, differ)
	t.Logf("load          durable p50 %v  p99 %v  p99.9 %v  longest %v  drained %v after the last", share(.5), share(.99), share(.999), share(1), drained.Round(time.Millisecond))
	t.Logf("load          peak memory %.0f MiB of 512  CPU %.1f s for 10,000 messages", float64(usage.Maxrss)/1024, cpu.Seconds()/float64(len(took))*1e4)
	if differ > 0 || booked != total {
		t.Errorf("%d answers are booked, of which %d differ, want the %d that were said", booked, differ, total)
	}
	if usage.Maxrss > loadMemory {
		t.Errorf("the program had %d KiB in memory, want at most %d", usage.Maxrss, loadMemory)
	}
	if got := share(.99); *loadTime >= time.Minute && got > l.durable {
		t.Errorf("99 of 100 messages were durable after %v, want %v", got, l.durable)
	}
}

func answerer(n int) string { return fmt.Sprintf("R%04d", n) }

// crowd fills the roster.
func (f *flood) crowd() {
	raw, err := os.ReadFile(filepath.Join(f.dir, "roster.csv"))
	if err != nil {
		f.t.Fatal(err)
	}
	var csv strings.Builder
	csv.Write(raw)
	for n := range answerers {
		if n%inGroup == 0 {
			f.groups = append(f.groups, groupOf(n))
			f.net.Group(groupOf(n), admin, agreer)
		}
		fmt.Fprintf(&csv, "%s,教师%s,第%d学院,辅导员,%s,\n", answerer(n), answerer(n), n%20, groupOf(n))
	}
	all := strings.Join(f.groups, "、")
	fmt.Fprintf(&csv, "%s,吴主任,学工处,管理员,%s,\n", agreer, all)
	write(f.t, f.dir, "roster.csv", strings.ReplaceAll(csv.String(), openGroup+"、", all+"、"+openGroup+"、"))
	f.net.Delay(0)
	f.pass(0)
	write(f.t, f.dir, windowFile, "64")
}

func groupOf(n int) string { return fmt.Sprintf("第%02d群", n/inGroup) }

const agreer = "A2" // agrees to notices to so many

// serve lets the program run on the network, within its memory.
func (f *flood) serve(t *testing.T) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer l.Close()
		if conn, err := l.Accept(); err == nil {
			_ = f.net.Serve(conn)
		}
	}()
	p := spawn(t)
	p.Env = slices.Concat(os.Environ(), f.env(none), []string{bottest.AddressVar + "=" + l.Addr().String(), "GOMEMLIMIT=400MiB"})
	in, err := p.StdinPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	return p
}

func (f *flood) bring(m bot.Message) bot.Message {
	f.brought = append(f.brought, time.Now())
	return f.net.Bring(m)
}

// announceAll posts notices, and waits until the group shows them.
func (f *flood) announceAll(t *testing.T, p *process, notices int) {
	t.Helper()
	await := func(what string, is func() bool) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := f.net.Await(ctx, is); err != nil {
			t.Fatalf("no %s: %v; the admins were told %q, %q\n%s", what, err, f.net.Shown(admin), f.net.Shown(agreer), p.out.Bytes())
		}
	}
	for n := range notices {
		for i, said := range []string{"发通知 需回执 " + strings.Join(f.groups, "、") + "：" + title(n), "确认", "确认 通知"} {
			who := []string{admin, admin, agreer}[i]
			if i > 0 {
				await("code", func() bool {
					m := regexp.MustCompile(`“(`+said+` \d{4})”`).FindAllStringSubmatch(strings.Join(f.net.Shown(who), ""), -1)
					if len(m) > n {
						said = m[n][1]
					}
					return len(m) > n
				})
			}
			f.bring(bot.Message{Chat: who, Sender: who, Name: who, Text: said})
		}
		for _, g := range f.groups {
			await("notice", func() bool { f.texts = f.net.Shown(g); return len(f.texts) > n })
		}
	}
}

// shuffled returns who answers which notice, each once, notices in their order.
func (f *flood) shuffled(total int) (next [][2]int) {
	for n := range f.texts {
		for _, who := range f.rnd.Perm(answerers) {
			next = append(next, [2]int{n, who})
		}
	}
	return next[:total]
}

// answer lets somebody answer a notice. In between come repeats, strangers, chatter.
func (f *flood) answer(next [2]int) {
	n, who := next[0], answerer(next[1])
	group := groupOf(next[1])
	m := bot.Message{Chat: group, Sender: who, Name: who, Text: []string{"收到", "已收到", "收到，谢谢", "1", "好的"}[f.rnd.IntN(5)]}
	m.Quote = &bot.Quote{Self: true, Name: login, Text: f.texts[n]}
	f.answers[answered{n, who}] = true
	m = f.bring(m)
	switch f.rnd.IntN(100) {
	case 0, 1, 2, 3, 4:
		f.bring(m)
	case 5:
		f.bring(bot.Message{Chat: group, Sender: "路人", Name: "路人", Text: "收到"})
	case 6:
		f.bring(bot.Message{Chat: group, Sender: who, Name: who, Text: garbage(f.rnd)})
	}
}

func garbage(rnd *rand.Rand) string {
	b := make([]rune, 1+rnd.IntN(60))
	for i := range b {
		b[i] = rune(0x20 + rnd.IntN(0xa000))
	}
	return string(b)
}

// measure notes how long it took until messages were durable.
func (f *flood) measure() {
	now := time.Now()
	for durable := f.net.Durable(); len(f.took) < durable; {
		f.took = append(f.took, now.Sub(f.brought[len(f.took)]))
	}
}

// judge counts the answers in the store. Each that was said is there, and no other.
func (f *flood) judge(t *testing.T) (booked, differ int) {
	t.Helper()
	numbers := map[int]int{}
	for n, text := range f.texts {
		numbers[atoi(postedNumber.FindStringSubmatch(text)[1])] = n
	}
	view(t, f.dir, func(sn *store.Snapshot) {
		for number, n := range numbers {
			for _, i := range notice.Items(sn, number) {
				if i.State == notice.Done {
					booked++
				}
				if (i.State == notice.Done) != f.answers[answered{n, i.Person}] {
					differ++
				}
				delete(f.answers, answered{n, i.Person})
			}
		}
	})
	return booked, differ + len(f.answers)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
