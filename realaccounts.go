package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"duban/bot"
	"duban/bot/alarm"
	"duban/bot/wechat"
	"duban/outbox"
	"duban/roster"
	"duban/schedule/when"
	"duban/store"
)

// openAlarm makes an account that tells people of alarms.
func (p *program) openAlarm(c AccountConfig, _ *roster.Roster) (bot.Account, string, error) {
	o := alarm.Options{Name: c.Name, Kind: alarm.Kind(c.Kind), Mail: alarm.Mail{
		Server: c.Mail.Server, From: c.Mail.From, To: c.Mail.To, User: c.Mail.User,
	}}
	var err error
	for _, s := range []struct {
		from SecretConfig
		to   *string
		name string
	}{{c.URL, &o.URL, "url"}, {c.Token, &o.Key, "token"}, {c.Mail.Password, &o.Mail.Password, "mail.password"}} {
		if *s.to, err = p.config.secret(s.from); err != nil {
			return nil, "", fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if o.Roots, err = p.config.roots(c); err != nil {
		return nil, "", err
	}
	a, err := alarm.New(o)
	return a, "", err
}

// defaultKey is the file of the key for WeChat sessions, beside config.yaml.
const defaultKey = "duban.key"

func (p *program) openWeChat(c AccountConfig, _ *roster.Roster) (bot.Account, string, error) {
	a, err := p.newWeChat(c)
	return a, "", err
}

func (p *program) newWeChat(c AccountConfig) (*wechat.Account, error) {
	key, err := wechat.LoadKey(p.config.near(or(c.Key, defaultKey)))
	if err != nil {
		return nil, err
	}
	return wechat.New(wechat.Options{
		Name: c.Name, Aliases: append(append([]string{p.config.Name}, p.config.Aliases...), c.Aliases...),
		Dir: filepath.Join(p.config.near(p.config.Data), c.Name), Key: key, Uin: c.Uin,
		Terminal: p.streams.out, Working: p.working(c), Zone: p.zone, Log: p.log, Transport: p.network,
		Slow: func() bool { return p.young(context.Background(), c.Name) },
	})
}

// working returns when people are expected to write, nil for the account's own
// idea of it.
func (p *program) working(c AccountConfig) func(time.Time) bool {
	hours, err := when.ParseQuiet(c.Working)
	if err != nil || c.Working == "" {
		return nil
	}
	return func(t time.Time) bool {
		t = t.In(p.zone)
		clock, err := when.ParseClock(t.Format("15:04"))
		return err == nil && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && hours.Has(clock)
	}
}

// paces returns how fast the accounts send.
func (p *program) paces(ctx context.Context) map[string]bot.Pace {
	m := map[string]bot.Pace{}
	for _, a := range p.config.Accounts {
		m[a.Name] = p.pace(ctx, a)
	}
	return m
}

func (p *program) pace(ctx context.Context, a AccountConfig) bot.Pace {
	usual, pace := a.abilities().Limits(), a.limits().pace()
	pace.Private = usual.Private
	if usual.Young > 0 {
		pace.Slow = func() bool { return p.young(ctx, a.Name) }
	}
	return pace
}

// cost returns how long an account takes for a number of messages.
func (p *program) cost(account string, messages int) time.Duration {
	for _, a := range p.config.Accounts {
		if a.Name == account {
			return a.limits().pace().Cost(messages)
		}
	}
	return 0
}

// young tells whether an account is new on its network.
func (p *program) young(ctx context.Context, account string) (young bool) {
	err := p.store.View(ctx, func(s *store.Snapshot) (err error) {
		young, err = outbox.Young(s, account)
		return err
	})
	return young || err != nil // rather too slow than too fast
}

// limitsOfDays returns how much each account may say in a day and an hour.
func (p *program) limitsOfDays() map[string]outbox.Cap {
	m := map[string]outbox.Cap{}
	morning := 7 * time.Hour
	if q, err := when.ParseQuiet(p.config.Quiet); err == nil && q != (when.Quiet{}) {
		morning = time.Duration(q.To) * time.Minute
	}
	for _, a := range p.config.Accounts {
		l := a.limits()
		if l.PerDay == 0 && l.PerHour == 0 {
			continue
		}
		young := a.abilities().Limits().Young
		m[a.Name] = outbox.Cap{PerDay: l.PerDay, PerHour: l.PerHour, Zone: p.zone, Morning: morning, Young: young}
	}
	return m
}

// groups asks the networks about groups; simulated ones say nothing.
type groups map[string]bot.Account

func groupsOf(accounts []bot.Account) groups {
	g := groups{}
	for _, a := range accounts {
		g[a.Name()] = a
	}
	return g
}

// Members implements [chat.Groups].
func (g groups) Members(account, chat string) (int, error) {
	if a := bot.AbilitiesOf(g[account]).Grouped; a != nil {
		return a.Members(chat)
	}
	return 0, nil
}

// Agree implements [chat.Groups].
func (g groups) Agree(account, chat string) error {
	if a := bot.AbilitiesOf(g[account]).Grouped; a != nil {
		return a.Confirm(chat)
	}
	return nil
}

// announceChannels says in the store which accounts there are, and which of them
// only tell of alarms.
func (p *program) announceChannels(ctx context.Context) error {
	return p.store.Update(ctx, func(tx *store.Tx) error { return outbox.SetChannels(tx, p.channels()) })
}

func (p *program) channels() (all []outbox.Channel) {
	for _, a := range p.config.Accounts {
		c := outbox.Channel{Account: a.Name, Kind: a.Kind}
		if able := a.abilities(); able.Alarm != nil {
			c.Alarm = able.Alarm.AlarmChat()
		}
		all = append(all, c)
	}
	return all
}
