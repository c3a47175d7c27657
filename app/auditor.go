package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/config"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// headHour is when the heads of the audit logs are said each day.
const headHour = 8

// An auditor checks the audit logs once a day, and says where they end to whoever gets
// the alarms: there an intruder of the store cannot change it.
type auditor struct {
	*Office
	day string // on which it was done last
}

// turn is the turn of its loop.
func (a *auditor) turn(ctx context.Context) (more bool, err error) {
	now := a.Store.Time().In(a.Zone)
	day := now.Format(time.DateOnly)
	if now.Hour() < headHour || a.day == day {
		return false, nil
	}
	var logs []store.AuditState
	var tampered error
	err = a.Store.View(ctx, func(s *store.Snapshot) error {
		logs, tampered = s.VerifyAudits()
		return nil
	})
	if err != nil {
		return false, err
	}
	outside := slices.ContainsFunc(a.Config.Accounts, func(c config.Account) bool { return Abilities(c).Simulated == nil })
	err = a.Store.Write(ctx, func(tx *store.Tx) {
		if errors.Is(tampered, store.ErrAudit) {
			roster.Raise(tx, roster.Alarm{Text: tamperedText, Reason: "audit/" + store.Digest(tampered.Error()), Outside: true})
		}
		if outside && len(logs) > 0 { // a simulated chat lies beside the store
			roster.Note(tx, roster.Alarm{Text: headText(now, logs), Reason: "audit/" + day})
		}
	})
	if err != nil {
		return false, err
	}
	if tampered != nil {
		a.log.Error("audit log is not what was written", "err", tampered)
	}
	a.day = day
	return false, nil
}

const tamperedText = "操作记录校验没有通过：数据文件可能被人绕过程序改过。请先保留现场（复制data文件夹），再运行 duban audit verify 查看。"

// headText is the daily word.
func headText(now time.Time, logs []store.AuditState) string {
	heads := make([]string, 0, len(logs))
	for _, l := range logs {
		if l.Seq > 0 {
			heads = append(heads, l.Head.String())
		}
	}
	return fmt.Sprintf("操作记录校验码（%s）：%s。请留存；要查有没有被改过，运行 duban audit verify -head 校验码。", zh.Date(now), strings.Join(heads, "，"))
}
