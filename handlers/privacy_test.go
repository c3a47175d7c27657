package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/enginetest"
)

// overheard is group talk that is neither for the bot nor an answer to a notice.
// ✿ is where the canary stands.
var overheard = []string{
	"今天食堂麻辣烫打八折✿", "✿晚上聚餐吗", "手机只剩20%的电了，先下了✿", "3号楼停电，后勤说5点前修好✿", "第3节课调到下午了，大家转告一下学生✿",
	"王老师电话13912345678✿，有事打这个", "四级通过率52%，比去年高了3个点✿", "终于完成期末阅卷了，累✿", "@李四 第3条完成了吗✿", "哈哈✿",
	"各位老师：请于1月10日前完成宿舍检查，收到请回复✿", "@所有人 明天开会✿", "有人知道快递✿放哪了吗", "第5条怎么做✿", "进度汇总✿发我一下",
	"那个✿学生家长又来了", "✿", "+1✿", "心理那块✿怎么说", "#接龙\n周五羽毛球✿\n1. 张伟\n2. 刘畅", "转发：✿",
	"「刘畅：晚上吃饭✿」\n- - - - - - - - - - - - - - -\n好的", "@小张 好的✿", "撤回✿", "改成60%✿", "https://example.com/✿", "✿同学的身份证110105194912310021",
	"确认✿", "发通知 需回执：✿", "绑定码 ✿", "还有谁没回复✿", "删除我的数据✿", "帮助✿",
}

func canary(i int) string { return fmt.Sprintf("金丝雀%03d号", i) }

// TestPrivacy_overheard is the promise to the group: what is neither for the bot
// nor an answer to an open notice is not written anywhere, whoever says it and
// whatever is open, and leads to no transaction that could write.
func TestPrivacy_overheard(t *testing.T) {
	for name, before := range map[string]string{
		"nothing is open": "",
		"a notice asks for 收到": `
通知 需回执 学工群: 明天开会
王雪晴 群: 收到
刘畅 私: 收到
  私: 已记
`,
		"something was reported and something is asked": `
王雪晴 群@: 第1条完成60%
  学工群: 1→60%
+25h
刘畅 群@: 第3条完成80%
  学工群: 是哪一条
+25h
`,
	} {
		t.Run(name, func(t *testing.T) {
			o := boltOffice(t)
			o.tell(before)
			i := 0
			for _, who := range []string{"王雪晴", "刘畅", "周明远", "徐慎行", "路人"} {
				for _, text := range overheard {
					i++
					o.overhear(o.message(who, "学工群", strings.ReplaceAll(text, "✿", canary(i))))
				}
				for _, m := range o.odd(who, canary(i)) {
					o.overhear(m)
				}
			}
			if sent := o.drain(); len(sent) > 0 {
				t.Errorf("got %q, want silence", sent[0].Text)
			}
			o.hasNot("金丝雀")
		})
	}
}

// odd are messages of other kinds with a canary.
func (o *office) odd(who, canary string) []bot.Message {
	picture, file, system, quoting := o.message(who, "学工群", canary), o.message(who, "学工群", canary+".docx"),
		o.message(who, "学工群", canary+"加入了群聊"), o.message(who, "学工群", "好的")
	picture.Kind, file.Kind, system.Kind = bot.Picture, bot.File, bot.System
	quoting.Quote = &bot.Quote{Name: canary, Text: canary}
	picture.Name = canary
	return []bot.Message{picture, file, system, quoting}
}

func (o *office) overhear(m bot.Message) {
	o.Helper()
	updates := o.engine.updates
	if err := o.router.Handle(o.Context(), m); err != nil || o.engine.updates != updates {
		o.Errorf("got error %v and %d transactions that could write, want none; input: %q", err, o.engine.updates-updates, m.Text)
	}
}

// hasNot fails the test if the log, the store or its file hold a text.
func (o *office) hasNot(text string) {
	o.Helper()
	for where, all := range o.everything() {
		if i := strings.Index(all, text); i >= 0 {
			o.Errorf("%s hold %q: …%q…", where, text, all[max(0, i-120):min(len(all), i+60)])
		}
	}
}

// everything is all that is kept, by where.
func (o *office) everything() map[string]string {
	all := map[string]string{"the log": o.log.String()}
	if o.file == "" {
		all["the store"] = dump(o.T, o.engine)
		return all
	}
	o.close()
	data, err := os.ReadFile(o.file)
	o.must(err)
	all["the file"] = string(data)
	return all
}

