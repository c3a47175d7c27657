package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duban/app"
	"duban/app/control"
	"duban/bot"
	"duban/config"
	"duban/handlers/people"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// errUnwell means that the doctor found something that must be mended.
var errUnwell = errors.New("something must be mended, see above")

// A doctor says in words how something is.
type doctor struct {
	out    io.Writer
	unwell bool
	deep   bool // every record is read
}

func (d *doctor) good(what, text string) { fmt.Fprintf(d.out, "正常  %s：%s\n", what, text) }

func (d *doctor) note(what, text string) { fmt.Fprintf(d.out, "注意  %s：%s\n", what, text) }

func (d *doctor) bad(what, text string) {
	d.unwell = true
	fmt.Fprintf(d.out, "有误  %s：%s\n", what, text)
}

// verdict is the error by which a command of the doctor ends.
func (d *doctor) verdict() error {
	if d.unwell {
		return errUnwell
	}
	return nil
}

// runDoctor is `duban doctor`. It looks at what duban works with, without using it.
func runDoctor(ctx context.Context, args []string, e Env) error {
	f := flags("doctor", e.Err)
	load := place(f)
	deep := f.Bool("deep", false, "read every record, and the audit logs")
	if _, err := parse(f, args, false); err != nil {
		return err
	}
	d := &doctor{out: e.Out, deep: *deep}
	c, missing, err := load()
	switch {
	case err != nil:
		d.bad("配置", err.Error())
		return errUnwell
	case missing:
		d.note("配置", "这里没有config.yaml，用的是默认设置（模拟群）")
	default:
		d.good("配置", f.Lookup("config").Value.String()+" 没有问题")
	}
	d.clock(time.Now().In(c.Location()), c.Zone)
	d.folder(c, e.Outside)
	d.key(c)
	scans, tells := false, false
	for _, a := range c.Accounts {
		d.account(ctx, c, a)
		can := app.Abilities(a)
		scans, tells = scans || can.Scanner != nil, tells || can.Alarm != nil
	}
	if p, err := app.OpenPinger(c, nil); err != nil {
		d.bad("心跳", err.Error())
	} else if p != nil {
		d.good("心跳", "设置齐全，运行时每分钟呼叫一次，停发后不再呼叫")
	}
	if scans && !tells {
		d.bad("报警", "微信掉线时没有别的办法通知人，请在config.yaml里配一个alarm账号（邮件、群机器人或ntfy）")
	}
	if err := d.office(ctx, c, e); err != nil {
		return err
	}
	return d.verdict()
}

func (d *doctor) clock(now time.Time, zone string) {
	text := zh.FullMoment(now) + "（" + zone + "）"
	if _, built := app.Version(); now.Before(built) || now.Year() < 2026 {
		d.bad("时钟", "系统时间是"+text+"，明显不对，请校准；定时提醒靠它")
		return
	}
	d.good("时钟", text)
}

// leastFree is how much room the disk must have: for the store's growth, and for
// the copy that compacting it takes.
const leastFree = 500 << 20

func (d *doctor) folder(c config.Config, x app.Outside) {
	dir := c.Near(c.Data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.bad("数据目录", "建不了 "+c.Data+"，请检查权限")
		return
	}
	probe := filepath.Join(dir, app.Probe)
	if err := os.WriteFile(probe, []byte("duban"), 0o600); err != nil {
		d.bad("数据目录", c.Data+" 写不进去，请检查权限和磁盘")
		return
	}
	if err := os.Remove(probe); err != nil {
		d.bad("数据目录", c.Data+" 删不了文件，请检查权限")
		return
	}
	free, low, known := x.Room(c, dir)
	switch {
	case !known:
		d.good("数据目录", c.Data+" 可以读写")
	case low:
		d.bad("磁盘", fmt.Sprintf("数据目录所在的磁盘只剩%d MB，少于least_free_mb，新的事都停办，请清理", free>>20))
	case free < leastFree:
		d.bad("磁盘", fmt.Sprintf("数据目录所在的磁盘只剩%d MB，至少要留%d MB", free>>20, leastFree>>20))
	default:
		d.good("数据目录", fmt.Sprintf("%s 可以读写，磁盘还有%.1f GB", c.Data, float64(free)/(1<<30)))
	}
}

// key reads the office's key, without making one.
func (d *doctor) key(c config.Config) {
	if missing(c.KeyFile()) && missing(app.StoreFile(c.Near(c.Data))) {
		d.note("密钥", c.Key+" 还没有，第一次启动时自动建立；建好后请另存一份，不要和数据放在一起")
		return
	}
	if _, err := config.LoadKey(c.KeyFile(), true); err != nil {
		d.bad("密钥", err.Error())
		return
	}
	d.good("密钥", c.Key+" 可以读，权限正确；别处要留一份，不要和数据放在一起")
}

