package wechat_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// BenchmarkReceive brings messages of a group of 300 people, in answers of at
// most 50, as fast as they are taken.
func BenchmarkReceive(b *testing.B) {
	s := office(time.Second)
	g := webwxtest.Group{ID: "big", Name: "大群", Saved: true, SelfCard: "督办小助手"}
	for i := range 300 {
		g.Members = append(g.Members, webwxtest.Member{ID: fmt.Sprint("m", i), Nick: fmt.Sprint("员", i), Card: fmt.Sprint("学院-员", i)})
	}
	s.AddGroup(g)
	s.AutoLogin(true)
	a, err := wechat.New(wechat.Options{Name: "wechat", Dir: b.TempDir(), Key: key(), Transport: s.Transport()})
	if err != nil {
		b.Fatal(err)
	}
	heard := make(chan int, 1024)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error)
	go func() {
		done <- a.Run(ctx, func(_ context.Context, batch []bot.Message) error {
			heard <- len(batch)
			return nil
		})
	}()
	for a.State().Word != bot.Online {
		<-a.States()
	}
	b.ResetTimer()
	for i := range b.N {
		s.Push(webwxtest.GroupText("big", fmt.Sprint("m", i%300), "@督办小助手\u2005第3条完成80%，还差经费\n其余见附件"))
	}
	for left := b.N; left > 0; {
		left -= <-heard
	}
	b.StopTimer()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
