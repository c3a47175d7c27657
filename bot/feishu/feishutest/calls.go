package feishutest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/bot/bottest"
)

// Handler serves the network on any address.
func (n *Network) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /open-apis/auth/v3/tenant_access_token/internal", n.giveToken)
	mux.HandleFunc("POST /callback/ws/endpoint", n.endpoint)
	mux.HandleFunc("GET /ws", n.socket)
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /open-apis/bot/v3/info":                    n.info,
		"GET /open-apis/contact/v3/users/{id}":          n.user,
		"GET /open-apis/contact/v3/users/batch":         n.batchUsers,
		"POST /open-apis/contact/v3/users/batch_get_id": n.batchIDs,
		"GET /open-apis/im/v1/chats":                    n.chats,
		"GET /open-apis/im/v1/messages":                 n.history,
		"GET /open-apis/im/v1/messages/{id}":            n.one,
		"GET /open-apis/im/v1/messages/{id}/read_users": n.readUsers,
		"POST /open-apis/im/v1/messages":                n.send,
		"POST /open-apis/im/v1/images":                  n.uploadImage,
		"POST /open-apis/im/v1/files":                   n.uploadFile,

		"GET /open-apis/im/v1/messages/{id}/resources/{key}": n.resource,
		"PATCH /open-apis/im/v1/messages/{id}":               n.patch,
		"PATCH /open-apis/im/v1/messages/{id}/urgent_app":    n.urge,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			n.mu.Lock()
			defer n.mu.Unlock()
			switch {
			case r.Header.Get("Authorization") != "Bearer "+n.token || n.token == "":
				reply(w, 99991663, nil)
			case n.Forbidden(r.URL.Path):
				reply(w, 99991672, nil)
			default:
				h(w, r)
			}
		})
	}
	return mux
}

