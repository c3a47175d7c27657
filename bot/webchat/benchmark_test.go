package webchat_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duban/bot/webchat"
)

// BenchmarkSay is one message after the other, from the post to the answer that
// says that the bot has it.
func BenchmarkSay(b *testing.B) {
	for name, dir := range map[string]string{"memory": "", "disk": b.TempDir()} {
		b.Run(name, func(b *testing.B) { say(b, dir, 1) })
	}
}

// BenchmarkSay_64 is the same with 64 people at once.
func BenchmarkSay_64(b *testing.B) {
	for name, dir := range map[string]string{"memory": "", "disk": b.TempDir()} {
		b.Run(name, func(b *testing.B) { say(b, dir, 64) })
	}
}

func say(b *testing.B, dir string, writers int) {
	o := options(dir)
	o.People = nil
	for i := range writers {
		o.People = append(o.People, webchat.Person{ID: fmt.Sprint("p", i), Name: fmt.Sprint("人", i)})
	}
	o.Groups = []webchat.Group{{Name: group}}
	var now atomic.Int64 // an hour a message, so that nobody says too much
	o.Now = func() time.Time { return time.Unix(now.Add(3600), 0) }
	h := start(b, o)
	h.say("p0", group, "早") // is answered once everything runs
	page := h.Handler()
	var n atomic.Int64
	b.SetParallelism(writers)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		who := n.Add(1)
		for i := 0; pb.Next(); i++ {
			body := fmt.Sprintf(`{"as":"p%d","chat":"%s","text":"收到","client":"bench-%d-%d"}`, who%int64(writers), group, who, i)
			w := handle(b, page, h.Addr().String(), body)
			if w != http.StatusOK {
				b.Errorf("status %d", w)
				return
			}
		}
	})
}

func handle(b *testing.B, page http.Handler, host, body string) int {
	r, err := http.NewRequestWithContext(b.Context(), "POST", "http://"+host+"/api/say", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	w := &status{header: http.Header{}, code: http.StatusOK}
	page.ServeHTTP(w, r)
	return w.code
}

// A status forgets the body.
type status struct {
	header http.Header
	code   int
}

func (s *status) Header() http.Header { return s.header }

func (s *status) Write(p []byte) (int, error) { return len(p), nil }

func (s *status) WriteHeader(code int) { s.code = code }
