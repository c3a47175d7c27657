// Package config reads config.yaml: what each field means, what it is if it is
// left out, and what is refused, with line and column. It knows nothing of the
// store. A file is taken or refused as a whole.
package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"duban/outbox"
	"duban/privacy"
	"duban/schedule"
	"duban/schedule/when"
)

// Config is config.yaml. Every field is explained in the example that is
// shipped with duban; what is not given there has the value of [Defaults].
type Config struct {
	Name       string      `yaml:"name"`
	Aliases    []string    `yaml:"aliases"`
	Zone       string      `yaml:"zone"`
	Data       string      `yaml:"data"`
	Key        string      `yaml:"key"` // the file of the office's key
	Store      Store       `yaml:"store"`
	Plan       string      `yaml:"plan"`
	Roster     string      `yaml:"roster"`
	Cards      string      `yaml:"cards"`
	Accounts   []Account   `yaml:"accounts"`
	Answers    Answers     `yaml:"answers"`
	QuietHours string      `yaml:"quiet_hours"`
	Limits     outbox.Jobs `yaml:"limits"`
	Chase      Chase       `yaml:"chase"`
	Caps       Caps        `yaml:"caps"`
	Calendar   Calendar    `yaml:"calendar"`

	Backup    Backup            `yaml:"backup"`
	LeastFree int64             `yaml:"least_free_mb"` // 0 is the default floor
	Retention privacy.Retention `yaml:"retention"`
	Privacy   Privacy           `yaml:"privacy"`
	Crisis    Crisis            `yaml:"crisis"`

	Operate Operate `yaml:"operate"`
	Web     Web     `yaml:"web"`

	Log  Log                  `yaml:"log"`
	Jobs []schedule.ConfigJob `yaml:"jobs"`

	// Path is where the configuration was read from; "" if there was no file.
	Path string `yaml:"-"`

	// Renamed says which fields of the file have new names.
	Renamed []string `yaml:"-"`

	raw []byte // what stood there
}

// Store says where the office is kept, if not in a file of the data folder.
type Store struct {
	Postgres string `yaml:"postgres"` // connection string without a password; "" is the file
	Schema   string `yaml:"schema"`   // of the office
	Password Secret `yaml:"password"`
}

// Answers bounds how much duban says by itself in a chat.
type Answers struct {
	PerMinute int           `yaml:"per_minute"`
	MuteFor   time.Duration `yaml:"mute_for"`
	Bots      []string      `yaml:"bots"`
}

// Crisis says when a life may be in danger, and where to turn to then.
type Crisis struct {
	Words []string `yaml:"words"`
	Help  string   `yaml:"help"` // "" is what the plan says of it
}

// dangers are the words of [Crisis] by default.
var dangers = strings.Fields(`自杀 轻生 寻短见 想不开 割腕 割脉 跳楼 往下跳 跳下去 跳江 跳河 跳桥 上吊 烧炭 安眠药 吞药 喝农药 喝了农药 自残 自伤 遗书 想死 不想活 活不下去 结束生命
	昏迷 晕倒 抢救 落水 失联 失踪 绑架 持刀 殴打 被打了 被打伤 被人打 坠楼 爬上楼 爬上了 爬到楼 爬窗 翻窗 站在楼顶 站在天台 上了天台 服毒 溺水 捅伤 性侵 猥亵`)

