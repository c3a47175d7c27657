package storetest

import (
	"context"
	"iter"

	"duban/store"
)

// Damaging returns e with a disk that has damaged the records whose keys damaged
// accepts.
func Damaging(e store.Engine, damaged func(key string) bool) store.Engine {
	return damaging{e, damaged}
}

type damaging struct {
	store.Engine
	damaged func(key string) bool
}

func (e damaging) View(ctx context.Context, fn func(store.Reader) error) error {
	return e.Engine.View(ctx, func(r store.Reader) error { return fn(damagedReader{r, e.damaged}) })
}

func (e damaging) Update(ctx context.Context, fn func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return fn(damagedWriter{w, damagedReader{w, e.damaged}}) })
}

type damagedReader struct {
	store.Reader
	damaged func(key string) bool
}

func (r damagedReader) found(key, value []byte) ([]byte, error) {
	if value != nil && r.damaged(string(key)) {
		return nil, &store.DamagedError{Key: key, Raw: value}
	}
	return value, nil
}

func (r damagedReader) Get(key []byte) ([]byte, error) {
	value, err := r.Reader.Get(key)
	if err != nil {
		return nil, err
	}
	return r.found(key, value)
}

func (r damagedReader) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		for p, err := range r.Reader.Scan(from, to) {
			if err == nil {
				p.Value, err = r.found(p.Key, p.Value)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

type damagedWriter struct {
	store.Writer
	damagedReader
}

func (w damagedWriter) Get(key []byte) ([]byte, error) { return w.damagedReader.Get(key) }

func (w damagedWriter) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return w.damagedReader.Scan(from, to)
}
