package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot/wechat/webwxtest"
)

// These tests show that the faults that the account's tests use do harm: they
// are what becomes of the library alone. If one fails, the library has changed,
// and a work-round may go.

// alone logs the library in without a guard.
func alone(t *testing.T, s *webwxtest.Server, change func(*openwechat.Bot)) *openwechat.Bot {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	lib := openwechat.NewBot(ctx)
	openwechat.Desktop.Prepare(lib)
	lib.Caller.Client.HTTPClient().Transport = s.Transport()
	lib.Caller.Client.MaxRetryTimes = 1 // a repetition reads a body that is still being read: a race
	lib.MessageHandler = func(*openwechat.Message) {}
	if change != nil {
		change(lib)
	}
	s.AutoLogin(true)
	if err := lib.Login(); err != nil {
		t.Fatal(err)
	}
	return lib
}

// beside returns a client like the one of lib, which its loop uses at the same
// time without care (defect 18).
func beside(s *webwxtest.Server, lib *openwechat.Bot) *openwechat.Caller {
	c := openwechat.DefaultClient()
	c.HTTPClient().Transport = s.Transport()
	c.Domain = lib.Caller.Client.Domain
	return openwechat.NewCaller(c)
}

func send(s *webwxtest.Server, lib *openwechat.Bot, to string) error {
	_, err := beside(s, lib).WebWxSendMsg(context.Background(), &openwechat.CallerWebWxSendMsgOptions{
		LoginInfo: lib.Storage.LoginInfo, BaseRequest: lib.Storage.Request,
		Message: openwechat.NewTextSendMessage("通知", lib.Storage.Response.User.UserName, to),
	})
	return err
}

func TestLibrary_sendsFiveTimes(t *testing.T) {
	s := office(time.Second)
	lib := alone(t, s, nil)
	s.Fault("webwxsendmsg", webwxtest.Fault{DropAfter: true})
	if err := send(s, lib, s.UserName("zhang")); err == nil || len(s.Sent()) != 5 {
		t.Errorf("%d were delivered, error %v, want 5 and an error", len(s.Sent()), err)
	}
}

// Defects 2, 3 and 4.
func TestLibrary_spins(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint string
		fault    webwxtest.Fault
	}{
		"on 1205":             {"synccheck", webwxtest.Fault{Retcode: "1205", Selector: "0"}},
		"on a proxy's page":   {"synccheck", webwxtest.BadGateway()},
		"on a stuck selector": {"synccheck", webwxtest.Fault{Selector: "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := office(time.Second)
			s.Fault(c.endpoint, c.fault)
			lib := alone(t, s, nil)
			for began := time.Now(); s.Requests()["synccheck"] < 100; {
				if time.Since(began) > time.Minute {
					t.Fatalf("%d requests in a minute: it spins no more", s.Requests()["synccheck"])
				}
				<-time.After(10 * time.Millisecond)
			}
			lib.Caller.Client.HTTPClient().CloseIdleConnections()
		})
	}
}

// Defect 5, in a goroutine that nobody else can recover.
func TestLibrary_panicsOnAWrongCount(t *testing.T) {
	s := office(time.Second)
	lib := alone(t, s, nil)
	response := &openwechat.WebInitResponse{SyncKey: &openwechat.SyncKey{Count: 1, List: []struct{ Key, Val int64 }{{1, 2}, {3, 4}}}}
	defer func() {
		if recover() == nil {
			t.Error("it does not panic")
		}
	}()
	_, err := beside(s, lib).SyncCheck(t.Context(), &openwechat.CallerSyncCheckOptions{
		BaseRequest: lib.Storage.Request, LoginInfo: lib.Storage.LoginInfo, WebInitResponse: response,
	})
	t.Errorf("it returned %v", err)
}

