package mem_test

import (
	"testing"

	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

func TestEngine(t *testing.T) {
	storetest.TestEngine(t, func(*testing.T) store.Engine { return mem.New() })
}
