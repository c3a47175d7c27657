package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/alarm"
	"duban/bot/console"
	"duban/bot/dingtalk"
	"duban/bot/feishu"
	"duban/bot/ilink"
	"duban/bot/webchat"
	"duban/bot/wechat"
	"duban/bot/wecom"
	"duban/config"
	"duban/outbox"
	"duban/roster"
	"duban/schedule/when"
	"duban/store/postgres"
)

// The kinds of accounts that people write to; [config.KindAlarm] is the other one.
const (
	kindWebchat  = "webchat"
	kindConsole  = "console"
	kindWeChat   = "wechat"
	kindWeCom    = "wecom"
	kindFeishu   = "feishu"
	kindDingTalk = "dingtalk"
	kindILink    = "ilink"
)

// kinds returns an account of each kind. Nothing can be done with them but to look
// at them: the accounts themselves are opened later.
func kinds() map[string]bot.Account {
	return map[string]bot.Account{
		kindWebchat: new(webchat.Account), kindConsole: new(console.Account), kindWeChat: new(wechat.Account),
		kindWeCom: new(wecom.Account), kindFeishu: new(feishu.Account), kindDingTalk: new(dingtalk.Account), kindILink: new(ilink.Account), config.KindAlarm: new(alarm.Account),
	}
}

// Abilities returns what accounts of that kind can do.
func Abilities(a config.Account) bot.Abilities { return bot.AbilitiesOf(kinds()[a.Kind]) }

// LimitsOf returns how fast, and how much, the account sends: what is not configured
// is the default of its kind.
func LimitsOf(a config.Account) bot.Limits { return a.Pace.Limits(Abilities(a).Limits()) }

// Check refuses accounts that are of no kind, or faster than their kind bears.
func Check(c config.Config) error {
	if c.Store.Postgres != "" {
		if err := postgres.Check(c.Store.Postgres, c.Store.Schema); err != nil {
			return c.Refused(fmt.Errorf("store: %w", err))
		}
	}
	all := kinds()
	for i, a := range c.Accounts {
		if all[a.Kind] == nil {
			return c.Refused(fmt.Errorf("accounts[%d]: kind: %q is not known: write one of %s", i, a.Kind, strings.Join(slices.Sorted(maps.Keys(all)), ", ")))
		}
		if err := outbox.CheckAccount(LimitsOf(a), Abilities(a).Limits()); err != nil {
			return c.Refused(fmt.Errorf("accounts[%d]: %w", i, err))
		}
	}
	return nil
}

// Here tells whether an account may run on this machine.
func Here(c config.Account) bool { return c.On == "" || strings.EqualFold(c.On, hostName()) }

// OpenAccount makes an account. Simulated ones have the people of a roster; the
// others do not look at it.
func (o *Office) OpenAccount(c config.Account, people *roster.Roster) (bot.Account, error) {
	return o.opts.Account(c, func() (bot.Account, error) {
		if !Here(c) {
			return bot.NewElsewhere(c.Name, c.On), nil
		}
		switch c.Kind {
		case kindWebchat:
			return openWebchat(o, c, people)
		case kindConsole:
			return openConsole(o, c, people)
		case kindWeChat:
			return openWeChat(o, c)
		case kindWeCom, kindFeishu, kindDingTalk, kindILink:
			return openOfficial(o, c)
		default:
			a, err := OpenAlarm(o.Config, c)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", err, ErrConfig)
			}
			return a, nil
		}
	})
}

func openWebchat(o *Office, c config.Account, people *roster.Roster) (bot.Account, error) {
	w := webchat.Options{
		Name: c.Name, Listen: c.Listen, BotName: o.Config.Name, Aliases: o.Config.Aliases, Zone: o.Zone, Log: o.log, Dir: o.folder(c.Name),
	}
	w.People, w.Groups = cast(people)
	return webchat.New(w)
}

// cast are those whom a visitor of the simulated chat can play, and their groups.
func cast(people *roster.Roster) (all []webchat.Person, groups []webchat.Group) {
	for _, person := range people.People {
		all = append(all, webchat.Person{ID: person.ID, Name: person.Name, Label: label(person), Admin: person.Is(roster.Admin)})
	}
	for _, g := range people.Groups() {
		group := webchat.Group{Name: g, Members: []string{}}
		for _, m := range people.Members(g) {
			group.Members = append(group.Members, m.ID)
		}
		groups = append(groups, group)
	}
	return all, groups
}

