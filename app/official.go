package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"duban/bot"
	"duban/bot/dingtalk"
	"duban/bot/feishu"
	"duban/bot/ilink"
	"duban/bot/wecom"
	"duban/config"
)

// An official is an account of a network that is made for programs.
type official interface {
	bot.Account
	bot.Doctor
}

// An outfit is what such an account gets from its office. With the zero one it can
// look at itself.
type outfit struct {
	log       *slog.Logger
	transport http.RoundTripper // nil is the real one
	dir       string            // where it keeps what it must not forget
}

// newOfficial makes an account of an official network. The error says what is missing,
// and never what a secret is.
func newOfficial(c config.Config, a config.Account, x outfit) (official, error) {
	switch a.Kind {
	case kindFeishu:
		return newFeishu(c, a, x)
	case kindDingTalk:
		return newDingTalk(c, a, x)
	case kindILink:
		return newILink(c, a, x)
	default:
		return newWeCom(c, a, x)
	}
}

func openOfficial(o *Office, a config.Account) (bot.Account, error) {
	account, err := newOfficial(o.Config, a, outfit{o.log, o.opts.Transport, o.folder(a.Name)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	return account, nil
}

func newFeishu(c config.Config, a config.Account, x outfit) (official, error) {
	o := feishu.Options{Name: a.Name, ID: a.Feishu.App, Domain: a.Feishu.Domain, Urgent: a.Feishu.Urgent, Log: x.log, Dir: x.dir, Transport: x.transport}
	var err error
	if o.Secret, err = c.Secret(a.Feishu.Secret); err != nil {
		return nil, fmt.Errorf("feishu.secret: %w", err)
	}
	return feishu.New(o)
}

func newDingTalk(c config.Config, a config.Account, x outfit) (official, error) {
	d := a.DingTalk
	o := dingtalk.Options{
		Name: a.Name, BotName: c.Name, Client: d.Client, Robot: d.Robot, Card: d.Card, Domain: d.Domain, Urgent: d.Urgent, Log: x.log, Transport: x.transport,
	}
	var err error
	if o.Secret, err = c.Secret(d.Secret); err != nil {
		return nil, fmt.Errorf("dingtalk.secret: %w", err)
	}
	return dingtalk.New(o)
}

func newILink(c config.Config, a config.Account, x outfit) (official, error) {
	o := ilink.Options{
		Name: a.Name, BotName: c.Name, User: a.ILink.User, Domain: a.ILink.Domain, Log: x.log, Transport: x.transport, Dir: x.dir,
	}
	var err error
	if o.Token, err = c.Secret(a.ILink.Secret); err != nil {
		return nil, fmt.Errorf("ilink.secret: %w", err)
	}
	return ilink.New(o)
}

// Login has the code of WeChat's own interface for bots scanned by the person whose bot it
// will be; see [ilink.Scan].
func Login(ctx context.Context, transport http.RoundTripper, domain string, show func(code string) error, told func(string)) (a config.ILink, token string, err error) {
	l, err := ilink.Scan(ctx, transport, domain, show, told)
	return config.ILink{User: l.User, Domain: l.Domain}, l.Token, err
}

func newWeCom(c config.Config, a config.Account, x outfit) (official, error) {
	o := wecom.Options{
		Name: a.Name, BotName: c.Name, Bot: a.WeCom.Bot, Robots: map[string]string{}, Domain: a.WeCom.Domain, Log: x.log, Transport: x.transport,
		App: wecom.App{Corp: a.WeCom.App.Corp, Agent: a.WeCom.App.Agent},
	}
	var err error
	if o.Secret, err = c.Secret(a.WeCom.Secret); err != nil {
		return nil, fmt.Errorf("wecom.secret: %w", err)
	}
	if o.App.Secret, err = c.Secret(a.WeCom.App.Secret); err != nil {
		return nil, fmt.Errorf("wecom.app.secret: %w", err)
	}
	if o.App.Urgent, err = c.Secret(a.WeCom.App.Urgent); err != nil {
		return nil, fmt.Errorf("wecom.app.urgent: %w", err)
	}
	for i, r := range a.WeCom.Robots {
		if o.Robots[r.Chat], err = c.Secret(r.URL); err != nil {
			return nil, fmt.Errorf("wecom.robots[%d].url: %w", i, err)
		}
	}
	return wecom.New(o)
}
