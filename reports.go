package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

const (
	reportTries = 3              // attempts to make a report before its asker is told that there is none
	reportLife  = 24 * time.Hour // a report of a job that could not be sent by then is out of date
	maxReport   = 1800           // bytes of a report as text: what fits a screen
)

// makeReports makes the reports that are wanted, until ctx ends.
func (p *program) makeReports(ctx context.Context) error {
	for {
		failed := p.reportAll(ctx)
		retry := time.NewTimer(time.Minute)
		if !failed {
			retry.Reset(time.Hour) // it is woken for everything new
		}
		select {
		case <-ctx.Done():
			retry.Stop()
			return nil
		case <-p.wanted:
		case <-retry.C:
		}
		retry.Stop()
	}
}

// reportAll makes every report that is wanted, and tells whether some could not
// be made.
func (p *program) reportAll(ctx context.Context) (failed bool) {
	var wants []report.Want
	err := p.store.View(ctx, func(s *store.Snapshot) (err error) {
		wants, err = report.Wants(s)
		return err
	})
	for _, w := range wants {
		if err != nil {
			break
		}
		if made := p.reportOne(ctx, w); made != nil {
			failed = true
			err = p.missReport(ctx, w, made)
		}
	}
	if err != nil && ctx.Err() == nil {
		p.log.Error("reports", "err", err)
	}
	return failed || err != nil
}

// missReport notes that a report could not be made, and gives it up when that has
// been so too often.
func (p *program) missReport(ctx context.Context, w report.Want, cause error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the program ends, and begins again with it
	}
	p.log.Error("report not made", "reason", w.Reason, "err", cause)
	return p.store.Update(ctx, func(tx *store.Tx) error {
		tries, err := report.MissWant(tx, w.Reason)
		if err != nil || tries < reportTries {
			return err
		}
		return deliver(tx, w, []bot.Outgoing{{Text: "这份报表没有做成，已记在日志里。请稍后再试，或联系管理员。"}})
	})
}

// reportOne makes one report: gathered in a View, written outside of it, and put
// into the outbox in the transaction that takes the want away.
func (p *program) reportOne(ctx context.Context, w report.Want) (err error) {
	defer func() {
		if r := recover(); r != nil { // what one report stumbles over must not end the program
			err = fmt.Errorf("panic of type %T", r)
		}
	}()
	var doc report.Document
	var format report.Format
	var complaint string
	err = p.store.View(ctx, func(s *store.Snapshot) (err error) {
		doc, format, complaint, err = gatherWanted(s, w, p.zone)
		return err
	})
	if err != nil {
		return err
	}
	rows := []bot.Outgoing{{Text: complaint}}
	if complaint == "" {
		if rows, err = p.rowsOf(ctx, doc, format); err != nil {
			return err
		}
	}
	return p.store.Update(ctx, func(tx *store.Tx) error { return deliver(tx, w, rows) })
}

// gatherWanted gathers the report that is wanted. Complaint says in Chinese why
// there is none.
func gatherWanted(s *store.Snapshot, w report.Want, zone *time.Location) (doc report.Document, f report.Format, complaint string, err error) {
	phrase, ok := report.Parse(w.What, w.Asked.In(zone))
	if !ok {
		return nil, "", "没看懂要哪份报表。", nil
	}
	o := phrase.Order
	o.Zone, o.Since, o.Person, o.Notice = zone, w.Since, w.Person, cmp.Or(w.Notice, o.Notice)
	if w.Person == "" {
		o.College = phrase.About
	}
	r, err := roster.Current(s)
	if err != nil {
		return nil, "", "", err
	}
	by, _ := r.Person(w.By)
	o.Viewer = viewerOf(by, w, zone)
	doc, err = report.Gather(s, o)
	switch {
	case errors.Is(err, report.ErrNoNotice):
		return nil, "", fmt.Sprintf("没有通知%d。", o.Notice), nil
	case errors.Is(err, report.ErrNobody):
		return nil, "", "名单上没有这个人。", nil
	}
	return doc, phrase.Format, "", err
}

