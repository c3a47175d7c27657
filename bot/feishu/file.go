package feishu

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"duban/bot"
)

// What the network takes of one file, in bytes.
const (
	mostPicture = 10 << 20
	mostFile    = 30 << 20
)

// mostPictures is how many pictures of one rich text are brought.
const mostPictures = 9

// An attached is a picture or a file of a message.
type attached struct{ key, kind, name string }

// info is what the bot is told of it.
func (a *Account) info(message string, f attached) *bot.FileInfo {
	to := "/open-apis/im/v1/messages/" + url.PathEscape(message) + "/resources/" + url.PathEscape(f.key)
	return &bot.FileInfo{Name: f.name, Open: bot.Opener(func(ctx context.Context) (data []byte, err error) {
		if err := a.api.call(ctx, http.MethodGet, to, url.Values{"type": {f.kind}}, nil, &data); err != nil {
			return nil, fmt.Errorf("feishu: file: %w", err)
		}
		return data, nil
	})}
}

// upload brings a file to the network, and returns what is sent of it then.
func (a *Account) upload(ctx context.Context, f *bot.FileInfo) (kind, content string, err error) {
	data, err := f.Whole(ctx, mostFile)
	if err != nil {
		return "", "", err
	}
	name := bot.BaseName(f.Name)
	to, field, kind := "files", "file", "file"
	values := map[string]string{"file_type": fileType(name), "file_name": name}
	if ending := bot.Ending(data); ending != "" && len(data) <= mostPicture {
		to, field, kind = "images", "image", "image"
		values = map[string]string{"image_type": "message"}
	}
	var out struct {
		Data map[string]string `json:"data"`
	}
	err = a.api.call(ctx, http.MethodPost, "/open-apis/im/v1/"+to, nil, bot.Form{Values: values, Field: field, Name: name, Data: data}, &out)
	key := out.Data[kind+"_key"]
	switch e, answered := errors.AsType[*Error](err); {
	case answered && !errors.Is(e, bot.ErrTooOften) && !errors.Is(e, bot.ErrOut):
		a.o.Log.Warn("a file is not taken: see the permission im:resource", "account", a.o.Name, "code", e.Code)
		return "", "", bot.ErrNoFile
	case err != nil:
		return "", "", fmt.Errorf("upload: %w", bot.Unsaid(err))
	case key == "":
		return "", "", errors.New("upload: the answer names no file")
	}
	return kind, string(bot.JSON(map[string]string{kind + "_key": key})), nil
}

// fileType is what the network calls a file of that name.
func fileType(name string) string {
	switch ending := strings.ToLower(path.Ext(name)); ending {
	case ".pdf", ".doc", ".xls", ".ppt", ".mp4", ".opus":
		return ending[1:]
	case ".docx", ".xlsx", ".pptx":
		return ending[1:4]
	}
	return "stream"
}
