package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// Members takes in who has joined or left a group of the roster. Who joins and is not
// known waits to be claimed; the admins are told of them, of whom the roster does not
// have in that group, and of who leaves although it does.
func Members(ctx context.Context, r *chat.Desk, m bot.Message) error {
	return r.Store.Write(ctx, func(tx *store.Tx) {
		group := roster.GroupIn(tx.Snapshot, m.Account, m.Chat)
		if group == "" || !tx.FirstSight(m.Account, m.ID) {
			return
		}
		var known, strange []string
		all := roster.Current(tx.Snapshot)
		for _, who := range m.People {
			_, p, ok := roster.Bound(tx.Snapshot, m.Account, who.Sender)
			s, waits := roster.StrayOf(tx.Snapshot, m.Account, who.Sender)
			switch in := ok && slices.Contains(p.Groups, group); {
			case ok && in == (m.Kind == bot.Left):
				known = append(known, all.Label(p))
			case ok:
			case m.Kind == bot.Joined && !slices.Contains(r.Options.Bots, who.Sender):
				strange = append(strange, zh.Quote(zh.Mask(who.Name), 12))
				roster.PutStray(tx, roster.Stray{Account: m.Account, Sender: who.Sender, Chat: m.Chat, Group: true, Name: zh.Mask(who.Name), Why: roster.NobodyElse}, joined(m))
			case waits && m.Kind == bot.Left:
				roster.DropStray(tx, s)
			}
		}
		tellMembers(tx, m.Kind, group, known, strange)
	})
}

// joined is what is kept of somebody who has said nothing yet.
func joined(m bot.Message) bot.Message {
	return bot.Message{Account: m.Account, ID: m.ID, Chat: m.Chat, Group: true, Kind: bot.Joined, Sent: m.Sent}
}

func tellMembers(tx *store.Tx, kind bot.Kind, group string, known, strange []string) {
	var said []string
	switch {
	case len(known) == 0:
	case kind == bot.Left:
		said = append(said, fmt.Sprintf("%s离开了“%s”，名单上还在这个群，仍会被要求回复。", chat.Clip(strings.Join(known, "、"), 300), group))
	default:
		said = append(said, fmt.Sprintf("%s进了“%s”，名单上不在这个群，不会被要求回复。", chat.Clip(strings.Join(known, "、"), 300), group))
	}
	if len(said) > 0 {
		said = append(said, "要改请改名单，再发“导入名单”。")
	}
	if len(strange) > 0 {
		said = append(said, fmt.Sprintf("有%d人新进“%s”，还不知道是名单上的谁：%s。回“待认领”查看。", len(strange), group, chat.Clip(strings.Join(strange, "、"), 300)))
	}
	if len(said) > 0 {
		roster.TellAdmins(tx, strings.Join(said, ""))
	}
}
