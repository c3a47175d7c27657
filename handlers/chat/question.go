package chat

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// The kinds of questions that the bot asks in a chat and that wait for an answer
// there.
const (
	SameKind   = "same"   // 仍为60%？回1确认
	WhichKind  = "which"  // which notice or measure was meant
	ChooseKind = "choose" // which of the places that were found
	PassKind   = "pass"   // whether a person should answer
	MeantKind  = "meant"  // which command was meant: 加题醒
	ForgetKind = "forget" // whether all that the sender wrote is to be deleted

	AskLife = 24 * time.Hour
)

// Which is what is kept with a question of WhichKind: what the sender said,
// and what is known of it already.
type Which struct {
	Message string          `json:"message"`
	Read    reading.Reading `json:"read"`
	Notice  int             `json:"notice,omitempty"` // the notice that it answers
	Number  int             `json:"number,omitempty"` // the number that is printed more than once; 0: none was named
	Picks   map[int]string  `json:"picks,omitempty"`
}

// Picks tells whether a message picks from the list of a question, or names one
// measure if there is no list. A number that is not on the list may mean something
// else: 12 is a measure when there are three to choose from.
func Picks(t *Request, wait roster.Pending) bool {
	number, ok := t.BareNumber()
	if len(wait.Options) == 0 {
		return ok || onlyMeasure(t.Read)
	}
	return ok && number <= len(wait.Options)
}

// BareNumber returns the number that the message is, and nothing else: 2, 2。, 第二个.
func (t *Request) BareNumber() (int, bool) {
	body := strings.TrimRight(zh.Fold(t.Read.Body), " 。.!、")
	body = strings.TrimSuffix(strings.TrimSuffix(body, "个"), "号")
	body = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(body, "选"), "第"), " ")
	n, size := zh.ParseInt(body)
	return n, size > 0 && size == len(body) && n > 0
}

// onlyMeasure tells whether a message names one measure and says nothing of it.
func onlyMeasure(r reading.Reading) bool {
	return len(r.Items) == 1 && r.Items[0].Measure > 0 && !r.Items[0].Stated &&
		r.Items[0].Status == reading.NoStatus && len([]rune(r.Body)) <= 8
}

// Agrees tells whether a message says that something is so: 1, 确认.
func Agrees(t *Request, _ roster.Pending) bool {
	number, _ := t.BareNumber()
	return number == 1 || t.Read.Intent == reading.Confirm
}

// givesUp is a text that calls off what the bot has asked or shown, in one clause or
// several: 算了，先不发; 不发了，取消.
var givesUp = regexp.MustCompile(`^` + callsOff + `(?:[，,、。！! ]+(?:` + callsOff + `|` + instead + `))*[。！!~ ]*$`)

const (
	callsOff = `(?:那|哦|噢|嗯|啊|哎呀?|唉|额|呃|等等|算了吧?)*(?:还是|先|就|暂时|暂且|这[个条]|刚才那[个条]|那[个条]|这份|通知|提醒|预览)*` +
		`(?:算了|取消|放弃|没有|都?不是|(?:不|别|不要|不用|甭)(?:用|要|记|发|办|改|存|催|删|导|弄|搞|加|定|设)?)掉?先?[了吧啊呢哈]*`
	instead = `我?再(?:想想|想一想|看看|核一?下|核对一?下|改改|确认一?下|商量一?下)[吧]?|(?:回头|等会儿?|以后|改天|下次|晚点|过会儿?)再(?:说|发|弄|办|看)[吧]?|不好意思|抱歉|谢谢|老师`
)

// GivesUp tells whether a message says that nothing should be done after all.
func GivesUp(t *Request, _ roster.Pending) bool { return givesUp.MatchString(t.Read.Body) }

// WantsPerson tells whether a message asks for a person instead of the bot.
func WantsPerson(t *Request, _ roster.Pending) bool {
	return slices.Contains([]string{"转人工", "人工", "转老师", "问老师", "没答到", "不是这个"}, strings.Trim(t.Read.Body, "。，！ "))
}

// A Choice is a list from which the sender picks by its number.
type Choice struct {
	Text    string   // the question, and what is offered, a line each
	Options []string // what the lines stand for
	Number  int      // the number that is printed more than once; 0: none was named
}

// Offer adds a line.
func (c *Choice) Offer(option, format string, args ...any) {
	c.Options = append(c.Options, option)
	c.Text += fmt.Sprintf("\n%d. ", len(c.Options)) + fmt.Sprintf(format, args...)
}

// AskWhich asks which of the options is meant, and keeps what was said until then.
// Its error is a [Complaint]: the question.
func (t *Request) AskWhich(c Choice) error {
	n, bound := t.BoundNotice(t.Person)
	q := Which{Message: t.Msg.ID, Read: t.Read, Number: c.Number, Picks: t.Picks}
	if bound {
		q.Notice = n.Number
	}
	data := store.Must(json.Marshal(q))
	t.Await(roster.Pending{Kind: WhichKind, Until: t.Now().Add(AskLife), Options: c.Options, Data: data})
	return Complaint(c.Text)
}

// AskedAgain passes what the sender said on to the office if they were asked
// before which one they mean and it is still not clear. That ends the command.
func (t *Request) AskedAgain() {
	wait, again := roster.PendingOf(t.Snap, t.Msg.Account, t.Chat(), t.Asker(), WhichKind)
	if !again {
		return
	}
	q := store.Decode[Which](t.Snap, wait.Data)
	text := t.Read.Body
	if q.Read.Body != text {
		text = q.Read.Body + "／" + text
	}
	if t.May(Decide) { // it would come back to them
		roster.ClearPending(t.Tx, t.Msg.Account, t.Chat(), t.Asker(), WhichKind)
		Decline("还是没看懂是哪一条，没有记录。请这样写：第3条完成80%%。")
	}
	number := t.Ask(Uncertain, text)
	roster.ClearPending(t.Tx, t.Msg.Account, t.Chat(), t.Asker(), WhichKind)
	Decline("还是没看懂是哪一条，没有记录，已转给学工处老师看（问题%d），处理后会告诉您。", number)
}

// Ask puts what the sender said into the inbox, where the office answers it, and tells
// the office.
func (t *Request) Ask(kind, text string) int {
	number := progress.Ask(t.Tx, progress.Question{
		Kind: kind, Account: t.Msg.Account, Chat: t.Chat(), Group: t.Msg.Group && t.Chat() == t.Msg.Chat, Person: t.Person.ID, Text: text,
	})
	t.Changed(progress.Effect{Question: number}, "inbox.ask", fmt.Sprint(number))
	tellInbox(t, number)
	return number
}

// OrPerson returns an answer to what the sender asked, who can have a person answer it if that
// was not enough, unless it is the sender who answers what others ask.
func OrPerson(t *Request, answer string) string {
	if t.May(Decide) {
		return answer
	}
	t.Await(roster.Pending{Kind: PassKind, Until: t.Now().Add(AskLife), Text: t.Read.Body})
	return answer + "\n没答到您的问题？回“转人工”，请老师来答。"
}

// Uncertain is the kind of what was not understood.
const Uncertain = "uncertain"
