package chat

import "duban/roster"

// A Right is something that not everybody may do. Who may do what is decided
// here, in one place, for chat and page alike.
type Right string

// The rights.
const (
	Look     Right = "look"     // ask about the plan; anybody who can write to the bot
	Reply    Right = "reply"    // acknowledge and report; anybody who is bound to a person
	Names    Right = "names"    // see who has not answered, by name
	Behalf   Right = "behalf"   // report or take leave for somebody else
	Decide   Right = "decide"   // answer questions and decide uncertain readings
	Announce Right = "announce" // send notices
	Export   Right = "export"   // take tables out
	Plan     Right = "plan"     // schedule: see and edit jobs; plan: owners and due dates
	Enrol    Right = "enrol"    // bind people to handles
	Operate  Right = "operate"  // page: outbox, accounts, backups, links for leaders
	Inspect  Right = "inspect"  // page: read the audit log
)

// rights says which roles have a right. Look and Reply need no role.
var rights = map[Right][]roster.Role{
	Names:    {roster.Admin, roster.Office, roster.Lead},
	Behalf:   {roster.Admin, roster.Office, roster.Lead},
	Decide:   {roster.Admin, roster.Office},
	Announce: {roster.Admin},
	Export:   {roster.Admin, roster.Office},
	Plan:     {roster.Admin},
	Enrol:    {roster.Admin},
	Operate:  {roster.Admin},
	Inspect:  {roster.Admin},
}

// May tells whether p, who is bound if known is true, has the right.
func May(p roster.Person, known bool, r Right) bool {
	if roles, ok := rights[r]; ok {
		return known && p.Is(roles...)
	}
	return r == Look || r == Reply && known
}

// MaySee tells whether p may see the names and answers of other: the office
// sees everybody, a college lead the own college.
func MaySee(p, other roster.Person) bool {
	return p.Is(roster.Admin, roster.Office) || p.ID == other.ID || p.Is(roster.Lead) && p.College == other.College
}
