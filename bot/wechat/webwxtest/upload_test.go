package webwxtest_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

const part = 524288

type uploaded struct {
	BaseResponse                                  struct{ Ret int }
	MediaID, EncryFileName                        string
	StartPos, CDNThumbImgHeight, CDNThumbImgWidth int64
}

// file is something to upload; edit may spoil the fields.
type file struct {
	name, mediatype string
	data            []byte
	request         map[string]any
	sum             string // of data, for those that are big
	edit            func(fields map[string]string, request map[string]any)
}

func (c *client) dataTicket() string {
	c.t.Helper()
	u := &url.URL{Scheme: "https", Host: "file." + c.host, Path: "/"}
	for _, k := range c.http.Jar.Cookies(u) {
		if k.Name == "webwx_data_ticket" {
			return k.Value
		}
	}
	c.t.Fatal("no webwx_data_ticket for the host of files")
	return ""
}

// bring uploads one part.
func (c *client) bring(f file, chunk int) uploaded {
	c.t.Helper()
	if f.sum == "" {
		sum := md5.Sum(f.data)
		f.sum = hex.EncodeToString(sum[:])
	}
	uin, err := strconv.Atoi(c.uin)
	if err != nil {
		c.t.Fatal(err)
	}
	request := map[string]any{
		"UploadType": 2, "BaseRequest": map[string]any{"Uin": uin, "Sid": c.sid, "Skey": c.skey, "DeviceID": "e1"},
		"ClientMediaId": 15713736380000, "TotalLen": len(f.data), "StartPos": 0, "DataLen": len(f.data), "MediaType": 4,
		"FromUserName": c.self, "ToUserName": "filehelper", "FileMd5": f.sum,
	}
	maps.Copy(request, f.request)
	fields := map[string]string{
		"id": "WU_FILE_0", "name": f.name, "type": "application/octet-stream", "size": strconv.Itoa(len(f.data)),
		"mediatype": f.mediatype, "webwx_data_ticket": c.dataTicket(), "pass_ticket": "undefined",
	}
	chunks := (len(f.data) + part - 1) / part
	if chunks > 1 {
		fields["chunks"], fields["chunk"] = strconv.Itoa(chunks), strconv.Itoa(chunk)
	}
	if f.edit != nil {
		f.edit(fields, request)
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		c.t.Fatal(err)
	}
	fields["uploadmediarequest"] = string(encoded)
	return c.form(fields, f.name, f.data[chunk*part:min(len(f.data), (chunk+1)*part)])
}

func (c *client) form(fields map[string]string, name string, data []byte) (out uploaded) {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			c.t.Fatal(err)
		}
	}
	p, err := w.CreateFormFile("filename", name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := p.Write(data); err != nil {
		c.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	address := "https://file." + c.host + "/cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json"
	_, answer := c.do(http.MethodPost, address, &body, "Content-Type", w.FormDataContentType())
	c.uploadAnswer = string(answer)
	if err := json.Unmarshal(answer, &out); err != nil {
		c.t.Fatalf("%v in %s", err, answer)
	}
	return out
}

func (c *client) sendMedia(endpoint string, msg map[string]any) answered {
	c.t.Helper()
	all := map[string]any{"FromUserName": c.self, "ToUserName": "filehelper", "LocalID": "1", "ClientMsgId": "1"}
	maps.Copy(all, msg)
	var out answered
	c.post(c.api(endpoint), map[string]any{"Scene": 0, "Msg": all}, &out)
	return out
}

func pixels(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 200))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestServer_upload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		data := pixels(t)
		out := c.bring(file{name: "/tmp/a/表.png", mediatype: "pic", data: data}, 0)
		if out.BaseResponse.Ret != 0 || !strings.HasPrefix(out.MediaID, "@crypt_") || out.StartPos != int64(len(data)) ||
			out.CDNThumbImgWidth != 100 || out.CDNThumbImgHeight != 50 || !strings.HasSuffix(out.EncryFileName, ".png") {
			t.Fatalf("got %+v, want a medium with a thumbnail of 100x50", out)
		}
		if got := c.sendMedia("webwxsendmsgimg?fun=async&f=json", map[string]any{"Type": 3, "MediaId": out.MediaID}); got.BaseResponse.Ret != 0 {
			t.Errorf("got %+v, want Ret 0", got)
		}
		if got := s.Sent(); len(got) != 1 || got[0].Kind != webwxtest.SentImage || !bytes.Equal(got[0].Bytes, data) || got[0].FileName != "表.png" {
			t.Errorf("got %+v, want the picture", got)
		}
		if got := c.sendMedia("webwxsendmsgimg", map[string]any{"Type": 3, "MediaId": "@crypt_none"}); got.BaseResponse.Ret != 1 {
			t.Errorf("a medium that nobody brought: got %+v, want Ret 1", got)
		}
	})
}

func TestServer_uploadParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		f := file{name: "表 & 1.xlsx", mediatype: "doc", data: bytes.Repeat([]byte("0123456789"), part/4)}
		for chunk := range 2 {
			if out := c.bring(f, chunk); out.BaseResponse.Ret != 0 || out.MediaID != "" || out.StartPos != int64(chunk+1)*part {
				t.Fatalf("part %d: got %+v, want no medium yet", chunk, out)
			}
		}
		out := c.bring(f, 2)
		content := fmt.Sprintf("<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>表 &amp; 1.xlsx</title><type>6</type>"+
			"<appattach><totallen>%d</totallen><attachid>%s</attachid><fileext>xlsx</fileext></appattach><extinfo></extinfo></appmsg>", len(f.data), out.MediaID)
		if got := c.sendMedia("webwxsendappmsg?fun=async&f=json", map[string]any{"Type": 6, "Content": content}); got.BaseResponse.Ret != 0 {
			t.Errorf("got %+v, want Ret 0", got)
		}
		if got := s.Sent(); len(got) != 1 || got[0].FileName != "表 & 1.xlsx" || !bytes.Equal(got[0].Bytes, f.data) {
			t.Errorf("got %d sent, want the file", len(got))
		}
		if got := c.bring(f, 1); got.BaseResponse.Ret != 1 {
			t.Errorf("a part without those before it: got %+v, want Ret 1", got)
		}
		c.bring(f, 0)
		if got := c.bring(f, 2); got.BaseResponse.Ret != 1 || got.MediaID != "" {
			t.Errorf("the third part after the first: got %+v, want Ret 1", got)
		}
	})
}

