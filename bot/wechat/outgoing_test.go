package wechat_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"time"

	"duban/bot"
)

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

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }
