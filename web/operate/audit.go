package operate

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

func auditRoutes() []page.Route {
	return []page.Route{
		page.Get("/audit", chat.Inspect, showAudit),
		page.Get("/export/audit", chat.Inspect, askExport),
		page.Post("/export/audit", chat.Inspect, exportAudit).Proved(),
	}
}

// A topic is one choice of entries, by how their actions begin.
type topic struct {
	Key, Words string
	Begins     []string
	Here       bool
}

func topics() []topic {
	return []topic{
		{Key: "", Words: "全部"},
		{Key: "send", Words: "发送", Begins: []string{"notice", "send", "outbox", "held", "escalate", "ack"}},
		{Key: "rights", Words: "权限", Begins: []string{"bind", "unbind", "directory", "code", "claim", "group", "roster", "handover", "web"}},
		{Key: "export", Words: "导出", Begins: []string{"export", "data"}},
		{Key: "login", Words: "登录", Begins: []string{"log"}},
		{Key: "job", Words: "提醒", Begins: []string{"job", "calendar"}},
		{Key: "plan", Words: "要点", Begins: []string{"plan", "progress", "evidence", "inbox", "retract"}},
		{Key: "self", Words: "自动"},
	}
}

func (t topic) has(a store.Audit) bool {
	if t.Key == "self" {
		return a.Actor == ""
	}
	return t.Begins == nil || slices.ContainsFunc(t.Begins, func(b string) bool { return strings.HasPrefix(a.Action, b) })
}

// An entry is a line of the log as people read it.
type entry struct{ At, Who, What, From string }

// An auditView is what the page shows.
type auditView struct {
	Topics  []topic
	Entries []entry
	Older   string // the address of those before them
	Whole   string // what the chain of hashes says
	Broken  bool
}

// shownAudits is how many entries are on a page.
const shownAudits = 100

