package jobs

import (
	"fmt"

	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// History says in Chinese who changed what in a job and when, newest first.
func (d *Desk) History(s *store.Snapshot, id string) string {
	all := schedule.History(s, id, d.Zone)
	if all == nil {
		return "没有编号为“" + id + "”的提醒。"
	}
	return zh.Join(all, "\n", func(e schedule.Edition) string {
		at := e.At.In(d.Zone)
		return fmt.Sprintf("第%d版 %s%s %s：%s", e.Version, d.day(at, s.Now()), zh.Clock(at), e.By, e.What)
	})
}
