package feishutest

import (
	"encoding/json"
	"fmt"
	"net/http"

	"duban/bot"
	"duban/bot/bottest"
)

// What the network takes of one file, in bytes.
const (
	mostPicture = 10 << 20
	mostFile    = 30 << 20
)

// A kept is a file that the network has, and in which message it is; "" is none yet.
type kept struct {
	bottest.File
	kind, message string
}

// keep keeps a file and returns its key. The caller holds the lock.
func (n *Network) keep(kind string, f bottest.File) string {
	n.ids++
	prefix := map[string]string{"image": "img", "file": "file"}[kind]
	key := fmt.Sprintf("%s_v3_%04d", prefix, n.ids)
	n.files[key] = &kept{File: f, kind: kind}
	return key
}

// Attach lets somebody send a file, or, if it has no name, a picture.
func (n *Network) Attach(chat, person string, f bottest.File) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := &Message{Chat: chatOf(chat), Sender: n.person(person), Kind: "image"}
	said := map[string]string{}
	if f.Name != "" {
		m.Kind, said["file_name"] = "file", f.Name
	}
	key := n.keep(m.Kind, f)
	said[m.Kind+"_key"] = key
	m.Content = string(bot.JSON(said))
	n.bring(m)
	n.files[key].message = m.ID
	return m.ID
}

// Write lets somebody say a text with pictures in it.
func (n *Network) Write(chat, person, text string, pictures ...bottest.File) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := &Message{Chat: chatOf(chat), Sender: n.person(person), Kind: "post", Text: text}
	paragraphs := [][]any{{map[string]string{"tag": "text", "text": text}}}
	var keys []string
	for _, f := range pictures {
		key := n.keep("image", f)
		keys = append(keys, key)
		paragraphs = append(paragraphs, []any{map[string]string{"tag": "img", "image_key": key}})
	}
	m.Content = string(bot.JSON(map[string]any{"title": "", "content": paragraphs}))
	n.bring(m)
	for _, key := range keys {
		n.files[key].message = m.ID
	}
	return m.ID
}

// Files returns the files that a chat shows from the robot, oldest first.
func (n *Network) Files(chat string) []bottest.File {
	return bottest.Files(n.sent(), chatOf(chat), func(m *Message) (string, *bottest.File) { return m.Chat, m.File })
}

// resource gives the bytes of a file to who names the message that it is in.
func (n *Network) resource(w http.ResponseWriter, r *http.Request) {
	f := n.files[r.PathValue("key")]
	if f == nil || f.message != r.PathValue("id") || f.kind != r.URL.Query().Get("type") {
		w.WriteHeader(http.StatusBadRequest)
		reply(w, 234003, nil)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.Data)
}

func (n *Network) uploadImage(w http.ResponseWriter, r *http.Request) {
	data := posted(r, "image")
	if r.FormValue("image_type") != "message" || bot.Ending(data) == "" || len(data) > mostPicture {
		reply(w, 234001, nil)
		return
	}
	reply(w, 0, map[string]any{"image_key": n.keep("image", bottest.File{Data: data})})
}

func (n *Network) uploadFile(w http.ResponseWriter, r *http.Request) {
	data, name := posted(r, "file"), r.FormValue("file_name")
	if r.FormValue("file_type") == "" || name == "" || len(data) == 0 || len(data) > mostFile {
		reply(w, 234010, nil)
		return
	}
	reply(w, 0, map[string]any{"file_key": n.keep("file", bottest.File{Name: name, Data: data})})
}

// posted returns the file of a form, nil if there is none. The network's own client gives
// bytes no name.
func posted(r *http.Request, field string) []byte {
	if f, ok := bottest.Posted(r, field); ok {
		return f.Data
	}
	return []byte(r.FormValue(field))
}

// enclosed reads which file a message of the robot shows; it tells whether the network
// would take it.
func (n *Network) enclosed(m *Message) bool {
	var c map[string]string
	if json.Unmarshal([]byte(m.Content), &c) != nil || n.files[c[m.Kind+"_key"]] == nil || n.files[c[m.Kind+"_key"]].kind != m.Kind {
		return false
	}
	m.File = &n.files[c[m.Kind+"_key"]].File
	return true
}