// Defect 6 and rows A7: the message never comes.
func TestLibrary_cannotDecodeAControlCharacter(t *testing.T) {
	s := office(time.Second)
	s.Fault("webwxsync", webwxtest.Fault{ControlChar: true})
	failed := make(chan error, 1)
	alone(t, s, func(lib *openwechat.Bot) {
		lib.MessageErrorHandler = func(err error) error {
			select {
			case failed <- err:
			default:
			}
			return err
		}
	})
	s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
	select {
	case err := <-failed:
		if _, ok := errors.AsType[*json.SyntaxError](err); !ok {
			t.Errorf("it failed with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("it does not fail")
	}
}

// Row A1, planted: a store that is written when the library wants it loses what
// came since, because it is written before the messages are handled.
func TestLibrary_savesItsPlaceBeforeTheMessages(t *testing.T) {
	s := office(time.Second)
	s.AutoLogin(true)
	store := &hotStore{}
	var before atomic.Int64
	handled := make(chan int64, 1)
	lib := openwechat.NewBot(t.Context())
	openwechat.Desktop.Prepare(lib)
	lib.Caller.Client.HTTPClient().Transport = s.Transport()
	lib.Caller.Client.MaxRetryTimes = 1 // a repetition reads a body that is still being read: a race
	lib.MessageHandler = func(*openwechat.Message) {
		select {
		case handled <- store.writes.Load() - before.Load():
		default:
		}
	}
	if err := lib.HotLogin(store, openwechat.NewRetryLoginOption()); err != nil {
		t.Fatal(err)
	}
	before.Store(store.writes.Load())
	s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
	select {
	case n := <-handled:
		if n == 0 {
			t.Error("the place in the log is saved after the messages now")
		}
	case <-time.After(20 * time.Second):
		t.Error("no message")
	}
}

// hotStore is a store of the library's, empty at first.
type hotStore struct {
	mu     sync.Mutex
	b      bytes.Buffer
	writes atomic.Int64
}

func (h *hotStore) Read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Read(p)
}

func (h *hotStore) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writes.Add(1)
	h.b.Reset()
	return h.b.Write(p)
}

var _ io.ReadWriter = (*hotStore)(nil)

// Row A14, planted, and defect 21.
func TestLibrary_losesLineBreaksAndMentions(t *testing.T) {
	s := office(time.Second)
	got := make(chan *openwechat.Message, 2)
	alone(t, s, func(lib *openwechat.Bot) {
		lib.MessageHandler = func(m *openwechat.Message) {
			if m.MsgType == openwechat.MsgTypeText {
				got <- m
			}
		}
	})
	s.Push(webwxtest.GroupText("g1", "zhang", "计划如下:\n一、已办结"))
	s.Push(webwxtest.GroupText("g1", "zhang", "@小助手二号 第3条"))
	for i, check := range []func(m *openwechat.Message) bool{
		func(m *openwechat.Message) bool { return m.Content == "计划如下一、已办结" },
		func(m *openwechat.Message) bool { return m.IsAt() },
	} {
		select {
		case m := <-got:
			if !check(m) {
				t.Errorf("message %d comes as it should: %q", i+1, m.Content)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("no message")
		}
	}
}

// Row C10, planted: a name of the wire that was kept over a login reaches
// nobody, or somebody else.
func TestLibrary_namesChangeWithEachLogin(t *testing.T) {
	s := office(time.Second)
	alone(t, s, nil)
	kept := s.UserName("zhang")
	s.LoginElsewhere()
	lib := alone(t, s, nil)
	if err := send(s, lib, kept); err == nil {
		t.Error("the name of an earlier login is still good")
	}
}

// Defect 13.
func TestLibrary_cannotLogOut(t *testing.T) {
	s := office(time.Second)
	lib := alone(t, s, nil)
	if err := beside(s, lib).Logout(t.Context(), lib.Storage.LoginInfo); err == nil {
		t.Error("it can")
	}
}

// Section 4.5: hot login loses what belongs to cookies.
func TestLibrary_forgetsCookiesInAHotLogin(t *testing.T) {
	s := office(time.Second)
	s.AutoLogin(true)
	store := &hotStore{}
	first := openwechat.NewBot(t.Context())
	openwechat.Desktop.Prepare(first)
	first.Caller.Client.HTTPClient().Transport = s.Transport()
	first.Caller.Client.MaxRetryTimes = 1
	if err := first.HotLogin(store, openwechat.NewRetryLoginOption()); err != nil {
		t.Fatal(err)
	}
	second := openwechat.NewBot(t.Context())
	openwechat.Desktop.Prepare(second)
	second.Caller.Client.HTTPClient().Transport = s.Transport()
	second.Caller.Client.MaxRetryTimes = 1
	if err := second.HotLogin(store); err != nil {
		t.Fatal(err)
	}
	select {
	case <-second.Context().Done():
	case <-time.After(20 * time.Second):
		t.Error("the session lives on")
	}
}
