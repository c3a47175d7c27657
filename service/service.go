// Package service makes duban a service of the operating system: a unit of systemd, an
// agent or daemon of launchd, or a service of Windows.
//
// systemd and launchd are told by one file and a few commands; [Service.File] returns
// both, so that what is written on any system can be read on every other. Windows is
// told by calls.
package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A Service says what is to run, and for whom. Paths are absolute.
type Service struct {
	Name    string   // of the service
	Program string   // the binary
	Args    []string // of duban run
	Folder  string   // that of config.yaml
	Writes  []string // the folders that the program writes to
	System  bool     // a service of the system, not of the person who installs it
	User    string   // the account that a service of the system runs as
	Home    string   // where a person's services are kept
	Lasting []int    // the exit statuses after which a start would end the same
}

// mark stands in every file that this package writes. A file without it is another's.
const mark = "Written by duban service install"

// ErrForeign means that the service was not installed by duban.
var ErrForeign = errors.New("it was not written by duban service install")

// A File tells a system of a service.
type File struct {
	Path, Text  string
	Start, Stop [][]string // commands after the file was written, and before it is removed
	Gone        [][]string // commands after that
	Look        string     // how a person sees how the service is
}

// Check refuses what cannot be written down safely.
func (s Service) Check() error {
	if s.Name == "" || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s.Name[0] == '-' {
		return fmt.Errorf("a service may have small letters, digits and hyphens in its name, not %q", s.Name)
	}
	bad := "\n\r\x00\""
	if filepath.Separator == '/' {
		bad += `\`
	}
	for _, p := range slices.Concat([]string{s.Program, s.Folder, s.User}, s.Args, s.Writes) {
		if strings.ContainsAny(p, bad) {
			return fmt.Errorf("%q cannot stand in a service: it has a quote, a backslash or a line break", p)
		}
	}
	return nil
}

// runAll runs commands one after the other, and shows each.
func runAll(ctx context.Context, w io.Writer, commands [][]string) error {
	for _, c := range commands {
		fmt.Fprintln(w, strings.Join(c, " "))
		x := exec.CommandContext(ctx, c[0], c[1:]...) //nolint:gosec // commands of this package
		x.Stdout, x.Stderr = w, w
		if err := x.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(c, " "), err)
		}
	}
	return nil
}
