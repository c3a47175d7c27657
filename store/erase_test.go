package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/privacy"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
)

// inFolder tells in how many files under a folder the bytes stand, as grep -a does.
func inFolder(t *testing.T, dir, text string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatalf("WalkDir: got error %v, want none", err)
	}
	return n
}

// bare hides that an engine can be compacted: the planted bug.
type bare struct{ store.Engine }

// A life is a store in a folder in which two people have said everything that is
// ever kept of anybody.
type life struct {
	t   *testing.T
	dir string
	now time.Time
	e   store.Engine
	s   *store.Store
}

func newLife(t *testing.T, wrap func(store.Engine) store.Engine) *life {
	t.Helper()
	l := &life{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	e, err := bolt.Open(filepath.Join(l.dir, "duban.db"))
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = e.Close() })
	l.e = e
	l.s, err = notice.OpenStore(t.Context(), wrap(e), store.Options{Now: func() time.Time { return l.now }, Files: filepath.Join(l.dir, "files")}, nil)
	l.must(err)
	l.update(func(tx *store.Tx) error {
		// So many others that pages which are freed are not all used again at once.
		for i := range 3000 {
			_, err := tx.FirstSight("wx", fmt.Sprint(i))
			l.must(err)
			_, err = progress.AddUpdate(tx, progress.Update{Measure: fmt.Sprint("m", i%50), Person: fmt.Sprint("p", i), At: l.now, Note: "推进中"}, fmt.Sprint(i))
			l.must(err)
		}
		_, err := notice.Post(tx, "first", notice.Notice{Class: notice.Receipt, Text: "开会"}, nil)
		l.must(err)
		return roster.Replace(tx, &roster.Roster{People: []roster.Person{
			{ID: "A", Name: "甲", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}},
			{ID: "B", Name: "乙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}},
			{ID: "Z", Name: "丙", Roles: []roster.Role{roster.Admin}},
		}})
	})
	return l
}

func (l *life) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("got error %v, want none", err)
	}
}

func (l *life) update(fn func(*store.Tx) error) {
	l.t.Helper()
	l.must(l.s.Update(l.t.Context(), fn))
}

// canary is a text of a person that stands nowhere else.
func canary(person, where string) string { return "金丝雀" + person + where + "尾" }

func wheres() []string {
	return []string{"回执", "填报", "附件名", "提问", "答复", "理由", "批复", "待定", "私聊", "排队", "转述", "缘由"}
}

