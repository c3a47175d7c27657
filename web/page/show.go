package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"

	"duban/handlers/chat"
	"duban/roster"
)

//go:embed views
var shared embed.FS

// Views are the templates of one package of views, with the components of this one.
type Views struct{ t *template.Template }

// Parse reads the templates *.html of a package. Each is defined by its name; the
// components are in page/views/parts.html.
func Parse(files fs.FS) *Views {
	t := template.Must(template.New("").Funcs(functions()).ParseFS(shared, "views/*.html"))
	return &Views{template.Must(t.ParseFS(files, "*.html"))}
}

// Shared are the components alone, for a view that needs no template of its own.
func Shared() *Views {
	return &Views{template.Must(template.New("").Funcs(functions()).ParseFS(shared, "views/*.html"))}
}

// A Shape is what stands around a view.
type Shape int

// The shapes.
const (
	Framed Shape = iota // with the navigation
	Task                // one task: on a phone its buttons take the place of the navigation
	Solo                // alone: login, errors, first run
	Wide                // alone, wider
)

// A View is a page to show.
type View struct {
	Name   string // of the template, which gets Data as its dot
	Title  string // of the window: what it is, never a name or a number of people
	Data   any
	Shape  Shape
	Nav    string // the entry of the navigation that it belongs to, if that is not the path itself
	Status int    // 0 is 200
}

// A frame is the dot of the layout.
type frame struct {
	View
	Office string
	Person roster.Person
	Known  bool
	Role   string
	Nav    [][]entry
	Tabs   []entry
	Tab    string // the one of them that the page belongs to
	Style  string
	Icon   string
	Script []string
	Done   string
	Body   template.HTML
}

// Show answers with a view, or with its template alone if only a part of the page is
// replaced.
func (r *Request) Show(views *Views, v View) error {
	var body bytes.Buffer
	if err := views.t.ExecuteTemplate(&body, v.Name, v.Data); err != nil {
		return fmt.Errorf("view %s: %w", v.Name, err)
	}
	r.out.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.out.Header().Add("Vary", "HX-Request")
	status := v.Status
	if status == 0 {
		status = http.StatusOK
	}
	if r.HX() {
		r.out.WriteHeader(status)
		_, _ = r.out.Write(body.Bytes())
		return nil
	}
	f := frame{
		View: v, Office: r.House.Office, Person: r.Person, Known: r.Known, Done: Sentence(r.URL.Query().Get("done")),
		Style: assets.style, Icon: assets.icon, Script: assets.scripts,
		Body: template.HTML(body.String()), //nolint:gosec // it is what a template has escaped
	}
	if v.Nav == "" {
		f.View.Nav = r.URL.Path
	}
	if r.Known {
		f.Role, f.Nav, f.Tabs = roleOf(r.Person), r.navigation(), r.tabs()
		f.Tab = tabOf(f.Tabs, f.View.Nav)
	}
	var out bytes.Buffer
	if err := views.t.ExecuteTemplate(&out, "layout", f); err != nil {
		return fmt.Errorf("layout: %w", err)
	}
	r.out.WriteHeader(status)
	_, _ = r.out.Write(out.Bytes())
	return nil
}

func roleOf(p roster.Person) string {
	for _, r := range []roster.Role{roster.Admin, roster.Office, roster.Lead, roster.Counselor} {
		if p.Is(r) {
			return r.String()
		}
	}
	return ""
}

// Sentence is what a page says of what was just done, by its word in the URL; "" for a
// word that is not known. So nobody can put words of their own there.
func Sentence(what string) string { return sentences[what] }

