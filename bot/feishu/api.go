package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"duban/bot"
)

// An Error is what the network answered instead of doing what it was asked.
type Error struct {
	Code  int
	After time.Duration // when it may be asked again; 0: it does not say
}

// Error names the code and nothing else: what the network says may repeat a text.
func (e *Error) Error() string { return fmt.Sprintf("code %d", e.Code) }

// Is says what the code means for what was to be sent.
func (e *Error) Is(target error) bool {
	switch {
	case slices.Contains([]int{99991400, 230020, 11232, http.StatusTooManyRequests}, e.Code):
		return target == bot.ErrTooOften
	case slices.Contains(tokenCodes, e.Code), slices.Contains([]int{10003, 10014, 403, 514, 1000040350}, e.Code):
		return target == bot.ErrOut
	case slices.Contains([]int{230001, 230002, 230011, 230013, 230006, 230027}, e.Code):
		return target == bot.ErrRefused
	}
	return false
}

// tokenCodes say that the token is not, or no longer, good.
var tokenCodes = []int{99991661, 99991663, 99991664, 99991668}

// advice says what a person can do about a code.
func advice(code int) string {
	switch {
	case slices.Contains([]int{10003, 10014, 403}, code):
		return "请核对app和secret"
	case code == 99991672:
		return "应用缺一项权限，请用duban doctor看是哪一项，开通后发布版本"
	case code == 514:
		return "请在开发者后台启用机器人并发布版本"
	case code == 1000040350:
		return "连接太多，请看有没有别的程序在用这个应用"
	}
	return "稍后会再试"
}

// An api makes calls. It keeps the token of the app and renews it.
type api struct {
	o      Options
	client *http.Client
	self   atomic.Pointer[string] // the robot's open_id

	token bot.Token
}

func newAPI(o Options) *api { return &api{o: o, client: bot.NewClient(o.Transport)} }

// call makes one call with the app's token, which it renews once if it is refused. An
// error is an [*Error] if the network has answered; else it is one of [bot.Call].
func (p *api) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	stale := func(err error) bool {
		e, refused := errors.AsType[*Error](err)
		return refused && slices.Contains(tokenCodes, e.Code)
	}
	return p.token.Use(ctx, p.fetch, stale, func(token string) error {
		return p.once(ctx, method, path, query, token, in, out)
	})
}

// fetch gets a token of the app.
func (p *api) fetch(ctx context.Context) (token string, lasts time.Duration, err error) {
	var out struct {
		Token  string `json:"tenant_access_token"`
		Expire int    `json:"expire"` // seconds
	}
	in := map[string]string{"app_id": p.o.ID, "app_secret": p.o.Secret}
	err = p.once(ctx, http.MethodPost, "/open-apis/auth/v3/tenant_access_token/internal", nil, "", in, &out)
	return out.Token, time.Duration(out.Expire) * time.Second, err
}

// once makes one attempt. Out gets the whole answer, or, if it is a []byte, what is
// fetched.
func (p *api) once(ctx context.Context, method, path string, query url.Values, token string, in, out any) error {
	call := bot.Call{Method: method, URL: p.o.Domain + path + "?" + query.Encode(), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Locale": {"zh"}}}
	if token != "" {
		call.Header.Set("Authorization", "Bearer "+token)
	}
	raw, _ := out.(*[]byte)
	call.File = raw != nil
	reply, err := call.With(in).Do(ctx, p.client)
	if err != nil {
		return err
	}
	if raw != nil && reply.Status == http.StatusOK && !strings.HasPrefix(reply.Header.Get("Content-Type"), "application/json") {
		*raw = reply.Body
		return nil
	}
	return judge(reply, out)
}

// judge reads an answer.
func judge(resp bot.Reply, out any) error {
	var said struct {
		Code *int `json:"code"`
	}
	wait, _ := strconv.Atoi(resp.Header.Get("X-Ogw-Ratelimit-Reset"))
	err := json.Unmarshal(resp.Body, &said)
	switch {
	case resp.Status == http.StatusTooManyRequests:
		return &Error{Code: resp.Status, After: time.Duration(wait) * time.Second}
	case (err != nil || said.Code == nil) && resp.Status < http.StatusMultipleChoices:
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	case err != nil || said.Code == nil:
		return fmt.Errorf("status %d", resp.Status)
	case *said.Code != 0:
		return &Error{Code: *said.Code, After: time.Duration(wait) * time.Second}
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(resp.Body, out); err != nil {
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	}
	return nil
}

// hearSelf finds out who the robot is, so that it is known who is mentioned.
func (p *api) hearSelf(ctx context.Context) {
	if p.self.Load() != nil {
		return
	}
	var out struct {
		Bot struct {
			ID string `json:"open_id"`
		} `json:"bot"`
	}
	if err := p.call(ctx, http.MethodGet, "/open-apis/bot/v3/info", nil, nil, &out); err == nil && out.Bot.ID != "" {
		p.self.Store(&out.Bot.ID)
	}
}

// me is the robot's open_id, "" while it is not known.
func (p *api) me() string {
	if id := p.self.Load(); id != nil {
		return *id
	}
	return ""
}
