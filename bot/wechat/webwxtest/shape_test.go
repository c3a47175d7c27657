package webwxtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"duban/bot/wechat/webwxtest"
)

// shape is what an answer looks like without its values: the keys of each
// object in their order, and the type of each value. Elements of a list share
// one path.
type shape struct {
	keys  map[string][]string // of the object at a path
	types map[string]string   // of the value at a path
}

func shapeOf(text string) (shape, error) {
	s := shape{keys: map[string][]string{}, types: map[string]string{}}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return s, s.value(d, "")
}

func (s shape) value(d *json.Decoder, path string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return s.object(d, path)
		}
		s.types[path] = "list"
		for d.More() {
			if err := s.value(d, path+"[]"); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case string:
		s.types[path] = "text"
	case json.Number:
		s.types[path] = "number"
	default:
		s.types[path] = fmt.Sprintf("%T", v)
	}
	return err
}

func (s shape) object(d *json.Decoder, path string) error {
	s.types[path] = "object"
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name := fmt.Sprint(key)
		keys = append(keys, name)
		if err := s.value(d, path+"."+name); err != nil {
			return err
		}
	}
	if len(keys) > len(s.keys[path]) {
		s.keys[path] = keys
	}
	_, err := d.Token()
	return err
}

func (s shape) String() string {
	var b strings.Builder
	var walk func(path, indent string)
	walk = func(path, indent string) {
		for _, key := range s.keys[path] {
			below := path + "." + key
			fmt.Fprintf(&b, "%s%s %s\n", indent, key, s.types[below])
			for s.types[below] == "list" {
				below += "[]"
			}
			walk(below, indent+"  ")
		}
	}
	walk("", "")
	return b.String()
}

// answers are one of each kind, of a server where everything occurs.
func answers(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		all["webwxinit"], all["webwxgetcontact"] = string(c.init), string(c.contacts)
		list := []map[string]string{{"UserName": c.names["学工群"]}, {"UserName": c.names["三石"]}}
		all["webwxbatchgetcontact"] = string(c.post(c.api("webwxbatchgetcontact?type=ex"), map[string]any{"Count": 2, "List": list}, nil))
		s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
		s.RenameGroup("g1", "新名")
		s.Unfriend("li")
		all["webwxsync"] = string(c.post(c.api("webwxsync"), map[string]any{"SyncKey": c.key}, nil))
		all["webwxstatusnotify"] = string(c.post(c.api("webwxstatusnotify"), map[string]any{"Code": 1}, nil))
		all["webwxsendmsg"] = string(c.post(c.api("webwxsendmsg"), map[string]any{"Msg": map[string]any{
			"Type": 1, "Content": "好", "FromUserName": c.self, "ToUserName": "filehelper", "LocalID": "1", "ClientMsgId": "1",
		}}, nil))
		c.bring(file{name: "a.txt", mediatype: "doc", data: []byte("123")}, 0)
		all["webwxuploadmedia"] = c.uploadAnswer
		all["webwxpushloginurl"] = c.get(c.api("webwxpushloginurl?uin=" + c.uin))
	})
	return all
}

// The keys, their order and the types are kept in testdata/shapes.txt, so that
// they change only on purpose.
func TestServer_shapes(t *testing.T) {
	all := answers(t)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var got strings.Builder
	for _, name := range names {
		s, err := shapeOf(all[name])
		if err != nil {
			t.Fatalf("%s: %v in %s", name, err, all[name])
		}
		fmt.Fprintf(&got, "== %s\n%s", name, s)
	}
	want, err := os.ReadFile("testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("testdata/shapes.txt differs; got:\n%s", got.String())
	}
}

// captured is a real answer that the fake's must look like.
type captured struct {
	file, endpoint string
	// at is where in the fake's answer the capture's top stands.
	at string
	// older captures lack keys that came later, and have some that went; those
	// from inside a browser have its own.
	lacks, has string
	unordered  bool
}

const (
	later   = "IsOwner OriContent EncryFileName SyncCheckKey"
	browser = "MM|\\$|_|stranger$|LocalID$|ClientMsgId$|HeadImgUrl$"
)

