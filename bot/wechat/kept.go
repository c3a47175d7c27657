package wechat

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/eatmoreapple/openwechat"
)

// A kept session is what the library reads it from. What it writes is ignored:
// it writes before messages are durable, and loses cookies.
type kept struct{ *bytes.Reader }

func (kept) Write(p []byte) (int, error) { return len(p), nil }

// forLibrary returns the session as the library saved it, with all that belongs
// to the cookies.
func (m memory) forLibrary() kept {
	item := map[string]json.RawMessage{}
	jar := map[string][]*http.Cookie{}
	for _, c := range m.Cookies {
		jar["https://"+c.Domain] = append(jar["https://"+c.Domain], c)
	}
	text, err := json.Marshal(jar)
	if err == nil {
		err = json.Unmarshal(m.Library, &item)
	}
	if err != nil {
		return kept{bytes.NewReader(nil)}
	}
	item["Jar"] = text
	all, err := json.Marshal(item)
	if err != nil {
		return kept{bytes.NewReader(nil)}
	}
	return kept{bytes.NewReader(all)}
}

// place returns how far messages have been taken, or nil. It is of the account,
// not of a session, so a new login goes on from there and finds what was said
// while nobody was logged in.
func (m memory) place() *openwechat.SyncKey {
	var item openwechat.HotReloadStorageItem
	if json.Unmarshal(m.Library, &item) != nil || item.SyncKey == nil || len(item.SyncKey.List) == 0 {
		return nil
	}
	return item.SyncKey
}
