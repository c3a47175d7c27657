package roster

import (
	"slices"
	"strings"
	"time"

	"duban/outbox"
	"duban/store"
)

// A Binding says which person of the roster speaks through a handle of one
// account. Rights rest on it, never on a display name.
type Binding struct {
	Person string    `json:"person"`         // roster id
	Chat   string    `json:"chat"`           // their private chat with the bot; "" if there is none
	How    How       `json:"how"`            // by what
	Card   string    `json:"card,omitempty"` // for ByCard: the name in the group In
	In     string    `json:"in,omitempty"`
	Since  time.Time `json:"since"`
}

// How says by what a handle was bound to a person.
type How string

// The ways to be bound.
const (
	BySimulator How = "simulator" // everybody of the roster is who they are
	ByCode      How = "code"      // they had a code that an admin made for them
	ByDirectory How = "directory" // the network's administrator keeps a list that says who they are
	ByAdmin     How = "admin"     // an admin said so
	ByRemark    How = "remark"    // their number stands in the remark set on our phone
	ByCard      How = "card"      // the group knows them under the agreed name; for one login, and for no rights
)

// Networks without stable ids use these forms of handles; see bot.Message.Sender.
const (
	remarkForm  = "remark/" // followed by a roster id that was typed on our phone
	sessionForm = "s/"      // good for one login only
)

// Passing tells whether a handle is good for one login only.
func Passing(handle string) bool { return strings.HasPrefix(handle, sessionForm) }

func bindingKey(account, sender string) string {
	return store.AccountPrefix(account) + store.Key("person", sender)
}

// Bind makes sender of account speak for a person from now on. What was parked
// for them is due again. Where a person can be reached is only replaced by what
// lasts at least as long.
func Bind(tx *store.Tx, account, sender string, b Binding) {
	if b.How != BySimulator {
		store.Delete(tx, enrolledKey(account))
	}
	b.Since = tx.Now()
	unbind(tx, account, sender, b.Person)
	forgetPassed(tx, account, sender, b.Person)
	store.Save(tx, bindingKey(account, sender), b)
	store.Save(tx, store.AccountPrefix(account)+store.Key("handles", b.Person, sender), b.How)
	if b.Chat == "" {
		return
	}
	old := PrivateChat(tx.Snapshot, account, b.Person)
	if old == "" || Passing(old) || !Passing(b.Chat) {
		store.Save(tx, store.Work+store.Key("reach", b.Person, account), b.Chat)
	}
	outbox.ReleaseLane(tx, account, outbox.PersonLane(b.Person))
	outbox.ReleaseLane(tx, account, b.Chat)
}

// Enrolled returns of which revision of the roster all people are bound to account, as a
// simulated one binds them; "" if that is not known.
func Enrolled(s *store.Snapshot, account string) string {
	rev, _ := store.Load[string](s, enrolledKey(account))
	return rev
}

// Enrol notes that all people of a revision of the roster are bound to account.
func Enrol(tx *store.Tx, account, rev string) { store.Save(tx, enrolledKey(account), rev) }

func enrolledKey(account string) string { return store.AccountPrefix(account) + "enrolled" }

// Binds tells whether [Bind] would change nothing for a sender but the time.
func Binds(s *store.Snapshot, account, sender string, b Binding) bool {
	old, ok := store.Load[Binding](s, bindingKey(account, sender))
	b.Since = old.Since
	return ok && old == b && PrivateChat(s, account, b.Person) == b.Chat
}

// unbind forgets that somebody else is reached where a sender is, who turns out to
// be person.
func unbind(tx *store.Tx, account, sender, person string) {
	old, ok := store.Load[Binding](tx, bindingKey(account, sender))
	if !ok || old.Person == person {
		return
	}
	store.Delete(tx, store.AccountPrefix(account)+store.Key("handles", old.Person, sender))
	if old.Chat != "" && old.Chat == PrivateChat(tx.Snapshot, account, old.Person) {
		store.Delete(tx, store.Work+store.Key("reach", old.Person, account))
	}
}