func showAudit(r *page.Request) error {
	v := auditView{Topics: topics()}
	here := v.Topics[0]
	for i := range v.Topics {
		t := &v.Topics[i]
		if t.Here = t.Key == r.URL.Query().Get("show"); t.Here {
			here = *t
		}
	}
	err := r.Look(func(s *store.Snapshot) error {
		before := s.Now().Add(time.Second)
		if at, err := store.ParseStamp(r.URL.Query().Get("before")); err == nil {
			before = at
		}
		found := newestAudits(s, append(s.AccountNames(), ""), before, here.has, shownAudits)
		people := roster.Current(s)
		for _, a := range found {
			v.Entries = append(v.Entries, describe(r, s, people, a))
		}
		if len(found) >= shownAudits {
			v.Older = "/audit?" + url.Values{"show": {here.Key}, "before": {store.Stamp(found[len(found)-1].At)}}.Encode()
		}
		if r.URL.Query().Has("check") {
			v.verify(s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "audit", Title: "操作记录", Nav: "/audit", Data: v})
}

// verify says whether the chains of hashes hold.
func (v *auditView) verify(s *store.Snapshot) {
	heads, err := s.VerifyAudits()
	n := uint64(0)
	for _, h := range heads {
		n += h.Seq
	}
	v.Whole, v.Broken = fmt.Sprintf("%d条首尾相接，没有被改过。", n), err != nil
	if v.Broken {
		v.Whole = "记录被改动过或少了：保持原样，在装督办的电脑上运行 duban audit verify。"
	}
}

// newestAudits returns entries of some logs before a time, the newest first. The log is
// read back day by day, so that a page costs what it shows.
func newestAudits(s *store.Snapshot, logs []string, before time.Time, want func(store.Audit) bool, most int) (found []store.Audit) {
	const longest, day = 800, 24 * time.Hour // days; audits are kept for less, unless an office wants more
	for range longest {
		from := before.Add(-day)
		var some []store.Audit
		for _, log := range logs {
			prefix := store.AuditPrefix(log)
			for a := range store.Values(store.ScanRange[store.Audit](s, []byte(prefix+store.Stamp(from)), []byte(prefix+store.Stamp(before)), 0)) {
				if want(a) {
					some = append(some, a)
				}
			}
		}
		slices.SortStableFunc(some, func(a, b store.Audit) int { return b.At.Compare(a.At) })
		if found = append(found, some...); len(found) >= most {
			for most < len(found) && found[most].At.Equal(found[most-1].At) {
				most++ // what was written in one moment stands on one page: the next begins before it
			}
			return found[:most]
		}
		before = from
	}
	return found
}

var sources = map[store.Source]string{store.Chat: "聊天", store.Page: "网页", store.CLI: "命令行", store.Config: "配置文件"}

// describe writes an entry as people read it.
func describe(r *page.Request, s *store.Snapshot, people *roster.Roster, a store.Audit) entry {
	e := entry{At: r.House.When(a.At), Who: "自动", From: sources[a.Source], What: actions[a.Action]}
	if p, ok := people.Person(a.Actor); ok {
		e.Who = people.Label(p)
	} else if a.Actor != "" {
		e.Who = "已不在名单上的人"
	} else if a.Source == store.CLI {
		e.Who = "装督办的电脑上的人"
	}
	if e.What == "" {
		first, _, _ := strings.Cut(a.Action, ".")
		if e.What = actions[first]; e.What == "" {
			e.What = a.Action
		}
	}
	if o := object(s, people, a); o != "" {
		e.What += "：" + o
	}
	return e
}

// object names what an action was done to.
func object(s *store.Snapshot, people *roster.Roster, a store.Audit) string {
	if p, ok := people.Person(a.Object); ok {
		if a.Object == a.Actor {
			return ""
		}
		return people.Label(p)
	}
	if n, err := strconv.Atoi(a.Object); err == nil && (strings.HasPrefix(a.Action, "notice") || a.Action == "ack") {
		return fmt.Sprintf("通知%d", n)
	}
	if strings.HasPrefix(a.Action, "job") {
		if j, ok := schedule.FindJob(s, a.Object); ok {
			return zh.Quote(j.Name, 20)
		}
		if all := schedule.JobVersions(s, a.Object); len(all) > 0 { // it was deleted
			return zh.Quote(all[len(all)-1].Name, 20)
		}
	}
	if strings.HasPrefix(a.Action, "plan.") {
		p := progress.Current(s)
		if n := p.NodeByID(a.Object); n != nil {
			return plans.NameOf(p, n)
		}
	}
	const most = 40
	if a.Action == report.AccountState || strings.HasPrefix(a.Action, "export") {
		return zh.Brief(strings.TrimPrefix(a.Object+"，"+a.Result, "，"), most)
	}
	return zh.Brief(a.Object, most)
}

var actions = map[string]string{
	report.AccountState: "账号状态变了", "ack": "回复通知", "ack.list": "按接龙记回复", "bind": "绑定自己", "calendar.delete": "删日历上的一天", "calendar.put": "改日历", "calendar.school": "改校历",
	"claim": "认领一个人", "clock.trust": "认可时钟", "clock.witness": "核对时钟", "code": "给绑定码", "crisis": "有人可能有危险，已通知", "data.erase": "要求删除自己的话",
	"data.erased": "删除了一个人的话", "data.export": "取走自己的数据", "data.swept": "按期限清理", "escalate": "升级催办", "evidence": "报佐证", "export": "导出",
	"group": "绑定群", "handover": "交接", "held.cancel": "留着的消息不发了", "held.send": "留着的消息发出", "inbox.answer": "答复收件箱", "inbox.ask": "转给学工处",
	"job": "改提醒", "job.fire": "提醒到点", "job.try": "试发提醒", "leave": "请假", "leave.cancel": "撤销请假", "leave.end": "销假", "login": "登录网页", "login.again": "再输密码",
	"login.factor": "设验证器", "login.failed": "密码输错", "login.first": "第一次设密码", "login.password": "改密码", "logout": "退出网页", "notice": "通知",
	"notice.chase": "催一下", "notice.close": "结束通知", "notice.expired": "通知到期", "notice.second": "复核通知", "notice.send": "发通知", "notice.withdraw": "撤回通知",
	"outbox.again": "再发一次", "outbox.arrived": "算已发", "outbox.cancel": "不发了", "passed": "越过上限发出", "plan": "改要点", "plan.alias": "记别名", "plan.assign": "定负责人",
	"plan.extend": "延期", "plan.import": "换要点", "plan.undo": "撤销换要点", "privacy.notice": "告知数据怎么用", "progress": "填报进展", "quarantine": "一条消息没能处理",
	"request": "定一件申请", "retract": "撤回自己报的", "roster": "换名单", "send.pause": "暂停发送", "send.resume": "恢复发送", "send.stop": "发得太多，自动停下",
	"session.end": "让一台设备退出", "share.make": "作只读链接", "share.revoke": "收回只读链接", "store.restore": "从备份恢复", "system.backup": "备份", "system.drill": "演练恢复",
	"unbind": "解除绑定", "directory": "按通讯录绑定", "web.code": "给第一次使用的码", "web.reset": "取消一个人的密码", "login.unfactor": "关掉验证器", "login.link": "要登录链接",
}

// An exportForm is what stands before an export.
type exportForm struct {
	Error, Reason, Columns string
	Count                  int
	Cut                    bool // there are more than one file takes
}

func askExport(r *page.Request) error { return exportPage(r, "", 0) }

func exportPage(r *page.Request, wrong string, status int) error {
	all, err := store.Read(r.Context(), r.House.Store, allAudits)
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "export", Title: "导出操作记录", Nav: "/audit", Status: status, Shape: page.Task, Data: exportForm{
		Error: wrong, Reason: r.Field("reason"), Count: len(all), Columns: strings.Join(columns(), "、"), Cut: len(all) == mostExported,
	}})
}

func columns() []string { return []string{"时间", "谁", "做了什么", "从哪"} }

// mostExported is how many entries one file takes.
const mostExported = 100_000

// allAudits are all entries that one file takes, the newest first.
func allAudits(s *store.Snapshot) []store.Audit {
	return newestAudits(s, append(s.AccountNames(), ""), s.Now().Add(time.Second), topic{}.has, mostExported)
}

// exportAudit gives the log out as a table, and notes by whom and what for.
func exportAudit(r *page.Request) error {
	reason := zh.Brief(zh.Mask(r.Field("reason")), 40)
	if len([]rune(reason)) < 2 {
		return exportPage(r, "请写一句导出做什么用，会记在操作记录里。", http.StatusUnprocessableEntity)
	}
	var rows [][]string
	err := r.Look(func(s *store.Snapshot) error {
		people := roster.Current(s)
		for _, a := range allAudits(s) {
			e := describe(r, s, people, a)
			rows = append(rows, []string{zh.FullMoment(a.At.In(r.House.Zone)), e.Who, e.What, e.From})
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = r.Change(func(tx *store.Tx) error {
		tx.Audit(store.Audit{Actor: r.Person.ID, Source: store.Page, Action: "export", Object: "操作记录", Result: reason})
		return nil
	})
	if err != nil {
		return err
	}
	return r.Attach("操作记录-"+r.Now().In(r.House.Zone).Format("20060102")+".csv", "text/csv; charset=utf-8", report.WriteCSV(columns(), rows))
}
