package dingtalk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/bot"
)

// An Error is what the network answered instead of doing what it was asked.
type Error struct {
	Status int
	Code   string
}

// code is what codes look like; what else stands there may repeat a text.
var code = regexp.MustCompile(`^[A-Za-z0-9._]{1,80}$`)

// Error names the code and nothing else.
func (e *Error) Error() string {
	if !code.MatchString(e.Code) {
		return fmt.Sprintf("status %d", e.Status)
	}
	return fmt.Sprintf("status %d: code %s", e.Status, e.Code)
}

// Is says what the code means for what was to be sent.
func (e *Error) Is(target error) bool {
	switch {
	case e.often():
		return target == bot.ErrTooOften
	case e.stale(), e.denied():
		return target == bot.ErrOut
	case e.Status >= http.StatusBadRequest && e.Status < http.StatusInternalServerError:
		return target == bot.ErrRefused
	}
	return false
}

// often tells that calls came too fast. Its code looks as if something was forbidden.
func (e *Error) often() bool {
	return e.Status == http.StatusTooManyRequests || strings.Contains(e.Code, "QpsLimit") || strings.Contains(e.Code, "Throttling") || e.Code == "90018"
}

// stale tells that the token is not, or no longer, good.
func (e *Error) stale() bool {
	return e.Status == http.StatusUnauthorized || e.Code == "InvalidAuthentication" || e.Code == "40014" || e.Code == "42001"
}

// stale tells that err says so.
func stale(err error) bool {
	e, answered := errors.AsType[*Error](err)
	return answered && e.stale()
}

// denied tells that the app lacks a permission, or may not call from this computer.
func (e *Error) denied() bool { return strings.HasPrefix(e.Code, "Forbidden.") || e.Code == "60011" }

// credentials says that the app itself is not accepted, if that is what err says.
func credentials(err error) error {
	e, answered := errors.AsType[*Error](err)
	if answered && !e.often() && e.Status < http.StatusInternalServerError {
		return fmt.Errorf("%w: %w: %w", bot.ErrOut, errSecret, err)
	}
	return err
}

// fetch gets a token of the app.
func (a *Account) fetch(ctx context.Context) (token string, lasts time.Duration, err error) {
	var out struct {
		Token  string `json:"accessToken"`
		Expire int    `json:"expireIn"` // seconds
	}
	in := map[string]string{"appKey": a.o.Client, "appSecret": a.o.Secret}
	if err := a.once(ctx, http.MethodPost, a.o.Domain+"/v1.0/oauth2/accessToken", "", in, &out); err != nil {
		return "", 0, credentials(err)
	}
	if out.Token == "" {
		return "", 0, errors.New("the answer holds none")
	}
	return out.Token, time.Duration(out.Expire) * time.Second, nil
}

// call makes one call with the app's token, which it renews once if it is refused. An
// error is an [*Error] if the network has answered; else it is one of [bot.Call].
func (a *Account) call(ctx context.Context, method, path string, in, out any) error {
	return a.token.Use(ctx, a.fetch, stale, func(token string) error {
		return a.once(ctx, method, a.o.Domain+path, token, in, out)
	})
}

// old makes one call of the network's older kind, which is on a host of its own.
func (a *Account) old(ctx context.Context, path string, in, out any) error {
	return a.token.Use(ctx, a.fetch, stale, func(token string) error {
		to := strings.Replace(a.o.Domain, "://api.", "://oapi.", 1) + path + "?" + url.Values{"access_token": {token}}.Encode()
		return a.once(ctx, http.MethodPost, to, "", in, out)
	})
}

// once makes one attempt. Out gets the answer; nil is nobody.
func (a *Account) once(ctx context.Context, method, to, token string, in, out any) error {
	c := bot.Call{Method: method, URL: to, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Accept": {"application/json"}}}
	if token != "" {
		c.Header.Set("X-Acs-Dingtalk-Access-Token", token)
	}
	r, err := c.With(in).Do(ctx, a.client)
	if err != nil {
		return err
	}
	var said struct {
		Code string `json:"code"`
		Old  int    `json:"errcode"` // of older calls
	}
	err = json.Unmarshal(r.Body, &said)
	switch {
	case r.Status >= http.StatusMultipleChoices: // what is no JSON has no code
		return &Error{r.Status, said.Code}
	case err != nil:
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	case said.Old != 0:
		return &Error{r.Status, strconv.Itoa(said.Old)}
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(r.Body, out); err != nil {
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	}
	return nil
}
