package operate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

func accountRoutes() []page.Route {
	return []page.Route{
		page.Get("/accounts", chat.Operate, showAccounts),
		page.Get("/accounts/{name}/qr", chat.Operate, showCode),
		page.Post("/accounts/check", chat.Operate, check),
		page.Post("/accounts/alarm", chat.Operate, tryAlarm),
	}
}

// An account is one as the page shows it.
type account struct {
	Name, Kind, Light, State, Since, Detail string
	Code                                    bool // a phone must scan something
	Facts                                   []fact
	Past                                    []fact
}

// A fact is a word and what is so.
type fact struct{ What, Text, Light, Small string }

// An accountsView is what the page shows.
type accountsView struct {
	Accounts []account
	Alarms   []fact
	Out      string // what is wrong, in a sentence
	Checked  string
	Findings []fact
	Groups   []fact
}

func showAccounts(r *page.Request) error { return accountsPage(r, nil, "") }

func accountsPage(r *page.Request, findings []page.Finding, at string) error {
	v := accountsView{Checked: at}
	for _, f := range findings {
		v.Findings = append(v.Findings, fact{What: f.What, Text: f.Text, Light: map[string]string{"well": "ok", "note": "yel", "bad": "red"}[f.How]})
	}
	err := r.Look(func(s *store.Snapshot) error {
		for _, a := range r.House.Machine.Accounts() {
			v.add(r, s, a)
		}
		groups, bound := roster.Current(s).Groups(), roster.Groups(s)
		for _, g := range groups {
			f := fact{What: g, Text: "认得", Light: "ok"}
			if !slices.Contains(bound, g) {
				f.Text, f.Light, f.Small = "还没绑定", "yel", "在那个群里@我发“绑定群 "+g+"”"
			}
			v.Groups = append(v.Groups, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "accounts", Title: "账号", Nav: "/accounts", Data: v})
}

var kinds = map[string]string{
	"webchat": "模拟聊天", "console": "命令行里的模拟聊天", "wechat": "个人微信", "wecom": "企业微信机器人", "feishu": "飞书机器人", "dingtalk": "钉钉机器人", "ilink": "微信ClawBot", "alarm": "报警用",
}

func (v *accountsView) add(r *page.Request, s *store.Snapshot, a page.Account) {
	st, known := outbox.StandingOf(s, a.Name)
	queue := outbox.BacklogOf(s, a.Name)
	if a.Alarm {
		f := fact{What: a.Name, Text: "设好了", Light: "ok"}
		if queue.Rows > 0 {
			f.Text, f.Light = fmt.Sprintf("有%d条没送到", queue.Rows), "yel"
		}
		v.Alarms = append(v.Alarms, f)
		return
	}
	x := account{Name: a.Name, Kind: kinds[a.Kind], Light: "ok", State: "在用"}
	if known {
		x.State, x.Since, x.Detail = st.Word.String(), r.House.When(st.Since), strings.TrimRight(st.Detail, "。")
		switch {
		case outbox.IsOut(s, a.Name):
			x.Light = "red"
			v.Out = fmt.Sprintf("%s从%s起发不了。要发的%d条先留着，提醒照常判断。", a.Name, x.Since, queue.Rows)
		case st.Word != bot.Online:
			x.Light = "yel"
		}
		x.Code = st.Word == bot.Scanning && len(r.House.Machine.Code(a.Name)) > 0
	}
	n, most := outbox.Spent(s, a.Name)
	sent := fmt.Sprintf("%d条", n)
	if most > 0 {
		sent = fmt.Sprintf("%d/%d条", n, most)
	}
	x.Facts = append(x.Facts, fact{What: "今天主动发出", Text: sent}, fact{What: "等着发", Text: fmt.Sprintf("%d条", queue.Rows)})
	if a.PerHour > 0 {
		x.Facts = append(x.Facts, fact{What: "每群每小时", Text: fmt.Sprintf("最多%d条", a.PerHour)})
	}
	if outbox.Young(s, a.Name) {
		x.Facts = append(x.Facts, fact{What: "号龄", Text: "新号，先按四分之一的量发"})
	}
	if queue.Parked > 0 {
		x.Facts = append(x.Facts, fact{What: "认不出来", Text: fmt.Sprintf("%d个会话", queue.Parked), Light: "yel"})
	}
	x.Past = past(r, s, a.Name)
	v.Accounts = append(v.Accounts, x)
}

// past is how an account stood lately, the newest first.
func past(r *page.Request, s *store.Snapshot, name string) (all []fact) {
	const most = 6
	for _, a := range newestAudits(s, []string{name}, s.Now(), func(a store.Audit) bool { return a.Action == report.AccountState }, most) {
		f := fact{What: bot.StateWord(a.Result).String(), Text: r.House.When(a.At), Light: "old"}
		if bot.StateWord(a.Result) != bot.Online {
			f.Light = "bad"
		}
		all = append(all, f)
	}
	return all
}

// showCode is the picture that a phone scans. Nobody keeps it: who scans it is the
// account.
func showCode(r *page.Request) error {
	png := r.House.Machine.Code(r.PathValue("name"))
	if len(png) == 0 {
		return page.NotFound()
	}
	r.Out().Header().Set("Content-Type", "image/png")
	_, err := r.Out().Write(png)
	return err
}

// check lets the doctor look, which takes a while.
func check(r *page.Request) error {
	found, err := r.House.Machine.Doctor(r.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b page.Finding) int { return urgency(a) - urgency(b) })
	return accountsPage(r, found, r.House.Clock(r.Now()))
}

func urgency(f page.Finding) int { return slices.Index([]string{"bad", "note", "well"}, f.How) }

func tryAlarm(r *page.Request) error {
	answer, err := r.Command("alarm.test", "")
	if err != nil {
		return err
	}
	if len(r.House.Machine.Accounts()) > 0 && !slices.ContainsFunc(r.House.Machine.Accounts(), func(a page.Account) bool { return a.Alarm }) {
		return &page.Fault{Status: http.StatusUnprocessableEntity, Title: "还没有报警渠道", Text: zh.OneLine(answer), Go: []page.Way{{Words: "看账号", To: "/accounts"}}}
	}
	return r.Done("/accounts", "alarm")
}
