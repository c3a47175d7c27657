package handlers

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	updates "duban/handlers/progress"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// ErrNoCommand means that no command has that name.
var ErrNoCommand = errors.New("no command has that name")

// Order gives a command, by its name in [Router.Commands] or a form of the page, for somebody whom the page
// knows, with rest behind its words, and returns the answer in Chinese. It is as if they
// had said it to the bot alone: the same function, right and preview, and what is said
// later goes to their chat with the bot, if they have one. The answer of a command that
// previews is confirmed by the command "confirm" with the code as rest.
func (r *Router) Order(ctx context.Context, p roster.Person, command, rest string) (answer string, err error) {
	all := slices.Concat(r.commands, updates.Forms())
	i := slices.IndexFunc(all, func(c chat.Command) bool { return c.Name == command })
	if i < 0 {
		return "", fmt.Errorf("order %q: %w", command, ErrNoCommand)
	}
	return r.given(ctx, p, func(t *chat.Request) error {
		t.Command, t.Ordered, t.Rest, t.Draft = all[i], true, strings.TrimSpace(rest), t.Kept()
		return nil
	})
}

// Attach gives a file of somebody whom the page knows to the notice whose preview waits
// for their confirmation, and returns the new preview: it is as if they had sent it to the
// bot alone. If nothing waits, the error is a complaint that says so.
func (r *Router) Attach(ctx context.Context, p roster.Person, f bot.FileInfo) (answer string, err error) {
	return r.given(ctx, p, func(t *chat.Request) (err error) {
		t.Msg.Kind, t.Msg.Text, t.Msg.File = bot.File, f.Name, &f
		c, ok := notices.AsAttached(t)
		if !ok {
			return chat.Complaint("没有等着确认的通知，文件没有附上。")
		}
		t.Command = c
		return nil
	})
}

// given does what lead finds that a request of somebody asks for whom the page knows.
func (r *Router) given(ctx context.Context, p roster.Person, lead func(*chat.Request) error) (answer string, err error) {
	const tries = 5
	for range tries {
		d := &decision{}
		err := r.Store.View(ctx, func(s *store.Snapshot) error {
			d.t = r.Ordered(s, p)
			d.basis = basisNow(d.t)
			return lead(d.t)
		})
		if err == nil && d.t.Command.Prepare != nil && d.t.Allowed() && !(d.t.Command.Grows && d.t.Full) {
			err = d.t.Command.Prepare(ctx, d.t)
		}
		if err != nil {
			return "", err
		}
		if c, ok := r.danger(d.t); ok { // what was typed counts as what is said
			d.t.Command = c
		}
		err = r.Store.Update(ctx, func(tx *store.Tx) error {
			t := d.begin(tx)
			if basisNow(t) != d.basis {
				return errMoved
			}
			t.To = t.Msg.Chat
			answer = t.Perform()
			return nil
		})
		if errors.Is(err, errMoved) {
			continue
		}
		if err == nil && r.Options.Changed != nil {
			r.Options.Changed()
		}
		return answer, err
	}
	return "", fmt.Errorf("order: %w", errMoved)
}

// Ordered returns a request of somebody whom the page knows, on a snapshot. Whoever
// acts on it in a transaction sets Tx.
func (r *Router) Ordered(s *store.Snapshot, p roster.Person) *chat.Request {
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	t := &chat.Request{
		Desk: r.Desk, Snap: s, Roster: roster.Current(s), Plan: progress.Current(s), Full: r.Options.IsFull(),
		Person: p, Known: true, Source: store.Page, Nonce: binary.BigEndian.Uint64(nonce[:]),
		Msg: bot.Message{ID: fmt.Sprintf("page/%x", nonce), Chat: "page/" + p.ID, Sender: p.ID, Kind: bot.Text},
	}
	channels, _ := outbox.Channels(s)
	for _, c := range channels {
		if alone := roster.PrivateChat(s, c.Account, p.ID); alone != "" && c.Alarm == "" {
			t.Msg.Account, t.Msg.Chat = c.Account, alone
			break
		}
	}
	return t
}
