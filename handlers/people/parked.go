package people

import (
	"fmt"

	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// TellParked tells the admins that a lane of the outbox waits until somebody says
// who its chat or person is, and what to do about it. It names groups, and people
// only by their number. It is the Parked hook of [outbox.Hooks].
func TellParked(tx *store.Tx, l outbox.ParkedLane) error {
	text, err := parkedText(tx.Snapshot, l)
	if err != nil {
		return err
	}
	_, err = roster.Raise(tx, roster.Alarm{Text: text, Outside: true})
	return err
}

func parkedText(s *store.Snapshot, l outbox.ParkedLane) (string, error) {
	if l.Person != "" {
		return fmt.Sprintf("账号“%s”现在联系不上工号%s，有%d条消息先留着没有发。请在手机上把他的备注改成“姓名#工号”，或发“绑定码 %s”让他重新绑定。",
			l.Account, l.Person, l.Waiting, l.Person), nil
	}
	group, err := roster.GroupIn(s, l.Account, l.Chat)
	if err != nil {
		return "", err
	}
	if group == "" {
		return fmt.Sprintf("账号“%s”有一个会话现在认不出来，有%d条消息先留着没有发。可发“账号状态”查看。", l.Account, l.Waiting), nil
	}
	return fmt.Sprintf("“%s”现在认不出来（可能改了名、机器人被移出，或有两个群同名），有%d条消息先留着没有发。请改回群名，或在那个群里@我发“绑定群 %s”。",
		group, l.Waiting, group), nil
}
