package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const (
	// shortOut is for how long an account may be offline, or odd, before anybody
	// is told: lines drop and come back all day.
	shortOut = 2 * time.Minute

	// againTold is the least time between two alarms of one state within one
	// outage.
	againTold = time.Hour
)

// AccountState writes down how an account stands, and lets the admins know, never
// through the account itself while it is out. When it is back, what was too late is closed, what was parked is tried
// again, and the admins get one list of what was dropped.
func AccountState(ctx context.Context, r *chat.Desk, account string, s bot.State) error {
	return r.Store.Write(ctx, func(tx *store.Tx) {
		st, known := outbox.StandingOf(tx.Snapshot, account)
		w := watch{router: r, tx: tx, account: account, st: st}
		if known && st.Word == s.Word {
			w.st.State = s // at most its detail is new
		} else {
			w.change(s)
		}
		outbox.PutStanding(tx, account, w.st)
	})
}

// A watch is one change of an account's state.
type watch struct {
	router  *chat.Desk
	tx      *store.Tx
	account string
	st      outbox.Standing
}

func (w *watch) change(s bot.State) {
	w.st.State = s
	w.st.Changes++
	w.tx.Audit(store.Audit{
		Account: w.account, Source: store.Clock, Action: report.AccountState, Object: w.account, Result: string(s.Word),
	})
	if s.Word == bot.Online {
		w.back()
	} else {
		w.gone()
	}
}

// gone tells the admins that the account cannot be used, or not as it should. A
// short trouble has its alarm in the outbox already, due in two minutes.
func (w *watch) gone() {
	now := w.tx.Now()
	if w.st.Out.IsZero() {
		w.st.Out = now
	}
	short := w.st.Word == bot.Offline || w.st.Word == bot.Suspect
	if short && (len(w.st.Pending) > 0 || len(w.st.Told) > 0) {
		return
	}
	if slices.ContainsFunc(w.st.Told, func(t outbox.ToldOfState) bool { return t.Word == w.st.Word && now.Sub(t.At) < againTold }) {
		return
	}
	a := roster.Alarm{Text: w.trouble(), Reason: w.reason(), Except: w.account, Outside: true}
	if short {
		a.Due = now.Add(shortOut)
	} else {
		w.withdraw()
	}
	rows := roster.Raise(w.tx, a)
	if short {
		w.st.Pending = rows
		return
	}
	w.st.Told = append(w.st.Told, outbox.ToldOfState{Word: w.st.Word, At: now})
}

// reason names the change of state in keys.
func (w *watch) reason() string { return fmt.Sprintf("state/%s/%d", w.account, w.st.Changes) }

// withdraw takes back the alarm that is not due yet, and tells whether somebody
// got it already.
func (w *watch) withdraw() (got bool) {
	for _, row := range w.st.Pending {
		unsaid := outbox.Cancel(w.tx, row.Account, row.Key)
		got = got || !unsaid
	}
	w.st.Pending = nil
	return got
}

func (w *watch) trouble() string {
	what := fmt.Sprintf("账号“%s”%s", w.account, w.st.Word)
	if w.st.Detail != "" {
		what += "：" + strings.TrimRight(w.st.Detail, "。")
	}
	return fmt.Sprintf("%s。（%s起）\n这期间要发的先留着，定时提醒照常判断，恢复后自动补上。", what, w.router.When(w.st.Out))
}

// back puts the account to work again.
func (w *watch) back() {
	now, out := w.tx.Now(), w.st.Out
	barred := slices.ContainsFunc(w.st.Told, func(t outbox.ToldOfState) bool { return t.Word == bot.Restricted })
	if w.st.First.IsZero() || barred {
		w.st.First = now
	}
	if d := w.router.Options.Directory; d != nil && w.st.Changes == 1 && slices.Contains(d.Lists(), w.account) {
		roster.TellAdmins(w.tx, fmt.Sprintf("账号“%s”第一次连上了，它的通讯录能认人：发“核对通讯录”，先看名单上能对上谁，再确认绑定。", w.account))
	}
	got := w.withdraw()
	told := got || len(w.st.Told) > 0 || !out.IsZero() && now.Sub(out) >= shortOut
	w.st.Out, w.st.Told = time.Time{}, nil
	if out.IsZero() {
		return
	}
	outbox.CloseExpired(w.tx, w.account)
	dropped := outbox.Dropped(w.tx.Snapshot, w.account, out)
	outbox.ReleaseParked(w.tx, w.account)
	if !told && len(dropped) == 0 {
		return
	}
	queue := outbox.BacklogOf(w.tx.Snapshot, w.account)
	roster.Raise(w.tx, roster.Alarm{Text: w.recovery(now.Sub(out), dropped, queue), Reason: w.reason(), Outside: true})
}

