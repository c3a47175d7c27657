package wechat

import (
	"net/url"
	"os"
	"path/filepath"

	"rsc.io/qr"

	"duban/bot"
)

// codeFile is where the QR code is to be seen.
func (a *Account) codeFile() string {
	return filepath.Join(a.o.Dir, url.PathEscape(a.o.Name)+".png")
}

// showCode shows what must be scanned. It is never logged: who scans it is the
// account.
func (s *session) showCode(content string) {
	if s.way != scan {
		return
	}
	c, err := qr.Encode(content, qr.M)
	if err != nil {
		s.log.Error("QR code not made", "err", err)
		return
	}
	if err := bot.Replace(s.codeFile(), c.PNG(), 0o600); err != nil {
		s.log.Error("QR code not written", "err", err)
	}
	if s.o.Terminal != nil {
		if _, err := s.o.Terminal.Write([]byte(bot.Blocks(c.Size, c.Black) + "请用手机微信扫描上面的二维码登录（两分钟内有效）\n")); err != nil {
			s.log.Error("QR code not shown", "err", err)
		}
	}
	s.Set(bot.Scanning, "请用手机微信扫描二维码登录，图在 "+filepath.Base(s.codeFile())+"，两分钟换一张")
}

// hideCode takes the QR code away.
func (a *Account) hideCode() {
	if err := os.Remove(a.codeFile()); err != nil && !os.IsNotExist(err) {
		a.log.Error("QR code not removed", "err", err)
	}
}

// polled notes that somebody scanned, and leaves time to confirm.
func (s *session) polled(code string) {
	switch code {
	case "201":
		s.Set(bot.Scanning, "已扫码，请在手机上点“登录”")
	case "200":
		if s.expiry != nil {
			s.expiry.Stop()
		}
	}
}
