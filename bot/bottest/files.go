package bottest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"testing"

	"duban/bot"
)

// A File is a picture or a document in a chat. A picture may have no name.
type File struct {
	Name string
	Data []byte
}

// Picture returns a picture as phones send them, but for its size.
func Picture() File {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 7))) // a buffer has no errors
	return File{Data: b.Bytes()}
}

// Document returns a document that is large enough to be sent in several pieces.
func Document() File {
	return File{Name: "名单 2026.pdf", Data: append([]byte("王雪晴\n"), bytes.Repeat([]byte("收到\n"), 200_000)...)}
}

// Posted returns the file in a form that a call brings; ok is false if there is none.
func Posted(r *http.Request, field string) (f File, ok bool) {
	in, head, err := r.FormFile(field)
	if err != nil {
		return f, false
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	return File{head.Filename, data}, err == nil
}

// Outgoing returns what the bot says with a file.
func (f File) Outgoing(key, text string) bot.Outgoing {
	info := &bot.FileInfo{Name: f.Name, Size: int64(len(f.Data))}
	if info.Name == "" {
		info.Name = "进度汇总.png"
	}
	info.Open = bot.Opener(func(context.Context) ([]byte, error) { return f.Data, nil })
	return bot.Outgoing{Key: key, Text: text, File: info, Attempt: 1}
}

func filesComeIn(t *testing.T, s *stage) {
	if s.Attach == nil {
		t.Skip("nobody sends files here")
	}
	s.run()
	chat := s.Private(s.People[0])
	for i, f := range []File{Picture(), Document()} {
		s.Attach(chat, s.People[0], f)
		m := s.awaitN(i + 1)[i]
		kind := bot.Picture
		if f.Name != "" {
			kind = bot.File
		}
		if m.Kind != kind || m.Chat != chat || m.Name != s.People[0] || m.File == nil || m.File.Open == nil {
			t.Fatalf("heard %+v, want a %s with its bytes", m, kind)
		}
		for range 2 { // it may be fetched again
			data, err := m.File.Bytes(t.Context(), 10<<20)
			if err != nil || !bytes.Equal(data, f.Data) {
				t.Errorf("a %s: got %d bytes and error %v, want %d", kind, len(data), err, len(f.Data))
			}
		}
		if f.Name != "" && m.File.Name != f.Name {
			t.Errorf("it is called %q, want %q", m.File.Name, f.Name)
		}
	}
}

func filesGoOut(t *testing.T, s *stage) {
	if s.Files == nil {
		t.Skip("the bot sends no files here")
	}
	s.run()
	s.Say(s.Group, s.People[0], "一") // where the bot may write is open
	s.awaitN(1)
	for i, f := range []File{Picture(), Document()} {
		m := f.Outgoing("test/"+f.Name, "这个账号不能发文件")
		m.Account, m.Chat = s.Account.Name(), s.Group
		if _, err := s.Account.Send(t.Context(), s.Group, m); err != nil {
			t.Fatalf("Send: %v", err)
		}
		all := s.Files(s.Group)
		if len(all) != i+1 || !bytes.Equal(all[i].Data, f.Data) || f.Name != "" && all[i].Name != f.Name {
			t.Errorf("the group shows %d files, want that the last is %q with its %d bytes", len(all), f.Name, len(f.Data))
		}
	}
	if texts := s.Shown(s.Group); len(texts) > 0 && texts[len(texts)-1] == "这个账号不能发文件" {
		t.Errorf("the group shows %q beside the files", texts)
	}
}

// A file that is lost, or that no network takes, must not take its text with it, or
// is refused.
func noFiles(t *testing.T, s *stage) {
	if s.Files == nil {
		t.Skip("the bot sends no files here")
	}
	s.run()
	s.Say(s.Group, s.People[0], "一")
	s.awaitN(1)
	m := File{Name: "空.txt"}.Outgoing("test/empty", "一份空的附件")
	m.Account, m.Chat = s.Account.Name(), s.Group
	before := len(s.Shown(s.Group))
	_, err := s.Account.Send(t.Context(), s.Group, m)
	switch shown := s.Shown(s.Group); {
	case err == nil && len(s.Files(s.Group)) == 1:
	case err == nil && (len(shown) != before+1 || shown[before] != m.Text):
		t.Errorf("an empty file: the group shows %q, want its text", shown)
	case err != nil && !errors.Is(err, bot.ErrRefused):
		t.Errorf("an empty file: got error %v, want none or ErrRefused", err)
	}
	m = Picture().Outgoing("test/gone", "一张图")
	m.Account, m.Chat = s.Account.Name(), s.Group
	m.File.Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("it is gone") }
	if _, err := s.Account.Send(t.Context(), s.Group, m); err == nil || errors.Is(err, bot.ErrUnknown) {
		t.Errorf("a file that cannot be read now: got error %v, want one that says that nothing was sent", err)
	}
}
