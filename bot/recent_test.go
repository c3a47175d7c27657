package bot_test

import (
	"testing"

	"duban/bot"
)

// TestRecent keeps those that were put in last, whatever was done to them before.
func TestRecent(t *testing.T) {
	for name, do := range map[string]func(r *bot.Recent[string, int]){
		"put twice":        func(r *bot.Recent[string, int]) { r.Put("b", 2); r.Put("a", 1) },
		"taken and put in": func(r *bot.Recent[string, int]) { r.Take("a"); r.Put("b", 2); r.Put("a", 1) },
		"taken, not there": func(r *bot.Recent[string, int]) { r.Take("c"); r.Put("b", 2); r.Put("a", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			r := bot.NewRecent[string, int](2)
			r.Put("a", 0)
			do(r)
			r.Put("c", 3)
			for key, want := range map[string]int{"a": 1, "b": 0, "c": 3} {
				if got, ok := r.Get(key); got != want || ok != (want > 0) {
					t.Errorf("%s: got %d, %v, want %d", key, got, ok, want)
				}
			}
			if got, ok := r.Take("a"); got != 1 || !ok {
				t.Errorf("Take: got %d, %v, want 1", got, ok)
			}
			if _, ok := r.Get("a"); ok {
				t.Error("what was taken is there")
			}
		})
	}
}
