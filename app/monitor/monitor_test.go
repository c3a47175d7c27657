package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/app/monitor"
	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/schedule"
	"duban/store"
	"duban/store/enginetest"
)

// watch returns a monitor of an office whose one account is called web.
func watch(t *testing.T) (*outboxtest.Office, *monitor.Monitor, monitor.Office) {
	t.Helper()
	o := outboxtest.On(t, enginetest.New(t))
	return o, monitor.New("test"), monitor.Office{
		Store: o.Store, Accounts: []string{"web"}, Stuck: 20 * time.Minute,
		Overdue:  func(context.Context) (int, error) { return 0, nil },
		Believed: func() bool { return true },
		Disk:     func() monitor.Disk { return monitor.Disk{Store: 1 << 20, Free: 1 << 30} },
	}
}

func TestUnready(t *testing.T) {
	_, m, o := watch(t)
	want := func(what string, reasons ...string) {
		t.Helper()
		if got := m.Unready(o); !slices.Equal(got, reasons) {
			t.Errorf("%s: got %q, want %q", what, got, reasons)
		}
	}
	schedules, accounts := "the schedule does not run yet", "account web does not run yet"
	want("at the start", schedules, accounts)
	m.Looked(nil, errors.New("failed"))
	want("after a look that failed", schedules, accounts)
	m.Looked(nil, nil)
	want("when the schedule runs", accounts)
	m.Exchanged("web", nil, nil)
	want("when all runs")
	o.Disk = func() monitor.Disk { return monitor.Disk{Free: 199 << 20, Full: true} }
	want("on a full disk", "the disk is almost full")
	o.Disk = func() monitor.Disk { return monitor.Disk{} }
	want("on a disk that is not known")
	m.Ended(0, context.Canceled)
	want("after a transaction that was given up")
	m.Ended(0, fmt.Errorf("commit: %w", store.ErrUnknown))
	want("after a commit that failed", "the store is broken")
}

func TestUnwell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := monitor.New("test")
		want := func(what string, reasons ...string) {
			t.Helper()
			if got := m.Unwell(); !slices.Equal(got, reasons) {
				t.Errorf("%s: got %q, want %q", what, got, reasons)
			}
		}
		m.Schedule()
		m.Begin("notices", 10*time.Minute)
		want("at the start")
		bot.Sleep(t.Context(), 9*time.Minute)
		m.Looked(nil, nil)
		m.Turned("notices", errors.New("failed")) // it turns, and says in the log what is wrong
		bot.Sleep(t.Context(), 9*time.Minute)
		want("while all turn")
		m.Looked(nil, nil)
		bot.Sleep(t.Context(), 2*time.Minute)
		want("when one is stuck", "loop notices does not turn")
		m.Turned("notices", nil)
		want("when it turns again")

		m.Exchanged("web", nil, []bot.Outgoing{{Key: "a"}, {Key: "b"}})
		m.Exchanged("web", []bot.Attempt{{Outgoing: bot.Outgoing{Key: "b"}}}, nil)
		bot.Sleep(t.Context(), 6*time.Minute)
		want("when an account hangs", "account web does not come back from sending")
		m.Exchanged("web", []bot.Attempt{{Outgoing: bot.Outgoing{Key: "a"}, Result: bot.Result{Err: bot.ErrUnknown}}}, nil)
		want("when it is back")
	})
}

// TestStopped lets sending stop in each way that there is.
func TestStopped(t *testing.T) {
	of, m, o := watch(t)
	goes := func(what, reason string) {
		t.Helper()
		if got := m.Stopped(t.Context(), o); got != reason {
			t.Errorf("%s: got %q, want %q", what, got, reason)
		}
	}
	goes("with nothing to send", "")
	of.Say("chat", "a")
	of.Pass(19 * time.Minute)
	goes("with a text that is late", "")
	of.Pass(2 * time.Minute)
	goes("with a text that is stuck", "nothing leaves through account web")
	m.Exchanged("web", nil, []bot.Outgoing{{Key: "a"}})
	of.Say("chat", "b")
	of.Send("a")
	m.Exchanged("web", []bot.Attempt{{Outgoing: bot.Outgoing{Key: "a"}}}, nil)
	of.Pass(30 * time.Minute)
	goes("behind a text that left a moment ago", "")
	of.Send("b")
	of.Enqueue(bot.Outgoing{Key: "c", Chat: "chat", Text: "c", Due: of.Now().Add(time.Hour)})
	goes("with a text that is not due", "")

	pause := func(do func(*store.Tx, string, store.Source) bool) {
		of.Change(func(tx *store.Tx) { do(tx, "", store.CLI) })
	}
	pause(outbox.PauseSending)
	goes("while sending is paused", "sending is paused")
	pause(outbox.ResumeSending)
	goes("after the pause", "")
	m.Ended(0, store.ErrBroken)
	goes("on a broken store", "the store is broken")
}

