package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	pages "duban/web"
	"duban/web/webtest"
)

// A patient is an answer that notes that its deadlines were lifted.
type patient struct {
	*httptest.ResponseRecorder
	lifted bool
}

func (p *patient) SetReadDeadline(at time.Time) error {
	p.lifted = p.lifted || at.IsZero()
	return nil
}

// TestLong: strangers have no longer time for a request that may take long.
func TestLong(t *testing.T) {
	o := webtest.New(t)
	s, seen := pages.New(o.House, pages.Options{}), 0
	v := o.Visit(webtest.Admin)
	for _, r := range o.House.Routes {
		if !r.Long || r.Method != http.MethodPost {
			continue
		}
		seen++
		for token, want := range map[string]bool{"": false, v.Token(): true} {
			w := &patient{ResponseRecorder: httptest.NewRecorder()}
			req := httptest.NewRequest(r.Method, "http://127.0.0.1"+address(r.Pattern), strings.NewReader(""))
			req.AddCookie(&http.Cookie{Name: o.CookieName(), Value: token})
			if s.ServeHTTP(w, req); w.lifted != want {
				t.Errorf("%s: got deadlines lifted %v for somebody logged in %v", r.Pattern, w.lifted, want)
			}
		}
	}
	if seen == 0 {
		t.Error("no route may take long")
	}
}
