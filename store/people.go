package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"duban/roster"
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
	ByAdmin     How = "admin"     // an admin said so
	ByRemark    How = "remark"    // their number stands in the remark set on our phone
	ByCard      How = "card"      // the group knows them under the agreed name; for one login, and for no rights
)

// Ranked tells whether the binding is good for rights over others: it rests on a
// code that only the person had, or on what was typed on our phone.
func (b Binding) Ranked() bool { return b.How != ByCard && b.How != ByAdmin }

// Networks without stable ids use these forms of handles; see bot.Message.Sender.
const (
	remarkForm  = "remark/" // followed by a roster id that was typed on our phone
	sessionForm = "s/"      // good for one login only
)

// Passing tells whether a handle is good for one login only.
func Passing(handle string) bool { return strings.HasPrefix(handle, sessionForm) }

// SetRoster replaces the roster. People who are no longer on it keep what they
// reported; who comes into a group is asked by [Store.Join]. It touches [Work] as well.
func (tx *Tx) SetRoster(r *roster.Roster) error {
	old, err := tx.Roster()
	if err != nil {
		return err
	}
	if err := tx.joined(old, r); err != nil {
		return err
	}
	for rec, err := range scan[roster.Person](tx, People+"p/", 0) {
		if err != nil {
			return err
		}
		if err := tx.Delete([]byte(rec.Key)); err != nil {
			return err
		}
	}
	sum := sha256.New()
	for i, p := range r.People {
		data, err := json.Marshal(p)
		if err != nil {
			return err
		}
		sum.Write(data)
		if err := save(tx, fmt.Sprintf("%sp/%08d", People, i), p); err != nil {
			return err
		}
	}
	return save(tx, People+"rev", hex.EncodeToString(sum.Sum(nil)))
}

// rosterRev names the content of the roster; "" if there is none.
func (s *Snapshot) rosterRev() (string, error) {
	rev, _, err := load[string](s, People+"rev")
	return rev, err
}

// Roster returns the roster, empty if none was imported. It is shared between
// transactions and must not be changed.
func (s *Snapshot) Roster() (*roster.Roster, error) {
	rev, err := s.rosterRev()
	if err != nil || rev == "" {
		return &roster.Roster{}, err
	}
	return Cached(s, "roster", rev, func() (*roster.Roster, error) {
		r := &roster.Roster{}
		for rec, err := range scan[roster.Person](s, People+"p/", 0) {
			if err != nil {
				return nil, err
			}
			r.People = append(r.People, rec.Value)
		}
		return r, nil
	})
}

// Bind makes sender of account speak for a person from now on. What was parked
// for them is due again. Where a person can be reached is only replaced by what
// lasts at least as long.
func (tx *Tx) Bind(account, sender string, b Binding) error {
	b.Since = tx.Now()
	if err := tx.unbind(account, sender, b.Person); err != nil {
		return err
	}
	if err := tx.forgetPassed(account, sender, b.Person); err != nil {
		return err
	}
	err := cmp.Or(
		save(tx, AccountPrefix(account)+key("person", sender), b),
		save(tx, AccountPrefix(account)+key("handles", b.Person, sender), b.How),
	)
	if err != nil || b.Chat == "" {
		return err
	}
	old, err := tx.PrivateChat(account, b.Person)
	if err != nil {
		return err
	}
	if old == "" || Passing(old) || !Passing(b.Chat) {
		if err := save(tx, Work+key("reach", b.Person, account), b.Chat); err != nil {
			return err
		}
	}
	return cmp.Or(tx.releaseLane(account, personLane(b.Person)), tx.releaseLane(account, b.Chat))
}

// unbind forgets that somebody else is reached where a sender is, who turns out to
// be person.
func (tx *Tx) unbind(account, sender, person string) error {
	old, ok, err := load[Binding](tx, AccountPrefix(account)+key("person", sender))
	if err != nil || !ok || old.Person == person {
		return err
	}
	if err := tx.Delete([]byte(AccountPrefix(account) + key("handles", old.Person, sender))); err != nil || old.Chat == "" {
		return err
	}
	chat, err := tx.PrivateChat(account, old.Person)
	if err != nil || chat != old.Chat {
		return err
	}
	return tx.Delete([]byte(Work + key("reach", old.Person, account)))
}

// forgetPassed forgets the handles of a person that were good for earlier logins.
func (tx *Tx) forgetPassed(account, sender, person string) error {
	if !Passing(sender) {
		return nil
	}
	handles, err := tx.handles(account, person)
	for _, h := range handles {
		if Passing(h) && login(h) != login(sender) {
			err = errors.Join(err, tx.Delete([]byte(AccountPrefix(account)+key("person", h))),
				tx.Delete([]byte(AccountPrefix(account)+key("handles", person, h))))
		}
	}
	return err
}

// handles returns by what a person speaks through account.
func (s *Snapshot) handles(account, person string) (all []string, err error) {
	prefix := AccountPrefix(account) + key("handles", person) + "/"
	for rec, err := range scan[How](s, prefix, 0) {
		if err != nil {
			return nil, err
		}
		handle, err := url.PathUnescape(strings.TrimPrefix(rec.Key, prefix))
		if err != nil {
			return nil, err
		}
		all = append(all, handle)
	}
	return all, nil
}

