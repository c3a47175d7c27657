// Package bottest is a messaging network for tests. It works: what people say
// in it reaches an account, and what the account sends appears in its chats. It
// keeps the truth, so that a test can compare it with what duban believes. And
// it fails when it is told to.
//
// [TestAccount] is the suite that every account must pass, and [KillLoop] kills
// a program that talks to a [Network] again and again.
package bottest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/bot"
)

// A Network is a messaging network with one login, that of the bot. Its methods
// may be called by several goroutines at once.
type Network struct {
	Signal // of a change

	name string // of the login, and of the bot in it

	mu      sync.Mutex
	groups  map[string][]string // the people in each group
	people  map[string]bool     // each has a private chat of the same name
	ids     int
	inbox   []bot.Message // all that the account is brought, in this order
	durable int           // how much of the inbox the account will not ask for again
	sent    []Sent
	faults  []Fault
	delay   time.Duration
	out     bool
	hold    bool // the receipt of the next text that answers nobody
	tries   int
	back    chan struct{}
}

// A Sent is a message that the network took from the account.
type Sent struct {
	bot.Outgoing // as it left
	ID           string
	At           time.Time
	Login        int // by which it left; see [Network.ServeLogin]
}

// batch is the most messages that one poll brings.
const batch = 256

// NewNetwork returns a network without people, in which the bot is called name.
func NewNetwork(name string) *Network {
	return &Network{
		name: name, groups: map[string][]string{}, people: map[string]bool{},
		back: make(chan struct{}, 1),
	}
}

// Group adds a group of people. Each of them has a private chat with the bot,
// which has the person's name.
func (n *Network) Group(name string, people ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.groups[name] = people
	for _, p := range people {
		n.people[p] = true
	}
}

// Say lets person say text in chat, and returns the message.
func (n *Network) Say(chat, person, text string) bot.Message {
	return n.Bring(bot.Message{Chat: chat, Sender: person, Name: person, Text: text})
}

// Bring brings m to the account, whatever is in it: a message that was brought
// before, one of another kind, or one that is older than the last. What it
// leaves out of id, time, group and mention is filled in. It returns what was
// brought.
func (n *Network) Bring(m bot.Message) bot.Message {
	n.mu.Lock()
	defer n.mu.Unlock()
	if m.ID == "" {
		n.ids++
		m.ID = fmt.Sprintf("m%d", n.ids)
	}
	if m.Sent.IsZero() {
		m.Sent = time.Now()
	}
	m.Account = n.name
	_, m.Group = n.groups[m.Chat]
	m.Mention = m.Mention || !m.Group || strings.Contains(m.Text, "@"+n.name)
	n.inbox = append(n.inbox, m)
	n.Change()
	return m
}

// Durable returns how many of the messages that were brought the account will
// not ask for again.
func (n *Network) Durable() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.durable
}

// Sent returns what the network took, in this order.
func (n *Network) Sent() []Sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.sent)
}

// Shown returns the texts that chat shows from the bot, in this order.
func (n *Network) Shown(chat string) []string {
	return Shown(n.Sent(), chat, func(s Sent) (string, string) { return s.Chat, s.Text })
}

// Shown returns the texts of what was sent to chat.
func Shown[T any](sent []T, chat string, of func(T) (chat, text string)) (texts []string) {
	for _, s := range sent {
		if to, text := of(s); to == chat {
			texts = append(texts, text)
		}
	}
	return texts
}

// Files returns the files among what was sent to chat.
func Files[T any](sent []T, chat string, of func(T) (chat string, f *File)) (all []File) {
	for _, s := range sent {
		if to, f := of(s); to == chat && f != nil {
			all = append(all, *f)
		}
	}
	return all
}

// Tries returns how often the account tried to send, whatever became of it.
func (n *Network) Tries() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tries
}

// poll waits for messages that are not durable, and returns them and the
// number of messages up to the last of them.
func (n *Network) poll(ctx context.Context) ([]bot.Message, int, error) {
	var found []bot.Message
	upTo := 0
	err := n.Await(ctx, func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		upTo = min(len(n.inbox), n.durable+batch)
		found = slices.Clone(n.inbox[n.durable:upTo])
		return len(found) > 0
	})
	return found, upTo, err
}

// forget says that the first upTo messages need not be brought again.
func (n *Network) forget(_ context.Context, upTo int) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.durable = max(n.durable, upTo)
	n.Change()
	return nil
}

// send takes m from this program's own login, unless a fault or a missing chat is in the way.
func (n *Network) send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	return n.take(ctx, m, 0)
}

func (n *Network) take(ctx context.Context, m bot.Outgoing, login int) (bot.Receipt, error) {
	fault, err := n.begin(ctx)
	if err != nil {
		return bot.Receipt{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	defer n.Change()
	if n.groups[m.Chat] == nil && !n.people[m.Chat] {
		return bot.Receipt{}, fmt.Errorf("no such chat: %w", bot.ErrRefused)
	}
	if fault != Fine && fault != LostReply {
		return bot.Receipt{}, fault.err()
	}
	s := Sent{Outgoing: m, ID: fmt.Sprintf("s%d", len(n.sent)+1), At: time.Now(), Login: login}
	n.sent = append(n.sent, s)
	if err := fault.err(); err != nil {
		return bot.Receipt{}, err
	}
	return bot.Receipt{ID: s.ID, Sent: s.At}, nil
}

// begin counts the attempt, lets its delay pass and says what goes wrong.
func (n *Network) begin(ctx context.Context) (Fault, error) {
	n.mu.Lock()
	n.tries++
	delay, out := n.delay, n.out
	var fault Fault
	if out {
		fault = absent
	} else if len(n.faults) > 0 {
		fault, n.faults = n.faults[0], n.faults[1:]
	}
	n.Change()
	n.mu.Unlock()
	if delay > 0 && !bot.Sleep(ctx, delay) {
		return fault, fmt.Errorf("%w: %w", bot.ErrUnknown, ctx.Err())
	}
	return fault, nil
}

// A Count compares what the network took with the reasons for sending it. Its
// rows are told apart by the keys of the outbox.
type Count struct {
	Rows     int // that arrived at least once
	Copies   int // that arrived beyond the first of their row
	Unmarked int // of those copies, how many do not say that they may be one
}

// Tally counts.
func Tally(sent []Sent) Count {
	var c Count
	arrived := map[string]bool{}
	for _, s := range sent {
		switch {
		case !arrived[s.Key]:
			arrived[s.Key] = true
			c.Rows++
			continue
		case !strings.HasPrefix(s.Text, bot.RepeatMark):
			c.Unmarked++
		}
		c.Copies++
	}
	return c
}
