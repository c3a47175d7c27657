package bottest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// InFolder tells whether the bytes stand in a file under a folder, as grep -a does.
func InFolder(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil {
		t.Fatalf("WalkDir: got error %v, want none", err)
	}
	return found
}
