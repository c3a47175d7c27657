package service_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/service"
)

var update = flag.Bool("update", false, "write the golden files")

// office is a service with everything that has to be quoted.
func office() service.Service {
	return service.Service{
		Name: "duban", Program: "/opt/duban/duban", Args: []string{"-config", "/opt/duban/config.yaml"},
		Folder: "/opt/duban", Writes: []string{"/opt/duban"}, System: true, User: "duban", Lasting: []int{65, 78},
	}
}

func odd() service.Service {
	s := office()
	s.Name, s.System, s.User, s.Home = "xgc-2", false, "", "/home/li/.config"
	s.Program, s.Folder = "/home/li/学工 100%/duban", "/home/li/学工 100%"
	s.Args, s.Writes = []string{"-config", "/home/li/学工 100%/$a&b.yaml"}, []string{s.Folder, "/mnt/nas 1"}
	return s
}

func TestFile(t *testing.T) {
	inHome := odd()
	inHome.System, inHome.User = true, "li"
	for name, make := range map[string]func() (service.File, error){
		"systemd-system": office().Systemd, "systemd-user": odd().Systemd, "systemd-home": inHome.Systemd,
		"launchd-daemon": func() (service.File, error) { return office().Launchd("501") },
		"launchd-agent":  func() (service.File, error) { return odd().Launchd("501") },
	} {
		f, err := make()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, f)
	}
}

// golden compares a file, and what goes with it, with what testdata holds.
func golden(t *testing.T, name string, f service.File) {
	t.Helper()
	var b strings.Builder
	line := func(what string, commands [][]string) {
		for _, c := range commands {
			b.WriteString(what + ": " + strings.Join(c, " ") + "\n")
		}
	}
	b.WriteString("path: " + f.Path + "\n")
	line("start", f.Start)
	line("stop", f.Stop)
	line("gone", f.Gone)
	b.WriteString("look: " + f.Look + "\n\n" + f.Text)
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s(go test ./service -update writes it)", name, b.String(), want)
	}
}

func TestCheck(t *testing.T) {
	for _, broken := range []func(*service.Service){
		func(s *service.Service) { s.Name = "" },
		func(s *service.Service) { s.Name = "../duban" },
		func(s *service.Service) { s.Name = "-duban" },
		func(s *service.Service) { s.Folder = "/opt/du\nExecStart=ban" },
		func(s *service.Service) { s.Writes = []string{`/opt/"duban`} },
		func(s *service.Service) { s.Args = []string{`-config`, `/opt/du\ban`} },
	} {
		s := office()
		broken(&s)
		if f, err := s.Systemd(); err == nil {
			t.Errorf("Systemd of %+v: got %q, want an error", s, f.Text)
		}
		if f, err := s.Launchd("501"); err == nil {
			t.Errorf("Launchd of %+v: got %q, want an error", s, f.Text)
		}
	}
}

// TestInstall installs a person's own service, with a systemctl that writes down what
// it was told.
func TestInstall(t *testing.T) {
	bin, home := t.TempDir(), t.TempDir()
	told := filepath.Join(bin, "told")
	script := "#!/bin/sh\necho \"$*\" >>'" + told + "'\n"
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s := odd()
	s.Home = home
	f, err := s.File()
	if err != nil {
		t.Skip(err)
	}
	if !strings.HasSuffix(f.Path, ".service") {
		t.Skip("for systemd")
	}

	// A unit that somebody wrote by hand stays beside it.
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.Path, []byte("[Service]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := s.Uninstall(t.Context(), &out); !errors.Is(err, service.ErrForeign) {
		t.Errorf("Uninstall of a unit by hand: got %v, want ErrForeign", err)
	}
	for range 2 { // again is an update
		if err := s.Install(t.Context(), &out); err != nil {
			t.Fatal(err, out.String())
		}
	}
	if by, err := os.ReadFile(f.Path + ".before-duban"); err != nil || string(by) != "[Service]\n" {
		t.Errorf("the unit by hand: got %q, %v, want it beside the new one", by, err)
	}
	if text, err := os.ReadFile(f.Path); err != nil || string(text) != f.Text {
		t.Errorf("the unit: got %q, %v, want %q", text, err, f.Text)
	}
	if err := s.Uninstall(t.Context(), &out); err != nil {
		t.Fatal(err, out.String())
	}
	if _, err := os.Stat(f.Path); err == nil {
		t.Error("the unit is still there")
	}
	if err := s.Uninstall(t.Context(), &out); err == nil {
		t.Error("Uninstall of nothing: got no error")
	}
	got, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	install := "--user daemon-reload\n--user enable xgc-2.service\n--user restart xgc-2.service\n"
	if want := install + install + "--user disable --now xgc-2.service\n--user daemon-reload\n"; string(got) != want {
		t.Errorf("systemctl was told %q, want %q", got, want)
	}
}
