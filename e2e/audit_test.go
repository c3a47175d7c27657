package e2e_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/alarm"
	"duban/bot/bottest"
	"duban/config"
	"duban/store"
	"duban/store/enginetest"
)

// Once a day an alarm account is told where the audit logs end, and at once that one
// is not what was written.
func TestAudit_dailyWord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine, office, alarms := enginetest.New(t), bottest.NewNetwork(login), bottest.NewNetwork("ntfy")
		alarms.Group(alarm.Chat, "XG001")
		c := config.Defaults()
		c.Backup.Every = 0
		c.Data, c.Key = t.TempDir(), filepath.Join(t.TempDir(), "duban.key")
		c.Accounts = []config.Account{{Name: login, Kind: "console"}, {Name: "ntfy", Kind: "alarm", By: "ntfy"}}
		stop := serve(t, c, slog.New(slog.DiscardHandler), app.Outside{
			Engine: func(string) (store.Engine, error) { return engine, nil },
			Listen: newLine().outside().Listen,
			Account: func(c config.Account, _ func() (bot.Account, error)) (bot.Account, error) {
				if c.Name == login {
					return seated{Account: office.Account()}, nil
				}
				return alarms.Account(), nil
			},
		})
		defer stop()
		heads := func() (all []string) {
			for _, s := range alarms.Sent() {
				if strings.HasPrefix(s.Text, "操作记录校验码") {
					all = append(all, s.Text)
				}
			}
			return all
		}
		<-time.After(26 * time.Hour)
		said := heads()
		if n := len(said); n != 2 || !strings.Contains(said[0], "duban audit verify -head") {
			t.Fatalf("in 26 hours the alarm account was told %d heads, want 2, once a day: %q", n, said)
		}
		err := engine.Update(t.Context(), func(w store.Writer) error {
			for p, err := range w.Scan([]byte("w/audit/"), []byte("w/audit0")) {
				if err != nil {
					return err
				}
				return w.Delete(p.Key)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(25 * time.Hour)
		told := 0
		for _, s := range alarms.Sent() {
			if strings.HasPrefix(s.Text, "操作记录校验没有通过") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("a day after an entry was taken out the alarm account was told %d times, want once", told)
		}
	})
}
