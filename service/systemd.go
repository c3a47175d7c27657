package service

import (
	_ "embed"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
)

//go:embed systemd.unit
var systemdUnit string

// Systemd returns the unit: of the system or of the person who installs it.
func (s Service) Systemd() (File, error) {
	unit := s.Name + ".service"
	f := File{Path: filepath.Join("/etc/systemd/system", unit), Look: "systemctl status " + s.Name + "; journalctl -u " + s.Name}
	ctl := []string{"systemctl"}
	if !s.System {
		f.Path = filepath.Join(s.Home, "systemd", "user", unit)
		f.Look = "systemctl --user status " + s.Name + "; to run also while you are logged out: loginctl enable-linger"
		ctl = append(ctl, "--user")
	}
	command := func(args ...string) []string { return append(append([]string{}, ctl...), args...) }
	f.Start = [][]string{command("daemon-reload"), command("enable", unit), command("restart", unit)}
	f.Stop, f.Gone = [][]string{command("disable", "--now", unit)}, [][]string{command("daemon-reload")}
	var err error
	f.Text, err = s.text(systemdUnit, template.FuncMap{"word": systemdWord, "command": systemdCommand, "path": percent})
	return f, err
}

// text fills a template with the service.
func (s Service) text(form string, funcs template.FuncMap) (string, error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	t, err := template.New("").Funcs(funcs).Parse(form)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, s)
	return b.String(), err
}

// InHome tells whether a folder of the service is where people have their own.
func (s Service) InHome() bool {
	for _, p := range append([]string{s.Program, s.Folder}, s.Writes...) {
		for _, home := range []string{"/home/", "/root/", "/run/user/"} {
			if strings.HasPrefix(p+"/", home) {
				return true
			}
		}
	}
	return false
}

// Statuses are the lasting ones, as systemd wants them.
func (s Service) Statuses() string {
	words := make([]string, len(s.Lasting))
	for i, n := range s.Lasting {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, " ")
}

// percent writes a value in which systemd must see no specifier.
func percent(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// systemdWord writes one word of a list.
func systemdWord(s string) string {
	if strings.ContainsAny(s, " \t'") {
		return `"` + percent(s) + `"`
	}
	return percent(s)
}

// systemdCommand writes one word of a command line, in which a dollar sign is a
// variable.
func systemdCommand(s string) string {
	return strings.ReplaceAll(systemdWord(s), "$", "$$")
}
