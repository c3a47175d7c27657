package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/privacy"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
	"duban/store/storetest"
)

// bare hides that an engine can be compacted: the planted bug.
type bare struct{ store.Engine }

// A life is an office in a folder in which two people have said everything that is
// ever kept of anybody.
type life struct {
	*outboxtest.Office
	dir string
}

func newLife(t *testing.T, wrap func(store.Engine) store.Engine) *life {
	t.Helper()
	dir := t.TempDir()
	e, err := bolt.Open(filepath.Join(dir, "duban.db"))
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = e.Close() })
	l := &life{outboxtest.On(t, wrap(e)), dir}
	l.Configure(store.Options{Files: filepath.Join(dir, "files"), Values: []any{notice.Hooks(nil)}})
	l.Change(func(tx *store.Tx) {
		// So many others that pages which are freed are not all used again at once.
		for i := range 3000 {
			tx.FirstSight("web", fmt.Sprint(i))
			progress.AddUpdate(tx, progress.Update{Measure: fmt.Sprint("m", i%50), Person: fmt.Sprint("p", i), At: l.Now(), Note: "推进中"})
		}
		notice.Post(tx, "first", notice.Notice{Class: notice.Receipt, Text: "开会"}, nil)
		roster.Replace(tx, &roster.Roster{People: []roster.Person{
			{ID: "A", Name: "甲", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}},
			{ID: "B", Name: "乙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}},
			{ID: "Z", Name: "丙", Roles: []roster.Role{roster.Admin}},
		}})
	})
	return l
}

// canary is a text of a person that stands nowhere else.
func canary(person, where string) string { return "金丝雀" + person + where + "尾" }

func wheres() []string {
	return []string{"回执", "填报", "附件名", "提问", "答复", "理由", "批复", "待定", "私聊", "排队", "转述", "缘由"}
}

// live lets a person say everything.
func (l *life) live(person string) {
	l.Helper()
	c := func(where string) string { return canary(person, where) }
	proof, err := l.Keep([]byte(c("文件")), bot.FileInfo{Name: "x.txt", Type: "text/plain"})
	l.Must(err)
	l.Change(func(tx *store.Tx) {
		roster.Bind(tx, "web", "u-"+person, roster.Binding{Person: person, Chat: "p-" + person, How: "code"})
		notice.PutItem(tx, notice.Item{Notice: 1, Person: person, State: notice.Done, Note: c("回执"), Closed: l.Now()})
		percent := 80
		u := progress.Update{
			Measure: "m1", Person: person, At: l.Now(), Percent: &percent, Note: c("填报"), Evidence: []string{c("附件名")},
			Files: []progress.File{{Name: "1.txt", Hash: proof.Hash}}, Message: "web/" + person,
		}
		k := progress.AddUpdate(tx, u)
		tx.HoldFile(store.Work, proof.Hash, k)
		progress.PutEffect(tx, progress.Effect{Account: "web", Message: person, Chat: "g", Person: person, At: l.Now(), Updates: []string{k}})
		asked := progress.Ask(tx, progress.Question{Kind: "question", Account: "web", Chat: "g", Person: person, Text: c("提问")})
		progress.Answered(tx, asked, "Z", c("答复"))
		wish := progress.PutRequest(tx, progress.Request{Kind: progress.Postponing, Person: person, Reason: c("理由")})
		progress.Decide(tx, wish, "Z", true, c("批复"))
		progress.Postpone(tx, progress.Postponement{Measure: "m1", Due: "12月1日", Person: person, By: "Z", Reason: c("缘由")})
		roster.SetPending(tx, "web", "p-"+person, person, roster.Pending{Kind: "which", Until: l.Now().Add(time.Hour), Text: c("待定")})
		notice.PutLeave(tx, roster.Leave{Person: person, From: l.Now(), To: l.Now().Add(48 * time.Hour)})
		tx.Audit(store.Audit{Account: "web", Actor: person, Source: store.Chat, Action: "progress"})
		for _, o := range []bot.Outgoing{
			{Key: "answer/web/" + person, Chat: "g", Text: "已记：" + c("转述")},
			{Key: "private/" + person, Chat: "p-" + person, Text: c("私聊")},
			{Key: "admin/" + person, Chat: "p-Z", Text: "理由是" + c("理由")},
			{Key: "later/" + person, Chat: "p-" + person, Text: c("排队"), Due: l.Now().Add(72 * time.Hour)},
			{Key: "later-admin/" + person, Chat: "p-Z", Text: "有人说" + c("填报"), Due: l.Now().Add(72 * time.Hour)},
		} {
			o.Account = "web"
			outbox.Enqueue(tx, o)
		}
	})
	l.Drain()
}

// wish says that what a person wrote is to be deleted.
func (l *life) wish(person string) {
	l.Helper()
	l.Pass(time.Second)
	l.Change(func(tx *store.Tx) {
		privacy.WantErasure(tx, privacy.Erasure{Person: person, Account: "web", Chat: "p-" + person, Key: "erased/" + person})
	})
}

func (l *life) erase(person string) {
	l.Helper()
	l.wish(person)
	if n, err := privacy.Erase(l.Context(), l.Store, "已删除"); n != 1 || err != nil {
		l.Errorf("got %d wishes fulfilled, %v, want 1", n, err)
	}
}

// found lists which canaries of a person stand in the folder.
func (l *life) found(person string) (found []string) {
	l.Helper()
	for _, where := range append(wheres(), "文件") {
		if bottest.InFolder(l.T, l.dir, canary(person, where)) {
			found = append(found, where)
		}
	}
	return found
}

