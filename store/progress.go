package store

import (
	"time"

	"duban/notice"
)

// An Effect is what one message changed; it lets the message be taken back.
type Effect struct {
	Account  string    `json:"account"`
	Message  string    `json:"message"`
	Chat     string    `json:"chat"`
	Person   string    `json:"person"`
	At       time.Time `json:"at"`
	Items    []ItemRef `json:"items,omitempty"`    // items that it closed
	Updates  []string  `json:"updates,omitempty"`  // keys of the updates that it made
	Evidence []string  `json:"evidence,omitempty"` // keys of the updates that it attached to
	Leaves   []string  `json:"leaves,omitempty"`   // keys of the leaves that it began
	Question int       `json:"question,omitempty"` // number of what it put into the inbox
	Request  int       `json:"request,omitempty"`  // number of what it put before the admins
}

// An ItemRef names an item.
type ItemRef struct {
	Notice int    `json:"notice"`
	Person string `json:"person"`
}

// AddUpdate stores what somebody said about a measure and returns its key. It
// becomes that person's latest word on the measure, unless they said another
// later: messages of two chats may come in any order.
func (tx *Tx) AddUpdate(u notice.Update, id string) (string, error) {
	// Networks give times in seconds: what was said in the same one keeps the
	// order in which it arrived.
	k := Work + key("progress", u.Measure, u.Person, stamp(u.At)+"-"+stamp(tx.Now())+"-"+id)
	if err := save(tx, k, u); err != nil {
		return "", err
	}
	if last, ok, err := tx.Latest(u.Measure, u.Person); err != nil || ok && last.Key > k {
		return k, err
	}
	return k, save(tx, Work+key("latest", u.Measure, u.Person), Latest{k, u})
}

// A Latest is a person's newest update on a measure that was not taken back.
type Latest struct {
	Key    string        `json:"key"`
	Update notice.Update `json:"update"`
}

// Update returns the update with the key.
func (s *Snapshot) Update(k string) (notice.Update, bool, error) {
	return load[notice.Update](s, k)
}

// ChangeUpdate rewrites an update in place: only to mark it retracted, or for
// its evidence.
func (tx *Tx) ChangeUpdate(k string, u notice.Update) error {
	if err := save(tx, k, u); err != nil {
		return err
	}
	return tx.refresh(u.Measure, u.Person)
}

// refresh finds the person's latest update on a measure again.
func (tx *Tx) refresh(measure, person string) error {
	var last *Latest
	for rec, err := range scan[notice.Update](tx, Work+key("progress", measure, person)+"/", 0) {
		if err != nil {
			return err
		}
		if rec.Value.Retracted.IsZero() {
			last = &Latest{rec.Key, rec.Value}
		}
	}
	k := Work + key("latest", measure, person)
	if last == nil {
		return tx.Delete([]byte(k))
	}
	return save(tx, k, last)
}

// Latest returns a person's newest update on a measure.
func (s *Snapshot) Latest(measure, person string) (Latest, bool, error) {
	return load[Latest](s, Work+key("latest", measure, person))
}

// Progress returns everybody's newest update on a measure, in the order of
// person ids.
func (s *Snapshot) Progress(measure string) ([]notice.Update, error) {
	var all []notice.Update
	for rec, err := range scan[Latest](s, Work+key("latest", measure)+"/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value.Update)
	}
	return all, nil
}

// History returns all updates of a person on a measure, oldest first, with
// those that were taken back.
func (s *Snapshot) History(measure, person string) ([]notice.Update, error) {
	var all []notice.Update
	for rec, err := range scan[notice.Update](s, Work+key("progress", measure, person)+"/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// PutEffect remembers what a message changed, under the message and under the
// person.
func (tx *Tx) PutEffect(e Effect) error {
	if err := save(tx, Work+key("by", e.Account, e.Message), e); err != nil {
		return err
	}
	return save(tx, Work+key("mine", e.Person, stamp(e.At)+"-"+e.Message), e)
}

// EffectOf returns what a message changed.
func (s *Snapshot) EffectOf(account, message string) (Effect, bool, error) {
	return load[Effect](s, Work+key("by", account, message))
}

// Effects returns what a person's messages changed since a time, oldest first.
func (s *Snapshot) Effects(person string, since time.Time) ([]Effect, error) {
	var all []Effect
	prefix := Work + key("mine", person) + "/"
	for rec, err := range scanRange[Effect](s, []byte(prefix+stamp(since)), prefixEnd(prefix), 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}
