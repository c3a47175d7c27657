package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/alarm"
	"duban/bot/console"
	"duban/bot/webchat"
	"duban/bot/wechat"
	"duban/schedule/when"
)

// AccountConfig is one login on one network, or one way to tell people of alarms.
type AccountConfig struct {
	Name   string     `yaml:"name"`
	Kind   string     `yaml:"kind"`   // one of accountKinds
	Listen string     `yaml:"listen"` // webchat: loopback address and port
	Pace   PaceConfig `yaml:"pace"`

	// wechat
	Uin     int64    `yaml:"uin"`     // the only account that may log in; 0 pins the first
	Key     string   `yaml:"key"`     // the file of the key that encrypts the session
	Working string   `yaml:"working"` // when people are expected to write
	Aliases []string `yaml:"aliases"` // what else people call the bot there

	// The kinds of alarms.
	URL   SecretConfig `yaml:"url"`   // of the robot or the topic
	Token SecretConfig `yaml:"token"` // signs what a robot gets, or opens the topic
	Mail  MailConfig   `yaml:"mail"`
	CA    string       `yaml:"ca"` // a file of certificates to trust beside the computer's
}

// MailConfig says how alarms are sent by e-mail.
type MailConfig struct {
	Server   string       `yaml:"server"` // host:port
	From     string       `yaml:"from"`
	To       []string     `yaml:"to"`
	User     string       `yaml:"user"`
	Password SecretConfig `yaml:"password"`
}

// SecretConfig says where a secret is: never in config.yaml itself.
type SecretConfig struct {
	File string `yaml:"file"`
	Env  string `yaml:"env"`
}

// PaceConfig bounds how fast, and how much, an account sends.
type PaceConfig struct {
	PerMinute  int      `yaml:"per_minute"`
	Burst      int      `yaml:"burst"`
	Gap        Duration `yaml:"gap"`
	ChatGap    Duration `yaml:"chat_gap"`
	PrivateGap Duration `yaml:"private_gap"`
	Jitter     float64  `yaml:"jitter"`
	PerDay     int      `yaml:"per_day"`
	PerHour    int      `yaml:"per_hour"`
}

const (
	kindWeChat  = "wechat"
	kindWebchat = "webchat"
	kindConsole = "console"
)

func accountKinds() []string {
	kinds := []string{kindWebchat, kindConsole, kindWeChat}
	for _, k := range alarm.Kinds() {
		kinds = append(kinds, string(k))
	}
	return kinds
}

// abilities returns what accounts of this kind can do. Nothing can be done with
// them but to look at them: the account itself is opened later.
func (a AccountConfig) abilities() bot.Abilities {
	switch {
	case a.Kind == kindWebchat:
		return bot.AbilitiesOf(new(webchat.Account))
	case a.Kind == kindConsole:
		return bot.AbilitiesOf(new(console.Account))
	case a.Kind == kindWeChat:
		return bot.AbilitiesOf(new(wechat.Account))
	case slices.Contains(alarm.Kinds(), alarm.Kind(a.Kind)):
		return bot.AbilitiesOf(new(alarm.Account))
	}
	return bot.Abilities{}
}

func (a AccountConfig) check() error {
	if a.Name == "" {
		return errors.New("name is missing")
	}
	if strings.ContainsAny(a.Name, "/\\%") {
		return fmt.Errorf("name: %q contains a character that cannot be part of one", a.Name)
	}
	if kinds := accountKinds(); !slices.Contains(kinds, a.Kind) {
		return fmt.Errorf("kind: %q is not known: write one of %s", a.Kind, strings.Join(kinds, ", "))
	}
	p := a.Pace
	if slices.Min([]int{p.PerMinute, p.Burst, p.PerDay, p.PerHour}) < 0 || p.Jitter < 0 || p.Jitter > 1 {
		return errors.New("pace: numbers must not be negative, and jitter is between 0 and 1")
	}
	if usual := a.abilities().Limits(); usual.Most > 0 && p.PerMinute > usual.Most {
		return fmt.Errorf("pace: per_minute: more than %d costs a personal WeChat account; the default is %d", usual.Most, usual.PerMinute)
	}
	if _, err := when.ParseQuiet(a.Working); err != nil {
		return fmt.Errorf("working: %w", err)
	}
	return nil
}

// limits returns the pace that holds for the account: what is not configured is
// the default of its kind.
func (a AccountConfig) limits() PaceConfig {
	p, d := a.Pace, a.abilities().Limits()
	return PaceConfig{
		PerMinute: or(p.PerMinute, d.PerMinute), Burst: or(p.Burst, d.Burst), Gap: or(p.Gap, Duration(d.Gap)), ChatGap: or(p.ChatGap, Duration(d.ChatGap)),
		PrivateGap: or(p.PrivateGap, Duration(d.PrivateGap)), Jitter: or(p.Jitter, d.Jitter), PerDay: or(p.PerDay, d.PerDay), PerHour: or(p.PerHour, d.PerHour),
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func (p PaceConfig) pace() bot.Pace {
	return bot.Pace{
		PerMinute: p.PerMinute, Burst: p.Burst, Gap: time.Duration(p.Gap),
		ChatGap: time.Duration(p.ChatGap), PrivateGap: time.Duration(p.PrivateGap), Jitter: p.Jitter,
	}
}

// secret reads a secret; "" if none is configured. Errors name where it should be
// and never what is there.
func (c Config) secret(s SecretConfig) (string, error) {
	switch {
	case s.File != "" && s.Env != "":
		return "", errors.New("a secret is in a file or in the environment, not in both")
	case s.Env != "":
		v := strings.TrimSpace(os.Getenv(s.Env))
		if v == "" {
			return "", fmt.Errorf("the environment has no %s", s.Env)
		}
		return v, nil
	case s.File == "":
		return "", nil
	}
	path := c.near(s.File)
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("the secret file %s can be read by others: chmod 600 it", s.File)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	v := strings.TrimSpace(string(data))
	if v == "" {
		return "", fmt.Errorf("the secret file %s is empty", s.File)
	}
	return v, nil
}

// roots returns the certificates to trust, nil for those of the computer.
func (c Config) roots(a AccountConfig) (*x509.CertPool, error) {
	if a.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(c.near(a.CA))
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: %s holds no certificate in PEM", a.CA)
	}
	return pool, nil
}
