package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/roster"
	"duban/zh"
)

// confirm does what was previewed.
func (r *Router) confirm(t *chat.Request, rest string) (string, error) {
	if other, ok := strings.CutPrefix(zh.Fold(rest), "通知"); ok {
		if t.Full {
			return chat.FullText, nil
		}
		return notices.Second(t, strings.TrimSpace(other)), nil
	}
	if t.Draft == nil {
		return "没有等待确认的内容，可能已过10分钟。请重新发一次预览。", nil
	}
	c := r.confirmed(t)
	if c == nil {
		if strings.TrimSpace(rest) != "" && t.Missed(chat.DraftKind) == 0 {
			return "确认码不对，没有执行。错了3次，预览已作废，请重新发一次。", nil
		}
		return "确认码不对，没有执行。请按预览的最后一行写，带上那里的确认码，或发“取消”。", nil
	}
	if c.Grows && t.Full { // the draft stays
		return chat.FullText, nil
	}
	t.Settled(chat.DraftKind)
	return c.Confirm.Run(t, "")
}

// confirmed returns the command whose draft t confirms, nil if it confirms none.
func (r *Router) confirmed(t *chat.Request) *chat.Command {
	code := strings.TrimSpace(zh.Fold(t.Rest))
	if t.Draft == nil || code != t.Draft.Code && (code != "" || t.Draft.Strict) {
		return nil
	}
	i := slices.IndexFunc(r.commands, func(c chat.Command) bool { return c.Name == t.Draft.Of })
	if i < 0 || r.commands[i].Confirm == nil {
		return nil // it was kept by another version of the program
	}
	return &r.commands[i]
}

// prepareConfirm prepares what confirm does.
func (r *Router) prepareConfirm(ctx context.Context, t *chat.Request) error {
	if c := r.confirmed(t); c != nil && c.Confirm.Prepare != nil && !(c.Grows && t.Full) {
		return c.Confirm.Prepare(ctx, t)
	}
	return nil
}

// givesUpDraft tells whether a message calls a preview off: as the whole of what was
// typed in private, like the word that confirms it.
func givesUpDraft(t *chat.Request, wait roster.Pending) bool {
	_, _, quoted := t.Quote()
	return !t.Msg.Group && !quoted && zh.Fold(strings.TrimSpace(t.Msg.Text)) == zh.Fold(t.Read.Body) && (chat.GivesUp(t, wait) || dropsDraft.MatchString(t.Read.Body) && len(t.Read.Measures()) == 0)
}

// dropsDraft begins a text that means a preview while one waits: to call it off loses
// nothing, to send it after 等等，内容还要改 cannot be undone.
var dropsDraft = regexp.MustCompile(`^(?:哎呀?|啊|哦|那|先|就|这[个条]|不好意思|[，, ])*(?:` +
	`(?:撤回|撤销|作废|收回|不要|删掉|取消|停止|中止|终止)(?:发送|发布|群发|通知|提醒|预览|保存|操作|吧|了|啊|这[个条])*[。！!~ ]*$|` +
	`(?:算了|取消|别发|不发|先不|先别|不要发|不用发|等等|等一下|等会儿?|慢着|且慢|停一?下|放弃)(?:[了吧啊，,。！! ]|发|不|$)|` +
	`(?:不对|写错|打错|发错|弄错|搞错|有误|错了|内容(?:有|还|不)|还(?:要|得)改|还没(?:写|改|弄)[好完]))`)

// abandon drops what waits for the sender's word in this chat: a preview, a question,
// or what was confirmed and leaves in a moment. It takes nothing back that is stored.
func abandon(t *chat.Request, _ string) (string, error) {
	if t.Kept() != nil && (t.Ordered || t.Answers) { // never by a word in a text that was passed on
		t.Settled(chat.DraftKind)
		return "已取消，什么也没有做。", nil
	}
	if text, done := notices.TakeDown(t); done {
		return text, nil
	}
	waited := false
	for _, kind := range []string{chat.SameKind, chat.WhichKind, chat.MeantKind, chat.ForgetKind} {
		_, waits := t.Pending(kind)
		waited = waited || waits
		t.Settled(kind)
	}
	switch {
	case waited:
		return "好的，这次没有记录，什么也没有做。", nil
	case t.May(chat.Announce):
		return "没有等待确认的内容。已经发出的通知，可以发“撤回通知 编号”。", nil
	}
	return "没有等待确认的内容，什么也没有做。要撤回您刚报的，请回“撤回”。", nil
}
