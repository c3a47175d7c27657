package bottest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
)

// A Scene is an account with people around it: what [TestAccount] needs to know
// of a network, and what it can do there as a person.
type Scene struct {
	Account bot.Account

	Group   string                     // a chat with the bot and People in it, as bot.Message.Chat has it
	People  [2]string                  // display names
	Private func(person string) string // the chat in which person and the bot are alone
	Mention string                     // what a person types to address the bot, such as "@duban "

	// Say lets person type text in chat. It returns when the network has it.
	Say func(chat, person, text string)

	// Shown returns the texts that chat shows from the bot, oldest first. What
	// Send reported as taken must be among them at once.
	Shown func(chat string) []string

	// What only some networks can do; nil otherwise.
	Quote  func(chat, person, quoted, text string) // person answers the message whose text is quoted
	Recall func(chat, person, text string)         // person takes back the message with this text
	Press  func(chat, person, label string)        // person presses the last button in chat that is called so
	Read   func(chat, person, text string)         // person reads the bot's message with this text
	Join   func(chat, person string)               // somebody else, of that name, comes into the group
	Attach func(chat, person string, f File)       // person sends a file
	Files  func(chat string) []File                // that chat shows from the bot, oldest first
	Rung   func(person string) int                 // how often the network called person for something urgent

	// Alone says that the network knows one chat and one person: Group is the private
	// chat of the first of People. The account only answers there.
	Alone bool

	// What some networks do not do.
	OnlyMentions bool // of a group they bring what mentions the bot, and nothing else
	Forgets      bool // what is said while the account does not run is lost
	Unmentioned  bool // they take the mention of the bot off a text
}

// patience is how long the suite waits for what must happen.
const patience = 20 * time.Second

// TestAccount checks that an account does what [bot.Account] promises. It opens
// a scene of its own for each promise; open registers what must be closed with
// t.Cleanup. Nothing may have been said in a scene that is opened.
func TestAccount(t *testing.T, open func(t *testing.T) Scene) {
	t.Helper()
	promises := []struct {
		name string
		keep func(*testing.T, *stage)
	}{
		{"messages arrive as typed", asTyped},
		{"messages say who, where and when", whoAndWhere},
		{"messages of one chat arrive in order", inOrder},
		{"equal texts are two messages", equalTexts},
		{"what was said before Run arrives", saidBefore},
		{"what could not be made durable is brought again", broughtAgain},
		{"a mention is told from other text", mentions},
		{"a quote is told from the answer", quotes},
		{"a recall names its message", recalls},
		{"a press says what its button says", presses},
		{"an update takes the place of a text", updates},
		{"who has read is told", reads},
		{"who joins is told", joins},
		{"what is urgent makes one person's phone ring", rings},
		{"a file is brought with its bytes", filesComeIn},
		{"a file is shown instead of its text", filesGoOut},
		{"a file that cannot be sent leaves its text", noFiles},
		{"Run ends with its context", runEnds},
		{"sent texts are shown as they are", shownAsSent},
		{"chats are sent to side by side", sideBySide},
		{"a private text is shown in no group", privateStays},
		{"a chat that does not exist refuses", refuses},
		{"Send ends with its context", sendEnds},
		{"what the account says does not come back", noEcho},
		{"an account that only answers says nothing else", onlyAnswers},
	}
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			p.keep(t, &stage{T: t, Scene: open(t), Ear: NewEar()})
		})
	}
}

// An Ear remembers what an account brings.
type Ear struct {
	mu      sync.Mutex
	heard   []bot.Message
	refused []bot.Message // brought to a call of Receive that failed
	fail    int           // how many calls of Receive fail
	news    chan struct{}
}

// NewEar returns an ear that has heard nothing.
func NewEar() *Ear { return &Ear{news: make(chan struct{}, 1)} }

// Refuse lets the next calls of Receive fail, as when the store is away.
func (e *Ear) Refuse(calls int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = calls
}

// Receive is what [bot.Account.Run] is given.
func (e *Ear) Receive(_ context.Context, batch []bot.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail > 0 {
		e.fail--
		e.refused = append(e.refused, batch...)
		return errors.New("the store is away")
	}
	e.heard = append(e.heard, batch...)
	select {
	case e.news <- struct{}{}:
	default:
	}
	return nil
}

// Heard returns what was heard and not refused.
func (e *Ear) Heard() []bot.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// Await waits until n messages were heard, and returns all that were.
func (e *Ear) Await(t testing.TB, n int) []bot.Message {
	t.Helper()
	late := time.After(patience)
	for {
		heard := e.Heard()
		if len(heard) >= n {
			return heard
		}
		select {
		case <-e.news:
		case <-late:
			t.Fatalf("waited %v in vain for %d messages; heard %s", patience, n, texts(heard))
		}
	}
}

// A stage is a scene that runs.
type stage struct {
	*testing.T
	Scene
	*Ear
	raw bool // texts are said and heard as they are: no mention is added to them
}

// Say is the scene's, with a mention where nothing else is brought.
func (s *stage) Say(chat, person, text string) { s.Scene.Say(chat, person, s.mention(chat)+text) }

// quote is the scene's, with a mention where nothing else is brought.
func (s *stage) quote(chat, person, quoted, text string) {
	s.Quote(chat, person, quoted, s.mention(chat)+text)
}

// mention returns what must stand before a text of chat to be brought.
func (s *stage) mention(chat string) string {
	if s.OnlyMentions && chat == s.Group && !s.raw {
		return s.Scene.Mention
	}
	return ""
}