func TestServer_uploadRefused(t *testing.T) {
	cases := map[string]func(fields map[string]string, request map[string]any){
		"another sum":              func(_ map[string]string, r map[string]any) { r["FileMd5"] = strings.Repeat("0", 32) },
		"another length":           func(_ map[string]string, r map[string]any) { r["TotalLen"] = 2 },
		"another size":             func(f map[string]string, _ map[string]any) { f["size"] = "2" },
		"the ticket of a stranger": func(f map[string]string, _ map[string]any) { f["webwx_data_ticket"] = "gS" },
		"a mediatype of its own":   func(f map[string]string, _ map[string]any) { f["mediatype"] = "file" },
		"a part that is none":      func(f map[string]string, _ map[string]any) { f["chunks"], f["chunk"] = "2", "0" },
		"a session that is none":   func(_ map[string]string, r map[string]any) { r["BaseRequest"] = map[string]any{"Uin": 1} },
		"another sender":           func(_ map[string]string, r map[string]any) { r["FromUserName"] = "filehelper" },
	}
	for name, edit := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c := online(t, webwxtest.Options{})
				f := file{name: "a.txt", mediatype: "doc", data: []byte("123"), edit: edit}
				if out := c.bring(f, 0); out.BaseResponse.Ret == 0 || out.MediaID != "" {
					t.Errorf("got %+v, want a refusal", out)
				}
			})
		})
	}
}

func TestServer_bigUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := online(t, webwxtest.Options{})
		f := file{name: "big.zip", mediatype: "doc", data: make([]byte, 25<<20+1)}
		if out := c.bring(f, 0); out.BaseResponse.Ret == 0 {
			t.Fatalf("unannounced: got %+v, want a refusal", out)
		}
		sum := md5.Sum(f.data)
		f.sum = hex.EncodeToString(sum[:])
		announce := func() (out struct{ MediaID, AESKey, Signature string }) {
			c.post(c.api("webwxcheckupload"), map[string]any{"FileMd5": f.sum, "FileName": f.name, "FileSize": len(f.data), "FileType": 7}, &out)
			return out
		}
		promise := announce()
		f.request = map[string]any{"AESKey": promise.AESKey, "Signature": promise.Signature}
		var last uploaded
		for chunk := range (len(f.data) + part - 1) / part {
			last = c.bring(f, chunk)
		}
		if promise.MediaID != "" || last.MediaID == "" {
			t.Errorf("got %+v and %+v, want a medium at the end", promise, last)
		}
		if again := announce(); again.MediaID != last.MediaID {
			t.Errorf("once more: got %s, want the medium that is there", again.MediaID)
		}
	})
}

func TestServer_download(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		s.Push(webwxtest.Picture("zhang", "g1", pixels(t)))
		s.Push(webwxtest.FileMsg("zhang", "g1", "表.xlsx", []byte("file")))
		s.Push(webwxtest.Voice("zhang", webwxtest.Self, time.Second, []byte("voice")))
		s.Push(webwxtest.Video("zhang", webwxtest.Self, time.Second, []byte("video")))
		m := c.sync().AddMsgList
		key := "&skey=" + url.QueryEscape(c.skey)
		if res, got := c.do(http.MethodGet, c.api("webwxgetmsgimg?MsgID="+m[0].MsgID+key), nil); !bytes.Equal(got, pixels(t)) || res.Header.Get("Content-Type") != "image/png" {
			t.Errorf("picture: got %d bytes as %s", len(got), res.Header.Get("Content-Type"))
		}
		media := func(sender string) string {
			return c.get("https://file." + c.host + "/cgi-bin/mmwebwx-bin/webwxgetmedia?" + url.Values{
				"sender": {sender}, "mediaid": {m[1].MediaID}, "encryfilename": {m[1].EncryFileName}, "fromuser": {c.uin},
				"pass_ticket": {"undefined"}, "webwx_data_ticket": {c.dataTicket()},
			}.Encode())
		}
		if got := media(m[1].FromUserName); got != "file" {
			t.Errorf("file: got %q", got)
		}
		if got := media(c.self); got != "" {
			t.Errorf("file of another sender: got %q, want nothing", got)
		}
		if got := c.get(c.api("webwxgetvoice?msgid=" + m[2].MsgID + key)); got != "voice" {
			t.Errorf("voice: got %q", got)
		}
		if res, got := c.do(http.MethodGet, c.api("webwxgetvideo?msgid="+m[3].MsgID+key), nil, "Range", "bytes=0-"); string(got) != "video" || res.StatusCode != 206 {
			t.Errorf("video: got %d %q, want 206", res.StatusCode, got)
		}
		if got := c.get(c.api("webwxgetmsgimg?MsgID=" + m[0].MsgID + "&skey=x")); got != "" {
			t.Errorf("picture without the key: got %q, want nothing", got)
		}
	})
}
