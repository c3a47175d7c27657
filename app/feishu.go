package app

import (
	"fmt"

	"duban/bot"
	"duban/bot/feishu"
	"duban/config"
)

// newFeishu makes an account of kind feishu that nothing is known of but its
// configuration. The error says what is missing, and never what a secret is.
func newFeishu(c config.Config, a config.Account) (*feishu.Account, error) {
	o, err := feishuOptions(c, a)
	if err != nil {
		return nil, err
	}
	return feishu.New(o)
}

func openFeishu(o *Office, c config.Account) (bot.Account, error) {
	options, err := feishuOptions(o.Config, c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	options.Log, options.Dir = o.log, o.folder(c.Name)
	a, err := feishu.New(options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrConfig)
	}
	return a, nil
}

func feishuOptions(c config.Config, a config.Account) (feishu.Options, error) {
	o := feishu.Options{Name: a.Name, ID: a.Feishu.App, Domain: a.Feishu.Domain}
	var err error
	if o.Secret, err = c.Secret(a.Feishu.Secret); err != nil {
		return o, fmt.Errorf("feishu.secret: %w", err)
	}
	return o, nil
}
