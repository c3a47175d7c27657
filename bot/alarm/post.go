package alarm

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
)

// A poster delivers with one HTTP request.
type poster struct {
	way    Way
	url    url.URL
	key    string
	client *http.Client
}

func (a *Account) poster() (func(context.Context, alarm) (string, error), error) {
	to, err := bot.Address(a.o.URL)
	if err != nil {
		return nil, err
	}
	p := &poster{way: a.o.By, url: *to, key: a.o.Key, client: bot.NewClient(
		&http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: a.tls, DisableKeepAlives: true},
	)}
	return p.send, nil
}

func (p *poster) send(ctx context.Context, a alarm) (string, error) {
	to, body, header := p.request(a)
	reply, err := bot.Call{Method: http.MethodPost, URL: to.String(), Header: header, Body: body}.Do(ctx, p.client)
	if errors.Is(err, bot.ErrOut) {
		return "", apart(err) // another alarm may find its way
	}
	if err != nil {
		return "", err
	}
	if status := byStatus(reply.Status); status != nil {
		return "", status
	}
	if p.way == Ntfy {
		return byNtfy(reply.Body)
	}
	return "", robots[p.way].judge(reply.Body)
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

// sign makes the signature that DingTalk and Feishu ask for.
func sign(key, data string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(data))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// A robot knows the answers of one kind of group robot: a code that is 0 if the
// text was taken, although the status is 200 in any case.
type robot struct {
	often []int // codes of those who send too much
	out   []int // codes of those who would never be listened to: a wrong address, key or keyword
	busy  []int // codes that pass by themselves
}

var robots = map[Way]robot{
	WeCom:    {[]int{45009, 45033}, []int{93000, 40001, 40014}, []int{-1, 50001}},
	DingTalk: {[]int{130101, 410100, 90018, 90030}, []int{310000, 300001, 300005, 40035}, []int{-1}},
	Feishu:   {[]int{11232, 230020}, []int{19001, 19021, 19022, 19024}, []int{1500, 11233}},
}

func (r robot) judge(answer []byte) error {
	var a struct {
		ErrCode, Code, StatusCode  *int // of WeCom and DingTalk, of Feishu, and of older robots of Feishu
		ErrMsg, Msg, StatusMessage string
	}
	_ = json.Unmarshal(answer, &a) // what is no object has no code
	code, said := cmp.Or(a.ErrCode, a.Code, a.StatusCode), cmp.Or(a.ErrMsg, a.Msg, a.StatusMessage)
	switch {
	case code == nil:
		return fmt.Errorf("%w: the answer has no code", bot.ErrUnknown)
	case *code == 0:
		return nil
	case slices.Contains(r.often, *code) || strings.Contains(strings.ToLower(said), "too many"):
		return fmt.Errorf("%w: code %d", bot.ErrTooOften, *code)
	case slices.Contains(r.out, *code):
		return fmt.Errorf("%w: code %d: the robot's address or key is not accepted", bot.ErrOut, *code)
	case slices.Contains(r.busy, *code):
		return fmt.Errorf("not taken now: code %d", *code)
	}
	return fmt.Errorf("%w: code %d", bot.ErrRefused, *code)
}

const (
	robotText = 2048 // the most bytes that a robot takes at once: WeCom's, which the others exceed
	ntfyText  = 4000 // longer texts become a file
)

// request returns what is posted where. DingTalk wants the time signed in the
// address, Feishu in the body; each has its own idea of what is the key.
func (p *poster) request(a alarm) (to url.URL, body []byte, header http.Header) {
	to = p.url
	if p.way == Ntfy {
		header = http.Header{"Title": {mime.BEncoding.Encode("utf-8", a.title)}, "Content-Type": {"text/plain; charset=utf-8"}}
		if p.key != "" {
			header.Set("Authorization", "Bearer "+p.key)
		}
		return to, []byte(cut(a.text, ntfyText)), header
	}
	text := cut(a.text, robotText)
	content := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	if p.way == Feishu {
		content = map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
	}
	now := time.Now()
	switch {
	case p.key == "":
	case p.way == DingTalk:
		at := strconv.FormatInt(now.UnixMilli(), 10)
		q := to.Query()
		q.Set("timestamp", at)
		q.Set("sign", sign(p.key, at+"\n"+p.key))
		to.RawQuery = q.Encode()
	case p.way == Feishu:
		at := strconv.FormatInt(now.Unix(), 10)
		content["timestamp"], content["sign"] = at, sign(at+"\n"+p.key, "")
	}
	return to, bot.JSON(content), nil
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