var sentences = map[string]string{
	"imported":  "要点已换成这一版。私聊发“撤销导入”可回到上一版。",
	"retried":   "已重新排队，马上再发。",
	"cancelled": "已取消，不会再发。",
	"sent":      "已记作发出。",
	"paused":    "已暂停发送。要发的都留着，恢复后接着发。",
	"resumed":   "已恢复发送。",
	"alarm":     "测试报警已发出，请到各个渠道看看收到没有。",
	"backup":    "已备份。",
	"ended":     "已让那台设备退出。",
	"factor":    "已设好验证器。",
	"unfactor":  "已关掉验证器。",
	"password":  "密码已改，别的设备都已退出。",
	"revoked":   "链接已收回，打不开了。",
	"answered":  "已答复，并告诉了问的人。",
	"granted":   "已同意，并告诉了申请人。",
	"refused":   "没有同意，已告诉申请人。",
	"roster":    "名单已换成这一份。",
	"claimed":   "已认领，能读懂的话已补记。他可以回复和填报；要管理权限，请给他绑定码。",
	"guest":     "已认领，本次登录内有效，能读懂的话已补记。要长期有效，请在手机上把他的备注改成“姓名#工号”。",
	"stranger":  "好的，不是名单上的人，留着的话已删除。",
	"unbound":   "已解除绑定，原来的号不再算是他。报过的、回过的不变；手机备注里写着他工号的，也请改掉。",
	"leave":     "已登记，请假期间不催。",
	"unleave":   "已取消这次请假。",
	"back":      "已销假，之后的通知照常提醒。",

	"job-saved":    "已保存。",
	"job-paused":   "已暂停，继续以后才发。这期间的不补发。",
	"job-resumed":  "已继续。",
	"job-deleted":  "已删除，没发出去的也不发了。下面“删掉的”里可以找回。",
	"job-restored": "已恢复成那一版。",
	"day-put":      "已记入日历。有提醒因此变动的，已私聊告诉管理员。",
	"day-deleted":  "已从日历删除。有提醒因此变动的，已私聊告诉管理员。",
	"school-put":   "已换校历。有提醒因此变动的，已私聊告诉管理员。",
	"reported":     "已记下。报错了可以撤回。",
	"duty":         "已记下。",
	"alias":        "已记下。以后这样说，也查得到。",
	"alias-gone":   "已删除这个别名。",
	"withdrawn":    "已撤回，不再算数。",
}

// An entry is one of the navigation.
type entry struct{ Words, To, Icon string }

func (r *Request) navigation() (groups [][]entry) {
	for _, g := range [][]entry{
		{{Words: "今日", To: "/"}, {Words: "收件箱", To: "/inbox"}},
		{{Words: "要点", To: "/plan"}, {Words: "通知", To: "/notices"}, {Words: "提醒", To: "/jobs"}},
		{{Words: "名单", To: "/people"}, {Words: "请假", To: "/people/leave"}},
		{{Words: "发件箱", To: "/outbox"}, {Words: "账号", To: "/accounts"}, {Words: "操作记录", To: "/audit"}, {Words: "系统", To: "/system"}},
	} {
		if open := r.open(g); len(open) > 0 {
			groups = append(groups, open)
		}
	}
	return groups
}

func (r *Request) tabs() []entry {
	tabs := r.open([]entry{
		{Words: "今日", To: "/", Icon: "today"},
		{Words: "要点", To: "/plan", Icon: "plan"},
		{Words: "通知", To: "/notices", Icon: "notice"},
		{Words: "提醒", To: "/jobs", Icon: "job"},
	})
	return append(tabs, entry{Words: "更多", To: "/more", Icon: "more"})
}

// tabOf is the tab of a phone that a page belongs to.
func tabOf(tabs []entry, nav string) string {
	for _, t := range tabs {
		if t.To == nav {
			return nav
		}
	}
	return "/more"
}

// open returns the entries that the person may open.
func (r *Request) open(all []entry) (open []entry) {
	for _, e := range all {
		if r.House.Has(e.To, r.Person) {
			open = append(open, e)
		}
	}
	return open
}

// More is the page that a phone's last tab leads to: all of the navigation.
func More(views *Views) Route {
	return Get("/more", chat.Look, func(r *Request) error {
		return r.Show(views, View{Name: "more", Title: "更多", Data: struct {
			Groups [][]entry
			Person roster.Person
			Role   string
		}{r.navigation(), r.Person, roleOf(r.Person)}})
	})
}
