package monitor_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"duban/app/monitor"
)

func TestPing(t *testing.T) {
	var calls atomic.Int64
	var status atomic.Int64
	status.Store(http.StatusOK)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/secret" {
			calls.Add(1)
		}
		if status.Load() == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer srv.Close()
	var log bytes.Buffer
	p, err := monitor.NewPinger(srv.URL+"/secret", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ping := func(stopped string, want int64, failure string) {
		t.Helper()
		before := calls.Load()
		err := p.Ping(t.Context(), stopped)
		if got := calls.Load() - before; got != want {
			t.Errorf("Ping with %q: got %d calls, want %d", stopped, got, want)
		}
		if err == nil && failure != "" || err != nil && (failure == "" || !strings.Contains(err.Error(), failure) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("Ping with %q: got error %v, want %q without the address", stopped, err, failure)
		}
	}
	ping("", 1, "")
	ping("sending is paused", 0, "")
	ping("sending is paused", 0, "")
	ping("", 1, "")
	status.Store(http.StatusInternalServerError)
	ping("", 1, "status 500")
	status.Store(http.StatusFound)
	ping("", 1, "status 302")
	srv.Close()
	ping("", 0, "refused")
	if got := strings.Count(log.String(), "no more pings"); got != 1 {
		t.Errorf("got %d lines that pings stopped, want 1:\n%s", got, &log)
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log names the address:\n%s", &log)
	}
}

func TestNewPinger_refuses(t *testing.T) {
	for _, address := range []string{"http://example.com/x", "https://user:word@example.com/x", "x", "ftp://127.0.0.1/", "http://127.0.0.1.example.com/"} {
		if _, err := monitor.NewPinger(address, slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "example") {
			t.Errorf("NewPinger(%q): got error %v, want one that does not name the address", address, err)
		}
	}
}