// recovery says what became of what was to be said meanwhile: counts and numbers
// of notices, no names.
func (w *watch) recovery(out time.Duration, dropped []bot.Outgoing, queue outbox.Backlog) string {
	var b strings.Builder
	fmt.Fprintf(&b, "账号“%s”恢复在线（中断%s）。", w.account, zh.Lasting(out))
	if len(dropped) > 0 {
		var notices []string
		others := 0
		for _, m := range dropped {
			numbers := strings.Fields(m.Notice)
			if len(numbers) == 0 {
				others++
			}
			for _, n := range numbers {
				if n = "通知" + n; !slices.Contains(notices, n) {
					notices = append(notices, n)
				}
			}
		}
		if others > 0 {
			notices = append(notices, fmt.Sprintf("不属于通知的%d条", others))
		}
		fmt.Fprintf(&b, "\n有%d条消息过了时间，没有再发：%s。需要的请重新发。", len(dropped), chat.Clip(strings.Join(notices, "、"), 600))
	}
	if queue.Rows > 0 {
		fmt.Fprintf(&b, "\n还有%d条等着，按先后陆续发出。", queue.Rows)
	}
	return b.String()
}

// accounts lists how the accounts stand.
func accounts(t *chat.Request, _ string) (string, error) {
	all, _ := outbox.Channels(t.Snap)
	if len(all) == 0 {
		all = []outbox.Channel{{Account: t.Msg.Account}}
	}
	return zh.Join(all, "\n", func(c outbox.Channel) string { return Standing(t.Snap, c, t.Desk.Options.Zone) }), nil
}

// Standing says in Chinese how an account stands and what waits in it, with times
// in zone.
func Standing(s *store.Snapshot, c outbox.Channel, zone *time.Location) string {
	st, known := outbox.StandingOf(s, c.Account)
	queue := outbox.BacklogOf(s, c.Account)
	n, most := outbox.Spent(s, c.Account)
	var b strings.Builder
	b.WriteString(c.Account)
	switch {
	case c.Alarm != "":
		b.WriteString("：报警用")
	case !known:
		b.WriteString("：在用")
	default:
		fmt.Fprintf(&b, "：%s（%s起）", st.Word, zh.Moment(st.Since.In(zone)))
		if st.Detail != "" {
			b.WriteString("，" + strings.TrimRight(st.Detail, "。"))
		}
	}
	if most > 0 {
		fmt.Fprintf(&b, "；今天主动发出%d条，上限%d条", n, most)
	}
	if queue.Rows > 0 {
		fmt.Fprintf(&b, "；待发%d条", queue.Rows)
	}
	switch waits := s.Now().Sub(queue.Oldest); {
	case c.Alarm == "" && outbox.Halted(s, c.Account):
		b.WriteString("；暂停发送中，管理员发“恢复发送”后继续")
	case !queue.Oldest.IsZero() && waits >= time.Minute:
		b.WriteString("，最早的已等" + zh.Lasting(waits))
	}
	if queue.Parked > 0 {
		fmt.Fprintf(&b, "；%d个会话认不出来", queue.Parked)
	}
	return b.String() + "。"
}

// TellParked tells the admins that a lane of the outbox waits until somebody says
// who its chat or person is, and what to do about it. It names groups, and people
// only by their number. It is the Parked hook of [outbox.Hooks].
func TellParked(tx *store.Tx, l outbox.ParkedLane) {
	roster.Raise(tx, roster.Alarm{Text: parkedText(tx.Snapshot, l), Outside: true})
}

func parkedText(s *store.Snapshot, l outbox.ParkedLane) string {
	if l.Person != "" {
		return fmt.Sprintf("账号“%s”现在联系不上工号%s，有%d条消息先留着没有发。请在手机上把他的备注改成“姓名#工号”，或发“绑定码 %s”让他重新绑定。",
			l.Account, l.Person, l.Waiting, l.Person)
	}
	group := roster.GroupIn(s, l.Account, l.Chat)
	if group == "" {
		return fmt.Sprintf("账号“%s”有一个会话现在认不出来，有%d条消息先留着没有发。可发“账号状态”查看。", l.Account, l.Waiting)
	}
	return fmt.Sprintf("“%s”现在认不出来（可能改了名、机器人被移出，或有两个群同名），有%d条消息先留着没有发。请改回群名，或在那个群里@我发“绑定群 %s”。",
		group, l.Waiting, group)
}
