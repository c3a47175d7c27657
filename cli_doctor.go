package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/people"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// errUnwell means that the doctor found something that must be mended.
var errUnwell = errors.New("something must be mended, see above")

// A doctor looks at what duban works with and says in words how it is.
type doctor struct {
	c      Config
	p      *program
	s      streams
	unwell bool
}

// doctorCommand is `duban doctor`.
func doctorCommand(ctx context.Context, args []string, s streams) error {
	f := flags("doctor", s)
	path := f.String("config", defaultConfig, "the configuration `file`")
	data := f.String("data", "", "the `folder` of the store; overrides the configuration")
	if err := parse(f, args); err != nil {
		return err
	}
	d := &doctor{s: s}
	c, missing, err := chosenConfig(*path, *data)
	if err != nil {
		d.bad("配置", err.Error())
		return errUnwell
	}
	d.c = c
	if d.p, err = newProgram(c, newLog(c.Log, s.err), s); err != nil {
		return err
	}
	if missing {
		d.note("配置", "这里没有config.yaml，用的是默认设置（模拟群）")
	} else {
		d.good("配置", *path+" 没有问题")
	}
	d.clock(time.Now())
	d.folder()
	for _, a := range c.Accounts {
		d.account(a)
	}
	d.channels()
	if err := d.store(ctx); err != nil {
		return err
	}
	if d.unwell {
		return errUnwell
	}
	return nil
}

func (d *doctor) good(what, text string) { fmt.Fprintf(d.s.out, "正常  %s：%s\n", what, text) }

func (d *doctor) note(what, text string) { fmt.Fprintf(d.s.out, "注意  %s：%s\n", what, text) }

func (d *doctor) bad(what, text string) {
	d.unwell = true
	fmt.Fprintf(d.s.out, "有误  %s：%s\n", what, text)
}

func (d *doctor) clock(now time.Time) {
	text := zh.FullMoment(now.In(d.p.zone)) + "（" + d.c.Zone + "）"
	if built := buildTime(); now.Before(built) || now.Year() < 2026 {
		d.bad("时钟", "系统时间是"+text+"，明显不对，请校准；定时提醒靠它")
		return
	}
	d.good("时钟", text)
}

// leastFree is how much room the disk must have: for the store's growth, and for
// the copy that compacting it takes.
const leastFree = 500 << 20

func (d *doctor) folder() {
	dir := d.c.near(d.c.Data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.bad("数据目录", "建不了 "+d.c.Data+"，请检查权限")
		return
	}
	probe := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(probe, []byte("duban"), 0o600); err != nil {
		d.bad("数据目录", d.c.Data+" 写不进去，请检查权限和磁盘")
		return
	}
	if err := os.Remove(probe); err != nil {
		d.bad("数据目录", d.c.Data+" 删不了文件，请检查权限")
		return
	}
	free, known := diskFree(dir)
	switch {
	case !known:
		d.good("数据目录", d.c.Data+" 可以读写")
	case free < leastFree:
		d.bad("磁盘", fmt.Sprintf("数据目录所在的磁盘只剩%d MB，至少要留%d MB", free>>20, leastFree>>20))
	default:
		d.good("数据目录", fmt.Sprintf("%s 可以读写，磁盘还有%.1f GB", d.c.Data, float64(free)/(1<<30)))
	}
}

// account checks what an account needs, without using it.
func (d *doctor) account(a AccountConfig) {
	what := "账号" + a.Name
	able := a.abilities()
	switch {
	case able.Alarm != nil:
		if _, _, err := d.p.openAlarm(a, nil); err != nil {
			d.bad(what, "报警发不了："+err.Error())
			return
		}
		d.good(what, "报警用（"+a.Kind+"），设置齐全；私聊机器人发“测试报警”可以试一次")
	case able.Scanner != nil:
		d.wechat(what, a)
	default:
		d.good(what, "模拟账号（"+a.Kind+"），不连外网")
	}
}

func (d *doctor) wechat(what string, a AccountConfig) {
	key := d.c.near(or(a.Key, defaultKey))
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		d.note(what, "微信还没有登录过，请先运行 duban login")
		return
	}
	session := filepath.Join(d.c.near(d.c.Data), a.Name, a.Name+".session")
	if _, err := os.Stat(session); errors.Is(err, fs.ErrNotExist) {
		d.note(what, "没有保存的登录，请运行 duban login 扫码")
		return
	}
	l := a.limits()
	d.good(what, fmt.Sprintf("微信，有保存的登录；每分钟最多%d条，每天主动最多%d条，前7天为四分之一", l.PerMinute, l.PerDay))
}

