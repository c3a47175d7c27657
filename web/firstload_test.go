package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync/atomic"
	"testing"

	"duban/bot"
	"duban/outbox"
	"duban/store"
	duban "duban/web"
	"duban/web/page"
	"duban/web/webtest"
)

// A tapped connection counts the bytes that are read from it.
type tapped struct {
	net.Conn
	n *atomic.Int64
}

func (c tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// loaded is what a page names that a browser fetches with it.
var loaded = regexp.MustCompile(`<(?:link|script|img|source|iframe)[^>]* (?:href|src)="([^"]+)"`)

// TestServe_firstLoad: what a browser that has nothing yet is sent for the login and for
// today, with styles, scripts, icons and all headers, is at most 150 KB.
func TestServe_firstLoad(t *testing.T) {
	const most = 150_000
	var server *duban.Server
	o := webtest.New(t, func(h *page.House, x *duban.Options) { server = duban.New(h, *x) })
	for _, order := range []string{"需回执 学工群：请各学院完成一次宿舍安全自查。", "紧急 安全群：台风今晚登陆，请关好门窗。"} {
		o.Order(webtest.Admin, "announce", order)
	}
	o.Say(webtest.Counselor, "通知1收到，已经排查完两栋")
	o.Say("C2", "第4条 受阻，经费没到账")
	o.Change(func(tx *store.Tx) {
		outbox.PutStanding(tx, webtest.Account, outbox.Standing{State: bot.State{Word: bot.Scanning, Since: tx.Now()}, Out: tx.Now()})
	})
	at := served(t, server)
	cookie := &http.Cookie{Name: o.CookieName(), Value: o.Visit(webtest.Admin).Token()}
	for path, who := range map[string]*http.Cookie{"/login": nil, "/": cookie} {
		var wire atomic.Int64
		browser := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			return tapped{c, &wire}, err
		}}}
		parts := loaded.FindAllStringSubmatch(fetch(t, browser, "http://"+at+path, who), -1)
		if len(parts) < 4 {
			t.Errorf("%s names %q, want its style, its icon and its scripts", path, parts)
		}
		for _, part := range parts {
			fetch(t, browser, "http://"+at+part[1], who)
		}
		browser.CloseIdleConnections()
		if t.Logf("%s: %d bytes", path, wire.Load()); wire.Load() > most {
			t.Errorf("%s: %d bytes are sent for the first load, want at most %d", path, wire.Load(), most)
		}
	}
}

// fetch returns what stands at an address.
func fetch(t *testing.T, browser *http.Client, address string, who *http.Cookie) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if who != nil {
		r.AddCookie(who)
	}
	w, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK || w.Request.URL.String() != address {
		t.Fatalf("%s: got status %d at %s, %v", address, w.StatusCode, w.Request.URL, err)
	}
	return string(text)
}
