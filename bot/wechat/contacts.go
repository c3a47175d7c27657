package wechat

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	askAgain   = 5 * time.Minute // before the members of one group are asked for again
	askAtOnce  = 50              // groups in one question
	askSpacing = time.Second     // between two questions
)

// contacts knows who the people and groups of a session are, and asks the server
// about those that it does not know.
type contacts struct {
	*Account
	book   *book
	client *client

	known atomic.Bool // the list of contacts was read
	asked time.Time   // when groups were last asked for; under the account's lock
}

// regrouped is what the network says when somebody joins, leaves or renames a group.
var regrouped = regexp.MustCompile("群名|加入|移出")

// meet asks for groups that are not known, among those that the messages come from
// or that the phone shows: some come in no other list. It asks too if somebody
// speaks in them, joins or renames them who is not known.
func (c *contacts) meet(ctx context.Context, raw []webwx.Message) {
	var ask []string
	want := func(user string, again time.Duration) {
		if webwx.IsGroup(user) && !slices.Contains(ask, user) && c.book.ask(user, again) {
			ask = append(ask, user)
		}
	}
	for _, w := range raw {
		user := string(w.FromUserName)
		if !webwx.IsGroup(user) {
			user = string(w.ToUserName)
		}
		switch speaker, _ := webwx.SplitSender(string(w.Content)); {
		case w.MsgType == webwx.TypeStatus:
			for shown := range strings.SplitSeq(string(w.StatusNotifyUserName), ",") {
				if !c.book.group(shown).knows("") {
					want(shown, askAgain)
				}
			}
		case w.MsgType == webwx.TypeSystem:
			if regrouped.MatchString(string(w.Content)) {
				want(user, 10*time.Second)
			}
		case !c.book.group(user).knows(speaker):
			want(user, askAgain)
		}
	}
	if len(ask) == 0 {
		return
	}
	if err := c.askFor(ctx, ask); err != nil {
		c.log.Warn("groups not read", "groups", len(ask), "err", plain(err))
	}
}

// askFor asks for groups and their members. The answers go into the book as
// they pass the wire, each by its own name, in whatever order they come.
func (c *contacts) askFor(ctx context.Context, users []string) error {
	for chunk := range slices.Chunk(users, askAtOnce) {
		c.mu.Lock()
		wait := askSpacing - time.Since(c.asked)
		c.asked = time.Now().Add(max(wait, 0))
		c.mu.Unlock()
		if !bot.Sleep(ctx, wait) {
			return ctx.Err()
		}
		for _, user := range chunk {
			c.book.ask(user, 0)
		}
		if err := c.client.groups(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// address returns the one contact that chat stands for. If there is none, or it
// is not certain, the error wraps [bot.ErrUnresolved].
func (c *contacts) address(ctx context.Context, chat string) (string, error) {
	found := c.book.find(chat)
	if len(found) != 1 {
		return "", fmt.Errorf("%w: %d contacts", bot.ErrUnresolved, len(found))
	}
	user := found[0]
	if !webwx.IsGroup(user) || strings.HasPrefix(chat, byLogin) {
		return user, nil
	}
	return user, c.recognize(ctx, user)
}

// chat returns the handle of the chat with a person or in a group. A group that
// shares its name keeps it only if it alone is the one that was sent to before.
func (c *contacts) chat(user string) string {
	if !webwx.IsGroup(user) {
		return c.book.person(user)
	}
	name := c.book.group(user).name
	twins := c.book.find(groupHandle(name))
	own := c.book.once(user)
	if name == "" {
		return own
	}
	if len(twins) == 1 {
		return groupHandle(name)
	}
	was := c.vault.read().Groups[c.vault.hash("group", name)]
	for _, twin := range twins {
		now, err := c.book.prints(twin)
		if same := err == nil && overlap(was.Members, now) >= sameGroup; same != (twin == user) {
			return own
		}
	}
	return groupHandle(name)
}

// first reads the contacts before any message comes, in a few attempts.
func (c *contacts) first(ctx context.Context) {
	for try := range 3 {
		if !bot.Sleep(ctx, time.Duration(try)*2*time.Second) || c.read(ctx) {
			return
		}
	}
}

// reload reads them later, and with them the account can send.
func (c *contacts) reload(ctx context.Context) {
	if c.read(ctx) {
		c.Set(bot.Online, "")
	}
}

// read asks for all contacts and for the members of all groups that are known, and
// reports whether it has got them.
func (c *contacts) read(ctx context.Context) bool {
	err := c.client.people(ctx)
	if err == nil {
		err = c.askFor(ctx, c.book.incomplete())
	}
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("contacts not read", "err", plain(err))
		}
		return false
	}
	c.follow()
	c.known.Store(true)
	return true
}
