package config_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"duban/config"
)

func TestParse_oldNames(t *testing.T) {
	for name, text := range map[string]string{
		"old":    "quiet: 21:00-06:00\nanswers: {per_minute: 3, quiet: 5m}\n",
		"flow":   `{answers: {"quiet": 5m, per_minute: 3}, quiet: "21:00-06:00"}`,
		"new":    "quiet_hours: 21:00-06:00\nanswers:\n  mute_for: 5m\n  per_minute: 3\n",
		"single": "quiet_hours: 21:00-06:00\nanswers:\n  quiet: 5m\n",
	} {
		c, err := config.Parse("config.yaml", []byte(text))
		if err != nil || c.QuietHours != "21:00-06:00" || c.Answers.MuteFor != 5*time.Minute {
			t.Errorf("%s: got %q, %v, %v", name, c.QuietHours, c.Answers.MuteFor, err)
		}
		if want := map[string]int{"old": 2, "flow": 2, "new": 0, "single": 1}[name]; len(c.Renamed) != want {
			t.Errorf("%s: got %q, want %d old names", name, c.Renamed, want)
		}
	}
	_, err := config.Parse("config.yaml", []byte("quiet_hours: \"\"\nquiet: 21:00-06:00\n"))
	if err == nil || !strings.Contains(err.Error(), `[2:1]`) {
		t.Errorf("both names: got error %v, want one with the line", err)
	}
}

// Group robots had the names of the networks, before the networks were there.
func TestParse_robots(t *testing.T) {
	c, err := config.Parse("config.yaml", []byte(`accounts:
  - {name: a, kind: feishu, url: {file: a.url}}
  - {name: b, kind: email, mail: {server: "smtp.example.com:465"}}
  - {name: c, kind: feishu}
  - {name: d, kind: alarm, by: wecom, url: {file: d.url}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"alarm/feishu", "alarm/email", "feishu/", "alarm/wecom"} {
		if a := c.Accounts[i]; a.Kind+"/"+a.By != want {
			t.Errorf("account %s: got %s/%s, want %s", a.Name, a.Kind, a.By, want)
		}
	}
	if said := strings.Join(c.Renamed, "; "); said != "kind: feishu of account a is now kind: alarm, by: feishu; kind: email of account b is now kind: alarm, by: email" {
		t.Errorf("renamed: got %q", said)
	}
}

func TestParse(t *testing.T) {
	for name, text := range map[string]string{"nothing": "", "comments": "# nothing\n", "a document that is marked": "---\nname: a\n", "a mark": "\xef\xbb\xbfname: a\r\n", "quotes in a text": "jobs: [{text: “a”}]\n"} {
		if _, err := config.Parse("config.yaml", []byte(text)); err != nil {
			t.Errorf("%s: got error %v, want none", name, err)
		}
	}
	for text, want := range map[string]string{
		"name: a\n---\nname: b\n":                           "[2:1]",
		"name: a\n\n---\n":                                  "[3:1]",
		"\xff\xfen\x00a\x00m\x00e\x00:\x00 \x00a\x00\n\x00": "UTF-16",
		"n\x00a\x00m\x00e\x00:\x00 \x00a\x00\n\x00":         "UTF-16",
		"zone: Asia/Shanghai\nname: \xd1\xa7\xb9\xa4\n":     "[2:1] the file is not in UTF-8, but probably in GBK",
		"name： a\n":                                "marks of a Chinese keyboard",
		"limits: {per_day: 3，gap: 3m}\n":           "[1:19] ", // and what of YAML that is
		"name: “a”\n":                              "[1:7] the quotes",
		"quiet_hours: 25:00-7:00\n":                "[1:14] quiet_hours: ",
		"zone: Mars\n":                             "[1:7] zone: ",
		"name: a\nbackup:\n  every: 1m\n":          "[3:10] backup.every: ",
		"name: a\nbackup:\n  folder: ./data/x\n":   "[3:11] backup.folder: ",
		"retention: {replies: -1}\n":               "[1:12] retention: ",
		"accounts: [{name: a/b, kind: console}]\n": "] accounts[0]: ",
	} {
		if _, err := config.Parse("config.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
	shipped, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := config.Parse("config.yaml", shipped); err != nil || c.Renamed != nil {
		t.Errorf("config.yaml as it is shipped: got %q, %v", c.Renamed, err)
	}
}
