package wechat

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// maxOut is the most bytes of a file that goes out. Above 25 MB the protocol
// wants another way.
const maxOut = 20 << 20

// sendFile sends a picture or a document.
func (l *life) sendFile(ctx context.Context, to string, m bot.Outgoing) (bot.Receipt, error) {
	data, err := read(ctx, m.File)
	if err != nil {
		return bot.Receipt{}, err
	}
	name := fileName(m.File)
	media, err := l.upload(ctx, to, name, data)
	if err != nil {
		return bot.Receipt{}, l.uploadVerdict(err)
	}
	id, err := l.sendMedia(ctx, to, name, media, len(data), messageID(m.Key, 0))
	if err != nil {
		return bot.Receipt{}, l.verdict(err, false)
	}
	return bot.Receipt{ID: id, Sent: time.Now()}, nil
}

// read returns the bytes of f. The protocol knows no empty files.
func read(ctx context.Context, f *bot.FileInfo) (_ []byte, err error) {
	if f.Open == nil {
		return nil, fmt.Errorf("%w: a file without bytes", bot.ErrRefused)
	}
	r, err := f.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	data, err := io.ReadAll(io.LimitReader(r, maxOut+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case len(data) == 0, len(data) > maxOut:
		return nil, fmt.Errorf("%w: a file of %d bytes", bot.ErrRefused, len(data))
	}
	return data, nil
}

// fileName returns a name with an ending, by which the protocol tells pictures
// from documents.
func fileName(f *bot.FileInfo) string {
	name := baseName(f.Name)
	if path.Ext(name) == "" {
		switch f.Type {
		case "image/png":
			name += ".png"
		case "image/jpeg":
			name += ".jpg"
		default:
			if ends, err := mime.ExtensionsByType(f.Type); err == nil && len(ends) > 0 {
				name += ends[0]
			} else {
				name += ".bin"
			}
		}
	}
	return name
}

func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".bmp":
		return true
	}
	return false
}

// upload brings the bytes to the server, which nobody sees, and returns their
// id there. The library gets a base name: of a file it would send the path.
func (l *life) upload(ctx context.Context, to, name string, data []byte) (_ string, err error) {
	defer recovered(&err)
	sum := md5.Sum(data) //nolint:gosec // see above
	resp, err := l.caller().Client.WebWxUploadMediaByChunk(ctx, bytes.NewReader(data), &openwechat.ClientWebWxUploadMediaByChunkOptions{
		FromUserName: l.book.myName(), ToUserName: to, BaseRequest: l.lib.Storage.Request, LoginInfo: l.lib.Storage.LoginInfo,
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

// uploadVerdict says what an error of an upload means: nothing has been sent.
func (l *life) uploadVerdict(err error) error {
	if r, ok := errors.AsType[openwechat.Ret](err); ok {
		return l.refusal(webwx.Ret(r))
	}
	return errors.New("not uploaded: " + plain(err).Error()) // not its kind: a time-out here leaves nothing unknown
}

// sendMedia sends what was uploaded.
func (l *life) sendMedia(ctx context.Context, to, name, media string, size int, id string) (_ string, err error) {
	defer recovered(&err)
	caller := l.caller()
	if !isPicture(name) {
		content, err := document(name, media, size)
		if err != nil {
			return "", err
		}
		msg := openwechat.NewSendMessage(openwechat.AppMessage, content, l.book.myName(), to, "")
		msg.LocalID, msg.ClientMsgId = id, id
		return accepted(caller.WebWxSendAppMsg(ctx, msg, l.lib.Storage.Request))
	}
	msg := openwechat.NewMediaSendMessage(openwechat.MsgTypeImage, l.book.myName(), to, media)
	msg.LocalID, msg.ClientMsgId = id, id
	resp, err := caller.Client.WebWxSendMsgImg(ctx, &openwechat.ClientWebWxSendMsgOptions{
		LoginInfo: l.lib.Storage.LoginInfo, BaseRequest: l.lib.Storage.Request, Message: msg,
	})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	parser := openwechat.MessageResponseParser{Reader: resp.Body}
	return accepted(parser.SentMessage(msg))
}

// document is the content of a message with a file.
func document(name, media string, size int) (string, error) {
	type attach struct {
		Size  int    `xml:"totallen"`
		Media string `xml:"attachid"`
		Ext   string `xml:"fileext"`
	}
	text, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"appmsg"`
		AppID   string   `xml:"appid,attr"`
		Version string   `xml:"sdkver,attr"`
		Title   string   `xml:"title"`
		Des     string   `xml:"des"`
		Action  string   `xml:"action"`
		Type    int      `xml:"type"`
		Content string   `xml:"content"`
		URL     string   `xml:"url"`
		LowURL  string   `xml:"lowurl"`
		Attach  attach   `xml:"appattach"`
		Extra   string   `xml:"extinfo"`
	}{
		AppID: "wxeb7ec651dd0aefa9", Title: name, Type: webwx.AppFile,
		Attach: attach{Size: size, Media: media, Ext: strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))},
	})
	return string(text), err
}

// opener returns what fetches the bytes of a picture or a file.
func (l *life) opener(w webwx.Message) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (_ io.ReadCloser, err error) {
		defer recovered(&err)
		if l.guard.ctx.Err() != nil {
			return nil, fmt.Errorf("the login with which it came is over: %w", bot.ErrOut)
		}
		msg := &openwechat.Message{
			MsgId: string(w.MsgID), FromUserName: string(w.FromUserName),
			MediaId: string(w.MediaID), EncryFileName: string(w.EncryFileName),
		}
		client := l.caller().Client
		get := client.WebWxGetMsgImg
		if w.MsgType != webwx.TypePicture {
			get = client.WebWxGetMedia
		}
		resp, err := get(ctx, msg, l.lib.Storage.LoginInfo)
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
