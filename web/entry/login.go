package entry

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
	"duban/zh"
)

// A form is what a page of this package shows: what was typed, and what is wrong.
type form struct {
	Who, Next, Error string
	First            bool // nobody has a password yet
	Code             string
	Chat             bool // a link from chat can be had
	Held             *held
}

func (d desk) login(r *page.Request) error {
	next := page.Local(r.URL.Query().Get("next"))
	if r.Known {
		return r.See(next)
	}
	return d.showLogin(r, form{Next: next}, 0)
}

func (d desk) showLogin(r *page.Request, f form, status int) error {
	err := r.Look(func(s *store.Snapshot) error {
		f.First = NeedsCode(s)
		return nil
	})
	if err != nil {
		return err
	}
	f.Chat = byChat(r)
	return r.Show(views, page.View{Name: "login", Title: "登录", Shape: page.Solo, Data: f, Status: status})
}

// NeedsCode tells whether no admin has a password: then the first one gets in by the code
// of the terminal.
func NeedsCode(s *store.Snapshot) bool {
	for _, id := range door.People(s) {
		if p, ok := roster.Find(s, id); ok && p.Is(roster.Admin) && door.AccountOf(s, id).Hash != "" {
			return false
		}
	}
	return true
}

// meant returns the one person whom somebody calls themselves; ok is false if that is
// nobody, or not one.
func meant(s *store.Snapshot, who string) (p roster.Person, ok bool) {
	all := roster.Current(s).Called(who)
	if len(all) != 1 {
		return p, false
	}
	return all[0], true
}

// enter looks at a password. What is answered, and how long that takes, is the same
// whether the person or the password was wrong.
func (d desk) enter(r *page.Request) error {
	who, next, waits := r.Field("who"), page.Local(r.PostFormValue("next")), heldOf(r)
	var p roster.Person
	var a door.Account
	var ok, known bool
	err := r.Look(func(s *store.Snapshot) error {
		if p, ok = meant(s, who); ok {
			a = door.AccountOf(s, p.ID)
			known = a.Knows(r.Address)
		}
		return nil
	})
	if err != nil {
		return err
	}
	counted := p.ID
	if !ok {
		counted = "?" + store.Digest(who)[:2] // whoever is tried, there are few of them
	}
	left, wait, may := d.guesses.Allow(counted, r.Address, known, time.Now())
	if !may {
		return d.showLogin(r, form{Who: who, Next: next, Held: waits, Error: tooMany(r, wait)}, http.StatusTooManyRequests)
	}
	if !door.Matches(a.Hash, r.PostFormValue("password")) || !ok {
		return d.wrong(r, p, form{Who: who, Next: next, Held: waits, Error: "没有登录：工号或密码不对。" + warning(left)})
	}
	d.guesses.Right(counted, r.Address, known)
	x := door.Session{Person: p.ID, How: door.ByPassword, Half: len(a.TOTP) > 0, Next: next, Proved: r.Now()}
	err = let(r, x, func(tx *store.Tx) { unchanged(tx, p.ID, a) })
	if err != nil {
		return err
	}
	switch {
	case x.Half && waits != nil:
		return showSecond(r, "", 0)
	case x.Half:
		return r.See("/login/2fa")
	}
	return enters(r, p, waits, next)
}

// unchanged ends a transaction if somebody's password, or whether they have a second
// factor, is no more what it was when it was looked at.
func unchanged(tx *store.Tx, person string, was door.Account) {
	if now := door.AccountOf(tx.Snapshot, person); now.Hash != was.Hash || len(now.TOTP) != len(was.TOTP) {
		store.Check(page.Refuse("没有办成", "密码或验证器刚刚改过，请用新的再来一次。", page.Way{Words: "重新登录", To: "/login"}))
	}
}

