package bot_test

import (
	"context"
	"fmt"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// An echo answers what it is told. It is a handler and the smallest outbox.
type echo chan bot.Outgoing

func (e echo) Handle(_ context.Context, m bot.Message) error {
	e <- bot.Outgoing{Key: "answer/" + m.ID, Account: m.Account, Chat: m.Chat, Text: m.Name + "说：" + m.Text}
	return nil
}

func (e echo) Exchange(context.Context, string, []bot.Attempt, int, time.Duration) ([]bot.Outgoing, error) {
	select {
	case m := <-e:
		return []bot.Outgoing{m}, nil
	default:
		return nil, nil
	}
}

func Example() {
	network := bottest.NewNetwork("duban")
	network.Group("学工群", "张三")
	e := make(echo, 1)
	b := bot.New(bot.Options{Accounts: []bot.Account{network.Account()}, Handler: e, Outbox: e})

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- b.Run(ctx) }()
	network.Say("学工群", "张三", "收到")
	_ = network.Await(ctx, func() bool { return len(network.Sent()) > 0 })
	stop()
	fmt.Println(network.Shown("学工群"), <-ended)
	// Output: [张三说：收到] <nil>
}
