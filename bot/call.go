package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	callTime  = 15 * time.Second // of one call
	mostReply = 8 << 20          // bytes of an answer
	fileTime  = 30 * time.Second // of a call that moves a file
	fileReply = 32 << 20
)

// window is how many calls an account makes at the same time, about.
const window = 8

// NewClient returns a client for the calls of a network; a nil transport leads to the real
// one. It goes nowhere else: what an address leads to was not configured, and must not get
// the text.
func NewClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: window, IdleConnTimeout: time.Minute}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A Call is one HTTP request to a network. Where it goes may be a secret, so that is in
// no error.
type Call struct {
	Method string
	URL    string
	Header http.Header // nil says that the body is JSON
	Body   []byte
	File   bool // the body or the answer is a file: it may take longer, and be larger

	// Held is for how long the network may keep the answer back until there is news.
	Held time.Duration
}

// A Form is a file as the body of a call, and what stands beside it.
type Form struct {
	Values      map[string]string
	Field, Name string // of the file
	Data        []byte
}

// With returns c with a body: a [Form], with which the call moves a file, or else what is
// written as JSON. Nil is none.
func (c Call) With(body any) Call {
	f, ok := body.(Form)
	switch {
	case body == nil:
		return c
	case !ok:
		c.Body = JSON(body)
		return c
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b) // whose errors are those of a buffer, which has none
	for _, k := range slices.Sorted(maps.Keys(f.Values)) {
		_ = w.WriteField(k, f.Values[k])
	}
	part, _ := w.CreateFormFile(f.Field, f.Name)
	_, _ = part.Write(f.Data)
	_ = w.Close()
	header := c.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", w.FormDataContentType())
	c.Header, c.Body, c.File = header, b.Bytes(), true
	return c
}

// A Reply is what a network answered, whatever its status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes one attempt. An error wraps [ErrOut] if nothing of the call has left, and
// [ErrUnknown] if the network may have done what it was asked.
func (c Call) Do(ctx context.Context, client *http.Client) (r Reply, err error) {
	limit, most := callTime, int64(mostReply)
	if c.File {
		limit, most = fileTime, fileReply
	}
	ctx, cancel := context.WithTimeout(ctx, limit+c.Held)
	defer cancel()
	var begun atomic.Bool // something of the request may have left
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { begun.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, c.Method, c.URL, bytes.NewReader(c.Body))
	if err != nil {
		return r, errors.New("the address is not a URL")
	}
	req.Header = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if c.Header != nil {
		req.Header = c.Header
	}
	resp, err := client.Do(req)
	switch {
	case err == nil:
	case begun.Load():
		return r, fmt.Errorf("%w: no answer: %w", ErrUnknown, Bare(err))
	default:
		return r, fmt.Errorf("%w: not connected: %w", ErrOut, Bare(err))
	}
	defer resp.Body.Close()
	r = Reply{Status: resp.StatusCode, Header: resp.Header}
	r.Body, err = io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil && r.Status < http.StatusMultipleChoices {
		return r, fmt.Errorf("%w: the answer was cut off: %w", ErrUnknown, Bare(err))
	}
	if r.Status == http.StatusGatewayTimeout { // of who stands before the network, and has handed the call on
		return r, fmt.Errorf("%w: no answer behind the gateway", ErrUnknown)
	}
	return r, nil
}

// Fetch gets a file from where a network says that it is.
func Fetch(ctx context.Context, client *http.Client, from string) (Reply, error) {
	if _, err := Address(from); err != nil {
		return Reply{}, errors.New("the network names an address that is none") // it may hold a secret
	}
	r, err := Call{Method: http.MethodGet, URL: from, File: true}.Do(ctx, client)
	if err == nil && r.Status != http.StatusOK {
		err = fmt.Errorf("status %d", r.Status)
	}
	return r, err
}

// Bare takes the address off an error of an HTTP client, because it may be a secret.
func Bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Unsaid is an error of what comes before something is said, such as an upload: nothing
// was said, whatever the network made of it.
func Unsaid(err error) error {
	if errors.Is(err, ErrUnknown) {
		return errors.New("nothing was said yet: no answer")
	}
	return err
}

// JSON writes v, in which < and & are themselves. V must be one that can be written.
func JSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return bytes.TrimSpace(b.Bytes())
}

// A Token is what a network lets a program in with for a while. The zero Token is
// fetched when it is needed.
type Token struct {
	mu    sync.Mutex
	value string
	until time.Time
}

// Get returns the token. It is fetched anew when nine tenths of its time are over. An
// error never wraps [ErrUnknown]: nothing was said yet.
func (t *Token) Get(ctx context.Context, fetch func(context.Context) (value string, lasts time.Duration, err error)) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value != "" && time.Now().Before(t.until) {
		return t.value, nil
	}
	value, lasts, err := fetch(ctx)
	switch {
	case errors.Is(err, ErrUnknown):
		return "", fmt.Errorf("%w: no token: no answer", ErrOut)
	case err != nil:
		return "", fmt.Errorf("no token: %w", err)
	}
	t.value, t.until = value, time.Now().Add(lasts*9/10)
	return value, nil
}

// Use makes an attempt with the token, and one more with a new one if the first failed
// because the token is not, or no longer, good.
func (t *Token) Use(ctx context.Context, fetch func(context.Context) (string, time.Duration, error), stale func(error) bool, attempt func(token string) error) error {
	for again := false; ; again = true {
		token, err := t.Get(ctx, fetch)
		if err != nil {
			return err
		}
		if err = attempt(token); again || !stale(err) {
			return err
		}
		t.drop(token)
	}
}

// drop forgets a token that the network did not accept.
func (t *Token) drop(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == value {
		t.value = ""
	}
}