func openConsole(o *Office, c config.Account, people *roster.Roster) (bot.Account, error) {
	w := console.Options{Name: c.Name, BotName: o.Config.Name, Groups: people.Groups(), In: o.opts.In, Out: o.opts.Out}
	for _, person := range people.People {
		w.People = append(w.People, console.Person{ID: person.ID, Name: person.Name})
	}
	return console.New(w)
}

func openWeChat(o *Office, c config.Account) (bot.Account, error) {
	key := o.key
	if c.Key != "" {
		_, err := os.Lstat(SessionFile(o.Config, c))
		if key, err = config.LoadKey(KeyFile(o.Config, c), !errors.Is(err, fs.ErrNotExist)); err != nil {
			return nil, err
		}
	}
	return wechat.New(wechat.Options{
		Name: c.Name, Aliases: slices.Concat([]string{o.Config.Name}, o.Config.Aliases, c.Aliases),
		Dir: o.folder(c.Name), Key: key, Uin: c.Uin,
		Terminal: o.opts.Out, Working: working(c, o.Zone), Zone: o.Zone, Log: o.log, Transport: o.opts.Transport,
		Apart: func() time.Duration { return paceOf(context.Background(), o, c).Apart() },
	})
}

// OpenNetwork makes an account of an official network that keeps nothing, to try it. The
// error says what is missing, and never what a secret is.
func OpenNetwork(c config.Config, a config.Account, transport http.RoundTripper) (bot.Account, error) {
	return newOfficial(c, a, outfit{transport: transport})
}

// OpenDoctor makes an account that can look at itself, and does nothing else. The error
// says what is missing, and never what a secret is.
func OpenDoctor(c config.Config, a config.Account) (bot.Doctor, error) {
	return newOfficial(c, a, outfit{})
}

// OpenAlarm makes an account that tells people of alarms. The error says what is
// missing, and never what a secret is.
func OpenAlarm(c config.Config, a config.Account) (bot.Account, error) {
	o := alarm.Options{Name: a.Name, By: alarm.Way(a.By), Mail: alarm.Mail{
		Server: a.Mail.Server, From: a.Mail.From, To: a.Mail.To, User: a.Mail.User,
	}}
	var err error
	for _, s := range []struct {
		from config.Secret
		to   *string
		name string
	}{{a.URL, &o.URL, "url"}, {a.Token, &o.Key, "token"}, {a.Mail.Password, &o.Mail.Password, "mail.password"}} {
		if *s.to, err = c.Secret(s.from); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if o.Roots, err = c.Roots(a); err != nil {
		return nil, err
	}
	return alarm.New(o)
}

// folder is where an account keeps what it must not forget.
func (o *Office) folder(account string) string {
	return filepath.Join(o.Config.Near(o.Config.Data), account)
}

// KeyFile is the file of the key for an account's sessions.
func KeyFile(c config.Config, a config.Account) string { return c.Near(cmp.Or(a.Key, c.Key)) }

// SessionFile is the file of an account's saved session.
func SessionFile(c config.Config, a config.Account) string {
	return filepath.Join(c.Near(c.Data), a.Name, a.Name+".session")
}

// working returns when people are expected to write, nil for the account's own
// idea of it.
func working(c config.Account, zone *time.Location) func(time.Time) bool {
	hours, err := when.ParseQuiet(c.Working)
	if err != nil || c.Working == "" {
		return nil
	}
	return func(t time.Time) bool {
		t = t.In(zone)
		return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && hours.Has(when.ClockOf(t))
	}
}

// label says where a person belongs: 计算机学院 · 辅导员.
func label(p roster.Person) string {
	words := map[roster.Role]string{
		roster.Admin: "管理员", roster.Office: "学工处", roster.Lead: "学院负责人", roster.Counselor: "辅导员",
	}
	parts := []string{p.College}
	for _, r := range p.Roles {
		if w := words[r]; !slices.Contains(parts, w) {
			parts = append(parts, w)
		}
	}
	if p.Observer {
		parts = append(parts, "只看")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
