package report

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/zh"
)

// formatWords are what people call the formats.
var formatWords = map[string]Format{
	"文字": Text, "文本": Text, "图片": Picture, "图": Picture, "表格": Sheet, "excel": Sheet, "xlsx": Sheet, "表": Sheet, "csv": CSV,
	"word": Draft, "docx": Draft, "文档": Draft,
}

// kindWords are what people call the reports that need nothing else said.
var kindWords = map[string]Kind{
	"进度汇总": Progress, "汇总": Progress, "进度": Progress,
	"30天未更新": Stale, "三十天未更新": Stale, "30天没更新": Stale, "未更新": Stale,
	"月报": Month,
}

// usualWords are what a report is called in the usual form of a phrase.
var usualWords = map[Kind]string{Progress: "进度汇总", Stale: "30天未更新", Answers: "谁回复了", Month: "月报"}

// String returns the format as people name it.
func (f Format) String() string {
	return map[Format]string{Text: "文字", Picture: "图片", Sheet: "表格", CSV: "CSV", Draft: "文档"}[f]
}

var (
	scoped   = regexp.MustCompile(`^(.{2,20}?)的?(?:进度汇总|进度|进展)$`)
	answered = regexp.MustCompile(`^(?:谁回复了|回复情况)(?:通知)?(\d*)$`)
	monthOf  = regexp.MustCompile(`^(?:(\d{4})年)?(\d{1,2})月$`)
)

// A Phrase is a report as people ask for it.
type Phrase struct {
	Order
	Format Format
	About  string // the college or the person whose progress is meant, as they wrote it
}

// Parse reads how people ask for a report: 进度汇总 图片, 30天未更新, 计算机学院 进度,
// 谁回复了 3 图片, 月报 10月. Now says which month they mean. Ok is false if it is
// something else.
func Parse(text string, now time.Time) (p Phrase, ok bool) {
	p.Format = Text
	var rest []string
	for word := range strings.FieldsSeq(zh.Fold(text)) {
		if f, known := formatWords[strings.ToLower(word)]; known {
			p.Format = f
			continue
		}
		if g := monthOf.FindStringSubmatch(word); g != nil && len(rest) > 0 && rest[0] == "月报" {
			p.Month = monthBefore(g, now)
			continue
		}
		rest = append(rest, word)
	}
	what := strings.Join(rest, "")
	if p.Kind, ok = kindWords[what]; ok {
		if p.Kind == Month && p.Format == Text && !strings.Contains(text, "文字") {
			p.Format = Draft
		}
		return p, true
	}
	if g := answered.FindStringSubmatch(what); g != nil {
		p.Kind = Answers
		p.Notice, _ = strconv.Atoi(g[1])
		return p, true
	}
	if g := scoped.FindStringSubmatch(what); g != nil {
		p.Kind, p.About = Progress, g[1]
		return p, true
	}
	return p, false
}

// monthBefore is the first day of a month that is written as 10月 or 2026年10月:
// the last such month that has begun.
func monthBefore(g []string, now time.Time) time.Time {
	m, _ := strconv.Atoi(g[2])
	if m < 1 || m > 12 {
		return time.Time{}
	}
	y, err := strconv.Atoi(g[1])
	if err != nil {
		y = now.Year()
		if time.Month(m) > now.Month() {
			y--
		}
	}
	return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, now.Location())
}

// String writes the phrase in its usual form.
func (p Phrase) String() string {
	what := usualWords[p.Kind]
	switch {
	case p.Kind == Progress && p.About != "":
		what = p.About + " 进度"
	case p.Kind == Answers && p.Notice > 0:
		what += " " + strconv.Itoa(p.Notice)
	case p.Kind == Month && !p.Month.IsZero():
		what += " " + zh.Month(p.Month)
	}
	if p.Format == Text && p.Kind != Month { // a month's report is a document if nothing is said
		return what
	}
	return what + " " + p.Format.String()
}
