package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/bottest"
	"duban/config"
	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/store"
	"duban/store/bolt"
)

// The program that is killed is this one: everything that `duban run` wires,
// with a login on the test's network in place of a configured account.

// login is the bot's name on the network and in its configuration.
const login = "学工小助手"

// What the child is told through its environment.
const (
	dirVar = "KILLTEST_DIR" // holds roster, store and how late it is
	bugVar = "KILLTEST_BUG" // the bug that is planted; "" is none
	pgVar  = "KILLTEST_PG"  // the database of the office; "" is a file
	ownVar = "KILLTEST_OWN" // the data folder of this process, where several share an office
)

// The groups of the child's roster. What is said in one of them has nothing to
// do with the others.
const (
	openGroup   = "学工群" // its people answer in the group
	silentGroup = "学院群" // its people answer in private
	dutyGroup   = "值班群" // where jobs are posted
)

// lateFile says by how much the clocks of the child and of its network are ahead of
// this machine's. They go on between two lives, so that turns are due when a child
// starts. In a life they run as they should: what is said does not grow stale on a
// busy machine.
const lateFile = "late"

// windowFile says how many sends of the child may be in flight.
const windowFile = "window"

// roundJobs are the jobs of the child: one is asked about nothing and sends every
// missed turn, the other asks for progress and sends the latest.
func roundJobs() []schedule.ConfigJob {
	return []schedule.ConfigJob{
		{ID: "minute", Name: "巡查", When: "* * * * *", Groups: []string{dutyGroup}, Class: "普通", Text: "请巡查一遍。", Missed: "all"},
		{ID: "seven", Name: "填报", When: "*/7 * * * *", Groups: []string{dutyGroup}, Class: "填报", Text: "请填报进展。"},
	}
}

func child(network string) error {
	ctx, stop := bottest.Life()
	defer stop()
	dir, planted := os.Getenv(dirVar), bug(os.Getenv(bugVar))
	c := config.Defaults()
	c.Name, c.Data, c.Roster, c.QuietHours = login, dir, filepath.Join(dir, "roster.csv"), ""
	c.Key = filepath.Join(dir, c.Key)
	c.Accounts = []config.Account{{Name: login, Kind: "console"}}
	c.Answers.PerMinute = 1 << 30
	c.Limits, c.Caps = outbox.Jobs{Gap: time.Minute}, config.Caps{}
	c.Jobs = roundJobs()
	x := app.Outside{Engine: func(dir string) (store.Engine, error) {
		e, err := bolt.Open(app.StoreFile(dir))
		if err != nil {
			return nil, err
		}
		return planted.engine(e), nil
	}}
	if url := os.Getenv(pgVar); url != "" {
		c.Store, c.Data, x.Engine = config.Store{Postgres: url, Schema: pairSchema(dir)}, os.Getenv(ownVar), nil
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	raw, err := os.ReadFile(filepath.Join(dir, lateFile))
	if err != nil {
		return err
	}
	late, err := time.ParseDuration(string(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", lateFile, err)
	}
	raw, err = os.ReadFile(filepath.Join(dir, windowFile))
	if err != nil {
		return err
	}
	window, err := strconv.Atoi(string(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", windowFile, err)
	}
	x.Now = func() time.Time { return time.Now().Add(late) }
	x.Account = func(c config.Account, _ func() (bot.Account, error)) (bot.Account, error) {
		a, alive, err := bottest.Dial(ctx, c.Name, network)
		if err != nil {
			return nil, err
		}
		a.Window = window
		context.AfterFunc(alive, stop)
		return planted.account(seated{Account: a, late: late}), nil
	}
	return app.Run(ctx, c, app.Options{Log: log, In: os.Stdin, Out: os.Stdout, Outside: x})
}

// sendingSuffix is behind the name of a process in the name of a file that is there while
// it sends something.
const sendingSuffix = ".sending"

// A seated login knows everybody of the roster, as a simulated account does.
type seated struct {
	*bottest.Account
	late time.Duration // by which its network's clock is ahead
}

func (a seated) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	if own := os.Getenv(ownVar); own != "" {
		f, err := os.CreateTemp(filepath.Dir(own), filepath.Base(own)+sendingSuffix)
		if err != nil {
			return bot.Receipt{}, err
		}
		defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }()
	}
	r, err := a.Account.Send(ctx, chat, m)
	if !r.Sent.IsZero() {
		r.Sent = r.Sent.Add(a.late)
	}
	return r, err
}

func (seated) PrivateChat(person string) string { return person }

// Close leaves the connection to its network, which may be gone.
func (seated) Close() error { return nil }

// A bug is a fault of the program that a check must catch.
type bug string

// The bugs.
const (
	none         bug = ""
	cursorFirst  bug = "the cursor is moved before the messages are durable"
	noFirstSight bug = "messages are not recognised when they come again"
	laterAnswer  bug = "a later answer takes the place of the first"
	itemsApart   bug = "answers are booked in a transaction after that of their message"
	saidApart    bug = "what is said to a message is enqueued in a transaction after it"
	auditApart   bug = "the audit is written in a transaction after that of the message"
	turnApart    bug = "a turn is posted without its occurrence key, which comes later"
	textsApart   bug = "the texts of a turn are enqueued in a transaction after it"
	noMark       bug = "repeats are not marked"
)

func (b bug) account(a seated) bot.Account {
	if b == cursorFirst {
		return careless{a}
	}
	return a
}

// A careless account forgets messages when it has passed them on.
type careless struct{ seated }

func (a careless) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	return a.seated.Run(ctx, func(ctx context.Context, batch []bot.Message) error {
		go func() { _ = receive(ctx, batch) }()
		return nil
	})
}