// TestPrivacy_private numbers are masked wherever a text is stored or said again.
func TestPrivacy_masks(t *testing.T) {
	const phone, card, bank = "13912345678", "11010519491231002X", "6222021234567890128"
	if !strings.HasSuffix(bank, "8") {
		t.Fatal("a card's last digit must be right to be recognised")
	}
	for _, private := range []string{
		phone, card, bank, "139 1234 5678", "１３９１２３４５６７８", "139  1234  5678", "139.1234.5678", "139——1234——5678", "1391234\n5678",
		"110105 19491231 002X", "110105491231002", "13912345678110105194912310" + "02X", "一三九一二三四五六七八",
	} {
		t.Run(private, func(t *testing.T) {
			o := boltOffice(t)
			o.tell("通知 需回执 学工群: 明天开会\n通知 填报 学工群: 请填报")
			for _, text := range []string{
				"第1条完成80%，有事打" + private, "第2条卡住了，找" + private, "改成70%，联系" + private, "收到，我电话" + private, "第4条要不要交纸质版？我的电话" + private,
				"完成80%，电话" + private, "3", "完成80%，电话" + private, "完成90%，" + private, "请问这个" + private + "是谁的？", "我请假到周三，有事打" + private,
				"第3条完成50%，" + private, "1", "帮李四报一下，第5条完成60%，" + private, "反诈那块做完了，找" + private, private + "收到",
				"#接龙\n明天开会，收到请接龙\n1. 刘畅 " + private + "\n2. " + private, private, "卡在" + private + "那里了", "第4条没有新进展" + private, "查" + private,
			} {
				o.hear(o.message("王雪晴", "私", text))
				o.hear(o.heard("王雪晴", "群@", text))
				o.hear(o.heard("王雪晴", "群「上」", text))
				o.pass("31s")
			}
			for _, m := range o.odd("王雪晴", private) {
				m.Mention = true
				o.hear(m)
			}
			stranger := o.heard("王雪晴", "群@", "第2条卡住了，找"+private)
			stranger.Sender, stranger.Name, stranger.Card = "s/nobody", private, "计算机学院-"+private
			stranger.Quote = &bot.Quote{ID: "q", Name: private, Text: "联系" + private}
			o.hear(stranger)
			o.hear(o.message("周明远", "私", "待认领"))
			o.hear(o.message("何志勤", "私", "答 1 要交"))
			for where, all := range o.everything() {
				for _, private := range []string{private, strings.ReplaceAll(private, "\n", `\n`)} {
					if i := strings.Index(all, private); i >= 0 {
						t.Errorf("%s hold %q: …%q…", where, private, all[max(0, i-200):i])
					}
				}
			}
		})
	}
}

// A leaky engine panics with what is to be written.
type leaky struct{ store.Engine }

func (e leaky) Update(ctx context.Context, fn func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return fn(leak{w}) })
}

type leak struct{ store.Writer }

func (w leak) Put(key, value []byte) error {
	if bytes.Contains(value, []byte("金丝雀")) {
		panic(string(value))
	}
	return w.Writer.Put(key, value)
}

// TestPrivacy_panic is rows A6 and F3: a message whose handling panics, even with
// its own words, is set aside without them, and the next one is handled.
func TestPrivacy_panic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		engine := enginetest.New(t)
		s, err := notice.OpenStore(ctx, leaky{engine}, store.Options{Log: logger}, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Update(ctx, func(tx *store.Tx) error { return furnish(tx) })
		if err != nil {
			t.Fatal(err)
		}
		network := bottest.NewNetwork(account)
		network.Group("g-学工群", "p-C3") // so that there is a chat p-C3
		b := bot.New(bot.Options{
			Accounts: []bot.Account{network.Account()}, Outbox: outbox.Delivery{Store: s}, Log: logger, Handler: route(s, options(logger)),
		})
		ended := make(chan error)
		go func() { ended <- b.Run(ctx) }()
		for i, text := range []string{"第1条完成80%，金丝雀", "第1条完成60%"} {
			network.Bring(bot.Message{ID: fmt.Sprint("id", i), Chat: "p-C3", Sender: "u-C3", Name: "金丝雀", Mention: true, Text: text})
		}
		if err := network.Await(ctx, func() bool { return len(network.Shown("p-C3")) == 2 }); err != nil {
			t.Fatal(err)
		}
		shown := network.Shown("p-C3")
		if !strings.Contains(shown[0], "这条消息处理时出了问题，没有记录") || !strings.Contains(shown[1], "已记：1→60%") {
			t.Errorf("got %q, want an apology and the next answer", shown)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for where, all := range map[string]string{"log": log.String(), "store": dump(t, engine)} {
			if strings.Contains(all, "金丝雀") {
				t.Errorf("the %s holds what was said or by whom:\n%s", where, all)
			}
		}
	})
}

// TestPrivacy_names of people are not logged, whatever they do.
func TestPrivacy_log(t *testing.T) {
	o := boltOffice(t)
	o.tell(`
通知 需回执 学工群: 明天开会
王雪晴 群@: 收到
  学工群: 已记
周明远 私: 还有谁没回复
  私: 未回
王雪晴 私: 第1条卡在经费上了
  私: 受阻
刘畅 私: 第4条要不要交纸质版？
  私: 问题1
周明远 私: 答 1 要交
  私: 已答复
  刘畅: 周明远老师答复：要交
郭建平 私: 代张伟报一下，他的第1条完成了60%
  私: 已记
`)
	for _, p := range staff().People {
		if strings.Contains(o.log.String(), p.Name) {
			t.Errorf("the log names %s:\n%s", p.Name, o.log)
		}
	}
	for _, word := range []string{"经费", "纸质", "要交", "开会"} {
		if strings.Contains(o.log.String(), word) {
			t.Errorf("the log holds %q:\n%s", word, o.log)
		}
	}
}

// TestRepeated is threats T7 and T28: what the bot repeats of people's words
// holds no link and nothing that cannot be seen.
func TestRepeated(t *testing.T) {
	tell(t, []story{
		{"without links", `
王雪晴 群@: 第1条受阻，看https://evil.example/x吧
  学工群: 已记：1→受阻（看【链接 evil[.]example…
刘畅 群@: 第1条
  学工群: 状态：受阻，看【链接 evil[.]example】吧（王雪晴
`},
		{"without marks of direction", "王雪晴 私: 第4条要不要\u202e交\u200b纸质版？\n  私: 问题1\n周明远 私: 收件箱\n  私: 第4条要不要交纸质版\n"},
	})
}
