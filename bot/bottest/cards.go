package bottest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"duban/bot"
)

// card sends a text with two buttons.
func (s *stage) card(chat, text string) bot.Receipt {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m := s.outgoing(chat, text)
	m.Buttons = []bot.Button{{Label: "收到", Says: "通知3收到"}, {Label: "请假", Says: "请假"}}
	receipt, err := s.Account.Send(ctx, chat, m)
	if err != nil {
		s.Fatalf("Send(%q, %q): %v", chat, text, err)
	}
	return receipt
}

func presses(t *testing.T, s *stage) {
	if s.Press == nil {
		t.Skip("the network has no buttons")
	}
	if !bot.AbilitiesOf(s.Account).Can().Buttons {
		t.Error("the account does not say that it has buttons")
	}
	s.run()
	private := s.Private(s.People[1])
	group, alone := s.card(s.Group, "寒假安全提醒，收到请回复"), s.card(private, "还没有收到您的回复")
	for range 2 {
		s.Press(s.Group, s.People[0], "收到")
	}
	s.Press(private, s.People[1], "请假")
	s.Say(s.Group, s.People[0], "收到")
	heard := s.awaitN(4)
	slices.SortStableFunc(heard, func(a, b bot.Message) int { // chats may overtake each other
		return slices.Index([]string{s.Group, private}, a.Chat) - slices.Index([]string{s.Group, private}, b.Chat)
	})
	for i, want := range []struct {
		chat, person, text, pressed string
	}{{s.Group, s.People[0], "通知3收到", group.ID}, {s.Group, s.People[0], "通知3收到", group.ID}, {s.Group, s.People[0], "收到", ""}, {private, s.People[1], "请假", alone.ID}} {
		m := heard[i]
		if m.Chat != want.chat || m.Group != (want.chat == s.Group) || m.Name != want.person || m.Text != want.text || m.Kind != bot.Text {
			t.Errorf("heard %+v, want %+v", m, want)
		}
		if (m.Press != nil) != (want.pressed != "") || m.Press != nil && m.Press.Message != want.pressed {
			t.Errorf("%q: press %+v, want one of %q", m.Text, m.Press, want.pressed)
		}
	}
	if heard[0].ID == heard[1].ID || heard[0].ID == "" || heard[0].Sender != heard[2].Sender {
		t.Errorf("ids %q and %q, senders %q and %q: want two presses by whoever typed", heard[0].ID, heard[1].ID, heard[0].Sender, heard[2].Sender)
	}
}

func updates(t *testing.T, s *stage) {
	updater := bot.AbilitiesOf(s.Account).Updater
	if updater == nil {
		t.Skip("the network changes nothing that was sent")
	}
	s.run()
	before, receipt := s.send(s.Group, "一"), s.card(s.Group, "寒假安全提醒")
	m := s.outgoing(s.Group, "寒假安全提醒\n已收到：1人")
	m.Replaces = receipt.ID
	if err := updater.Update(t.Context(), s.Group, receipt.ID, m); err != nil {
		t.Fatalf("Update: %v", err)
	}
	if got := s.Shown(s.Group); !slices.Equal(got, []string{"一", m.Text}) {
		t.Errorf("the chat shows %q", got)
	}
	if s.Press != nil && before.ID == receipt.ID {
		t.Errorf("two messages have the id %q", before.ID)
	}
}

func reads(t *testing.T, s *stage) {
	reader := bot.AbilitiesOf(s.Account).Reader
	if reader == nil {
		t.Skip("the network does not say who has read")
	}
	s.run()
	s.send(s.Group, "早") // where nobody ever reads, a simulated network says nothing
	s.Read(s.Group, s.People[0], "早")
	receipt := s.send(s.Group, "寒假安全提醒")
	s.Say(s.Group, s.People[1], "在")
	sender := s.awaitN(1)[0].Sender
	who, err := reader.ReadBy(t.Context(), s.Group, receipt.ID)
	if err != nil || slices.ContainsFunc(who, func(r bot.Read) bool { return r.Sender == sender }) {
		t.Errorf("ReadBy: got %v, %v, want nobody to have read it yet", who, err)
	}
	s.Read(s.Group, s.People[1], "寒假安全提醒")
	who, err = reader.ReadBy(t.Context(), s.Group, receipt.ID)
	if err != nil || len(who) != 1 || who[0].Sender != sender || who[0].At.IsZero() {
		t.Errorf("ReadBy: got %v, %v, want %q and when", who, err, sender)
	}
}

func rings(t *testing.T, s *stage) {
	if s.Rung == nil {
		t.Skip("the network calls nobody")
	}
	s.run()
	s.Say(s.Group, s.People[0], "在")
	s.awaitN(1)
	for i, c := range []struct {
		chat string
		rank bot.Rank
		want int
	}{{s.Group, bot.Urgent, 0}, {s.Private(s.People[0]), bot.Ordinary, 0}, {s.Private(s.People[0]), bot.Urgent, 1}} {
		m := s.outgoing(c.chat, fmt.Sprint("还没有收到您的回复", i))
		m.Rank = c.rank
		if _, err := s.Account.Send(t.Context(), c.chat, m); err != nil {
			t.Fatalf("Send: %v", err)
		}
		if got, other := s.Rung(s.People[0]), s.Rung(s.People[1]); got != c.want || other != 0 {
			t.Errorf("after text %d of rank %q in %s the phones rang %d and %d times, want %d and none", i, c.rank, c.chat, got, other, c.want)
		}
	}
}

func joins(t *testing.T, s *stage) {
	if s.Join == nil {
		t.Skip("the network does not say who joins")
	}
	s.run()
	s.Join(s.Group, "王五")
	m := s.awaitN(1)[0]
	if m.Kind != bot.Joined || m.ID == "" || m.Chat != s.Group || !m.Group || len(m.People) != 1 || m.People[0].Sender == "" {
		t.Errorf("heard %+v, want one who joined the group", m)
	}
}
