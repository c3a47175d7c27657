package bottest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
)

func asTyped(t *testing.T, s *stage) {
	s.run()
	want := sayings()
	for i, text := range want {
		s.Say(s.Group, s.person(i), text)
	}
	for i, m := range s.awaitN(len(want)) {
		if m.Text != want[i] || m.Kind != bot.Text {
			t.Errorf("message %d is %q of kind %q, want %q", i+1, m.Text, m.Kind, want[i])
		}
	}
}

func whoAndWhere(t *testing.T, s *stage) {
	s.run()
	began := time.Now()
	private := s.Private(s.People[0])
	s.Say(s.Group, s.People[0], "一")
	s.Say(s.Group, s.person(1), "二")
	s.Say(private, s.People[0], "三")
	ms := s.awaitN(3)
	slices.SortFunc(ms, func(a, b bot.Message) int { // chats may overtake each other
		return slices.Index([]string{"一", "二", "三"}, a.Text) - slices.Index([]string{"一", "二", "三"}, b.Text)
	})
	want := []bot.Message{
		{Chat: s.Group, Group: !s.Alone, Name: s.People[0], Mention: s.OnlyMentions || s.Alone},
		{Chat: s.Group, Group: !s.Alone, Name: s.person(1), Mention: s.OnlyMentions || s.Alone},
		{Chat: private, Name: s.People[0], Mention: true},
	}
	ids := map[string]bool{}
	for i, m := range ms {
		w := want[i]
		if m.Account != s.Account.Name() {
			t.Errorf("%q: account %q, want %q", m.Text, m.Account, s.Account.Name())
		}
		if m.Chat != w.Chat || m.Group != w.Group || m.Name != w.Name || m.Mention != w.Mention {
			t.Errorf("%q: chat %q, group %v, name %q, mention %v; want %q, %v, %q, %v",
				m.Text, m.Chat, m.Group, m.Name, m.Mention, w.Chat, w.Group, w.Name, w.Mention)
		}
		if m.ID == "" || ids[m.ID] {
			t.Errorf("%q: id %q is empty or that of another message", m.Text, m.ID)
		}
		ids[m.ID] = true
		if m.Sent.Before(began.Add(-time.Minute)) || m.Sent.After(time.Now().Add(time.Minute)) {
			t.Errorf("%q: sent at %v, want about %v", m.Text, m.Sent, began)
		}
	}
	if ms[0].Sender == "" || ms[0].Sender != ms[2].Sender || (ms[0].Sender == ms[1].Sender) != s.Alone {
		t.Errorf("senders %q, %q, %q: want the first and third to be one person and the second another",
			ms[0].Sender, ms[1].Sender, ms[2].Sender)
	}
}

func inOrder(t *testing.T, s *stage) {
	s.run()
	const n = 50
	for i := range n {
		s.Say(s.Group, s.person(i), fmt.Sprint("第", i, "句"))
	}
	for i, m := range s.awaitN(n) {
		if want := fmt.Sprint("第", i, "句"); m.Text != want {
			t.Fatalf("message %d is %q, want %q", i, m.Text, want)
		}
	}
}

func equalTexts(t *testing.T, s *stage) {
	s.run()
	for range 3 {
		s.Say(s.Group, s.People[0], "收到")
	}
	ms := s.awaitN(3)
	if ms[0].ID == ms[1].ID || ms[1].ID == ms[2].ID || ms[0].ID == ms[2].ID {
		t.Errorf("ids %q, %q, %q of three messages", ms[0].ID, ms[1].ID, ms[2].ID)
	}
}

func saidBefore(t *testing.T, s *stage) {
	if s.Forgets {
		t.Skip("what is said while the account does not run is lost in the network")
	}
	s.Say(s.Group, s.People[0], "早")
	s.run()
	s.Say(s.Group, s.People[0], "晚")
	if ms := s.awaitN(2); ms[0].Text != "早" || ms[1].Text != "晚" {
		t.Errorf("heard %s, want the one said before Run first", texts(ms))
	}
}