// live lets a person say everything.
func (l *life) live(person string) {
	l.t.Helper()
	c := func(where string) string { return canary(person, where) }
	proof, err := l.s.Keep(l.t.Context(), strings.NewReader(c("文件")), bot.FileInfo{Name: "x.txt", Type: "text/plain"})
	l.must(err)
	l.update(func(tx *store.Tx) error {
		l.must(roster.Bind(tx, "wx", "u-"+person, roster.Binding{Person: person, Chat: "p-" + person, How: "code"}))
		l.must(notice.PutItem(tx, notice.Item{Notice: 1, Person: person, State: notice.Done, Note: c("回执"), Closed: l.now}))
		percent := 80
		u := progress.Update{
			Measure: "m1", Person: person, At: l.now, Percent: &percent, Note: c("填报"), Evidence: []string{c("附件名")},
			Files: []progress.File{{Name: "1.txt", Hash: proof.Hash}}, Message: "wx/" + person,
		}
		k, err := progress.AddUpdate(tx, u, person)
		l.must(err)
		l.must(tx.HoldFile(store.Work, proof.Hash, k))
		l.must(progress.PutEffect(tx, progress.Effect{Account: "wx", Message: person, Chat: "g", Person: person, At: l.now, Updates: []string{k}}))
		asked, err := progress.Ask(tx, progress.Question{Kind: "question", Account: "wx", Chat: "g", Person: person, Text: c("提问")})
		l.must(err)
		l.must(progress.Answered(tx, asked, "Z", c("答复")))
		wish, err := progress.PutRequest(tx, progress.Request{Kind: progress.Postponing, Person: person, Reason: c("理由")})
		l.must(err)
		l.must(progress.Decide(tx, wish, "Z", true, c("批复")))
		l.must(progress.Postpone(tx, progress.Postponement{Measure: "m1", Due: "12月1日", Person: person, By: "Z", Reason: c("缘由")}))
		l.must(roster.SetPending(tx, "wx", "p-"+person, person, roster.Pending{Kind: "which", Until: l.now.Add(time.Hour), Text: c("待定")}))
		_, err = notice.PutLeave(tx, roster.Leave{Person: person, From: l.now, To: l.now.Add(48 * time.Hour)})
		l.must(err)
		l.must(tx.Audit(store.Audit{Account: "wx", Actor: person, Source: store.Chat, Action: "progress"}))
		for _, o := range []bot.Outgoing{
			{Key: "answer/wx/" + person, Chat: "g", Text: "已记：" + c("转述")},
			{Key: "private/" + person, Chat: "p-" + person, Text: c("私聊")},
			{Key: "admin/" + person, Chat: "p-Z", Text: "理由是" + c("理由")},
			{Key: "later/" + person, Chat: "p-" + person, Text: c("排队"), Due: l.now.Add(72 * time.Hour)},
			{Key: "later-admin/" + person, Chat: "p-Z", Text: "有人说" + c("填报"), Due: l.now.Add(72 * time.Hour)},
		} {
			o.Account = "wx"
			l.must(outbox.Enqueue(tx, o))
		}
		return nil
	})
	for {
		m, err := outbox.Claim(l.t.Context(), l.s, "wx", time.Minute)
		if errors.Is(err, bot.ErrEmpty) {
			return
		}
		l.must(err)
		l.must(outbox.Settle(context.WithoutCancel(l.t.Context()), l.s, m, bot.Result{Receipt: bot.Receipt{ID: m.Key, Sent: l.now}}))
	}
}

func (l *life) erase(person string) {
	l.t.Helper()
	l.now = l.now.Add(time.Second)
	l.update(func(tx *store.Tx) error {
		return privacy.WantErasure(tx, privacy.Erasure{Person: person, Account: "wx", Chat: "p-" + person, Key: "erased/" + person})
	})
	n, err := privacy.Erase(l.t.Context(), l.s, "已删除")
	l.must(err)
	if n != 1 {
		l.t.Errorf("got %d wishes fulfilled, want 1", n)
	}
}

// found lists which canaries of a person stand in the folder.
func (l *life) found(person string) (found []string) {
	l.t.Helper()
	for _, where := range append(wheres(), "文件") {
		if inFolder(l.t, l.dir, canary(person, where)) > 0 {
			found = append(found, where)
		}
	}
	return found
}

// TestErase is row F1: after a person's texts were erased a search through the bytes
// of the folder finds none of them, and the other's are all there.
func TestErase(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return e })
	l.live("A")
	l.live("B")
	if got := l.found("A"); len(got) != len(wheres())+1 {
		t.Fatalf("got %v before, want all of them: the test shows nothing else", got)
	}
	l.erase("A")
	if got := l.found("A"); got != nil {
		t.Errorf("got %v in the bytes of the folder, want nothing", got)
	}
	if got := l.found("B"); len(got) != len(wheres())+1 {
		t.Errorf("got only %v of the other, want all", got)
	}
	l.must(l.s.View(t.Context(), func(s *store.Snapshot) error {
		last, ok, err := progress.LatestOf(s, "m1", "A")
		if err != nil || !ok || last.Update.Percent == nil || *last.Update.Percent != 80 {
			t.Errorf("got %+v, want the number still there", last)
		}
		item, _, err := notice.FindItem(s, 1, "A")
		if item.State != notice.Done || item.Closed.IsZero() {
			t.Errorf("got %+v, want the answer's time still there", item)
		}
		if waits, failed := privacy.Erasures(s); failed != nil || waits != nil {
			t.Errorf("got %v, %v, want no wish left", waits, failed)
		}
		_, bad := s.VerifyAudits()
		return errors.Join(err, bad)
	}))
	m, err := outbox.Claim(t.Context(), l.s, "wx", time.Minute)
	if err != nil || m.Chat != "p-A" || m.Text != "已删除" {
		t.Errorf("got %+v, %v, want the person told", m, err)
	}
	if n, err := privacy.Erase(t.Context(), l.s, "已删除"); n != 0 || err != nil {
		t.Errorf("got %d, %v from another call, want nothing to do", n, err)
	}
}

