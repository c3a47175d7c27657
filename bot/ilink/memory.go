package ilink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"duban/bot"
)

// A memory is what an account must not forget. The context lets in whoever has the token
// too, so nobody else may read it.
type memory struct {
	Cursor  string `json:"cursor"`
	Context string `json:"context"` // in which the person can be answered
}

func memoryFile(dir string) string { return filepath.Join(dir, "ilink.json") }

func openMemory(dir string) (m memory, err error) {
	if dir == "" {
		return m, nil
	}
	if err := bot.MakeFolder(dir); err != nil {
		return m, err
	}
	data, err := os.ReadFile(memoryFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return m, fmt.Errorf("ilink.json: %w", err)
	}
	return m, nil
}

func (m memory) save(dir string) error {
	if dir == "" {
		return nil
	}
	const owner = 0o600
	return bot.Replace(memoryFile(dir), bot.JSON(m), owner)
}