// receive leaves out what the account itself said, as the bot does.
func (s *stage) receive(ctx context.Context, batch []bot.Message) error {
	batch = slices.DeleteFunc(slices.Clone(batch), func(m bot.Message) bool { return m.Self })
	for i, m := range batch {
		batch[i].Text = strings.TrimPrefix(m.Text, s.mention(m.Chat))
	}
	return s.Receive(ctx, batch)
}

// run runs the account, and again each time that it ends with an error, until
// the test ends.
func (s *stage) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if err := s.Account.Run(ctx, s.receive); err == nil {
				return
			}
		}
	}()
	s.Cleanup(func() {
		cancel()
		s.within(done, "Run to end after its context")
	})
}

// within fails the test if what is not done in time.
func (s *stage) within(done <-chan struct{}, what string) {
	s.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		s.Errorf("waited %v in vain for %s", patience, what)
	}
}

// awaitN waits for n messages and fails the test if there are more.
func (s *stage) awaitN(n int) []bot.Message {
	s.Helper()
	heard := s.Await(s.T, n)
	if len(heard) > n {
		s.Fatalf("heard %s, want %d messages", texts(heard), n)
	}
	return heard
}

// send sends text into chat and fails the test if it was not taken.
func (s *stage) send(chat, text string) bot.Receipt {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	receipt, err := s.Account.Send(ctx, chat, s.outgoing(chat, text))
	if err != nil {
		s.Fatalf("Send(%q, %q): %v", chat, text, err)
	}
	return receipt
}

func (s *stage) outgoing(chat, text string) bot.Outgoing {
	return bot.Outgoing{Key: "test/" + text, Account: s.Account.Name(), Chat: chat, Text: text, Attempt: 1, Answer: s.Alone}
}

// greet lets the person say the first word where the account only answers. It counts for
// nothing.
func (s *stage) greet() {
	if !s.Alone {
		return
	}
	s.Helper()
	s.Say(s.Group, s.People[0], "在")
	s.awaitN(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = nil
}

// person returns who says the sentence with that number in the group.
func (s *stage) person(i int) string {
	if s.Alone {
		return s.People[0]
	}
	return s.People[i%2]
}

// sayings are texts that a careless account alters.
func sayings() []string {
	return []string{
		"第3条完成80%，还差经费",
		"完成情况:\n1. 已办结\n2. 卡在经费",
		"两  个空格、一个　全角空格",
		`路径 C:\new\table，“引号”和'撇号'`,
		"<b>不是标签</b> & &amp; &lt;br/&gt;",
		"😀👍🏽👩‍👩‍👧 𠮷",
		"张三: 收到",
		"/撤回",
		"# 一",
		strings.Repeat("长", 1500),
	}
}

func texts(ms []bot.Message) string {
	var all []string
	for _, m := range ms {
		all = append(all, m.Text)
	}
	return fmt.Sprintf("%q", all)
}

// Start runs an account until stop is called, or the test ends. It waits until the
// network says that the account is connected.
func Start(t *testing.T, a bot.Account, receive func(context.Context, []bot.Message) error, connected func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, receive) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: got error %v, want none", err)
		}
	})
	t.Cleanup(stop)
	if err := connected(t.Context()); err != nil {
		t.Fatal(err)
	}
	return stop
}

// Pass lets time pass in a bubble of synctest, and what comes of it happen.
func Pass(d time.Duration) { <-time.After(d); synctest.Wait() }

// A Flaky is an ear on a store that now and then takes nothing of what it is given.
type Flaky struct {
	*Ear
	mu    sync.Mutex
	rand  *rand.Rand
	fails int
}

// NewFlaky returns a flaky ear that has heard nothing.
func NewFlaky(chance *rand.Rand) *Flaky {
	return &Flaky{Ear: NewEar(), rand: rand.New(rand.NewPCG(chance.Uint64(), 0))}
}

// Receive is what [bot.Account.Run] is given.
func (f *Flaky) Receive(ctx context.Context, batch []bot.Message) error {
	f.mu.Lock()
	bad := f.rand.IntN(10) == 0
	if bad {
		f.fails++
	}
	f.mu.Unlock()
	if bad {
		return errors.New("the store is away")
	}
	return f.Ear.Receive(ctx, batch)
}

// Fails returns how often nothing was taken.
func (f *Flaky) Fails() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fails
}

// A Said is what a person said, as a fake keeps it.
type Said struct {
	ID, Chat, Person, Text string

	// Brought says that the whole of it was written to a connection.
	Brought  bool
	Late     bool // it was brought again, because it was not answered in time
	Answered bool // the account said that it is durable
}

// Check compares what was heard with what people said, whose ids grow. What was brought
// was heard, once, and in the order of its chat, but for what was brought again. What was
// not is lost where forgets says so.
func (f *Flaky) Check(t testing.TB, said []Said, forgets bool) {
	t.Helper()
	heard, late, last := map[string]int{}, map[string]bool{}, map[string]string{}
	for _, m := range said {
		late[m.ID] = m.Late
	}
	for _, m := range f.Heard() {
		heard[m.ID]++
		if late[m.ID] {
			continue
		}
		if m.ID <= last[m.Chat] {
			t.Fatalf("%s came behind %s", m.ID, last[m.Chat])
		}
		last[m.Chat] = m.ID
	}
	brought := 0
	for _, m := range said {
		if m.Brought {
			brought++
		}
		if n := heard[m.ID]; n > 1 || n == 0 && (m.Brought || !forgets) {
			t.Fatalf("%s, brought %v, was heard %d times", m.ID, m.Brought, n)
		}
	}
	if brought < len(said)*8/10 {
		t.Errorf("only %d of %d were brought: the test shows little", brought, len(said))
	}
}
