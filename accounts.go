package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"duban/bot"
	"duban/bot/console"
	"duban/bot/webchat"
	"duban/roster"
	"duban/store"
)

// A kind makes an account of its kind from what the configuration says of it.
// The line is for people to see, "" if there is nothing to say.
type kind func(c AccountConfig, people *roster.Roster) (a bot.Account, line string, err error)

// open makes the configured accounts, and returns the lines that people should
// see.
func (p *program) open(people *roster.Roster) (accounts []bot.Account, lines []string, err error) {
	for _, c := range p.config.Accounts {
		a, line, err := p.kinds[c.Kind](c, people)
		if err != nil {
			return accounts, nil, fmt.Errorf("account %s: %w", c.Name, err)
		}
		accounts = append(accounts, a)
		if line != "" {
			lines = append(lines, line)
		}
	}
	return accounts, lines, nil
}

func (p *program) openWebchat(c AccountConfig, people *roster.Roster) (bot.Account, string, error) {
	o := webchat.Options{
		Name: c.Name, Listen: c.Listen, BotName: p.config.Name, Aliases: p.config.Aliases, Zone: p.zone, Log: p.log,
		Dir: filepath.Join(p.config.near(p.config.Data), c.Name),
	}
	for _, person := range people.People {
		o.People = append(o.People, webchat.Person{
			ID: person.ID, Name: person.Name, Label: label(person), Admin: person.Is(roster.Admin),
		})
	}
	for _, g := range people.Groups() {
		group := webchat.Group{Name: g, Members: []string{}}
		for _, m := range people.Members(g) {
			group.Members = append(group.Members, m.ID)
		}
		o.Groups = append(o.Groups, group)
	}
	a, err := webchat.New(o)
	if err != nil {
		return nil, "", err
	}
	return a, "duban is running: open " + a.URL() + " in a browser (Ctrl-C ends it)", nil
}

func (p *program) openConsole(c AccountConfig, people *roster.Roster) (bot.Account, string, error) {
	o := console.Options{
		Name: c.Name, BotName: p.config.Name, Groups: people.Groups(), In: p.streams.in, Out: p.streams.out,
	}
	for _, person := range people.People {
		o.People = append(o.People, console.Person{ID: person.ID, Name: person.Name})
	}
	a, err := console.New(o)
	return a, "", err
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

// enrol binds the people and groups of the roster to the simulated accounts.
// Real accounts bind theirs by codes. The first account reaches the groups.
func (p *program) enrol(ctx context.Context, accounts []bot.Account, people *roster.Roster) error {
	for i, a := range accounts {
		sim := bot.AbilitiesOf(a).Simulated
		if sim == nil {
			continue
		}
		err := p.store.Update(ctx, func(tx *store.Tx) error {
			return enrolAll(tx, a.Name(), sim, people, i == 0)
		})
		if err != nil {
			return fmt.Errorf("enrol the people of account %s: %w", a.Name(), err)
		}
	}
	return nil
}

func enrolAll(tx *store.Tx, account string, a bot.Simulated, people *roster.Roster, groups bool) error {
	for _, person := range people.People {
		b := roster.Binding{Person: person.ID, Chat: a.PrivateChat(person.ID), How: "simulator"}
		if err := roster.Bind(tx, account, person.ID, b); err != nil {
			return err
		}
	}
	if !groups {
		return nil
	}
	for _, g := range people.Groups() {
		if err := roster.BindGroup(tx, roster.Target{Account: account, Chat: g, Group: g}); err != nil {
			return err
		}
	}
	return nil
}
