package webwxtest

// endpoints are all that there is, by host and name.
func (s *Server) endpoints() map[string]endpoint {
	return map[string]endpoint{
		onLogin + " jslogin": s.jslogin,
		onLogin + " login":   s.pollLogin,

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
		onMain + " webwxsendvideomsg":    s.send(SentVideo, TypeVideo),
		onMain + " webwxsendemoticon":    s.send(SentEmoji, TypeSticker),

		onPush + " synccheck": s.syncCheck,
	}
}
