package wecom

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // the network names files by it
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"duban/bot"
)

// What the network takes of one file, in bytes.
const (
	leastFile    = 5
	mostFile     = 20 << 20
	mostPicture  = 10 << 20
	mostOfRobot  = 2 << 20   // of a picture that a robot sends
	mostChunk    = 512 << 10 // of what goes over the connection at once
	mostPictures = 9         // of one message
)

// A media is a picture or a file that somebody sent: where it is for five minutes, and
// the key under which it is there.
type media struct {
	URL string `json:"url"`
	Key string `json:"aeskey"`
}

// info is what the bot is told of it. The network says what it is called with its bytes.
func (a *Account) info(m media) *bot.FileInfo {
	f := new(bot.FileInfo)
	f.Open = bot.Opener(func(ctx context.Context) ([]byte, error) {
		r, err := bot.Fetch(ctx, a.client, m.URL)
		if err != nil {
			return nil, fmt.Errorf("wecom: file: %w", err)
		}
		if _, values, err := mime.ParseMediaType(r.Header.Get("Content-Disposition")); err == nil && f.Name == "" {
			name, err := url.PathUnescape(values["filename"])
			if err != nil {
				name = values["filename"]
			}
			f.Name = bot.BaseName(name)
		}
		return opened(r.Body, m.Key)
	})
	return f
}

// opened decrypts a file. What is not under a key is as it is.
func opened(data []byte, key string) ([]byte, error) {
	if key == "" {
		return data, nil
	}
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(key, "="))
	if err != nil || len(secret) != 32 || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, errors.New("wecom: file: it is not under its key")
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("wecom: file: %w", err)
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, secret[:aes.BlockSize]).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > 32 || pad > len(plain) || !bytes.Equal(plain[len(plain)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("wecom: file: it is not under its key")
	}
	return plain[:len(plain)-pad], nil
}

// A parcel is a file that goes out.
type parcel struct {
	name string
	data []byte
	kind string // image or file
}

// pack reads the file of m; nil is none.
func pack(ctx context.Context, m bot.Outgoing) (*parcel, error) {
	if m.File == nil {
		return nil, nil
	}
	data, err := m.File.Whole(ctx, mostFile)
	switch {
	case errors.Is(err, bot.ErrNoFile), err == nil && len(data) < leastFile:
		return nil, nil // its text is said
	case err != nil:
		return nil, err
	}
	p := &parcel{name: bot.BaseName(m.File.Name), data: data, kind: "file"}
	if ending := bot.Ending(data); (ending == ".png" || ending == ".jpg") && len(data) <= mostPicture {
		p.kind = "image"
	}
	return p, nil
}

// sent is what is said of a parcel that the network has.
func (p *parcel) sent(media string) map[string]any {
	return map[string]any{"msgtype": p.kind, p.kind: map[string]string{"media_id": media}}
}

// upload brings a parcel to the network, over the connection.
func (s *session) upload(ctx context.Context, p *parcel) (media string, err error) {
	sum := md5.Sum(p.data) //nolint:gosec // see above
	chunks := (len(p.data) + mostChunk - 1) / mostChunk
	var out struct {
		Upload string `json:"upload_id"`
		Media  string `json:"media_id"`
	}
	step := func(cmd string, in map[string]any) error {
		f, err := s.ask(ctx, cmd, requestID(cmd), in)
		switch {
		case err != nil:
			return bot.Unsaid(err)
		case f.ErrCode == 0:
			_ = json.Unmarshal(f.Body, &out) // what is missing is looked for
			return nil
		}
		if err := judge(f.ErrCode); errors.Is(err, bot.ErrTooOften) || errors.Is(err, bot.ErrOut) || f.ErrCode == codeBusy {
			return err
		}
		s.log.Warn("a file is not taken", "code", f.ErrCode)
		return bot.ErrNoFile
	}
	err = step(cmdUploadInit, map[string]any{
		"type": p.kind, "filename": p.name, "total_size": len(p.data), "total_chunks": chunks, "md5": hex.EncodeToString(sum[:]),
	})
	for i := 0; i < chunks && err == nil; i++ {
		part := p.data[i*mostChunk : min((i+1)*mostChunk, len(p.data))]
		err = step(cmdUploadChunk, map[string]any{"upload_id": out.Upload, "chunk_index": i, "base64_data": base64.StdEncoding.EncodeToString(part)})
	}
	if err == nil {
		err = step(cmdUploadFinish, map[string]any{"upload_id": out.Upload})
	}
	if err == nil && out.Media == "" {
		err = errors.New("the answer names no file")
	}
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	return out.Media, nil
}

// post brings a parcel to the network, by a call.
func (a *Account) post(ctx context.Context, to, kind string, p *parcel) (media string, err error) {
	got, err := a.call(ctx, http.MethodPost, to+"&type="+kind, bot.Form{Field: "media", Name: p.name, Data: p.data})
	switch {
	case err != nil:
		return "", fmt.Errorf("upload: %w", bot.Unsaid(err))
	case *got.ErrCode == 0 && got.Media == "":
		return "", errors.New("upload: the answer names no file")
	case *got.ErrCode == 0:
		return got.Media, nil
	}
	if err := judgeApp(got); errors.Is(err, bot.ErrTooOften) || stale(err) || *got.ErrCode == codeBusy {
		return "", fmt.Errorf("upload: %w", err)
	}
	a.log.Warn("a file is not taken", "code", *got.ErrCode)
	return "", bot.ErrNoFile
}

// robotFile is what a robot says of a parcel: a picture in itself, another file by its
// name at the network.
func (a *Account) robotFile(ctx context.Context, robot string, p *parcel) (map[string]any, error) {
	if p.kind == "image" && len(p.data) <= mostOfRobot {
		sum := md5.Sum(p.data) //nolint:gosec // see above
		return map[string]any{"msgtype": "image", "image": map[string]string{
			"base64": base64.StdEncoding.EncodeToString(p.data), "md5": hex.EncodeToString(sum[:]),
		}}, nil
	}
	to, err := url.Parse(robot)
	if err != nil {
		return nil, bot.ErrNoFile
	}
	to.Path = strings.TrimSuffix(to.Path, "/send") + "/upload_media"
	media, err := a.post(ctx, to.String(), "file", p)
	if err != nil {
		return nil, err
	}
	return map[string]any{"msgtype": "file", "file": map[string]string{"media_id": media}}, nil
}
