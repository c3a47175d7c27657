package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"duban/bot"
)

// An ear is a receive function that remembers.
type ear struct {
	mu     sync.Mutex
	heard  []bot.Message
	refuse int // calls that fail
	news   chan struct{}
}

func newEar() *ear { return &ear{news: make(chan struct{}, 1)} }

func (e *ear) receive(_ context.Context, batch []bot.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse > 0 {
		e.refuse--
		return errors.New("the store is away")
	}
	e.heard = append(e.heard, batch...)
	select {
	case e.news <- struct{}{}:
	default:
	}
	return nil
}

func (e *ear) all() []bot.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// await waits for n messages.
func (e *ear) await(t *testing.T, n int) []bot.Message {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		if got := e.all(); len(got) >= n {
			return got
		}
		select {
		case <-e.news:
		case <-timeout:
			t.Fatalf("heard %+v, want %d messages", e.all(), n)
		}
	}
}

// text is something to be said.
func text(s string) bot.Outgoing { return bot.Outgoing{Key: "test/" + s, Text: s, Attempt: 1} }

// file is a file to be sent.
func file(name string, data []byte) bot.Outgoing {
	return bot.Outgoing{Key: "test/" + name, Text: "图", Attempt: 1, File: &bot.FileInfo{
		Name: name, Size: int64(len(data)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}}
}

// picture is a picture to be sent.
func picture(name string) bot.Outgoing {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		panic(fmt.Sprint("encode: ", err))
	}
	return file(name, b.Bytes())
}

func isOut(err error) bool { return errors.Is(err, bot.ErrOut) }

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }
