package postgres

import (
	"fmt"
	"time"

	"duban/store"
)

// commit is the goroutine that sends groups, one after the other. It ends when the
// engine is closed and nothing waits, or when the office is lost.
func (e *Engine) commit(c *conn) {
	defer e.loops.Done()
	defer func() {
		if c != nil {
			c.close()
		}
	}()
	for {
		g := e.gather()
		if g == nil {
			break
		}
		c, g.err = e.send(c, g)
		e.settle(g)
	}
	if !e.stop() && c != nil {
		_, _ = c.exec(statement{e.sql.leave, [][]byte{num(e.epoch)}}) // else the others wait for the end of the lease
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.next.err = e.Err() // of who came at the end
	close(e.next.done)
}

// gather waits for a group and starts the next one behind it. It returns nil when no
// more is to come.
func (e *Engine) gather() *group {
	for {
		closing := done(e.closing)
		e.mu.Lock()
		if e.Err() != nil || closing && len(e.next.writes) == 0 {
			_ = e.stop()
			e.mu.Unlock()
			return nil
		}
		if g := e.next; len(g.writes) > 0 {
			e.flying, e.next = g, newGroup()
			e.mu.Unlock()
			return g
		}
		e.mu.Unlock()
		select {
		case <-e.changed:
		case <-e.closing:
		case <-e.lost:
		}
	}
}

// settle tells how a group ended. Functions that ran on a state that did not come to be
// fail with it.
func (e *Engine) settle(g *group) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.flying = nil
	e.state.Lock()
	if g.err == nil {
		e.committed = g.tree.Copy()
	} else {
		e.head = e.committed.Copy()
	}
	e.state.Unlock()
	if g.err != nil {
		behind := e.next
		e.next = newGroup()
		behind.err = g.err
		close(behind.done)
	}
	close(g.done)
}

// send commits a group. While its outcome is unknown, it takes a new fence, behind which
// nothing that is still on its way counts, and looks then whether it is there. Sent again
// it would write the same; but the database may refuse it by now, and what is there would
// pass for nothing. It returns the connection for the next one, nil if there is none.
func (e *Engine) send(c *conn, g *group) (*conn, error) {
	e.seq++
	for {
		if c != nil {
			_, err := c.exec(e.message(g)...)
			if err == nil {
				return c, nil
			}
			switch code := c.codeOf(err); {
			case code == "22012": // nothing divides by zero but a fence that fell
				e.state.Lock()
				e.lose("another process has taken over")
				e.state.Unlock()
			case code == "53100":
				return c, fmt.Errorf("%w: nothing was written: %w", store.ErrFull, err)
			case !passing(code):
				return c, fmt.Errorf("commit: %w", err)
			}
			e.log.Warn("a commit is in doubt", "err", err)
			c.close()
		}
		var there bool
		if c, there = e.resolve(); c == nil {
			return nil, fmt.Errorf("commit: %w: %w", store.ErrUnknown, e.Err())
		}
		if there {
			return c, nil
		}
	}
}

// message is the transaction of a group.
func (e *Engine) message(g *group) []statement {
	var gone, keys, values [][]byte
	for k, v := range g.writes {
		if v == nil {
			gone = append(gone, []byte(k))
			continue
		}
		keys, values = append(keys, []byte(k)), append(values, v)
	}
	all := []statement{{e.sql.commit, [][]byte{num(e.epoch), num(e.fence), num(e.seq)}}}
	if len(gone) > 0 {
		all = append(all, statement{e.sql.del, [][]byte{array(oidBytea, gone)}})
	}
	if len(keys) > 0 {
		all = append(all, statement{e.sql.put, [][]byte{array(oidBytea, keys), array(oidBytea, values)}})
	}
	return all
}

// resolve connects anew, takes a new fence and tells whether the last group was
// committed. The connection is nil if the office was lost meanwhile.
func (e *Engine) resolve() (c *conn, there bool) {
	for e.Err() == nil {
		c, err := e.dial()
		if err == nil {
			e.tried++ // one that is still on its way comes too late then
			var rows [][][]byte
			rows, err = c.exec(statement{e.sql.raise, [][]byte{num(e.epoch), num(e.tried)}})
			switch {
			case err == nil && len(rows) == 0:
				e.state.Lock()
				e.lose("another process has taken over")
				e.state.Unlock()
				c.close()
				return nil, false
			case err == nil:
				e.fence = e.tried
				return c, readNum(rows[0][0]) >= e.seq
			}
			c.close()
		}
		e.log.Warn("the database does not answer", "err", err)
		t := time.NewTimer(200 * time.Millisecond)
		select {
		case <-t.C:
		case <-e.lost:
		}
		t.Stop()
	}
	return nil, false
}
