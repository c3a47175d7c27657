package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/mem"
)

// auditLog returns an office with two audit logs, on an engine that the test can
// reach past them.
func auditLog(t *testing.T, entries int, first string) *outboxtest.Office {
	t.Helper()
	o := outboxtest.On(t, mem.New())
	for i := range entries {
		for _, account := range []string{"", "wx"} {
			o.Pass(time.Minute)
			if i == entries/2 {
				o.Pass(-time.Hour) // the clock was set back
			}
			actor := "C1"
			if i == 0 {
				actor = first
			}
			o.Change(func(tx *store.Tx) {
				tx.Audit(store.Audit{Account: account, Actor: actor, Source: store.Chat, Action: "ack", Object: fmt.Sprint(i)})
			})
		}
	}
	return o
}

func verify(o *outboxtest.Office) (all []store.AuditState, err error) {
	o.Look(func(s *store.Snapshot) { all, err = s.VerifyAudits() })
	return all, err
}

func TestVerifyAudit(t *testing.T) {
	all, err := verify(auditLog(t, 20, "C1"))
	if err != nil || len(all) != 2 || all[0].Entries != 20 || all[1].Entries != 20 || all[0].Hash == all[1].Hash {
		t.Errorf("got %+v, %v, want two whole logs of 20 entries", all, err)
	}
}

// Each way of changing a log behind the program's back must be found.
func TestVerifyAudit_tampered(t *testing.T) {
	other := ""
	auditLog(t, 1, "C9").Look(func(s *store.Snapshot) {
		for p := range store.Pairs(s, []byte("w/audit/"), []byte("w/audit0"), 1) {
			other = string(p.Value)
		}
	})
	for name, tamper := range map[string]func(w store.Writer, keys []string, values []string) error{
		"an entry was changed": func(w store.Writer, keys, values []string) error {
			return w.Put([]byte(keys[3]), []byte(strings.Replace(values[3], `"C1"`, `"C2"`, 1)))
		},
		"an entry was taken out":  func(w store.Writer, keys, _ []string) error { return w.Delete([]byte(keys[3])) },
		"the first was taken out": func(w store.Writer, keys, _ []string) error { return w.Delete([]byte(keys[0])) },
		"the last was taken out": func(w store.Writer, keys, _ []string) error {
			return w.Delete([]byte(keys[len(keys)-1]))
		},
		"the first was exchanged for that of another log": func(w store.Writer, keys, values []string) error {
			i := slices.IndexFunc(values, func(v string) bool { return strings.Contains(v, `"seq":1,`) })
			return w.Put([]byte(keys[i]), []byte(other))
		},
		"one was added": func(w store.Writer, keys, values []string) error {
			return w.Put([]byte(keys[3]+"x"), []byte(values[3]))
		},
		"one without a number was added": func(w store.Writer, keys, _ []string) error {
			return w.Put([]byte(keys[5]+"x"), []byte(`{"at":"2026-11-23T10:30:00Z","actor":"C9","source":"chat","action":"ack"}`))
		},
	} {
		o := auditLog(t, 20, "C1")
		var keys, values []string
		err := o.Engine.Update(t.Context(), func(w store.Writer) error {
			keys, values = nil, nil
			for p, err := range w.Scan([]byte("w/audit/"), []byte("w/audit0"), 0) {
				if err != nil {
					return err
				}
				keys, values = append(keys, string(p.Key)), append(values, string(p.Value))
			}
			return tamper(w, keys, values)
		})
		if err != nil {
			t.Fatalf("Update: got error %v, want none", err)
		}
		_, err = verify(o)
		if !errors.Is(err, store.ErrAudit) {
			t.Errorf("%s: got %v, want ErrAudit", name, err)
		}
	}
}
