package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"duban/outbox"
	"duban/store"
)

// The command line can stop and resume all sending. A store has one process: if a
// duban runs on it, the wish is left in a file beside the store, which the running
// duban looks for more than once a second, obeys and removes.

const (
	switchFile  = "switch"
	pauseWord   = "pause"
	resumeWord  = "resume"
	switchEvery = 600 * time.Millisecond
	switchWait  = 10 * time.Second
)

// errNotObeyed means that the running duban did not do as the command line said.
var errNotObeyed = errors.New("the running duban has not taken the wish; look at its log")

// flip is `duban pause` and `duban resume`.
func flip(word string) func(context.Context, []string, streams) error {
	return func(ctx context.Context, args []string, s streams) error {
		c, _, err := setup(word, args, s)
		if err != nil {
			return err
		}
		st, closeStore, err := openStore(ctx, c, openBolt, store.Options{})
		if errors.Is(err, store.ErrLocked) {
			return wish(ctx, c, word, s)
		}
		if err != nil {
			return err
		}
		changed, err := throw(ctx, st, word)
		if err := errors.Join(err, closeStore()); err != nil {
			return err
		}
		saySwitch(s, word, changed)
		return nil
	}
}

func saySwitch(s streams, word string, changed bool) {
	text := map[string]string{pauseWord: "sending is stopped; urgent texts too. duban resume lets it go on", resumeWord: "sending goes on"}[word]
	if !changed {
		text += " (as before)"
	}
	fmt.Fprintln(s.out, text)
}

// throw stops or resumes all sending.
func throw(ctx context.Context, st *store.Store, word string) (changed bool, err error) {
	err = st.Update(ctx, func(tx *store.Tx) (err error) {
		if word == pauseWord {
			changed, err = outbox.PauseSending(tx, "", store.CLI)
		} else {
			changed, err = outbox.ResumeSending(tx, "", store.CLI)
		}
		return err
	})
	return changed, err
}

// wish leaves a wish for the running duban and waits until it is obeyed.
func wish(ctx context.Context, c Config, word string, s streams) error {
	path := filepath.Join(c.near(c.Data), switchFile)
	if err := os.WriteFile(path+".new", []byte(word+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, switchWait)
	defer cancel()
	t := time.NewTicker(switchEvery / 4)
	defer t.Stop()
	for {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			saySwitch(s, word, true)
			return nil
		}
		select {
		case <-ctx.Done():
			_ = os.Remove(path)
			return errNotObeyed
		case <-t.C:
		}
	}
}

// obeySwitch does what the command line wishes, until ctx ends.
func (p *program) obeySwitch(ctx context.Context) error {
	path := filepath.Join(p.config.near(p.config.Data), switchFile)
	t := time.NewTicker(switchEvery)
	defer t.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			p.obey(ctx, path)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// obey does one wish and removes its file when that is durable.
func (p *program) obey(ctx context.Context, path string) {
	said, err := os.ReadFile(path)
	if err != nil {
		p.log.Error("wish not read", "err", err)
		return
	}
	word := strings.TrimSpace(string(said))
	if word == pauseWord || word == resumeWord {
		changed, err := throw(ctx, p.store, word)
		if err != nil {
			p.log.Error("sending neither stopped nor resumed", "wish", word, "err", err)
			return
		}
		p.log.Warn("the command line has switched sending", "wish", word, "changed", changed)
	}
	if err := os.Remove(path); err != nil {
		p.log.Error("wish not removed", "err", err)
	}
}
