package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"duban/roster"
)

// A Binding says which person of the roster speaks through a handle of one
// account. Rights rest on it, never on a display name.
type Binding struct {
	Person string    `json:"person"` // roster id
	Chat   string    `json:"chat"`   // their private chat with the bot
	How    string    `json:"how"`    // simulator, code, admin, remark
	Since  time.Time `json:"since"`
}

// SetRoster replaces the roster. People who are no longer on it keep what they
// reported.
func (tx *Tx) SetRoster(r *roster.Roster) error {
	for rec, err := range scan[roster.Person](tx.r, People+"p/", 0) {
		if err != nil {
			return err
		}
		if err := tx.w.Delete([]byte(rec.Key)); err != nil {
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
		if err := save(tx.w, fmt.Sprintf("%sp/%08d", People, i), p); err != nil {
			return err
		}
	}
	tx.people = nil
	return save(tx.w, People+"rev", hex.EncodeToString(sum.Sum(nil)))
}

// rosterRev names the content of the roster; "" if there is none.
func (s *Snapshot) rosterRev() (string, error) {
	rev, _, err := load[string](s.r, People+"rev")
	return rev, err
}

// Roster returns the roster, empty if none was imported. It is shared between
// transactions and must not be changed.
func (s *Snapshot) Roster() (*roster.Roster, error) {
	if s.people != nil {
		return s.people, nil
	}
	rev, err := s.rosterRev()
	if err != nil || rev == "" {
		return &roster.Roster{}, err
	}
	s.people, err = s.store.rosters.of(rev, func() (*roster.Roster, error) {
		r := &roster.Roster{}
		for rec, err := range scan[roster.Person](s.r, People+"p/", 0) {
			if err != nil {
				return nil, err
			}
			r.People = append(r.People, rec.Value)
		}
		return r, nil
	})
	return s.people, err
}

// Bind makes sender of account speak for a person from now on.
func (tx *Tx) Bind(account, sender string, b Binding) error {
	b.Since = tx.Now()
	if err := save(tx.w, Work+key("reach", b.Person, account), b.Chat); err != nil {
		return err
	}
	return save(tx.w, AccountScope(account)+key("person", sender), b)
}

// Who returns the person who speaks through sender of account. ok is false if
// the sender is not bound or is no longer on the roster.
func (s *Snapshot) Who(account, sender string) (p roster.Person, ok bool, err error) {
	b, ok, err := load[Binding](s.r, AccountScope(account)+key("person", sender))
	if err != nil || !ok {
		return p, false, err
	}
	r, err := s.Roster()
	if err != nil {
		return p, false, err
	}
	p, ok = r.Person(b.Person)
	return p, ok, nil
}

// PrivateChat returns the chat in which account can reach a person alone, or ""
// if they are not bound there.
func (s *Snapshot) PrivateChat(account, person string) (string, error) {
	chat, _, err := load[string](s.r, Work+key("reach", person, account))
	return chat, err
}

// BindGroup says in which chat of which account a group of the roster meets.
func (tx *Tx) BindGroup(t Target) error { return save(tx.w, Work+key("group", t.Group), t) }

// Groups returns the names of the groups that can be reached, in their order on
// the roster.
func (s *Snapshot) Groups() ([]string, error) {
	r, err := s.Roster()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range r.Groups() {
		_, ok, err := load[Target](s.r, Work+key("group", g))
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
		t, ok, err := load[Target](s.r, Work+key("group", g))
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
	return save(tx.w, Work+key("code", text), code{person, until})
}

// TakeCode uses a binding code up and returns whose it is; ok is false if there
// is no such code or it has run out.
func (tx *Tx) TakeCode(text string) (person string, ok bool, err error) {
	c, ok, err := load[code](tx.r, Work+key("code", text))
	if err != nil || !ok {
		return "", false, err
	}
	return c.Person, !tx.now.After(c.Until), tx.w.Delete([]byte(Work + key("code", text)))
}

// TryCode counts the codes that a sender has tried on the day of the
// transaction, this one included.
func (tx *Tx) TryCode(account, sender string) (int, error) {
	k := AccountScope(account) + key("tries", sender, tx.now.UTC().Format(time.DateOnly))
	n, _, err := load[int](tx.r, k)
	if err != nil {
		return 0, err
	}
	return n + 1, save(tx.w, k, n+1)
}
