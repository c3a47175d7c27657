package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/dingtalk/dingtalktest"
	"duban/bot/feishu/feishutest"
	"duban/bot/ilink/ilinktest"
	"duban/bot/wecom/wecomtest"
	"duban/config"
	"duban/outbox"
	"duban/progress"
	"duban/store"
)

// What the child on an official network is told through its environment.
const (
	netVar     = "KILLTEST_NET"      // the kind of its account
	netDirVar  = "KILLTEST_NET_DIR"  // its folder
	netAddrVar = "KILLTEST_NET_ADDR" // where the fake is
)

// netLives is how many lives the program has on each network.
var netLives = flag.Int("netlives", 12, "lives on each official network")

// networkConfig is a program with one account of a kind, whose secret is in dir.
func networkConfig(kind, dir, address string) config.Config {
	c := campusConfig(filepath.Join(dir, "data"))
	c.Path, c.Key = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "duban.key")
	a := &c.Accounts[0]
	a.Name, a.Kind = kind, kind
	secret := config.Secret{File: filepath.Join(dir, "secret")}
	switch kind {
	case "feishu":
		a.Feishu = config.Feishu{App: feishutest.AppID, Secret: secret, Domain: "http://" + address}
	case "dingtalk":
		a.DingTalk = config.DingTalk{Client: dingtalktest.Client, Secret: secret, Card: dingtalktest.Card}
	case "wecom":
		a.WeCom = config.WeCom{Bot: "aib-1", Secret: secret}
	case "ilink":
		a.ILink = config.ILink{User: ilinktest.User, Secret: secret}
	}
	return c
}

// toward leads to the fake, whatever the address.
func toward(address string) http.RoundTripper {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	return &http.Transport{DialContext: dial, DialTLSContext: dial}
}

// networkChild is the whole program on the fake of a network in another process. It ends
// when its input does.
func networkChild(kind string) error {
	ctx, stop := bottest.Life()
	defer stop()
	address := os.Getenv(netAddrVar)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	return app.Run(ctx, networkConfig(kind, os.Getenv(netDirVar), address), app.Options{
		Log: log, In: os.Stdin, Out: io.Discard, Outside: app.Outside{Transport: toward(address)},
	})
}

// A phrase is what somebody said in the kill loop, and what the answer to it holds.
type phrase struct{ id, person, chat, answer string }

// A ward is a network whose program is killed.
type ward struct {
	*robot
	rnd          *rand.Rand
	kind, group  string   // "" is a network without groups
	people       []string // who report
	dir, address string
	connected    func() bool
	idle         func() bool                 // nothing waits to be brought again
	kept         func() func(id string) bool // which messages the network was told are durable, or would bring again
	history      bool                        // what is said while nobody listens is brought later
	reporters    map[string]string           // names by 工号
	words        []phrase
	notices      int
	life         int
}

// talks lets people report to the bot, and now and then the admin send a notice.
func (w *ward) talks() {
	for range 3 {
		k := len(w.words)
		person := w.people[w.rnd.IntN(len(w.people))]
		measure, percent := 1+k%34, 1+(k/34)%98
		s := phrase{person: person, chat: w.net.Person(person), answer: fmt.Sprintf("%d→%d%%", measure, percent)}
		text := fmt.Sprintf("第%d条完成%d%%", measure, percent)
		if w.group != "" && w.rnd.IntN(3) == 0 {
			s.chat, text = w.group, "@学工小助手 "+text
		}
		s.id = w.net.Say(s.chat, person, text)
		w.words = append(w.words, s)
	}
	if w.life++; w.group != "" && w.life%10 == 3 {
		w.notices++
		w.net.Say(w.net.Person("周明远"), "周明远", fmt.Sprintf("发通知 需回执 学工工作群：请检查第%d号楼，收到请回复", w.notices))
		w.net.Say(w.net.Person("周明远"), "周明远", "确认")
	}
}

// started waits until the program listens, and then people talk.
func (w *ward) started(ctx context.Context) error {
	for !w.connected() {
		if !bot.Sleep(ctx, time.Millisecond) {
			return ctx.Err()
		}
	}
	w.talks()
	return nil
}

// settled waits until nothing more is said.
func (w *ward) settled(ctx context.Context) error {
	for n, same := -1, 0; same < 8; same++ {
		if !bot.Sleep(ctx, 500*time.Millisecond) {
			return ctx.Err()
		}
		if all := len(w.shown()); all != n || !w.idle() {
			n, same = all, 0
		}
	}
	return nil
}

