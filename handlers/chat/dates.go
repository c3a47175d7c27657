package chat

import "regexp"

// Undotted writes the days of a text as months and days that many write as 1.8 or
// 12/28.
func Undotted(text string) string {
	const day = "$1${2}月${3}日$4"
	// Twice, because the sign between two days belongs to the first match.
	return dotted.ReplaceAllString(dotted.ReplaceAllString(text, day), day)
}

var dotted = regexp.MustCompile(`(^|[^0-9.])(1[0-2]|0?[1-9])[./](3[01]|[12][0-9]|0?[1-9])([^0-9.%]|$)`)
