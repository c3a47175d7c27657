package schedule

import (
	"fmt"
	"strings"

	"duban/zh"
)

// missed names the turns of a round that were too long over to be posted.
func (s *Scheduler) missed(r round) (turns []string) {
	for _, f := range r.firings {
		if f.missed {
			at := f.Instant.In(s.o.Zone)
			turns = append(turns, fmt.Sprintf("“%s”（%s%s）", r.job.Name, zh.Date(at), zh.Clock(at)))
		}
	}
	return turns
}

// mostTold is how many missed turns an alarm names.
const mostTold = 10

// tellMissed raises an alarm for turns that were not posted because duban did not run
// then, or because the clock was set past them.
func (o Options) tellMissed(turns []string) {
	if len(turns) == 0 {
		return
	}
	rest := ""
	if n := len(turns); n > mostTold {
		turns, rest = turns[:mostTold], fmt.Sprintf("等%d条", n)
	}
	o.Alarm(Alarm{Kind: "missed", Text: fmt.Sprintf(
		"这些定时提醒到点时没能发出（停机或系统时间跳变），已过补发时限，不再补发：%s%s。仍需要的请直接发通知。", strings.Join(turns, "、"), rest)})
}
