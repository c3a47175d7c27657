package webwxtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ownHost is the account's; each has others beside it, for logins, polls and files.
const ownHost = "wx.qq.com"

const api = "/cgi-bin/mmwebwx-bin/"

// maxBody is more than any request of a client has.
const maxBody = 8 << 20

// reply is an answer before faults and compression.
type reply struct {
	status  int
	kind    string // Content-Type
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

// call is one request that is being answered.
type call struct {
	r     *http.Request
	body  []byte
	fault Fault
	post  post
}

// post is what the JSON requests have in common.
type post struct {
	BaseRequest struct {
		Uin  json.RawMessage // a number, or a string in a browser's first request
		Sid  string
		Skey string
	}
}

// endpoint answers a request. It is called with mu held.
type endpoint func(c *call) reply

// Which host an endpoint lives on.
const (
	onLogin = "login."
	onMain  = ""
	onPush  = "webpush."
	onFile  = "file."
)

// ServeHTTP answers for the host that the request names.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	name, answer := s.route(r)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	c := &call{r: r, body: body}
	s.mu.Lock()
	s.requests[name]++
	c.fault = s.takeFault(name)
	s.mu.Unlock()
	if !pause(r.Context(), c.fault.Delay) || c.fault.DropBefore {
		panic(http.ErrAbortHandler)
	}
	if c.fault.Status != 0 {
		write(w, r, c.fault.page())
		return
	}
	if isJSON(r) {
		// A body that is none is refused as one of no session.
		_ = json.Unmarshal(body, &c.post)
	}
	out := s.answer(c, answer)
	if !pause(r.Context(), c.fault.DelayAnswer) || c.fault.DropAfter {
		panic(http.ErrAbortHandler)
	}
	out.body = c.fault.spoil(out.body)
	write(w, r, out)
}

func (s *Server) answer(c *call, e endpoint) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e(c)
}

// pause waits, and says whether the client is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// route finds the endpoint and its name. One that is asked on a host where it
// does not live is not there.
func (s *Server) route(r *http.Request) (string, endpoint) {
	host, path := r.Host, r.URL.Path
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	role := s.role(host)
	name, found := strings.CutPrefix(path, api)
	if !found {
		name, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	}
	if e, ok := s.handlers[role+" "+name]; ok {
		return name, e
	}
	return "unknown", func(*call) reply { return reply{status: http.StatusNotFound, kind: "text/html"} }
}

// role is what a host is for; "?" for one that is not the account's.
func (s *Server) role(host string) string {
	switch {
	case strings.HasPrefix(host, onLogin) && parentDomain(host) != "":
		return onLogin
	case host == ownHost:
		return onMain
	case host == onPush+ownHost:
		return onPush
	case host == onFile+ownHost:
		return onFile
	}
	return "?"
}

// parentDomain is qq.com or wechat.com, or empty for any other host.
func parentDomain(host string) string {
	for _, d := range []string{"qq.com", "wechat.com"} {
		if strings.HasSuffix(host, "."+d) {
			return d
		}
	}
	return ""
}

func isJSON(r *http.Request) bool {
	return r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
}

// refusal is 0, or why the request is not answered: what a fault says, or what
// is wrong with its session. The caller holds mu.
func (s *Server) refusal(c *call) int {
	if c.fault.Ret != 0 {
		return c.fault.Ret
	}
	uin := strings.Trim(string(c.post.BaseRequest.Uin), `"`)
	return s.verdict(uin, c.post.BaseRequest.Sid, c.post.BaseRequest.Skey)
}

// cookieVerdict looks at the cookies, as the other hosts do. The caller holds mu.
func (s *Server) cookieVerdict(r *http.Request) int {
	uin, err := r.Cookie("wxuin")
	if err != nil {
		return retCookies
	}
	sid, err := r.Cookie("wxsid")
	if err != nil {
		return retCookies
	}
	return s.verdict(uin.Value, sid.Value, "")
}

func script(text string) reply {
	return reply{status: http.StatusOK, kind: "text/javascript", body: []byte(text)}
}

// answerJSON writes as the server does: one field to a line.
func answerJSON(v any) reply {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("webwxtest: an answer cannot be written: %v", err))
	}
	return reply{status: http.StatusOK, kind: "text/plain", body: buf.Bytes()}
}

func write(w http.ResponseWriter, r *http.Request, out reply) {
	h := w.Header()
	maps.Copy(h, out.header)
	if out.kind != "" {
		h.Set("Content-Type", out.kind)
	}
	for _, c := range out.cookies {
		http.SetCookie(w, c)
	}
	text := strings.HasPrefix(out.kind, "text/")
	if text && len(out.body) > 0 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		out.body = zipped(out.body)
	}
	h.Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // a client that is gone needs no answer
}

func zipped(body []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}

// noted is the answer to reports that nobody reads.
func (s *Server) noted(c *call) reply {
	return answerJSON(baseOnly{baseResponse{Ret: c.fault.Ret}})
}