// After a person's texts were erased a search through the bytes of the folder finds
// none of them, and the other's are all there.
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
	l.Look(func(s *store.Snapshot) {
		last, ok := progress.LatestOf(s, "m1", "A")
		if !ok || last.Update.Percent == nil || *last.Update.Percent != 80 {
			t.Errorf("got %+v, want the number still there", last)
		}
		item, _ := notice.FindItem(s, 1, "A")
		if item.State != notice.Done || item.Closed.IsZero() {
			t.Errorf("got %+v, want the answer's time still there", item)
		}
		if waits := privacy.Erasures(s); waits != nil {
			t.Errorf("got %v, want no wish left", waits)
		}
		_, bad := s.VerifyAudits()
		store.Check(bad)
	})
	m, err := outboxtest.Claim(t.Context(), l.Store, "web")
	if err != nil || m.Chat != "p-A" || m.Text != "已删除" {
		t.Errorf("got %+v, %v, want the person told", m, err)
	}
	if n, err := privacy.Erase(t.Context(), l.Store, "已删除"); n != 0 || err != nil {
		t.Errorf("got %d, %v from another call, want nothing to do", n, err)
	}
}

// TestErase_withoutCompaction plants the bug that TestErase guards against: without
// a compaction the bytes stay in pages that bbolt has freed.
func TestErase_withoutCompaction(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return bare{e} })
	l.live("A")
	l.erase("A")
	if got := l.found("A"); len(got) == 0 {
		t.Errorf("got %v, want texts left in freed pages: else TestErase could not fail", got)
	}
}

// TestErase_interrupted ends it after each update: the next call brings it to an end.
func TestErase_interrupted(t *testing.T) {
	for stop := 1; ; stop++ {
		counter := &limited{left: -1}
		l := newLife(t, func(e store.Engine) store.Engine { counter.Engine = e; return counter })
		l.live("A")
		l.wish("A")
		counter.left = stop
		_, err := privacy.Erase(t.Context(), l.Store, "已删除")
		counter.left = -1
		if err == nil {
			if stop < 3 { // repeats, records, and the word that it is done
				t.Errorf("got an end after %d updates, want more steps to interrupt", stop)
			}
			return
		}
		if _, err := privacy.Erase(t.Context(), l.Store, "已删除"); err != nil {
			t.Fatalf("Erase: got error %v after an interruption, want none", err)
		}
		if got := l.found("A"); got != nil {
			t.Errorf("got %v after an interruption at update %d, want nothing", got, stop)
		}
	}
}

// A text to somebody else that waits for a person to decide loses the words only, and
// can still leave.
func TestErase_parkedAndHeld(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return e })
	want := func(key string, state outbox.State) {
		t.Helper()
		if got := l.Row(state, key).Text; got != "有人说（已删除）" {
			t.Errorf("the text that is %s: got %q, want it without the words", state, got)
		}
	}
	l.live("A")
	l.Enqueue(bot.Outgoing{Key: "parked", Chat: "others", Text: "有人说" + canary("A", "填报")})
	l.Settle(l.Claim("parked"), bot.Result{Err: errors.New("whose chat is it?"), Held: true, Parked: true})
	l.erase("A")
	want("parked", outbox.Parked)
	l.live("B")
	l.Enqueue(bot.Outgoing{Key: "held", Chat: "others", Text: "有人说" + canary("B", "填报")})
	l.Change(func(tx *store.Tx) { outbox.Hold(tx, l.Now()) })
	l.erase("B")
	want("held", outbox.Held)
}

// What lies aside because it was damaged may be anybody's words.
func TestErase_damaged(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine {
		broken := storetest.Damaging(e, func(key string) bool { return key == store.Work+store.Key("item", notice.ID(1), "A") })
		return &compacting{broken, e, func() {}}
	})
	l.live("A")
	if got := l.found("A"); len(got) != len(wheres())+1 {
		t.Fatalf("got %v before, want all of them: the test shows nothing else", got)
	}
	l.erase("A")
	if got := l.found("A"); got != nil {
		t.Errorf("got %v in the bytes of the folder, want nothing", got)
	}
	l.Look(func(s *store.Snapshot) {
		if n := s.Aside(); n != 1 {
			t.Errorf("Aside: got %d, want 1 still missing", n)
		}
	})
}

// A wish that comes while another one of the same person is fulfilled stays.
func TestErase_wishedAgain(t *testing.T) {
	meanwhile := &compacting{}
	l := newLife(t, func(e store.Engine) store.Engine { meanwhile.Engine, meanwhile.through = e, e; return meanwhile })
	l.live("A")
	meanwhile.do = func() { l.wish("A") }
	l.erase("A")
	l.Look(func(s *store.Snapshot) {
		if waits := privacy.Erasures(s); len(waits) != 1 || len(privacy.Erased(s)) != 1 {
			t.Errorf("got %v waiting, %v fulfilled, want one of each", waits, privacy.Erased(s))
		}
	})
}

// A compacting engine does something else before it compacts itself through another.
type compacting struct {
	store.Engine
	through store.Engine
	do      func()
}

func (c *compacting) Compact(ctx context.Context) error {
	c.do()
	through, ok := c.through.(store.Compacter)
	if !ok {
		return errors.New("the engine cannot be compacted")
	}
	return through.Compact(ctx)
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

// A dossier holds everything of the one and nothing of the other.
func TestAbout(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return e })
	l.live("A")
	l.live("B")
	l.Look(func(s *store.Snapshot) {
		d := privacy.About(s, "A")
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
	})
}
