package wecomtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // the network names files by it
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// What the network takes of one file, in bytes.
const (
	leastFile = 5
	mostFile  = 20 << 20
	mostChunk = 512 << 10
)

// A sealed is a file that somebody sent, as it can be fetched.
type sealed struct {
	name string
	data []byte
	at   time.Time
}

// An upload is a file that comes in pieces.
type upload struct {
	file   bottest.File
	kind   string
	size   int
	sum    string
	pieces [][]byte
}

// Attach lets a person send a file, or, if it has no name, a picture, alone with the
// bot: of a group the network brings none.
func (s *Server) Attach(chat, person string, f bottest.File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := "image"
	if f.Name != "" {
		kind = "file"
	}
	return s.tell(chat, person, f.Name, map[string]any{"msgtype": kind, kind: s.seal(f)})
}

// Write lets a person say a text with pictures in it.
func (s *Server) Write(chat, person, text string, pictures ...bottest.File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []any{map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}}
	for _, f := range pictures {
		items = append(items, map[string]any{"msgtype": "image", "image": s.seal(f)})
	}
	return s.tell(chat, person, text, map[string]any{"msgtype": "mixed", "mixed": map[string]any{"msg_item": items}})
}

// seal puts a file under a key of its own. The caller holds the lock.
func (s *Server) seal(f bottest.File) map[string]string {
	s.ids++
	key := bytes.Repeat([]byte{byte(s.ids)}, 32)
	pad := 32 - len(f.Data)%32
	data := append(bytes.Clone(f.Data), bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(data, data)
	id := fmt.Sprint("sealed-", s.ids)
	s.sealed[id] = sealed{f.Name, data, time.Now()}
	return map[string]string{"url": "https://ww-aibot-img.cos.ap-guangzhou.myqcloud.com/fetch/" + id, "aeskey": base64.StdEncoding.EncodeToString(key)}
}

// fetch gives a file that was sent, for five minutes.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.sealed[r.PathValue("id")]
	s.mu.Unlock()
	if !ok || time.Since(f.at) > 5*time.Minute {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if f.name != "" {
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.name))
	}
	_, _ = w.Write(f.data)
}

// Files returns the files that a chat shows from the bot, oldest first.
func (s *Server) Files(chat string) []bottest.File {
	return bottest.Files(s.Sent(), chat, func(m Sent) (string, *bottest.File) { return m.Chat, m.File })
}

// showFile takes a file. The caller holds the lock.
func (s *Server) showFile(chat string, f bottest.File, way Way) {
	s.show(chat, "", way)
	s.sent[len(s.sent)-1].File = &f
}

// receive takes a step of an upload over the connection, and returns what is answered.
// The caller holds the lock.
func (s *Server) receive(f frame) (out map[string]string, code int) {
	var in struct {
		Type   string `json:"type"`
		Name   string `json:"filename"`
		Size   int    `json:"total_size"`
		Chunks int    `json:"total_chunks"`
		Sum    string `json:"md5"`
		ID     string `json:"upload_id"`
		Index  int    `json:"chunk_index"`
		Data   []byte `json:"base64_data"`
	}
	if json.Unmarshal(f.Body, &in) != nil {
		return nil, 40008
	}
	u := s.uploads[in.ID]
	switch f.Cmd {
	case "aibot_upload_media_init":
		if in.Type != "image" && in.Type != "file" || in.Name == "" || in.Size < leastFile || in.Size > mostFile || in.Chunks < 1 || in.Chunks > 100 {
			return nil, 40058
		}
		s.ids++
		id := fmt.Sprint("upload-", s.ids)
		s.uploads[id] = &upload{bottest.File{Name: in.Name}, in.Type, in.Size, in.Sum, make([][]byte, in.Chunks)}
		return map[string]string{"upload_id": id}, 0
	case "aibot_upload_media_chunk":
		if u == nil || in.Index < 0 || in.Index >= len(u.pieces) || len(in.Data) == 0 || len(in.Data) > mostChunk {
			return nil, 40058
		}
		u.pieces[in.Index] = in.Data
		return nil, 0
	}
	if u == nil {
		return nil, 40058
	}
	u.file.Data = bytes.Join(u.pieces, nil)
	sum := md5.Sum(u.file.Data) //nolint:gosec // see above
	if len(u.file.Data) != u.size || u.sum != hex.EncodeToString(sum[:]) {
		return nil, 40058
	}
	return map[string]string{"type": u.kind, "media_id": s.store(u.kind, u.file)}, 0
}

// store keeps a file and returns what it is called. The caller holds the lock.
func (s *Server) store(kind string, f bottest.File) string {
	s.ids++
	id := fmt.Sprint(kind, "-media-", s.ids)
	if kind == "image" {
		f.Name = ""
	}
	s.media[id] = f
	return id
}

// postMedia takes a file that a robot or an app will send.
func (s *Server) postMedia(w http.ResponseWriter, r *http.Request) {
	f, ok := bottest.Posted(r, "media")
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	switch kind := q.Get("type"); {
	case q.Has("key") && s.robots[q.Get("key")] == "":
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 93000, "errmsg": "invalid webhook url"})
	case !q.Has("key") && (s.token == "" || q.Get("access_token") != s.token):
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 42001, "errmsg": "access_token expired"})
	case !ok, len(f.Data) < leastFile, len(f.Data) > mostFile, kind != "file" && kind != "image", kind == "image" && bot.Ending(f.Data) == "":
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 40004, "errmsg": "invalid media type"})
	default:
		bottest.Answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "media_id": s.store(kind, f)})
	}
}

// enclosed returns the file that a message shows; it tells whether there is one. The
// caller holds the lock.
func (s *Server) enclosed(kind string, image, file *named) (f bottest.File, ok bool) {
	m := map[string]*named{"image": image, "file": file}[kind]
	if m == nil {
		return f, false
	}
	if m.Base64 != nil { // of a robot
		sum := md5.Sum(m.Base64) //nolint:gosec // see above
		return bottest.File{Data: m.Base64}, m.MD5 == hex.EncodeToString(sum[:]) && bot.Ending(m.Base64) != "" && len(m.Base64) <= 2<<20
	}
	f, ok = s.media[m.Media]
	return f, ok && (kind == "image") == (f.Name == "")
}

// A named is a file in a message.
type named struct {
	Media  string `json:"media_id"`
	Base64 []byte `json:"base64"`
	MD5    string `json:"md5"`
}
