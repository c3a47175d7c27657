package webwxtest_test

import (
	"net/http"
	"strings"
	"testing"

	"duban/bot/wechat/webwxtest"
)

// FuzzServer: whatever is asked, the server answers or drops the connection,
// and the next client can log in.
func FuzzServer(f *testing.F) {
	for _, name := range []string{"webwxsync", "webwxinit", "webwxsendmsg", "webwxbatchgetcontact", "webwxlogout", "webwxrevokemsg", "webwxverifyuser", "webwxcreatechatroom"} {
		f.Add("wx.qq.com", name, `{"BaseRequest":{"Uin":2000000001,"Sid":"SID","Skey":"SKEY"},"SyncKey":{"Count":1,"List":[{"Key":2,"Val":-1}]}}`, "application/json")
	}
	f.Add("file.wx.qq.com", "webwxuploadmedia?f=json", "--b\r\nContent-Disposition: form-data; name=\"uploadmediarequest\"\r\n\r\n{}\r\n--b--", "multipart/form-data; boundary=b")
	f.Add("webpush.wx.qq.com", "synccheck?synckey=1_1|2_9", "", "")
	f.Fuzz(func(t *testing.T, host, path, body, kind string) {
		s := webwxtest.New(webwxtest.Options{Hold: 1})
		office(s)
		s.AutoLogin(true)
		c := newClient(t, s)
		c.login()
		body = strings.NewReplacer("SID", c.sid, "SKEY", c.skey, "SELF", c.self).Replace(body)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+host+"/cgi-bin/mmwebwx-bin/"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", kind)
		if res, err := c.http.Do(req); err == nil {
			defer res.Body.Close()
		}
		newClient(t, s).login()
	})
}
