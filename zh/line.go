package zh

import (
	"strings"
	"unicode/utf8"
)

// OneLine replaces every row of white space in s, line breaks too, by one space.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Join writes what name says of each of all, with sep between them.
func Join[T any](all []T, sep string, name func(T) string) string {
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = name(v)
	}
	return strings.Join(names, sep)
}

// List is [Join] with 、.
func List[T any](all []T, name func(T) string) string { return Join(all, "、", name) }

// Clip returns s if it has at most n characters. Otherwise the result has n: the
// beginning of s, and … as the last.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// Brief puts s into one line of at most n characters; see [OneLine] and [Clip].
func Brief(s string, n int) string { return Clip(OneLine(s), n) }

// Head returns the first n characters of s, with … behind them if there are more.
func Head(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// Quote puts what somebody wrote into one line of at most n characters, for the
// bot to say again. Private numbers are masked, and its links cannot be tapped:
// people trust what the bot says.
func Quote(s string, n int) string { return Brief(Defang(Mask(s)), n) }

// Keep returns what may be stored of a text: at most n characters, with private
// numbers masked, and without characters that are not to be seen.
func Keep(s string, n int) string { return Clip(Mask(without(s, unseen)), n) }
