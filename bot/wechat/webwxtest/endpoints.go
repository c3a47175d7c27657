package webwxtest

// endpoints are all that there is, by host and name.
func (s *Server) endpoints() map[string]endpoint {
	return map[string]endpoint{
		onLogin + " jslogin": s.jslogin,
		onLogin + " login":   s.pollLogin,
		onLogin + " qrcode":  func(*call) reply { return picture() },

		onMain + " webwxnewloginpage":     s.newLoginPage,
		onMain + " webwxpushloginurl":     s.pushLoginURL,
		onMain + " webwxinit":             s.webwxinit,
		onMain + " webwxstatusnotify":     s.statusNotify,
		onMain + " webwxgetcontact":       s.webwxgetcontact,
		onMain + " webwxbatchgetcontact":  s.batchGetContact,
		onMain + " webwxsync":             s.webwxsync,
		onMain + " webwxlogout":           s.logout,
		onMain + " webwxsendmsg":          s.send(SentText, TypeText),
		onMain + " webwxsendmsgimg":       s.send(SentImage, TypeImage),
		onMain + " webwxsendappmsg":       s.send(SentFile, AppFile),
		onMain + " webwxsendvideomsg":     s.send(SentVideo, TypeVideo),
		onMain + " webwxsendemoticon":     s.send(SentEmoji, TypeSticker),
		onMain + " webwxcheckupload":      s.checkUpload,
		onMain + " webwxrevokemsg":        s.revoke,
		onMain + " webwxoplog":            s.oplog,
		onMain + " webwxverifyuser":       s.verifyUser,
		onMain + " webwxcreatechatroom":   s.createRoom,
		onMain + " webwxupdatechatroom":   s.updateRoom,
		onMain + " webwxreport":           s.noted,
		onMain + " webwxstatreport":       s.noted,
		onMain + " webwxgetmsgimg":        s.byMessage(TypeImage, "MsgID", ""),
		onMain + " webwxgetvoice":         s.byMessage(TypeVoice, "msgid", "audio/mp3"),
		onMain + " webwxgetvideo":         s.byMessage(TypeVideo, "msgid", "video/mp4"),
		onMain + " webwxsearchcontact":    s.noted,
		onMain + " webwxgetpubliclinkimg": s.headPicture,
		onMain + " webwxcheckurl":         checkURL,
		onMain + " webwxgeticon":          s.headPicture,
		onMain + " webwxgetheadimg":       s.headPicture,

		onPush + " synccheck": s.syncCheck,

		onFile + " webwxuploadmedia": s.uploadMedia,
		onFile + " webwxgetmedia":    s.getMedia,
	}
}
