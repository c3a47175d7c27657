package entry

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duban/store"
	"duban/web/door"
	"duban/web/page"
)

// A kept is a field that was filled in for what wants the password first.
type kept struct{ Name, Value string }

// An againForm is what the page shows that asks for the password again. What was posted
// travels with it, so that nothing has to be typed twice.
type againForm struct {
	Who, Next, Error string
	Path             string // to which what was posted goes on; "" is to Next
	Multipart        bool
	Kept             []kept
}

func (d desk) again(r *page.Request) error {
	return d.showAgain(r, againForm{Next: page.Local(r.URL.Query().Get("next"))}, 0)
}

func (d desk) showAgain(r *page.Request, f againForm, status int) error {
	a, err := accountOf(r)
	if err != nil {
		return err
	}
	if a.Hash == "" {
		return r.See("/system/password?" + url.Values{"next": {f.Next}}.Encode())
	}
	f.Who = r.Person.ID
	return r.Show(views, page.View{Name: "again", Title: "再输一次密码", Shape: page.Solo, Data: f, Status: status})
}

// prove notes that the password was typed again, for what wants that.
func (d desk) prove(r *page.Request) error {
	f := againForm{Next: page.Local(r.PostFormValue("next"))}
	wrong, status, err := d.check(r, r.PostFormValue("password"))
	if err != nil {
		return err
	}
	if f.Error = wrong; wrong != "" {
		return d.showAgain(r, f, status)
	}
	return r.See(f.Next)
}

// check looks at a password that was typed again, and says what is wrong with it. If
// nothing is, it counts for a while.
func (d desk) check(r *page.Request, password string) (wrong string, status int, err error) {
	a, err := accountOf(r)
	if err != nil {
		return "", 0, err
	}
	left, wait, may := d.guesses.Allow(r.Person.ID, r.Address, a.Knows(r.Address), time.Now())
	if !may {
		return tooMany(r, wait), http.StatusTooManyRequests, nil
	}
	if !door.Matches(a.Hash, password) {
		return "密码不对。" + warning(left), http.StatusUnauthorized, nil
	}
	d.guesses.Right(r.Person.ID, r.Address, a.Knows(r.Address))
	err = r.Change(func(tx *store.Tx) error {
		unchanged(tx, r.Person.ID, a)
		door.Prove(tx, r.Session.ID)
		r.Audit(tx, "login.again", r.Person.ID)
		return nil
	})
	r.Session.Proved = r.Now()
	return "", 0, err
}

// Proves asks for the password before what was posted is done, and tells whether it came
// with it. Until then it has answered with a page that carries what was filled in. Files
// are not carried.
func Proves(r *page.Request, guesses *door.Throttle) (bool, error) {
	d := desk{guesses}
	const field = "again"
	f := againForm{Next: "/", Path: r.URL.RequestURI(), Multipart: strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")}
	status := 0
	if password := r.PostFormValue(field); password != "" {
		wrong, code, err := d.check(r, password)
		if err != nil || wrong == "" {
			return err == nil, err
		}
		f.Error, status = wrong, code
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if name != field {
				f.Kept = append(f.Kept, kept{name, v})
			}
		}
	}
	a, err := accountOf(r)
	switch {
	case err != nil:
		return false, err
	case a.Hash == "": // it is set first
		return false, r.See("/login/again?" + url.Values{"next": {f.Next}}.Encode())
	}
	slices.SortStableFunc(f.Kept, func(a, b kept) int { return strings.Compare(a.Name, b.Name) })
	return false, d.showAgain(r, f, status)
}
