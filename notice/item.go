package notice

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/store"
)

// A State says how an item stands.
type State string

// The states of an [Item].
const (
	Open   State = "open"   // asked, not answered
	Seen   State = "seen"   // 收到 was said; 已落实 is asked as well, and was not
	Done   State = "done"   // answered
	Absent State = "absent" // on leave when it was asked, or since
)

// An Item is what one notice asks of one person. A person who is in several of
// the notice's groups has one.
type Item struct {
	Notice  int       `json:"notice,omitempty"`
	Person  string    `json:"person,omitempty"`
	State   State     `json:"state"`
	Asked   time.Time `json:"asked"`
	Groups  []string  `json:"groups"`            // the notice's groups that the person is in
	Closed  time.Time `json:"closed,omitzero"`   // when it was first answered
	Late    bool      `json:"late,omitempty"`    // answered after the notice's due time
	Message string    `json:"message,omitempty"` // account/id of the message that answered it
	By      string    `json:"by,omitempty"`      // who answered it, if somebody else did
	Note    string    `json:"note,omitempty"`    // what they added to 收到
	Leave   string    `json:"leave,omitempty"`   // key of the leave that excuses them

	Received  time.Time `json:"received,omitzero"`    // where 已落实 is asked: when 收到 was said
	ReceivedM string    `json:"received_m,omitempty"` // and the message that said it
	Older     time.Time `json:"older,omitzero"`       // when an older text of the notice was answered

	Read    time.Time `json:"read,omitzero"`     // when it was read, where the network tells
	Chased  time.Time `json:"chased,omitzero"`   // when it was last asked about again
	Chases  int       `json:"chases,omitempty"`  // how often it was, by itself
	Steps   []Step    `json:"steps,omitempty"`   // who was told that it is not answered
	Version int       `json:"version,omitempty"` // of the notice, when it was last asked
}

// A Step is one step of the escalation of an item.
type Step struct {
	To Level     `json:"to"`
	At time.Time `json:"at"`
}

// A Level is whom a step of the escalation tells.
type Level string

// The levels, in their order.
const (
	ToPerson Level = "person" // the person
	ToLead   Level = "lead"   // the lead of their college
	ToOffice Level = "office" // the office
)

// Levels returns the levels in their order.
func Levels() []Level { return []Level{ToPerson, ToLead, ToOffice} }

// Word names a level as people read it.
func (l Level) Word() string {
	return map[Level]string{ToPerson: "本人", ToLead: "学院负责人", ToOffice: "学工处"}[l]
}

// An Answer is what somebody says to a notice.
type Answer struct {
	At      time.Time
	Message string // account/id
	By      string // who said it, if it was not the person asked
	Note    string
	Applied bool // it says that what was asked for is done: 已落实
}

// Owed tells whether the person still owes something.
func (i Item) Owed() bool { return i.State == Open || i.State == Seen }

// Take books an answer to a notice. It tells whether that changed how the item
// stands; one that was answered before keeps its first time and only gets the
// note.
func (i *Item) Take(n Notice, a Answer) bool {
	if a.Note != "" {
		i.Note = a.Note
	}
	if i.State == Done || n.Confirm && i.State == Seen && !a.Applied {
		return false
	}
	i.By = a.By
	if n.Confirm && i.Received.IsZero() {
		i.Received, i.ReceivedM = a.At, a.Message
	}
	if n.Confirm && !a.Applied {
		i.State = Seen
		return true
	}
	if strings.HasPrefix(i.Note, glance) {
		i.Note = a.Note
	}
	i.State, i.Closed, i.Message = Done, a.At, a.Message
	i.Late = n.late(a.At)
	return true
}

// glance is the note of who has only said that they have seen what asks for more.
const glance = "已看到，还没有填报"

// Glance notes that the person has said 收到 to a notice that asks for progress, with
// what else they said. They owe the progress still.
func (i *Item) Glance(note string) {
	if i.Note = glance; note != "" {
		i.Note += "：" + note
	}
}

// Glanced tells whether [Item.Glance] has noted it before.
func (i Item) Glanced() bool { return strings.HasPrefix(i.Note, glance) }

// From tells whether a message is what the item's state rests on.
func (i Item) From(message string) bool {
	return i.State == Done && i.Message == message || !i.Received.IsZero() && i.ReceivedM == message
}

// Reopen takes the answer back. Whom a leave excused it excuses again; who had
// said 收到 and then 已落实 has said 收到.
func (i *Item) Reopen() {
	before := *i
	i.forget()
	if before.State == Done && !before.Received.IsZero() && before.ReceivedM != before.Message {
		i.State, i.Received, i.ReceivedM = Seen, before.Received, before.ReceivedM
	}
}

// Renew asks the item anew, because the notice was changed much. What was
// answered is remembered as an answer to the older text.
func (i *Item) Renew(n Notice) {
	if i.Version == n.Version {
		return
	}
	i.Version = n.Version
	switch i.State {
	case Done:
		i.Older = i.Closed
	case Seen:
		i.Older = i.Received
	case Open, Absent: // nothing was said
	}
	i.forget()
	i.Chases, i.Steps, i.Read = 0, nil, time.Time{}
}

// forget takes out what was answered.
func (i *Item) forget() {
	i.State, i.Closed, i.Late, i.Message, i.Note, i.By = Open, time.Time{}, false, "", "", ""
	i.Received, i.ReceivedM = time.Time{}, ""
	if i.Leave != "" {
		i.State = Absent
	}
}

// A Standing says where the person of an item stands, with the reasons for a
// missing answer kept apart.
type Standing string

