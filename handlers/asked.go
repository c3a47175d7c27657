package handlers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// The kinds of questions that the bot asks in a chat and that wait for an answer
// there.
const (
	sameKind   = "same"   // 仍为60%？回1确认
	whichKind  = "which"  // which notice or measure was meant
	chooseKind = "choose" // which of the places that were found
	passKind   = "pass"   // whether a person should answer

	askLife = 24 * time.Hour
)

// A query is what is kept with a question of whichKind: what the sender said,
// and what is known of it already.
type query struct {
	Message string          `json:"message"`
	Read    reading.Reading `json:"read"`
	Notice  int             `json:"notice,omitempty"` // the notice that it answers
	Number  int             `json:"number,omitempty"` // the number that is printed more than once; 0: none was named
	Picks   map[int]string  `json:"picks,omitempty"`
}

// asked tells whether the bot waits for the sender's answer to a question about
// what they said.
func (t *turn) asked() (bool, error) {
	_, which, err := t.pending(whichKind)
	if err != nil || which {
		return which, err
	}
	_, same, err := t.pending(sameKind)
	return same, err
}

// fits tells whether a number answers a question: one that is on its list, or
// any if there is no list. A number that is not may mean something else: 12 is
// a measure when there are three to choose from.
func (t *turn) fits(kind string, wait roster.Pending, number int) bool {
	switch {
	case kind == whichKind && len(wait.Options) == 0, kind == sameKind, kind == passKind, t.givesUp():
		return true
	}
	return number >= 1 && number <= len(wait.Options)
}

// bareNumber tells whether the message is a number and nothing else: 2, 2。, 第二个.
func (t *turn) bareNumber() (int, bool) {
	body := strings.TrimRight(zh.Fold(t.read.Body), " 。.!、")
	body = strings.TrimSuffix(strings.TrimSuffix(body, "个"), "号")
	body = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(body, "选"), "第"), " ")
	n, size := zh.ParseInt(body)
	return n, size > 0 && size == len(body) && n > 0
}

// onlyMeasure tells whether the message names one measure and says nothing of it.
func (t *turn) onlyMeasure() bool {
	return len(t.read.Items) == 1 && t.read.Items[0].Measure > 0 && !t.read.Items[0].Stated &&
		t.read.Items[0].Status == reading.NoStatus && len([]rune(t.read.Body)) <= 8
}

// givesUp tells whether the message says that nothing should be done after all.
func (t *turn) givesUp() bool {
	return slices.Contains([]string{"取消", "算了", "不用了", "不记了", "不是", "都不是", "没有"}, strings.Trim(t.read.Body, "。，！ "))
}

// wantsPerson tells whether the message asks for a person instead of the bot.
func (t *turn) wantsPerson() bool {
	return slices.Contains([]string{"转人工", "人工", "转老师", "问老师", "没答到", "不是这个"}, strings.Trim(t.read.Body, "。，！ "))
}

// drop forgets what the bot asked.
func (t *turn) drop(string) (string, error) {
	for _, kind := range []string{sameKind, whichKind} {
		if err := t.settled(kind); err != nil {
			return "", err
		}
	}
	return "好的，这次没有记录。", nil
}

// askWhich asks which of options is meant, and keeps what was said until then.
func (t *turn) askWhich(question string, number int, options []string) (string, error) {
	n, bound, err := t.boundNotice(t.person)
	if err != nil {
		return "", err
	}
	q := query{Message: t.m.ID, Read: t.read, Number: number, Picks: t.picks}
	if bound {
		q.Notice = n.Number
	}
	data, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	return question, t.await(roster.Pending{Kind: whichKind, Until: t.now().Add(askLife), Options: options, Data: data})
}

// whichMeasure asks on which measure a report is, or offers those that its words
// are about. Who has been asked and is still not understood is passed on.
func (t *turn) whichMeasure(p *progress.Plan) (string, error) {
	if again, err := t.askedAgain(); err != nil || again != "" {
		return again, err
	}
	if t.read.Topic != "" {
		var nodes []*plan.Node
		for _, h := range p.Index.Find(t.read.Topic).Hits {
			if reportable(h.Node) && len(nodes) < 3 {
				nodes = append(nodes, h.Node)
			}
		}
		if len(nodes) > 0 {
			return t.whichNode(p, 0, nodes)
		}
	}
	return t.askWhich("还没有记录：这是哪一条的进度？请回编号，例如：3。", 0, nil)
}

// askedAgain passes what the sender said on to the office if they were asked
// before which one they mean and it is still not clear.
func (t *turn) askedAgain() (string, error) {
	wait, again, err := roster.PendingOf(t.snap, t.m.Account, t.chat(), t.asker(), whichKind)
	if err != nil || !again {
		return "", err
	}
	var q query
	if err := json.Unmarshal(wait.Data, &q); err != nil {
		return "", err
	}
	text := t.read.Body
	if q.Read.Body != text {
		text = q.Read.Body + "／" + text
	}
	number, err := t.ask(uncertain, text)
	if err != nil {
		return "", err
	}
	if err := roster.ClearPending(t.tx, t.m.Account, t.chat(), t.asker(), whichKind); err != nil {
		return "", err
	}
	return fmt.Sprintf("还是没看懂是哪一条，没有记录，已转给学工处老师看（问题%d），处理后会告诉您。", number), nil
}

// whichNode asks which of several measures is meant.
func (t *turn) whichNode(p *progress.Plan, number int, nodes []*plan.Node) (string, error) {
	var b strings.Builder
	b.WriteString("还没有记录：是哪一条？请回序号。")
	options := make([]string, len(nodes))
	for i, n := range nodes {
		fmt.Fprintf(&b, "\n%d. %s（%s）", i+1, nameOf(p, n), headOf(partOf(p, n)))
		options[i] = "node/" + n.ID
	}
	return t.askWhich(b.String(), number, options)
}
