package outbox

import (
	"slices"
	"strconv"
	"strings"

	"duban/store"
)

// Mend makes the lanes of an account, and the list of its closed rows, anew from its
// rows, after records of it were found damaged. A row that is lost itself is out of
// them then, and the others leave in their order and are emptied in their time.
func Mend(tx *store.Tx, account string) {
	var stale []string
	for _, kind := range []string{"lane/", "chat/", "due/"} {
		prefix := store.AccountPrefix(account) + kind
		for p := range store.Pairs(tx, []byte(prefix), store.PrefixEnd(prefix), 0) {
			stale = append(stale, string(p.Key))
		}
	}
	shut := store.Key("a", account, "shut") + "/"
	for p := range store.Pairs(tx, []byte(shut), store.PrefixEnd(shut), 0) {
		_, entry, _ := strings.Cut(string(p.Key[len(shut):]), "/") // behind the state
		if !store.Has(tx, RowKey(account, shutRow("", entry))) {
			stale = append(stale, string(p.Key))
		}
	}
	store.Delete(tx, stale...)
	lanes := map[string][]*Row{}
	for rec := range store.Scan[Row](tx, RowKey(account, ""), 0) {
		row := rec.Value
		switch at := shutKey(&row); {
		case row.Lane != "":
			lanes[row.LaneName()] = append(lanes[row.LaneName()], &row)
		case row.State != Carried && !row.isEmpty() && !store.Has(tx, at):
			store.Save(tx, at, "")
		}
	}
	for _, rows := range lanes {
		slices.SortFunc(rows, func(a, b *Row) int { return strings.Compare(a.Lane, b.Lane) })
		var h head
		for _, row := range rows {
			enlist(tx, row)
			seq, _ := strconv.ParseUint(row.Lane[strings.LastIndexByte(row.Lane, '/')+1:], 10, 64)
			h.Seq = max(h.Seq, seq)
		}
		lead(tx, rows[0], &h)
	}
	tx.Wake(account)
}
