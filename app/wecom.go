package app

import (
	"fmt"

	"duban/bot"
	"duban/bot/wecom"
	"duban/config"
)

// newWeCom makes an account of kind wecom that nothing is known of but its
// configuration. The error says what is missing, and never what a secret is.
func newWeCom(c config.Config, a config.Account) (*wecom.Account, error) {
	o, err := wecomOptions(c, a)
	if err != nil {
		return nil, err
	}
	return wecom.New(o)
}

func openWeCom(o *Office, c config.Account) (bot.Account, error) {
	options, err := wecomOptions(o.Config, c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	options.Log, options.Transport = o.log, o.opts.Transport
	a, err := wecom.New(options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	return a, nil
}

func wecomOptions(c config.Config, a config.Account) (o wecom.Options, err error) {
	o = wecom.Options{
		Name: a.Name, BotName: c.Name, Bot: a.WeCom.Bot, Robots: map[string]string{},
		App: wecom.App{Corp: a.WeCom.App.Corp, Agent: a.WeCom.App.Agent},
	}
	if o.Secret, err = c.Secret(a.WeCom.Secret); err != nil {
		return o, fmt.Errorf("wecom.secret: %w", err)
	}
	if o.App.Secret, err = c.Secret(a.WeCom.App.Secret); err != nil {
		return o, fmt.Errorf("wecom.app.secret: %w", err)
	}
	for i, r := range a.WeCom.Robots {
		if o.Robots[r.Chat], err = c.Secret(r.URL); err != nil {
			return o, fmt.Errorf("wecom.robots[%d].url: %w", i, err)
		}
	}
	return o, nil
}
