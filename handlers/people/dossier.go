package people

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/notice"
	"duban/plan"
	"duban/privacy"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// dossier writes down, line by line, all that is stored of a person, and nothing of
// others: where a record names somebody else, that name is left out.
func dossier(r *chat.Desk, s *store.Snapshot, who roster.Person) []string {
	d := privacy.About(s, who.ID)
	p := progress.Current(s)
	w := &dossierWriter{router: r, plan: p, who: who}
	w.say("关于%s（工号%s）存有的全部数据，截至%s", who.Name, who.ID, stamp(r, s.Now()))
	w.identity(d)
	w.items(d.Items)
	w.updates(d.Updates)
	w.leaves(d.Leaves)
	w.questions(d)
	w.audits(d)
	return w.lines
}

// stamp writes a time with its year.
func stamp(r *chat.Desk, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return zh.FullMoment(t.In(r.Options.Zone))
}

type dossierWriter struct {
	router *chat.Desk
	plan   *plan.Plan
	who    roster.Person
	lines  []string
}

func (w *dossierWriter) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// part begins a section.
func (w *dossierWriter) part(name string, n int) {
	w.say("")
	w.say("【%s】%d条", name, n)
}

// with is a word and a text, nothing if there is no text.
func with(word, text string) string {
	if text == "" {
		return ""
	}
	return "，" + word + "：" + zh.OneLine(text)
}

func (w *dossierWriter) identity(d *privacy.Dossier) {
	roles := cmp.Or(zh.List(w.who.Roles, roster.Role.String), "没有写")
	w.say("")
	w.say("【名单】姓名%s，单位%s，角色%s，群%s", w.who.Name, w.who.College, roles, strings.Join(w.who.Groups, "、"))
	w.part("绑定", len(d.Bindings))
	for _, h := range d.Bindings {
		w.say("在账号“%s”上，网络给您的标识是%s，与您的私聊是%s，凭%s认出您，%s起", h.Account, h.Sender, cmp.Or(h.Chat, "（还没有）"), BoundBy(h.How), stamp(w.router, h.Since))
	}
}

func (w *dossierWriter) items(all []notice.Item) {
	words := map[notice.State]string{notice.Open: "未回", notice.Seen: "收到，未落实", notice.Done: "已回", notice.Absent: "请假"}
	w.part("通知与回复", len(all))
	for _, i := range all {
		line := fmt.Sprintf("通知%d，%s要求，%s", i.Notice, stamp(w.router, i.Asked), words[i.State])
		if !i.Closed.IsZero() {
			line += "，" + stamp(w.router, i.Closed)
		}
		if i.Late {
			line += "，迟"
		}
		if i.By != "" {
			line += "，由他人代办"
		}
		w.say("%s%s", line, with("附言", i.Note))
	}
}

func (w *dossierWriter) updates(all []progress.Update) {
	w.part("填报", len(all))
	for _, u := range all {
		line := fmt.Sprintf("%s，第%s条，%s", stamp(w.router, u.At), u.Number, u.Line())
		switch {
		case u.Person != w.who.ID:
			line += "，您代他人填报"
		case u.By != "":
			line += "，由他人代填"
		}
		if !u.Retracted.IsZero() {
			line += "，已撤回"
		}
		w.say("%s%s%s", line, with("说明", u.Note), with("附件", strings.Join(u.Evidence, "；")))
	}
}

func (w *dossierWriter) leaves(all []roster.Leave) {
	w.part("请假", len(all))
	for _, l := range all {
		to := "没有写到哪一天"
		if !l.To.IsZero() {
			to = "至" + stamp(w.router, l.To)
		}
		line := stamp(w.router, l.From) + "起，" + to
		if l.Delegate != "" {
			line += "，有人代办"
		}
		w.say("%s", line)
	}
}

func (w *dossierWriter) questions(d *privacy.Dossier) {
	w.part("提问与答复", len(d.Questions))
	for _, q := range d.Questions {
		if q.By == w.who.ID && q.Person == "" {
			w.say("%s，您答复了问题%d%s", stamp(w.router, q.Answered), q.Number, with("答复", q.Answer))
			continue
		}
		w.say("%s，问题%d%s%s", stamp(w.router, q.Asked), q.Number, with("您说", q.Text), with("答复", q.Answer))
	}
	w.part("申请", len(d.Requests))
	for _, q := range d.Requests {
		what := "请假"
		if q.Kind == progress.Postponing {
			what = updates.MeasuresLine(w.plan, q.Measures) + "延到" + q.Due
		}
		result := "等待决定"
		switch {
		case q.Granted:
			result = "同意"
		case !q.Decided.IsZero():
			result = "不同意或已撤回"
		}
		w.say("%s，申请%d，%s，%s%s%s", stamp(w.router, q.Asked), q.Number, what, result, with("理由", q.Reason), with("批复", q.Answer))
	}
	w.part("延期", len(d.Delays))
	for _, p := range d.Delays {
		w.say("%s，%s由%s延到%s%s", stamp(w.router, p.At), updates.MeasuresLine(w.plan, []string{p.Measure}), p.Was, p.Due, with("理由", p.Reason))
	}
	w.part("正在等您回答的", len(d.Waiting))
	for _, p := range d.Waiting {
		w.say("到%s为止%s", stamp(w.router, p.Until), with("内容", p.Text))
	}
}

func (w *dossierWriter) audits(d *privacy.Dossier) {
	w.part("操作记录", len(d.Audits))
	for _, a := range d.Audits {
		w.say("%s，%s", stamp(w.router, a.At), deed(w.plan, a))
	}
	w.say("")
	w.say("【其他】导出报表%d次；发给您本人的消息还存有%d条，内容最多留30天。", d.Exports, d.Sent)
	w.say("群里没有对机器人说、也不是回复通知的话从不保存。要删除您写的内容，私聊发“删除我的数据”。")
}
