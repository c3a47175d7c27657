package reading_test

import (
	"slices"
	"strings"
	"testing"

	"duban/handlers/reading"
)

func TestRead_queries(t *testing.T) {
	for _, c := range []struct {
		text          string
		intent        reading.Intent
		field, search string
		section       int
		want          reading.Status
	}{
		{text: "帮助", intent: reading.Help},
		{text: "@学工小助手 ", intent: reading.Help},
		{text: "目录", intent: reading.Contents},
		{text: "第3条原文", intent: reading.Lookup},
		{text: "二的目标任务", intent: reading.Lookup, field: "目标任务", section: 2},
		{text: "查一下第三部分", intent: reading.Lookup, section: 3},
		{text: "五", intent: reading.Lookup, section: 5},
		{text: "第三部分第12条", intent: reading.Lookup, section: 3},
		{text: "心理健康那块怎么说", intent: reading.Lookup, search: "心理健康"},
		{text: "心理健康那块的目标任务发我一下", intent: reading.Lookup, field: "目标任务", search: "心理健康"},
		{text: "宿舍安全那条说了啥", intent: reading.Lookup, search: "宿舍安全"},
		{text: "心理危机干预", intent: reading.Lookup, search: "心理危机干预"},
		{text: "第3条进展怎么样", intent: reading.Standing},
		{text: "第3条谁负责", intent: reading.Lookup, field: "谁负责"},
		{text: "还有谁没回复", intent: reading.Missing},
		{text: "哪些学院还没报", intent: reading.Missing},
		{text: "我还有哪几条没填", intent: reading.Mine},
		{text: "进度汇总", intent: reading.Summary},
		{text: "哪几条卡住了", intent: reading.Stuck, want: reading.Blocked},
		{text: "哪些还没开始", intent: reading.Stuck, want: reading.NotStarted},
		{text: "下次提醒是什么时候", intent: reading.Jobs},
		{text: "更多", intent: reading.More},
		{text: "我的数据", intent: reading.MyData},
		{text: "删除我的数据", intent: reading.Forget},
		{text: "3", intent: reading.Choose},
	} {
		r := reading.Read(reading.FromContext("group-mention", c.text))
		if r.Kind != reading.Query || r.Intent != c.intent || r.Field != c.field || !strings.Contains(r.Search, c.search) || r.Section != c.section || r.Want != c.want {
			t.Errorf("Read(%q) is %s %s for field %q, search %q, part %d, status %q; want query %s, %q, %q, %d, %q",
				c.text, r.Kind, r.Intent, r.Field, r.Search, r.Section, r.Want, c.intent, c.field, c.search, c.section, c.want)
		}
	}
}

func TestRead_flags(t *testing.T) {
	for _, c := range []struct {
		context, text string
		flag          reading.Flag
	}{
		{"private", "第3条大概80%", reading.Approx},
		{"private", "第3条还剩20%", reading.Remaining},
		{"private", "第3条以完成", 0},
		{"private", "第3条进渡80%", reading.Typo},
		{"private", "收倒", reading.Typo},
		{"quote-of-checkin", "「学工小助手：【进度填报】第12条」\n- - - -\n没有新进展", reading.NoChange},
		{"private", "80%", reading.Unclear},
		{"private", "[图片]", reading.Evidence},
		{"private", "[语音转文字] 第三条完成了", reading.Voice},
		{"private", "第8条能不能延期", reading.Extension},
		{"private", "收到，研究生要报吗", reading.AlsoAck},
		{"private", "上一条作废", reading.LastOne},
		{"group-no-mention", `"张三" 撤回了一条消息`, reading.Recalled},
		{"group-no-mention", "1.张三 收到", reading.Listed},
		{"private", "第3条120%", reading.OutOfRange},
		{"private", "第3条120%，第3条完成了", reading.OutOfRange},
		{"private", "我销假了", reading.LeaveEnds},
	} {
		r := reading.Read(reading.FromContext(c.context, c.text))
		if !r.Is(c.flag) {
			t.Errorf("Read(%q) is flagged %v, want %v among them", c.text, r.Flags, c.flag)
		}
	}
}

