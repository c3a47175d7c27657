package notice

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// Some networks tell who has read a text. To have read is not to have answered: it
// keeps apart those who have not seen a notice from those who have put it off.

// ReadsFor is for how long networks tell who has read a text.
const ReadsFor = 7 * 24 * time.Hour

// mostChases is how many private chases of one notice are looked at in one turn.
const mostChases = 100

// A Watched is a text of open notices that has left, and that the network may tell of
// who has read it.
type Watched struct {
	Account, Chat, Receipt string
	Notices                string // of which it speaks, as in [bot.Outgoing.Notice]
}

// Watch returns the texts that are worth asking a network about, if readable says that
// it tells: while somebody owes an answer to them who has not read them.
func Watch(s *store.Snapshot, readable func(account string) bool) (all []Watched) {
	add := func(row outbox.Row, ok bool) (added bool) {
		w := Watched{Account: row.Account, Chat: row.Chat, Receipt: row.Receipt.ID, Notices: row.Notice}
		sent := ok && row.State == outbox.Sent && w.Receipt != "" && s.Now().Sub(row.Closed) < ReadsFor
		same := func(o Watched) bool { return o.Account == w.Account && o.Receipt == w.Receipt }
		if !sent || !readable(w.Account) || slices.ContainsFunc(all, same) {
			return false
		}
		all = append(all, w)
		return true
	}
	for rec := range store.Scan[agenda](s, store.Work+"agenda/", 0) {
		n, ok := Find(s, store.Must(strconv.Atoi(rec.Key[strings.LastIndexByte(rec.Key, '/')+1:])))
		if !ok || !n.Class.Asks() || !n.Closed.IsZero() || !slices.ContainsFunc(Items(s, n.Number), Item.unread) {
			continue
		}
		for rec := range store.Scan[Posted](s, store.Work+store.Key("texts", n.ID())+"/", 0) {
			if strings.HasSuffix(rec.Key, "/"+versionKey(n.Version)) {
				add(outbox.Carrier(s, rec.Value.Account, rec.Value.Row))
			}
		}
		left := mostChases
		for row := range chases(s, n) {
			if left > 0 && add(row, true) {
				left--
			}
		}
	}
	return all
}

// chases are the private texts that chased for the wording of a notice that holds.
func chases(s *store.Snapshot, n Notice) iter.Seq[outbox.Row] {
	return func(yield func(outbox.Row) bool) {
		for _, account := range s.AccountNames() {
			for _, key := range store.Names(s, outbox.RowKey(account, chasePrefix+n.ID()+"/"), 0) {
				row, ok := outbox.Lookup(s, account, chasePrefix+n.ID()+"/"+key)
				if ok && row.Person != "" && !row.Due.Before(n.Revised) && !yield(row) {
					return
				}
			}
		}
	}
}

// Numbers are the notices that a row speaks of.
func Numbers(notices string) (all []int) {
	for word := range strings.FieldsSeq(notices) {
		all = append(all, store.Must(strconv.Atoi(word)))
	}
	return all
}

// unread tells whether it may still become known that the person has read what they owe.
func (i Item) unread() bool { return i.State == Open && i.Read.IsZero() }

// read is 1 if the person has read what they have not answered.
func (i Item) read() int {
	if i.State == Open && !i.Read.IsZero() {
		return 1
	}
	return 0
}

// MarkRead notes who has read a text, and that its network tells so.
func MarkRead(tx *store.Tx, w Watched, reads []bot.Read) {
	for _, number := range Numbers(w.Notices) {
		if n, ok := Find(tx.Snapshot, number); ok && !n.Reads {
			n.Reads = true
			Put(tx, n)
		}
		for _, r := range reads {
			_, p, known := roster.Bound(tx.Snapshot, w.Account, r.Sender)
			item, asked := FindItem(tx.Snapshot, number, p.ID)
			if known && asked && item.Read.IsZero() {
				item.Read = r.At
				PutItem(tx, item)
			}
		}
	}
}
