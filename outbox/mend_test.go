package outbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// Whichever record of an outbox is lost, after Mend all other rows leave, in the order
// of their chats, and the account takes new ones.
func TestMend(t *testing.T) {
	onEngines(t, func(o *office) {
		filled := 0
		fill := func(n int) {
			filled++
			o.Change(func(tx *store.Tx) {
				for i := range n {
					for _, chat := range []string{"a", "b"} {
						text := fmt.Sprint(chat, i)
						outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprintf("%03d%s", filled, text), Account: "web", Chat: chat, Text: text})
					}
				}
			})
		}
		fill(3)
		keys := func(tx *store.Tx, kind string) (all []string) {
			prefix := store.AccountPrefix("web") + kind
			for p := range store.Pairs(tx, []byte(prefix), store.PrefixEnd(prefix), 0) {
				all = append(all, string(p.Key))
			}
			return all
		}
		var kinds []string
		o.Change(func(tx *store.Tx) {
			for _, kind := range []string{"chat/", "due/", "lane/", "out/"} {
				for range keys(tx, kind) {
					kinds = append(kinds, kind)
				}
			}
		})
		lost := 0
		for i, kind := range kinds {
			for len(o.Drain()) > 0 {
				continue
			}
			fill(3)
			o.Change(func(tx *store.Tx) {
				all := keys(tx, kind)
				at := all[i%len(all)]
				if kind == "out/" {
					at = all[len(all)-1-i%6] // one that waits
				}
				store.Delete(tx, at)
				outbox.Mend(tx, "web")
			})
			want := 6
			if kind == "out/" {
				want, lost = 5, lost+1
			}
			texts := map[string][]string{}
			for _, m := range o.Drain() {
				texts[m.Chat] = append(texts[m.Chat], m.Text)
			}
			if got := len(texts["a"]) + len(texts["b"]); got != want || !slices.IsSorted(texts["a"]) || !slices.IsSorted(texts["b"]) {
				o.Errorf("%s number %d lost: got %v, want %d texts in order", strings.TrimSuffix(kind, "/"), i, texts, want)
			}
		}
		if lost == 0 {
			o.Error("no row was lost, want some")
		}
	})
}

// Rows that are closed stay in the list by which they are emptied in their time, and
// one that is lost stops nobody who reads the list.
func TestMend_closed(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("chat", "lost", "unlisted", "whole")
		o.Drain()
		o.Change(func(tx *store.Tx) {
			store.Delete(tx, outbox.RowKey("web", "lost"))
			for rec := range store.Scan[string](tx, store.Key("a", "web", "shut")+"/", 0) {
				if rec.Value == "unlisted" {
					store.Delete(tx, rec.Key)
				}
			}
			outbox.Mend(tx, "web")
		})
		if rows := o.Rows(outbox.Sent); len(rows) != 2 {
			o.Errorf("after a row and an entry were lost: got %d rows listed as sent, want 2", len(rows))
		}
		n, err := outbox.SweepRows(o.Context(), o.Store, "web", outbox.Sent, o.Now().Add(time.Hour))
		if n != 2 || err != nil {
			o.Errorf("SweepRows: got %d, %v, want 2", n, err)
		}
		o.Change(func(tx *store.Tx) { outbox.Mend(tx, "web") })
		if rows := o.Rows(outbox.Sent); len(rows) != 0 {
			o.Errorf("after the sweep: got %d rows listed as sent, want none: they are empty", len(rows))
		}
	})
}
