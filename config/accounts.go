package config

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"duban/bot"
	"duban/schedule/when"
)

// Account is one login on one network, or one way to tell people of alarms.
type Account struct {
	Name   string `yaml:"name"`
	Kind   string `yaml:"kind"`   // as package app knows them
	Listen string `yaml:"listen"` // webchat: loopback address and port
	On     string `yaml:"on"`     // the name of the only machine it runs on; "" is any
	Pace   Pace   `yaml:"pace"`

	// wechat
	Uin     int64    `yaml:"uin"`     // the only account that may log in; 0 pins the first
	Key     string   `yaml:"key"`     // the file of the key that encrypts the session; "" is that of the office
	Working string   `yaml:"working"` // when people are expected to write
	Aliases []string `yaml:"aliases"` // what else people call the bot there

	WeCom    WeCom    `yaml:"wecom"`
	Feishu   Feishu   `yaml:"feishu"`
	DingTalk DingTalk `yaml:"dingtalk"`
	ILink    ILink    `yaml:"ilink"`

	// alarm
	By    string `yaml:"by"`    // the way, as package alarm knows it
	URL   Secret `yaml:"url"`   // of the robot or the topic
	Token Secret `yaml:"token"` // signs what a robot gets, or opens the topic
	Mail  Mail   `yaml:"mail"`
	CA    string `yaml:"ca"` // a file of certificates to trust beside the computer's
}

// WeCom says which AI bot an account of kind wecom is, and what helps it where the
// network does not let it speak.
type WeCom struct {
	Bot    string       `yaml:"bot"`
	Secret Secret       `yaml:"secret"`
	Robots []WeComRobot `yaml:"robots"` // of groups
	App    WeComApp     `yaml:"app"`
	Domain string       `yaml:"domain"` // where the network is; "" is WeCom itself
}

// WeComRobot is the robot of one group.
type WeComRobot struct {
	Chat string `yaml:"chat"` // group/ and the id of the group
	URL  Secret `yaml:"url"`
}

// WeComApp is an app that writes to people who have not written to the bot.
type WeComApp struct {
	Corp   string `yaml:"corp"`
	Agent  int    `yaml:"agent"`
	Secret Secret `yaml:"secret"`
	Urgent Secret `yaml:"urgent"` // of the app 紧急通知, which calls who has something urgent; none calls nobody
}

// Feishu says which app an account of kind feishu is.
type Feishu struct {
	App    string `yaml:"app"` // App ID
	Secret Secret `yaml:"secret"`
	Domain string `yaml:"domain"` // where the network is; "" is Feishu itself
	Urgent bool   `yaml:"urgent"` // what is urgent and for one person makes their phone ring
}

// DingTalk says which app an account of kind dingtalk is.
type DingTalk struct {
	Client string `yaml:"client"` // Client ID
	Secret Secret `yaml:"secret"` // Client Secret
	Robot  string `yaml:"robot"`  // the robot's code; "" is Client
	Card   string `yaml:"card"`   // the ID of the template of cards; "" leaves buttons out
	Domain string `yaml:"domain"` // where the network is; "" is DingTalk itself
	Urgent bool   `yaml:"urgent"` // what is urgent and for one person is a DING too
}

// ILink says whose bot an account of kind ilink is.
type ILink struct {
	User   string `yaml:"user"` // the network's id of the person who scanned the code
	Secret Secret `yaml:"secret"`
	Domain string `yaml:"domain"` // where the network is; "" is iLink itself
}

// Mail says how alarms are sent by e-mail.
type Mail struct {
	Server   string   `yaml:"server"` // host:port
	From     string   `yaml:"from"`
	To       []string `yaml:"to"`
	User     string   `yaml:"user"`
	Password Secret   `yaml:"password"`
}

// Secret says where a secret is: never in config.yaml itself.
type Secret struct {
	File string `yaml:"file"`
	Env  string `yaml:"env"`
}

// Pace bounds how fast, and how much, an account sends.
type Pace struct {
	PerMinute  int           `yaml:"per_minute"`
	Burst      int           `yaml:"burst"`
	Gap        time.Duration `yaml:"gap"`
	ChatGap    time.Duration `yaml:"chat_gap"`
	PrivateGap time.Duration `yaml:"private_gap"`
	Jitter     float64       `yaml:"jitter"`
	PerDay     int           `yaml:"per_day"`
	PerHour    int           `yaml:"per_hour"`
}

func (a Account) check() error {
	if a.Name == "" {
		return errors.New("name is missing")
	}
	if strings.ContainsAny(a.Name, `/\%:`) {
		return fmt.Errorf("name: %q contains a character that cannot be part of one", a.Name)
	}
	// An account's files are in a folder of its name in the data folder.
	if n := strings.ToLower(a.Name); !filepath.IsLocal(n) || n == "." || n == "control" || n == "files" || strings.HasPrefix(n, "duban.") {
		return fmt.Errorf("name: %q is the name of something else in the data folder, take another one", a.Name)
	}
	if _, err := when.ParseQuiet(a.Working); err != nil {
		return fmt.Errorf("working: %w", err)
	}
	return nil
}

// Limits returns how fast, and how much, an account sends whose network usually
// bears l: what is not configured is as usual.
func (p Pace) Limits(l bot.Limits) bot.Limits {
	l.PerMinute, l.Burst = cmp.Or(p.PerMinute, l.PerMinute), cmp.Or(p.Burst, l.Burst)
	l.Gap, l.ChatGap = cmp.Or(p.Gap, l.Gap), cmp.Or(p.ChatGap, l.ChatGap)
	l.PrivateGap, l.Jitter = cmp.Or(p.PrivateGap, l.PrivateGap), cmp.Or(p.Jitter, l.Jitter)
	l.PerDay, l.PerHour = cmp.Or(p.PerDay, l.PerDay), cmp.Or(p.PerHour, l.PerHour)
	return l
}

// Secret reads a secret; "" if none is configured. Errors name where it should be
// and never what is there.
func (c Config) Secret(s Secret) (string, error) {
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
	path := c.Near(s.File)
	if err := Private(path); err != nil {
		return "", fmt.Errorf("secret: %w", err)
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

// Roots returns the certificates to trust, nil for those of the computer.
func (c Config) Roots(a Account) (*x509.CertPool, error) {
	if a.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(c.Near(a.CA))
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
