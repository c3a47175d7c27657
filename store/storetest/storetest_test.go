package storetest_test

import (
	"errors"
	"testing"

	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

func TestRunTwice(t *testing.T) {
	e := storetest.RunTwice(mem.New())
	runs, fail := 0, errors.New("on purpose")
	add := func(result error) func(store.Writer) error {
		return func(w store.Writer) error {
			runs++
			v, err := w.Get([]byte("t/k"))
			return errors.Join(err, w.Put([]byte("t/k"), append(v, 'x')), result)
		}
	}
	for _, tt := range []struct {
		result error
		want   string
	}{{nil, "x"}, {fail, "x"}, {nil, "xx"}} {
		runs = 0
		if err := e.Update(t.Context(), add(tt.result)); !errors.Is(err, tt.result) || runs != 2 {
			t.Errorf("Update: got error %v after %d runs, want %v after 2", err, runs, tt.result)
		}
		err := e.View(t.Context(), func(r store.Reader) error {
			if v, err := r.Get([]byte("t/k")); string(v) != tt.want {
				t.Errorf("stored: got %q, %v, want %q, the writes of one run", v, err, tt.want)
			}
			return nil
		})
		if err != nil {
			t.Errorf("View: got error %v, want none", err)
		}
	}
}