// forgetPassed forgets the handles of a person that were good for earlier logins.
func forgetPassed(tx *store.Tx, account, sender, person string) {
	if !Passing(sender) {
		return
	}
	handles := handles(tx.Snapshot, account, person)
	for _, h := range handles {
		if Passing(h) && login(h) != login(sender) {
			store.Delete(tx, store.AccountPrefix(account)+store.Key("person", h), store.AccountPrefix(account)+store.Key("handles", person, h))
		}
	}
}

// Unbind forgets by what a person speaks, and where they are reached, on all accounts. A
// remark on our phone that names their number binds them again.
func Unbind(tx *store.Tx, person string) {
	for _, account := range tx.AccountNames() {
		for _, h := range handles(tx.Snapshot, account, person) {
			store.Delete(tx, store.AccountPrefix(account)+store.Key("person", h), store.AccountPrefix(account)+store.Key("handles", person, h))
		}
		store.Delete(tx, store.Work+store.Key("reach", person, account), enrolledKey(account))
	}
}

// handles returns by what a person speaks through account.
func handles(s *store.Snapshot, account, person string) []string {
	return store.Names(s, store.AccountPrefix(account)+store.Key("handles", person)+"/", 0)
}

// A Handle is a binding, and by what somebody speaks through which account.
type Handle struct {
	Account, Sender string
	Binding
}

// Handles returns all by which a person speaks, account by account.
func Handles(s *store.Snapshot, person string) (all []Handle) {
	for _, account := range s.AccountNames() {
		for _, h := range handles(s, account, person) {
			if b, ok := store.Load[Binding](s, bindingKey(account, h)); ok && b.Person == person {
				all = append(all, Handle{account, h, b})
			}
		}
	}
	return all
}

// Accounts returns for everybody who is bound the accounts through which they speak.
func Accounts(s *store.Snapshot) map[string][]string {
	all := map[string][]string{}
	for _, account := range s.AccountNames() {
		prefix := store.AccountPrefix(account) + "handles/"
		for rec := range store.Scan[How](s, prefix, 0) {
			person, _, _ := strings.Cut(strings.TrimPrefix(rec.Key, prefix), "/")
			person = store.Unescape(person)
			if !slices.Contains(all[person], account) {
				all[person] = append(all[person], account)
			}
		}
	}
	return all
}

// Speaks tells whether somebody other than sender speaks for a person through
// account now: by a handle that lasts, or by another of the same login.
func Speaks(s *store.Snapshot, account, person, sender string) bool {
	return slices.ContainsFunc(handles(s, account, person), func(h string) bool {
		return h != sender && (!Passing(h) || login(h) == login(sender))
	})
}

// login names the login that a passing handle is good for.
func login(handle string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(handle, sessionForm), "/")
	return name
}

// Bound returns the binding of a sender, if the person is on the roster: one that
// was made, or the one that the remark on our phone says.
func Bound(s *store.Snapshot, account, sender string) (b Binding, p Person, ok bool) {
	b, ok = store.Load[Binding](s, bindingKey(account, sender))
	if id, remarked := strings.CutPrefix(sender, remarkForm); remarked && !ok {
		b = Binding{Person: id, Chat: sender, How: ByRemark}
	}
	p, ok = Find(s, b.Person)
	return b, p, ok
}

// BindingMark changes with every change of what [Bound] finds for a sender, as long as
// the roster stays the same.
func BindingMark(s *store.Snapshot, account, sender string) string {
	return store.Stored(s, bindingKey(account, sender))
}

// Weak tells whether a binding is good for few rights only: others may be called like
// the person, and an admin may be wrong.
func (b Binding) Weak() bool { return b.How == ByCard || b.How == ByAdmin }

// Rights returns the person who is bound with the roles that the binding is good
// for: whom only their name in a group tells, or the word of an admin, is a
// counselor and no more. A code that only the person had, and what was typed on our
// phone, are good for all.
func (b Binding) Rights(p Person) Person {
	if b.Weak() {
		p.Roles = []Role{Counselor}
	}
	return p
}

// PrivateChat returns the chat in which account can reach a person alone, or ""
// if they are not bound there.
func PrivateChat(s *store.Snapshot, account, person string) string {
	chat, _ := store.Load[string](s, store.Work+store.Key("reach", person, account))
	return chat
}