// What would be stored as done and is not clear is asked about.
func TestRead_asksBack(t *testing.T) {
	for _, text := range []string{
		"第3条完成%", "第3条完成百分之", "他的第3条完成了", "她的第5条完成60%", "第3条后面的都完成了", "第3条以上均已完成",
		"张院长说26条80%报高了，按70%算", "第31条放假前做到95%了", "第25条？薛定谔的完成",
	} {
		if r := reading.Read(reading.FromContext("private", text)); r.Kind != reading.Ask {
			t.Errorf("Read(%q) is %s, want a question", text, r.Kind)
		}
	}
}

func TestRead_leave(t *testing.T) {
	for _, c := range []struct {
		text, delegate string
		fromMonth      int
		toSet          bool
		days           int
	}{
		{"我这周请假（1月8日-1月12日），回来再补", "", 1, true, 0},
		{"我请假到周三，刘老师代", "刘老师", 0, true, 0},
		{"病假两天，有事找李四", "李四", 0, false, 2},
		{"产假中，我的工作交接给赵敏老师了", "赵敏老师", 0, false, 0},
		{"我周三到周五外出培训，工作由李四代", "李四", 0, true, 0},
	} {
		r := reading.Read(reading.FromContext("private", c.text))
		if r.Kind != reading.Ack || r.Leave == nil {
			t.Errorf("Read(%q) is %s without leave, want an absence", c.text, r.Kind)
			continue
		}
		if l := r.Leave; l.Delegate != c.delegate || l.From.Month != c.fromMonth || l.To.IsZero() == c.toSet || l.Days != c.days {
			t.Errorf("Read(%q) has leave %+v, want delegate %q, from month %d, an end %v, %d days", c.text, *l, c.delegate, c.fromMonth, c.toSet, c.days)
		}
	}
}

// What is put off to a day is not the sender's absence until then.
func TestRead_noLeave(t *testing.T) {
	for _, text := range []string{"改到周五开会", "大改 1 改到周五开会", "大改1：推迟到周五开会", "小改 2 延期到周三培训"} {
		if r := reading.Read(reading.FromContext("private", text)); r.Leave != nil {
			t.Errorf("Read(%q) is an absence %+v, want none", text, *r.Leave)
		}
	}
}

func TestRead_behalf(t *testing.T) {
	for text, want := range map[string]string{
		"帮李四报一下，他的第5条完成了60%": "李四",
		"代李四收到":             "李四",
		"李四的第5条完成了":         "李四",
		"王老师今天请假，帮他报第9条80%": "王老师",
		"替欧阳娜娜填：第3条80%":     "欧阳娜娜",
		"第5条完成了":            "",
		"我的第5条完成了":          "",
		"学院的第5条完成了":         "",
	} {
		in := reading.FromContext("private", text)
		in.People = reading.NamesOf([]string{"欧阳娜娜"})
		if r := reading.Read(in); r.Behalf != want {
			t.Errorf("Read(%q) is on behalf of %q, want %q", text, r.Behalf, want)
		}
	}
}

func TestRead_correctedMeasure(t *testing.T) {
	r := reading.Read(reading.FromContext("private", "打错了，是第6条完成，不是第5条"))
	if !slices.Equal(r.From, []int{5}) || !slices.Equal(r.Measures(), []int{6}) {
		t.Errorf("corrects %v to %v, want 5 to 6", r.From, r.Measures())
	}
}

// The opposite of what was said must never be stored.
func TestRead_exception(t *testing.T) {
	for text, want := range map[string][]int{
		"除第3条外都完成了":      nil,
		"除了第3条，其他都办结了":   nil,
		"第3条除外，全部完成":     nil,
		"除第3条外，第4-6条都完成": {4, 5, 6},
	} {
		r := reading.Read(reading.FromContext("private", text))
		if !slices.Equal(r.Measures(), want) || want == nil && r.Kind == reading.Progress && !r.Is(reading.Unclear) {
			t.Errorf("Read(%q) reports on %v with flags %v, want %v, and to be asked if none", text, r.Measures(), r.Flags, want)
		}
	}
}

