package feishu

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"duban/bot"
)

const (
	doneLast  = 50_000 // ids that are known to be durable: two a second for the seven hours in which the network may bring one again
	saidLast  = 5000   // messages whose sender and text are known
	saveEvery = 5 * time.Second
)

// A heard is how far one chat was heard.
type heard struct {
	Chat  string `json:"chat"` // as in bot.Message
	Group bool   `json:"group"`
	Last  int64  `json:"last"` // the network's time of the newest durable message, in milliseconds
}

// A said is what is known of a message.
type said struct{ chat, sender, name, text string }

// A memory is what an account knows of its chats. Only how far they were heard, by the
// network's ids, is on disk.
type memory struct {
	path  string
	since int64            // what was said before is not asked for, in a chat that is new
	chats map[string]heard // by the network's chat_id
	saved time.Time

	done *bot.Recent[string, bool]
	said *bot.Recent[string, said]
}

func openMemory(dir string, now time.Time) (memory, error) {
	m := memory{since: now.UnixMilli(), chats: map[string]heard{}, done: bot.NewRecent[string, bool](doneLast), said: bot.NewRecent[string, said](saidLast)}
	if dir == "" {
		return m, nil
	}
	if err := bot.MakeFolder(dir); err != nil {
		return m, err
	}
	m.path = filepath.Join(dir, "heard.json")
	data, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m.chats)
	}
	if err != nil {
		return m, fmt.Errorf("heard.json: %w", err)
	}
	return m, nil
}

// save writes how far the chats were heard, at most every few seconds unless now.
func (m *memory) save(now bool) error {
	if m.path == "" || !now && time.Since(m.saved) < saveEvery {
		return nil
	}
	m.saved = time.Now()
	data, err := json.Marshal(m.chats)
	if err != nil {
		return err
	}
	return bot.Replace(m.path, data, 0o600)
}

// take notes that m is durable.
func (m *memory) take(b bot.Message) {
	m.done.Put(b.ID, true)
	for id, c := range m.chats {
		if c.Chat == b.Chat && b.Press == nil && b.Sent.UnixMilli() > c.Last {
			c.Last = b.Sent.UnixMilli()
			m.chats[id] = c
		}
	}
}

// meet notes that a chat exists.
func (m *memory) meet(id, chat string, group bool) {
	if _, there := m.chats[id]; !there {
		m.chats[id] = heard{Chat: chat, Group: group, Last: m.since}
	}
}
