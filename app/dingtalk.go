package app

import (
	"fmt"

	"duban/bot"
	"duban/bot/dingtalk"
	"duban/config"
)

// newDingTalk makes an account of kind dingtalk that nothing is known of but its
// configuration. The error says what is missing, and never what a secret is.
func newDingTalk(c config.Config, a config.Account) (*dingtalk.Account, error) {
	o, err := dingtalkOptions(c, a)
	if err != nil {
		return nil, err
	}
	return dingtalk.New(o)
}

func openDingTalk(o *Office, c config.Account) (bot.Account, error) {
	options, err := dingtalkOptions(o.Config, c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	options.Log, options.Transport = o.log, o.opts.Transport
	a, err := dingtalk.New(options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	return a, nil
}

func dingtalkOptions(c config.Config, a config.Account) (dingtalk.Options, error) {
	d := a.DingTalk
	o := dingtalk.Options{Name: a.Name, BotName: c.Name, Client: d.Client, Robot: d.Robot, Card: d.Card, Domain: d.Domain}
	var err error
	if o.Secret, err = c.Secret(d.Secret); err != nil {
		return o, fmt.Errorf("dingtalk.secret: %w", err)
	}
	return o, nil
}
