package cli

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Usage, errors and what commands say to who typed them is written in English, and
// becomes Chinese on its way to a person who reads that. Logs stay English, and what
// an office reads is Chinese for everybody.

// chineseText has the sentences: a line of English as the source has it, under it the
// same in Chinese, with %[2]s where the order is another, and an empty line.
//
//go:embed chinese.txt
var chineseText string

// InChinese tells whether the person at this computer reads Chinese.
func InChinese() bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return strings.HasPrefix(strings.ToLower(v), "zh")
		}
	}
	return systemChinese()
}

// A sentence is one that there is in both languages.
type sentence struct {
	english *regexp.Regexp
	chinese string
	literal int // how long the English is without its verbs
}

var verb = regexp.MustCompile(`%[.\d]*([a-z])`)

// forms are what verbs stand for; one that has no form here stands for anything, but
// for a %s that begins a sentence: that is no sentence of its own.
var forms = map[string]string{"q": `("(?:[^"\\]|\\.)*")`, "d": `(-?\d+)`}

// sentences reads the table, those that say most first.
var sentences = sync.OnceValue(func() (all []sentence) {
	for pair := range strings.SplitSeq(chineseText, "\n\n") {
		english, chinese, _ := strings.Cut(strings.TrimSpace(pair), "\n")
		form, literal, end := "^", 0, 0
		for _, at := range verb.FindAllStringSubmatchIndex(english, -1) {
			what := forms[english[at[2]:at[3]]]
			if at[0] == 0 && english[at[2]:at[3]] == "s" {
				what = `((?:[^:]|:[^ ])*?)`
			}
			form += regexp.QuoteMeta(english[end:at[0]]) + cmp.Or(what, `(.*?)`)
			literal += at[0] - end
			end = at[1]
		}
		all = append(all, sentence{
			regexp.MustCompile(form + regexp.QuoteMeta(english[end:]) + "$"), chinese, literal + len(english) - end,
		})
	}
	slices.SortStableFunc(all, func(a, b sentence) int { return b.literal - a.literal })
	return all
})

// chinese writes a text in Chinese, line by line, as far as there are words for it.
func chinese(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		body := strings.TrimSpace(line)
		if body == "" || strings.Contains(body, " ← ") { // what is said in a chat stays as it is
			continue
		}
		before, after, _ := strings.Cut(line, body)
		lines[i] = before + chineseChain(body) + after
	}
	return strings.Join(lines, "\n")
}

// chineseChain writes in Chinese what is one sentence, or several that are joined as
// errors are.
func chineseChain(text string) string {
	if said, ok := chineseSentence(text); ok {
		return said
	}
	for end := len(text); ; {
		i := strings.LastIndex(text[:end], ": ")
		if i < 0 {
			break
		}
		if said, ok := chineseSentence(text[:i]); ok {
			return said + "：" + chineseChain(text[i+2:])
		}
		end = i
	}
	if first, rest, ok := strings.Cut(text, ": "); ok {
		return first + ": " + chineseChain(rest)
	}
	return text
}

func chineseSentence(text string) (said string, ok bool) {
	for _, s := range sentences() {
		found := s.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		parts := make([]any, len(found)-1)
		for i, part := range found[1:] {
			parts[i] = chineseChain(part)
		}
		if len(parts) == 0 {
			return s.chinese, true
		}
		return fmt.Sprintf(s.chinese, parts...), true
	}
	return "", false
}

// An interpreter writes in Chinese what is written to it, a line or some at a time.
type interpreter struct{ io.Writer }

// Write writes p.
func (i interpreter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(i.Writer, chinese(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// A spoken error is one in Chinese.
type spoken struct{ error }

// Error returns what happened.
func (s spoken) Error() string { return chinese(s.error.Error()) }

// Unwrap returns the error in English.
func (s spoken) Unwrap() error { return s.error }

// usage is where a command line says what is wrong with it.
func (e Env) usage() io.Writer {
	if e.Chinese {
		return interpreter{e.Err}
	}
	return e.Err
}
