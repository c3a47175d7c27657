package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"duban/bot"
	"duban/store"
)

// errBarred means that the network does not let the account in.
var errBarred = errors.New("the account was not logged in")

// loginCommand is `duban login`: it logs a WeChat account in without starting anything
// else, so that whoever holds the phone can take their time. What is said in the
// account meanwhile is left for the bot.
func loginCommand(ctx context.Context, args []string, s streams) error {
	f := flags("login", s)
	path := f.String("config", defaultConfig, "the configuration `file`")
	again := f.Bool("again", false, "try a restricted account once more; each attempt may make it worse")
	if err := parse(f, args); err != nil {
		return err
	}
	c, _, err := readConfig(*path, *path != defaultConfig)
	if err != nil {
		return err
	}
	account, err := c.wechatNamed(f.Args())
	if err != nil {
		return err
	}
	p, err := newProgram(c, newLog(c.Log, s.err), s)
	if err != nil {
		return err
	}
	_, closeStore, err := openStore(ctx, c, p.engine, store.Options{}) // so that no other duban uses the account
	if err != nil {
		return err
	}
	a, err := p.newWeChat(account) //nolint:contextcheck // what the account asks the store comes later, while it runs
	if err == nil && *again {
		err = a.TryAgain()
	}
	if err == nil {
		err = loginBy(ctx, a, s)
	}
	return errors.Join(err, closeStore())
}

// wechatNamed returns the WeChat account that is named, or the only one.
func (c Config) wechatNamed(names []string) (AccountConfig, error) {
	var found []AccountConfig
	for _, a := range c.Accounts {
		if a.abilities().Scanner != nil && (len(names) == 0 || a.Name == names[0]) {
			found = append(found, a)
		}
	}
	switch {
	case len(names) > 1:
		return AccountConfig{}, fmt.Errorf("login takes one account: %w", errUsage)
	case len(found) == 0 && len(names) == 1:
		return AccountConfig{}, fmt.Errorf("config.yaml has no account %q of kind wechat", names[0])
	case len(found) == 0:
		return AccountConfig{}, errors.New("config.yaml has no account of kind wechat; it shows how to add one")
	case len(found) > 1:
		return AccountConfig{}, fmt.Errorf("there are several WeChat accounts, name one: duban login %s: %w", found[0].Name, errUsage)
	}
	return found[0], nil
}

// loginBy runs an account until it is logged in, and says how it stands.
func loginBy(ctx context.Context, a bot.Account, s streams) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- a.Run(ctx, func(ctx context.Context, _ []bot.Message) error {
			<-ctx.Done() // nothing is taken: the bot will be brought it again
			return ctx.Err()
		})
	}()
	last, states := "", bot.AbilitiesOf(a).Stateful.States()
	for {
		select {
		case err := <-done:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", errBarred, errors.Join(err, errors.New("run duban doctor")))
		case st := <-states:
			if line := standing(st); line != last {
				fmt.Fprintln(s.out, line)
				last = line
			}
			switch st.Word {
			case bot.Online:
				stop()
				if err := <-done; err != nil {
					return err
				}
				fmt.Fprintln(s.out, "登录成功，会话已保存。现在可以启动：duban run")
				return nil
			case bot.Restricted:
				stop()
				return errors.Join(errBarred, <-done)
			case bot.Offline, bot.Scanning, bot.Suspect, bot.Deaf:
			}
		}
	}
}

// standing writes a state on one line.
func standing(st bot.State) string {
	if st.Detail == "" {
		return st.Word.String()
	}
	return st.Word.String() + "：" + strings.TrimRight(st.Detail, "。")
}
