package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"duban/app"
	"duban/bot"
	"duban/config"
)

// errUnfinished means that whoever set a network up stopped before its end.
var errUnfinished = errors.New("the set-up was not finished, and config.yaml is as it was")

// connectTime is how long setup waits for a connection before it says what is wrong.
const connectTime = 30 * time.Second

// againTime is how long it may go on trying once it has said what is wrong.
const againTime = 3 * time.Second

// ownerOnly is the mode of a file with a secret.
const ownerOnly = 0o600

// A walk is what an administrator of a network does to set it up: before the
// connection stands, and while it does.
type walk struct {
	name          string // of the network
	before, while []string
	id            string // what the console calls what names the bot, and what its secret is called
	secret        string
	fill          func(a *config.Account, id, domain string, secret config.Secret)
	line          string // of config.yaml, with %s for the id
	scans         bool   // both come from the phone of a person who scans a code
	then          string // what to do when duban runs; "" is what is done on most
}

// walks are those of the networks that can be set up.
func walks() map[string]walk {
	return map[string]walk{
		"feishu": {
			name: "飞书", id: "App ID", secret: "App Secret", line: "feishu: {app: %s",
			before: []string{
				"打开 open.feishu.cn 的开发者后台 → 创建企业自建应用，写名字、换头像。",
				"添加应用能力 → 机器人。",
				"权限管理 → 开通：im:message.p2p_msg:readonly、im:message.group_at_msg:readonly、im:message.group_msg、im:message:send_as_bot、im:message:readonly、im:resource、im:chat:readonly、contact:user.base:readonly、contact:user.id:readonly、contact:user.employee_id:readonly。",
				"可用范围和通讯录权限范围：名单上的所有人。然后 版本管理 → 创建版本 → 发布，等审批通过。",
				"凭证与基础信息：下面要用里面的App ID和App Secret。",
			},
			while: []string{
				"（连接开着的时候才能点）事件与回调 → 事件配置 → 使用长连接，添加 im.message.receive_v1、im.message.recalled_v1、im.chat.member.user.added_v1、im.chat.member.user.deleted_v1。",
				"回调配置 → 使用长连接，添加 card.action.trigger（不加，按钮没有反应）。",
				"再发布一次版本。然后到每个群：设置 → 群机器人 → 添加它。",
			},
			fill: func(a *config.Account, id, domain string, s config.Secret) {
				a.Feishu = config.Feishu{App: id, Secret: s, Domain: domain}
			},
		},
		"wecom": {
			name: "企业微信", id: "Bot ID", secret: "Secret", line: "wecom: {bot: %s",
			before: []string{
				"打开 work.weixin.qq.com 的管理后台 → 安全与管理 → 管理工具 → 智能机器人 → 创建机器人 → API模式创建 → 连接方式：使用长连接。",
				"可使用成员：名单上的所有人。权限只留基础的一项。",
				"下面要用机器人的Bot ID和Secret。",
			},
			while: []string{"每个群：群设置 → 添加机器人；然后在群里@它说一句“你好”。每位老师在通讯录 → 智能机器人里打开它，说一句“你好”。"},
			fill: func(a *config.Account, id, domain string, s config.Secret) {
				a.WeCom = config.WeCom{Bot: id, Secret: s, Domain: domain}
			},
		},
		"dingtalk": {
			name: "钉钉", id: "Client ID", secret: "Client Secret", line: "dingtalk: {client: %s",
			before: []string{
				"打开 open-dev.dingtalk.com → 应用开发 → 企业内部应用 → 创建应用。",
				"添加应用能力 → 机器人，消息接收模式选Stream模式。",
				"权限管理 → 开通 企业内机器人发送消息权限、成员信息读权限、根据手机号获取成员基本信息权限；要按钮，再开通 互动卡片实例写权限。",
				"版本管理与发布 → 创建版本 → 发布，可见范围：名单上的所有人。",
				"凭证与基础信息：下面要用Client ID和Client Secret。",
			},
			while: []string{
				"（连接开着的时候才能点）事件订阅 → 推送方式：Stream模式推送，添加 群会话添加人员、群会话删除人员、群会话用户主动退群。再发布一次版本。",
				"每个群：群设置 → 机器人 → 添加机器人 → 企业机器人 → 它。",
			},
			fill: func(a *config.Account, id, domain string, s config.Secret) {
				a.DingTalk = config.DingTalk{Client: id, Secret: s, Domain: domain}
			},
		},
		"ilink": {
			name: "微信ClawBot", line: "ilink: {user: %s", scans: true,
			before: []string{"这是一个人的入口：谁扫码，就只有谁能和机器人私聊；它只回答，不发提醒，进不了群。请本人拿好手机微信（要有ClawBot插件）。"},
			while:  []string{"请本人在手机微信里打开ClawBot，说一句“你好”。"},
			then:   "管理员用别的账号发“绑定码 姓名”，本人在ClawBot里说“绑定 123456”",
			fill: func(a *config.Account, id, domain string, s config.Secret) {
				a.ILink = config.ILink{User: id, Secret: s, Domain: domain}
			},
		},
	}
}

