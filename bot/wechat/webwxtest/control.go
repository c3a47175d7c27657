package webwxtest

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Control answers what a test in another language does to the server: GET
// /state and /sent; POST with a JSON object to
//
//	/account   {"uin": 2000000001, "nick": "小助手"}
//	/friend    a Friend
//	/group     a Group
//	/push      {"from": "zhang", "to": "g1", "text": "收到"}, or "data" for the bytes
//	           of a picture. Answers {"msg_id": "…"}
//	/phone     {"do": "scan"} or {"do": "confirm"}
//
// A POST needs Content-Type application/json, so that no page in a browser can
// send one unasked.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { tell(w, s.State()) })
	mux.HandleFunc("GET /sent", func(w http.ResponseWriter, _ *http.Request) { tell(w, s.Sent()) })
	take(mux, "/account", func(in struct {
		Uin  int64
		Nick string
	},
	) any {
		s.SetAccount(in.Uin, in.Nick)
		return struct{}{}
	})
	take(mux, "/friend", func(f Friend) any { s.AddFriend(f); return struct{}{} })
	take(mux, "/group", func(g Group) any { s.AddGroup(g); return struct{}{} })
	take(mux, "/push", func(in struct {
		Kind, From, To, Text string
		Data                 []byte
	},
	) any {
		m := Text(in.From, in.To, in.Text)
		if in.Data != nil {
			m = Picture(in.From, in.To, in.Data)
		}
		return map[string]string{"msg_id": s.Push(m)}
	})
	take(mux, "/phone", func(in struct{ Do string }) any {
		step := map[string]func() error{"scan": s.Scan, "confirm": s.Confirm}[in.Do]
		if step == nil {
			return errors.New("the phone cannot do this")
		}
		if err := step(); err != nil {
			return err
		}
		return s.State()
	})
	return mux
}

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
