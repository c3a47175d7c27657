package wechat

import (
	"strings"
	"time"

	"duban/bot"
)

// Limits implements [bot.Limited]. The numbers are those at which people report
// restrictions of web clients, with a margin.
func (*Account) Limits() bot.Limits {
	return bot.Limits{
		Pace: bot.Pace{
			PerMinute: 12, Burst: 1, Gap: 3 * time.Second, ChatGap: 10 * time.Second, Jitter: 0.66,
			PrivateGap: 2 * time.Second, Private: private,
		},
		PerDay: 300, PerHour: 20, Most: 40, Young: 7 * 24 * time.Hour,
	}
}

// private tells the handles of people from the names of groups.
func private(chat string) bool {
	return strings.HasPrefix(chat, byRemark) || strings.HasPrefix(chat, byLogin)
}
