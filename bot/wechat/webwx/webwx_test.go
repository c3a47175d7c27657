package webwx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"duban/bot/wechat/webwx"
)

func TestText(t *testing.T) {
	for content, want := range map[string]string{
		"收到":                "收到",
		"a&amp;b &lt;i&gt;": "a&b <i>",
		"&amp;lt;":          "&lt;",
		"一<br/>二<br/>":      "一\n二\n",
		"&lt;br/&gt;":       "<br/>",
		`<span class="emoji emoji1f44d"></span>好`:            "👍好",
		`<span class="emoji emoji1f1e81f1f3"></span>`:        "🇨🇳",
		`<span class="emoji emoji1f469200d1f4bb"></span>`:    "👩\u200d💻",
		`<span class="emoji emoji002320e3"></span>`:          "#\u20e3",
		`<span class="emoji emoji1f"></span>`:                "[表情]",
		`<span class="emoji emojid800"></span>`:              "[表情]",
		`&lt;span class="emoji emoji1f44d"&gt;&lt;/span&gt;`: `<span class="emoji emoji1f44d"></span>`,
		"&copy &nbsp;": "&copy &nbsp;",
	} {
		if got := webwx.Text(content); got != want {
			t.Errorf("Text(%q) = %q, want %q", content, got, want)
		}
	}
}

func TestSplitSender(t *testing.T) {
	for content, want := range map[string][2]string{
		"@ab12:<br/>收到":         {"@ab12", "收到"},
		"\x08\x01@ab12:<br/>收到": {"@ab12", "收到"}, // a control character becomes a space
		"@ab12:<br/>一:<br/>二":   {"@ab12", "一:<br/>二"},
		"wxid_1-a:<br/>收到":      {"wxid_1-a", "收到"},
		"张三:<br/>收到":            {"", "张三:<br/>收到"},
		" @ab12:<br/>收到":        {"", " @ab12:<br/>收到"},
		"收到":                    {"", "收到"},
		"@ab12 你好:<br/>收到":      {"", "@ab12 你好:<br/>收到"},
	} {
		var m struct{ Content string }
		if err := json.Unmarshal(webwx.Clean([]byte(`{"Content": "`+content+`"}`)), &m); err != nil {
			t.Fatal(err)
		}
		name, rest := webwx.SplitSender(m.Content)
		if name != want[0] || rest != want[1] {
			t.Errorf("SplitSender(%q) = %q, %q, want %q", content, name, rest, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, text := range []string{"", "短", strings.Repeat("长", 2000), strings.Repeat("长", 2001), strings.Repeat("第三条已完成\n", 900), strings.Repeat("𠮷\n", 3000)} {
		parts := webwx.Split(text, webwx.Longest)
		var whole []string
		for i, p := range parts {
			if n := utf8.RuneCountInString(p); n > webwx.Longest {
				t.Errorf("part %d has %d characters", i+1, n)
			}
			if len(parts) > 1 {
				var ok bool
				if p, ok = strings.CutPrefix(p, fmt.Sprintf("（%d/%d）", i+1, len(parts))); !ok {
					t.Errorf("part %d begins %q", i+1, p[:20])
				}
			}
			whole = append(whole, p)
		}
		if got := strings.Join(whole, ""); strings.ReplaceAll(got, "\n", "") != strings.ReplaceAll(text, "\n", "") {
			t.Errorf("%d characters became %d", utf8.RuneCountInString(text), utf8.RuneCountInString(got))
		}
	}
}

func TestParseSync(t *testing.T) {
	for name, body := range map[string]string{"a page": "<html>", "nothing": "", "a list": "[]", "without a verdict": "{}", "cut off": `{"BaseResponse":{"Ret":0},"AddMsgLi`} {
		if _, err := webwx.ParseSync([]byte(body)); !errors.Is(err, webwx.ErrNotSync) {
			t.Errorf("%s: %v, want ErrNotSync", name, err)
		}
	}
	_, err := webwx.ParseSync([]byte(`{"BaseResponse":{"Ret":1101}}`))
	if ret, ok := errors.AsType[webwx.Ret](err); !ok || ret != webwx.RetReplaced || !ret.Ended() {
		t.Errorf("%v, want 1101, which ends the session", err)
	}
}

// captured returns a folder of captured answers, or skips the test.
func captured(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", "eval", "webwx"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("captured answers are not here")
	}
	return dir
}

func TestParse_captured(t *testing.T) {
	dir := captured(t)
	messages, contacts := 0, 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.Contains(d.Name(), ".json") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.ToLower(d.Name())
		switch {
		case strings.HasPrefix(name, "webwxsync"):
			s, err := webwx.ParseSync(webwx.Clean(body))
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if s.SyncKey.Count != len(s.SyncKey.List) || s.SyncKey.Count == 0 {
				t.Errorf("%s: the place in the log is %+v", path, s.SyncKey)
			}
			for _, raw := range s.AddMsgList {
				m := webwx.ParseMessage(raw)
				if m.ID() == "" || m.ID() != string(m.MsgID) || m.CreateTime == 0 || m.FromUserName == "" {
					t.Errorf("%s: message %+v", path, m)
				}
				messages++
			}
		case strings.HasPrefix(name, "webwxinit.json") && !strings.HasSuffix(name, "c"):
			if i, err := webwx.ParseInit(webwx.Clean(body)); err != nil || i.User.UserName == "" || i.User.Uin == 0 {
				t.Errorf("%s: %+v, %v", path, i, err)
			}
			contacts += len(webwx.ParseContacts(webwx.Clean(body)))
		case strings.Contains(name, "getcontact.json") && !strings.HasSuffix(name, "c"):
			contacts += len(webwx.ParseContacts(webwx.Clean(body)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if messages < 4 || contacts < 4 {
		t.Errorf("read %d messages and %d contacts", messages, contacts)
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("{\"a\": \"x\x01y\nz\\\x02\"}"))
	f.Add([]byte(`{"a":"\u00e5\u00be\u00ae"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		clean := webwx.Clean(body)
		var was, is any
		if json.Unmarshal(body, &was) == nil && json.Unmarshal(clean, &is) != nil {
			t.Errorf("%q could be decoded and became %q, which cannot", body, clean)
		}
		if _, err := webwx.ParseSync(clean); err == nil {
			webwx.ParseContacts(clean)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("@ab:<br/>「a：b」<br/>- - - - - -<br/>c&amp;lt;")
	f.Add(`<span class="emoji emoji1f1e81f1f3"></span>`)
	f.Fuzz(func(t *testing.T, typed string) {
		if !utf8.ValidString(typed) {
			return
		}
		// As the server writes it.
		sent := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(typed)
		if got := webwx.Text(sent); got != typed {
			t.Errorf("%q became %q", typed, got)
		}
		webwx.ParseAppQuote(sent)
		webwx.ParseRecall(typed)
		if parts := webwx.Split(typed, 20); strings.Join(parts, "") == "" && typed != "" {
			t.Errorf("%q became nothing", typed)
		}
	})
}
