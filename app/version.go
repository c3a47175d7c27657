package app

import (
	"runtime/debug"
	"time"
)

// Version returns what the Go tool wrote into the binary: the version, with the
// commit that it was built from, and the time of that commit. A clock that is
// before it is wrong. It is zero if it is not known.
func Version() (name string, built time.Time) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)", time.Time{}
	}
	if name = info.Main.Version; name == "" {
		name = "(devel)"
	}
	for _, kv := range info.Settings {
		switch kv.Key {
		case "vcs.revision":
			name += " " + kv.Value[:min(12, len(kv.Value))]
		case "vcs.time":
			built, _ = time.Parse(time.RFC3339, kv.Value) // zero if it is none
		}
	}
	return name, built
}
