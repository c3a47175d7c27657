package dingtalktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// maxParam is the longest text, in the form in which it is sent.
const maxParam = 15000

// Handler serves the network on any address.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1.0/gateway/connections/open", s.open)
	mux.HandleFunc("GET /connect", s.connect)
	mux.HandleFunc("POST /v1.0/oauth2/accessToken", s.giveToken)
	mux.HandleFunc("GET /gettoken", s.giveOldToken)
	mux.HandleFunc("POST /media/upload", s.upload)
	mux.HandleFunc("GET /fetch/{code}", s.fetch)
	for pattern, h := range map[string]func(http.ResponseWriter, *body){
		"POST /v1.0/robot/groupMessages/send":        s.sendGroup,
		"POST /v1.0/robot/oToMessages/batchSend":     s.sendAlone,
		"POST /v1.0/robot/ding/send":                 s.ding,
		"POST /v1.0/robot/groupMessages/query":       s.readGroup,
		"GET /v1.0/robot/oToMessages/readStatus":     s.readAlone,
		"POST /v1.0/robot/messageFiles/download":     s.download,
		"POST /v1.0/card/instances/createAndDeliver": s.createCard,
		"PUT /v1.0/card/instances":                   s.updateCard,
		"POST /topapi/v2/user/get":                   s.user,
		"POST /topapi/v2/user/getbymobile":           s.user,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			b := &body{Query: r.URL.Query().Get("processQueryKey"), Robot: r.URL.Query().Get("robotCode")}
			if r.Method != http.MethodGet && json.NewDecoder(r.Body).Decode(b) != nil {
				refuse(w, "invalidParameter.param.invalid")
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			old := strings.HasPrefix(r.URL.Path, "/topapi/")
			token := r.Header.Get("X-Acs-Dingtalk-Access-Token")
			if old {
				token = r.URL.Query().Get("access_token")
			}
			switch {
			case old && !s.tokens[token]:
				bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40014, "errmsg": "不合法的access_token"})
			case old && s.Forbidden(r.URL.Path):
				bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 60011, "errmsg": "没有调用该接口的权限"})
			case !s.tokens[token]:
				bottest.Answer(w, http.StatusBadRequest, map[string]any{"code": "InvalidAuthentication", "message": "不合法的access_token"})
			case s.Forbidden(r.URL.Path):
				forbid(w)
			default:
				h(w, b)
			}
		})
	}
	return mux
}

// A body is what a call says: each says a part of it.
type body struct {
	Robot  string   `json:"robotCode"`
	Group  string   `json:"openConversationId"`
	People []string `json:"userIds"`
	Key    string   `json:"msgKey"`
	Param  string   `json:"msgParam"`
	Query  string   `json:"processQueryKey"`
	Most   int      `json:"maxResults"`
	Next   string   `json:"nextToken"`
	Person string   `json:"userid"`
	Mobile string   `json:"mobile"`
	Code   string   `json:"downloadCode"`
	Dinged []string `json:"receiverUserIdList"`
	Remind int      `json:"remindType"`
	Words  string   `json:"content"`

	Template string `json:"cardTemplateId"`
	Track    string `json:"outTrackId"`
	Callback string `json:"callbackType"`
	Space    string `json:"openSpaceId"`
	Kind     int    `json:"userIdType"`
	Data     struct {
		Params map[string]string `json:"cardParamMap"`
	} `json:"cardData"`
	ToGroup *deliverTo `json:"imGroupOpenDeliverModel"`
	ToRobot *deliverTo `json:"imRobotOpenDeliverModel"`
}

type deliverTo struct {
	Robot string `json:"robotCode"`
	Space string `json:"spaceType"`
}

func refuse(w http.ResponseWriter, code string) {
	bottest.Answer(w, http.StatusBadRequest, map[string]any{"code": code, "message": "参数不合法", "requestid": "r"})
}

