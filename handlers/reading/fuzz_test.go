package reading_test

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"duban/handlers/reading"
	"duban/zh"
)

var contexts = []string{"private", "group-mention", "group-no-mention", "quote-of-notice", "quote-of-checkin"}

// seed adds texts of the corpus, each with a number and what else a target takes.
func seed(f *testing.F, more ...any) {
	f.Helper()
	for i, row := range readLabelled(f, "messages.tsv") {
		if i%7 == 0 {
			f.Add(append(append([]any{row.text}, more...), uint8(len(row.text)))...)
		}
	}
}

func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string, context uint8) {
		r := reading.Read(reading.FromContext(contexts[int(context)%len(contexts)], text))
		if reading.Explain(r) == "" || r.Kind == "" {
			t.Errorf("Read(%q) has no kind or no explanation", text)
		}
		row := r.Row()
		if n := max(1, len(row.Measures)); len(row.Measures) > 0 && (len(row.Percent) != n || len(row.Status) != n) {
			t.Errorf("Read(%q): %d measures, %d percents, %d statuses; want them aligned", text, len(row.Measures), len(row.Percent), len(row.Status))
		}
		for _, it := range r.Items {
			if it.Measure < 0 || it.Stated && (it.Percent < 0 || it.Percent > 100) && !r.Is(reading.OutOfRange) {
				t.Errorf("Read(%q) has the item %+v", text, it)
			}
		}
		if r.Kind == reading.Chatter && (len(r.Items) > 0 || r.Leave != nil) {
			t.Errorf("Read(%q) is chatter and yet holds %+v", text, r)
		}
	})
}

// FuzzRead_quote checks that what is quoted never changes how the reply reads.
func FuzzRead_quote(f *testing.F) {
	seed(f, "第3条80%，收到请回复")
	f.Fuzz(func(t *testing.T, reply, quoted string, context uint8) {
		name := contexts[int(context)%len(contexts)]
		if strings.ContainsAny(quoted+reply, "「」｢｣<&\r") || strings.ContainsAny(quoted, "-－") || strings.TrimSpace(reply) == "" {
			t.Skip("would move the border between quote and reply")
		}
		read := func(quoted string) reading.Row {
			in := reading.FromContext(name, "「李四："+quoted+"」\n- - - - - - - - - - - - - - -\n"+reply)
			in.Default = nil
			r := reading.Read(in)
			return r.Row()
		}
		if got, want := read(quoted), read("好"); !reflect.DeepEqual(got, want) {
			t.Errorf("reply %q to %q in %s reads %v, to another quote %v", reply, quoted, name, rowLabel(got), rowLabel(want))
		}
	})
}

// talk is chatter without digits or any word of the lists.
var talk = []string{"窗外桂花香", "云朵像棉花糖", "猫咪趴墙头", "银杏叶黄澄澄", "风筝飞得高", "山那边有湖"}

// FuzzRead_chatter checks that small talk beside chatter makes nothing of it that is
// stored.
func FuzzRead_chatter(f *testing.F) {
	seed(f)
	f.Fuzz(staysChatter)
}

func staysChatter(t *testing.T, text string, pick uint8) {
	if strings.ContainsAny(text, "「｢\n\r<&[［#＃@＠\"“\u2005") || utf8.RuneCountInString(text) > 200 {
		return // its form depends on where it begins
	}
	read := func(s string) reading.Kind { return reading.Read(reading.FromContext("group-no-mention", s)).Kind }
	if read(text) != reading.Chatter {
		return
	}
	small := talk[int(pick)%len(talk)]
	for _, s := range []string{small + "，" + text, text + "，" + small} {
		if got := read(s); got != reading.Chatter && got != reading.Ask {
			t.Errorf("%q is chatter, but %q is %s", text, s, got)
		}
	}
}

// FuzzRead_width checks that full and half width read alike.
func FuzzRead_width(f *testing.F) {
	seed(f)
	f.Fuzz(readsWide)
}

