// Package rostertest gives tests an office with people.
package rostertest

import (
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
)

// Staff are people of two groups, one of whom is in both.
func Staff() *roster.Roster {
	row := func(id, name string, role roster.Role, groups ...string) roster.Person {
		return roster.Person{ID: id, Name: name, Roles: []roster.Role{role}, Groups: groups}
	}
	r := &roster.Roster{People: []roster.Person{
		row("boss", "周明远", roster.Admin, "一群", "二群"), row("ann", "安然", roster.Counselor, "一群", "二群"),
		row("bob", "鲍波", roster.Counselor, "一群"), row("cat", "蔡婷", roster.Lead, "二群"), row("dan", "安然", roster.Counselor, "三群"),
		row("eve", "易文", roster.Counselor, "一群"),
	}}
	r.People[5].Observer = true
	return r
}

// Hire gives the store its people and the groups 一群 and 二群.
func Hire(o *outboxtest.Office) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		for _, g := range []string{"一群", "二群"} {
			roster.BindGroup(tx, roster.Target{Account: "web", Chat: "chat " + g, Group: g})
		}
		roster.Replace(tx, Staff())
	})
}
