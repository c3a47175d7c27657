package main //nolint:testpackage // the scripts run main itself

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
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
