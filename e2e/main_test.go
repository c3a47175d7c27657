// Package e2e_test tells stories of the whole program, from its command line and its
// networks in to its store: what people see, what is left after a kill, and what
// becomes of a day on a network that fails.
package e2e_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"duban/app"
	"duban/app/control"
	"duban/bot/bottest"
	"duban/cli"
	"duban/config"
	"duban/store"
	"duban/store/bolt"
	"duban/store/enginetest"
	"duban/store/postgres/pgtest"
)

// TestMain lets the test binary be the program where a test needs it in a process
// of its own: duban in the scripts, or a bot that is killed.
func TestMain(m *testing.M) {
	if network := bottest.Address(); network != "" {
		if err := child(network); err != nil {
			panic(err)
		}
		return
	}
	if kind := os.Getenv(netVar); kind != "" {
		if err := networkChild(kind); err != nil {
			panic(err)
		}
		return
	}
	if address := os.Getenv(wechatVar); address != "" {
		if err := wechatChild(address); err != nil {
			panic(err)
		}
		return
	}
	testscript.Main(m, map[string]func(){"duban": duban})
}

// duban is the program's main function.
func duban() {
	ctx, stop := signal.NotifyContext(context.Background(), cli.Signals()...)
	context.AfterFunc(ctx, stop)
	err := cli.Run(ctx, os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Chinese: cli.InChinese(), Outside: outside()})
	if status := cli.ExitStatus(err); status != 0 {
		fmt.Fprintln(os.Stderr, "duban:", err)
		os.Exit(status) //nolint:forbidigo // this stands for main.go
	}
}

// outside is what the environment says of where the office is kept.
func outside() app.Outside {
	x := app.Outside{Engine: fallible(os.Getenv(faultVar))}
	if url := os.Getenv(pgtest.Var); url != "" && enginetest.OnPostgres() {
		x.Store = func(data string) config.Store {
			data, _ = filepath.Abs(data)
			return config.Store{Postgres: url, Schema: fmt.Sprintf("d%x", sha256.Sum256([]byte(data)))[:20]}
		}
	}
	return x
}

// faultVar names a file. While it is there, the disk of duban fails.
const faultVar = "DUBAN_TEST_FAULT"

// fallible opens stores whose commits fail while a file is there; nil without a file.
func fallible(file string) func(dir string) (store.Engine, error) {
	if file == "" {
		return nil
	}
	return func(dir string) (store.Engine, error) {
		e, err := bolt.Open(app.StoreFile(dir))
		return fallibleEngine{e, file}, err
	}
}

type fallibleEngine struct {
	*bolt.Engine
	file string
}

func (f fallibleEngine) Update(ctx context.Context, fn func(store.Writer) error) error {
	if _, err := os.Stat(f.file); err == nil {
		return fmt.Errorf("%w: input/output error", store.ErrUnknown)
	}
	return f.Engine.Update(ctx, fn)
}

// TestScript tells the stories under testdata/script. In them duban is this
// program, and $ROOT the folder of its sources. They are told again of offices in
// PostgreSQL if the environment wants it.
func TestScript(t *testing.T) {
	t.Parallel()
	stories(t, "testdata/script", func(*testscript.Env) {})
}

// TestScript_postgres tells stories of offices whose configuration says that they are in
// PostgreSQL, in the database $PG.
func TestScript_postgres(t *testing.T) {
	if enginetest.OnPostgres() {
		t.Skip("their configuration says which ones are")
	}
	t.Parallel()
	url := pgtest.Start(t).URL()
	stories(t, "testdata/postgres", func(e *testscript.Env) {
		e.Setenv("PG", url)
		e.Setenv("SCHEMA", strings.ReplaceAll(filepath.Base(e.WorkDir), "-", "_"))
	})
}

func stories(t *testing.T, dir string, setup func(*testscript.Env)) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			setup(e)
			root, err := filepath.Abs("..")
			e.Setenv("ROOT", root)
			e.Setenv("LANG", "C.UTF-8")
			if enginetest.OnPostgres() {
				e.Setenv(enginetest.Var, "postgres")
				e.Setenv(pgtest.Var, pgtest.Start(t).URL())
			}
			e.Setenv("LONG", strings.Repeat("档案/", 20)+"数据")
			return err
		},
		Condition: func(name string) (bool, error) {
			if name == "hup" { // not under nohup, which is handed down
				return runtime.GOOS != "windows" && !signal.Ignored(syscall.SIGHUP), nil
			}
			if name == "postgres" {
				return enginetest.OnPostgres(), nil
			}
			return false, fmt.Errorf("there is no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "newest": newest, "secret": secret, "cut": cut,
		},
	})
}

// await FOLDER waits until a bot that runs on a data folder answers.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for range 600 {
		if conn, err := control.Dial(context.Background(), ts.MkAbs(args[0])); err == nil {
			_ = conn.Close()
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	ts.Fatalf("nobody answers in %s", args[0])
}

// newest FOLDER VAR sets a variable to the newest backup in a folder.
func newest(ts *testscript.TestScript, _ bool, args []string) {
	all, err := filepath.Glob(ts.MkAbs(args[0]) + "/duban-*.age")
	if err != nil || len(all) == 0 {
		ts.Fatalf("no backup in %s: %v", args[0], err)
	}
	ts.Setenv(args[1], all[len(all)-1])
}

// secret FROM FILE writes the recovery key that was printed into a file.
func secret(ts *testscript.TestScript, _ bool, args []string) {
	key := regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]+`).FindString(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(key+"\n"), 0o600))
}

// cut FROM TO copies a file without its last bytes.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	data := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(data[:len(data)-100]), 0o600))
}
