package jobs

import (
	"strings"

	"duban/handlers/chat"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// FindJob finds the reminder that text begins with, by its number, its id or its name, and returns what follows. If there is none, the error is a
// [chat.Complaint]; example is how to write it.
func FindJob(s *store.Snapshot, text, example string) (j schedule.Job, after string, err error) {
	word, after := firstWord(text)
	n, numbered := place(word)
	var found []schedule.Job
	for _, j := range schedule.Jobs(s) {
		if numbered && j.Number == n {
			return j, after, nil
		}
		if word != "" && (j.ID == word || j.Name == word) {
			found = append(found, j)
		}
	}
	switch len(found) {
	case 0:
		return j, "", chat.Complain("没有找到这条提醒。请写“提醒列表”里的编号，例如：%s。", example)
	case 1:
		return found[0], after, nil
	}
	return j, "", chat.Complain("有%d条提醒都叫“%s”，请写“提醒列表”里的编号，例如：%s。", len(found), zh.Quote(word, 20), example)
}

// FindVersions finds the reminder that text begins with, as [FindJob] does, or one that
// was deleted, by its id.
func FindVersions(s *store.Snapshot, text, example string) (id, after string, err error) {
	j, after, err := FindJob(s, text, example)
	if gone := strings.TrimSpace(text); err != nil && schedule.JobVersions(s, gone) != nil {
		return gone, "", nil
	}
	return j.ID, after, err
}

// firstWord cuts text after its first word: at a space, or before a colon.
func firstWord(text string) (word, after string) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "　", " "))
	for i, r := range text {
		if r == ' ' || r == ':' || r == '：' || r == '\n' {
			return text[:i], strings.TrimSpace(text[i:])
		}
	}
	return text, ""
}

// place reads the number of a reminder: 2, 第2条.
func place(word string) (n int, ok bool) {
	word = strings.TrimPrefix(zh.Fold(word), "第")
	n, size := zh.ParseInt(word)
	rest := word[size:]
	return n, size > 0 && n > 0 && (rest == "" || rest == "条" || rest == "号" || rest == "个")
}
