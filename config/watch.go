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
	last []byte
}

// Watch returns a watcher of the file that c was read from.
func (c Config) Watch() *Watcher { return &Watcher{c.Path, c.raw} }

// Changed returns what the file holds, if that is something else than before. A
// file that is away for a moment, under an editor, has not changed.
func (w *Watcher) Changed() (data []byte, changed bool) {
	if w.path == "" {
		return nil, false
	}
	data, err := os.ReadFile(w.path)
	if err != nil || bytes.Equal(data, w.last) {
		return nil, false
	}
	w.last = data
	return data, true
}
