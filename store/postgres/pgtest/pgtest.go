// Package pgtest runs a PostgreSQL of its own for tests, on a free port of loopback. It
// keeps what it committed when it crashes, but not when the machine does.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Var is the environment variable that names a database to test on, or something that
// speaks as one does, in place of a cluster of the tests' own.
const Var = "DUBAN_TEST_POSTGRES"

// A Cluster is a running PostgreSQL.
type Cluster struct {
	Port uint16
	url  string // of somebody else's; "" is our own
	bin  string
	dir  string
	as   []string  // the command before a program of PostgreSQL, so that somebody else runs it than the test
	hold io.Closer // the pipe by which the guard knows that the test program lives
}

// once holds the cluster of a test program.
var once = sync.OnceValues(start)

var schemas atomic.Int64

// Start returns the cluster of this test program, which ends with it. It skips the test
// where PostgreSQL is not installed.
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

// Own is [Start] for a test that does to the cluster what only ours bears.
func Own(t testing.TB) *Cluster {
	t.Helper()
	c := Start(t)
	if c.url != "" {
		t.Skipf("not done to the database of %s", Var)
	}
	return c
}

// New is [Start] for a test that needs a cluster for itself, which ends with the test.
func New(t testing.TB) *Cluster {
	t.Helper()
	Own(t)
	c, err := begin()
	if err != nil {
		t.Fatalf("start PostgreSQL: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = c.hold.Close() })
	return c
}

// StandBy starts a cluster that takes over what g's cluster commits, through g. From now
// on that commits nothing before it is there too. It ends with the test.
func (g *Gate) StandBy(t testing.TB) *Cluster {
	t.Helper()
	c, err := prepare()
	if err == nil {
		t.Cleanup(func() { _ = c.hold.Close() })
		err = c.run("pg_basebackup", "-d", g.URL(), "-D", c.dir+"/data", "-R", "-c", "fast", "--no-sync")
	}
	if err == nil {
		err = errors.Join(c.ctl("start"), g.of.set("synchronous_standby_names = '*'"), g.of.ctl("reload"))
	}
	if err != nil {
		t.Fatalf("start a stand-by: got error %v, want none", err)
	}
	return c
}

// Promote makes a stand-by the one that is written to.
func (c *Cluster) Promote() error { return c.ctl("promote") }

// Kill ends the cluster as a crash does.
func (c *Cluster) Kill() error { return c.ctl("stop", "-m", "immediate") }

// URL is the connection string of the cluster.
func (c *Cluster) URL() string {
	if c.url != "" {
		return c.url
	}
	return fmt.Sprintf("postgres://duban@127.0.0.1:%d/postgres?sslmode=disable", c.Port)
}

// Schema returns the name of a schema that no other test uses.
func (c *Cluster) Schema() string {
	return fmt.Sprintf("office%d_%d", schemas.Add(1), os.Getpid())
}

// Restart restarts the cluster as after a crash.
func (c *Cluster) Restart() error { return c.ctl("restart", "-m", "immediate") }

func start() (*Cluster, error) {
	if url := os.Getenv(Var); url != "" {
		return &Cluster{url: url}, nil
	}
	return begin()
}

func begin() (*Cluster, error) {
	c, err := prepare()
	if err != nil {
		return nil, err
	}
	if err := c.run("initdb", "-D", c.dir+"/data", "-U", "duban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, err
	}
	if err := c.set("max_connections = 300", "shared_buffers = 64MB", "fsync = off", "full_page_writes = off"); err != nil {
		return nil, err
	}
	return c, c.ctl("start")
}

// Configure restarts the cluster with lines of its configuration.
func (c *Cluster) Configure(t testing.TB, lines ...string) {
	t.Helper()
	if err := errors.Join(c.set(lines...), c.Restart()); err != nil {
		t.Fatalf("configure PostgreSQL: got error %v, want none", err)
	}
}

func (c *Cluster) set(lines ...string) error {
	f, err := os.OpenFile(c.dir+"/data/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, strings.Join(lines, "\n"))
	return errors.Join(err, f.Close())
}

// CPU returns how much time of processors the cluster has taken so far.
func (c *Cluster) CPU() (total time.Duration) {
	raw, _ := os.ReadFile(c.dir + "/data/postmaster.pid")
	first, _, _ := strings.Cut(string(raw), "\n")
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		raw, _ := os.ReadFile(path)
		pid := filepath.Base(filepath.Dir(path))
		_, rest, _ := strings.Cut(string(raw), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 15 || pid != first && fields[1] != first {
			continue
		}
		spent := fields[11:13] // of itself
		if pid == first {
			spent = fields[11:15] // and of those that have ended
		}
		for _, ticks := range spent {
			n, _ := strconv.ParseInt(ticks, 10, 64)
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}

// prepare makes a place for a cluster.
func prepare() (*Cluster, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err != nil { // the others are where it is
			return nil, err
		}
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
	if c.Port, err = freePort(); err != nil {
		return nil, err
	}
	return c, c.guard()
}

func freePort() (uint16, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return netip.MustParseAddrPort(l.Addr().String()).Port(), l.Close()
}

// guard starts what stops the cluster and removes its folder when this test program is
// gone, however it ended: the pipe to it breaks then.
func (c *Cluster) guard() error {
	stop := strings.Join(slices.Concat(c.as, []string{filepath.Join(c.bin, "pg_ctl"), "-D", c.dir + "/data", "-m", "immediate", "stop"}), " ")
	cmd := exec.Command("sh", "-c", fmt.Sprintf("cd /; trap '' INT HUP TERM; read nothing; %s; rm -rf %s", stop, c.dir)) //nolint:noctx // it outlives all of them
	var err error
	c.hold, err = cmd.StdinPipe()
	return errors.Join(err, cmd.Start())
}

func (c *Cluster) ctl(what string, more ...string) error {
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=", c.Port)
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
		said, _ := io.ReadAll(io.NewSectionReader(out, 0, 1<<16))
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}