func (n *Network) giveToken(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID     string `json:"app_id"`
		Secret string `json:"app_secret"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.ID != AppID {
		reply(w, 10003, nil)
		return
	}
	if in.Secret != Secret {
		reply(w, 10014, nil)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tokens++
	n.token = "t-geheim-" + strconv.Itoa(n.tokens)
	reply(w, 0, map[string]any{"tenant_access_token": n.token, "expire": 7200})
}

func (n *Network) info(w http.ResponseWriter, _ *http.Request) {
	reply(w, 0, map[string]any{"bot": map[string]string{"open_id": Robot, "app_name": "学工小助手"}})
}

func (n *Network) user(w http.ResponseWriter, r *http.Request) {
	for name, id := range n.people {
		if id == r.PathValue("id") {
			reply(w, 0, map[string]any{"user": map[string]string{"name": name, "open_id": id}})
			return
		}
	}
	reply(w, 41050, nil)
}

func (n *Network) chats(w http.ResponseWriter, _ *http.Request) {
	items := []any{}
	for id := range n.groups {
		items = append(items, map[string]string{"chat_id": id})
	}
	reply(w, 0, map[string]any{"items": items, "has_more": false})
}

// history brings pages of five, so that there is more than one.
func (n *Network) history(w http.ResponseWriter, r *http.Request) {
	n.read++
	q := r.URL.Query()
	from, _ := strconv.ParseInt(q.Get("start_time"), 10, 64)
	skip, _ := strconv.Atoi(q.Get("page_token"))
	items, more, i := []any{}, false, 0
	for _, m := range n.said {
		if m.Chat != q.Get("container_id") || m.At.Unix() < from {
			continue
		}
		if i++; i <= skip {
			continue
		}
		if len(items) == 5 {
			more = true
			break
		}
		items = append(items, stored(m))
	}
	reply(w, 0, map[string]any{"items": items, "has_more": more, "page_token": strconv.Itoa(skip + len(items))})
}

// stored is a message as the history has it.
func stored(m *Message) map[string]any {
	sender, kind := m.Sender, "user"
	if sender == "" {
		sender, kind = AppID, "app"
	}
	var mentions []any
	for _, at := range m.Mentions {
		at, _ := at.(map[string]any)
		id, _ := at["id"].(map[string]string)
		mentions = append(mentions, map[string]any{"key": at["key"], "name": at["name"], "id": id["open_id"], "id_type": "open_id"})
	}
	return map[string]any{
		"message_id": m.ID, "chat_id": m.Chat, "msg_type": m.Kind, "create_time": strconv.FormatInt(m.At.UnixMilli(), 10), "deleted": m.Deleted,
		"parent_id": m.Parent, "sender": map[string]string{"id": sender, "id_type": "open_id", "sender_type": kind},
		"body": map[string]string{"content": m.Content}, "mentions": mentions,
	}
}

func (n *Network) one(w http.ResponseWriter, r *http.Request) {
	m := n.byID[r.PathValue("id")]
	if m == nil {
		reply(w, 230011, nil)
		return
	}
	reply(w, 0, map[string]any{"items": []any{stored(m)}})
}

func (n *Network) readUsers(w http.ResponseWriter, r *http.Request) {
	m := n.byID[r.PathValue("id")]
	if m == nil || m.Sender != "" {
		reply(w, 230012, nil)
		return
	}
	items := []any{}
	for id, at := range m.Reads {
		items = append(items, map[string]string{"user_id_type": "open_id", "user_id": id, "timestamp": strconv.FormatInt(at.UnixMilli(), 10)})
	}
	reply(w, 0, map[string]any{"items": items, "has_more": false})
}

// reach returns the chat that a call names, "" if there is none.
func (n *Network) reach(kind, id string) string {
	if kind == "chat_id" && n.groups[id] != nil {
		return id
	}
	for _, p := range n.people {
		if kind == "open_id" && p == id {
			return p2p(id)
		}
	}
	return ""
}

func (n *Network) send(w http.ResponseWriter, r *http.Request) {
	var in struct {
		To      string `json:"receive_id"`
		Kind    string `json:"msg_type"`
		Content string `json:"content"`
		UUID    string `json:"uuid"`
	}
	fault := n.Next()
	chat := ""
	if json.NewDecoder(r.Body).Decode(&in) == nil {
		chat = n.reach(r.URL.Query().Get("receive_id_type"), in.To)
	}
	m := &Message{Chat: chat, Kind: in.Kind, Content: in.Content}
	switch {
	case fault == Busy:
		bottest.BadGateway(w)
	case fault == Often:
		w.Header().Set("X-Ogw-Ratelimit-Reset", "1")
		bottest.Answer(w, http.StatusTooManyRequests, map[string]any{"code": 99991400})
	case fault == ChatFull:
		reply(w, 230020, nil)
	case fault == Expired:
		n.token = ""
		reply(w, 99991663, nil)
	case chat == "" || len(in.UUID) > 50:
		reply(w, 230001, nil)
	case n.byUUID[in.UUID] != nil && time.Since(n.byUUID[in.UUID].At) < time.Hour:
		answerSent(w, n.byUUID[in.UUID])
	case (in.Kind == "image" || in.Kind == "file") != n.enclosed(m), m.File == nil && !m.show():
		reply(w, 230001, nil)
	default:
		n.add(m)
		n.byUUID[in.UUID] = m
		if fault == LostReply {
			panic(http.ErrAbortHandler)
		}
		answerSent(w, m)
	}
}

func answerSent(w http.ResponseWriter, m *Message) {
	reply(w, 0, map[string]any{"message_id": m.ID, "chat_id": m.Chat, "create_time": strconv.FormatInt(m.At.UnixMilli(), 10)})
}

// show reads what people see of a message; it tells whether the network would take it.
func (m *Message) show() bool {
	if m.Kind == "text" {
		var c struct {
			Text string `json:"text"`
		}
		ok := json.Unmarshal([]byte(m.Content), &c) == nil && c.Text != "" && len(m.Content) < 150<<10
		m.Text = seen(c.Text)
		return ok
	}
	type plain struct {
		Tag     string `json:"tag"`
		Content string `json:"content"`
	}
	var c struct {
		Config struct {
			Multi bool `json:"update_multi"`
		} `json:"config"`
		Elements []struct {
			Tag     string `json:"tag"`
			Text    plain  `json:"text"`
			Actions []struct {
				Tag   string          `json:"tag"`
				Text  plain           `json:"text"`
				Value json.RawMessage `json:"value"`
			} `json:"actions"`
		} `json:"elements"`
	}
	if m.Kind != "interactive" || json.Unmarshal([]byte(m.Content), &c) != nil || len(m.Content) > 30<<10 {
		return false
	}
	m.Text, m.Buttons, m.Multi = "", nil, c.Config.Multi
	for _, e := range c.Elements {
		if e.Tag == "div" && e.Text.Tag == "plain_text" {
			m.Text += e.Text.Content
		}
		for _, a := range e.Actions {
			if a.Tag != "button" || !strings.HasPrefix(string(a.Value), "{") { // a value must be an object
				return false
			}
			m.Buttons = append(m.Buttons, Button{a.Text.Content, a.Value})
		}
	}
	return m.Text != ""
}

// urge makes phones ring for a message of the robot to people who can see it.
func (n *Network) urge(w http.ResponseWriter, r *http.Request) {
	var in struct {
		People []string `json:"user_id_list"`
	}
	m := n.byID[r.PathValue("id")]
	err := json.NewDecoder(r.Body).Decode(&in)
	if err != nil || m == nil || m.Sender != "" || len(in.People) == 0 || r.URL.Query().Get("user_id_type") != "open_id" {
		reply(w, 230001, nil)
		return
	}
	for _, p := range in.People {
		if m.Chat == p2p(p) {
			n.rung[p]++
		}
	}
	reply(w, 0, map[string]any{"invalid_user_id_list": []string{}})
}

// Rung returns how often somebody's phone rang.
func (n *Network) Rung(person string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.rung[n.person(person)]
}

func (n *Network) patch(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Content string `json:"content"`
	}
	m := n.byID[r.PathValue("id")]
	fresh := &Message{Kind: "interactive"}
	if json.NewDecoder(r.Body).Decode(&in) == nil {
		fresh.Content = in.Content
	}
	if m == nil || m.Sender != "" || m.Kind != "interactive" || !m.Multi || !fresh.show() || !fresh.Multi {
		reply(w, 230001, nil)
		return
	}
	m.Content, m.Text, m.Buttons = fresh.Content, fresh.Text, fresh.Buttons
	reply(w, 0, nil)
}