func broughtAgain(t *testing.T, s *stage) {
	s.Refuse(2)
	s.run()
	s.Say(s.Group, s.People[0], "一")
	s.Say(s.Group, s.person(1), "二")
	ms := s.awaitN(2)
	s.Say(s.Group, s.People[0], "三")
	ms = append(ms, s.awaitN(3)[2])
	if texts(ms) != `["一" "二" "三"]` {
		t.Errorf("took %s, want each message once and in order", texts(ms))
	}
	if len(s.refused) == 0 {
		t.Fatal("no call of receive failed")
	}
	for _, r := range s.refused {
		i := slices.IndexFunc(ms, func(m bot.Message) bool { return m.Text == r.Text })
		if i < 0 || ms[i].ID != r.ID {
			t.Errorf("%q came with id %q when receive failed, and not again with it", r.Text, r.ID)
		}
	}
}

func mentions(t *testing.T, s *stage) {
	if s.Alone {
		t.Skip("there are no groups, and all that is said is for the bot")
	}
	s.raw = true
	s.run()
	said := map[string]bool{
		s.Mention + "第3条":              true,
		"请问" + s.Mention + "第3条":       true,
		"第3条":                          false,
		"@" + s.People[1] + " 第3条完成了吗": false,
		"收到 13800000000@qq.com":        false,
	}
	heard := map[string]bool{}
	for text, mention := range said {
		s.Say(s.Group, s.People[0], text)
		if s.OnlyMentions && !mention {
			continue
		}
		if s.Unmentioned {
			text = strings.TrimSpace(strings.Replace(text, s.Mention, " ", 1))
		}
		heard[text] = mention
	}
	for _, m := range s.awaitN(len(heard)) {
		if want, ok := heard[m.Text]; !ok || m.Mention != want {
			t.Errorf("%q: mention %v, want %v", m.Text, m.Mention, want)
		}
	}
}

func quotes(t *testing.T, s *stage) {
	if s.Quote == nil {
		t.Skip("the network has no quotes")
	}
	s.run()
	s.greet()
	s.send(s.Group, "寒假安全提醒，收到请回复")
	s.Say(s.Group, s.People[0], "经费下周到")
	s.quote(s.Group, s.person(1), "寒假安全提醒，收到请回复", "收到")
	s.quote(s.Group, s.person(1), "经费下周到", "好的")
	ms := s.awaitN(3)
	if ms[0].Quote != nil {
		t.Errorf("%q has a quote", ms[0].Text)
	}
	for i, want := range []struct {
		text, quoted string
		self         bool
	}{{"收到", "寒假安全提醒，收到请回复", true}, {"好的", "经费下周到", false}} {
		m := ms[i+1]
		if !strings.HasSuffix(m.Text, want.text) {
			t.Errorf("text %q, want %q at its end", m.Text, want.text)
		}
		if q := m.Quote; q == nil || q.Text != want.quoted || q.Self != want.self || q.Name == "" {
			t.Errorf("quote %+v, want a name, text %q, self %v", q, want.quoted, want.self)
		}
	}
}

func recalls(t *testing.T, s *stage) {
	if s.Recall == nil {
		t.Skip("nothing can be taken back in the network")
	}
	s.run()
	s.Say(s.Group, s.People[0], "第3条80%")
	said := s.awaitN(1)[0]
	s.Recall(s.Group, s.People[0], "第3条80%")
	m := s.awaitN(2)[1]
	if m.Kind != bot.Recall || m.Recall != said.ID || m.ID == said.ID || m.ID == "" || m.Sender != said.Sender || m.Chat != said.Chat {
		t.Errorf("heard %+v, want a recall of %q with an id of its own, by its sender", m, said.ID)
	}
}

func runEnds(t *testing.T, s *stage) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Account.Run(ctx, s.receive); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v, want nil or the context's error", err)
		}
	}()
	s.Say(s.Group, s.People[0], "一")
	s.awaitN(1)
	cancel()
	s.within(done, "Run to end after its context")
}

func shownAsSent(t *testing.T, s *stage) {
	s.run()
	s.greet()
	want := sayings()
	ids := map[string]bool{}
	for _, text := range want {
		r := s.send(s.Group, text)
		if r.ID != "" && ids[r.ID] {
			t.Errorf("%q got the id %q of another message", text, r.ID)
		}
		ids[r.ID] = true
	}
	if got := s.Shown(s.Group); !slices.Equal(got, want) {
		t.Errorf("the chat shows %q, want %q", got, want)
	}
}

