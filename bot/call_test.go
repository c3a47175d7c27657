package bot_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"duban/bot"
)

// TestCall_Do_status says which answers leave in doubt whether the network did what it
// was asked.
func TestCall_Do_status(t *testing.T) {
	for status, unknown := range map[int]bool{http.StatusOK: false, http.StatusServiceUnavailable: false, http.StatusGatewayTimeout: true} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		_, err := bot.Call{Method: http.MethodPost, URL: s.URL}.Do(t.Context(), s.Client())
		s.Close()
		if got := errors.Is(err, bot.ErrUnknown); got != unknown {
			t.Errorf("status %d: got error %v, want that it is in doubt: %v", status, err, unknown)
		}
	}
}
