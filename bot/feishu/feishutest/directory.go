package feishutest

import (
	"encoding/json"
	"net/http"
	"slices"
)

// An entry is somebody in the school's address book.
type entry struct{ staff, mobile string }

// Enrol puts somebody into the address book, with their number at the school and their
// mobile number; "" is none.
func (n *Network) Enrol(name, staff, mobile string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.book[n.person(name)] = entry{staff, mobile}
}

func (n *Network) batchIDs(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Mobiles []string `json:"mobiles"`
		Emails  []string `json:"emails"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Mobiles) > 50 || len(in.Emails) > 50 || r.URL.Query().Get("user_id_type") != "open_id" {
		reply(w, 40000, nil)
		return
	}
	items := []any{}
	for _, mobile := range in.Mobiles {
		item := map[string]string{"mobile": mobile}
		for id, e := range n.book {
			if e.mobile == mobile && mobile != "" {
				item["user_id"] = id
			}
		}
		items = append(items, item)
	}
	reply(w, 0, map[string]any{"user_list": items})
}

func (n *Network) batchUsers(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	items := []any{}
	for name, id := range n.people {
		by := id
		if q.Get("user_id_type") == "user_id" {
			by = n.book[id].staff
		}
		if by != "" && slices.Contains(q["user_ids"], by) {
			items = append(items, map[string]string{"open_id": id, "user_id": n.book[id].staff, "name": name})
		}
	}
	reply(w, 0, map[string]any{"items": items})
}
