package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// The people of the child's office. Each says everything that changes something
// in one chat, so that its order is known: group people in their group, private
// people to the bot alone.
const admin = "A1"

func groupPeople() []string { return []string{"G1", "G2", "G3", "G4", "G5", "G6"} }

func privatePeople() []string { return []string{"P1", "P2", "P3", "P4"} }

func dutyPeople() []string { return []string{"D1", "D2"} }

// An act is what somebody means by a message.
type act string

const (
	announces act = "announce"
	confirms  act = "confirm"
	acks      act = "ack"
	reports   act = "progress"
	corrects  act = "correct"
	retracts  act = "retract"
	recalls   act = "recall"
	asksWho   act = "who has not answered"
	asksState act = "how far is a measure"
	chats     act = "chatter"
)

// An utterance is a message and what it means.
type utterance struct {
	bot.Message
	act     act
	inbox   int    // its place in what the network brings
	notice  int    // that it answers or asks about; 0 is the newest that is owed
	title   string // of the notice that it announces or confirms
	group   string // where that is to be posted
	measure int
	percent int
}

// An office is people who talk to the child over a network.
type office struct {
	t    testing.TB
	rnd  *rand.Rand
	net  *bottest.Network
	dir  string
	late time.Duration // by which its clocks are ahead

	said    []utterance // each once
	brought int         // with those that came again
	posted  []posting   // what the network has shown of notices, in the groups that answer
	wanted  int         // notices that were confirmed
	loose   int         // behind the last answer that names no notice, in what the network brings
}

// A posting is a notice as people see it.
type posting struct {
	number int
	group  string
	text   string
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, rnd: bottest.Rand(t), net: bottest.NewNetwork(login), dir: t.TempDir()}
	var csv strings.Builder
	csv.WriteString("工号,姓名,学院/部门,角色,群,只看\n")
	fmt.Fprintf(&csv, "%s,周主任,学工处,管理员,%s、%s、%s,\n", admin, openGroup, silentGroup, dutyGroup)
	for group, people := range map[string][]string{openGroup: groupPeople(), silentGroup: privatePeople(), dutyGroup: dutyPeople()} {
		for _, p := range people {
			fmt.Fprintf(&csv, "%s,老师%s,%s学院,辅导员,%s,\n", p, p, p, group)
		}
		o.net.Group(group, append([]string{admin}, people...)...)
	}
	write(t, o.dir, "roster.csv", csv.String())
	o.net.Delay(time.Millisecond / 2)
	return o
}

// env is what the child is told.
func (o *office) env(planted bug) []string {
	return []string{dirVar + "=" + o.dir, bugVar + "=" + string(planted)}
}

// pass lets time pass while no child lives.
func (o *office) pass(d time.Duration) {
	o.late += d
	write(o.t, o.dir, lateFile, o.late.String())
}

// talk lets people say something before a life, and brings a fifth of it, or of
// what was said long ago, again.
func (o *office) talk() {
	o.look()
	// An answer that names no notice is for the newest when it is handled. No
	// newer one may come before that, or the model could not know which it was.
	settled := o.net.Durable() >= o.loose
	if settled && (o.wanted < 3 || o.wanted < mostNotices && o.rnd.IntN(8) == 0) {
		o.announce()
	}
	for range 4 {
		o.speak()
		if o.rnd.IntN(5) == 0 {
			o.net.Bring(o.said[o.rnd.IntN(len(o.said))].Message)
			o.brought++
		}
	}
}

const mostNotices = 30

var postedNumber = regexp.MustCompile(`【通知(\d+)】`)

// look takes in what the network shows of notices.
func (o *office) look() {
	known := map[int]bool{}
	for _, p := range o.posted {
		known[p.number] = true
	}
	for _, s := range o.net.Sent() {
		m := postedNumber.FindStringSubmatch(s.Text)
		if m == nil || s.Chat != openGroup && s.Chat != silentGroup {
			continue
		}
		number, _ := strconv.Atoi(m[1])
		if !known[number] {
			known[number] = true
			o.posted = append(o.posted, posting{number, s.Chat, s.Text})
		}
	}
}

