package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"duban/bot/bottest"
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
	if address := os.Getenv(wechatVar); address != "" {
		if err := wechatChild(address); err != nil {
			panic(err)
		}
		return
	}
	testscript.Main(m, map[string]func(){"duban": main})
}

// TestScript tells the stories under testdata/script. In them duban is this
// program, and $ROOT the folder of its sources.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			root, err := os.Getwd()
			e.Setenv("ROOT", root)
			return err
		},
	})
}
