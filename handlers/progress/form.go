package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/progress"
	"duban/zh"
)

// A Form is a report as a form of the page has it, for the command "progress.form". It
// means what a message means that says the same.
type Form struct {
	Measure string          `json:"measure"` // node id
	Status  progress.Status `json:"status"`
	Percent string          `json:"percent"` // as typed; "" is none
	Note    string          `json:"note"`
	For     string          `json:"for"` // whose report it is, as typed; "" is the sender's
}

// Rest is the form as it stands behind the command.
func (f Form) Rest() string {
	text, _ := json.Marshal(f) // texts: it cannot fail
	return string(text)
}

// readForm makes of a form what the reader makes of a message.
func readForm(_ context.Context, t *chat.Request) error {
	var f Form
	if err := json.Unmarshal([]byte(t.Rest), &f); err != nil {
		return fmt.Errorf("form of a report: %w", err)
	}
	said := f.Status.String()
	if f.Percent != "" && f.Status != progress.Finished && f.Status != progress.NotStarted {
		n, ok := percentIn(f.Percent)
		if !ok {
			return nil // form says what is wrong: nothing was read
		}
		said = fmt.Sprintf("完成%d%%，%s", n, said)
	}
	note := zh.OneLine(zh.Mask(f.Note))
	const one = 1 // the measure is picked by its id
	r := reading.Read(reading.Input{Text: fmt.Sprintf("第%d条%s", one, said), Bots: t.Desk.Options.Names})
	r.Note, r.Body, r.Behalf = note, note, f.For
	if f.Status == progress.Blocked && len(r.Items) == 1 {
		r.Items[0].Reason, r.Note = note, ""
	}
	t.Read, t.Picks = chat.Masked(r), map[int]string{one: f.Measure}
	return nil
}

// percentIn reads a percentage as it was typed.
func percentIn(typed string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(zh.Fold(typed), "%"))
	return n, err == nil && n >= 0 && n <= 100
}

// form books a report that was written into a form.
func form(t *chat.Request, _ string) (string, error) {
	switch {
	case t.Read.Kind != reading.Progress || len(t.Read.Items) != 1:
		return "没有记录：进度请写0到100的数，例如80。", nil
	case t.Read.Items[0].Status == reading.Doing && !t.Read.Items[0].Stated && t.Read.Note == "":
		return "没有记录：推进中请写做到多少，或写一句做了什么。", nil
	}
	return report(t, "")
}

// Booked tells whether an answer to a [Form] says that it is on record, and what else it
// says.
func Booked(answer string) (also string, ok bool) {
	var rest []string
	for line := range strings.SplitSeq(answer, "\n") {
		if strings.HasPrefix(line, chat.Recorded) {
			ok = true
		} else {
			rest = append(rest, line)
		}
	}
	return strings.Join(rest, "\n"), ok
}

// retractOn takes back what the sender says of a measure, which is named by its id.
func retractOn(t *chat.Request, id string) (string, error) {
	last, ok := own(t, id, t.Person.ID)
	if !ok {
		return "", chat.Complaint("7天内没有您在这一条的填报，没有改动。")
	}
	line := takeBack(t, last.Key)
	t.Booked = true
	t.Audit("retract", "")
	return "已撤回：" + line + "。", nil
}