// The standings, as people read them.
const (
	Answered  Standing = "已回"
	Delegated Standing = "已由代办" // somebody else answered for them
	Half      Standing = "收到未落实"
	OnLeave   Standing = "请假"
	Silent    Standing = "未回"
	Unread    Standing = "已送达未读" // where the network tells
	Read      Standing = "已读未回"
	Unsent    Standing = "未送达"  // no post has reached their groups: nobody can blame them
	Unbound   Standing = "未绑定"  // duban does not know through which handle they speak
	Gone      Standing = "不再要求" // they left the roster, or read along only
)

// Circumstances are what an item does not say itself. A nil function says yes.
type Circumstances struct {
	Shown func(group string) bool  // the notice was posted there
	Bound func(person string) bool // the person is known by a handle
	Here  func(person string) bool // the person is still on the roster and asked
	Reads bool                     // the network tells who has read the notice
}

// Standing says where the person of an item stands.
func (c Circumstances) Standing(i Item) Standing {
	switch {
	case i.State == Done && i.By != "":
		return Delegated
	case i.State == Done:
		return Answered
	case c.Here != nil && !c.Here(i.Person):
		return Gone
	case i.State == Absent:
		return OnLeave
	case i.State == Seen:
		return Half
	case c.Shown != nil && !slices.ContainsFunc(i.Groups, c.Shown):
		return Unsent
	case !i.Read.IsZero():
		return Read
	case c.Bound != nil && !c.Bound(i.Person):
		return Unbound
	case c.Reads:
		return Unread
	}
	return Silent
}

// A Tally counts the items of one notice.
type Tally struct {
	Asked, Done, Late, Absent, Open int
	// Unsent and Unbound count those of Open whom no post has reached yet, and
	// whom duban does not know by any handle.
	Unsent, Unbound int
	Delegated       int // of Done: somebody else answered for them
	Half            int // said 收到, and 已落实 is asked as well; of Open
	Read, Unread    int // of Open, where the network tells: read and not answered, and delivered and not read
}

// Add counts an item.
func (t *Tally) Add(i Item, s Standing) {
	switch s {
	case Gone:
		return
	case Delegated:
		t.Delegated++
	case OnLeave:
		t.Absent++
	case Half:
		t.Half++
	case Unsent:
		t.Unsent++
	case Unbound:
		t.Unbound++
	case Read:
		t.Read++
	case Unread:
		t.Unread++
	case Answered, Silent:
	}
	t.Asked++
	switch {
	case i.State == Done && i.Late:
		t.Late++
		fallthrough
	case i.State == Done:
		t.Done++
	case s != OnLeave:
		t.Open++
	}
}

// Received counts those who have said 收到 at least.
func (t Tally) Received() int { return t.Done + t.Half }

// Tally counts items.
func (c Circumstances) Tally(items []Item) Tally {
	var t Tally
	for _, i := range items {
		t.Add(i, c.Standing(i))
	}
	return t
}

// PutItem stores an item, and whether its person still owes the answer.
func PutItem(tx *store.Tx, i Item) {
	if i.State == Open && !i.Received.IsZero() {
		i.State = Seen // 收到 was said before the leave that is over
	}
	owed := store.Work + store.Key("owed", i.Person, ID(i.Notice))
	store.Delete(tx, owed)
	if i.Owed() {
		store.Save(tx, owed, i.Asked)
	}
	store.Save(tx, itemsPrefix(i.Notice)+store.Key(i.Person), i)
}

// FindItem returns what the notice asks of the person.
func FindItem(s *store.Snapshot, number int, person string) (Item, bool) {
	return store.Load[Item](s, itemsPrefix(number)+store.Key(person))
}

// Bare implements [store.Keyed].
func (i Item) Bare(string) any {
	i.Notice, i.Person = 0, ""
	return i
}

// FromKey fills in what the key says.
func (i *Item) FromKey(key string) {
	number, person, _ := strings.Cut(strings.TrimPrefix(key, store.Work+"item/"), "/")
	i.Notice, _ = strconv.Atoi(number)
	i.Person = store.Unescape(person)
}

func itemsPrefix(number int) string { return store.Work + store.Key("item", ID(number)) + "/" }

// Items returns all items of a notice.
func Items(s *store.Snapshot, number int) []Item {
	return store.Collect(store.Scan[Item](s, itemsPrefix(number), 0))
}

// OwedBy returns the numbers of the notices that the person has not answered and
// that have gone out and are still open, oldest first.
func OwedBy(s *store.Snapshot, person string) (numbers []int) {
	for _, n := range owedBy(s, person) {
		if n.Out(s) {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers
}

// owedBy returns the open notices that the person has not answered, those that are
// about to go out too.
func owedBy(s *store.Snapshot, person string) (all []Notice) {
	prefix := store.Work + store.Key("owed", person) + "/"
	for rec := range store.Scan[time.Time](s, prefix, 0) {
		if n, ok := Find(s, store.Must(strconv.Atoi(rec.Key[len(prefix):]))); ok && n.Closed.IsZero() {
			all = append(all, n)
		}
	}
	return all
}

// A Past is what is left of the items of an old notice.
type Past struct {
	Tally Tally `json:"tally"`
	Gone  bool  `json:"gone,omitempty"` // the items are deleted
}

// PastKey is the key of the [Past] of a notice.
func PastKey(number int) string { return store.Work + store.Key("past", ID(number)) }

// PastTally returns the counts of a notice that is so old that nothing else is left of
// its items.
func PastTally(s *store.Snapshot, number int) (Tally, bool) {
	p, ok := store.Load[Past](s, PastKey(number))
	return p.Tally, ok
}
