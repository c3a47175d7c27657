//go:build linux

package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"duban/app"
	"duban/bot"
	"duban/config"
	"duban/notice"
	"duban/roster"
	"duban/store"
)

// programs are what can be measured.
func programs() map[string]func(spec) (result, error) {
	return map[string]func(spec) (result, error){
		"duban": runDuban,
		"naive": func(s spec) (result, error) { return runNaive(s, (*bbolt.DB).Update) },
		"batch": func(s spec) (result, error) { return runNaive(s, (*bbolt.DB).Batch) },
		"disk":  runDisk,
	}
}

// A simulator is an account in whose chats the people of a load talk.
type simulator struct {
	*load
	profile string
	posted  sync.WaitGroup // notices
	result  result
	opened  time.Time
}

func (a *simulator) Name() string { return "sim" }

// PrivateChat implements [bot.Simulated].
func (a *simulator) PrivateChat(person string) string { return person }

// Limits implements [bot.Limited].
func (a *simulator) Limits() bot.Limits { return bot.Limits{Window: 64} }

// Run lets the people talk, and ends when everything is answered.
func (a *simulator) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) (err error) {
	start := time.Since(a.opened).Seconds()
	if a.Kind == "ack" {
		a.posted.Wait() // what is answered stands in its group then
	}
	if a.profile != "" {
		f, err := os.Create(a.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	err = a.run(ctx, func(s said) error {
		return receive(ctx, []bot.Message{{
			ID: a.id(s), Chat: s.chat, Group: true, Sender: s.person, Name: s.person, Text: s.text,
			Mention: strings.HasPrefix(s.text, "@"), Sent: time.Now(),
		}})
	})
	if err != nil {
		panic(err) // an error would let the bot run the account again
	}
	a.result, err = a.load.result(app.StoreFile(filepath.Join(a.Dir, "data")))
	a.result.Start = start
	if a.Before > 0 {
		a.result.Summary = a.summary(ctx, receive)
	}
	return err
}

// summary returns how long 进度汇总 takes, in milliseconds.
func (a *simulator) summary(ctx context.Context, receive func(context.Context, []bot.Message) error) float64 {
	var took []float64
	for i := range 5 {
		began := time.Now()
		err := receive(ctx, []bot.Message{{
			ID: fmt.Sprint("s", i), Chat: personID(0), Sender: personID(0), Name: personID(0), Text: "进度汇总", Mention: true, Sent: began,
		}})
		if err != nil {
			panic(err)
		}
		took = append(took, time.Since(began).Seconds()*1000)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// Send implements [bot.Account].
func (a *simulator) Send(_ context.Context, _ string, m bot.Outgoing) (bot.Receipt, error) {
	if m.Notice != "" {
		a.posted.Done()
	} else {
		a.answer(m.Key)
	}
	return bot.Receipt{ID: m.Key, Sent: time.Now()}, nil
}

// runDuban lets everything that `duban run` wires hear a load, perhaps after an earlier
// run on the same data.
func runDuban(s spec) (r result, err error) {
	var list strings.Builder
	list.WriteString("工号,姓名,学院/部门,角色,群,只看\n")
	for i := range s.People {
		role := "辅导员"
		if i == 0 {
			role = "管理员、辅导员" // there must be one
		}
		fmt.Fprintf(&list, "%s,老师%s,计算机学院,%s,%s,\n", personID(i), personID(i), role, chatName(i%s.Chats))
	}
	c := config.Defaults()
	c.Data, c.Key, c.Roster = filepath.Join(s.Dir, "data"), filepath.Join(s.Dir, "key"), filepath.Join(s.Dir, "roster.csv")
	c.Accounts = []config.Account{{Name: "sim", Kind: "console"}}
	c.Store = config.Store{Postgres: s.Database, Schema: s.Schema}
	c.QuietHours, c.Answers.PerMinute = "", 1<<30
	if err := os.WriteFile(c.Roster, []byte(list.String()), 0o600); err != nil {
		return r, err
	}
	var first float64
	if s.Before > 0 {
		earlier := s
		earlier.N, earlier.Before, earlier.Kind = s.Before, 0, ""
		if r, err = serve(c, earlier, 0, ""); err != nil {
			return r, err
		}
		first = r.Start
	}
	posted := 0
	if s.Kind == "ack" {
		if posted, err = announce(c, s); err != nil {
			return r, err
		}
	}
	r, err = serve(c, s, posted, os.Getenv(profileVar))
	r.First = first
	return r, err
}

// serve lets duban run until a load is over and so many notices were posted before.
func serve(c config.Config, s spec, posted int, profile string) (result, error) {
	a := &simulator{load: newLoad(s), profile: profile, opened: time.Now()}
	a.posted.Add(posted)
	err := app.Run(context.Background(), c, options(a))
	return a.result, err
}

func options(a bot.Account) app.Options {
	return app.Options{
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		In:  strings.NewReader(""), Out: io.Discard,
		Outside: app.Outside{Account: func(config.Account, func() (bot.Account, error)) (bot.Account, error) { return a, nil }},
	}
}

// announce puts a notice to everybody into the outbox, and returns how many texts that
// are.
func announce(c config.Config, s spec) (texts int, err error) {
	ctx := context.Background()
	o, err := app.Open(ctx, c, options(nil))
	if err != nil {
		return 0, err
	}
	err = o.Store.Update(ctx, func(tx *store.Tx) error {
		to := roster.AllTargets(tx.Snapshot)
		n := notice.Notice{Class: notice.Receipt, Text: "请核对名单，收到请回复", Due: tx.Now().Add(24 * time.Hour)}
		texts = notice.Post(tx, "bench", n, to).Texts
		return nil
	})
	for more := true; more && err == nil; {
		more, err = notice.FanOut(ctx, o.Store)
	}
	if err == nil && texts != s.Chats {
		err = fmt.Errorf("a notice goes to %d groups, want %d", texts, s.Chats)
	}
	return texts, errors.Join(err, o.Close())
}

// A record is what the naive program keeps of a report.
type record struct {
	Who  string    `json:"who"`
	N    int       `json:"n"`
	P    int       `json:"p"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// runNaive is the bot that one writes in an evening: an expression for each thing that
// people say, one transaction for each report, and the answer said at once.
func runNaive(s spec, update func(*bbolt.DB, func(*bbolt.Tx) error) error) (result, error) {
	path := filepath.Join(s.Dir, "naive.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return result{}, err
	}
	bucket := []byte("progress")
	if err := db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(bucket); return err }); err != nil {
		return result{}, err
	}
	report := regexp.MustCompile(`第(\d+)条.*?(\d+)%`)
	l := newLoad(s)
	err = l.run(context.Background(), func(m said) error {
		text, mention := strings.CutPrefix(m.text, "@学工小助手")
		found := report.FindStringSubmatch(text)
		if !mention || found == nil {
			return nil
		}
		r := record{Who: m.person, Text: strings.TrimSpace(text), At: time.Now()}
		r.N, _ = strconv.Atoi(found[1])
		r.P, _ = strconv.Atoi(found[2])
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		key := fmt.Appendf(nil, "%d/%s/%s", r.N, r.Who, l.id(m))
		if err := update(db, func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put(key, raw) }); err != nil {
			return err
		}
		l.answer(l.id(m))
		return nil
	})
	if err != nil {
		return result{}, err
	}
	r, err := l.result(path)
	if err != nil {
		return r, err
	}
	return r, db.Close()
}

// runDisk writes four pages and syncs them, again and again.
func runDisk(s spec) (r result, err error) {
	path := filepath.Join(s.Dir, "disk")
	f, err := os.Create(path)
	if err != nil {
		return r, err
	}
	defer f.Close()
	pages := make([]byte, 16<<10)
	l := newLoad(s)
	l.Chats = 1
	err = l.run(context.Background(), func(m said) error {
		if _, err := f.WriteAt(pages, 0); err != nil {
			return err
		}
		defer l.answer(l.id(m))
		return syncData(f)
	})
	if err != nil {
		return r, err
	}
	return l.result(path)
}