// A shownText is a text of the bot and where it was shown.
type shownText struct{ chat, text string }

func (w *ward) shown() (all []shownText) {
	chats := []string{w.group, w.net.Person("周明远")}
	for _, name := range w.people {
		chats = append(chats, w.net.Person(name))
	}
	slices.Sort(chats)
	for _, chat := range slices.Compact(chats) {
		for _, text := range w.net.Shown(chat) {
			all = append(all, shownText{chat, text})
		}
	}
	return all
}

// judge holds the store against what was said, and what the network shows.
func (w *ward) judge() {
	effects, people := map[string]int{}, map[string]string{}
	var rows []outbox.Row
	view(w.T, filepath.Join(w.dir, "data"), func(sn *store.Snapshot) {
		for id, name := range w.reporters {
			for _, e := range progress.Effects(sn, id, time.Time{}) {
				for _, k := range e.Updates {
					if u, ok := progress.FindUpdate(sn, k); ok && u.Retracted.IsZero() {
						effects[e.Message]++
						people[e.Message] = name
					}
				}
			}
		}
		rows = everyRow(sn, w.kind)
	})
	v := map[string]int{}
	kept := w.kept()
	shown := w.shown()
	for _, s := range w.words {
		v["said"]++
		n := effects[s.id]
		switch {
		case n > 1:
			v["second effects"]++
		case n == 1 && people[s.id] != s.person:
			v["booked to others"]++
		case n == 1:
			v["booked"]++
		case kept(s.id):
			v["lost"]++
			w.Logf("lost: %+v", s)
		default:
			v["lost by the network"]++
		}
		w.count(v, shown, s, n)
	}
	w.countNotices(v, shown)
	for _, r := range rows {
		v["rows "+string(r.State)]++
	}
	w.Logf("%s: %v", w.kind, v)
	for _, bad := range []string{"second effects", "booked to others", "lost", "wrong recipient", "unmarked", "answered and not booked"} {
		if v[bad] > 0 {
			w.Errorf("%s: %d", bad, v[bad])
		}
	}
	if v["booked"] < v["said"]/4 || w.group != "" && v["notices"] == 0 && w.life > 20 {
		w.Errorf("%d of %d were booked, %d notices posted: little was tried", v["booked"], v["said"], v["notices"])
	}
}

// count looks for the answers to one word.
func (w *ward) count(v map[string]int, shown []shownText, s phrase, effects int) {
	copies := 0
	for _, a := range shown {
		if !strings.Contains(a.text, "："+s.answer) {
			continue
		}
		if a.chat != s.chat && a.chat != w.net.Person(s.person) { // an echo to a group is for one person
			v["wrong recipient"]++
			w.Logf("%+v is answered in %s", s, a.chat)
		}
		if copies++; copies > 1 && !strings.HasPrefix(a.text, bot.RepeatMark) {
			v["unmarked"]++
		}
	}
	v["copies"] += max(copies-1, 0)
	if copies > 0 {
		v["answered"]++
		if effects == 0 {
			v["answered and not booked"]++
		}
	}
}

// countNotices looks for the notices in the group.
func (w *ward) countNotices(v map[string]int, shown []shownText) {
	for i := range w.notices {
		copies := 0
		for _, a := range shown {
			if a.chat != w.group || !strings.Contains(a.text, fmt.Sprintf("请检查第%d号楼", i+1)) {
				continue
			}
			if copies++; copies > 1 && !strings.HasPrefix(a.text, bot.RepeatMark) {
				v["unmarked"]++
				w.Logf("a copy without a mark: %s", a.text)
			}
		}
		v["notices"] += min(copies, 1)
		v["copies"] += max(copies-1, 0)
	}
}

