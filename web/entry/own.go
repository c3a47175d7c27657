package entry

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"duban/store"
	"duban/web/door"
	"duban/web/page"
)

// mine ends a transaction whose session was ended since the request came: by a reset, or
// by its owner elsewhere.
func mine(tx *store.Tx, r *page.Request) {
	if !door.Live(tx.Snapshot, r.Session.ID) {
		store.Check(page.Refuse("没有办成", "这次登录刚刚被取消了。", page.Way{Words: "重新登录", To: "/login"}))
	}
}

// A factorForm is what the page shows that sets up a second factor.
type factorForm struct {
	Error, Secret string
	Picture       template.HTML
	Set           bool // there is one
	Needed        bool
}

// strong refuses who is known by a name in a group only: others may be called so, and
// must not get a password of the person whom they are taken for.
func strong(do func(*page.Request) error) func(*page.Request) error {
	return func(r *page.Request) error {
		if r.Session.Weak {
			return &page.Fault{
				Status: http.StatusForbidden, Title: "还不能设密码", Text: "机器人是凭群里的名字认出您的，这样不能设密码。请向管理员要一个绑定码，私聊机器人发“绑定 绑定码”，再要一个登录链接。",
			}
		}
		return do(r)
	}
}

func showFactor(r *page.Request) error {
	a, err := accountOf(r)
	if err != nil {
		return err
	}
	if a.Hash == "" {
		return r.See("/system/password?next=/system/factor")
	}
	return offerFactor(r, door.NewSecret(), len(a.TOTP) > 0, "", 0)
}

func offerFactor(r *page.Request, secret []byte, set bool, wrong string, status int) error {
	picture, err := page.Code(door.SecretURL(secret, r.Person.Name), "验证器的二维码")
	if err != nil {
		return fmt.Errorf("factor: %w", err)
	}
	return r.Show(views, page.View{Name: "factor", Title: "验证器", Shape: page.Solo, Status: status, Data: factorForm{
		Error: wrong, Secret: door.SecretText(secret), Picture: picture, Set: set, Needed: r.House.Exposed,
	}})
}

// setFactor keeps a second factor, once a code of it shows that the phone has it.
func setFactor(r *page.Request) error {
	secret, err := door.ParseSecret(r.Field("secret"))
	if err != nil || len(secret) != len(door.NewSecret()) {
		return page.Refuse("没有设好", "请重新打开这一页，再扫一次。", page.Way{Words: "再来一次", To: "/system/factor"})
	}
	a, err := accountOf(r)
	if err != nil {
		return err
	}
	if a.Hash == "" || r.Now().Sub(r.Session.Proved) > page.ProofLife {
		return r.See("/login/again?next=/system/factor")
	}
	fresh, ok := door.Account{TOTP: secret}.Check(r.Field("code"), r.Now())
	if !ok {
		return offerFactor(r, secret, len(a.TOTP) > 0, "这6位数字不对。看看手机的时间准不准，再输一次。", http.StatusUnprocessableEntity)
	}
	return r.Act("/system/me", "factor", func(tx *store.Tx) {
		mine(tx, r)
		unchanged(tx, r.Person.ID, a)
		a := door.AccountOf(tx.Snapshot, r.Person.ID)
		a.TOTP, a.Step = fresh.TOTP, fresh.Step
		door.PutAccount(tx, r.Person.ID, a)
		r.Audit(tx, "login.factor", r.Person.ID)
	})
}

// A passwordForm is what the page shows that sets a password.
type passwordForm struct {
	Error, Next string
	Who         string
	Has         bool // there is one, which must be typed first
}

func (d desk) showPassword(r *page.Request) error {
	a, err := accountOf(r)
	if err != nil {
		return err
	}
	f := passwordForm{Who: r.Person.ID, Next: page.Local(r.URL.Query().Get("next")), Has: a.Hash != ""}
	return r.Show(views, page.View{Name: "password", Title: "密码", Shape: page.Solo, Data: f})
}

// setPassword changes the password, and ends all other sessions.
func (d desk) setPassword(r *page.Request) error {
	a, err := accountOf(r)
	if err != nil {
		return err
	}
	f := passwordForm{Who: r.Person.ID, Next: page.Local(r.PostFormValue("next")), Has: a.Hash != ""}
	if f.Has && r.Now().Sub(r.Session.Proved) > page.ProofLife {
		return r.See("/login/again?next=/system/password")
	}
	if f.Error = weakness(r, r.Person, r.PostFormValue("password")); f.Error != "" {
		return r.Show(views, page.View{Name: "password", Title: "密码", Shape: page.Solo, Status: http.StatusUnprocessableEntity, Data: f})
	}
	hash := door.Hash(r.PostFormValue("password"))
	err = r.Change(func(tx *store.Tx) error {
		mine(tx, r)
		unchanged(tx, r.Person.ID, a)
		a := door.AccountOf(tx.Snapshot, r.Person.ID)
		a.Hash, a.Since = hash, tx.Now()
		door.PutAccount(tx, r.Person.ID, a)
		door.EndAll(tx, r.Person.ID, r.Session.ID)
		door.Prove(tx, r.Session.ID)
		r.Audit(tx, "login.password", r.Person.ID)
		return nil
	})
	if err != nil {
		return err
	}
	if f.Next == "/" || strings.HasPrefix(f.Next, "/system") {
		return r.Done("/system/me", "password")
	}
	return r.See(f.Next)
}
