package entry

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
)

// A kept is a field that was filled in for what wants the password first.
type kept struct{ Name, Value string }

// keptOf are the fields of a form whose names begin with a prefix, without it.
func keptOf(form url.Values, prefix string) (all []kept) {
	for name, values := range form {
		if short, ok := strings.CutPrefix(name, prefix); ok {
			for _, v := range values {
				all = append(all, kept{short, v})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b kept) int { return strings.Compare(a.Name, b.Name) })
	return all
}

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
	r.PostForm.Del(field)
	f.Kept = keptOf(r.PostForm, "")
	a, err := accountOf(r)
	switch {
	case err != nil:
		return false, err
	case a.Hash == "": // it is set first
		return false, r.See("/login/again?" + url.Values{"next": {f.Next}}.Encode())
	}
	return false, d.showAgain(r, f, status)
}

// A held form was posted by a browser that is not logged in, or no more. It travels with
// the pages of the login, and goes on from there when its sender says so: by then they may
// be somebody else.
type held struct {
	Path string
	Kept []kept
}

// heldField is where the pages of the login carry the path of a held form. Before the names
// of its fields stands the same, and a dot.
const heldField = "held"

// heldOf returns the form that a page of the login has carried; nil is none.
func heldOf(r *page.Request) *held {
	path := r.PostFormValue(heldField)
	if path == "" {
		return nil
	}
	return &held{page.Local(path), keptOf(r.PostForm, heldField+".")}
}

// Hold answers what was posted with the login, which carries it. Files are not carried.
func Hold(r *page.Request) error {
	return desk{}.showLogin(r, form{Next: "/", Held: &held{r.URL.RequestURI(), keptOf(r.PostForm, "")}}, http.StatusUnauthorized)
}

// enters leads somebody who has logged in on to where they wanted, or to the form that was
// held.
func enters(r *page.Request, p roster.Person, h *held, next string) error {
	if h == nil {
		return r.See(next)
	}
	return r.Show(views, page.View{Name: "resume", Title: "接着办", Shape: page.Solo, Data: form{Who: p.Name, Held: h}})
}
