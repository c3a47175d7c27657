package handlers

import (
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/privacy"
	"duban/roster"
	"duban/zh"
)

const (
	forgetKind = "forget"
	forgetLife = 10 * time.Minute // how long the wish can be confirmed
)

// myData gives the asker a file with all that is stored of them. Where an account
// can send no files it is said, page by page.
func (t *turn) myData(string) (string, error) {
	own := t.look.brought
	if own == nil {
		return "刚才没能整理出来，请再发一次“我的数据”。", nil
	}
	t.m.Chat, t.m.Group = t.chat(), false // 更多 is asked where the answer goes
	text, err := t.page("您的全部数据如下。要删除您写的内容，发“删除我的数据”。", own.lines)
	if err != nil || own.file.Hash == "" {
		return text, err
	}
	err = outbox.Enqueue(t.tx, bot.Outgoing{
		Key: t.reason() + "/file", Account: t.m.Account, Chat: t.m.Chat, Text: text, File: &own.file, Answer: true,
	})
	if err != nil {
		return "", err
	}
	return "", t.audit("data.export", "")
}

// forget says what a deletion deletes, and asks for a code.
func (t *turn) forget(string) (string, error) {
	p := roster.Pending{Kind: forgetKind, Until: t.now().Add(forgetLife), Text: t.code()}
	if err := roster.SetPending(t.tx, t.m.Account, t.chat(), t.person.ID, p); err != nil {
		return "", err
	}
	return fmt.Sprintf("将删除您写的内容：填报说明、附件、提问、申请理由、回执附言，和发给您的消息。"+
		"您在什么时候回复、填报过什么进度（数字）是工作记录，会保留；名单由学工处管理。删除后不能恢复。"+
		"确认请在10分钟内回“确认删除 %s”，不删就不用回。", p.Text), nil
}

// forgetMe deletes what the sender wrote, once they have typed the code.
func (t *turn) forgetMe(rest string) (string, error) {
	p, ok, err := t.pending(forgetKind)
	if err != nil {
		return "", err
	}
	if !ok || strings.TrimSpace(zh.Fold(rest)) != p.Text {
		return "没有删除：确认码不对或已过10分钟。请重新发“删除我的数据”。", nil
	}
	if err := t.settled(forgetKind); err != nil {
		return "", err
	}
	err = privacy.WantErasure(t.tx, privacy.Erasure{Person: t.person.ID, Account: t.m.Account, Chat: t.m.Chat, Key: t.reason() + "/erased"})
	if err != nil {
		return "", err
	}
	return "正在删除，完成后告诉您。", t.audit("data.erase", "")
}
