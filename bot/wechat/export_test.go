package wechat

import (
	"encoding/json"
	"fmt"
)

// SaveEarly saves the place in the log of an answer of webwxsync, as the library
// does, before its messages are durable. It is the fault that the account guards
// against, for tests to plant.
func (a *Account) SaveEarly(answer []byte) error {
	var s struct{ SyncKey json.RawMessage }
	if err := json.Unmarshal(answer, &s); err != nil {
		return fmt.Errorf("save early: %w", err)
	}
	return a.vault.change(func(m *memory) {
		item := map[string]json.RawMessage{}
		if json.Unmarshal(m.Library, &item) != nil {
			return
		}
		item["SyncKey"] = s.SyncKey
		m.Library, _ = json.Marshal(item)
	})
}

// Network is the way to the real servers.
var Network = network
