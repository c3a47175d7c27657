package dingtalktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duban/bot"
	"duban/bot/bottest"
)

// mostFile is the most bytes that the network takes of one file.
const mostFile = 20 << 20

// Attach lets somebody send a file, or, if it has no name, a picture.
func (s *Server) Attach(chat, person string, f bottest.File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	content := map[string]any{"downloadCode": s.keep(f)}
	if f.Name == "" {
		return s.tell(chat, person, f.Name, map[string]any{"msgtype": "picture", "content": content})
	}
	content["fileName"], content["spaceId"], content["fileId"] = f.Name, "1", "2"
	return s.tell(chat, person, f.Name, map[string]any{"msgtype": "file", "content": content})
}

// Write lets somebody say a text with pictures in it.
func (s *Server) Write(chat, person, text string, pictures ...bottest.File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := []any{map[string]string{"text": text}}
	for _, f := range pictures {
		parts = append(parts, map[string]string{"type": "picture", "downloadCode": s.keep(f)})
	}
	return s.tell(chat, person, text, map[string]any{"msgtype": "richText", "content": map[string]any{"richText": parts}})
}

// keep keeps a file under a code that is good for one more call. The caller holds the
// lock.
func (s *Server) keep(f bottest.File) string {
	s.ids++
	code := fmt.Sprintf("@lAD%06d", s.ids)
	s.files[code] = f
	return code
}

// Files returns the files that a chat shows from the robot, oldest first.
func (s *Server) Files(chat string) []bottest.File {
	return bottest.Files(s.Sent(), chat, func(m Sent) (string, *bottest.File) { return m.Chat, m.File })
}

// download says where the bytes of a code are.
func (s *Server) download(w http.ResponseWriter, b *body) {
	if _, ok := s.files[b.Code]; !ok || b.Robot != Client {
		refuse(w, "unknownError.downloadCode")
		return
	}
	bottest.Answer(w, http.StatusOK, map[string]any{"downloadUrl": "https://down.dingtalk.com/fetch/" + strings.TrimPrefix(b.Code, "@") + "?sign=geheim"})
}

// fetch gives the bytes to whoever knows where they are.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files["@"+r.PathValue("code")]
	if !ok || r.URL.Query().Get("sign") != "geheim" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.Data)
}

// upload is the older call that takes a file.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	f, ok := bottest.Posted(r, "media")
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind := r.FormValue("type"); {
	case !s.tokens[r.URL.Query().Get("access_token")]:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40014, "errmsg": "不合法的access_token"})
	case s.Forbidden(r.URL.Path):
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 60011, "errmsg": "没有调用该接口的权限"})
	case !ok, kind != "image" && kind != "file", len(f.Data) == 0, len(f.Data) > mostFile, kind == "image" && bot.Ending(f.Data) == "":
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40004, "errmsg": "不合法的媒体文件类型"})
	default:
		if kind == "image" {
			f.Name = ""
		}
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "media_id": s.keep(f), "type": kind})
	}
}

// enclosed returns the file that a call sends, nil if it sends none. The caller holds
// the lock.
func (s *Server) enclosed(b *body) *bottest.File {
	var p struct {
		Photo string `json:"photoURL"`
		Media string `json:"mediaId"`
		Name  string `json:"fileName"`
		Type  string `json:"fileType"`
	}
	if json.Unmarshal([]byte(b.Param), &p) != nil {
		return nil
	}
	switch f, ok := s.files[p.Photo+p.Media]; {
	case !ok:
	case b.Key == "sampleImageMsg" && f.Name == "":
		return &f
	case b.Key == "sampleFile" && p.Name != "" && slices.Contains([]string{"xlsx", "pdf", "zip", "rar", "doc", "docx"}, p.Type):
		return &bottest.File{Name: p.Name, Data: f.Data}
	}
	return nil
}
