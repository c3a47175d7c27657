// Package console is an account on a terminal or a pipe: what people say comes
// from its input, what the bot says goes to its output, a line each. The
// program's stories are told with it.
//
// What can be said:
//
//	学工群 张三: 第3条完成80%，还差经费      张三 says it in the group 学工群
//	张三: 目录                               张三 says it to the bot alone
//	学工群 张三: /引用 寒假安全 | 收到       … answering the last message in which 寒假安全 stands
//	学工群 张三: /撤回 第3条                 … taking back their last message in which 第3条 stands
//	学工群 张三: /按 收到                    … pressing the last button here that is called so
//	学工群 张三: /已读 寒假安全              … has read the bot's last text in which 寒假安全 stands
//	学工群 张三: /图片 活动现场              … a picture with this caption
//	学工群 张三: /文件 总结.docx             … a file of this name
//	学工群 ← 请回复                          wait, ten seconds at most, until the bot has said something
//	                                         with 请回复 in it there, and not to a line before
//	# 放假以后                               nothing; empty lines are passed over as well
//
// The colon may be full width, and one space after it is not part of the text.
// In a text, \n is a line break and \\ a backslash; one that begins with a
// slash is written with two.
//
// What the bot says appears as
//
//	学工群 ← 第3条 ……\n责任单位：……
//	张三 ← ……
//	学工群 ← 寒假安全 ……【收到】              with a button below it
//	学工群 ← （改为）寒假安全 ……【收到】      in the place of what was said there before
//	学工群 · 张三已读：寒假安全 ……
//
// and what is wrong with a line as
//
//	! 第2行：……
//
// The next line is read when the effects of the one before are durable. The
// account ends with its input.
package console

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"duban/bot"
)

// Options say who is there. Names hold no colon, and no arrow.
type Options struct {
	Name    string // of the account; default "console"
	BotName string // by which it is mentioned; default 学工小助手
	People  []Person
	Groups  []string // their names, which are also their chats
	In      io.Reader
	Out     io.Writer
}

// A Person can say something. In a line they are called by their name, or by
// their ID if several have that name.
type Person struct{ ID, Name string }

// keep is how many messages can still be quoted or taken back.
const keep = 1000

// patience is how long a line that waits for the bot does so.
const patience = 10 * time.Second

// maxLine is the most bytes of a line.
const maxLine = 1 << 20

// An Account is a terminal. It implements [bot.Account].
type Account struct {
	o      Options
	people map[string]Person // by what they are called in a line
	labels map[string]string // of chats, as they stand in front of an arrow
	names  []string          // of people, who can be mentioned instead of the bot

	boot    string // tells the messages of this run from those of others
	reading sync.Once
	lines   chan string
	failed  error // why reading ended; to be read when lines is closed

	running sync.Mutex   // held by Run, for the next two
	line    int          // the number of the line that was read last
	waiting *bot.Message // that receive has not taken

	mu    sync.Mutex
	said  []remark // the last that were said, oldest first
	ids   int
	tells bool          // somebody has said what they have read
	news  chan struct{} // closed when the bot says something
}

// New returns an account that has read nothing yet.
func New(o Options) (*Account, error) {
	o.Name = cmp.Or(o.Name, "console")
	o.BotName = cmp.Or(o.BotName, "学工小助手")
	a := &Account{
		o: o, labels: map[string]string{}, people: map[string]Person{},
		boot:  strconv.FormatInt(time.Now().UnixNano(), 36),
		lines: make(chan string), news: make(chan struct{}),
	}
	if err := a.seat(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return a, nil
}

// seat takes the names in and checks them.
func (a *Account) seat() error {
	for _, g := range a.o.Groups {
		if !fit(g) || a.labels[g] != "" {
			return fmt.Errorf("group %q: a name must not be empty, stand there twice, or hold a colon or an arrow", g)
		}
		a.labels[g] = g
	}
	shared := map[string]int{}
	for _, p := range a.o.People {
		shared[p.Name]++
	}
	for _, p := range a.o.People {
		_, twice := a.people[p.ID]
		if !fit(p.Name) || !fit(p.ID) || twice || a.labels[p.Name] != "" || a.labels[p.ID] != "" {
			return fmt.Errorf("person %q: an id or name must not be empty, that of another, or hold a colon or an arrow", p.ID)
		}
		label := p.ID
		if shared[p.Name] == 1 {
			label = p.Name
		}
		a.people[p.ID], a.people[label] = p, p
		a.labels[a.PrivateChat(p.ID)] = label
		a.names = append(a.names, p.Name)
	}
	return nil
}

func fit(name string) bool {
	return name != "" && name == strings.TrimSpace(name) && !strings.ContainsAny(name, ":：←\n")
}

// PrivateChat returns the chat of a person with the bot, whether or not they
// have said anything in it.
func (*Account) PrivateChat(person string) string { return "private/" + person }

// Name returns the name of the account.
func (a *Account) Name() string { return a.o.Name }

// Run reads lines until the input ends, and then returns nil. A message that
// receive did not take is brought again by the next Run.
func (a *Account) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	a.running.Lock()
	defer a.running.Unlock()
	a.reading.Do(func() { go a.scan() })
	for {
		if a.waiting != nil {
			if err := receive(ctx, []bot.Message{*a.waiting}); err != nil {
				return err
			}
			a.waiting = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, ok := <-a.lines:
			if !ok {
				return a.failed
			}
			a.line++
			if err := a.obey(ctx, line); err != nil {
				a.complain(err)
			}
		}
	}
}

// scan passes on the lines of the input until it ends. It cannot be told to
// stop, because a terminal cannot; it ends with the input or the process.
func (a *Account) scan() {
	defer close(a.lines)
	in := bufio.NewScanner(a.o.In)
	in.Buffer(nil, maxLine)
	n := 1
	for ; in.Scan(); n++ {
		a.lines <- in.Text()
	}
	if err := in.Err(); err != nil {
		a.failed = fmt.Errorf("read line %d: %w", n, err)
	}
}
