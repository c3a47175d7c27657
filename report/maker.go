package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const (
	reportTries = 3              // attempts to make a report before its asker is told that there is none
	reportLife  = 24 * time.Hour // a report of a job that could not be sent by then is out of date
	maxReport   = 1800           // bytes of a report as text: what fits a screen
)

// A Maker makes the reports that are wanted and puts them into the outbox.
type Maker struct {
	Store *store.Store
	Zone  *time.Location
	Log   *slog.Logger
}

// All makes every report that is wanted. One that cannot be made stays for the
// next time, until it has failed too often and whoever wants it is told.
func (m Maker) All(ctx context.Context) error {
	wants, err := store.Read(ctx, m.Store, Wants)
	for _, w := range wants {
		if err != nil {
			break
		}
		if failure := m.make(ctx, w); failure != nil {
			err = m.miss(ctx, w, failure)
		}
	}
	return err
}

// miss notes that a report could not be made, and gives it up when that has
// been so too often.
func (m Maker) miss(ctx context.Context, w Want, cause error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the program ends, and begins again with it
	}
	m.Log.Error("report not made", "reason", w.Reason, "err", cause)
	return m.Store.Write(ctx, func(tx *store.Tx) {
		if missWant(tx, w.Reason) >= reportTries {
			deliver(tx, w, []bot.Outgoing{{Text: "这份报表没有做成，已记在日志里。请稍后再试，或联系管理员。"}})
		}
	})
}

// make makes one report: gathered in a View, written outside of it, and put
// into the outbox in the transaction that takes the want away.
func (m Maker) make(ctx context.Context, w Want) (err error) {
	defer func() {
		if r := recover(); r != nil { // what one report stumbles over must not end the program
			err = fmt.Errorf("panic of type %T", r)
		}
	}()
	var doc Document
	var format Format
	var complaint string
	err = m.Store.View(ctx, func(s *store.Snapshot) (err error) {
		doc, format, complaint, err = gatherWanted(s, w, m.Zone)
		return err
	})
	if err != nil {
		return err
	}
	rows := []bot.Outgoing{{Text: complaint}}
	if complaint == "" {
		if rows, err = m.rowsOf(doc, format); err != nil {
			return err
		}
	}
	return m.Store.Write(ctx, func(tx *store.Tx) { deliver(tx, w, rows) })
}

// gatherWanted gathers the report that is wanted. Complaint says in Chinese why
// there is none.
func gatherWanted(s *store.Snapshot, w Want, zone *time.Location) (doc Document, f Format, complaint string, err error) {
	phrase, ok := Parse(w.What, w.Asked.In(zone))
	if !ok {
		return nil, "", "没看懂要哪份报表。", nil
	}
	o := phrase.Order
	o.Zone, o.Since, o.Person, o.Notice = zone, w.Since, w.Person, cmp.Or(w.Notice, o.Notice)
	if w.Person == "" {
		o.College = phrase.About
	}
	by, _ := roster.Find(s, w.By)
	o.Viewer = viewerOf(by, w, zone)
	doc, err = Gather(s, o)
	switch {
	case errors.Is(err, ErrNoNotice):
		return nil, "", fmt.Sprintf("没有通知%d。", o.Notice), nil
	case errors.Is(err, ErrNobody):
		return nil, "", "名单上没有这个人。", nil
	}
	return doc, phrase.Format, "", err
}

// viewerOf says which names the report may hold.
func viewerOf(by roster.Person, w Want, zone *time.Location) Viewer {
	if by.ID == "" {
		return Viewer{Mark: "由定时任务生成，" + zh.FullMoment(w.Asked.In(zone))}
	}
	var v Viewer
	if !w.Group {
		v = ViewerOf(by)
	}
	v.Mark = Mark(by, w.Asked.In(zone), w.Why)
	return v
}

// Mark is what stands below a table: who took it out, when, and what for.
func Mark(by roster.Person, at time.Time, why string) string {
	mark := fmt.Sprintf("由%s（%s）导出，%s", by.Name, by.ID, zh.FullMoment(at))
	if why != "" {
		mark += "，事由：" + why
	}
	return mark
}

// rowsOf writes a report and keeps its files.
func (m Maker) rowsOf(doc Document, f Format) ([]bot.Outgoing, error) {
	head, blocks := doc.Say()
	if f == Text {
		return []bot.Outgoing{{Text: Clip(head, blocks, maxReport)}}, nil
	}
	files, err := doc.Files(f)
	if err != nil {
		return nil, err
	}
	boxes := 0
	var rows []bot.Outgoing
	for i, file := range files {
		kept, err := m.Store.Keep(file.Data, bot.FileInfo{Name: file.Name, Type: file.Type})
		if err != nil {
			return nil, err
		}
		rows = append(rows, bot.Outgoing{File: &kept, Text: instead(f, file, head, blocks, i)})
		boxes = file.Boxes
	}
	if boxes > 0 {
		m.Log.Warn("picture holds characters that its font does not have", "count", boxes)
	}
	return rows, nil
}

// instead is what accounts say that cannot send a file: as much of a picture as
// stands in it, and of a table where it can be had.
func instead(f Format, file File, head string, blocks []string, i int) string {
	if f != Picture {
		return fmt.Sprintf("“%s”已经做好，但这个账号不能发文件。请在服务器上用 duban report 导出，或换能收文件的账号再发一次。", file.Name)
	}
	if i > 0 {
		head, _, _ = strings.Cut(head, "（")
		head += "（续）"
	}
	n := len(blocks)
	return Clip(head, blocks[i*n/file.Of:(i+1)*n/file.Of], maxReport)
}

// deliver takes a want away and enqueues its rows for everybody who is to get
// them. If it was taken away before, nothing happens.
func deliver(tx *store.Tx, w Want, rows []bot.Outgoing) {
	if !TakeWant(tx, w.Reason) {
		return
	}
	for i, t := range w.To {
		for j, row := range rows {
			row.Key, row.Account, row.Chat, row.Answer = fmt.Sprintf("%s/report/%d/%d", w.Reason, i, j), t.Account, t.Chat, w.By != ""
			if w.By == "" {
				row.Rank, row.Expires = bot.Ordinary, w.Asked.Add(reportLife)
			}
			outbox.Enqueue(tx, row)
		}
	}
}