// viewerOf says which names the report may hold.
func viewerOf(by roster.Person, w report.Want, zone *time.Location) report.Viewer {
	if by.ID == "" {
		return report.Viewer{Mark: "由定时任务生成，" + zh.FullMoment(w.Asked.In(zone))}
	}
	mark := fmt.Sprintf("由%s（%s）导出，%s", by.Name, by.ID, zh.FullMoment(w.Asked.In(zone)))
	if w.Why != "" {
		mark += "，事由：" + w.Why
	}
	v := report.Viewer{Mark: mark}
	if w.Group {
		return v
	}
	v.Person, v.All = by.ID, by.Is(roster.Admin, roster.Office)
	if by.Is(roster.Lead) {
		v.College = by.College
	}
	return v
}

// rowsOf writes a report and keeps its files.
func (p *program) rowsOf(ctx context.Context, doc report.Document, f report.Format) ([]bot.Outgoing, error) {
	head, blocks := doc.Say()
	if f == report.Text {
		return []bot.Outgoing{{Text: report.Clip(head, blocks, maxReport)}}, nil
	}
	files, err := doc.Files(f)
	if err != nil {
		return nil, err
	}
	boxes := 0
	var rows []bot.Outgoing
	for i, file := range files {
		kept, err := p.store.Keep(ctx, bytes.NewReader(file.Data), bot.FileInfo{Name: file.Name, Type: file.Type})
		if err != nil {
			return nil, err
		}
		rows = append(rows, bot.Outgoing{File: &kept, Text: instead(f, file, head, blocks, i)})
		boxes = file.Boxes
	}
	if boxes > 0 {
		p.log.Warn("picture holds characters that its font does not have", "count", boxes)
	}
	return rows, nil
}

// instead is what accounts say that cannot send a file: as much of a picture as
// stands in it, and of a table where it can be had.
func instead(f report.Format, file report.File, head string, blocks []string, i int) string {
	if f != report.Picture {
		return fmt.Sprintf("“%s”已经做好，但这个账号不能发文件。请在服务器上用 duban report 导出，或换能收文件的账号再发一次。", file.Name)
	}
	if i > 0 {
		head, _, _ = strings.Cut(head, "（")
		head += "（续）"
	}
	n := len(blocks)
	return report.Clip(head, blocks[i*n/file.Of:(i+1)*n/file.Of], maxReport)
}

// deliver takes a want away and enqueues its rows for everybody who is to get
// them. If it was taken away before, nothing happens.
func deliver(tx *store.Tx, w report.Want, rows []bot.Outgoing) error {
	ok, err := report.TakeWant(tx, w.Reason)
	if err != nil || !ok {
		return err
	}
	for i, t := range w.To {
		for j, row := range rows {
			row.Key, row.Account, row.Chat, row.Answer = fmt.Sprintf("%s/report/%d/%d", w.Reason, i, j), t.Account, t.Chat, w.By != ""
			if w.By == "" {
				row.Rank, row.Expires = bot.Ordinary, w.Asked.Add(reportLife)
			}
			if err := outbox.Enqueue(tx, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// jobReport reads the name of a report that a job may post: one that does not
// depend on who asks.
func jobReport(text string, now time.Time) (usual string, ok bool) {
	p, ok := report.Parse(text, now)
	if !ok || p.Kind != report.Progress && p.Kind != report.Stale && p.Kind != report.Month {
		return "", false
	}
	return p.String(), true
}

// wantReport has the report of a job's turn made.
func wantReport(tx *store.Tx, f schedule.Fire, to []roster.Target) error {
	since, err := report.LastReport(tx.Snapshot, f.Job.ID)
	if err != nil {
		return err
	}
	w := report.Want{Reason: f.Key(), What: f.Job.Report, Group: true, To: to, Since: since}
	return errors.Join(report.PutWant(tx, w), report.SetLastReport(tx, f.Job.ID))
}

// leastAbsence is for how long duban must not have run for a report to say so: the
// schedule notes only every ten minutes that it runs.
const leastAbsence = 12 * time.Minute

// noteAbsence writes down that duban did not run until now, if it was long.
func (p *program) noteAbsence(ctx context.Context) error {
	var last time.Time
	err := p.store.View(ctx, func(s *store.Snapshot) (err error) {
		if last, err = schedule.Believed(s); last.IsZero() || s.Now().Sub(last) < leastAbsence {
			last = time.Time{}
		}
		return err
	})
	if err != nil || last.IsZero() {
		return err
	}
	return p.store.Update(ctx, func(tx *store.Tx) error { return report.PutAbsence(tx, last) })
}