// sideBySide sends into three chats at once, if the account's limits say that it may.
func sideBySide(t *testing.T, s *stage) {
	chats := []string{s.Group, s.Private(s.People[0]), s.Private(s.People[1])}
	if window := bot.AbilitiesOf(s.Account).Limits().Window; window < len(chats) {
		t.Skipf("%d text in flight at a time", max(window, 1))
	}
	s.run()
	want := sayings()
	var wg sync.WaitGroup
	for _, chat := range chats {
		wg.Go(func() {
			for _, text := range want {
				if _, err := s.Account.Send(t.Context(), chat, s.outgoing(chat, text)); err != nil {
					t.Errorf("Send(%q): %v", text, err)
				}
			}
		})
	}
	wg.Wait()
	for _, chat := range chats {
		if got := s.Shown(chat); !slices.Equal(got, want) {
			t.Errorf("%q shows %q, want %q", chat, got, want)
		}
	}
}

func privateStays(t *testing.T, s *stage) {
	if s.Alone {
		t.Skip("there are no groups")
	}
	s.run()
	private, other := s.Private(s.People[0]), s.Private(s.People[1])
	s.send(private, "只给你看")
	s.Say(s.Group, s.People[0], "还有谁没回复")
	asked := s.awaitN(1)[0]
	answer := s.outgoing(private, "这三位")
	answer.Key, answer.Answer = "answer/"+s.Account.Name()+"/"+asked.ID, true // the names are for who has asked alone
	if _, err := s.Account.Send(t.Context(), private, answer); err != nil {
		t.Fatalf("Send: %v", err)
	}
	if got := s.Shown(private); !slices.Equal(got, []string{"只给你看", "这三位"}) {
		t.Errorf("the private chat shows %q", got)
	}
	for _, chat := range []string{s.Group, other} {
		if got := s.Shown(chat); len(got) > 0 {
			t.Errorf("%q shows %q, want nothing", chat, got)
		}
	}
}

func refuses(t *testing.T, s *stage) {
	s.run()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const chat = "no such chat"
	_, err := s.Account.Send(ctx, chat, s.outgoing(chat, "有人吗"))
	if !errors.Is(err, bot.ErrRefused) && !errors.Is(err, bot.ErrUnresolved) { // where chats have names, one may come
		t.Errorf("Send into a chat that does not exist returned %v, want an error that wraps ErrRefused or ErrUnresolved", err)
	}
	for _, chat := range []string{s.Group, s.Private(s.People[0]), s.Private(s.People[1])} {
		if got := s.Shown(chat); len(got) > 0 {
			t.Errorf("%q shows %q, want nothing", chat, got)
		}
	}
}

func sendEnds(t *testing.T, s *stage) {
	s.run()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		_, err = s.Account.Send(ctx, s.Group, s.outgoing(s.Group, "晚了"))
	}()
	s.within(done, "Send to end after its context")
	if t.Failed() {
		return
	}
	shown := len(s.Shown(s.Group))
	switch {
	case err == nil && shown != 1:
		t.Errorf("Send returned nil and the chat shows %d texts, want 1", shown)
	case err != nil && !errors.Is(err, bot.ErrUnknown) && shown != 0:
		t.Errorf("Send returned %v, which means that it was not taken, and the chat shows %d texts", err, shown)
	}
}

func noEcho(t *testing.T, s *stage) {
	s.run()
	s.greet()
	s.send(s.Group, "通知")
	s.send(s.Private(s.People[0]), "通知")
	s.Say(s.Group, s.People[0], "收到")
	for _, m := range s.awaitN(1) { // which leaves out what is marked as the account's own
		if m.Text != "收到" {
			t.Errorf("heard %q", m.Text)
		}
	}
}

func onlyAnswers(t *testing.T, s *stage) {
	if !bot.AbilitiesOf(s.Account).Can().Answers {
		t.Skip("it says what nobody asked for too")
	}
	s.run()
	s.greet()
	m := s.outgoing(s.Group, "请填报")
	m.Answer, m.Rank = false, bot.Ordinary
	if _, err := s.Account.Send(t.Context(), s.Group, m); !errors.Is(err, bot.ErrRefused) || len(s.Shown(s.Group)) > 0 {
		t.Errorf("a reminder: got error %v, the chat shows %q; want that it is refused", err, s.Shown(s.Group))
	}
}