// channels looks for a way to tell people that the WeChat account is out.
func (d *doctor) channels() {
	scans, tells := false, false
	for _, a := range d.c.Accounts {
		able := a.abilities()
		scans, tells = scans || able.Scanner != nil, tells || able.Alarm != nil
	}
	if scans && !tells {
		d.bad("报警", "微信掉线时没有别的办法通知人，请在config.yaml里配一个email、wecom、feishu、dingtalk或ntfy账号")
	}
}

// store looks into the store, or if a duban runs on it, into what that says of
// itself.
func (d *doctor) store(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(d.c.near(d.c.Data), "duban.db")); errors.Is(err, fs.ErrNotExist) {
		d.note("数据", "还没有数据，第一次启动时自动建立")
		return nil
	}
	st, closeStore, err := openStore(ctx, d.c, d.p.engine, store.Options{Values: []any{d.p.loadLimits()}})
	if errors.Is(err, store.ErrLocked) {
		d.running()
		return nil
	}
	if err != nil {
		d.bad("数据", "打不开："+firstLine(err))
		return nil
	}
	d.good("数据", "可以打开，duban没有在运行")
	err = st.View(ctx, d.contents)
	return errors.Join(err, closeStore())
}

func (d *doctor) contents(sn *store.Snapshot) error {
	lines, troubled, err := standings(d.p, sn)
	if err != nil {
		return err
	}
	for i, line := range lines {
		if troubled[i] {
			d.bad("状态", line)
		} else {
			d.good("状态", line)
		}
	}
	r, err := roster.Current(sn)
	if err != nil {
		return err
	}
	known, err := roster.Groups(sn)
	if err != nil {
		return err
	}
	if missing := without(r.Groups(), known); len(missing) > 0 {
		d.note("群", "还发不到："+strings.Join(missing, "、")+"。请在群里@机器人发“绑定群 群名”")
	}
	return nil
}

// without returns what is in all and not in some.
func without(all, some []string) (left []string) {
	there := map[string]bool{}
	for _, s := range some {
		there[s] = true
	}
	for _, a := range all {
		if !there[a] {
			left = append(left, a)
		}
	}
	return left
}

// statusFile is where a running duban says how its accounts stand, since nobody
// else can look into the store. It names no people.
const statusFile = "status.txt"

// freshStatus is how old that may be.
const freshStatus = 3 * statusEvery

const statusEvery = time.Minute

func (d *doctor) running() {
	path := filepath.Join(d.c.near(d.c.Data), statusFile)
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil {
		d.good("数据", "duban正在运行；账号状态请私聊机器人发“账号状态”")
		return
	}
	if age := time.Since(info.ModTime()); age > freshStatus {
		d.bad("运行", fmt.Sprintf("duban在运行，但已有%d分钟没有更新状态，可能卡住了，请看日志", int(age.Minutes())))
	} else {
		d.good("运行", "duban正在运行")
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "!"); ok {
			d.bad("状态", rest)
		} else if line != "" {
			d.good("状态", line)
		}
	}
}

// standings says how the configured accounts stand; troubled tells which of them
// cannot be used as they should.
func standings(p *program, sn *store.Snapshot) (lines []string, troubled []bool, err error) {
	for _, c := range p.channels() {
		line, err := people.Standing(sn, c, p.zone)
		if err != nil {
			return nil, nil, err
		}
		st, known, err := outbox.StandingOf(sn, c.Account)
		if err != nil {
			return nil, nil, err
		}
		lines, troubled = append(lines, line), append(troubled, known && st.Word != bot.Online && st.Word != bot.Suspect)
	}
	return lines, troubled, nil
}

// tellStatus keeps the status file, until ctx ends. Simulated accounts have
// nothing to tell.
func (p *program) tellStatus(ctx context.Context) error {
	if !slices.ContainsFunc(p.config.Accounts, func(a AccountConfig) bool { return a.abilities().Stateful != nil }) {
		return nil
	}
	path := filepath.Join(p.config.near(p.config.Data), statusFile)
	defer func() { _ = os.Remove(path) }()
	t := time.NewTicker(statusEvery)
	defer t.Stop()
	for {
		if err := p.writeStatus(ctx, path); err != nil && ctx.Err() == nil {
			p.log.Warn("status not written", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

func (p *program) writeStatus(ctx context.Context, path string) error {
	var b strings.Builder
	err := p.store.View(ctx, func(sn *store.Snapshot) error {
		b.Reset()
		lines, troubled, err := standings(p, sn)
		for i, line := range lines {
			if troubled[i] {
				b.WriteString("!")
			}
			b.WriteString(line + "\n")
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
