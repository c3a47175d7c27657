//go:build linux

package bench_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A spec says what one program is measured with, in a process of its own.
type spec struct {
	Program string // a key of programs
	Kind    string // report; ack, which is 收到; or chatter that nobody answers
	N       int    // messages
	Before  int    // reports of an earlier run, after which duban is started anew
	Chats   int    // each says one message after the other
	People  int
	Rate    float64       // messages a second in all chats; 0: as fast as they are taken
	Fsync   time.Duration // by which each fdatasync is slower
	Dir     string

	Database, Schema string // of an office in PostgreSQL
}

// A result is what was measured.
type result struct {
	Taken, Answered float64 // a second
	P50, P99        float64 // from message to answer, in milliseconds
	CPU             float64 // of the whole program, in microseconds a message
	Resident        float64 // the most memory, in MiB
	File            float64 // bytes a message
	Start           float64 // seconds until the first message is taken
	First           float64 // the same of the earlier run
	Summary         float64 // milliseconds that 进度汇总 takes
}

// A load is what people say, and when each message was said, taken and answered.
type load struct {
	spec
	began    time.Time
	cpu      time.Duration // before the first message
	mu       sync.Mutex
	said     []time.Time
	taken    time.Time // the last
	answered map[int]time.Time
	all      chan struct{} // closed when everything is answered
}

func newLoad(s spec) *load {
	return &load{spec: s, said: make([]time.Time, s.N), answered: make(map[int]time.Time, s.N), all: make(chan struct{})}
}

// A said is one message.
type said struct {
	n            int
	chat, person string
	text         string
}

// id differs from those of an earlier run.
func (l *load) id(s said) string { return "m" + strconv.Itoa(l.Before+s.n) }

func chatName(i int) string { return fmt.Sprintf("群%d", i) }

func personID(i int) string { return fmt.Sprintf("XG%06d", i) }

// message returns message n. The people of a chat speak in turn.
func (l *load) message(n int) said {
	c := n % l.Chats
	inChat := max(l.People/l.Chats, 1)
	m := said{n: n, chat: chatName(c), person: personID(c + (n/l.Chats)%inChat*l.Chats)}
	switch l.Kind {
	case "ack":
		m.text = "收到"
	case "chatter":
		m.text = fmt.Sprintf("明天下午三点的班会改到四点，请大家互相转告（%d）", n)
	default:
		m.text = fmt.Sprintf("@学工小助手 第%d条完成%d%%，还差经费", 1+n%34, n%100)
	}
	return m
}

// run lets all chats talk side by side and waits for the answers.
func (l *load) run(ctx context.Context, hear func(said) error) error {
	l.cpu, l.began = cpuTime(), time.Now()
	var wg sync.WaitGroup
	failed := make(chan error, l.Chats)
	for c := range l.Chats {
		wg.Go(func() {
			for n := c; n < l.N; n += l.Chats {
				if err := l.say(n, hear); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	l.taken = time.Now()
	select {
	case err := <-failed:
		return err
	default:
	}
	if l.Kind != "" {
		return nil
	}
	select {
	case <-l.all:
		return nil
	case <-time.After(3 * time.Minute):
		return errors.New("not everything was answered")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// say waits until message n is to be said, and says it. Its time is that at which it
// should have been said.
func (l *load) say(n int, hear func(said) error) error {
	at := time.Now()
	if l.Rate > 0 {
		at = l.began.Add(time.Duration(float64(n) / l.Rate * float64(time.Second)))
		<-time.After(time.Until(at))
	}
	l.mu.Lock()
	l.said[n] = at
	l.mu.Unlock()
	return hear(l.message(n))
}

// answer notes that a message was answered.
func (l *load) answer(id string) {
	number, isReport := strings.CutPrefix(id[strings.LastIndexByte(id, '/')+1:], "m")
	if !isReport {
		return
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		panic(err)
	}
	n -= l.Before
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.answered[n]; twice {
		panic("a message was answered twice")
	}
	l.answered[n] = time.Now()
	if len(l.answered) == l.N {
		close(l.all)
	}
}

// result sums up. The file is that of the store.
func (l *load) result(file string) (r result, err error) {
	var last time.Time
	var took []float64
	for n, at := range l.answered {
		took = append(took, at.Sub(l.said[n]).Seconds()*1000)
		if at.After(last) {
			last = at
		}
	}
	slices.Sort(took)
	r.Taken = float64(l.N) / l.taken.Sub(l.began).Seconds()
	if len(took) > 0 {
		r.Answered = float64(len(took)) / last.Sub(l.began).Seconds()
		r.P50, r.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	r.CPU = float64((cpuTime() - l.cpu).Microseconds()) / float64(l.N)
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return r, err
	}
	r.Resident = float64(u.Maxrss) / 1024
	if l.Database != "" {
		return r, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return r, err
	}
	r.File = float64(info.Size()) / float64(l.N+l.Before)
	return r, nil
}

// cpuTime is the time that the processors have spent on this process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