// Speaks tells whether somebody other than sender speaks for a person through
// account now: by a handle that lasts, or by another of the same login.
func (s *Snapshot) Speaks(account, person, sender string) (bool, error) {
	handles, err := s.handles(account, person)
	return slices.ContainsFunc(handles, func(h string) bool {
		return h != sender && (!Passing(h) || login(h) == login(sender))
	}), err
}

// login names the login that a passing handle is good for.
func login(handle string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(handle, sessionForm), "/")
	return name
}

// Bound returns the binding of a sender, if the person is on the roster: one that
// was made, or the one that the remark on our phone says.
func (s *Snapshot) Bound(account, sender string) (b Binding, p roster.Person, ok bool, err error) {
	r, err := s.Roster()
	if err != nil {
		return b, p, false, err
	}
	b, ok, err = load[Binding](s, AccountPrefix(account)+key("person", sender))
	if err != nil {
		return b, p, false, err
	}
	if id, remarked := strings.CutPrefix(sender, remarkForm); remarked && !ok {
		b = Binding{Person: id, Chat: sender, How: ByRemark}
	}
	p, ok = r.Person(b.Person)
	return b, p, ok, nil
}

// Who returns the person who speaks through sender of account. ok is false if
// the sender is not bound or is no longer on the roster. Somebody whom only their
// name in a group tells, or the word of an admin, has no role but that of a
// counselor, whoever they are.
func (s *Snapshot) Who(account, sender string) (p roster.Person, ok bool, err error) {
	b, p, ok, err := s.Bound(account, sender)
	if ok && !b.Ranked() {
		p = Unranked(p)
	}
	return p, ok, err
}

// Unranked returns p without rights over others.
func Unranked(p roster.Person) roster.Person {
	p.Roles = []roster.Role{roster.Counselor}
	return p
}

// PrivateChat returns the chat in which account can reach a person alone, or ""
// if they are not bound there.
func (s *Snapshot) PrivateChat(account, person string) (string, error) {
	chat, _, err := load[string](s, Work+key("reach", person, account))
	return chat, err
}

// BindGroup says in which chat of which account a group of the roster meets. What
// was parked for it is due again. If it met in another chat of the same account,
// what waits there, and what people may answer, goes with it.
func (tx *Tx) BindGroup(t Target) error {
	old, known, err := load[Target](tx, Work+key("group", t.Group))
	if err != nil {
		return err
	}
	if err := save(tx, Work+key("group", t.Group), t); err != nil {
		return err
	}
	if known && old.Account == t.Account && old.Chat != t.Chat {
		if err := tx.moveChat(t.Account, old.Chat, t.Chat); err != nil {
			return err
		}
	}
	return tx.releaseLane(t.Account, t.Chat)
}

// Groups returns the names of the groups that can be reached, in their order on
// the roster.
func (s *Snapshot) Groups() ([]string, error) {
	r, err := s.Roster()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range r.Groups() {
		_, ok, err := load[Target](s, Work+key("group", g))
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, g)
		}
	}
	return names, nil
}

// Targets returns where groups can be reached; one that cannot is left out.
func (s *Snapshot) Targets(groups []string) ([]Target, error) {
	var all []Target
	for _, g := range groups {
		t, ok, err := load[Target](s, Work+key("group", g))
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, t)
		}
	}
	return all, nil
}

// GroupIn returns the group that meets in a chat, "" if none of the roster's.
func (s *Snapshot) GroupIn(account, chat string) (string, error) {
	names, err := s.Groups()
	if err != nil {
		return "", err
	}
	targets, err := s.Targets(names)
	if err != nil {
		return "", err
	}
	for _, t := range targets {
		if t.Account == account && t.Chat == chat {
			return t.Group, nil
		}
	}
	return "", nil
}

// A code lets one person bind a handle, once.
type code struct {
	Person string    `json:"person"`
	Until  time.Time `json:"until"`
}

// PutCode stores a one-time binding code for a person.
func (tx *Tx) PutCode(text, person string, until time.Time) error {
	return save(tx, Work+key("code", text), code{person, until})
}

// TakeCode uses a binding code up and returns whose it is; ok is false if there
// is no such code or it has run out.
func (tx *Tx) TakeCode(text string) (person string, ok bool, err error) {
	c, ok, err := load[code](tx, Work+key("code", text))
	if err != nil || !ok {
		return "", false, err
	}
	return c.Person, !tx.Now().After(c.Until), tx.Delete([]byte(Work + key("code", text)))
}

// TryCode counts the codes that a sender has tried on the day of the
// transaction, this one included.
func (tx *Tx) TryCode(account, sender string) (int, error) {
	k := AccountPrefix(account) + key("tries", sender, tx.Now().UTC().Format(time.DateOnly))
	n, _, err := load[int](tx, k)
	if err != nil {
		return 0, err
	}
	return n + 1, save(tx, k, n+1)
}

// adminLanes returns the lanes of account in which the admins are answered.
func (s *Snapshot) adminLanes(account string) (lanes []string, err error) {
	r, err := s.Roster()
	if err != nil {
		return nil, err
	}
	for _, p := range r.People {
		if !p.Is(roster.Admin) {
			continue
		}
		chat, err := s.PrivateChat(account, p.ID)
		if err != nil {
			return nil, err
		}
		lanes = append(lanes, chat, personLane(p.ID))
	}
	return lanes, nil
}