// The captures are scrubbed answers of the real server of 2016 to 2018.
func TestServer_captures(t *testing.T) {
	root := captures(t)
	cases := []captured{
		{file: "a/webwxinit.json", endpoint: "webwxinit", lacks: later},
		{file: "a/webwxgetcontact.json", endpoint: "webwxgetcontact", lacks: later + " Seq"},
		{file: "a/webwxbatchgetcontact.json", endpoint: "webwxbatchgetcontact", lacks: later, has: "^(RemarkPYInitial|RemarkPYQuanPin|MemberStatus|DisplayName|KeyWord)$"},
		{file: "a/webwxsync.json", endpoint: "webwxsync", lacks: later},
		{file: "b/webwxinit.jsonc", endpoint: "webwxinit", lacks: "User"},
		{file: "b/getcontact.json", endpoint: "webwxgetcontact"},
		{file: "b/batchgetcontact.jsonc", endpoint: "webwxbatchgetcontact"},
		{file: "b/webwxsync.json", endpoint: "webwxsync"},
		{file: "b/sendmsg.json", endpoint: "webwxsendmsg"},
		{file: "b/sendmsgimg.json", endpoint: "webwxsendmsg"},
		{file: "b/statusnotify.json", endpoint: "webwxstatusnotify"},
		{file: "b/uploadmedia.json", endpoint: "webwxuploadmedia"},
		{file: "b/pushloginurl.json", endpoint: "webwxpushloginurl"},
		{file: "e/webwxinit.json", endpoint: "webwxinit"},
		{file: "e/webwxsync_group_text.json", endpoint: "webwxsync"},
		{file: "e/sendmsg_error.json", endpoint: "webwxsendmsg"},
		{file: "e/statusnotify_error.json", endpoint: "webwxstatusnotify"},
		{file: "c/mention_rawObj21.json", endpoint: "webwxsync", at: ".AddMsgList[]", has: browser, lacks: "EncryFileName"},
		{file: "c/message_0.json", endpoint: "webwxsync", at: ".AddMsgList[]", has: browser, lacks: "OriContent EncryFileName"},
		{file: "c/friendship_0.json", endpoint: "webwxsync", at: ".AddMsgList[]", has: browser, lacks: "QQNum VerifyFlag OriContent EncryFileName"},
		{file: "c/room_0.json", endpoint: "webwxbatchgetcontact", at: ".ContactList[]", has: browser, lacks: "IsOwner", unordered: true},
	}
	all := answers(t)
	for _, tc := range cases {
		t.Run(tc.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(root, tc.file))
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := shapeOf(cleaned(string(data)))
			if err != nil {
				t.Fatalf("%v in %s", err, cleaned(string(data)))
			}
			ours, err := shapeOf(all[tc.endpoint])
			if err != nil {
				t.Fatal(err)
			}
			tc.compare(t, theirs, ours)
		})
	}
}

// captures is the folder of the captures, beside the module.
func captures(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this package")
		}
		dir = filepath.Dir(dir)
	}
	root := filepath.Join(dir, "..", "shared", "eval", "webwx")
	if _, err := os.Stat(root); errors.Is(err, os.ErrNotExist) {
		t.Skipf("NOT COMPARED WITH REAL ANSWERS: no captures at %s", root)
	}
	return root
}

// cleaned drops the dots that stand for what a capture leaves out.
func cleaned(text string) string {
	return regexp.MustCompile(`,?\s*\.\.\.\s*\n?(\s*[}\]])`).ReplaceAllString(text, "$1")
}

func (tc captured) compare(t *testing.T, theirs, ours shape) {
	t.Helper()
	for path, keys := range theirs.keys {
		if len(keys) == 0 {
			continue // an object of which the capture shows nothing
		}
		mine, ok := ours.keys[tc.at+path]
		if !ok {
			if !tc.extra(path) && !strings.HasPrefix(path, ".MPSubscribeMsgList") {
				t.Errorf("%s: the fake has no such object", path)
			}
			continue
		}
		keys, mine = tc.comparable(path, keys, mine)
		if !slices.Equal(keys, mine) {
			t.Errorf("%s: the real one has %v, the fake %v", path, keys, mine)
		}
	}
	for path, kind := range theirs.types {
		if mine, ok := ours.types[tc.at+path]; ok && mine != kind {
			t.Errorf("%s: the real one is a %s, the fake's a %s", path, kind, mine)
		}
	}
}

