package web_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"duban/web/door"
	"duban/web/webtest"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := "testdata/" + file
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(raw), "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d of %s (run with -update if the change is meant):\ngot  %s\nwant %s", i+1, path, a, b)
		}
	}
}

// address is a path that a pattern matches.
func address(pattern string) string {
	path := strings.ReplaceAll(pattern, "{$}", "")
	for strings.Contains(path, "{") {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + "1" + path[to+1:]
	}
	return path
}

// TestRoutes: what everybody gets who asks for anything of the table. A word says what
// comes: "yes" the route itself answers, "-" it is forbidden, "login" and "again" the
// door, "no" no such method, "FAULT" an error of ours.
func TestRoutes(t *testing.T) {
	var out strings.Builder
	head := []string{"nobody", "half", "counselor", "lead", "office", "admin", "by link", "weak admin"}
	fmt.Fprintf(&out, "%-7s %-34s %-10s %s\n", "method", "path", "right", strings.Join(head, " | "))
	for _, r := range web(t).Routes {
		right := string(r.Right)
		switch {
		case r.Open:
			right = "(open)"
		case r.Proof:
			right += "+again"
		}
		if r.Long {
			continue // its answer does not end; TestEvents has it
		}
		fmt.Fprintf(&out, "%-7s %-34s %-10s", r.Method, r.Pattern, right)
		for i, who := range everybody() {
			t.Run(r.Method+" "+r.Pattern+" as "+head[i], func(t *testing.T) {
				a := who(web(t)).Do(r.Method, address(r.Pattern), url.Values{})
				if i > 0 {
					out.WriteString(" |")
				}
				fmt.Fprintf(&out, " %s", outcome(a))
			})
		}
		out.WriteString("\n")
	}
	golden(t, "routes.golden", out.String())
}

func outcome(a webtest.Answer) string {
	to := a.Header.Get("Location")
	switch {
	case a.Status == http.StatusForbidden:
		return "-"
	case a.Status == http.StatusSeeOther && strings.HasPrefix(to, "/login?"), strings.Contains(a.Text, `name="held"`):
		return "login"
	case a.Status == http.StatusSeeOther && strings.HasPrefix(to, "/login/again"):
		return "again"
	case a.Status == http.StatusInternalServerError:
		return "FAULT"
	case a.Status == http.StatusMethodNotAllowed:
		return "no"
	}
	return "yes"
}

func everybody() []func(*webtest.House) *webtest.Visitor {
	as := func(person string) func(*webtest.House) *webtest.Visitor {
		return func(o *webtest.House) *webtest.Visitor { return o.Visit(person) }
	}
	return []func(*webtest.House) *webtest.Visitor{
		func(o *webtest.House) *webtest.Visitor { return o.Stranger() },
		func(o *webtest.House) *webtest.Visitor {
			return o.With(door.Session{Person: webtest.Admin, How: door.ByPassword, Half: true})
		},
		as(webtest.Counselor), as(webtest.Lead), as(webtest.Office), as(webtest.Admin),
		func(o *webtest.House) *webtest.Visitor {
			return o.With(door.Session{Person: webtest.Admin, How: door.ByLink})
		},
		func(o *webtest.House) *webtest.Visitor {
			return o.With(door.Session{Person: webtest.Admin, How: door.ByLink, Weak: true})
		},
	}
}

func web(t *testing.T) *webtest.House { return webtest.New(t) }

// TestMethods: with another method than those of the table a path answers 405, and what
// is not in the table is not there.
func TestMethods(t *testing.T) {
	o := web(t)
	v := o.Visit(webtest.Admin)
	seen := map[string][]string{}
	for _, r := range o.Routes {
		seen[r.Pattern] = append(seen[r.Pattern], r.Method)
	}
	for pattern, has := range seen {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"} {
			if slices.Contains(has, method) || method == "CONNECT" {
				continue
			}
			if a := v.Do(method, address(pattern), nil, "Origin", o.Server.URL); a.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: got status %d, want 405", method, pattern, a.Status)
			}
		}
	}
	for _, path := range []string{"/nowhere", "/debug/pprof/", "/assets/", "/assets/../web.go", "/.git/config"} {
		if a := v.Do(http.MethodGet, path, nil); a.Status != http.StatusNotFound && a.Status/100 != 3 {
			t.Errorf("GET %s: got status %d, want 404", path, a.Status)
		}
	}
}

// TestHeaders: every answer has the same headers that keep a browser safe, errors too.
func TestHeaders(t *testing.T) {
	o := web(t)
	v := o.Visit(webtest.Admin)
	var out strings.Builder
	line := func(what string, h http.Header) {
		fmt.Fprintf(&out, "== %s\n", what)
		var names []string
		for name := range h {
			if !slices.Contains([]string{"Date", "Content-Length", "Connection", "Etag"}, name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			value := strings.Join(h[name], " || ")
			if name == "Set-Cookie" {
				value = cookieForm(value)
			}
			if name == "Location" {
				value, _, _ = strings.Cut(value, "?")
			}
			fmt.Fprintf(&out, "%s: %s\n", name, value)
		}
	}
	first := ""
	for _, r := range o.Routes {
		if r.Long {
			continue
		}
		a := v.Do(r.Method, address(r.Pattern), url.Values{})
		safe := safety(a.Header)
		if first == "" {
			first = safe
			line(r.Method+" "+r.Pattern, a.Header)
		}
		if safe != first {
			line(r.Method+" "+r.Pattern, a.Header)
		}
		if r.Pattern == "/logout" {
			line("logout", a.Header)
			v = o.Visit(webtest.Admin)
		}
	}
	line("a page that is not there", v.Do(http.MethodGet, "/nowhere", nil).Header)
	line("another host", v.Do(http.MethodGet, "/", nil, "Host", "evil.example").Header)
	line("another site", v.Do(http.MethodPost, "/logout", nil, "Origin", "https://evil.example").Header)
	golden(t, "headers.golden", out.String())
}

// safety are the headers that must be the same everywhere.
func safety(h http.Header) string {
	var all []string
	for _, name := range []string{
		"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy", "Permissions-Policy", "Cache-Control",
	} {
		all = append(all, h.Get(name))
	}
	return strings.Join(all, "\n")
}

// cookieForm is a cookie without its value.
func cookieForm(c string) string {
	_, rest, _ := strings.Cut(c, ";")
	name, _, _ := strings.Cut(c, "=")
	return name + "=…;" + rest
}
