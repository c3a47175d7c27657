package webwxtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// Control answers what a test in another language does to the server: GET
// /state, /sent, /requests and /calls; POST with a JSON object to
//
//	/account   {"uin": 2000000001, "nick": "小助手"}
//	/friend    a Friend
//	/group     a Group
//	/unfriend  {"id": "zhang"}
//	/push      {"kind": "text", …}; see Order. Answers {"msg_id": "…"}
//	/recall    {"msg_id": "…"}; answers the same of the line that says so
//	/phone     {"do": "scan"}: confirm, cancel, expire, logout, elsewhere,
//	           expire-session, ban, unban, auto (confirms every code), manual
//	/fault     {"endpoint": "webwxsync", "fault": a Fault}; its delay is in nanoseconds
//	/clear     {}: no more faults
//	/limit     {"sends": 20, "contacts": 0, "silently": false}
//
// A POST needs Content-Type application/json, so that no page in a browser can
// send one unasked.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	show := func(path string, look func() any) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { tell(w, look()) })
	}
	show("/state", func() any { return s.State() })
	show("/sent", func() any { return s.Sent() })
	show("/requests", func() any { return s.Requests() })
	show("/calls", func() any { return s.Calls() })
	take(mux, "/account", func(in struct {
		Uin  int64
		Nick string
	},
	) any {
		s.SetAccount(in.Uin, in.Nick)
		return done{}
	})
	take(mux, "/friend", func(f Friend) any { s.AddFriend(f); return done{} })
	take(mux, "/group", func(g Group) any { s.AddGroup(g); return done{} })
	take(mux, "/unfriend", func(in struct{ ID string }) any { return s.unfriend(in.ID) })
	take(mux, "/push", s.order)
	take(mux, "/recall", func(in pushed) any { return pushed{s.Recall(in.MsgID)} })
	take(mux, "/phone", func(in struct{ Do string }) any { return s.phone(in.Do) })
	take(mux, "/fault", func(in struct {
		Endpoint string
		Fault    Fault
	},
	) any {
		s.Fault(in.Endpoint, in.Fault)
		return done{}
	})
	take(mux, "/clear", func(done) any { s.ClearFaults(); return done{} })
	take(mux, "/limit", func(in struct {
		Sends, Contacts int
		Silently        bool
	},
	) any {
		s.LimitContacts(in.Contacts)
		if in.Silently {
			s.LimitSilently(in.Sends)
		} else {
			s.Limit(in.Sends)
		}
		return done{}
	})
	return mux
}

type (
	done   struct{}
	pushed struct {
		MsgID string `json:"msg_id"`
	}
)

// take answers a POST with what do returns, which is 400 for an error.
func take[T any](mux *http.ServeMux, path string, do func(T) any) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var in T
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		switch out := do(in).(type) {
		case error:
			http.Error(w, out.Error(), http.StatusBadRequest)
		default:
			tell(w, out)
		}
	})
}

func tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who is gone needs no answer
}

// Order is a message to push: a Msg as it is, or made by the constructor that
// Kind names, of the fields that this one takes.
type Order struct {
	// Kind is text, system, status, picture, file, voice, video, link,
	// location, sticker, card, friend-request, quote or empty for a plain Msg.
	Kind string `json:"kind"`
	Msg
	// QuotedName and Quoted are what a quote replies to; About is the second
	// line of a link; Seconds is the length of a voice or film.
	QuotedName string  `json:"quoted_name"`
	Quoted     string  `json:"quoted"`
	About      string  `json:"about"`
	Seconds    int     `json:"seconds"`
	Latitude   float64 `json:"latitude"`
	Longitude  float64 `json:"longitude"`
}

var errKind = errors.New("kind is none that can be pushed")

// order pushes what a control request asks for.
func (s *Server) order(o Order) any {
	m, err := o.message()
	if err != nil {
		return err
	}
	m.Age = o.Age
	return pushed{s.Push(m)}
}

func (o Order) message() (Msg, error) {
	length := time.Duration(o.Seconds) * time.Second
	var who Recommend
	if o.Recommend != nil {
		who = *o.Recommend
	}
	switch o.Kind {
	case "":
		return o.Msg, nil
	case "text":
		return Text(o.From, o.To, o.Text), nil
	case "system":
		if o.From != "" {
			return SystemFrom(o.From, o.Text), nil
		}
		return System10000(o.To, o.Text), nil
	case "status":
		return Status51(o.Chats...), nil
	case "picture":
		return Picture(o.From, o.To, o.Data), nil
	case "file":
		return FileMsg(o.From, o.To, o.Name, o.Data), nil
	case "voice":
		return Voice(o.From, o.To, length, o.Data), nil
	case "video":
		return Video(o.From, o.To, length, o.Data), nil
	case "link":
		return Link(o.From, o.To, o.Text, o.About, o.URL), nil
	case "location":
		return Location(o.From, o.To, o.Text, o.Latitude, o.Longitude), nil
	case "sticker":
		return Sticker(o.From, o.To, o.Text), nil
	case "card":
		return Card(o.From, o.To, who), nil
	case "friend-request":
		return FriendRequest(who.ID, who.Nick, who.Content), nil
	case "quote":
		return Text(o.From, o.To, Quoted(o.QuotedName, o.Quoted, o.Text)), nil
	}
	return Msg{}, errKind
}

var errPhone = errors.New("the phone cannot do this")

// phone does what a control request asks of the phone.
func (s *Server) phone(do string) any {
	steps := map[string]func() error{
		"scan": s.Scan, "confirm": s.Confirm, "cancel": s.CancelScan, "expire": s.ExpireQR,
	}
	events := map[string]func(){
		"logout": s.LogoutFromPhone, "elsewhere": s.LoginElsewhere, "expire-session": s.ExpireSession,
		"ban": s.Ban, "unban": s.Unban,
		"auto": func() { s.AutoLogin(true) }, "manual": func() { s.AutoLogin(false) },
	}
	if step := steps[do]; step != nil {
		if err := step(); err != nil {
			return err
		}
		return s.State()
	}
	event := events[do]
	if event == nil {
		return errPhone
	}
	event()
	return s.State()
}

var errNobody = errors.New("nobody has this id")

func (s *Server) unfriend(id string) any {
	s.mu.Lock()
	known := s.world.friend(id) != nil
	s.mu.Unlock()
	if !known {
		return errNobody
	}
	s.Unfriend(id)
	return done{}
}