func (o *office) say(u utterance, chat, person, text string) {
	u.Chat, u.Sender, u.Name, u.Text = chat, person, person, text
	u.Sent, u.inbox = time.Now().Add(o.late), o.brought
	u.Message = o.net.Bring(u.Message)
	o.brought++
	o.said = append(o.said, u)
}

// title names the n-th notice without a number in it.
func title(n int) string {
	return "请检查宿舍" + string(rune('甲'+n/26)) + string(rune('a'+n%26))
}

func (o *office) announce() {
	group := openGroup
	if o.rnd.IntN(3) == 0 {
		group = silentGroup
	}
	name := title(o.wanted)
	o.wanted++
	o.say(utterance{act: announces, title: name, group: group}, admin, admin, "发通知 需回执 "+group+"："+name)
	o.say(utterance{act: confirms, title: name}, admin, admin, "确认")
}

// speak lets one person say one thing.
func (o *office) speak() {
	if o.rnd.IntN(5) < 2 {
		o.speakIn(privatePeople()[o.rnd.IntN(4)], "", silentGroup, 7)
		return
	}
	o.speakIn(groupPeople()[o.rnd.IntN(6)], openGroup, openGroup, 1)
}

// speakIn lets p say something in a chat, "" for the private one. Notices are
// those of the group; measures are the six from the first on.
func (o *office) speakIn(p, chat, group string, first int) {
	at := ""
	if chat == "" {
		chat = p
	} else {
		at = "@" + login + " "
	}
	measure, percent := first+o.rnd.IntN(6), 1+o.rnd.IntN(98)
	var shown []posting
	for _, n := range o.posted {
		if n.group == group {
			shown = append(shown, n)
		}
	}
	roll := o.rnd.IntN(100)
	if len(shown) == 0 && (roll < 44 || roll >= 80) {
		roll = 50
	}
	switch {
	case roll < 34:
		n := shown[o.rnd.IntN(len(shown))]
		u := utterance{act: acks, notice: n.number}
		u.Quote = &bot.Quote{Self: true, Name: login, Text: n.text}
		o.say(u, chat, p, []string{"收到", "已收到", "收到，谢谢"}[o.rnd.IntN(3)])
	case roll < 44 && at != "" && len(o.posted) == o.wanted:
		o.say(utterance{act: acks}, chat, p, "收到")
		o.loose = o.brought
	case roll < 60:
		if len(shown) > 0 && o.rnd.IntN(3) == 0 {
			at = ""
		}
		o.say(utterance{act: reports, measure: measure, percent: percent}, chat, p, fmt.Sprintf("%s第%d条完成%d%%", at, measure, percent))
	case roll < 66:
		o.say(utterance{act: corrects, percent: percent}, chat, p, fmt.Sprintf("%s改成%d%%", at, percent))
	case roll < 71:
		o.say(utterance{act: retracts}, chat, p, at+"撤回")
	case roll < 75:
		o.recall(chat, p)
	case roll < 80:
		o.say(utterance{act: chats}, openGroup, groupPeople()[0], "中午"+canary)
	case roll < 92:
		n := shown[o.rnd.IntN(len(shown))]
		o.say(utterance{act: asksWho, notice: n.number}, chat, p, fmt.Sprintf("%s还有谁没回复通知%d", at, n.number))
	default:
		o.say(utterance{act: asksState, measure: measure}, chat, p, fmt.Sprintf("%s第%d条", at, measure))
	}
}

// canary is in what nobody says to the bot.
const canary = "麻辣烫走起"

// recall takes something back that p said lately.
func (o *office) recall(chat, p string) {
	for i := len(o.said) - 1; i >= max(0, len(o.said)-40); i-- {
		if u := o.said[i]; u.Sender == p && u.Chat == chat && u.Kind == bot.Text {
			back := utterance{act: recalls}
			back.Kind, back.Recall = bot.Recall, u.ID
			o.say(back, chat, p, "")
			return
		}
	}
	o.say(utterance{act: retracts}, chat, p, "@"+login+" 撤回")
}
