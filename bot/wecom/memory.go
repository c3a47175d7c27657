package wecom

import (
	"crypto/sha256"
	"sync"
)

// mostSaid bounds how many texts are known again when they are quoted.
const mostSaid = 5000

// A memory knows who said a text lately. It keeps no texts, but their hashes.
type memory struct {
	mu    sync.Mutex
	texts map[hash]entry
	order []hash // oldest first; a text that was said again stands twice
}

// A hash is the hash of a chat and a text in it.
type hash = [sha256.Size]byte

// An entry says what a text was.
type entry struct {
	id   string // of the message, or of the receipt
	name string // of a person
	self bool   // the bot said it
}

func newMemory() *memory { return &memory{texts: map[hash]entry{}} }

func (m *memory) note(chat, text string, e entry) {
	p := printOf(chat, text)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts[p] = e
	if m.order = append(m.order, p); len(m.order) > mostSaid {
		delete(m.texts, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *memory) find(chat, text string) entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.texts[printOf(chat, text)]
}

func printOf(chat, text string) hash { return sha256.Sum256([]byte(chat + "\x00" + squeezed(text))) }
