package wechat

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	maxBody = 30 << 20 // bytes of an answer that is read whole
	maxFile = 10 << 20 // the same of a picture or file

	patience = 40 * time.Second // with an answer, which the server may hold for 25 seconds
	fileTime = 2 * time.Minute  // with a picture or file
)

// allowed reports whether the account may talk to host. Web WeChat lives on one of
// five, which the login says; each has others beside it.
func allowed(host string) bool {
	for _, beside := range []string{"login.", "file.", "webpush."} {
		host = strings.TrimPrefix(host, beside)
	}
	switch host {
	case "weixin.qq.com", "wx.qq.com", "wx2.qq.com", "wx8.qq.com", "web.wechat.com", "web2.wechat.com":
		return true
	}
	return false
}

var (
	errHost   = errors.New("address is not on the list of allowed hosts")
	errStatus = errors.New("unexpected status")
	errLarge  = errors.New("answer is too large")
)

// A wireError says at which endpoint an exchange failed. It never holds the
// address, whose query is a credential.
type wireError struct {
	endpoint string
	err      error
	unsent   bool // the request certainly did not reach the server
}

// Error returns the endpoint and what went wrong there, without its address.
func (e *wireError) Error() string { return e.endpoint + ": " + e.err.Error() }

// Unwrap returns the cause.
func (e *wireError) Unwrap() error { return e.err }

// plain returns err without the addresses that [http.Client] puts around it.
func plain(err error) error {
	if w, ok := errors.AsType[*wireError](err); ok {
		return w
	}
	if u, ok := errors.AsType[*url.Error](err); ok { // a time-out, of which nothing else is left
		return &wireError{endpoint: "webwx", err: u.Err}
	}
	return err
}

// A wire is the one way to the network: https to the allowed hosts, answers of
// a bounded size, no addresses in errors and logs.
type wire struct {
	next http.RoundTripper
	jar  *cookies
	log  *slog.Logger
	tap  func(endpoint string, body []byte) // is shown what came back from calls for contacts

	requests atomic.Int64
}

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	a, err := w.exchange(req)
	if err != nil {
		return nil, err
	}
	w.tap(endpoint(req), a.body)
	return a.response(req), nil
}

func endpoint(req *http.Request) string { return path.Base(req.URL.Path) }

// An answer was read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) response(req *http.Request) *http.Response {
	h := a.header.Clone()
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: req,
	}
}

// exchange does one request and reads the answer.
func (w *wire) exchange(req *http.Request) (answer, error) {
	began := time.Now()
	limit, most := patience, maxBody
	switch endpoint(req) {
	case "webwxuploadmedia":
		limit = fileTime
	case "webwxgetmsgimg", "webwxgetmedia":
		limit, most = fileTime, maxFile
	}
	ctx, cancel := context.WithTimeout(req.Context(), limit)
	defer cancel()
	resp, err := w.send(req.WithContext(ctx))
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	if err == nil && len(body) > most {
		err = errLarge
	}
	err = errors.Join(err, resp.Body.Close())
	w.log.Debug("webwx", "endpoint", endpoint(req), "status", resp.StatusCode, "bytes", len(body), "took", time.Since(began))
	if err != nil {
		return answer{}, &wireError{endpoint: endpoint(req), err: err}
	}
	if bad := resp.StatusCode != http.StatusOK && endpoint(req) != "webwxnewloginpage" && endpoint(req) != "webwxlogout"; bad {
		return answer{}, &wireError{endpoint: endpoint(req), err: fmt.Errorf("%w %d", errStatus, resp.StatusCode)}
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// send does one request.
func (w *wire) send(req *http.Request) (*http.Response, error) {
	name := endpoint(req)
	if req.URL.Scheme != "https" || !allowed(req.URL.Host) {
		return nil, &wireError{endpoint: name, err: errHost, unsent: true}
	}
	w.requests.Add(1)
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		w.log.Debug("webwx", "endpoint", name, "err", err)
		return nil, &wireError{endpoint: name, err: err, unsent: unsent(err)}
	}
	w.jar.take(req.URL, resp)
	return resp, nil
}

// unsent reports whether err shows that the request was never written.
func unsent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	return dns || cert
}

// network returns the way to the real servers. It dials public addresses only,
// also if a name suddenly points elsewhere.
func network() http.RoundTripper {
	d := &net.Dialer{Timeout: 15 * time.Second, ControlContext: public}
	return &http.Transport{
		DialContext: d.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 10,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 15 * time.Second,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

func public(_ context.Context, _, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return errHost
	}
	return nil
}

// cookies remembers every cookie with the domain and the path for which it was
// set. The library saves names and values only, so that after a hot login they
// would reach neither webpush. nor file.
type cookies struct {
	mu  sync.Mutex
	all []*http.Cookie
}

func newCookies(saved []*http.Cookie) *cookies { return &cookies{all: slices.Clone(saved)} }

// take keeps what resp sets.
func (c *cookies) take(u *url.URL, resp *http.Response) {
	set := resp.Cookies()
	if len(set) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range set {
		if k.Domain = strings.TrimPrefix(k.Domain, "."); k.Domain == "" {
			k.Domain = u.Hostname()
		}
		if k.Path == "" {
			k.Path = "/"
		}
		gone := k.MaxAge < 0
		if k.MaxAge > 0 {
			k.Expires = time.Now().Add(time.Duration(k.MaxAge) * time.Second)
		}
		k.MaxAge = 0
		k.Raw, k.RawExpires, k.Unparsed = "", "", nil
		c.all = slices.DeleteFunc(c.all, func(o *http.Cookie) bool {
			return o.Name == k.Name && o.Domain == k.Domain && o.Path == k.Path
		})
		if !gone && (k.Expires.IsZero() || k.Expires.After(time.Now())) {
			c.all = append(c.all, k)
		}
	}
}

// list returns all of them.
func (c *cookies) list() []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}
