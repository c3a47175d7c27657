package e2e_test

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
	"duban/config"
	"duban/outbox"
	"duban/store"
)

// clientID is the id that every attempt of a part of a row has.
func clientID(key string, part int) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(part)))
	return strconv.FormatUint(1e16+binary.BigEndian.Uint64(sum[:])%9e16, 10)
}

// key is the key of the answer to s.
func (w *record) key(s *saying) string { return "answer/" + w.account + "/" + s.id }

func (w *record) judgeOutbound(sn *store.Snapshot, v *dayVerdict) {
	rows := map[string]outbox.Row{} // by the client's id of what they send
	byMsg := map[string]webwxtest.Sent{}
	for _, s := range w.wx.Sent() {
		byMsg[s.MsgID] = s
	}
	order := map[string]int{} // of what was said, by the key of its answer
	for i, s := range w.said {
		order[w.key(s)] = i
	}
	all := everyRow(sn, w.account)
	for _, row := range all {
		v.rows++
		for part := range 5 {
			rows[clientID(row.Key, part)] = row
		}
		switch row.State {
		case outbox.Sent:
			v.accepted++
			if s, ok := byMsg[row.Receipt.ID]; !ok {
				v.strange++
				w.t.Logf("a receipt of nothing: %s", row.Key)
			} else if !w.right(row, s.To, order, v) {
				v.wrong++
			}
		case outbox.Carried:
		case outbox.Waiting, outbox.Parked:
			w.t.Logf("open: %s %s due %s next %s enqueued %s rank %s", row.Key, row.Reason, row.Due, row.Next, row.Enqueued, row.Rank)
			fallthrough
		default:
			v.never[string(row.State)+": "+row.Reason]++
		}
	}
	w.judgeCopies(rows, order, v)
}

// judgeCopies looks at everything that was delivered.
func (w *record) judgeCopies(rows map[string]outbox.Row, order map[string]int, v *dayVerdict) {
	before := map[string]webwxtest.Sent{}
	latest := map[string]int{}
	for _, s := range w.wx.Sent() {
		if s.To == webwxtest.FileHelper {
			continue
		}
		row, known := rows[s.ClientMsgID]
		switch first, again := before[s.ClientMsgID]; {
		case !known:
			v.strange++
			w.t.Logf("of no row: %+v", s)
			continue
		case again:
			v.extra++
			if !strings.HasPrefix(s.Text, bot.RepeatMark) {
				v.unmarked++
			}
			if first.To != s.To {
				v.wrong++
			}
			continue
		}
		before[s.ClientMsgID] = s
		if row.State != outbox.Sent && !w.right(row, s.To, order, v) {
			v.wrong++
		}
		i, answer := order[row.Key]
		if !answer {
			continue
		}
		lane := w.said[i].chat + " " + s.To
		if i < latest[lane] {
			v.inversions++
			w.t.Logf("inversion in %s: to %s (attempt %d, %s) after %s", lane, row.Chat, row.Attempt, row.Enqueued, rows[clientID(w.key(w.said[latest[lane]]), 0)].Chat)
		}
		latest[lane] = max(latest[lane], i)
	}
}

// right tells whether somebody is whom a row is for.
func (w *record) right(row outbox.Row, to string, order map[string]int, v *dayVerdict) bool {
	ok := true
	if i, answer := order[row.Key]; answer {
		ok = to == w.said[i].chat || to == w.said[i].person
	} else if row.Person != "" {
		ok = to == row.Person
	} else if id, coded := strings.CutPrefix(row.Chat, "remark/"); coded {
		ok = to == id
	} else if g := w.names[row.Chat]; g != "" {
		ok = to == g
	} else {
		v.unchecked++
	}
	if !ok {
		w.t.Logf("wrong: %s for %s%s reached %s", row.Key, row.Person, row.Chat, to)
	}
	return ok
}

// young tells whether the account was new at a time: in its first week, or after
// it was barred.
func (w *town) young(at time.Time) bool {
	return at.Before(w.firstAt.Add(new(wechat.Account).Limits().Young)) || !w.bannedAt.IsZero() && at.After(w.bannedAt)
}

func (w *town) judgeLimits(v *dayVerdict) {
	all := w.wx.Sent()
	for i, s := range all {
		n := 1
		for _, later := range all[i+1:] {
			if later.At.Sub(s.At) < time.Minute {
				n++
			}
		}
		most := 12
		if w.young(s.At) {
			most = 3
			v.perMinuteYoung = max(v.perMinuteYoung, n)
		} else {
			v.perMinute = max(v.perMinute, n)
		}
		if n > most {
			v.over++
			w.t.Logf("%d sends in the minute from %s", n, s.At)
		}
	}
	zone, err := time.LoadLocation(config.Defaults().Zone)
	if err != nil {
		w.t.Fatal(err)
	}
	days := map[string]int{}
	grown := map[string]bool{}
	for _, s := range all {
		if s.To == webwxtest.FileHelper || w.isAnswer(s) {
			continue
		}
		day := s.At.In(zone).Format(time.DateOnly)
		days[day]++
		grown[day] = grown[day] || !w.young(s.At)
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		v.perDay = max(v.perDay, days[day])
		if most := 300; days[day] > most || !grown[day] && days[day] > most/4 {
			v.overDay++
		}
	}
}

// answer returns what was said to somebody.
func (w *record) answer(u *saying) string {
	for _, s := range w.wx.Sent() {
		if clientID(w.key(u), 0) == s.ClientMsgID {
			return s.Text
		}
	}
	return ""
}

func (w *town) isAnswer(s webwxtest.Sent) bool {
	return slices.ContainsFunc(w.said, func(u *saying) bool { return clientID(w.key(u), 0) == s.ClientMsgID })
}
