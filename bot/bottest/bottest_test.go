package bottest_test

import (
	"net"
	"testing"

	"duban/bot/bottest"
)

// scene opens a scene on n, in which account is the bot's login.
func scene(n *bottest.Network, account *bottest.Account) bottest.Scene {
	n.Group("学工群", "张三", "李四")
	return bottest.Scene{
		Account: account,
		Group:   "学工群",
		People:  [2]string{"张三", "李四"},
		Private: func(person string) string { return person },
		Mention: "@duban ",
		Say:     func(chat, person, text string) { n.Say(chat, person, text) },
		Shown:   n.Shown,
	}
}

func TestAccount_inTheSameProcess(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		n := bottest.NewNetwork("duban")
		return scene(n, n.Account())
	})
}

func TestAccount_throughASocket(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		n := bottest.NewNetwork("duban")
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			conn, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			if err := n.Serve(conn); err != nil {
				t.Error(err)
			}
		}()
		a, _, err := bottest.Dial(t.Context(), "duban", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
			<-done
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
		return scene(n, a)
	})
}
