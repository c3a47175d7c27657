// Package webwxtest is a faithful fake of the web-WeChat server, for tests of
// whoever speaks to it, and of nothing that the program needs.
//
// A [Server] holds one account, the people and groups around it, its phone and
// a log of messages that never forgets: the client owns its place in the log,
// so that who asks with an old key is told the same messages again. A test
// builds the world with ids of its own choice ("zhang", "g1"); what the client
// sees are user names, which are derived from the id and the login, and are new
// after every scan.
//
//	s := webwxtest.New(webwxtest.Options{Hold: 300 * time.Millisecond})
//	s.AddFriend(webwxtest.Friend{ID: "zhang", Nick: "张三", Remark: "张三#F012"})
//	s.AddGroup(webwxtest.Group{ID: "g1", Name: "学工", Saved: true,
//		Members: []webwxtest.Member{{ID: "zhang", Card: "计算机-张三"}}})
//	s.AutoLogin(true) // the phone scans and confirms whatever is shown
//	client := &http.Client{Transport: s.Transport(), Jar: jar}
//	…
//	s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
//	sent := s.Sent()
//
// [Server.Transport] answers in process, under the real host names, and starts
// no timer but those of long polls and of [Fault.Delay]: it works inside a
// testing/synctest bubble if the Server was made there.
//
// # What is assumed
//
// Field sets, types and key order were compared with captures of 2016 to 2018.
// Nobody has published the following, so the fake's form of it is a guess:
//
//   - the body of an answer with Ret 1205, taken to be that of any other refusal;
//   - the login page of 2021 and later: status 301 without Location for who sends
//     the desktop headers, as wechat4u expects it;
//   - headers and status of webwxlogout, taken to be a 301 to the front page;
//   - a native quote as one JSON message, taken to be a text as people report it;
//   - code 201 again at the end of each poll between scan and button;
//   - user names change with a login that is confirmed without a scan, too;
//   - messages from before a login by scan are not told to it;
//   - 50 messages to a page before ContinueFlag;
//   - names are escaped and carry emoji spans as texts do;
//   - a text to oneself is refused with 1204;
//   - Ret 1 for whatever does not fit, such as an unknown medium, a wrong sum or
//     more than 50 contacts at once;
//   - bytes that may not be fetched are an empty answer with status 200;
//   - somebody unknown in webwxbatchgetcontact is an empty contact of that name;
//   - the phone greets a session once, with the status 51;
//   - a voice message carries no transcript.
//
// The picture of a login code is a single pixel, and the Pinyin of names is
// empty: no test needs more.
package webwxtest
