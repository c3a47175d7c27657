package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"duban/app"
	"duban/bot"
	"duban/config"
)

// errBarred means that the network does not let the account in.
var errBarred = errors.New("the account was not logged in")

// login is `duban login`: it logs a WeChat account in without starting anything
// else, so that whoever holds the phone can take their time. What is said in the
// account meanwhile is left for the bot.
func login(ctx context.Context, args []string, e Env) (err error) {
	f := flags("login", e.usage())
	load := e.place(f)
	again := f.Bool("again", false, "try a restricted account once more; each attempt may make it worse")
	words, err := parse(f, args, false)
	if err != nil {
		return err
	}
	c, _, err := load()
	if err != nil {
		return err
	}
	account, err := scannedAccount(c, words)
	if err != nil {
		return err
	}
	o, err := app.Open(ctx, c, e.options(c)) // so that no other duban uses the account
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	a, err := o.OpenAccount(account, nil) //nolint:contextcheck // an account gets its context when it runs
	if err != nil {
		return err
	}
	if *again {
		if err := bot.AbilitiesOf(a).Scanner.TryAgain(); err != nil {
			return err
		}
	}
	return loginBy(ctx, a, e.Out)
}

// scannedAccount returns the account that is named, or the only one, of those that
// log in by scanning a code.
func scannedAccount(c config.Config, names []string) (config.Account, error) {
	var found []config.Account
	for _, a := range c.Accounts {
		if app.Abilities(a).Scanner != nil && (len(names) == 0 || a.Name == names[0]) {
			found = append(found, a)
		}
	}
	switch {
	case len(names) > 1:
		return config.Account{}, fmt.Errorf("login takes one account: %w", errUsage)
	case len(found) == 0 && len(names) == 1:
		return config.Account{}, fmt.Errorf("config.yaml has no account %q of kind wechat", names[0])
	case len(found) == 0:
		return config.Account{}, errors.New("config.yaml has no account of kind wechat; it shows how to add one")
	case len(found) > 1:
		return config.Account{}, fmt.Errorf("there are several WeChat accounts, name one: duban login %s: %w", found[0].Name, errUsage)
	}
	return found[0], nil
}

// loginBy runs an account until it is logged in, and says how it stands.
func loginBy(ctx context.Context, a bot.Account, w io.Writer) error {
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
			if line := stateLine(st); line != last {
				fmt.Fprintln(w, line)
				last = line
			}
			switch st.Word {
			case bot.Online:
				stop()
				if err := <-done; err != nil {
					return err
				}
				fmt.Fprintln(w, "logged in, and the session is kept: duban run can be started now")
				return nil
			case bot.Restricted:
				stop()
				return errors.Join(errBarred, <-done)
			case bot.Offline, bot.Scanning, bot.Suspect, bot.Deaf:
			}
		}
	}
}

// stateLine writes a state on one line.
func stateLine(st bot.State) string {
	if st.Detail == "" {
		return st.Word.String()
	}
	return st.Word.String() + "：" + strings.TrimRight(st.Detail, "。")
}
