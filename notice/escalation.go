package notice

import (
	"maps"
	"slices"
	"strconv"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// rise takes one step of an escalation.
func (c *chaser) rise(i Item, level Level, a *agenda) {
	p, ok := askable(c.tx.Snapshot, i.Person)
	if !ok {
		return
	}
	switch level {
	case ToPerson:
		if !c.rules.SameDay(i.Chased, c.tx.Now()) && !i.Chased.After(c.tx.Now()) {
			c.ask(i, a)
		}
	case ToLead:
		if len(c.leadsOf(p)) == 0 {
			level = ToOffice
			a.Office.add(p.ID)
			break
		}
		if a.Leads == nil {
			a.Leads = map[string]list{}
		}
		l := a.Leads[p.College]
		l.add(p.ID)
		a.Leads[p.College] = l
	case ToOffice:
		a.Office.add(p.ID)
	}
	fresh, _ := FindItem(c.tx.Snapshot, i.Notice, i.Person)
	fresh.Steps = append(fresh.Steps, Step{To: level, At: c.tx.Now()})
	PutItem(c.tx, fresh)
	c.tx.Audit(store.Audit{Source: store.Clock, Action: "escalate." + string(level), Object: c.n.ID() + "/" + p.ID})
}

// leadsOf returns the leads of a person's college who can be told of them.
func (c *chaser) leadsOf(p roster.Person) (leads []roster.Person) {
	if p.College == "" {
		return nil
	}
	return c.tellable(func(q roster.Person) bool { return q.Is(roster.Lead) && q.College == p.College && q.ID != p.ID })
}

// tellable returns the people of whom fits says yes, who can be reached alone and
// are not away.
func (c *chaser) tellable(fits func(roster.Person) bool) (all []roster.Person) {
	r := roster.Current(c.tx.Snapshot)
	for _, p := range r.People {
		if !fits(p) || roster.Away(c.tx.Snapshot, p.ID, c.tx.Now()) {
			continue
		}
		if _, chat := roster.ReachIn(c.tx.Snapshot, p.ID, c.n.Groups); chat != "" {
			all = append(all, p)
		}
	}
	return all
}

// tellLevels tells leads and the office, each in private, who has not answered an
// urgent notice.
func (c *chaser) tellLevels(a agenda) {
	for _, college := range slices.Sorted(maps.Keys(a.Leads)) {
		leads := c.tellable(func(p roster.Person) bool { return p.Is(roster.Lead) && p.College == college })
		l := a.Leads[college]
		for _, lead := range leads {
			if len(l.People) == 1 && l.People[0] == lead.ID {
				continue // it is the lead who has not answered
			}
			c.tell(lead, ToLead, "贵学院", l)
		}
	}
	if a.Office.N > 0 {
		for _, p := range c.tellable(func(p roster.Person) bool { return p.Is(roster.Office, roster.Admin) }) {
			c.tell(p, ToOffice, "", a.Office)
		}
	}
}

// tell tells one person of those who have not answered.
func (c *chaser) tell(to roster.Person, level Level, whose string, l list) {
	r := roster.Current(c.tx.Snapshot)
	var people []roster.Person
	for _, id := range l.People {
		if p, ok := roster.Find(c.tx.Snapshot, id); ok {
			people = append(people, p)
		}
	}
	text := c.n.Escalation(whose, l.N, r.Labels(people), len(people) < l.N)
	account, chat := roster.ReachIn(c.tx.Snapshot, to.ID, c.n.Groups)
	outbox.Enqueue(c.tx, bot.Outgoing{
		Key:     "rise/" + c.n.ID() + "/" + string(level) + "/" + store.Digest(to.ID) + "/" + c.tx.Now().UTC().Format("20060102T150405"),
		Account: account, Chat: chat, Person: to.ID, Text: text, Rank: bot.Urgent, Notice: strconv.Itoa(c.n.Number),
	})
}
