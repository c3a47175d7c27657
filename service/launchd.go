package service

import (
	_ "embed"
	"encoding/xml"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed launchd.plist
var launchdPlist string

// Launchd returns the property list: of a daemon of the system, or of an agent of the
// person with the number uid.
func (s Service) Launchd(uid string) (File, error) {
	f := File{Path: filepath.Join("/Library/LaunchDaemons", s.Name+".plist")}
	domain := "system"
	if !s.System {
		f.Path = filepath.Join(s.Home, "Library", "LaunchAgents", s.Name+".plist")
		domain = "gui/" + uid
	}
	f.Look = "launchctl print " + domain + "/" + s.Name
	f.Start = [][]string{{"launchctl", "bootstrap", domain, f.Path}}
	f.Stop = [][]string{{"launchctl", "bootout", domain + "/" + s.Name}}
	var err error
	f.Text, err = s.text(launchdPlist, template.FuncMap{"xml": escaped})
	return f, err
}

// escaped writes text for XML.
func escaped(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}
