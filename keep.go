package main

import (
	"context"
	"time"

	"duban/notice"
	"duban/privacy"
)

const (
	keepEvery    = 5 * time.Minute    // how often it is looked for leaves that begin
	eraseRest    = 10 * time.Minute   // from one erasure to the next: each writes the store anew
	compactEvery = 7 * 24 * time.Hour // how often what was swept away is taken out of the store's bytes
)

// erasedText is what people are told when what they wrote is deleted.
const erasedText = "您写的内容已经删除，数据库也已压缩，找不回来了。何时回复、填报过什么进度（数字）仍保留。"

// sweep keeps the store tidy until ctx ends: it lets leaves begin, asks those who
// joined a group, deletes what people want deleted, and removes what has been kept long enough, once at the start and then
// once a day.
func (p *program) sweep(ctx context.Context) error {
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	var swept, erased time.Time
	compacted := time.Now()
	for {
		if _, err := notice.BeginLeaves(ctx, p.store); err != nil && ctx.Err() == nil {
			p.log.Error("leaves", "err", err)
		}
		if _, err := notice.Join(ctx, p.store); err != nil && ctx.Err() == nil {
			p.log.Error("joined", "err", err)
		}
		if time.Since(erased) >= eraseRest && p.erase(ctx) {
			erased = time.Now()
		}
		if time.Since(swept) >= 24*time.Hour {
			swept = time.Now()
			if p.sweepOnce(ctx) && time.Since(compacted) >= compactEvery {
				compacted = time.Now()
				p.compact(ctx)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.tidy:
		case <-t.C:
		}
	}
}

// erase deletes what people want deleted and tells whether that was anything.
func (p *program) erase(ctx context.Context) bool {
	n, err := privacy.Erase(ctx, p.store, erasedText)
	switch {
	case err != nil && ctx.Err() == nil:
		p.log.Error("erase", "err", err)
	case n > 0:
		p.log.Info("erased", "people", n)
	}
	return n > 0 || err != nil
}

// sweepOnce removes what has been kept long enough and tells whether that was
// anything.
func (p *program) sweepOnce(ctx context.Context) bool {
	done, err := privacy.Sweep(ctx, p.store, p.retention())
	if err != nil && ctx.Err() == nil {
		p.log.Error("sweep", "err", err)
	}
	n := done.Marks + done.Texts + done.Files + done.Words + done.Records + done.Audits
	if n > 0 {
		p.log.Info("swept", "marks", done.Marks, "texts", done.Texts, "files", done.Files,
			"words", done.Words, "records", done.Records, "audits", done.Audits)
	}
	return n > 0
}

func (p *program) compact(ctx context.Context) {
	start := time.Now()
	if err := p.store.Compact(ctx); err != nil && ctx.Err() == nil {
		p.log.Error("compact", "err", err)
		return
	}
	p.log.Info("compacted", "took", time.Since(start).Round(time.Millisecond))
}
