package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// buildInfo returns what the Go tool wrote into the binary, "" if it did not.
func buildInfo(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, kv := range info.Settings {
		if kv.Key == key {
			return kv.Value
		}
	}
	return ""
}

// buildTime returns the time of the commit that the program was built from. A
// clock that is before it is wrong. It is zero if it is not known.
func buildTime() time.Time {
	t, err := time.Parse(time.RFC3339, buildInfo("vcs.time"))
	if err != nil {
		return time.Time{}
	}
	return t
}

func printVersion(_ context.Context, _ []string, s streams) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	if rev := buildInfo("vcs.revision"); rev != "" {
		version += " " + rev[:min(12, len(rev))]
	}
	_, err := fmt.Fprintf(s.out, "duban %s\n", version)
	return err
}

// firstLine is what of an error fits into a chat.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
