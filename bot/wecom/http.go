package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duban/bot"
)

const (
	mostText  = 2048 // bytes of one text of a robot, or of an app
	mostParts = 5    // of a longer one
)

// An answer of a call.
type answer struct {
	ErrCode     *int   `json:"errcode"`
	InvalidUser string `json:"invaliduser"`
	Token       string `json:"access_token"`
	Expires     int    `json:"expires_in"` // seconds
	Media       string `json:"media_id"`
	States      []struct {
		Code int `json:"code"`
	} `json:"states"` // of calls on the phone
}

// call makes one call.
func (a *Account) call(ctx context.Context, method, to string, body any) (answer, error) {
	reply, err := bot.Call{Method: method, URL: to}.With(body).Do(ctx, a.client)
	var got answer
	switch {
	case err != nil:
		return got, err
	case reply.Status != http.StatusOK:
		return got, fmt.Errorf("not taken now: status %d", reply.Status)
	case json.Unmarshal(reply.Body, &got) != nil || got.ErrCode == nil:
		return answer{}, fmt.Errorf("%w: the answer was cut off, or is none", bot.ErrUnknown)
	}
	return got, nil
}

// byRobot lets a group's robot send a parcel, or say text.
func (a *Account) byRobot(ctx context.Context, robot, text string, p *parcel) (receipt string, err error) {
	say := func(what map[string]any) error {
		got, err := a.call(ctx, http.MethodPost, robot, what)
		switch {
		case err != nil:
			return err
		case *got.ErrCode == codeRobotGone:
			return fmt.Errorf("%w: code %d: the robot's address is not accepted", bot.ErrRefused, *got.ErrCode)
		}
		return judge(*got.ErrCode)
	}
	if p != nil {
		what, err := a.robotFile(ctx, robot, p)
		if err == nil {
			return requestID("robot"), say(what)
		}
		if !errors.Is(err, bot.ErrNoFile) {
			return "", err
		}
	}
	return requestID("robot"), inParts(text, func(part string) error {
		return say(map[string]any{"msgtype": "text", "text": map[string]any{"content": part}})
	})
}

// inParts says a text that is too long for one message in several.
func inParts(text string, say func(string) error) error {
	parts := split(text, mostText)
	if len(parts) > mostParts {
		return fmt.Errorf("%w: a text of %d messages", bot.ErrRefused, len(parts))
	}
	for i, part := range parts {
		if err := say(part); err != nil {
			if i > 0 && !errors.Is(err, bot.ErrUnknown) {
				return fmt.Errorf("%w after %d of %d parts: %w", bot.ErrUnknown, i, len(parts), err)
			}
			return err
		}
	}
	return nil
}

// split cuts text into parts of at most so many bytes, at the ends of lines where
// there are any.
func split(text string, most int) (parts []string) {
	for len(text) > most {
		head := strings.ToValidUTF8(text[:most], "")
		rest := text[len(head):]
		if at := strings.LastIndexByte(head, '\n'); at > most/4 {
			head, rest = head[:at], text[at+1:]
		}
		parts, text = append(parts, head), rest
	}
	return append(parts, text)
}

// An app writes to people, or calls them.
type app struct {
	*Account
	secret string
	token  bot.Token
}

var errStale = errors.New("the app's token is not accepted")

func stale(err error) bool { return errors.Is(err, errStale) }

// send lets the app send a person a parcel, or write to them.
func (p *app) send(ctx context.Context, user, text string, enclosed *parcel) (receipt string, err error) {
	say := func(what map[string]any) error {
		what["touser"], what["agentid"] = user, p.o.App.Agent
		return p.token.Use(ctx, p.fetch, stale, func(token string) error {
			got, err := p.call(ctx, http.MethodPost, p.api+"/cgi-bin/message/send?access_token="+url.QueryEscape(token), what)
			if err != nil {
				return err
			}
			return judgeApp(got)
		})
	}
	if enclosed != nil {
		var media string
		err := p.token.Use(ctx, p.fetch, stale, func(token string) (err error) {
			media, err = p.post(ctx, p.api+"/cgi-bin/media/upload?access_token="+url.QueryEscape(token), enclosed.kind, enclosed)
			return err
		})
		if err == nil {
			return requestID("app"), say(enclosed.sent(media))
		}
		if !errors.Is(err, bot.ErrNoFile) {
			return "", err
		}
	}
	return requestID("app"), inParts(text, func(part string) error {
		return say(map[string]any{"msgtype": "text", "text": map[string]string{"content": part}})
	})
}

// ring calls somebody on the phone. What was said to them is there, whatever comes of it.
func (p *app) ring(ctx context.Context, user string) {
	err := p.token.Use(ctx, p.fetch, stale, func(token string) error {
		to := p.api + "/cgi-bin/pstncc/call?access_token=" + url.QueryEscape(token)
		got, err := p.call(ctx, http.MethodPost, to, map[string][]string{"callee_userid": {user}})
		if err != nil {
			return err
		}
		for _, s := range got.States {
			if s.Code != 0 {
				return fmt.Errorf("not called: code %d", s.Code)
			}
		}
		return judgeApp(got)
	})
	if err != nil {
		p.log.Warn("a phone does not ring: see the app 紧急通知, its secret and who is in its 可见范围", "err", err)
	}
}

// judgeApp says what the answer to an app means. It may have reached nobody although
// its code is 0.
func judgeApp(got answer) error {
	switch code := *got.ErrCode; {
	case code == 0 && got.InvalidUser != "", code == 81013:
		return fmt.Errorf("%w: the app cannot reach that person", bot.ErrRefused)
	case code == 60020:
		return fmt.Errorf("not taken: code %d: this computer's address is not one that the app trusts", code)
	case code == 40014, code == 42001:
		return fmt.Errorf("not taken: code %d: %w", code, errStale)
	default:
		return judge(code)
	}
}

// fetch gets a token.
func (p *app) fetch(ctx context.Context) (token string, lasts time.Duration, err error) {
	q := url.Values{"corpid": {p.o.App.Corp}, "corpsecret": {p.secret}}
	got, err := p.call(ctx, http.MethodGet, p.api+"/cgi-bin/gettoken?"+q.Encode(), nil)
	switch {
	case err != nil:
		return "", 0, err
	case *got.ErrCode != 0 || got.Token == "":
		return "", 0, fmt.Errorf("not taken: the app gets none: code %d", *got.ErrCode)
	}
	return got.Token, time.Duration(got.Expires) * time.Second, nil
}
