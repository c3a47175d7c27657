package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/privacy"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// A ownFile says all that is stored of the person who asks.
type ownFile struct {
	file  bot.FileInfo
	lines []string // for accounts that cannot send files
}

// gatherOwn writes down all that is stored of the sender.
func gatherOwn(ctx context.Context, t *chat.Request) error {
	lines, err := store.Read(ctx, t.Desk.Store, func(s *store.Snapshot) []string { return dossier(t.Desk, s, t.Person) })
	if err != nil {
		return err
	}
	const bom = "\ufeff" // so that Windows takes it for UTF-8
	text := bom + strings.Join(lines, "\r\n") + "\r\n"
	file, err := t.Desk.Store.Keep([]byte(text), bot.FileInfo{Name: "我的数据.txt", Type: "text/plain; charset=utf-8"})
	if err == nil || errors.Is(err, store.ErrNoFiles) {
		t.Prepared, err = ownFile{file, lines}, nil
	}
	return err
}

const forgetLife = 10 * time.Minute // how long the wish can be confirmed

// myData gives the asker a file with all that is stored of them. Where an account
// can send no files it is said, page by page.
func myData(t *chat.Request, _ string) (string, error) {
	own, ok := t.Prepared.(ownFile)
	if !ok {
		return "刚才没能整理出来，请再发一次“我的数据”。", nil
	}
	t.Msg.Chat, t.Msg.Group = t.Chat(), false // 更多 is asked where the answer goes
	text := t.Page("您的全部数据如下。要删除您写的内容，发“删除我的数据”。", own.lines)
	if own.file.Hash == "" {
		return text, nil
	}
	outbox.Enqueue(t.Tx, bot.Outgoing{
		Key: t.Reason() + "/file", Account: t.Msg.Account, Chat: t.Msg.Chat, Text: text, File: &own.file, Answer: true,
	})
	t.Audit("data.export", "")
	return "", nil
}

// forget says what a deletion deletes, and asks for a code.
func forget(t *chat.Request, _ string) (string, error) {
	p := roster.Pending{Kind: chat.ForgetKind, Until: t.Now().Add(forgetLife), Text: t.Code()}
	roster.SetPending(t.Tx, t.Msg.Account, t.Chat(), t.Person.ID, p)
	return fmt.Sprintf("将删除您写的内容：填报说明、附件、提问、申请理由、回执附言，和发给您的消息。"+
		"您在什么时候回复、填报过什么进度（数字）是工作记录，会保留；名单由学工处管理。删除后不能恢复。"+
		"确认请在10分钟内回“确认删除 %s”，不删就不用回。", p.Text), nil
}

// forgetMe deletes what the sender wrote, once they have typed the code.
func forgetMe(t *chat.Request, rest string) (string, error) {
	p, ok := t.Pending(chat.ForgetKind)
	if !ok || strings.TrimSpace(zh.Fold(rest)) != p.Text {
		if t.Missed(chat.ForgetKind) > 0 {
			return "没有删除：确认码不对。请按上一条写上那里的确认码，不删就不用回。", nil
		}
		return "没有删除：确认码不对或已过10分钟。请重新发“删除我的数据”。", nil
	}
	t.Settled(chat.ForgetKind)
	privacy.WantErasure(t.Tx, privacy.Erasure{Person: t.Person.ID, Account: t.Msg.Account, Chat: t.Msg.Chat, Key: t.Reason() + "/erased"})
	t.Audit("data.erase", "")
	return "正在删除，完成后告诉您。", nil
}
