package webchat

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"duban/bot"
)

// errNoReads means that nobody's page has ever said that something was seen: then it is
// not known who has read what.
var errNoReads = errors.New("webchat: no page says what was read")

// ReadBy implements [bot.Reader]: people have read what was before their eyes.
func (a *Account) ReadBy(_ context.Context, chat, receipt string) ([]bot.Read, error) {
	e, ok := a.log.find(receipt)
	if !ok || e.Chat != chat {
		return nil, fmt.Errorf("webchat: no such message: %w", bot.ErrRefused)
	}
	at, known := a.log.readTimes(e)
	if !known {
		return nil, errNoReads
	}
	all := make([]bot.Read, 0, len(e.Readers))
	for _, p := range e.Readers {
		all = append(all, bot.Read{Sender: p, At: at[p].At})
	}
	return all, nil
}

// readTimes returns by which entry each person has seen e, and whether anybody has ever
// seen anything.
func (t *transcript) readTimes(e entry) (by map[string]entry, known bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	by = map[string]entry{}
	for _, r := range t.entries {
		known = known || r.Type == typeRead
		if _, there := by[r.From]; r.Type == typeRead && r.Chat == e.Chat && r.UpTo >= e.Seq && !there {
			by[r.From] = r
		}
	}
	return by, known
}

// postRead takes that a person has seen everything in a chat up to a number.
func (a *Account) postRead(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		As   string `json:"as"`
		Chat string `json:"chat"`
		UpTo uint64 `json:"upto"`
	}
	if err := decode(w, r, &in); err != nil {
		return err
	}
	p, err := a.person(in.As)
	if err != nil {
		return err
	}
	c, err := a.conversation(p.ID, in.Chat)
	if err != nil {
		return err
	}
	if a.log.news(p.ID, c.id, in.UpTo) {
		if _, err := a.log.append(entry{Type: typeRead, Chat: c.id, From: p.ID, UpTo: in.UpTo}); err != nil {
			a.o.Log.Error("what was read is not saved", "account", a.o.Name, "err", err)
			return errNotSaved
		}
	}
	return reply(w, http.StatusOK, struct{}{})
}

// news tells whether the bot said something up to a number that a person has not seen.
func (t *transcript) news(person, chat string, upTo uint64) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for range t.unread(person, chat, min(upTo, t.next-1)) {
		return true
	}
	return false
}