// A guide takes somebody through a walk on the terminal.
type guide struct {
	Env
	in   *bufio.Reader
	walk walk
	conf string // the configuration file
}

// setup is `duban setup`: it says what to click, tries what it is given, and writes the
// secret and config.yaml only when the connection stood.
func setup(ctx context.Context, args []string, e Env) error {
	f := flags("setup", e.usage())
	conf := f.String("config", "config.yaml", "the configuration `FILE`")
	domain := f.String("domain", "", "where the network is, as https://open.larksuite.com")
	words, err := parse(f, args, true)
	if err != nil {
		return err
	}
	if len(words) != 1 || walks()[words[0]].name == "" {
		return fmt.Errorf("setup takes the network: feishu, wecom, dingtalk or ilink: %w", errUsage)
	}
	c, _, err := config.Load(*conf)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = config.Defaults(), nil
	}
	if err != nil {
		return err
	}
	kind := words[0]
	g := &guide{Env: e, in: bufio.NewReader(e.In), walk: walks()[kind], conf: *conf}
	for _, a := range c.Accounts {
		switch {
		case a.Kind == kind && g.walk.scans:
			return g.scanAgain(ctx, c, a)
		case a.Name == kind || a.Kind == kind:
			return fmt.Errorf("config.yaml has the account %s of kind %s already: duban doctor says what is missing there", a.Name, a.Kind)
		}
	}
	c.Path = *conf
	return g.lead(ctx, c, config.Account{Name: kind, Kind: kind}, *domain)
}

