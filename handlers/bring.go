package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/proof"
	"duban/roster"
	"duban/store"
)

const (
	maxProof   = 10 << 20         // bytes of one piece of evidence
	fetchLimit = 30 * time.Second // for fetching it from the network
)

// A brought file is one that was made or fetched, and kept, before the transaction
// that refers to it.
type brought struct {
	file    bot.FileInfo
	lines   []string // what it says, for accounts that cannot send it
	refusal string   // why it was not kept, for the person
	note    string   // what else they are told of it
}

// fetch fetches a picture or a document that may be evidence, and keeps it without
// what nobody meant to send. What is not allowed is refused.
func (r *Desk) fetch(ctx context.Context, m bot.Message) (*brought, error) {
	const tooLarge = "附件超过10MB，没有保存，请压缩或截图后再发。"
	if m.File.Size > maxProof {
		return &brought{refusal: tooLarge}, nil
	}
	within, stop := context.WithTimeout(ctx, fetchLimit)
	defer stop()
	data, err := read(within, m.File)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil: // the picture is lost, and the report must not be
		r.o.Log.Warn("evidence not fetched", "account", m.Account, "cause", fmt.Sprintf("%T", err))
		return &brought{note: "（没取到附件的内容，只记了有这份附件）"}, nil
	case len(data) > maxProof:
		return &brought{refusal: tooLarge}, nil
	}
	k, ok := proof.Sniff(data, m.File.Name)
	if !ok {
		return &brought{refusal: "这种附件没有保存。可以发图片（jpg、png、gif、webp）、PDF、Word（docx）、Excel（xlsx）、zip或txt。"}, nil
	}
	clean, ok := proof.Strip(data, k)
	if !ok {
		return &brought{refusal: "图片不完整，没有保存，请重新发一次。"}, nil
	}
	sum := sha256.Sum256(clean)
	own := bot.FileInfo{Name: "附件" + hex.EncodeToString(sum[:4]) + k.Ext, Type: k.Type}
	own, err = r.store.Keep(ctx, bytes.NewReader(clean), own)
	if errors.Is(err, store.ErrNoFiles) {
		return nil, nil //nolint:nilnil // there is no folder for it: its name is recorded
	}
	return &brought{file: own}, err
}

// read reads a file of the network's, one byte more than is taken at most.
func read(ctx context.Context, f *bot.FileInfo) ([]byte, error) {
	rc, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(rc, maxProof+1))
	return data, errors.Join(err, rc.Close())
}

// gatherOwn writes down all that is stored of a person.
func (r *Desk) gatherOwn(ctx context.Context, who roster.Person) (*brought, error) {
	b := &brought{}
	err := r.store.View(ctx, func(s *store.Snapshot) (err error) {
		b.lines, err = r.dossier(s, who)
		return err
	})
	if err != nil {
		return nil, err
	}
	const bom = "\ufeff" // so that Windows takes it for UTF-8
	text := bom + strings.Join(b.lines, "\r\n") + "\r\n"
	b.file, err = r.store.Keep(ctx, strings.NewReader(text), bot.FileInfo{Name: "我的数据.txt", Type: "text/plain; charset=utf-8"})
	if errors.Is(err, store.ErrNoFiles) {
		return b, nil
	}
	return b, err
}
