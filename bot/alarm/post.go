package alarm

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"duban/bot"
)

// A poster delivers with one HTTP request.
type poster struct {
	url    *url.URL
	key    string
	client *http.Client
	now    func() time.Time

	request func(p *poster, a alarm) (to *url.URL, body []byte, header http.Header)
	judge   func(answer []byte) (id string, err error) // of an answer with status 200
}

// most is how much of an answer is read.
const most = 64 << 10

func (a *Account) poster() (func(context.Context, alarm) (string, error), error) {
	to, err := url.Parse(a.o.URL)
	if err != nil || to.Host == "" || to.User != nil {
		return nil, errors.New("the address is not a URL") // which may be a secret
	}
	if to.Scheme != "https" && (to.Scheme != "http" || !loopback(to.Hostname())) {
		return nil, errors.New("the address must begin with https://")
	}
	p := &poster{url: to, key: a.o.Key, now: time.Now, client: &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: a.tls, DisableKeepAlives: true,
			TLSHandshakeTimeout: a.o.Timeout,
		},
		// What an address leads to was not configured, and must not get the text.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	switch a.o.Kind {
	case WeCom:
		p.request = toWeCom
		p.judge = robot{[][2]string{{"errcode", "errmsg"}}, []int{45009, 45033}, []int{93000, 40001, 40014}, []int{-1, 50001}}.judge
	case DingTalk: // 310000 is a signature, an address or a keyword that the robot was not set up with
		p.request = toDingTalk
		p.judge = robot{[][2]string{{"errcode", "errmsg"}}, []int{130101, 410100, 90018, 90030}, []int{310000, 300001, 300005, 40035}, []int{-1}}.judge
	case Feishu: // older robots answer with the second pair
		p.request = toFeishu
		p.judge = robot{[][2]string{{"code", "msg"}, {"StatusCode", "StatusMessage"}}, []int{11232, 230020}, []int{19001, 19021, 19022, 19024}, []int{1500, 11233}}.judge
	case Ntfy:
		p.request, p.judge = toNtfy, byNtfy
	case Email:
	}
	return p.send, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (p *poster) send(ctx context.Context, a alarm) (string, error) {
	var begun atomic.Bool // something of the request may have left
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { begun.Store(true) }})
	to, body, header := p.request(p, a)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return "", errors.New("the address is not a URL")
	}
	req.Header = header
	resp, err := p.client.Do(req)
	if err != nil {
		err = bare(err)
		if begun.Load() {
			return "", fmt.Errorf("%w: no answer: %w", bot.ErrUnknown, err)
		}
		return "", fmt.Errorf("not connected: %w", apart(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if status := byStatus(resp.StatusCode); status != nil {
		return "", status
	}
	if err != nil {
		return "", fmt.Errorf("%w: answer cut off: %w", bot.ErrUnknown, bare(err))
	}
	return p.judge(answer)
}

// bare takes the address off an error of the client, because it may be a secret.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// byStatus says what a status other than 200 means.
func byStatus(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusTooManyRequests:
		return fmt.Errorf("%w: status 429", bot.ErrTooOften)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fmt.Errorf("%w: status %d: the key is not accepted", bot.ErrOut, status)
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout:
		return fmt.Errorf("not taken now: status %d", status)
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		return fmt.Errorf("%w: status %d: the address leads elsewhere, which is not followed", bot.ErrRefused, status)
	}
	return fmt.Errorf("%w: status %d", bot.ErrRefused, status)
}

func asJSON(v any) ([]byte, http.Header) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings and maps always can be encoded
	return b.Bytes(), http.Header{"Content-Type": {"application/json; charset=utf-8"}}
}

// sign makes the signature that DingTalk and Feishu ask for.
func sign(key, data string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(data))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// A robot knows the answers of one kind of group robot: a code that is 0 if the
// text was taken, although the status is 200 in any case.
type robot struct {
	fields [][2]string // what the code and its text are called; the first that is there counts
	often  []int       // codes of those who send too much
	out    []int       // codes of those who would never be listened to
	busy   []int       // codes that pass by themselves
}

func (r robot) judge(answer []byte) (id string, err error) {
	var all map[string]json.RawMessage
	_ = json.Unmarshal(answer, &all) // what is no object has no code
	var code *int
	var said string
	for _, f := range r.fields {
		if _ = json.Unmarshal(all[f[0]], &code); code != nil {
			_ = json.Unmarshal(all[f[1]], &said)
			break
		}
	}
	switch {
	case code == nil:
		return "", fmt.Errorf("%w: the answer has no code", bot.ErrUnknown)
	case *code == 0:
		return "", nil
	case slices.Contains(r.often, *code) || strings.Contains(strings.ToLower(said), "too many"):
		return "", fmt.Errorf("%w: code %d", bot.ErrTooOften, *code)
	case slices.Contains(r.out, *code):
		return "", fmt.Errorf("%w: code %d: the robot's address or key is not accepted", bot.ErrOut, *code)
	case slices.Contains(r.busy, *code):
		return "", fmt.Errorf("not taken now: code %d", *code)
	}
	return "", fmt.Errorf("%w: code %d", bot.ErrRefused, *code)
}

// robotText is the most bytes that a robot takes at once: WeCom's 2048, which the
// others exceed.
const robotText = 2048

type textBody struct {
	Type string            `json:"msgtype"`
	Text map[string]string `json:"text"`
}

func toWeCom(p *poster, a alarm) (*url.URL, []byte, http.Header) {
	body, header := asJSON(textBody{"text", map[string]string{"content": cut(a.text, robotText)}})
	return p.url, body, header
}

// toDingTalk signs the time with a key that is part of what is signed, and says
// both in the address.
func toDingTalk(p *poster, a alarm) (*url.URL, []byte, http.Header) {
	body, header := asJSON(textBody{"text", map[string]string{"content": cut(a.text, robotText)}})
	if p.key == "" {
		return p.url, body, header
	}
	at := strconv.FormatInt(p.now().UnixMilli(), 10)
	to := *p.url
	q := to.Query()
	q.Set("timestamp", at)
	q.Set("sign", sign(p.key, at+"\n"+p.key))
	to.RawQuery = q.Encode()
	return &to, body, header
}

// toFeishu signs nothing with a key that is made of the time and the secret.
func toFeishu(p *poster, a alarm) (*url.URL, []byte, http.Header) {
	v := map[string]any{"msg_type": "text", "content": map[string]string{"text": cut(a.text, robotText)}}
	if p.key != "" {
		at := strconv.FormatInt(p.now().Unix(), 10)
		v["timestamp"], v["sign"] = at, sign(at+"\n"+p.key, "")
	}
	body, header := asJSON(v)
	return p.url, body, header
}

func toNtfy(p *poster, a alarm) (*url.URL, []byte, http.Header) {
	const most = 4000 // longer texts become a file
	header := http.Header{"Title": {mime.BEncoding.Encode("utf-8", a.title)}, "Content-Type": {"text/plain; charset=utf-8"}}
	if p.key != "" {
		header.Set("Authorization", "Bearer "+p.key)
	}
	return p.url, []byte(cut(a.text, most)), header
}

func byNtfy(answer []byte) (string, error) {
	var v struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(answer, &v) != nil || v.ID == "" {
		return "", fmt.Errorf("%w: this is no answer of ntfy", bot.ErrUnknown)
	}
	return v.ID, nil
}
