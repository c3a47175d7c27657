package app

import (
	"context"
	"slices"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/store"
)

const (
	readsEvery = 10 * time.Minute // how often networks are asked who has read what
	readsRest  = 2 * time.Second  // they are not asked again so soon
	readsTime  = 3 * time.Second  // how long somebody who asks who is missing waits for them
)

// askReads asks the networks who has read what is not answered, and notes it.
func (o *Office) askReads(ctx context.Context) error {
	if len(o.readers) == 0 {
		return nil
	}
	readable := func(account string) bool { return o.readers[account] != nil }
	texts, err := store.Read(ctx, o.Store, func(s *store.Snapshot) []notice.Watched { return notice.Watch(s, readable) })
	if err != nil {
		return err
	}
	read := map[notice.Watched][]bot.Read{}
	for _, w := range texts {
		if all, err := o.readers[w.Account].ReadBy(ctx, w.Chat, w.Receipt); err == nil {
			read[w] = all
		} else {
			o.log.Debug("who has read a text is not known", "account", w.Account, "err", err)
		}
	}
	texts = slices.DeleteFunc(texts, func(w notice.Watched) bool { _, known := read[w]; return !known })
	for some := range slices.Chunk(texts, store.Batch) {
		err := o.Store.Write(ctx, func(tx *store.Tx) {
			for _, w := range some {
				notice.MarkRead(tx, w, read[w])
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// freshReads is askReads for somebody who waits. What is not known in time is said
// later.
func (o *Office) freshReads(ctx context.Context) error {
	if last := o.readsAsked.Swap(time.Now().UnixNano()); time.Since(time.Unix(0, last)) < readsRest {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, readsTime)
	defer cancel()
	if err := o.askReads(short); err != nil && short.Err() == nil {
		return err
	}
	return ctx.Err()
}
