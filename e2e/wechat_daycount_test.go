package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/bot/wechat/webwxtest"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// A record is what was said to the bot on WeChat, and what was delivered there.
type record struct {
	t       *testing.T
	wx      *webwxtest.Server
	account string
	people  []string // who reports
	said    []*saying
	names   map[string]string // the ids of groups by the names that they had
}

// A dayVerdict is what a day came to, by the test's own count.
type dayVerdict struct {
	logins, requests, ends, outages, restarts int

	offered, meant, booked, aside, recalled int
	lost, second, elsewhere, revived        int

	acks, acked int

	rows, accepted, extra, unmarked, wrong, strange, inversions, unchecked int
	never                                                                  map[string]int

	perMinute, perMinuteYoung, over int // the most sends in any 60 seconds, and the windows that exceed their limit
	perDay, overDay                 int
	canaries, found                 int
}

func (v *dayVerdict) failed() bool {
	return v.lost+v.second+v.elsewhere+v.revived+v.unmarked+v.wrong+v.strange+v.inversions+v.over+v.overDay+v.found > 0 || v.acks != v.acked
}

// unsent counts the rows that may still be sent or were given up: nobody knows of
// the others whether they arrived, or they were taken back.
func (v *dayVerdict) unsent() (n int) {
	for what, rows := range v.never {
		if !strings.HasPrefix(what, string(outbox.Unknown)) && !strings.HasPrefix(what, string(outbox.Cancelled)) {
			n += rows
		}
	}
	return n
}

// print writes the figures in the form of the reports of releases.
func (v *dayVerdict) print(t *testing.T) {
	t.Helper()
	t.Logf("faults tried  requests %d, 5%% of them with faults; logins %d, ended by others %d, disk away %d, stops %d", v.requests, v.logins, v.ends, v.outages, v.restarts)
	t.Logf("inbound       offered %d  for the bot %d  with effect %d  set aside for a person %d  recalled %d  lost %d  second effects %d  booked to others %d  recalled and still there %d",
		v.offered, v.meant, v.booked, v.aside, v.recalled, v.lost, v.second, v.elsewhere, v.revived)
	never := 0
	for _, n := range v.never {
		never += n
	}
	t.Logf("outbox        rows %d  accepted %d  never sent %d %v  extra copies %d  unmarked %d  wrong recipient %d  of no row %d  inversions %d  good for one login %d",
		v.rows, v.accepted, never, v.never, v.extra, v.unmarked, v.wrong, v.strange, v.inversions, v.unchecked)
	t.Logf("acks          truth %d  booked %d  difference %d", v.acks, v.acked, v.acks-v.acked)
	t.Logf("privacy       canaries %d  found %d", v.canaries, v.found)
	t.Logf("limits        max sends/60 s %d of limit 12, as a new account %d of limit 3; windows over the limit %d; most in a day unasked %d, over %d",
		v.perMinute, v.perMinuteYoung, v.over, v.perDay, v.overDay)
}

// judge compares what was said and delivered with the store.
func (w *town) judge() *dayVerdict {
	w.look()
	v := &dayVerdict{logins: w.wx.State().Logins, ends: w.ends, outages: w.outages, restarts: w.restarts, never: map[string]int{}}
	for _, n := range w.wx.Requests() {
		v.requests += n
	}
	look(w.t, open(w.t, w.engine), func(sn *store.Snapshot) {
		w.judgeInbound(sn, v)
		w.judgeAcks(sn, v)
		w.judgeOutbound(sn, v)
	})
	w.judgeLimits(v)
	w.judgePrivacy(v)
	return v
}

// A booking is an update that the store has.
type booking struct {
	person string
	n      int // updates that count
}

func (w *record) judgeInbound(sn *store.Snapshot, v *dayVerdict) {
	booked := map[string][]booking{}
	for _, p := range w.people {
		all := progress.Effects(sn, p, time.Time{})
		for _, e := range all {
			b := booking{person: p}
			for _, k := range e.Updates {
				u, ok := progress.FindUpdate(sn, k)
				if ok && u.Retracted.IsZero() {
					b.n++
				}
			}
			booked[e.Message] = append(booked[e.Message], b)
		}
	}
	aside := setAside(sn)
	answers := map[string]bool{}
	rows := everyRow(sn, w.account)
	for _, row := range rows {
		answers[row.Key] = true
	}
	for _, s := range w.said {
		v.offered++
		if s.act == saysNothing {
			v.canaries++
			continue
		}
		v.meant++
		n := 0
		for _, b := range booked[s.id] {
			n += b.n
			if b.person != s.person {
				v.elsewhere++
			}
		}
		report := s.act == saysReport || s.act == saysReportInGroup
		switch answered := answers[w.key(s)]; {
		case s.recalled:
			v.recalled++
			if n > 0 {
				v.revived++
			}
		case report && n > 1:
			v.second++
		case report && n == 1, !report && answered, s.act == saysReceived && len(booked[s.id]) > 0:
			v.booked++
		case aside[s.id]:
			v.aside++
		case s.act == saysReceived: // see the acks
			v.booked++
		default:
			v.lost++
			w.t.Logf("lost: %+v; answered: %s", *s, w.answer(s))
		}
	}
}

// setAside returns the messages of unknown senders that wait for a person.
func setAside(sn *store.Snapshot) map[string]bool {
	aside := map[string]bool{}
	strays := roster.Strays(sn)
	for _, s := range strays {
		for _, m := range s.Said {
			aside[m.ID] = true
		}
	}
	return aside
}

// judgeAcks looks whether everybody who said so has answered, and nobody else.
func (w *town) judgeAcks(sn *store.Snapshot, v *dayVerdict) {
	aside := setAside(sn)
	truth := map[string]bool{}
	for _, s := range w.said {
		if s.act == saysReceived && !aside[s.id] {
			truth[fmt.Sprint(s.notice, s.person)] = true
		}
	}
	v.acks = len(truth)
	all := everyNotice(sn)
	for _, n := range all {
		items := notice.Items(sn, n.Number)
		for _, i := range items {
			if !i.Owed() && truth[fmt.Sprint(i.Notice, i.Person)] {
				v.acked++
			} else if truth[fmt.Sprint(i.Notice, i.Person)] {
				w.t.Logf("not booked: notice %d, %s", i.Notice, i.Person)
			}
		}
	}
}

// judgePrivacy looks for what is nobody's business in all that is kept.
func (w *town) judgePrivacy(v *dayVerdict) {
	v.found += strings.Count(w.logs.String(), nobodys)
	for _, name := range []string{"路人", "张伟", "3141592653"} {
		v.found += strings.Count(w.logs.String(), name)
	}
	err := w.engine.View(context.Background(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if n := strings.Count(string(p.Key)+string(p.Value), nobodys); n > 0 {
				v.found += n
				w.t.Logf("%s is kept in %s", nobodys, p.Key)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}

func stranger(i int) webwxtest.Member {
	return webwxtest.Member{ID: fmt.Sprint("new", i), Nick: fmt.Sprint("新来", i)}
}
