package config

import (
	"bytes"
	"os"
)

// A Watcher tells when the configuration file has changed. The content is
// compared, not the file's time, because editors and network drives write files
// in many ways.
type Watcher struct {
	path string
	last []byte // what was told last
	seen []byte // what the file held at the last look, if that is something else
}

// Watch returns a watcher of the file that c was read from.
func (c Config) Watch() *Watcher { return &Watcher{path: c.Path, last: c.raw} }

// Changed returns what the file holds, if that is something else than before and
// the look before has seen the same: a file that is empty or half written, or away
// for a moment, under an editor, has not changed.
func (w *Watcher) Changed() (data []byte, changed bool) {
	if w.path == "" {
		return nil, false
	}
	data, err := os.ReadFile(w.path)
	switch {
	case err != nil || bytes.Equal(data, w.last):
		w.seen = nil
		return nil, false
	case w.seen == nil || !bytes.Equal(data, w.seen):
		w.seen = data
		return nil, false
	}
	w.last, w.seen = data, nil
	return data, true
}

// Again makes the watcher tell once more what it told last, because nothing could be
// done about it.
func (w *Watcher) Again() { w.last, w.seen = nil, nil }
