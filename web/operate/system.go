package operate

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"duban/handlers/chat"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
	"duban/zh"
)

func systemRoutes() []page.Route {
	bare := page.Get("/system/me", chat.Reply, showMe)
	bare.Bare = true
	drill := slow(page.Post("/system/drill", chat.Operate, drill).Proved())
	drill.Secret = true // the key to all copies
	return []page.Route{
		page.Get("/system", chat.Operate, showSystem),
		slow(page.Post("/system/backup", chat.Operate, backUp)),
		drill,
		page.Get("/system/shares", chat.Operate, askShare).Proved(),
		page.Post("/system/shares", chat.Operate, makeShare).Proved(),
		page.Post("/system/shares/{id}/revoke", chat.Operate, revokeShare),
		bare,
		page.Post("/system/me/end", chat.Reply, endSession),
		page.Post("/system/me/unfactor", chat.Reply, dropFactor).Proved(),
	}
}

// slow lets a route answer for longer than a page may take.
func slow(r page.Route) page.Route {
	r.Long = true
	return r
}

// A systemView is what the page shows.
type systemView struct {
	Version string
	Copies  []backupRow
	Folder  string
	More    int
	Facts   []fact
	Shares  []shareRow
	Drilled string
	Error   string
	Link    string // of the share that was just made, shown once
	Remote  bool
}

// A backupRow is a copy.
type backupRow struct{ Name, Made, Size string }

// A shareRow is a link for leaders.
type shareRow struct {
	ID, Name, Why string
	Over          bool
}

func showSystem(r *page.Request) error { return systemPage(r, systemView{}, 0) }