// Calendar is what an office adds to the statutory calendar.
type Calendar struct {
	Days   []when.Override `yaml:"days"`
	School when.School     `yaml:"school"`
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// duration reads a time.Duration that is written as 90s, 10m or 1h30m.
func duration(d *time.Duration, text []byte) error {
	var s string
	if err := yaml.Unmarshal(text, &s); err != nil {
		return err
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration: write it as 90s, 10m or 1h30m", s)
	}
	*d = v
	return nil
}

// DefaultFile is the file that is read if none is named.
const DefaultFile = "config.yaml"

// Defaults returns the configuration that holds without a file.
func Defaults() Config {
	l := outbox.DefaultLimits()
	return Config{
		Name:       "学工小助手",
		Zone:       "Asia/Shanghai",
		Data:       "data",
		Key:        "duban.key",
		Store:      Store{Schema: "duban"},
		Cards:      "{学院}-{姓名}",
		Accounts:   []Account{{Name: "webchat", Kind: "webchat", Listen: "127.0.0.1:8642"}},
		Answers:    Answers{PerMinute: l.Answers.PerMinute, MuteFor: l.Answers.Pause},
		QuietHours: "22:00-07:00",
		Limits:     l.Jobs,
		Chase:      defaultChase(),
		Caps:       Caps{GroupPerDay: l.PerGroup, Merge: l.Merge, Stop: l.Stop, Usual: l.Usual},
		Backup:     Backup{Every: time.Hour},
		Retention:  privacy.DefaultRetention(), Privacy: Privacy{Controller: "本校学生工作部门"}, Crisis: Crisis{Words: dangers},
		Operate: defaultOperate(), Web: defaultWeb(),
		Log: Log{Level: "info", Format: "text"},
	}
}

// Load reads the configuration at path. If [DefaultFile] is missing, it returns
// the defaults and missing is true.
func Load(path string) (c Config, missing bool, err error) {
	c = Defaults()
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == DefaultFile:
		return c, true, nil
	case err != nil:
		return c, false, fmt.Errorf("configuration: %w", err)
	}
	if err := unwritten(path); err != nil {
		return c, false, fmt.Errorf("configuration: %w", err)
	}
	c, err = Parse(path, data)
	return c, false, err
}

// Parse reads the bytes of a configuration file. The file is taken or
// refused as a whole; an error names the line and the column.
func Parse(path string, data []byte) (Config, error) {
	c := Defaults()
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := readable(text); err != nil {
		return c, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	file, err := parser.ParseBytes(text, 0)
	if err == nil && len(file.Docs) > 1 {
		return c, fmt.Errorf("%s: [%d:1] a second document begins here: take the line --- out, or what is behind it", filepath.Base(path), secondLine(file.Docs[1]))
	}
	if err == nil && len(file.Docs) > 0 && file.Docs[0].Body != nil {
		c.Renamed = rename(file.Docs[0].Body, "")
		err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.CustomUnmarshaler(duration)).DecodeFromNode(file.Docs[0].Body, &c)
	}
	if err != nil {
		return Defaults(), fmt.Errorf("%s: %s%s", filepath.Base(path), yaml.FormatError(err, false, false), wide(text, err)) // without its lines: they hold texts and secrets
	}
	c.Path, c.raw = path, data
	for i := range c.Accounts {
		if said := c.Accounts[i].renameKind(); said != "" {
			c.Renamed = append(c.Renamed, said)
		}
	}
	err = c.check()
	if err == nil && len(file.Docs) > 0 {
		err = quoted(file.Docs[0].Body)
	}
	if err != nil {
		return Defaults(), c.Refused(err)
	}
	return c, nil
}

// Text returns the bytes of the file; nil if there was none.
func (c Config) Text() []byte { return c.raw }

// readable names the encoding of a file that is not in UTF-8.
func readable(text []byte) error {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")), bytes.ContainsRune(text, 0):
		return errors.New("the file is in UTF-16 (Unicode): save it as UTF-8")
	case !utf8.Valid(text):
		line := 1
		for l := range bytes.Lines(text) {
			if !utf8.Valid(l) {
				break
			}
			line++
		}
		return fmt.Errorf("[%d:1] the file is not in UTF-8, but probably in GBK (ANSI): save it as UTF-8", line)
	}
	return nil
}

// secondLine is the line in which a document behind the first begins.
func secondLine(d *ast.DocumentNode) int {
	switch {
	case d.Start != nil:
		return d.Start.Position.Line
	case d.Body != nil:
		return firstLineOf(d.Body)
	}
	return 0
}

// Location is the zone of the office.
func (c Config) Location() *time.Location {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC // of a configuration that was never checked
	}
	return zone
}

