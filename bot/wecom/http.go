package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/bot"
)

const (
	callTime   = 15 * time.Second
	mostAnswer = 64 << 10
	mostText   = 2048 // bytes of one text of a robot, or of an app
	mostParts  = 5    // of a longer one
)

// An answer of a call.
type answer struct {
	ErrCode     *int   `json:"errcode"`
	InvalidUser string `json:"invaliduser"`
	Token       string `json:"access_token"`
	Expires     int    `json:"expires_in"` // seconds
}

// call makes one call. Where it goes is a secret, and is in no error.
func (a *Account) call(ctx context.Context, method, to string, body any) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var begun atomic.Bool // something of the request may have left
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { begun.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(encode(body)))
	if err != nil {
		return answer{}, errors.New("the address is not a URL")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := a.client.Do(req)
	if err != nil && begun.Load() {
		return answer{}, fmt.Errorf("%w: no answer: %w", bot.ErrUnknown, bare(err))
	}
	if err != nil {
		return answer{}, fmt.Errorf("not connected: %s", bare(err)) //nolint:errorlint // a deadline leaves nothing in doubt here
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("not taken now: status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	var got answer
	if err != nil || json.Unmarshal(data, &got) != nil || got.ErrCode == nil {
		return answer{}, fmt.Errorf("%w: the answer was cut off, or is none", bot.ErrUnknown)
	}
	return got, nil
}

// bare takes the address off an error of the client, because it may be a secret.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// byRobot lets a group's robot say text.
func (a *Account) byRobot(ctx context.Context, robot, text string) (receipt string, err error) {
	return requestID("robot"), inParts(text, func(part string) error {
		got, err := a.call(ctx, http.MethodPost, robot, map[string]any{
			"msgtype": "text", "text": map[string]any{"content": part},
		})
		switch {
		case err != nil:
			return err
		case *got.ErrCode == codeRobotGone:
			return fmt.Errorf("%w: code %d: the robot's address is not accepted", bot.ErrRefused, *got.ErrCode)
		}
		return judge(*got.ErrCode)
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

// An app writes to people. Its token is fetched when there is none, or when the
// network does not accept the one that there is.
type app struct {
	*Account

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// tokenCodes are those of a token that is not accepted any more.
func staleToken(code int) bool { return code == 40014 || code == 42001 }

// send lets the app write to a person.
func (p *app) send(ctx context.Context, user, text string) (receipt string, err error) {
	return requestID("app"), inParts(text, func(part string) error {
		for fresh := false; ; fresh = true {
			token, err := p.access(ctx, fresh)
			if err != nil {
				return err
			}
			got, err := p.call(ctx, http.MethodPost, p.o.API+"/cgi-bin/message/send?access_token="+url.QueryEscape(token), map[string]any{
				"touser": user, "msgtype": "text", "agentid": p.o.App.Agent, "text": map[string]string{"content": part},
			})
			switch {
			case err != nil:
				return err
			case staleToken(*got.ErrCode) && !fresh:
				continue
			}
			return judgeApp(got)
		}
	})
}

// judgeApp says what the answer to an app means. It may have reached nobody although
// its code is 0.
func judgeApp(got answer) error {
	switch code := *got.ErrCode; {
	case code == 0 && got.InvalidUser != "", code == 81013:
		return fmt.Errorf("%w: the app cannot reach that person", bot.ErrRefused)
	case code == 60020:
		return fmt.Errorf("not taken: code %d: this computer's address is not one that the app trusts", code)
	case staleToken(code):
		return fmt.Errorf("not taken: code %d: the app's token is not accepted", code)
	default:
		return judge(code)
	}
}

// access returns the token, a new one if the old one is not accepted any more.
func (p *app) access(ctx context.Context, fresh bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !fresh && time.Now().Before(p.expiry) {
		return p.token, nil
	}
	q := url.Values{"corpid": {p.o.App.Corp}, "corpsecret": {p.o.App.Secret}}
	got, err := p.call(ctx, http.MethodGet, p.o.API+"/cgi-bin/gettoken?"+q.Encode(), nil)
	if err != nil {
		return "", fmt.Errorf("not taken: no token: %s", err) //nolint:errorlint // nothing was said yet, so nothing is in doubt
	}
	if *got.ErrCode != 0 || got.Token == "" {
		return "", fmt.Errorf("not taken: the app gets no token: code %d", *got.ErrCode)
	}
	p.token, p.expiry = got.Token, time.Now().Add(time.Duration(got.Expires)*time.Second*9/10)
	return p.token, nil
}
