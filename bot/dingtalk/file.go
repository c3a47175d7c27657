package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"duban/bot"
)

// mostFile is the most bytes of one file that goes out.
const mostFile = 20 << 20

// info is what the bot is told of a picture, or of a file with a name.
func (a *Account) info(code, name string) *bot.FileInfo {
	return &bot.FileInfo{Name: name, Open: bot.Opener(func(ctx context.Context) ([]byte, error) {
		var out struct {
			URL string `json:"downloadUrl"`
		}
		in := map[string]string{"downloadCode": code, "robotCode": a.o.Robot}
		if err := a.call(ctx, http.MethodPost, "/v1.0/robot/messageFiles/download", in, &out); err != nil {
			return nil, fmt.Errorf("dingtalk: file: %w", err)
		}
		r, err := bot.Fetch(ctx, a.client, out.URL)
		if err != nil {
			return nil, fmt.Errorf("dingtalk: file: %w", err)
		}
		return r.Body, nil
	})}
}

// fileTypes are those that the network takes of what is no picture.
var fileTypes = []string{"xlsx", "pdf", "zip", "rar", "doc", "docx"}

// upload brings a file to the network, and returns what is sent of it then.
func (a *Account) upload(ctx context.Context, f *bot.FileInfo) (key string, param any, err error) {
	data, err := f.Whole(ctx, mostFile)
	if err != nil {
		return "", nil, err
	}
	name := bot.BaseName(f.Name)
	kind, ending := "file", strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch picture := bot.Ending(data); {
	case picture != "" && picture != ".webp":
		kind = "image"
	case !slices.Contains(fileTypes, ending):
		return "", nil, bot.ErrNoFile
	}
	var out struct {
		Media string `json:"media_id"`
	}
	err = a.old(ctx, "/media/upload", bot.Form{Values: map[string]string{"type": kind}, Field: "media", Name: name, Data: data}, &out)
	switch e, answered := errors.AsType[*Error](err); {
	case answered && !errors.Is(e, bot.ErrTooOften) && !e.stale() && e.Status < http.StatusInternalServerError:
		a.log.Warn("a file is not taken", "err", e)
		return "", nil, bot.ErrNoFile
	case err != nil:
		return "", nil, fmt.Errorf("upload: %w", bot.Unsaid(err))
	case out.Media == "":
		return "", nil, errors.New("upload: the answer names no file")
	case kind == "image":
		return "sampleImageMsg", map[string]string{"photoURL": out.Media}, nil
	}
	return "sampleFile", map[string]string{"mediaId": out.Media, "fileName": name, "fileType": ending}, nil
}