// comparable drops the keys that either side has for a known reason.
func (tc captured) comparable(path string, theirs, ours []string) (keys, mine []string) {
	keys = slices.DeleteFunc(slices.Clone(theirs), func(k string) bool {
		return tc.extra(k) && (!slices.Contains(ours, k) || tc.has != browser && path == "")
	})
	mine = slices.DeleteFunc(slices.Clone(ours), func(k string) bool {
		return slices.Contains(strings.Fields(tc.lacks), k) && !slices.Contains(keys, k)
	})
	if tc.unordered {
		slices.Sort(keys)
		slices.Sort(mine)
	}
	return keys, mine
}

// extra says whether a path lies below a key that is not the server's.
func (tc captured) extra(path string) bool {
	return tc.has != "" && regexp.MustCompile(tc.has).MatchString(path[strings.LastIndexByte(path, '.')+1:])
}

// Strings and XML are compared by pattern: what is scrubbed keeps its form.
func TestServer_capturedTexts(t *testing.T) {
	root := captures(t)
	patterns := map[string]string{
		"window.QRLogin":   `^window\.QRLogin\.code = 200; window\.QRLogin\.uuid = "[A-Za-z0-9]{10}==";$`,
		"window.code=408":  `^window\.code=408;$`,
		"window.code=201":  `^window\.code=201;(window\.userAvatar = '.*';)?$`,
		"window.code=200":  `^window\.code=200;\n?window\.redirect_uri="https://[a-z0-9.]+/cgi-bin/mmwebwx-bin/webwxnewloginpage\?ticket=[A-Za-z0-9]{20,24}@qrticket_0&uuid=[A-Za-z0-9]{10}==&lang=zh_CN&scan=\d+";$`,
		"window.synccheck": `^window\.synccheck=\{retcode:"\d+",selector:"\d+"\}$`,
		"<error>":          `(?s)^<error>\s*<ret>0</ret>\s*<message>(OK)?</message>\s*<skey>@crypt_\w{8}_\w+</skey>\s*<wxsid>\w{16}</wxsid>\s*<wxuin>\w+</wxuin>\s*<pass_ticket>[\w%=]+</pass_ticket>\s*<isgrayscale>1</isgrayscale>\s*</error>$`,
	}
	var theirs []string
	for _, name := range []string{"a/strings.txt", "e/strings.txt", "b/login_200.txt", "b/synccheck.txt", "b/newloginpage.xml"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(strings.TrimSpace(string(data)), "\u00a0", " ") // somebody's editor
		if strings.HasSuffix(name, "strings.txt") {
			text = strings.ReplaceAll(text, "window.code=200;\nwindow.redirect", "window.code=200;window.redirect")
			theirs = append(theirs, strings.Split(text, "\n")...)
		} else {
			theirs = append(theirs, text)
		}
	}
	for _, text := range append(theirs, texts(t)...) {
		for prefix, pattern := range patterns {
			if strings.HasPrefix(text, prefix) && !regexp.MustCompile(pattern).MatchString(text) {
				t.Errorf("%s does not fit %s", text, pattern)
			}
		}
	}
}

// texts are the fake's answers that are not JSON.
func texts(t *testing.T) (all []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{})
		c := newClient(t, s)
		all = append(all, c.get("https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new&lang=zh_CN"))
		c.uuid = s.State().UUID
		all = append(all, c.pollLogin())
		for _, step := range []func() error{s.Scan, s.Confirm} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
			all = append(all, c.pollLogin())
		}
		c.enter(all[len(all)-1])
		c.start()
		all = append(all, string(c.newLoginPage), c.get(c.checkURL()))
	})
	return all
}
