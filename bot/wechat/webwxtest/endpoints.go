package webwxtest

// endpoints are all that there is, by host and name.
func (s *Server) endpoints() map[string]endpoint {
	return map[string]endpoint{
		onLogin + " jslogin": s.jslogin,
		onLogin + " login":   s.pollLogin,
		onLogin + " qrcode":  func(*call) reply { return picture() },

		onMain + " webwxnewloginpage":    s.newLoginPage,
		onMain + " webwxpushloginurl":    s.pushLoginURL,
		onMain + " webwxinit":            s.webwxinit,
		onMain + " webwxstatusnotify":    s.statusNotify,
		onMain + " webwxgetcontact":      s.webwxgetcontact,
		onMain + " webwxbatchgetcontact": s.batchGetContact,
		onMain + " webwxsync":            s.webwxsync,
		onMain + " webwxlogout":          s.logout,
		onMain + " webwxsendmsg":         s.send(SentText, TypeText),
		onMain + " webwxsendmsgimg":      s.send(SentImage, TypeImage),
		onMain + " webwxsendappmsg":      s.send(SentFile, AppFile),
		onMain + " webwxreport":          s.noted,
		onMain + " webwxstatreport":      s.noted,
		onMain + " webwxgetmsgimg":       s.getImage,

		onPush + " synccheck": s.syncCheck,

		onFile + " webwxuploadmedia": s.uploadMedia,
		onFile + " webwxgetmedia":    s.getMedia,
	}
}
