package jobs

import (
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/schedule"
	"duban/zh"
)

// prune shows which reminders config.yaml does not have any more, and asks whether
// that is meant.
func (d *Desk) prune(t *chat.Request, _ string) (string, error) {
	left := schedule.LeftJobs(t.Snap)
	if len(left) == 0 {
		return "没有要清理的：config.yaml 里的提醒都还在。", nil
	}
	ids := make([]string, len(left))
	for i, l := range left {
		ids[i] = l.ID
	}
	how := t.Propose(ids, "照文件办", false)
	return Left(left) + "\n" + how, nil
}

// pruned does what was confirmed.
func (d *Desk) pruned(t *chat.Request, ids []string) (string, error) {
	done, err := d.Schedule.DropLeft(t.Tx, ids, by(t))
	if err != nil || len(done) == 0 {
		return "没有要清理的：文件里又有了。", err
	}
	names := zh.List(done, func(l schedule.Left) string { return "“" + l.Name + "”" })
	return fmt.Sprintf("已照 config.yaml 处理%s。删掉的可以发“恢复上一版 %s”找回。", names, done[0].ID), nil
}

// Left says which reminders the file does not have any more, and which only in part.
func Left(left []schedule.Left) string {
	var gone, part []string
	for _, l := range left {
		if l.Text == "" {
			gone = append(gone, "“"+l.Name+"”")
		} else {
			part = append(part, "“"+l.Name+"”")
		}
	}
	var said []string
	if gone != nil {
		said = append(said, "没有了"+strings.Join(gone, "、"))
	}
	if part != nil {
		said = append(said, strings.Join(part, "、")+"的内容比原来少")
	}
	return "config.yaml 里" + strings.Join(said, "，") + "；这些提醒仍照原来的运行。"
}
