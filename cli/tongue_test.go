package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"duban/cli"
)

// texts calls do with the literal strings of the source below a folder, and with the
// name of the function that is called with each.
func texts(t *testing.T, dir string, do func(path, function, text string)) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				for _, arg := range n.Args {
					if text := literal(arg); text != "" {
						do(path, name(n.Fun), text)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					do(path, key.Name, literal(n.Value))
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func name(fun ast.Expr) string {
	if s, ok := fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

// literal returns a literal string, also one of several parts.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if a, b := literal(e.X), literal(e.Y); e.Op == token.ADD && a != "" && b != "" {
			return a + b
		}
	}
	return ""
}

var (
	verbs = regexp.MustCompile(`%(\[\d\])?[-+.\d]*[a-zA-Z]`)
	words = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
)

// Whoever reads Chinese gets every error, every line of the doctor and every help in
// Chinese.
func TestChinese_complete(t *testing.T) {
	spoken := map[string]bool{"New": true, "Errorf": true, "good": true, "note": true, "bad": true, "help": true, "String": true, "Bool": true}
	n := 0
	for _, dir := range []string{".", "../backup", "../config", "../service"} {
		texts(t, dir, func(path, function, text string) {
			english := verbs.ReplaceAllStringFunc(text, func(v string) string { return map[bool]string{true: `"7"`, false: "7"}[strings.HasSuffix(v, "q")] })
			if !spoken[function] || !words.MatchString(english) {
				return
			}
			n++
			if !strings.ContainsFunc(cli.Chinese(strings.ReplaceAll(english, "`", "")), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q has no Chinese in chinese.txt", path, text)
			}
		})
	}
	if n < 150 {
		t.Errorf("found %d sentences, want most of those that there are", n)
	}
}

func TestChinese(t *testing.T) {
	for english, want := range map[string]string{
		`unknown command "x": see duban --help`:                 `没有命令"x"：请看 duban --help`,
		"roster: open none.csv: no such file or directory":      "名单：打开none.csv：没有这个文件或文件夹",
		"config.yaml: [3:1] unknown field \"colour\"":           "config.yaml: [3:1] 不认识的项\"colour\"",
		"well  account web: simulated (webchat), on no network": "正常  账号web：模拟账号（webchat），不连外网",
		"学工群 ← the store: sending goes on\nsending goes on\n":   "学工群 ← the store: sending goes on\n恢复发送\n",
		"the key is gone: duban.key is missing, and what was written with it is still here; bring the file back from where you keep it, with mode 0400; a backup holds duban.key too: duban restore": "密钥不见了：缺duban.key，而用它写的数据还在；请把另存的那份放回来，权限0400；备份里也有duban.key：duban restore",
		"\tdo not ask": "\t不再问",
		"什么都没有":        "什么都没有",
	} {
		if got := cli.Chinese(english); got != want {
			t.Errorf("%q: got %q, want %q", english, got, want)
		}
	}
}

func TestInChinese(t *testing.T) {
	for _, c := range []struct {
		all, messages, lang string
		want                bool
	}{
		{"", "", "zh_CN.UTF-8", true},
		{"C", "", "zh_CN.UTF-8", false},
		{"", "zh_TW", "en_US.UTF-8", true},
		{"en_US", "zh_CN", "zh_CN", false},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := cli.InChinese(); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}
