package notices

import (
	"fmt"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
)

// manyDays is how many days a notice may take at the most: what takes longer is
// sent to people one by one that belongs into a group.
const manyDays = 7

// takes says how long it takes until an account has sent n messages that nobody
// asked for, if that is more than a minute, and whether it can at all.
func takes(t *chat.Request, account string, n int) string {
	switch f := outbox.ForecastOf(t.Snap, account, n); {
	case f.Days > manyDays:
		return fmt.Sprintf("%d条太多了，这个账号一天最多主动发%d条，要发%d天；请改发到群里。", n, f.PerDay, f.Days)
	case f.Days > 1:
		return fmt.Sprintf("约需%s；这个账号一天最多主动发%d条（今天已发%d条），要分%d天发完。", span(f.Takes), f.PerDay, f.Sent, f.Days)
	case f.Takes >= time.Minute:
		return "约需" + span(f.Takes) + "。"
	}
	return ""
}

// span writes how long something takes in minutes, or in hours if it is long.
func span(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	switch {
	case minutes < 120:
		return fmt.Sprintf("%d分钟", minutes)
	case minutes%60 == 0:
		return fmt.Sprintf("%d小时", minutes/60)
	}
	return fmt.Sprintf("%d小时%d分钟", minutes/60, minutes%60)
}

// costOf says how long it takes to post a notice in its groups, or to write to people alone.
func costOf(t *chat.Request, of notice.Notice, alone int) string {
	targets := roster.Targets(t.Snap, of.Groups)
	if len(targets) == 0 {
		return ""
	}
	if alone > 0 {
		return takes(t, targets[0].Account, alone)
	}
	n := map[string]int{}
	busiest := targets[0].Account
	for _, g := range targets {
		if n[g.Account] += of.Texts(); n[g.Account] > n[busiest] {
			busiest = g.Account
		}
	}
	return takes(t, busiest, n[busiest])
}
