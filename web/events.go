package web

import (
	"fmt"
	"net/http"
	"time"

	"duban/handlers/chat"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
)

const (
	eventEvery = 2 * time.Second  // events come no faster
	beatEvery  = 25 * time.Second // proxies close what is silent
)

// events tells a browser that something has changed, for as long as its session is
// live. What has changed, it asks for itself, with its own right.
func events() page.Route {
	r := page.Get("/events", chat.Look, watch)
	r.Long = true
	return r
}

func watch(r *page.Request) error {
	w, flush := r.Out(), http.NewResponseController(r.Out())
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		changed := r.House.Changed.Wait()
		if err := flush.Flush(); err != nil {
			return nil
		}
		said := ": beat\n\n"
		select {
		case <-r.Context().Done():
			return nil
		case <-beat.C:
		case <-changed:
			said = "event: changed\ndata: 1\n\n"
			select {
			case <-r.Context().Done():
				return nil
			case <-time.After(eventEvery):
			}
		}
		live, err := store.Read(r.Context(), r.House.Store, func(s *store.Snapshot) bool {
			_, live := door.SessionOf(s, entryToken(r))
			return live
		})
		if err != nil || !live {
			return nil
		}
		_ = flush.SetWriteDeadline(time.Now().Add(time.Minute))
		if _, err := fmt.Fprint(w, said); err != nil {
			return nil
		}
	}
}