func systemPage(r *page.Request, v systemView, status int) error {
	v.Version = r.House.Machine.Version()
	copies, folder := r.House.Machine.Copies()
	v.Folder, v.Remote = folder, r.House.URL != ""
	const most = 5
	for _, c := range copies[:min(most, len(copies))] {
		v.Copies = append(v.Copies, backupRow{c.Name, r.House.When(c.Made), page.Size(c.Size)})
	}
	v.More = len(copies) - len(v.Copies)
	used, free := r.House.Machine.Disk()
	data := page.Size(int64(used)) //nolint:gosec // no store is that large
	if free > 0 {
		data += "，磁盘还有" + page.Size(int64(free)) //nolint:gosec // nor is a disk
	}
	v.Facts = append(v.Facts, fact{What: "数据", Text: data})
	err := r.Look(func(s *store.Snapshot) error {
		for _, x := range door.Shares(s) {
			row := shareRow{ID: x.ID, Name: x.Name, Over: !s.Now().Before(x.Until), Why: "不含姓名。"}
			if x.Names {
				row.Why = "含姓名。"
			}
			row.Why += r.House.When(x.Until) + "失效"
			v.Shares = append(v.Shares, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "system", Title: "系统", Nav: "/system", Data: v, Status: status})
}

func backUp(r *page.Request) error {
	if err := r.House.Machine.Backup(r.Context()); err != nil {
		return err
	}
	return r.Act("/system", "backup", func(tx *store.Tx) { r.Audit(tx, "system.backup", "") })
}

// drill opens a copy beside the data, to see that it can be put back.
func drill(r *page.Request) error {
	found, err := r.House.Machine.Drill(r.Context(), r.Field("copy"), r.Field("key"))
	if errors.Is(err, page.ErrCopy) {
		return systemPage(r, systemView{Error: "这份备份没有打开：恢复密钥不对，或文件坏了。请核对首次启动时抄下的 AGE-SECRET-KEY。"}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	err = r.Change(func(tx *store.Tx) error {
		r.Audit(tx, "system.drill", r.Field("copy"))
		return nil
	})
	if err != nil {
		return err
	}
	v := systemView{Drilled: fmt.Sprintf("这份备份完整可用：%s的，%d条记录都读得出。现在的数据没有动。", r.House.When(found.Made), found.Records)}
	if found.Lost > 0 {
		v = systemView{Error: fmt.Sprintf("这份备份少了%d条，读出%d条。请另作一份，并保留更早的。", found.Lost, found.Records)}
	}
	return systemPage(r, v, 0)
}

// A shareForm is what the page shows that makes a link.
type shareForm struct {
	Error, Name string
	Names       bool
}

func askShare(r *page.Request) error { return sharePage(r, shareForm{}, 0) }

func sharePage(r *page.Request, f shareForm, status int) error {
	return r.Show(views, page.View{Name: "newshare", Title: "新建只读链接", Nav: "/system", Shape: page.Task, Data: f, Status: status})
}

func makeShare(r *page.Request) error {
	f := shareForm{Name: zh.Keep(r.Field("name"), 20), Names: r.Field("names") == "yes"}
	days := map[string]int{"7": 7, "30": 30, "90": 90}[r.Field("days")]
	if f.Name == "" || days == 0 {
		f.Error = "请写给谁看，并选多久失效。"
		return sharePage(r, f, http.StatusUnprocessableEntity)
	}
	key := door.Token()
	err := r.Change(func(tx *store.Tx) error {
		door.PutShare(tx, key, door.Share{Name: f.Name, Names: f.Names, By: r.Person.ID, Until: tx.Now().Add(time.Duration(days) * 24 * time.Hour)})
		r.Audit(tx, "share.make", fmt.Sprintf("%d天", days))
		return nil
	})
	if err != nil {
		return err
	}
	at := r.House.URL
	if at == "" {
		at = "http://" + r.Host
		if r.House.Secure {
			at = "https://" + r.Host
		}
	}
	return systemPage(r, systemView{Link: at + "/share/" + key}, 0)
}

func revokeShare(r *page.Request) error {
	ok := false
	err := r.Change(func(tx *store.Tx) error {
		if ok = door.Revoke(tx, r.PathValue("id")); ok {
			r.Audit(tx, "share.revoke", "")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !ok {
		return page.NotFound()
	}
	return r.Done("/system", "revoked")
}

// A meView is what somebody sees of their own logins.
type meView struct {
	Has, Factor, Needed bool
	Since               string
	Devices             []deviceRow
	Others              bool
}

// A deviceRow is a session.
type deviceRow struct {
	ID, Device, Why string
	This            bool
}

func showMe(r *page.Request) error {
	var v meView
	err := r.Look(func(s *store.Snapshot) error {
		a := door.AccountOf(s, r.Person.ID)
		v = meView{Has: a.Hash != "", Factor: len(a.TOTP) > 0, Needed: r.House.Exposed}
		if v.Has {
			v.Since = r.House.When(a.Since)
		}
		for _, x := range door.Sessions(s, r.Person.ID) {
			d := deviceRow{ID: x.ID[:16], Device: x.Device, Why: r.House.When(x.Begun) + "，" + ways[x.How], This: x.ID == r.Session.ID}
			v.Others = v.Others || !d.This
			v.Devices = append(v.Devices, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "me", Title: "我的登录", Nav: "/system/me", Data: v})
}

var ways = map[door.Way]string{door.ByPassword: "用密码登录", door.ByLink: "用一次性链接登录", door.ByCode: "用第一次的码登录"}

// endSession ends one other session of the person, or all others.
func endSession(r *page.Request) error {
	id := r.Field("id")
	return r.Act("/system/me", "ended", func(tx *store.Tx) {
		for _, x := range door.Sessions(tx.Snapshot, r.Person.ID) {
			if r.Session.Weak && !x.Weak {
				continue // who is only called like somebody must not lock them out
			}
			if x.ID != r.Session.ID && (id == "" || x.ID[:16] == id) {
				door.End(tx, x)
				r.Audit(tx, "session.end", r.Person.ID)
			}
		}
	})
}

func dropFactor(r *page.Request) error {
	if r.Session.Weak {
		return &page.Fault{Status: http.StatusForbidden, Title: "还不能关验证器", Text: "机器人是凭群里的名字认出您的，这样不能关。请用密码登录。"}
	}
	if r.House.Exposed {
		return page.Refuse("没有关：这一页别的电脑也能打开，要有验证器", "可以换一个验证器。", page.Way{Words: "换一个", To: "/system/factor"})
	}
	return r.Act("/system/me", "unfactor", func(tx *store.Tx) {
		a := door.AccountOf(tx.Snapshot, r.Person.ID)
		a.TOTP, a.Step = nil, 0
		door.PutAccount(tx, r.Person.ID, a)
		r.Audit(tx, "login.unfactor", r.Person.ID)
	})
}