func forbid(w http.ResponseWriter) {
	bottest.Answer(w, http.StatusForbidden, map[string]any{"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "message": "应用尚未开通所需的权限"})
}

func (s *Server) giveToken(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Key    string `json:"appKey"`
		Secret string `json:"appSecret"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Key != Client || in.Secret != Secret {
		refuse(w, "invalidClientIdOrSecret")
		return
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"accessToken": s.newToken(), "expireIn": 7200})
}

// giveOldToken is the older call for a token, which is as good.
func (s *Server) giveOldToken(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("appkey") != Client || q.Get("appsecret") != Secret {
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40089, "errmsg": "不合法的corpid或corpsecret"})
		return
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "access_token": s.newToken(), "expires_in": 7200})
}

func (s *Server) newToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	token := fmt.Sprint("token-geheim-", s.ids)
	s.tokens[token] = true
	return token
}

// failed ends a call that sends as it was told to, before it is taken. The caller holds
// the lock.
func (s *Server) failed(w http.ResponseWriter, b *body) (f Fault, done bool) {
	switch f = s.Next(); f {
	case Busy:
		bottest.BadGateway(w)
	case Often:
		bottest.Answer(w, http.StatusForbidden, map[string]any{"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "限流"})
	case Expired:
		clear(s.tokens)
		bottest.Answer(w, http.StatusBadRequest, map[string]any{"code": "InvalidAuthentication", "message": "不合法的access_token"})
	case Denied:
		forbid(w)
	case Odd:
		refuse(w, "invalid："+b.Param+b.Data.Params["text"])
	default:
		return f, false
	}
	return f, true
}

// took answers a call that was taken, unless that is told to go wrong.
func took(w http.ResponseWriter, f Fault, v map[string]any) {
	switch f {
	case LostReply:
		panic(http.ErrAbortHandler)
	case CutReply:
		_, _ = w.Write(bot.JSON(v)[:8])
	default:
		bottest.Answer(w, http.StatusOK, v)
	}
}

// take keeps what was sent. The caller holds the lock.
func (s *Server) take(m *Sent) *Sent {
	s.ids++
	m.ID, m.At, m.Reads = fmt.Sprintf("query%06d+/==", s.ids), time.Now(), map[string]time.Time{}
	s.sent = append(s.sent, m)
	s.Change()
	return m
}

// words returns the text of a message, "" if it is none.
func (b *body) words() string {
	var p struct {
		Content string `json:"content"`
	}
	if b.Key != "sampleText" || len(b.Param) > maxParam || json.Unmarshal([]byte(b.Param), &p) != nil {
		return ""
	}
	return p.Content
}

func (s *Server) sendGroup(w http.ResponseWriter, b *body) {
	f, done := s.failed(w, b)
	switch {
	case done:
	case b.Robot != Client:
		refuse(w, "invalidParameter.robotCode.auth")
	case s.groups[b.Group] == nil:
		refuse(w, "invalid.openConversationId")
	case b.words() == "" && s.enclosed(b) == nil:
		refuse(w, "invalidParameter.msgParam.invalid")
	default:
		took(w, f, map[string]any{"processQueryKey": s.take(&Sent{Chat: b.Group, Text: b.words(), File: s.enclosed(b)}).ID})
	}
}

func (s *Server) sendAlone(w http.ResponseWriter, b *body) {
	f, done := s.failed(w, b)
	switch {
	case done:
	case b.Robot != Client:
		refuse(w, "invalidParameter.robotCode.auth")
	case len(b.People) != 1: // more are allowed, and nobody does that here
		refuse(w, "invalidParameter.userIds.empty")
	case b.words() == "" && s.enclosed(b) == nil:
		refuse(w, "invalidParameter.msgParam.invalid")
	case s.called(b.People[0]) == "":
		bottest.Answer(w, http.StatusOK, map[string]any{"processQueryKey": "none", "invalidStaffIdList": b.People, "flowControlledStaffIdList": []string{}})
	case f == Flooded || s.o.PerMinute > 0 && s.rate.TooMany(b.People[0], s.o.PerMinute):
		bottest.Answer(w, http.StatusOK, map[string]any{"processQueryKey": "none", "invalidStaffIdList": []string{}, "flowControlledStaffIdList": b.People})
	default:
		took(w, f, map[string]any{"processQueryKey": s.take(&Sent{Chat: b.People[0], Text: b.words(), File: s.enclosed(b)}).ID, "invalidStaffIdList": []string{}, "flowControlledStaffIdList": []string{}})
	}
}

// ding shows people a DING in the app.
func (s *Server) ding(w http.ResponseWriter, b *body) {
	switch {
	case b.Robot != Client:
		refuse(w, "invalid.chatbotId")
	case b.Remind != 1 || b.Words == "" || len(b.Dinged) == 0 || len(b.Dinged) > 200:
		refuse(w, "invalidParameter.param.invalid")
	default:
		failed := map[string][]string{}
		for _, p := range b.Dinged {
			if s.called(p) == "" {
				failed["miss.staffId"] = append(failed["miss.staffId"], p)
				continue
			}
			s.dings[p]++
		}
		bottest.Answer(w, http.StatusOK, map[string]any{"openDingId": "ding", "failedList": failed})
	}
}

// Rung returns how many DINGs somebody was shown.
func (s *Server) Rung(person string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dings[s.person(person)]
}

// called returns the name of a person. The caller holds the lock.
func (s *Server) called(id string) string {
	for name, known := range s.people {
		if known == id {
			return name
		}
	}
	return ""
}

// show says what a card shows. A template has a text and four buttons; those without a
// label are not shown.
func (b *body) show(m *Sent) bool {
	m.Text, m.Buttons = b.Data.Params["text"], nil
	for i := 1; i <= 4; i++ {
		if label := b.Data.Params["label"+strconv.Itoa(i)]; label != "" {
			m.Buttons = append(m.Buttons, Button{label, b.Data.Params["press"+strconv.Itoa(i)]})
		}
	}
	return m.Text != ""
}

func (s *Server) createCard(w http.ResponseWriter, b *body) {
	f, done := s.failed(w, b)
	m := &Sent{Track: b.Track}
	group, inGroup := strings.CutPrefix(b.Space, "dtv1.card//IM_GROUP.")
	person, alone := strings.CutPrefix(b.Space, "dtv1.card//IM_ROBOT.")
	switch {
	case inGroup && b.ToGroup != nil && b.ToGroup.Robot == Client && s.groups[group] != nil:
		m.Chat = group
	case alone && b.ToRobot != nil && b.ToRobot.Space == "IM_ROBOT" && s.called(person) != "":
		m.Chat = person
	}
	switch {
	case done:
	case b.Template != Card:
		refuse(w, "param.cardTemplateNotExist")
	case b.Callback != "STREAM" || b.Kind != 1 || b.Track == "" || s.card(b.Track) != nil || !b.show(m):
		refuse(w, "param.error")
	case m.Chat == "":
		bottest.Answer(w, http.StatusOK, map[string]any{"success": true, "result": map[string]any{"outTrackId": b.Track, "deliverResults": []any{
			map[string]any{"spaceId": b.Space, "success": false, "errorMsg": "space not exist"},
		}}})
	default:
		s.take(m)
		took(w, f, map[string]any{"success": true, "result": map[string]any{"outTrackId": b.Track, "deliverResults": []any{
			map[string]any{"spaceId": m.Chat, "success": true, "carrierId": m.ID},
		}}})
	}
}

// card returns a card by what its sender calls it. The caller holds the lock.
func (s *Server) card(track string) *Sent {
	for _, m := range s.sent {
		if m.Track == track && track != "" {
			return m
		}
	}
	return nil
}

func (s *Server) updateCard(w http.ResponseWriter, b *body) {
	m := s.card(b.Track)
	if m == nil || b.Data.Params["text"] == "" {
		refuse(w, "param.error")
		return
	}
	b.show(m)
	s.Change()
	bottest.Answer(w, http.StatusOK, map[string]any{"success": true, "result": true})
}

// query returns what a key of a question is about. The caller holds the lock.
func (s *Server) query(w http.ResponseWriter, b *body) *Sent {
	for _, m := range s.sent {
		if m.ID == b.Query && b.Robot == Client && time.Since(m.At) < 24*time.Hour {
			return m
		}
	}
	refuse(w, "invalid.processQueryKey")
	return nil
}

// readGroup answers in pages of one.
func (s *Server) readGroup(w http.ResponseWriter, b *body) {
	m := s.query(w, b)
	if m == nil {
		return
	}
	if b.Group != m.Chat || b.Most > 200 {
		refuse(w, "invalid.openConversationId")
		return
	}
	skip, _ := strconv.Atoi(b.Next)
	people := []string{}
	for _, p := range s.groups[m.Chat] {
		if id := s.people[p]; !m.Reads[id].IsZero() {
			people = append(people, id)
		}
	}
	page := people[min(skip, len(people)):min(skip+1, len(people))]
	bottest.Answer(w, http.StatusOK, map[string]any{
		"sendStatus": "SUCCESS", "readUserIds": page, "hasMore": skip+1 < len(people), "nextToken": strconv.Itoa(skip + 1),
	})
}

func (s *Server) readAlone(w http.ResponseWriter, b *body) {
	m := s.query(w, b)
	if m == nil {
		return
	}
	read := map[string]any{"userId": m.Chat, "name": s.called(m.Chat), "readStatus": "UNREAD"}
	if at := m.Reads[m.Chat]; !at.IsZero() {
		read["readStatus"], read["readTimestamp"] = "READ", at.UnixMilli()
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"sendStatus": "SUCCESS", "messageReadInfoList": []any{read}})
}

func (s *Server) user(w http.ResponseWriter, b *body) {
	id := b.Person
	if b.Mobile != "" {
		id = s.mobiles[b.Mobile]
	}
	name := s.called(id)
	if name == "" {
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 60121, "errmsg": "找不到该用户"})
		return
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "result": map[string]any{"userid": id, "name": name}})
}