// TestStopped_parked parks the only text: a person must decide, and was told.
func TestStopped_parked(t *testing.T) {
	of, m, o := watch(t)
	of.Say("chat", "a")
	of.Settle(of.Claim("a"), bot.Result{Err: bot.ErrUnresolved, Held: true, Parked: true, Again: of.Now().Add(time.Hour)})
	of.Pass(50 * time.Minute)
	if got := m.Stopped(t.Context(), o); got != "" {
		t.Errorf("with a parked text: got %q, want none", got)
	}
}

// get asks a monitor that serves on a listener.
func get(t *testing.T, l net.Listener, path, host string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestServe(t *testing.T) {
	of, m, o := watch(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Serve(ctx, l, o, slog.New(slog.DiscardHandler)) }()
	here := l.Addr().String()

	if status, body := get(t, l, "/readyz", here); status != 503 || !strings.Contains(body, "account web does not run yet") {
		t.Errorf("/readyz at the start: got %d %q, want 503 with the reasons", status, body)
	}
	if status, body := get(t, l, "/healthz", here); status != 200 || body != "ok\n" {
		t.Errorf("/healthz: got %d %q, want 200 ok", status, body)
	}
	if status, _ := get(t, l, "/metrics", "duban.example.com"); status != http.StatusMisdirectedRequest {
		t.Errorf("for another host: got %d, want 421", status)
	}
	of.Say("王雪晴的群", "a", "b")
	of.Change(func(tx *store.Tx) { outbox.PutStanding(tx, "web", outbox.Standing{State: bot.State{Word: bot.Deaf}}) })
	of.Pass(3 * time.Minute)
	m.Received("web")
	attempts := []bot.Attempt{{Result: bot.Result{Held: true}}} // for its pace: no attempt
	for _, err := range []error{nil, bot.ErrUnknown, bot.ErrOut, errors.New("network")} {
		attempts = append(attempts, bot.Attempt{Result: bot.Result{Err: err, Held: errors.Is(err, bot.ErrOut)}})
	}
	m.Exchanged("web", attempts, nil)
	m.Looked([]schedule.Firing{{Outcome: schedule.Late}, {Outcome: schedule.Merged, Count: 4}}, nil)
	m.Ended(3*time.Millisecond, nil)
	status, body := get(t, l, "/metrics", here)
	if status != 200 {
		t.Fatalf("/metrics: got %d, want 200", status)
	}
	for _, line := range []string{
		`duban_messages_received_total{account="web"} 1`,
		`duban_sends_total{account="web",outcome="sent"} 1`,
		`duban_sends_total{account="web",outcome="unsure"} 1`,
		`duban_sends_total{account="web",outcome="out"} 1`,
		`duban_sends_total{account="web",outcome="failed"} 1`,
		`duban_firings_total{outcome="late"} 1`,
		`duban_firings_total{outcome="merged"} 4`,
		`duban_store_commit_seconds_count 1`,
		`duban_outbox_rows{account="web"} 2`,
		`duban_outbox_oldest_seconds{account="web"} 180`,
		`duban_account_state{account="web",state="deaf"} 1`,
		`duban_account_state{account="web",state="online"} 0`,
		`duban_sending_paused 0`, `duban_records_aside 0`, `duban_jobs_overdue 0`, `duban_clock_believed 1`,
		`duban_store_broken 0`, `duban_store_bytes 1.048576e+06`, `duban_disk_free_bytes 1.073741824e+09`,
		`duban_build_info{version="test"} 1`,
	} {
		if !strings.Contains(body, "\n"+line+"\n") {
			t.Errorf("/metrics: want the line %s", line)
		}
	}
	if strings.Contains(body, "王") {
		t.Errorf("/metrics names a chat:\n%s", body)
	}
	if t.Failed() {
		t.Log(body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: got error %v, want none after its context ended", err)
	}
}
