package wecom

import (
	"context"
	"fmt"

	"duban/bot"
)

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities { return bot.Capabilities{Buttons: true, MaxText: mostMarkdown} }

// Doctor implements [bot.Doctor]. It opens no connection: that would take the bot
// from the program that runs.
func (a *Account) Doctor(ctx context.Context) (all []bot.Finding) {
	all = append(all, bot.Finding{Text: fmt.Sprintf("企业微信智能机器人，ID和Secret都有（对不对要到连接时才知道），群机器人%d个", len(a.o.Robots))})
	if a.o.App == (App{}) {
		return append(all, bot.Finding{Text: "没有配自建应用：没给机器人发过消息的人，先收不到私聊"})
	}
	if _, err := a.app.token.Get(ctx, a.app.fetch); err != nil {
		return append(all, bot.Finding{Bad: true, Text: "自建应用取不到凭证，请核对corp、agent和Secret，以及“企业可信IP”：" + err.Error()})
	}
	return append(all, bot.Finding{Text: "自建应用的凭证取得到"})
}
