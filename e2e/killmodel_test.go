package e2e_test

import "slices"

// A word is an utterance with the effects that it must have.
type word struct {
	utterance
	answered bool  // something is said to it
	items    []int // notices whose item it closed; open again if it was taken back
	reported bool  // it says how far measure is
	gone     bool  // that was taken back
	counts   [2]int
	state    int // percent of measure when it asked; 0 is none
}

// effect tells whether the message changed something that can be taken back.
func (w *word) effect() bool { return len(w.items) > 0 || w.reported }

// A model does what the program promises, without any of its code, with what was
// said in each chat up to some message.
type model struct {
	number map[string]int           // of notices by title: the store decided which came first
	closed map[int]map[string]*word // by notice and person: what closed the item
	voices map[string][]*word       // by person: what had an effect
	words  []*word
	byID   map[string]*word
	audits map[[2]string]int // by person and action
	titles []string          // of notices that were confirmed, in this order
}

// play returns what must be so when the first done messages of each chat have
// had their effects.
func (o *office) play(done, number map[string]int) *model {
	m := &model{
		number: number, closed: map[int]map[string]*word{}, voices: map[string][]*word{},
		byID: map[string]*word{}, audits: map[[2]string]int{},
	}
	at := map[string]int{}
	for _, u := range o.said {
		if at[u.Chat]++; at[u.Chat] > done[u.Chat] {
			continue
		}
		w := &word{utterance: u}
		m.words = append(m.words, w)
		m.byID[w.ID] = w
		m.take(w)
	}
	return m
}

func (m *model) take(w *word) {
	w.answered = w.act != chats
	switch w.act {
	case confirms:
		m.titles = append(m.titles, w.title)
		m.closed[m.number[w.title]] = map[string]*word{}
		m.audit(w, "notice.send")
	case acks:
		m.acknowledge(w)
	case reports:
		m.report(w, w.measure)
	case corrects:
		if last := m.lastReport(w.Sender); last != nil {
			m.report(w, last.measure)
		}
	case retracts:
		for _, said := range slices.Backward(m.voices[w.Sender]) {
			if m.takeBack(said) {
				m.audit(w, "retract")
				break
			}
		}
	case recalls:
		said := m.byID[w.Recall]
		w.answered = said != nil && m.takeBack(said)
		if w.answered {
			m.audit(w, "retract")
		}
	case asksWho:
		w.counts = [2]int{len(groupPeople()), len(m.closed[w.notice])}
	case asksState:
		w.state = m.state(w.measure)
	case announces, chats:
	}
}

func (m *model) audit(w *word, action string) { m.audits[[2]string{w.Sender, action}]++ }

// acknowledge closes the item of the notice that is quoted, or of the newest
// that is owed. Without a quote nothing is said to it in a group, unless it could
// have been for another notice.
func (m *model) acknowledge(w *word) {
	number, owed := w.notice, 0
	for n, closed := range m.closed {
		if w.Quote == nil && closed[w.Sender] == nil && m.group(n) == openGroup {
			number = max(number, n)
			owed++
		}
	}
	w.answered = w.Quote != nil || owed > 1
	if number == 0 || m.closed[number][w.Sender] != nil {
		return
	}
	m.closed[number][w.Sender] = w
	w.items = []int{number}
	m.voices[w.Sender] = append(m.voices[w.Sender], w)
	m.audit(w, "ack")
}

// group is where a notice was posted.
func (m *model) group(number int) string {
	for _, w := range m.words {
		if w.act == announces && m.number[w.title] == number {
			return w.group
		}
	}
	return ""
}

func (m *model) report(w *word, measure int) {
	w.measure, w.reported = measure, true
	m.voices[w.Sender] = append(m.voices[w.Sender], w)
	m.audit(w, "progress")
}

func (m *model) lastReport(person string) *word {
	for _, w := range slices.Backward(m.voices[person]) {
		if w.reported && !w.gone {
			return w
		}
	}
	return nil
}

// takeBack undoes what w changed, and tells whether anything was left of it.
func (m *model) takeBack(w *word) bool {
	some := w.reported && !w.gone
	w.gone = w.gone || w.reported
	for _, n := range w.items {
		if m.closed[n][w.Sender] == w {
			delete(m.closed[n], w.Sender)
			some = true
		}
	}
	return some
}

// state is the newest report on a measure that stands.
func (m *model) state(measure int) int {
	for _, w := range slices.Backward(m.words) {
		if w.reported && !w.gone && w.measure == measure {
			return w.percent
		}
	}
	return 0
}
