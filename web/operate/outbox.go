package operate

import (
	"encoding/base64"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

func outboxRoutes() []page.Route {
	return []page.Route{
		page.Get("/outbox", chat.Operate, showOutbox),
		page.Post("/outbox/pause", chat.Operate, onSending("paused", outbox.PauseSending)),
		page.Post("/outbox/resume", chat.Operate, onSending("resumed", outbox.ResumeSending)),
		page.Post("/outbox/{key}/retry", chat.Operate, onRow("retried", outbox.Again)),
		page.Post("/outbox/{key}/sent", chat.Operate, onRow("sent", outbox.Arrived)),
		page.Post("/outbox/{key}/cancel", chat.Operate, onRow("cancelled", cancel)),
	}
}

// A filter is one choice of rows.
type filter struct {
	Key, Words string
	Light      string
	States     []outbox.State
	Count      int
	Here       bool
}

func filters() []filter {
	return []filter{
		{Key: "open", Words: "没发完", States: []outbox.State{outbox.Waiting, outbox.Parked, outbox.Sending}},
		{Key: "unknown", Words: "不知发到没有", Light: "yel", States: []outbox.State{outbox.Unknown}},
		{Key: "dead", Words: "发不出", Light: "red", States: []outbox.State{outbox.Dead, outbox.Expired}},
		{Key: "held", Words: "恢复后留着", Light: "off", States: []outbox.State{outbox.Held}},
		{Key: "sent", Words: "已发", States: []outbox.State{outbox.Sent}},
	}
}

// A row is one text of the outbox as the page shows it.
type row struct {
	Path, To, What, Light, State, Why string
	Retry, Sent, Cancel               bool
}

// shownRows is how many rows of one choice are shown.
const shownRows = 100

// An outboxView is what the page shows.
type outboxView struct {
	Filters []filter
	Rows    []row
	More    int
	Paused  string // since when and by whom
	Stopped []string
	Spent   []string
	AsOf    string
	Empty   string
	Here    string
}

func showOutbox(r *page.Request) error {
	v := outboxView{Here: r.URL.Query().Get("show")}
	if !slices.ContainsFunc(filters(), func(f filter) bool { return f.Key == v.Here }) {
		v.Here = "open"
	}
	err := r.Look(func(s *store.Snapshot) error {
		v.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "outbox", Title: "发件箱", Nav: "/outbox", Data: v})
}

func (v *outboxView) fill(r *page.Request, s *store.Snapshot) {
	channels, _ := outbox.Channels(s)
	people := roster.Current(s)
	v.AsOf = r.House.Clock(s.Now())
	if p, paused := outbox.Paused(s); paused {
		who := "命令行"
		if by, ok := people.Person(p.By); ok {
			who = by.Name
		}
		v.Paused = r.House.When(p.At) + "，" + who
	}
	for _, st := range outbox.Stops(s) {
		v.Stopped = append(v.Stopped, fmt.Sprintf("%s今天发了%d条，平常一天约%d条，已自动停下。", st.Account, st.Sent, st.Usual))
	}
	for _, c := range channels {
		if n, most := outbox.Spent(s, c.Account); most > 0 {
			v.Spent = append(v.Spent, fmt.Sprintf("%s今天主动发了%d条，上限%d条", c.Account, n, most))
		}
	}
	v.Filters = filters()
	for i := range v.Filters {
		f := &v.Filters[i]
		f.Here = f.Key == v.Here
		for row := range f.rows(s, zh.StartOfDay(s.Now().In(r.House.Zone))) {
			f.Count++
			switch {
			case !f.Here:
			case len(v.Rows) == shownRows:
				v.More++
			default:
				v.add(r, s, people, row)
			}
		}
	}
	v.Empty = map[string]string{
		"open": "都发完了，没有等着的。", "unknown": "没有不知下落的消息。", "dead": "没有发不出的消息。", "held": "没有留着的消息。", "sent": "今天还没有发过。",
	}[v.Here]
}

// rows returns the rows of a choice, of those that were sent only today's.
func (f filter) rows(s *store.Snapshot, today time.Time) iter.Seq[outbox.Row] {
	var since time.Time
	if f.Key == "sent" {
		since = today
	}
	return func(yield func(outbox.Row) bool) {
		for _, name := range s.AccountNames() {
			for row := range rowsOf(s, name, f.States, since) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// rowsOf returns the rows of an account in any of several states, of closed ones those
// since a time.
func rowsOf(s *store.Snapshot, account string, states []outbox.State, since time.Time) iter.Seq[outbox.Row] {
	return func(yield func(outbox.Row) bool) {
		if !slices.Contains(outbox.ClosedStates(), states[0]) {
			outbox.Rows(s, account, states...)(yield)
			return
		}
		for _, state := range states {
			for row := range outbox.ClosedSince(s, account, state, since) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

func (v *outboxView) add(r *page.Request, s *store.Snapshot, people *roster.Roster, o outbox.Row) {
	x := row{Path: rowPath(o.Account, o.Key), To: whereTo(s, people, o), What: what(o), State: stateWords[o.State]}
	switch o.State {
	case outbox.Unknown:
		x.Light, x.Why = "yel", r.House.When(o.Closed)+"发的时候断了。再发会标【可能重复】"
		x.Retry, x.Sent = o.Text != "", true
	case outbox.Dead, outbox.Expired:
		x.Light, x.Why, x.Retry = "red", r.House.When(o.Closed)+"放弃的", o.Text != ""
		if o.State == outbox.Dead && o.Attempt > 0 {
			x.Why += fmt.Sprintf("，试了%d次", o.Attempt)
		}
	case outbox.Held:
		x.Light, x.Cancel = "off", true
		x.Why = "数据是从备份恢复的，它也许已经发过"
		x.Retry = o.Text != ""
	case outbox.Parked:
		x.Light, x.Why, x.Cancel = "yel", "找不到发到哪里：群改了名，或这个人还没绑定", true
	case outbox.Sending:
		x.Why = "正在发"
	case outbox.Sent:
		x.Light, x.Why = "ok", r.House.When(o.Closed)
	default:
		x.Cancel, x.Why = true, "马上发"
		if o.Next.After(s.Now()) {
			x.Why = r.House.When(o.Next) + "发"
		}
		if o.Attempt > 0 {
			x.Why += fmt.Sprintf("，已试%d次", o.Attempt)
		}
	}
	v.Rows = append(v.Rows, x)
}

var stateWords = map[outbox.State]string{
	outbox.Waiting: "等着", outbox.Sending: "在发", outbox.Parked: "等认领", outbox.Sent: "已发", outbox.Dead: "发不出", outbox.Expired: "过了时间",
	outbox.Unknown: "不知发到没有", outbox.Held: "留着",
}

// whereTo says for whom a row is.
func whereTo(s *store.Snapshot, people *roster.Roster, o outbox.Row) string {
	if p, ok := people.Person(o.Person); ok {
		return people.Label(p)
	}
	if g := roster.GroupIn(s, o.Account, o.Chat); g != "" {
		return g
	}
	for _, p := range people.People {
		if roster.PrivateChat(s, o.Account, p.ID) == o.Chat {
			return people.Label(p)
		}
	}
	return "报警渠道" + o.Account
}

// what is the beginning of a text: enough to know it by.
func what(o outbox.Row) string {
	const most = 28
	switch {
	case o.Marks != "":
		return "在消息上打个记号"
	case o.Text != "":
		return zh.Brief(o.Text, most)
	case o.File != nil:
		return "一个文件"
	}
	return "内容已按保存期限删除"
}

// rowPath is the path of a row. Its key may name a person, so that a digest of it stands
// there.
func rowPath(account, key string) string {
	return "/outbox/" + base64.RawURLEncoding.EncodeToString([]byte(account)) + "." + store.Digest(key)
}

// onRow does something to a row.
func onRow(done string, do func(tx *store.Tx, account, key, by string, source store.Source) bool) func(*page.Request) error {
	return func(r *page.Request) error {
		name, digest, _ := strings.Cut(r.PathValue("key"), ".")
		raw, err := base64.RawURLEncoding.DecodeString(name)
		if err != nil {
			return page.NotFound()
		}
		ok := false
		err = r.Change(func(tx *store.Tx) error {
			ok = false
			if key := keyOf(tx.Snapshot, string(raw), digest); key != "" {
				ok = do(tx, string(raw), key, r.Person.ID, store.Page)
			}
			return nil
		})
		switch {
		case err != nil:
			return err
		case !ok:
			return page.Refuse("没有办：它已经不在这里了", "可能刚刚发出，或别人已经处理。", page.Way{Words: "看发件箱", To: "/outbox"})
		}
		return r.Done("/outbox", done)
	}
}

// keyOf finds the row of an account by a digest of its key, among those to which
// something can be done.
func keyOf(s *store.Snapshot, account, digest string) (key string) {
	if !slices.Contains(s.AccountNames(), account) {
		return ""
	}
	for _, f := range filters() {
		if f.Key == "sent" {
			continue
		}
		for row := range rowsOf(s, account, f.States, time.Time{}) {
			if store.Digest(row.Key) == digest {
				return row.Key
			}
		}
	}
	return ""
}

// cancel takes a row back that has not left, or drops one that is held.
func cancel(tx *store.Tx, account, key, by string, source store.Source) bool {
	row, ok := outbox.Lookup(tx.Snapshot, account, key)
	if !ok || row.State != outbox.Held && !row.IsOpen() {
		return false
	}
	outbox.Cancel(tx, account, key)
	tx.Audit(store.Audit{Account: account, Actor: by, Source: source, Action: "outbox.cancel", Object: key})
	return true
}

// onSending stops all sending, or lets it go on.
func onSending(done string, do func(tx *store.Tx, by string, source store.Source) bool) func(*page.Request) error {
	return func(r *page.Request) error {
		return r.Act("/outbox", done, func(tx *store.Tx) { do(tx, r.Person.ID, store.Page) })
	}
}