// wards are the networks.
func wards(t *testing.T) map[string]func(t *testing.T) *ward {
	t.Helper()
	reporters := map[string]string{"JS002": "王雪晴", "JS003": "刘畅", "WY001": "孙静怡"}
	people := []string{"周明远", "王雪晴", "刘畅", "孙静怡"}
	open := func(t *testing.T, net network, kind, secret, group, address string, people ...string) *ward {
		w := &ward{robot: &robot{T: t, net: net}, rnd: bottest.Rand(t), kind: kind, group: group, dir: t.TempDir(), reporters: reporters}
		write(t, w.dir, "secret", secret)
		w.address, w.people = address, people
		w.ground()
		return w
	}
	return map[string]func(t *testing.T) *ward{
		"feishu": func(t *testing.T) *ward {
			net := feishu{feishutest.New()}
			t.Cleanup(net.Shut)
			net.Group("1", people...)
			w := open(t, net, "feishu", feishutest.Secret, "oc_1", strings.TrimPrefix(net.URL, "http://"), people[1:]...)
			w.history, w.idle = true, func() bool { return net.Unanswered() == 0 }
			w.connected = func() bool { return net.Connected() > 0 }
			w.kept = func() func(string) bool { return func(string) bool { return true } }
			return w
		},
		"dingtalk": func(t *testing.T) *ward {
			net := dingtalktest.New(dingtalktest.Options{Name: "学工小助手"})
			t.Cleanup(net.Close)
			server := httptest.NewServer(net.Handler())
			t.Cleanup(server.Close)
			net.Group("cid1==", people...)
			w := open(t, net, "dingtalk", dingtalktest.Secret, "cid1==", strings.TrimPrefix(server.URL, "http://"), people[1:]...)
			w.idle = func() bool { return true }
			w.connected = net.Open
			w.kept = func() func(string) bool {
				answered := map[string]bool{}
				for _, m := range net.Said() {
					answered[m.ID] = m.Answered
				}
				return func(id string) bool { return answered[id] }
			}
			return w
		},
		"wecom": func(t *testing.T) *ward {
			net := wecom{wecomtest.New(wecomtest.Options{Name: "学工小助手", PerMinute: -1}), map[string]string{"周明远": "XG001", "王雪晴": "JS002", "刘畅": "JS003", "孙静怡": "WY001"}}
			t.Cleanup(net.Close)
			server := httptest.NewServer(net.Handler())
			t.Cleanup(server.Close)
			net.Group("wr1", "XG001", "JS002", "JS003", "WY001")
			w := open(t, net, "wecom", "secret-1", "wr1", strings.TrimPrefix(server.URL, "http://"), people[1:]...)
			w.idle = func() bool { return true }
			w.connected = net.Online
			w.kept = func() func(string) bool { // the network is never told
				return func(string) bool { return false }
			}
			return w
		},
		"ilink": func(t *testing.T) *ward {
			net := ilink{ilinktest.New()}
			t.Cleanup(net.Close)
			server := httptest.NewServer(net.Handler())
			t.Cleanup(server.Close)
			w := open(t, net, "ilink", net.Token(), "", strings.TrimPrefix(server.URL, "http://"), "王雪晴")
			w.history, w.idle = true, func() bool { return true }
			w.connected = net.Online
			w.kept = func() func(string) bool { return func(string) bool { return true } }
			return w
		},
	}
}

// ground makes people and the group known in a first life, beside a console.
func (w *ward) ground() {
	w.Helper()
	c := networkConfig(w.kind, w.dir, w.address)
	c.Accounts = append(c.Accounts, config.Account{Name: "console", Kind: "console", Pace: c.Accounts[0].Pace})
	stop := w.start(c, app.Outside{Transport: toward(w.address)})
	w.await("it is online", func() bool { return strings.Contains(w.logs.String(), "account="+w.kind+" state=online") })
	if w.group == "" {
		w.bindsAlone(w.people[0])
		stop()
		return
	}
	w.binds("周明远", "王雪晴", "刘畅", "孙静怡")
	w.net.Say(w.group, "周明远", "@学工小助手 绑定群 学工工作群")
	w.sees(w.net.Person("周明远"), "将发到群")
	w.asks("周明远", "确认", "已绑定：“学工工作群”")
	stop()
}

// TestKill_networks kills the whole program on each official network at random moments.
func TestKill_networks(t *testing.T) {
	t.Parallel()
	for kind, open := range wards(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ends, err := bottest.KillLoop{
				Lives: lives(t, *netLives, 6), Longest: 300 * time.Millisecond, Rand: w.rnd, Signal: os.Kill,
				Env:     []string{netVar + "=" + kind, netDirVar + "=" + w.dir, netAddrVar + "=" + w.address},
				Started: w.started, Settled: w.settled,
				Before: func(int) {
					if w.history {
						w.talks()
					}
				},
			}.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("kill -9: %d in %.0f s", ends.Lives, ends.Took.Seconds())
			w.judge()
		})
	}
}
