package webtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"duban/store"
	"duban/web/door"
)

// A Visitor is a browser.
type Visitor struct {
	*House
	client *http.Client
}

// Stranger returns a browser of nobody.
func (o *House) Stranger() *Visitor {
	o.Helper()
	jar, err := cookiejar.New(nil)
	o.must(err)
	return &Visitor{o, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Visit returns a browser in which a person has logged in by a password, just now.
func (o *House) Visit(person string) *Visitor {
	o.Helper()
	return o.With(door.Session{Person: person, How: door.ByPassword, Proved: o.Store.Time()})
}

// With returns a browser with a session.
func (o *House) With(x door.Session) *Visitor {
	o.Helper()
	v, token := o.Stranger(), door.Token()
	o.Change(func(tx *store.Tx) { door.Begin(tx, token, x) })
	v.SetToken(token)
	return v
}

// SetToken puts the token of a session into the browser.
func (v *Visitor) SetToken(token string) {
	u, err := url.Parse(v.Server.URL)
	v.must(err)
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: v.CookieName(), Value: token, Path: "/"}})
}

// Token returns the token of the browser, "" if it has none.
func (v *Visitor) Token() string {
	u, err := url.Parse(v.Server.URL)
	v.must(err)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == v.CookieName() {
			return c.Value
		}
	}
	return ""
}

// An Answer is what the server has answered.
type Answer struct {
	Status int
	Header http.Header
	Text   string
}

// Do asks for something; form is what a POST sends. Redirects are not followed.
func (v *Visitor) Do(method, path string, form url.Values, header ...string) Answer {
	v.Helper()
	return v.do(method, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), header...)
}

// Upload posts a form with a file, and what else is filled in, given as names and values.
func (v *Visitor) Upload(path, name string, data []byte, pairs ...string) Answer {
	v.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	f, err := w.CreateFormFile("file", name)
	v.must(err)
	_, err = f.Write(data)
	v.must(err)
	v.must(w.Close())
	return v.do(http.MethodPost, path, w.FormDataContentType(), &body)
}

func (v *Visitor) do(method, path, kind string, body io.Reader, header ...string) Answer {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), method, v.Server.URL+path, body)
	v.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", v.Server.URL)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w, err := v.client.Do(r)
	v.must(err)
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	v.must(err)
	return Answer{w.StatusCode, w.Header, string(text)}
}

// Get asks for a page and fails the test if it does not come.
func (v *Visitor) Get(path string) string {
	v.Helper()
	a := v.Do(http.MethodGet, path, nil)
	if a.Status != http.StatusOK {
		v.Fatalf("GET %s: got status %d, want 200; it says: %s", path, a.Status, a.Text)
	}
	return a.Text
}

// Post sends a form, given as names and values, and fails the test if the answer is no
// other page. It returns where that is.
func (v *Visitor) Post(path string, pairs ...string) (to string) {
	v.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	a := v.Do(http.MethodPost, path, form)
	if a.Status != http.StatusSeeOther {
		v.Fatalf("POST %s: got status %d, want 303; it says: %s", path, a.Status, a.Text)
	}
	return a.Header.Get("Location")
}