func readsWide(t *testing.T, text string, context uint8) {
	name := contexts[int(context)%len(contexts)]
	read := func(s string) reading.Row {
		r := reading.Read(reading.FromContext(name, s))
		row := r.Row()
		row.Note = ""
		return row
	}
	wide := strings.Map(func(r rune) rune {
		if r >= '!' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, text)
	if got, want := read(wide), read(zh.Fold(wide)); !strings.Contains(text, "\u2005") && !reflect.DeepEqual(got, want) {
		t.Errorf("%q in %s reads %v, in half width %v", wide, name, rowLabel(got), rowLabel(want))
	}
}

// eachRow calls check with rows of the corpus, in contexts of any kind.
func eachRow(t *testing.T, check func(t *testing.T, text string, context uint8)) {
	t.Helper()
	for i, row := range readLabelled(t, "messages.tsv") {
		check(t, row.text, uint8(i))
	}
}

// TestRead_normal checks that what zh.Normal makes of a text reads as the text itself,
// and that marks of direction and blanks between Chinese characters and around 第…条
// change nothing. Of texts that are mixed from clauses it does not hold yet.
func TestRead_normal(t *testing.T) { eachRow(t, readsNormal) }

func readsNormal(t *testing.T, text string, context uint8) {
	if strings.ContainsAny(text, "「｢\n\r\t <&[［#＃@＠\"“\u2005＞>") || zh.Normal(text) != text || !utf8.ValidString(text) {
		return // not clean, or its form depends on where it begins
	}
	name := contexts[int(context)%len(contexts)]
	read := func(s string) reading.Row {
		r := reading.Read(reading.FromContext(name, s))
		row := r.Row()
		row.Note = ""
		return row
	}
	var marked, spaced strings.Builder
	before := ' '
	for _, r := range text {
		marked.WriteString("\u200e" + string(r))
		if unicode.Is(unicode.Han, r) && unicode.Is(unicode.Han, before) || before == '第' || r == '条' {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	want := read(text)
	if got := read(marked.String()); !reflect.DeepEqual(got, want) {
		t.Errorf("%q in %s reads %v, with marks of direction %v", text, name, rowLabel(want), rowLabel(got))
	}
	if strings.ContainsAny(text, "假休差代") || rollLike.MatchString(text) {
		return // a delegate's name and one of a 接龙 end at a blank
	}
	if got := read(spaced.String()); !reflect.DeepEqual(got, want) {
		t.Errorf("%q in %s reads %v, spaced %v", text, name, rowLabel(want), rowLabel(got))
	}
}

var rollLike = regexp.MustCompile(`[0-9][.、)]`)

// bareNumber is a number that could be a measure or a percent: nothing says otherwise.
var bareNumber = regexp.MustCompile(`[0-9]{1,2}(?:%|[，。；]|$)`)

// TestRead_used checks that a number that could be a measure or a percent counts:
// without it, a report reads otherwise or becomes a question, or it was one. Of texts
// that are mixed from clauses it does not hold yet.
func TestRead_used(t *testing.T) { eachRow(t, usesNumbers) }

func usesNumbers(t *testing.T, text string, context uint8) {
	name := contexts[int(context)%len(contexts)]
	read := func(s string) reading.Row {
		r := reading.Read(reading.FromContext(name, s))
		row := r.Row()
		row.Note = ""
		return row
	}
	whole := read(text)
	if whole.Kind != reading.Progress || len(whole.Measures) == 0 || strings.ContainsAny(text, "「<&\n") || countedTwice.MatchString(text) {
		return
	}
	for _, at := range bareNumber.FindAllStringIndex(text, -1) {
		end := at[0] + len(strings.TrimRight(text[at[0]:at[1]], "%，。；"))
		if at[0] > 0 && strings.ContainsRune("0123456789.-~/:：年月日号第、，,到至了共率又占", lastRune(text[:at[0]])) {
			continue // part of something longer, or a side figure
		}
		if strings.Count(text, text[at[0]:end]) > 1 {
			continue // said twice
		}
		if less := read(text[:at[0]] + text[end:]); reflect.DeepEqual(less, whole) {
			t.Errorf("%q in %s reads %v with and without %q; want it used or asked about", text, name, rowLabel(whole), text[at[0]:end])
		}
	}
}

// countedTwice are texts in which a figure is of something else, or was said before.
var countedTwice = regexp.MustCompile(`率|度|比|目标|要求|上次|之前|原|从|由|不是|预计|力争|争取|计划|涨|升|增|高|多|的(?:学生|人|班)|超|剩|差|没|未|100`)

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// FuzzRead_stands checks that every measure and percent that is read stands in
// the text, as a number or in the words for one.
func FuzzRead_stands(f *testing.F) {
	seed(f)
	f.Fuzz(standsInText)
}

func standsInText(t *testing.T, text string, context uint8) {
	if strings.ContainsAny(text, "&<＆＜") {
		return // numbers may hide in entities
	}
	in := reading.FromContext(contexts[int(context)%len(contexts)], text)
	numbers := numbersIn(text)
	r := reading.Read(in)
	for _, it := range r.Items {
		if it.Measure > 0 && !slices.Contains(in.Default, it.Measure) && !within(numbers, it.Measure) {
			t.Errorf("%q reads as measure %d, which does not stand in it", text, it.Measure)
		}
		implied := it.Status == reading.Done && it.Percent == 100 || it.Status == reading.NotStarted && it.Percent == 0
		if it.Stated && !implied && !amountIn(text, numbers, it.Percent) {
			t.Errorf("%q reads as %d%%, which does not stand in it", text, it.Percent)
		}
	}
}

// FuzzRead_mixed checks the three properties on messages that are put together
// from clauses of the corpus: a fuzzer that changes bytes hardly ever makes
// Chinese.
func FuzzRead_mixed(f *testing.F) {
	var pieces []string
	for _, row := range readLabelled(f, "messages.tsv") {
		if strings.HasPrefix(row.text, "「") || strings.HasPrefix(row.text, "#") || strings.HasPrefix(row.text, "@") {
			continue
		}
		pieces = append(pieces, strings.FieldsFunc(row.text, func(r rune) bool { return strings.ContainsRune("，。；！\n", r) })...)
	}
	stops := []string{"，", "。", " ", "", "；", "、", "\n"}
	f.Add([]byte{1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, picks []byte) {
		var b strings.Builder
		for i := 0; i+2 < len(picks) && i < 12; i += 3 {
			b.WriteString(pieces[(int(picks[i])<<8|int(picks[i+1]))%len(pieces)])
			b.WriteString(stops[int(picks[i+2])%len(stops)])
		}
		last := uint8(0)
		if len(picks) > 0 {
			last = picks[len(picks)-1]
		}
		staysChatter(t, b.String(), last)
		readsWide(t, b.String(), last)
		standsInText(t, b.String(), last)
	})
}

// numbersIn lists every numeral that begins anywhere in text.
func numbersIn(text string) []int {
	s := zh.Fold(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Variation_Selector) || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
	list := []int{}
	for i := range s {
		if n, size := zh.ParseInt(s[i:]); size > 0 {
			list = append(list, n)
		}
	}
	for _, r := range s { // 四五十 is no single number, its digits are
		if n, size := zh.ParseInt(string(r)); size > 0 {
			list = append(list, n)
		}
	}
	return list
}

// within reports whether n is one of numbers or between two of them, as in 3-5条.
func within(numbers []int, n int) bool {
	if slices.Contains(numbers, n) {
		return true
	}
	return len(numbers) > 1 && slices.Min(numbers) < n && n < slices.Max(numbers)
}

func amountIn(text string, numbers []int, percent int) bool {
	for _, p := range []int{percent, 100 - percent} {
		if p == 50 && strings.Contains(text, "半") || p == 100 && strings.Contains(text, "百") {
			return true
		}
		for _, a := range numbers {
			if p == a || p == 10*a || p == 10*a+5 || p == a+1 { // 八成, 八成半, 82.5
				return true
			}
			for _, b := range numbers {
				if p == 10*a+b || p == int(math.Round(float64(a+b)/2)) || p == 5*(a+b) || b > 0 && p == int(math.Round(float64(a)/float64(b)*100)) {
					return true
				}
				for _, c := range numbers { // 五分之三四 and the middle of a range
					if c > 0 && p == int(math.Round(float64(a+b)/2/float64(c)*100)) {
						return true
					}
				}
			}
		}
	}
	return false
}
