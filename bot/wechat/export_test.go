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
		if text, err := with(m.Library, "SyncKey", s.SyncKey); err == nil {
			m.Library = text
		}
	})
}

// Network is the way to the real servers.
var Network = network
