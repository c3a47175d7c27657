package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

// entries are those of the office's log.
func entries(s store.State) []store.Pair {
	return slices.Collect(store.Pairs(s, []byte("w/audit/"), []byte("w/audit0"), 0))
}

// Each way of changing a log behind the program's back must be found.
func TestVerifyAudit_tampered(t *testing.T) {
	var other []byte
	auditLog(t, 1, "C9").Look(func(s *store.Snapshot) { other = bytes.Clone(entries(s)[0].Value) })
	type log = []store.Pair
	for name, tamper := range map[string]func(tx *store.Tx, all log){
		"an entry was changed": func(tx *store.Tx, all log) {
			store.SaveRaw(tx, string(all[3].Key), bytes.Replace(all[3].Value, []byte(`"C1"`), []byte(`"C2"`), 1))
		},
		"an entry was taken out":  func(tx *store.Tx, all log) { store.Delete(tx, string(all[3].Key)) },
		"the first was taken out": func(tx *store.Tx, all log) { store.Delete(tx, string(all[0].Key)) },
		"the last was taken out":  func(tx *store.Tx, all log) { store.Delete(tx, string(all[len(all)-1].Key)) },
		"the first was exchanged for that of another log": func(tx *store.Tx, all log) {
			i := slices.IndexFunc(all, func(p store.Pair) bool { return bytes.Contains(p.Value, []byte(`"seq":1,`)) })
			store.SaveRaw(tx, string(all[i].Key), other)
		},
		"one was added": func(tx *store.Tx, all log) { store.SaveRaw(tx, string(all[3].Key)+"x", all[3].Value) },
		"one without a number was added": func(tx *store.Tx, all log) {
			store.SaveRaw(tx, string(all[5].Key)+"x", []byte(`{"at":"2026-11-23T10:30:00Z","actor":"C9","source":"chat","action":"ack"}`))
		},
	} {
		o := auditLog(t, 20, "C1")
		o.Change(func(tx *store.Tx) { tamper(tx, entries(tx)) })
		if _, err := verify(o); !errors.Is(err, store.ErrAudit) {
			t.Errorf("%s: got %v, want ErrAudit", name, err)
		}
	}
}
