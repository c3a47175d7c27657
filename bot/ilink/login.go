package ilink

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"duban/bot"
)

// A Login is what the network gives to whose code was scanned.
type Login struct {
	User   string
	Token  string
	Domain string // where the bot is from then on
}

// kindOfBot is what the network calls bots of this kind.
const kindOfBot = "3"

const (
	mostCodes  = 3 // that run out one after the other
	statusRest = time.Second
)

// Scan has a code scanned by the person whose bot it will be. Show is given what the code
// says, each time that there is another one; told says what the person does with it.
func Scan(ctx context.Context, transport http.RoundTripper, domain string, show func(code string) error, told func(text string)) (Login, error) {
	client := bot.NewClient(transport)
	base, err := bot.Origin(cmp.Or(domain, Domain))
	if err != nil {
		return Login{}, fmt.Errorf("ilink: domain: %w", err)
	}
	for range mostCodes {
		var code struct {
			Code string `json:"qrcode"`
			Says string `json:"qrcode_img_content"`
		}
		if err := ask(ctx, client, base+"/ilink/bot/get_bot_qrcode?bot_type="+kindOfBot, 0, &code); err != nil {
			return Login{}, fmt.Errorf("ilink: no code: %w", err)
		}
		if err := show(cmp.Or(code.Says, code.Code)); err != nil {
			return Login{}, err
		}
		l, err := scanned(ctx, client, base, code.Code, told)
		if err != nil || l.Token != "" {
			return l, err
		}
		told("这个码过期了，换一个。")
	}
	return Login{}, errors.New("ilink: the codes ran out before one was scanned")
}

// scanned waits until a code is confirmed. The Login is empty if it has run out.
func scanned(ctx context.Context, client *http.Client, base, code string, told func(text string)) (Login, error) {
	seen := ""
	for ctx.Err() == nil {
		var s struct {
			Status string `json:"status"`
			Token  string `json:"bot_token"`
			User   string `json:"ilink_user_id"`
			Base   string `json:"baseurl"`
			Moved  string `json:"redirect_host"`
		}
		err := ask(ctx, client, base+"/ilink/bot/get_qrcode_status?qrcode="+url.QueryEscape(code), pollTime, &s)
		switch {
		case err != nil: // lines drop while somebody looks for their phone
		case s.Status == "scaned" && seen != s.Status:
			told("已扫码，请在手机上确认。")
		case s.Status == "scaned_but_redirect" && s.Moved != "":
			to, err := bot.Origin("https://" + s.Moved)
			if err != nil {
				return Login{}, fmt.Errorf("ilink: %w", err)
			}
			base = to
		case s.Status == "expired":
			return Login{}, nil
		case s.Status == "confirmed":
			to, err := bot.Origin(cmp.Or(s.Base, base))
			if err != nil || s.Token == "" || s.User == "" {
				return Login{}, errors.New("ilink: the network confirms, and does not say what")
			}
			return Login{s.User, s.Token, to}, nil
		}
		seen = s.Status
		bot.Sleep(ctx, statusRest)
	}
	return Login{}, ctx.Err()
}

// ask asks what needs no token.
func ask(ctx context.Context, client *http.Client, to string, held time.Duration, out any) error {
	r, err := bot.Call{Method: http.MethodGet, URL: to, Held: held}.Do(ctx, client)
	switch {
	case err != nil:
		return err
	case r.Status != http.StatusOK:
		return &Error{Status: r.Status}
	case json.Unmarshal(r.Body, out) != nil:
		return errors.New("the answer cannot be read")
	}
	return nil
}