func (b bug) engine(e store.Engine) store.Engine {
	outbox := []string{"out/", "lane/", "due/", "chat/"}
	for i := range outbox {
		outbox[i] = store.AccountPrefix(login) + outbox[i]
	}
	seen := store.AccountPrefix(login) + "seen/"
	switch b {
	case noFirstSight:
		return &edited{e, nil, func(key string, value []byte) []byte {
			if strings.HasPrefix(key, seen) {
				return nil
			}
			return value
		}}
	case laterAnswer:
		return &edited{e, reopened, nil}
	case noMark:
		return &edited{e, nil, func(key string, value []byte) []byte {
			return bytes.ReplaceAll(value, []byte(`"repeat":true`), []byte(`"repeat":false`))
		}}
	case itemsApart:
		return &torn{Engine: e, cause: seen, apart: []string{store.Work + "item/", store.Work + "owed/"}}
	case saidApart:
		return &torn{Engine: e, cause: seen, apart: outbox}
	case auditApart:
		return &torn{Engine: e, cause: seen, apart: []string{store.AccountPrefix(login) + "audit/"}}
	case turnApart:
		return &torn{Engine: e, cause: store.Jobs + "turn/", apart: []string{store.Jobs, store.Work + "posted/"}}
	case textsApart:
		return &torn{Engine: e, cause: store.Jobs + "turn/", apart: outbox}
	default:
		return e
	}
}

// reopened lets every item look as if it was not answered.
func reopened(key string, value []byte) []byte {
	var i notice.Item
	if !strings.HasPrefix(key, store.Work+"item/") || json.Unmarshal(value, &i) != nil {
		return value
	}
	i.Reopen()
	value, _ = json.Marshal(i)
	return value
}

// An edited engine changes what updates read or write; what becomes nil is not
// written.
type edited struct {
	store.Engine
	read, write func(key string, value []byte) []byte
}

func (e *edited) Update(ctx context.Context, fn func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return fn(editor{w, e}) })
}

type editor struct {
	store.Writer
	e *edited
}

func (w editor) Get(key []byte) ([]byte, error) {
	value, err := w.Writer.Get(key)
	if err == nil && value != nil && w.e.read != nil {
		value = w.e.read(string(key), value)
	}
	return value, err
}

func (w editor) Put(key, value []byte) error {
	if w.e.write != nil {
		if value = w.e.write(string(key), value); value == nil {
			return nil
		}
	}
	return w.Writer.Put(key, value)
}

// A torn engine commits some keys of an update after the others, if the update
// also writes a certain key.
type torn struct {
	store.Engine
	cause string
	apart []string

	mu sync.Mutex // keeps others from coming between the two
}

// gap is the time between the two transactions, in which a kill may fall.
const gap = 8 * time.Millisecond

func (e *torn) Update(ctx context.Context, fn func(store.Writer) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var s *splitter
	err := e.Engine.Update(ctx, func(w store.Writer) error {
		s = &splitter{Writer: w, e: e, later: map[string][]byte{}}
		if err := fn(s); err != nil || s.hit {
			return err
		}
		return s.apply(w)
	})
	if err != nil || !s.hit || len(s.later) == 0 {
		return err
	}
	<-time.After(gap)
	return e.Engine.Update(context.WithoutCancel(ctx), s.apply)
}

// A splitter keeps what is to be written later.
type splitter struct {
	store.Writer
	e     *torn
	hit   bool
	later map[string][]byte
}

func (s *splitter) apply(w store.Writer) error {
	for key, value := range s.later {
		var err error
		if value == nil {
			err = w.Delete([]byte(key))
		} else {
			err = w.Put([]byte(key), value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *splitter) Get(key []byte) ([]byte, error) {
	if value, ok := s.later[string(key)]; ok {
		return value, nil
	}
	return s.Writer.Get(key)
}

// Scan shows what is kept for later as well: the transaction itself is whole.
func (s *splitter) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		all := map[string][]byte{}
		for p, err := range s.Writer.Scan(from, to) {
			if err != nil {
				yield(p, err)
				return
			}
			all[string(p.Key)] = bytes.Clone(p.Value)
		}
		for key, value := range s.later {
			if key < string(from) || to != nil && key >= string(to) {
				continue
			}
			if all[key] = value; value == nil {
				delete(all, key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if !yield(store.Pair{Key: []byte(key), Value: all[key]}, nil) {
				return
			}
		}
	}
}

func (s *splitter) keep(key, value []byte) bool {
	s.hit = s.hit || strings.HasPrefix(string(key), s.e.cause)
	for _, prefix := range s.e.apart {
		if strings.HasPrefix(string(key), prefix) {
			s.later[string(key)] = value
			return true
		}
	}
	return false
}

func (s *splitter) Put(key, value []byte) error {
	if s.keep(key, append([]byte{}, value...)) {
		return nil
	}
	return s.Writer.Put(key, value)
}

func (s *splitter) Delete(key []byte) error {
	if s.keep(key, nil) {
		return nil
	}
	return s.Writer.Delete(key)
}
