package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"rsc.io/qr"

	"duban/app"
	"duban/bot"
	"duban/config"
)

// scan has a code scanned, keeps the secret that this brings, and returns whose it is and
// where their bot is.
func (g *guide) scan(ctx context.Context, domain, path string) (user, at string, err error) {
	tell := func(text string) { fmt.Fprintln(g.Out, text) }
	a, token, err := app.Login(ctx, g.Transport, domain, func(says string) error {
		code, err := qr.Encode(says, qr.M)
		if err != nil {
			return err
		}
		tell(bot.Blocks(code.Size, code.Black) + "请用手机微信扫描上面的二维码。")
		return nil
	}, tell)
	if err != nil {
		return "", "", err
	}
	return a.User, a.Domain, bot.Replace(path, []byte(token+"\n"), ownerOnly)
}

// scanAgain has the code of an account scanned anew by the same person, because the network
// does not let it in any more.
func (g *guide) scanAgain(ctx context.Context, c config.Config, a config.Account) error {
	if a.ILink.Secret.File == "" {
		return fmt.Errorf("the secret of account %s is not in a file: setup cannot renew it", a.Name)
	}
	path := c.Near(a.ILink.Secret.File)
	fmt.Fprintf(g.Out, "账号 %s 已经有了：请本人重新扫码，换一个登录。\n", a.Name)
	user, _, err := g.scan(ctx, a.ILink.Domain, path+".fresh")
	switch {
	case err != nil:
		return errors.Join(err, os.RemoveAll(path+".fresh"))
	case user != a.ILink.User:
		return errors.Join(fmt.Errorf("somebody else has scanned the code: the bot of account %s is another person's", a.Name), os.Remove(path+".fresh"))
	}
	if err := os.Rename(path+".fresh", path); err != nil {
		return err
	}
	fmt.Fprintln(g.Out, "好了，请重启duban。")
	return nil
}