func TestRead_reasonOfBlock(t *testing.T) {
	r := reading.Read(reading.FromContext("private", "第3条80%，5、7办结，9卡住了，经费还没批"))
	if len(r.Items) != 4 || r.Items[3].Status != reading.Blocked || !strings.Contains(r.Items[3].Reason, "经费还没批") {
		t.Errorf("items %+v, want the last blocked because of 经费还没批", r.Items)
	}
}

func TestRead_entries(t *testing.T) {
	r := reading.Read(reading.FromContext("group-no-mention", "#接龙\n第13条 家校联系进度\n例 姓名 百分比\n1. 张三 80%\n2. 外语 李娜 已完成\n3. 王五"))
	var names []string
	for _, e := range r.Entries {
		names = append(names, e.Name)
	}
	if want := []string{"张三", "外语 李娜", "王五"}; !slices.Equal(names, want) {
		t.Errorf("entries are of %q, want %q", names, want)
	}
	if len(r.Items) != 2 || r.Items[1].Name != "外语 李娜" || r.Items[1].Measure != 13 || !r.Entries[2].Ack {
		t.Errorf("items %+v, entries %+v; want two reports on 13 and an acknowledgement", r.Items, r.Entries)
	}
}

func TestQuotedMeasures(t *testing.T) {
	got := reading.QuotedMeasures("【进度填报】第12条 建立台账，上次：60%（1月3日）；第13条、第15条。请回复最新进度。")
	if want := []int{12, 13, 15}; !slices.Equal(got, want) {
		t.Errorf("measures %v, want %v", got, want)
	}
}

func TestRead_mentions(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      reading.Input
		kind    reading.Kind
		body    string
		mention bool
	}{
		{name: "by the network's mark", in: reading.Input{Group: true, Text: "@小督\u2005第3条80%", Bots: []string{"小督"}}, kind: reading.Progress, body: "第3条80%"},
		{name: "typed without a space", in: reading.Input{Group: true, Text: "@小督3已办结", Bots: []string{"小督"}}, kind: reading.Progress, body: "3已办结"},
		{name: "at the end", in: reading.Input{Group: true, Text: "3已办结 @小督", Bots: []string{"小督"}}, kind: reading.Progress, body: "3已办结"},
		{name: "under the group's own name for it", in: reading.Input{Group: true, Mention: true, Text: "@机器人 3已办结", Bots: []string{"小督"}}, kind: reading.Progress, body: "3已办结"},
		{name: "of somebody else", in: reading.Input{Group: true, Text: "@李四 3已办结", Bots: []string{"小督"}}, kind: reading.Chatter, body: "3已办结"},
		{name: "none but an address", in: reading.Input{Text: "a@b.cn 第3条80%", Bots: []string{"小督"}}, kind: reading.Progress, body: "a@b.cn 第3条80%"},
	} {
		if r := reading.Read(c.in); r.Kind != c.kind || r.Body != c.body {
			t.Errorf("mention %s: %q is %s with body %q, want %s, %q", c.name, c.in.Text, r.Kind, r.Body, c.kind, c.body)
		}
	}
}

func TestExplain(t *testing.T) {
	got := reading.Explain(reading.Read(reading.FromContext("private", "第3条80%，还差经费")))
	for _, want := range []string{"progress", "第3条", "80%", "措施 [3]", "进度数 80%", "还差"} {
		if !strings.Contains(got, want) {
			t.Errorf("Explain lacks %q:\n%s", want, got)
		}
	}
}

// TestRead_nothingToRemark reads a figure beside which a table, or a polite person, says
// that there is nothing else: that does not deny the figure.
func TestRead_nothingToRemark(t *testing.T) {
	for text, want := range map[string]string{
		"3 | 80% | 无":  "80",
		"第3条 80% 无":    "80",
		"第3条80%，没有问题":  "80",
		"第3条 80% 没有困难": "80",
		"第3条还有20%没完成":  "80",
		"第3条连80%都没有":   "-",
	} {
		if got := labelledOf(reading.Read(reading.FromContext("private", text))); got.percent != want {
			t.Errorf("%s: got %+v, want percent %s", text, got, want)
		}
	}
}
