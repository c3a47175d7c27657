// Package mem is a store engine that keeps everything in memory, for tests and
// for trying duban out. What it holds is gone when the process ends.
//
// A transaction works on a copy-on-write copy of the tree; committing it puts
// the copy in the place of the original.
package mem

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"github.com/tidwall/btree"

	"duban/store"
)

// An Engine is a [store.Engine] in memory.
type Engine struct {
	running sync.RWMutex // held for reading while a transaction runs, for writing by Close
	writing sync.Mutex   // held by the one update that runs

	mu     sync.Mutex // guards the two below
	tree   *Tree
	closed bool
}

// New returns an empty engine.
func New() *Engine { return &Engine{tree: NewTree()} }

// A Tree holds pairs in the order of their keys. Its Copy is copied on write; a tree that
// is no longer changed may be read by several goroutines.
type Tree = btree.BTreeG[store.Pair]

// NewTree returns an empty tree.
func NewTree() *Tree {
	less := func(a, b store.Pair) bool { return bytes.Compare(a.Key, b.Key) < 0 }
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
}

// View runs fn on one snapshot.
func (e *Engine) View(ctx context.Context, fn func(store.Reader) error) error {
	e.running.RLock()
	defer e.running.RUnlock()
	tree, err := e.copy(ctx)
	if err != nil {
		return err
	}
	return fn(&Txn{tree})
}

// Update runs fn on a copy of the state, which then becomes the state.
func (e *Engine) Update(ctx context.Context, fn func(store.Writer) error) error {
	e.running.RLock()
	defer e.running.RUnlock()
	e.writing.Lock()
	defer e.writing.Unlock()
	tree, err := e.copy(ctx)
	if err != nil {
		return err
	}
	if err := store.Guarded(fn)(&Txn{tree}); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tree = tree
	return nil
}

// copy returns a copy of the state that may be changed.
func (e *Engine) copy(ctx context.Context) (*Tree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, store.ErrClosed
	}
	return e.tree.Copy(), nil
}

// Close waits for running transactions; later ones get store.ErrClosed.
func (e *Engine) Close() error {
	e.running.Lock()
	defer e.running.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	return nil
}

// A Txn reads and changes one copy of a tree. It is a [store.Writer].
type Txn struct{ Tree *Tree }

// Get returns the value, nil if there is none.
func (t *Txn) Get(key []byte) ([]byte, error) {
	p, _ := t.Tree.Get(store.Pair{Key: key})
	return p.Value, nil
}

// Scan walks over a copy, because the loop's body may change the tree.
func (t *Txn) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		t.Tree.Copy().Ascend(store.Pair{Key: from}, func(p store.Pair) bool {
			return (len(to) == 0 || bytes.Compare(p.Key, to) < 0) && yield(p, nil)
		})
	}
}

// Put sets the value.
func (t *Txn) Put(key, value []byte) error {
	t.Tree.Set(store.Pair{Key: bytes.Clone(key), Value: append([]byte{}, value...)})
	return nil
}

// Delete removes the key.
func (t *Txn) Delete(key []byte) error {
	t.Tree.Delete(store.Pair{Key: key})
	return nil
}