// wrong notes that somebody did not get in.
func (d desk) wrong(r *page.Request, p roster.Person, f form) error {
	r.House.Log.Warn("login failed", "address", store.Digest(r.Address))
	if p.ID != "" {
		err := r.Change(func(tx *store.Tx) error {
			tx.Audit(store.Audit{Source: store.Page, Action: "login.failed", Object: p.ID})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return d.showLogin(r, f, http.StatusUnauthorized)
}

// byChat tells whether the bot gives links to log in by.
func byChat(r *page.Request) bool { return r.House.URL != "" }

func tooMany(r *page.Request, wait time.Duration) string {
	text := fmt.Sprintf("没有登录：错得太多，请过%d分钟再试。", max(1, int(math.Ceil(wait.Minutes()))))
	if byChat(r) {
		text += "私聊机器人说“登录网页”，现在就能进。"
	}
	return text
}

func warning(left int) string {
	if left == 0 {
		return "再试要等15分钟。"
	}
	return fmt.Sprintf("再错%d次要等15分钟。", left)
}

func (d desk) factor(r *page.Request) error {
	if r.Known {
		return r.See(r.Session.Next)
	}
	return showSecond(r, "", 0)
}

func showSecond(r *page.Request, wrong string, status int) error {
	return r.Show(views, page.View{Name: "second", Title: "动态验证码", Shape: page.Solo, Status: status, Data: form{Error: wrong, Held: heldOf(r)}})
}

// second looks at the code of the second factor.
func (d desk) second(r *page.Request) error {
	if !r.Session.Half {
		return r.See("/")
	}
	person := r.Session.Person
	_, wait, may := d.guesses.Allow(person+"/factor", r.Address, false, time.Now())
	if !may {
		return showSecond(r, tooMany(r, wait), http.StatusTooManyRequests)
	}
	right := false
	whole := r.Session
	whole.Half = false
	err := r.Look(func(s *store.Snapshot) error {
		_, right = door.AccountOf(s, person).Check(r.Field("code"), s.Now())
		return nil
	})
	if err != nil {
		return err
	}
	if !right {
		return showSecond(r, "这6位数字不对，或已经用过。等验证器换下一个，再输一次。", http.StatusUnauthorized)
	}
	err = let(r, whole, func(tx *store.Tx) {
		mine(tx, r)
		a, ok := door.AccountOf(tx.Snapshot, person).Check(r.Field("code"), tx.Now())
		if !ok {
			store.Check(page.Refuse("没有登录", "这6位数字刚刚用过了，请等下一个。", page.Way{Words: "重新登录", To: "/login"}))
		}
		door.PutAccount(tx, person, a)
	})
	if err != nil {
		return err
	}
	d.guesses.Right(person+"/factor", r.Address, false)
	return enters(r, r.Person, heldOf(r), whole.Next)
}

func (d desk) first(r *page.Request) error {
	return d.showFirst(r, form{}, 0)
}

func (d desk) showFirst(r *page.Request, f form, status int) error {
	return r.Show(views, page.View{Name: "first", Title: "第一次使用", Shape: page.Solo, Data: f, Status: status})
}

// begin sets the first password by the code of the terminal.
func (d desk) begin(r *page.Request) error {
	f := form{Who: r.Field("who"), Code: r.Field("code")}
	code := strings.NewReplacer(" ", "", "-", "", "　", "").Replace(f.Code)
	password := r.PostFormValue("password")
	const wrongCode = "码不对，或已经过期、用过。在那台电脑上运行 duban web code，会给一个新的。"
	there, err := store.Read(r.Context(), r.House.Store, door.HasCode)
	if err != nil {
		return err
	}
	if !there { // nobody must be able to make the store write, again and again
		f.Error = wrongCode
		return d.showFirst(r, f, http.StatusUnprocessableEntity)
	}
	_, wait, may := d.guesses.Allow("?code", r.Address, true, time.Now()) // so that no one address ends the code of somebody else
	if !may {
		f.Error = tooMany(r, wait)
		return d.showFirst(r, f, http.StatusTooManyRequests)
	}
	var p roster.Person
	right := false
	err = r.Change(func(tx *store.Tx) error {
		right = door.CheckCode(tx, code)
		var ok bool
		p, ok = meant(tx.Snapshot, f.Who)
		switch {
		case !right:
			f.Error = wrongCode
		case !ok || !p.Is(roster.Admin):
			f.Error = noAdmin(tx.Snapshot)
		default:
			f.Error = weakness(r, p, password)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if right {
		d.guesses.Right("?code", r.Address, true)
	}
	if f.Error != "" {
		return d.showFirst(r, f, http.StatusUnprocessableEntity)
	}
	hash := door.Hash(password)
	err = let(r, door.Session{Person: p.ID, How: door.ByCode, Proved: r.Now()}, func(tx *store.Tx) {
		if !door.TakeCode(tx, code) {
			store.Check(page.Refuse("没有设好", "这个码刚刚用过了。", page.Way{Words: "去登录", To: "/login"}))
		}
		door.Reset(tx, p.ID)
		door.PutAccount(tx, p.ID, door.Account{Hash: hash, Since: tx.Now()})
		tx.Audit(store.Audit{Actor: p.ID, Source: store.Page, Action: "login.first", Object: p.ID})
	})
	if err != nil {
		return err
	}
	if r.House.Exposed {
		return r.See("/system/factor")
	}
	return r.See("/start/1")
}

// noAdmin says who the admins are. Who has the code sits at the computer: they may know
// whom the list has, above all when it is still the sample.
func noAdmin(s *store.Snapshot) string {
	admins := roster.Current(s).Holders(roster.Admin)
	return "名单上没有这样一位管理员。请写名单上管理员的姓名或工号：" + zh.List(admins, func(p roster.Person) string { return p.Name }) + "。"
}

func accountOf(r *page.Request) (door.Account, error) {
	return store.Read(r.Context(), r.House.Store, func(s *store.Snapshot) door.Account { return door.AccountOf(s, r.Person.ID) })
}

// device is what people know a browser by.
func device(agent string) string {
	system, browser := "电脑", "浏览器"
	for _, x := range []struct{ in, word string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"HarmonyOS", "鸿蒙手机"}, {"Android", "安卓手机"}, {"Windows", "Windows电脑"}, {"Macintosh", "苹果电脑"}, {"Linux", "Linux电脑"},
	} {
		if strings.Contains(agent, x.in) {
			system = x.word
			break
		}
	}
	for _, x := range []struct{ in, word string }{
		{"wxwork", "企业微信"}, {"MicroMessenger", "微信"}, {"Lark", "飞书"}, {"Feishu", "飞书"}, {"Edg/", "Edge"}, {"Firefox/", "火狐"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(agent, x.in) {
			browser = x.word
			break
		}
	}
	return system + "，" + browser
}

// weakness is [door.Weakness] of somebody's password.
func weakness(r *page.Request, p roster.Person, password string) string {
	return door.Weakness(password, p.Name, p.ID, p.College, r.House.Office, r.House.Bot)
}