// lead goes all the way.
func (g *guide) lead(ctx context.Context, c config.Config, a config.Account, domain string) (err error) {
	fmt.Fprintf(g.Out, "下面一步步把%s接上。每做完一步按回车；随时可以按 Ctrl-C 停下，什么都不会改。\n", g.walk.name)
	if err := g.steps(g.walk.before); err != nil {
		return err
	}
	file := a.Name + ".secret"
	id, made := "", false
	defer func() {
		if err != nil && made {
			err = errors.Join(err, os.Remove(c.Near(file)))
		}
	}()
	for again := true; again; {
		if g.walk.scans {
			id, domain, err = g.scan(ctx, domain, c.Near(file))
			made = made || err == nil
		} else if id, err = g.ask(g.walk.id); err == nil {
			made, err = g.keepSecret(c.Near(file), made)
		}
		if err != nil {
			return err
		}
		g.walk.fill(&a, id, domain, config.Secret{File: file})
		if again, err = g.attempt(ctx, c, a); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("- {name: %s, kind: %s, "+g.walk.line+", secret: {file: %s}", a.Name, a.Kind, id, file)
	if domain != "" {
		line += ", domain: \"" + domain + "\""
	}
	made = false // it works, also if the line must be added by hand
	if err := g.write(line + "}}"); err != nil {
		return err
	}
	then := cmp.Or(g.walk.then, "管理员私聊机器人发“核对通讯录”或“绑定码 姓名”，再到每个群里@它说“绑定群 群名”")
	fmt.Fprintf(g.Out, "好了：密钥在 %s（只有您能读），%s 里加了账号 %s。\n启动：duban run。然后%s。\n", file, filepath.Base(g.conf), a.Name, then)
	return nil
}

// steps says what to do, one thing at a time.
func (g *guide) steps(all []string) error {
	for i, s := range all {
		fmt.Fprintf(g.Out, "\n%d/%d %s\n做完按回车 ", i+1, len(all), s)
		if _, err := g.read(); err != nil {
			return err
		}
	}
	return nil
}

// read reads a line.
func (g *guide) read() (string, error) {
	line, err := g.in.ReadString('\n')
	if err != nil {
		fmt.Fprintln(g.Out)
		return "", errUnfinished
	}
	return strings.TrimSpace(line), nil
}

// ask asks for one word until it is given.
func (g *guide) ask(what string) (string, error) {
	for {
		fmt.Fprintf(g.Out, "\n请粘贴%s：", what)
		word, err := g.read()
		switch {
		case err != nil:
			return "", err
		case word == "" || strings.ContainsAny(word, " \t\"'{},:#"):
			fmt.Fprintf(g.Out, "这不像是%s，请再粘贴一次。\n", what)
		default:
			return word, nil
		}
	}
}

// keepSecret asks for the secret and writes it where only its owner can read it. One
// that was there before is kept.
func (g *guide) keepSecret(path string, ours bool) (made bool, err error) {
	if _, err := os.Stat(path); err == nil && !ours {
		fmt.Fprintf(g.Out, "\n已有密钥文件 %s，就用它。要换，请先删掉它再来。\n", filepath.Base(path))
		return false, config.Private(path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	secret, err := g.ask(g.walk.secret + "（屏幕上会显示，请避开旁人）")
	if err != nil {
		return ours, err
	}
	return true, bot.Replace(path, []byte(secret+"\n"), ownerOnly)
}

// attempt opens the connection, has done what can only be done while it stands, and
// lets the network's doctor look, as often as it takes. Again tells that it did not
// stand.
func (g *guide) attempt(ctx context.Context, c config.Config, a config.Account) (again bool, err error) {
	account, err := app.OpenNetwork(c, a, g.Transport)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(g.Out, "\n正在连接%s……\n", g.walk.name)
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- account.Run(ctx, func(ctx context.Context, _ []bot.Message) error {
			<-ctx.Done() // nothing is taken: it is for the bot
			return ctx.Err()
		})
	}()
	defer func() {
		stop()
		<-done //nolint:errcheck // why it has ended is of no use any more
	}()
	if why := awaitOnline(ctx, account, done); why != "" {
		fmt.Fprintf(g.Out, "没有连上：%s。\n看一下再来一次。\n", why)
		return true, nil
	}
	fmt.Fprintln(g.Out, "连上了。")
	if err := g.steps(g.walk.while); err != nil {
		return false, err
	}
	for {
		bad := false
		for _, f := range bot.AbilitiesOf(account).Doctor.Doctor(ctx) {
			mark := "✓"
			if f.Bad {
				mark, bad = "✗", true
			}
			fmt.Fprintf(g.Out, "%s %s\n", mark, f.Text)
		}
		if !bad {
			return false, nil
		}
		fmt.Fprint(g.Out, "改好后按回车再查；先这样就打“跳过” ")
		if word, err := g.read(); err != nil || word == "跳过" {
			return false, err
		}
	}
}

// awaitOnline waits until an account is connected, and says why it is not.
func awaitOnline(ctx context.Context, a bot.Account, done chan error) (why string) {
	states, last := bot.AbilitiesOf(a).Stateful.States(), ""
	late := time.NewTimer(connectTime)
	defer late.Stop()
	for {
		select {
		case st := <-states:
			if st.Word == bot.Online {
				return ""
			}
			if last == "" && st.Detail != "" {
				late.Reset(againTime)
			}
			last = stateLine(st)
			if st.Word == bot.Restricted {
				return last
			}
		case err := <-done:
			done <- err // for who waits for its end
			for len(states) > 0 {
				st := <-states
				if st.Word == bot.Online { // what it may do then, the doctor says
					return ""
				}
				last = stateLine(st)
			}
			return last
		case <-late.C:
			return last
		case <-ctx.Done():
			return last
		}
	}
}

// write adds an account to the configuration, behind those that are there. A file whose
// list it cannot find its way in stays as it is.
func (g *guide) write(line string) error {
	old, err := os.ReadFile(g.conf)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	next := withAccount(string(old), line)
	if c, err := config.Parse(g.conf, []byte(next)); next == "" || err != nil || app.Check(c) != nil {
		return fmt.Errorf("config.yaml was not changed, because its accounts are written in another way; add this line to them: %s", line)
	}
	const readable = 0o644
	return bot.Replace(g.conf, []byte(next), readable)
}

// withAccount returns a configuration with one account more, "" if its accounts are not
// a list with a line for each.
func withAccount(text, item string) string {
	if !strings.Contains("\n"+text, "\naccounts:") {
		return strings.TrimRight(text, "\n") + "\n\naccounts:\n  - {name: webchat, kind: webchat}\n  " + item + "\n"
	}
	lines := strings.Split(text, "\n")
	indent, at, inside := "", -1, false
	for i, l := range lines {
		bare := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(l, "accounts:"):
			if rest, _, _ := strings.Cut(bare[len("accounts:"):], "#"); strings.TrimSpace(rest) != "" {
				return ""
			}
			inside = true
		case !inside || bare == "" || bare[0] == '#':
		case l[0] != ' ' && l[0] != '-':
			inside = false
		default:
			if before, _, found := strings.Cut(l, "- "); found && at < 0 && strings.TrimSpace(before) == "" {
				indent = before
			}
			at = i
		}
	}
	if at < 0 {
		return ""
	}
	lines = append(lines[:at+1], append([]string{indent + item}, lines[at+1:]...)...)
	return strings.Join(lines, "\n")
}