// account checks what an account needs.
func (d *doctor) account(ctx context.Context, c config.Config, a config.Account) {
	what, can := "账号"+a.Name, app.Abilities(a)
	switch {
	case can.Alarm != nil:
		if _, err := app.OpenAlarm(c, a); err != nil {
			d.bad(what, "报警发不了："+err.Error())
			return
		}
		d.good(what, "报警用（"+a.By+"），设置齐全；私聊机器人发“测试报警”可以试一次")
	case can.Doctor != nil:
		d.network(ctx, c, a)
	case can.Scanner == nil:
		d.good(what, "模拟账号（"+a.Kind+"），不连外网")
	case missing(app.KeyFile(c, a)):
		d.note(what, "微信还没有登录过，请先运行 duban login")
	case missing(app.SessionFile(c, a)):
		d.note(what, "没有保存的登录，请运行 duban login 扫码")
	default:
		p := app.LimitsOf(a)
		d.good(what, fmt.Sprintf("微信，有保存的登录；每分钟最多%d条，每天主动最多%d条，前7天为四分之一", p.PerMinute, p.PerDay))
	}
}

// network lets the account of an official network look at itself.
func (d *doctor) network(ctx context.Context, c config.Config, a config.Account) {
	what := "账号" + a.Name
	account, err := app.OpenWeCom(c, a)
	if err != nil {
		d.bad(what, "设置不齐："+err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, f := range account.Doctor(ctx) {
		if f.Bad {
			d.bad(what, f.Text)
		} else {
			d.good(what, f.Text)
		}
	}
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// patience is how long a running bot may take to say how it is.
const patience = 15 * time.Second

// office lets the bot that runs say how it is, or looks into the store if none does.
func (d *doctor) office(ctx context.Context, c config.Config, e Env) error {
	dir := c.Near(c.Data)
	if conn, err := e.Reach(ctx, dir); err == nil {
		d.good("运行", "duban正在运行")
		args := []string{"standing"}
		wait := patience
		if d.deep {
			args, wait = append(args, "-deep"), 10*time.Minute
		}
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		err := ask(ctx, conn, control.Request{Args: args}, e.streams(""))
		if a, answered := errors.AsType[answer](err); answered && a.Text != errUnwell.Error() {
			d.bad("运行", "duban没有说出账号状态："+a.Text)
		} else if err != nil && !answered {
			d.bad("运行", "duban在运行，但没有回答，可能卡住了，请看日志")
		}
		d.unwell = d.unwell || err != nil
		return nil
	}
	if err := config.CheckData(dir); err != nil {
		d.bad("数据目录", err.Error())
		return nil
	}
	if missing(app.StoreFile(dir)) {
		if trace := app.Trace(c); trace != nil {
			d.bad("数据", trace.Error())
			return nil
		}
		if people := d.files(ctx, c, false); people != nil {
			d.unmeant(people.Alarming(&roster.Roster{}))
		}
		d.note("数据", "还没有数据，第一次启动时自动建立")
		return nil
	}
	o, err := app.Open(ctx, c, e.options(c))
	switch {
	case errors.Is(err, store.ErrLocked):
		d.good("数据", "duban正在运行；账号状态请私聊机器人发“账号状态”")
		return nil
	case err != nil:
		line, _, _ := strings.Cut(err.Error(), "\n")
		d.bad("数据", "打不开："+line)
		return nil
	}
	d.good("数据", "可以打开，duban没有在运行")
	if err = d.start(ctx, o); err == nil {
		err = d.inspect(ctx, o, d.deep)
	}
	return errors.Join(err, o.Close())
}

// start checks what a start of an office reads and opens.
func (d *doctor) start(ctx context.Context, o *app.Office) error {
	planned, err := store.Read(ctx, o.Store, func(s *store.Snapshot) bool {
		_, there := progress.HeadOf(s)
		return there
	})
	if err != nil {
		return err
	}
	people := d.files(ctx, o.Config, planned)
	if people == nil {
		return nil
	}
	why, err := store.Read(ctx, o.Store, people.Unmeant)
	d.unmeant(why)
	d.opened(o, people) //nolint:contextcheck // an account gets its context when it runs
	return err
}

// standings says how the configured accounts stand, and which groups they do not
// reach.
func (d *doctor) standings(ctx context.Context, o *app.Office) error {
	var said bytes.Buffer // whoever reads it may be slow, and a view must not be
	to := d.out
	d.out = &said
	err := o.Store.View(ctx, func(sn *store.Snapshot) error {
		said.Reset()
		for _, c := range o.Channels() {
			line := people.Standing(sn, c, o.Zone)
			st, known := outbox.StandingOf(sn, c.Account)
			if known && st.Word != bot.Online && st.Word != bot.Suspect {
				d.bad("状态", line)
			} else {
				d.good("状态", line)
			}
		}
		d.held(sn)
		r := roster.Current(sn)
		known := roster.Groups(sn)
		unreached := slices.DeleteFunc(r.Groups(), func(g string) bool { return slices.Contains(known, g) })
		if len(unreached) > 0 {
			d.note("群", "还发不到："+strings.Join(unreached, "、")+"。请在群里@机器人发“绑定群 群名”")
		}
		return nil
	})
	d.out = to
	_, wrote := said.WriteTo(to)
	return errors.Join(err, wrote)
}
