// Release makes what an office downloads: for each system an archive with the
// program, its configuration, manuals and samples, the licenses of everything that
// is linked into it and its bill of materials (CycloneDX), and beside them SHA256SUMS.
//
// It builds the last commit, from a clone of its own, so that nothing else can slip
// in, and the same commit gives the same bytes on every machine with the same Go.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const everything = "linux/amd64,linux/arm64,windows/amd64,windows/arm64,darwin/amd64,darwin/arm64"

func main() {
	out := flag.String("out", "dist", "the `folder` to write to; what it holds is replaced")
	targets := flag.String("targets", everything, "the systems to build for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := release(ctx, *out, strings.Split(*targets, ","))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release builds for every target and writes the sums last, so that a folder with
// SHA256SUMS is whole.
func release(ctx context.Context, out string, targets []string) (err error) {
	work, err := os.MkdirTemp("", "duban-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	src := filepath.Join(work, "src")
	if _, err := run(ctx, ".", nil, "git", "clone", "--quiet", ".", src); err != nil {
		return fmt.Errorf("a release is built from a git checkout: %w", err)
	}
	seconds, err := run(ctx, src, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o755)); err != nil {
		return err
	}
	r := &maker{src: src, out: out, work: work, committed: time.Unix(unix, 0).UTC()}
	for _, target := range targets {
		if err := r.target(ctx, target); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), r.sums.Bytes(), 0o644)
}

// A maker makes the archives of one commit.
type maker struct {
	src, out, work string
	committed      time.Time // the time of every file in an archive
	sums           bytes.Buffer
}

// target makes the archive and the bill of materials for one system.
func (r *maker) target(ctx context.Context, target string) error {
	goos, goarch, ok := strings.Cut(target, "/")
	if !ok {
		return errors.New("want a system and an architecture, such as linux/amd64")
	}
	program := filepath.Join(r.work, goos+"-"+goarch, "duban")
	if goos == "windows" {
		program += ".exe"
	}
	env := []string{"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0"}
	if _, err := run(ctx, r.src, env, "go", "build", "-buildvcs=true", "-trimpath", "-ldflags=-s -w -buildid=", "-o", program, "."); err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	if info.Main.Version == "(devel)" {
		return errors.New("the Go tool found no version in git")
	}
	parts, err := linked(ctx, r.src, info)
	if err != nil {
		return err
	}
	bill, err := sbom(info, goos, goarch, parts)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("duban_%s_%s_%s", info.Main.Version, goos, goarch)
	files, err := r.files(name, program, bill, notices(parts))
	if err != nil {
		return err
	}
	archive, data := name+".tar.gz", []byte(nil)
	if goos == "windows" {
		archive = name + ".zip"
		data, err = zipped(files, r.committed)
	} else {
		data, err = tarred(files, r.committed)
	}
	if err != nil {
		return err
	}
	return errors.Join(r.put(archive, data), r.put(name+".cdx.json", bill))
}

// put writes a file of the release and notes its sum.
func (r *maker) put(name string, data []byte) error {
	fmt.Fprintf(&r.sums, "%x  %s\n", sha256.Sum256(data), name)
	fmt.Fprintf(os.Stdout, "%s: %.1f MB\n", name, float64(len(data))/1e6)
	return os.WriteFile(filepath.Join(r.out, name), data, 0o644)
}

// run runs a program and returns what it printed, without the newline at its end.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	var said, failed bytes.Buffer
	c.Stdout, c.Stderr = &said, &failed
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, args[0], err, strings.TrimSpace(failed.String()))
	}
	return strings.TrimSpace(said.String()), nil
}
