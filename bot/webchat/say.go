package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"duban/bot"
	"duban/zh"
)

const (
	recallFor = 2 * time.Minute
	longest   = 5000     // characters of a message
	maxBody   = 64 << 10 // bytes of a request, except a file
	quoted    = 500      // characters of a quote
	patience  = 3 * time.Second

	burst     = 40 // messages that one person can say at once, and then
	perSecond = 5
)

// clientID is what the browser calls a message before the server knows it.
var clientID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// A saying is what the browser posts.
type saying struct {
	As     string   `json:"as"`
	Client string   `json:"client"`
	Chat   string   `json:"chat"`
	Kind   bot.Kind `json:"kind"` // text or file
	Text   string   `json:"text"`
	Size   int64    `json:"size"`  // of a file, as the browser says
	Quote  string   `json:"quote"` // id of the message that this one answers
}

// postSay takes a text, or the name of a file without its bytes. The answer is 200 when the bot
// has it and 202 when the bot will have it later; posting the same client id
// again has no other effect.
func (a *Account) postSay(w http.ResponseWriter, r *http.Request) error {
	var in saying
	if err := decode(w, r, &in); err != nil {
		return err
	}
	p, c, err := a.speaker(in.As, in.Chat, in.Client)
	if err != nil {
		return err
	}
	text := clean(in.Text)
	switch {
	case in.Kind != bot.Text && in.Kind != bot.File, in.Size < 0:
		return errForm
	case strings.TrimSpace(text) == "":
		return refusal{http.StatusBadRequest, "不能发送空白消息"}
	case utf8.RuneCountInString(text) > longest:
		return refusal{http.StatusRequestEntityTooLarge, "消息太长了，最多 5000 字，请分几条发"}
	}
	e := entry{Type: typeSay, Chat: c.id, From: p.ID, Name: p.Name, Kind: in.Kind, Text: text, Size: in.Size, Client: in.Client}
	if in.Quote != "" {
		if e.Quote, err = a.log.quote(c, in.Quote); err != nil {
			return err
		}
	}
	if _, err := a.admit(&e); err != nil {
		return err
	}
	return a.accept(w, r, e)
}

// speaker checks who says something where.
func (a *Account) speaker(as, chat, client string) (Person, *chat, error) {
	p, err := a.person(as)
	if err != nil {
		return p, nil, err
	}
	c, err := a.conversation(p.ID, chat)
	if err == nil && !clientID.MatchString(client) {
		err = errForm
	}
	return p, c, err
}

// quote repeats a message of the same chat.
func (t *transcript) quote(c *chat, id string) (*bot.Quote, error) {
	e, ok := t.find(id)
	if !ok || e.Chat != c.id || e.Type != typeSay || e.Recalled {
		return nil, refusal{http.StatusNotFound, "引用的消息已经不在了，请取消引用"}
	}
	q := &bot.Quote{ID: e.ID, Name: e.Name, Text: e.Text, Self: e.From == ""}
	if e.Kind == bot.Picture {
		q.Text = "[图片]"
	}
	if e.Kind == bot.File {
		q.Text = "[文件] " + e.Text
	}
	q.Text = zh.Head(q.Text, quoted)
	return q, nil
}

// admit gives e the id that the same request always gets. It refuses a new
// entry of somebody who says too much.
func (a *Account) admit(e *entry) (known bool, err error) {
	e.ID = saidID(e.From, e.Chat, e.Client)
	if _, known = a.log.find(e.ID); !known && !a.allow(e.From) {
		err = errTooMuch
	}
	return known, err
}

// allow reports whether a person may say something more, and counts that they do.
func (a *Account) allow(person string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, full := a.o.Now(), a.full[person]
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Second / perSecond)
	if full.Sub(now) > burst*time.Second/perSecond {
		return false
	}
	a.full[person] = full
	return true
}

// accept puts e into the transcript and waits a moment for the bot.
func (a *Account) accept(w http.ResponseWriter, r *http.Request, e entry) error {
	e, err := a.log.append(e)
	if err != nil {
		a.o.Log.Error("transcript", "account", a.o.Name, "err", err)
		return errNotSaved
	}
	code := http.StatusOK
	if !a.await(r.Context(), e.Seq) {
		code = http.StatusAccepted
	}
	return reply(w, code, e.line())
}

// await reports whether the bot has the entry with a number within a moment.
// It does not wait for a bot that takes nothing.
func (a *Account) await(ctx context.Context, seq uint64) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		m := a.log.after(seq, 0)
		if m.got >= seq {
			return true
		}
		if !m.online || !bot.Await(ctx, m.changed, patience) {
			return false
		}
	}
}

// postRecall takes back a message of one's own while it is young.
func (a *Account) postRecall(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		As string `json:"as"`
		ID string `json:"id"`
	}
	if err := decode(w, r, &in); err != nil {
		return err
	}
	p, err := a.person(in.As)
	if err != nil {
		return err
	}
	e, ok := a.log.find(in.ID)
	if !ok || e.Type != typeSay || e.From != p.ID {
		return errNoMessage
	}
	if !e.Recalled && a.o.Now().Sub(e.At) > recallFor {
		return refusal{http.StatusConflict, "超过 2 分钟的消息不能撤回"}
	}
	back := entry{Type: typeRecall, Chat: e.Chat, From: p.ID, Name: p.Name, Client: "recall-" + e.ID, Recall: e.ID}
	if _, err := a.admit(&back); err != nil {
		return err
	}
	defer a.forgetFile(e)
	return a.accept(w, r, back)
}

// decode reads a small JSON body.
func decode(w http.ResponseWriter, r *http.Request, v any) error {
	if mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mt != "application/json" {
		return refusal{http.StatusUnsupportedMediaType, "请求的格式不对，请刷新页面"}
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	raw, err := bot.NextJSON(body)
	if err != nil {
		return unread(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err = dec.Decode(v)
	if err == nil {
		if _, err = body.Token(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	return unread(err)
}

// unread says why the body of a request could not be read.
func unread(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return errTooLarge
	}
	return errForm
}
