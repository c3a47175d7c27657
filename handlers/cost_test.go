package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// crowded makes an office whose account is paced as a WeChat account is, with a
// notice that n people have not answered, and returns the preview of a chase.
func crowded(t *testing.T, n, perDay int, young bool) string {
	t.Helper()
	o := newOffice(t, newMem(t), "")
	o.limit(outbox.Limits{Accounts: map[string]bot.Limits{account: {
		Pace: bot.Pace{PerMinute: 12, Burst: 1, Gap: 3 * time.Second, Jitter: 0.66}, PerDay: perDay, Young: 7 * 24 * time.Hour,
	}}})
	r := &roster.Roster{People: staff().People[:1]}
	for i := range n {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("x%06d", i), Name: "某人", Groups: []string{"学工群"}, Roles: []roster.Role{roster.Counselor},
		})
	}
	o.roster(r)
	since := o.now.Add(-30 * 24 * time.Hour)
	if young {
		since = o.now
	}
	o.update(func(tx *store.Tx) {
		st := outbox.Standing{State: bot.State{Word: bot.Online, Since: since}, First: since}
		outbox.PutStanding(tx, account, st)
		for _, p := range r.People[1:] {
			roster.Bind(tx, account, "u-"+p.ID, roster.Binding{Person: p.ID, Chat: "p-" + p.ID, How: roster.BySimulator})
		}
	})
	posted := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
	o.attend()
	o.now = o.now.Add(time.Hour)
	return o.asks("周明远", fmt.Sprintf("催一下 %d", posted.Number))
}

func TestCost(t *testing.T) {
	for name, c := range map[string]struct {
		people, perDay int
		young          bool
		want           string
	}{
		"a few need no word":                  {5, 300, false, ""},
		"100 take some minutes":               {100, 300, false, "约需9分钟。"},
		"500 take 42 minutes, on two days":    {500, 300, false, "约需42分钟；这个账号一天最多主动发300条（今天已发1条），要分2天发完。"},
		"500 take as long without such limit": {500, 0, false, "约需42分钟。"},
		"500 are too many for a new account":  {600, 300, true, "600条太多了，这个账号一天最多主动发75条，要发9天；请改发到群里。"},
		"thousands are impossible one by one": {3000, 300, false, "3000条太多了，这个账号一天最多主动发300条，要发11天；请改发到群里。"},
	} {
		t.Run(name, func(t *testing.T) {
			got := crowded(t, c.people, c.perDay, c.young)
			if !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "约需") {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}
