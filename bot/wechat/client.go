package wechat

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// A client makes the requests of a session outside of the library's loop.
type client struct {
	ctx  context.Context // ends with the session
	lib  *openwechat.Bot
	wire *wire
	book *book
}

// caller returns what makes the library's requests outside of its loop. Each
// has a client and a jar of its own, because those of the library must not be
// used by two goroutines.
func (c *client) caller() *openwechat.Caller {
	jar := openwechat.NewJar()
	for _, k := range c.wire.jar.list() {
		jar.SetCookies(&url.URL{Scheme: "https", Host: k.Domain, Path: "/"}, []*http.Cookie{k})
	}
	h := openwechat.NewClient(&http.Client{
		Transport: c.wire, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	h.SetCookieJar(jar)
	h.Domain, h.HttpHooks = c.lib.Caller.Client.Domain, c.lib.Caller.Client.HttpHooks
	return openwechat.NewCaller(h)
}

// people asks for all contacts. The answer goes into the book as it passes the
// wire, and so does that of groups.
func (c *client) people(ctx context.Context) (err error) {
	defer bot.Contain(&err)
	_, err = c.caller().WebWxGetContact(ctx, c.lib.Storage.LoginInfo)
	return err
}

// groups asks for groups and their members.
func (c *client) groups(ctx context.Context, users []string) (err error) {
	defer bot.Contain(&err)
	var members openwechat.Members
	for _, user := range users {
		members = append(members, &openwechat.User{UserName: user})
	}
	_, err = c.caller().WebWxBatchGetContact(ctx, members, c.lib.Storage.Request)
	return err
}

// upload brings the bytes to the server, which nobody sees, and returns their
// id there. The library gets a base name: of a file it would send the path.
func (c *client) upload(ctx context.Context, to, name string, data []byte) (_ string, err error) {
	defer bot.Contain(&err)
	sum := md5.Sum(data) //nolint:gosec // see above
	resp, err := c.caller().Client.WebWxUploadMediaByChunk(ctx, bytes.NewReader(data), &openwechat.ClientWebWxUploadMediaByChunkOptions{
		FromUserName: c.book.myName(), ToUserName: to, BaseRequest: c.lib.Storage.Request, LoginInfo: c.lib.Storage.LoginInfo,
		Filename: name, FileMD5: hex.EncodeToString(sum[:]), FileSize: int64(len(data)), LastModifiedDate: time.Now(),
	})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	var u openwechat.UploadResponse
	if err := json.NewDecoder(resp.Body).Decode(&u); err != nil {
		return "", err
	}
	if err := u.BaseResponse.Err(); err != nil {
		return "", err
	}
	if u.MediaId == "" {
		return "", errors.New("upload got no id")
	}
	return u.MediaId, nil
}

// text sends a text.
func (c *client) text(ctx context.Context, to, text, id string) (string, error) {
	return c.send(ctx, openwechat.NewSendMessage(openwechat.MsgTypeText, text, c.book.myName(), to, ""), id)
}

// media sends what was uploaded.
func (c *client) media(ctx context.Context, to, name, media string, size int, id string) (string, error) {
	m := openwechat.NewSendMessage(openwechat.MsgTypeImage, "", c.book.myName(), to, media)
	if !isPicture(name) {
		m = openwechat.NewSendMessage(openwechat.AppMessage, document(name, media, size), c.book.myName(), to, "")
	}
	return c.send(ctx, m, id)
}

// send sends m under an id by which the server can tell a copy, and returns the
// server's own id. Without one the server did not take it.
func (c *client) send(ctx context.Context, m *openwechat.SendMessage, id string) (_ string, err error) {
	defer bot.Contain(&err)
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	m.LocalID, m.ClientMsgId = id, id
	var resp *http.Response
	lib := c.caller().Client
	o := &openwechat.ClientWebWxSendMsgOptions{LoginInfo: c.lib.Storage.LoginInfo, BaseRequest: c.lib.Storage.Request, Message: m}
	switch m.Type {
	case openwechat.MsgTypeImage:
		resp, err = lib.WebWxSendMsgImg(ctx, o)
	case openwechat.AppMessage:
		resp, err = lib.WebWxSendAppMsg(ctx, m, o.BaseRequest)
	default:
		resp, err = lib.WebWxSendMsg(ctx, o)
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	parser := openwechat.MessageResponseParser{Reader: resp.Body}
	sent, err := parser.MsgID()
	if err == nil && sent == "" {
		err = webwx.RetNoAnswerID
	}
	return sent, err
}

// document is the content of a message with a file.
func document(name, media string, size int) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	return fmt.Sprintf(`<appmsg appid="wxeb7ec651dd0aefa9" sdkver=""><title>%s</title><des></des><action></action>`+
		`<type>%d</type><content></content><url></url><lowurl></lowurl>`+
		`<appattach><totallen>%d</totallen><attachid>%s</attachid><fileext>%s</fileext></appattach><extinfo></extinfo></appmsg>`,
		html.EscapeString(name), webwx.AppFile, size, html.EscapeString(media), html.EscapeString(ext))
}

// opener returns what fetches the bytes of a picture or a file.
func (c *client) opener(w webwx.Message) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (_ io.ReadCloser, err error) {
		defer bot.Contain(&err)
		if c.ctx.Err() != nil {
			return nil, fmt.Errorf("the login with which it came is over: %w", bot.ErrOut)
		}
		msg := &openwechat.Message{
			MsgId: string(w.MsgID), FromUserName: string(w.FromUserName),
			MediaId: string(w.MediaID), EncryFileName: string(w.EncryFileName),
		}
		client := c.caller().Client
		get := client.WebWxGetMsgImg
		if w.MsgType != webwx.TypePicture {
			get = client.WebWxGetMedia
		}
		resp, err := get(ctx, msg, c.lib.Storage.LoginInfo)
		if err != nil {
			return nil, plain(err)
		}
		defer func() { err = errors.Join(err, resp.Body.Close()) }()
		data, err := io.ReadAll(resp.Body)
		switch {
		case err != nil:
			return nil, plain(err)
		case len(data) == 0:
			return nil, errors.New("the network has the file no more")
		}
		// What a phone writes into its pictures is nobody's business.
		data, _ = bot.CleanJPEG(data)
		return io.NopCloser(bytes.NewReader(data)), nil
	}
}
