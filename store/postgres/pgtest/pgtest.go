// Package pgtest runs a PostgreSQL of its own for tests, on a free port of loopback.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A Cluster is a running PostgreSQL.
type Cluster struct {
	Port uint16
	bin  string
	dir  string
	as   []string // the command before a program of PostgreSQL, so that somebody else runs it than the test
}

// once holds the cluster of a test program.
var once = sync.OnceValues(start)

var schemas atomic.Int64

// Main runs the tests of a package and stops the cluster after them. It is called by
// TestMain.
func Main(m *testing.M) {
	m.Run()
	Stop()
}

// Stop stops the cluster, if one was started.
func Stop() {
	if c := started.Load(); c != nil {
		_ = c.ctl("stop", "-m", "immediate")
		_ = os.RemoveAll(c.dir)
	}
}

var started atomic.Pointer[Cluster]

// Start returns the cluster of this test program. It skips the test where PostgreSQL is
// not installed.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := once()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		t.Skip("PostgreSQL is not installed here")
	case err != nil:
		t.Fatalf("start PostgreSQL: got error %v, want none", err)
	}
	return c
}

// URL is the connection string of the cluster.
func (c *Cluster) URL() string {
	return fmt.Sprintf("postgres://duban@127.0.0.1:%d/postgres?sslmode=disable", c.Port)
}

// Schema returns the name of a schema that no other test uses.
func (c *Cluster) Schema() string { return fmt.Sprintf("office%d", schemas.Add(1)) }

// Restart restarts the cluster as after a crash.
func (c *Cluster) Restart() error { return c.ctl("restart", "-m", "immediate") }

func start() (*Cluster, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return nil, exec.ErrNotFound
	}
	slices.Sort(found)
	c := &Cluster{bin: filepath.Dir(found[len(found)-1])}
	var err error
	if c.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 { // which initdb refuses
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		c.as = []string{"setpriv", "--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups"}
		if err := os.Chown(c.dir, uid, gid); err != nil {
			return nil, err
		}
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.Port = netip.MustParseAddrPort(l.Addr().String()).Port()
	if err := l.Close(); err != nil {
		return nil, err
	}
	if err := c.run("initdb", "-D", c.dir+"/data", "-U", "duban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, err
	}
	started.Store(c)
	return c, c.ctl("start")
}

func (c *Cluster) ctl(what string, more ...string) error {
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=64MB", c.Port)
	return c.run("pg_ctl", append([]string{"-D", c.dir + "/data", "-w", "-t", "30", "-l", c.dir + "/log", "-o", options, what}, more...)...)
}

// run runs a program of PostgreSQL.
func (c *Cluster) run(name string, args ...string) error {
	all := slices.Concat(c.as, []string{filepath.Join(c.bin, name)}, args)
	cmd := exec.Command(all[0], all[1:]...) //nolint:noctx // each ends by itself
	cmd.Dir = c.dir
	out, err := os.CreateTemp(c.dir, "out")
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}
