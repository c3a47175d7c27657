package webchat

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"duban/bot"
	"duban/lobby"
)

//go:embed static
var static embed.FS

const csp = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// A refusal is an answer to the browser that is not what it asked for.
type refusal struct {
	code int
	text string // for the visitor: what to do next
}

// Error returns the sentence that the page shows.
func (r refusal) Error() string { return r.text }

var (
	errForeignHost = refusal{http.StatusMisdirectedRequest, "这个地址不是本页的地址，请用启动时显示的地址打开"}
	errNobody      = refusal{http.StatusNotFound, "名单里没有这个人，请重新选择身份"}
	errNoChat      = refusal{http.StatusNotFound, "没有这个会话，请返回列表重新选择"}
	errNoMessage   = refusal{http.StatusNotFound, "找不到这条消息，它可能太旧了"}
	errTwice       = refusal{http.StatusBadRequest, "请求有重复的参数，请刷新页面"}
	errForm        = refusal{http.StatusBadRequest, "请求的格式不对，请刷新页面"}
	errTooLarge    = refusal{http.StatusRequestEntityTooLarge, "内容太大了，请缩短后再发"}
	errTooMuch     = refusal{http.StatusTooManyRequests, "发得太快了，请歇一会儿再发"}
	errNotSaved    = refusal{http.StatusInternalServerError, "没有保存下来，请稍后再发"}
)

// routes are all that the page's server answers.
func (a *Account) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":           a.index,
		"GET /static/{file}": a.asset,
		"GET /api/people":    a.listPeople,
		"GET /api/state":     a.state,
		"GET /api/history":   a.history,
		"GET /api/search":    a.search,
		"GET /api/events":    a.events,
		"GET /api/file/{id}": a.showFile,
		"POST /api/say":      a.postSay,
		"POST /api/recall":   a.postRecall,
		"POST /api/press":    a.postPress,
		"POST /api/read":     a.postRead,
		"POST /api/file":     a.postFile,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := error(errTwice)
			if !repeats(r.URL.Query()) {
				err = h(w, r)
			}
			if err != nil {
				a.refuse(w, err)
			}
		})
	}
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a.refuse(w, refusal{http.StatusForbidden, "请求来自别的网站，已拒绝"})
	}))
	return a.guard(origin.Handler(mux))
}

// repeats reports whether a parameter is there twice, so that it is not clear
// what is meant.
func repeats(q url.Values) bool {
	for _, values := range q {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

// guard puts the headers on every answer and lets only known hosts in, so that
// no other site can reach the page under a name of its own.
func (a *Account) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lobby.Guard(w.Header(), csp)
		if !bot.Loopback((&url.URL{Host: r.Host}).Hostname()) {
			a.refuse(w, errForeignHost)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers with what err says to the visitor, or with no detail at all.
func (a *Account) refuse(w http.ResponseWriter, err error) {
	r := refusal{http.StatusInternalServerError, "出错了，请刷新页面"}
	if !errors.As(err, &r) {
		a.o.Log.Error("request", "account", a.o.Name, "err", err)
	}
	if r.code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "2")
	}
	_ = reply(w, r.code, map[string]string{"error": r.text})
}

func reply(w http.ResponseWriter, code int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(data) // the browser has gone if this fails
	return nil
}

var indexPage = template.Must(template.ParseFS(static, "static/index.html"))

func (a *Account) index(w http.ResponseWriter, _ *http.Request) error {
	var b bytes.Buffer
	if err := indexPage.Execute(&b, map[string]any{"Bot": a.o.BotName}); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
	return nil
}

// asset serves a script, style or picture of the page itself.
func (a *Account) asset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	data, err := fs.ReadFile(static, "static/"+name)
	if err != nil || name == "index.html" {
		return refusal{http.StatusNotFound, "没有这个文件，请刷新页面"}
	}
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	return nil
}

// visitor returns whom the visitor plays.
func (a *Account) visitor(r *http.Request) (Person, error) { return a.person(r.URL.Query().Get("as")) }

// person returns who has an id.
func (a *Account) person(id string) (Person, error) {
	p, ok := a.seated.Load().byID[id]
	if !ok {
		return Person{}, errNobody
	}
	return p, nil
}

// conversation returns the chat of that id, if person is in it.
func (a *Account) conversation(person, id string) (*chat, error) {
	c := a.seated.Load().chats[id]
	if c == nil || !c.has(person) {
		return nil, errNoChat
	}
	return c, nil
}
