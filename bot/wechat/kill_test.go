package wechat_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// What a child of this test binary finds in its environment.
const (
	serverVar = "DUBAN_WECHAT_SERVER" // the fake's address
	dirVar    = "DUBAN_WECHAT_DIR"    // the account's files, and the journal
	earlyVar  = "DUBAN_WECHAT_EARLY"  // plants the fault of the library: the place is saved first
)

func TestMain(m *testing.M) {
	if os.Getenv(serverVar) != "" {
		if err := child(); err != nil {
			panic(err)
		}
		return
	}
	m.Run()
}

// child is an account that writes down what it hears, each message on the disk
// before the next.
func child() error {
	dir := os.Getenv(dirVar)
	journal, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	var a *wechat.Account
	var way http.RoundTripper = elsewhere{os.Getenv(serverVar)}
	var slow time.Duration
	if os.Getenv(earlyVar) != "" {
		slow = 20 * time.Millisecond // of the disk: else a fast one hides the fault
		way = twist{way, "webwxsync", func(body []byte) []byte {
			_ = a.SaveEarly(body) // as the library does, which ignores it too
			return body
		}}
	}
	a, err = wechat.New(wechat.Options{Name: "wechat", Dir: dir, Key: key(), Transport: way})
	if err != nil {
		return err
	}
	ctx, stop := bottest.Life()
	defer stop()
	return a.Run(ctx, func(_ context.Context, batch []bot.Message) error {
		for _, m := range batch {
			<-time.After(slow)
			if _, err := fmt.Fprintln(journal, m.ID, m.Sender, m.Text); err != nil {
				return err
			}
			if err := journal.Sync(); err != nil {
				return err
			}
		}
		return nil
	})
}

// elsewhere brings requests for the real hosts to the fake.
type elsewhere struct{ address string }

func (w elsewhere) RoundTrip(req *http.Request) (*http.Response, error) {
	r := req.Clone(req.Context())
	r.Host = req.URL.Host
	r.URL.Scheme, r.URL.Host = "http", w.address
	return http.DefaultTransport.RoundTrip(r)
}

// The process is killed at any moment, again and again. No message is missing
// afterwards, and nobody has to scan again. With the library's order, planted,
// messages are missing.
func TestKill(t *testing.T) {
	for _, early := range []bool{false, true} {
		t.Run(fmt.Sprint("place saved early ", early), func(t *testing.T) {
			s := office(200 * time.Millisecond)
			server := httptest.NewServer(s.Handler())
			defer server.Close()
			dir := loggedIn(t, s)
			env := []string{serverVar + "=" + strings.TrimPrefix(server.URL, "http://"), dirVar + "=" + dir}
			if early {
				env = append(env, earlyVar+"=1")
			}
			pushed, stop := talk(t, s)
			said := 0
			ends, err := bottest.KillLoop{
				Lives: 25, Longest: 500 * time.Millisecond, Rand: bottest.Rand(t), Signal: os.Kill, Env: env,
				Settled: func(context.Context) error {
					said = stop()
					<-time.After(5 * time.Second)
					return nil
				},
			}.Run(t.Context())
			must(t, err)
			lost, again := compare(t, filepath.Join(dir, "journal"), pushed, said)
			t.Logf("faults tried  kill -9: %d  messages %d  brought again %d  logins %d (%d lost)", ends.Lives, said, again, s.State().Logins, lost)
			if early && lost == 0 {
				t.Error("the planted fault lost nothing: this test cannot fail")
			}
			if !early && lost > 0 || s.State().Logins != 1 {
				t.Errorf("%d of %d messages are lost, %d logins", lost, said, s.State().Logins)
			}
		})
	}
}

// talk lets people talk until it is stopped, and returns the ids in their order.
func talk(t *testing.T, s *webwxtest.Server) (ids *[]string, stop func() int) {
	t.Helper()
	ids = new([]string)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			case <-tick.C:
				*ids = append(*ids, s.Push(webwxtest.GroupText("g1", []string{"zhang", "li"}[i%2], fmt.Sprint("第", i, "句"))))
			}
		}
	}()
	return ids, func() int { close(quit); <-done; return len(*ids) }
}

// compare counts what is missing in the journal, and what stands in it twice.
func compare(t *testing.T, journal string, ids *[]string, n int) (lost, again int) {
	t.Helper()
	data, err := os.ReadFile(journal)
	must(t, err)
	heard := map[string]int{}
	for line := range strings.Lines(string(data)) {
		id, _, _ := strings.Cut(line, " ")
		heard[id]++
	}
	for _, id := range (*ids)[:n] {
		if heard[id] == 0 {
			lost++
		} else {
			again += heard[id] - 1
		}
	}
	return lost, again
}