// check refuses what parses but cannot work.
func (c Config) check() error {
	if c.Name == "" {
		return errors.New("name: the bot needs the name by which people address it")
	}
	if c.Key == "" {
		return errors.New("key: the office needs a key: leave the line out, or name its file")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		return fmt.Errorf("zone: %q is not a zone: write one as Asia/Shanghai", c.Zone)
	}
	if err := errors.Join(c.Chase.check(), c.OutboxLimits(time.UTC).Check(), c.Operate.check(), c.Web.check()); err != nil {
		return err
	}
	if !strings.Contains(c.Cards, "{姓名}") && c.Cards != "" {
		return errors.New("cards: the form of names in groups must contain {姓名}; \"\" recognizes nobody by it")
	}
	if _, err := when.ParseQuiet(c.QuietHours); err != nil {
		return fmt.Errorf("quiet_hours: %w", err)
	}
	if err := c.Retention.Check(); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	if err := c.checkBackup(); err != nil {
		return err
	}
	if c.LeastFree < 0 {
		return errors.New("least_free_mb: it is a number of megabytes; 0 is the smaller of 200 and a fiftieth of the disk")
	}
	if len(c.Accounts) == 0 {
		return errors.New("accounts: at least one is needed, for example {name: webchat, kind: webchat}")
	}
	seen := map[string]bool{}
	for i, a := range c.Accounts {
		if err := a.check(); err != nil {
			return fmt.Errorf("accounts[%d]: %w", i, err)
		}
		if seen[a.Name] {
			return fmt.Errorf("accounts[%d]: the name %q is taken; every account needs its own", i, a.Name)
		}
		seen[a.Name] = true
	}
	return nil
}

// Near returns path as seen from the folder of the configuration file, so that
// duban can be started from anywhere.
func (c Config) Near(path string) string {
	if filepath.IsAbs(path) || c.Path == "" {
		return path
	}
	return filepath.Join(filepath.Dir(c.Path), path)
}

// Floor is how many bytes of a disk of a size must be free for anything new to be
// begun; the rest is for what people answer.
func (c Config) Floor(size uint64) uint64 {
	if c.LeastFree > 0 {
		return uint64(c.LeastFree) << 20
	}
	return min(200<<20, size/50)
}

// Backup says how copies of the office are made while duban runs.
type Backup struct {
	Every   time.Duration `yaml:"every"`
	Folder  string        `yaml:"folder"`  // "": backups beside the data folder
	Command []string      `yaml:"command"` // run after each copy, in the folder of the file
}

// Backups returns the folder of the copies.
func (c Config) Backups() string {
	if c.Backup.Folder == "" {
		return filepath.Join(filepath.Dir(c.Near(c.Data)), "backups")
	}
	return c.Near(c.Backup.Folder)
}

func (c Config) checkBackup() error {
	if c.Backup.Every != 0 && c.Backup.Every < 10*time.Minute {
		return errors.New("backup.every: must be at least 10m; 0s makes no copies")
	}
	data, err := filepath.Abs(c.Near(c.Data))
	folder, failed := filepath.Abs(c.Backups())
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if below, err := filepath.Rel(data, folder); err == nil && filepath.IsLocal(below) {
		return errors.New("backup.folder: must lie outside of the data folder, or each copy would hold all others")
	}
	return nil
}

// SameJobs tells whether two configurations say the same of what takes effect at once:
// their jobs and their calendar.
func SameJobs(a, b Config) bool {
	return reflect.DeepEqual(a.Jobs, b.Jobs) && reflect.DeepEqual(a.Calendar, b.Calendar)
}

// WithJobs returns c with what other says of what takes effect at once, and its text.
func (c Config) WithJobs(other Config) Config {
	c.Jobs, c.Calendar, c.raw = other.Jobs, other.Calendar, other.raw
	return c
}

// JobsSum is a digest of what takes effect at once.
func (c Config) JobsSum() string {
	raw, _ := json.Marshal([]any{c.Jobs, c.Calendar})
	return fmt.Sprintf("%x", sha256.Sum256(raw))[:16]
}

// SameBeyondJobs tells whether two configurations differ in nothing but what
// takes effect at once: their jobs and their calendar.
func SameBeyondJobs(a, b Config) bool {
	a.Jobs, b.Jobs, a.raw, b.raw, a.Renamed, b.Renamed = nil, nil, nil, nil, nil, nil
	a.Calendar, b.Calendar = Calendar{}, Calendar{}
	return reflect.DeepEqual(a, b)
}
