package handlers

import (
	"fmt"

	"duban/notice"
)

// myData says what is kept about the asker.
func (t *turn) myData(string) (string, error) {
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	reports := 0
	for _, n := range measures(p) {
		updates, err := t.snap.History(n.ID, t.person.ID)
		if err != nil {
			return "", err
		}
		reports += len(updates)
	}
	last, err := t.snap.LastNotice()
	if err != nil {
		return "", err
	}
	asked, answered := 0, 0
	for number := 1; number <= last; number++ {
		item, ok, err := t.snap.Item(number, t.person.ID)
		if err != nil {
			return "", err
		}
		if ok {
			asked++
		}
		if ok && item.State == notice.Done {
			answered++
		}
	}
	return fmt.Sprintf("关于您（%s，%s，工号%s）存有：填报%d次，应回通知%d条（已回%d条），请假和提问的记录，操作记录。"+
		"群里没有对我说、也不是回复通知的话从不保存。要看填报内容回“我的进度”，要删除回“删除我的数据”。",
		t.person.Name, t.person.College, t.person.ID, reports, asked, answered), nil
}

// forget passes the wish to be forgotten on: what is on record is the office's
// work, so that a person decides what can go.
func (t *turn) forget(string) (string, error) {
	number, err := t.ask("question", "申请删除本人数据")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("已转给管理员办理（问题%d），办好会告诉您。", number), nil
}
