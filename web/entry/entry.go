// Package entry are the pages by which people get into the page: by a password and a
// second factor, by the code of the first start, and by a link from chat.
package entry

import (
	"embed"
	"net/http"
	"time"

	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package. Wrong passwords are counted in guesses.
func Routes(guesses *door.Throttle) []page.Route {
	d := desk{guesses}
	open := func(r page.Route) page.Route {
		r.Open, r.Half = true, true
		return r
	}
	half := func(r page.Route) page.Route {
		r.Half = true
		return r
	}
	bare := func(r page.Route) page.Route {
		r.Bare = true
		return r
	}
	all := []page.Route{
		open(page.Get("/login", chat.Look, d.login)),
		open(page.Post("/login", chat.Look, d.enter)),
		open(page.Get("/login/code", chat.Look, d.first)),
		open(page.Post("/login/code", chat.Look, d.begin)),
		half(page.Get("/login/2fa", chat.Reply, d.factor)),
		half(page.Post("/login/2fa", chat.Reply, d.second)),
		bare(page.Get("/login/again", chat.Reply, d.again)),
		bare(page.Post("/login/again", chat.Reply, d.prove)),
		open(page.Post("/logout", chat.Look, logout)),
		open(page.Get("/l/{key}", chat.Look, link)),
		open(page.Post("/l/{key}", chat.Look, follow)),
		bare(page.Get("/system/factor", chat.Reply, strong(showFactor))),
		bare(page.Post("/system/factor", chat.Reply, strong(setFactor))),
		bare(page.Get("/system/password", chat.Reply, strong(d.showPassword))),
		bare(page.Post("/system/password", chat.Reply, strong(d.setPassword))),
	}
	for i := range all {
		all[i].Secret = true // what is typed here are passwords and codes
	}
	return all
}

// A desk is where passwords are looked at.
type desk struct{ guesses *door.Throttle }

// let lets somebody in: a new token, whatever the browser had before.
func let(r *page.Request, x door.Session, also func(tx *store.Tx)) error {
	token := door.Token()
	x.Device = device(r.UserAgent())
	old := r.Session
	err := r.Change(func(tx *store.Tx) error {
		also(tx)
		if old.ID != "" {
			door.End(tx, old)
		}
		x = door.Begin(tx, token, x)
		if !x.Half {
			if !x.Weak { // whose place it is, is not known
				door.Recognize(tx, x.Person, r.Address)
			}
			tx.Audit(store.Audit{Actor: x.Person, Source: store.Page, Action: "login", Object: x.Person, Result: string(x.How)})
		}
		return nil
	})
	if err == nil {
		r.SetToken(token)
	}
	return err
}

func logout(r *page.Request) error {
	if r.Session.ID != "" {
		err := r.Change(func(tx *store.Tx) error {
			door.End(tx, r.Session)
			tx.Audit(store.Audit{Actor: r.Session.Person, Source: store.Page, Action: "logout", Object: r.Session.Person})
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.SetToken("")
	r.Out().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return r.See("/login")
}

// link asks whether to log in. Looking uses nothing up: chat networks fetch links.
func link(r *page.Request) error {
	var l door.Link
	var ok bool
	var name string
	err := r.Look(func(s *store.Snapshot) error {
		l, ok = door.LinkOf(s, r.PathValue("key"))
		p, known := roster.Find(s, l.Person)
		ok, name = ok && known, p.Name
		return nil
	})
	if err != nil {
		return err
	}
	if !ok || l.Used {
		return spent(l.Used)
	}
	return r.Show(views, page.View{Name: "link", Title: "用链接登录", Shape: page.Solo, Data: map[string]any{
		"Person": name, "Made": r.House.When(l.Made), "Minutes": int(door.LinkLife / time.Minute),
	}})
}

// follow uses the link up.
func follow(r *page.Request) error {
	var l door.Link
	var ok bool
	key := r.PathValue("key")
	err := r.Look(func(s *store.Snapshot) error {
		l, ok = door.LinkOf(s, key)
		return nil
	})
	if err != nil {
		return err
	}
	if !ok || l.Used {
		return spent(l.Used)
	}
	err = let(r, door.Session{Person: l.Person, Weak: l.Weak, How: door.ByLink}, func(tx *store.Tx) {
		if !door.TakeLink(tx, key) {
			store.Check(spent(true)) // by another request, just now
		}
	})
	if err != nil {
		return err
	}
	return r.See(l.Next)
}

func spent(used bool) error {
	f := &page.Fault{
		Status: http.StatusGone, Title: "这个链接已经过期", Text: "私聊机器人说“登录网页”，会再给一个。",
		Go: []page.Way{{Words: "用密码登录", To: "/login"}},
	}
	if used {
		f.Title, f.Text = "这个链接已经用过了", "一次性链接只能用一次。"+f.Text
	}
	return f
}