// TestErase_withoutCompaction plants the bug that TestErase guards against: without
// a compaction the bytes stay in pages that bbolt has freed.
func TestErase_withoutCompaction(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return bare{e} })
	l.live("A")
	l.erase("A")
	if got := l.found("A"); len(got) < 3 {
		t.Errorf("got %v, want texts left in freed pages: else TestErase could not fail", got)
	}
}

// TestErase_interrupted ends it after each update: the next call brings it to an end.
func TestErase_interrupted(t *testing.T) {
	for stop := 1; ; stop++ {
		counter := &limited{left: -1}
		l := newLife(t, func(e store.Engine) store.Engine { counter.Engine = e; return counter })
		l.live("A")
		l.now = l.now.Add(time.Second)
		l.update(func(tx *store.Tx) error {
			return privacy.WantErasure(tx, privacy.Erasure{Person: "A", Account: "wx", Chat: "p-A", Key: "erased/A"})
		})
		counter.left = stop
		_, err := privacy.Erase(t.Context(), l.s, "已删除")
		counter.left = -1
		if err == nil {
			if stop < 3 { // repeats, records, and the word that it is done
				t.Errorf("got an end after %d updates, want more steps to interrupt", stop)
			}
			return
		}
		if _, err := privacy.Erase(t.Context(), l.s, "已删除"); err != nil {
			t.Fatalf("Erase: got error %v after an interruption, want none", err)
		}
		if got := l.found("A"); got != nil {
			t.Errorf("got %v after an interruption at update %d, want nothing", got, stop)
		}
	}
}

// A limited engine fails when its updates are used up.
type limited struct {
	store.Engine
	left int // -1 is no limit
}

func (l *limited) Update(ctx context.Context, fn func(store.Writer) error) error {
	if l.left == 0 {
		return errors.New("the process was killed")
	}
	if l.left > 0 {
		l.left--
	}
	return l.Engine.Update(ctx, fn)
}

func (l *limited) Compact(ctx context.Context) error {
	if l.left == 0 {
		return errors.New("the process was killed")
	}
	c, ok := l.Engine.(store.Compacter)
	if !ok {
		return errors.New("the engine cannot be compacted")
	}
	return c.Compact(ctx)
}

// TestAbout is row F4 in the store: everything of the one and nothing of the other.
func TestAbout(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return e })
	l.live("A")
	l.live("B")
	l.must(l.s.View(t.Context(), func(s *store.Snapshot) error {
		d, err := privacy.About(s, "A")
		l.must(err)
		text := fmt.Sprintf("%+v", d)
		for _, where := range []string{"回执", "填报", "附件名", "提问", "答复", "理由", "批复", "待定", "缘由"} {
			if !strings.Contains(text, canary("A", where)) {
				t.Errorf("got no %s of the person, want it", where)
			}
		}
		if strings.Contains(text, "金丝雀B") {
			t.Errorf("got something of somebody else: %s", text)
		}
		if len(d.Bindings) != 1 || len(d.Items) != 1 || len(d.Updates) != 1 || len(d.Leaves) != 1 || len(d.Audits) != 1 || d.Sent != 2 {
			t.Errorf("got %+v, want one of each and two texts sent", d)
		}
		return nil
	}))
}
