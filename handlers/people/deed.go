package people

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	updates "duban/handlers/progress"
	"duban/plan"
	"duban/roster"
	"duban/store"
)

// deeds say what an entry of the audit log is in the words of people; a name that ends
// in a dot is the beginning of several.
var deeds = map[string]string{
	"ack": "回复通知", "ack.list": "用接龙回复通知", "leave": "登记请假", "leave.cancel": "取消请假", "leave.end": "销假", "handover": "交接工作",
	"progress": "填报进度", "evidence": "交附件", "retract": "撤回自己说的", "inbox.ask": "提问", "inbox.answer": "答复提问", "request.": "提出或决定申请",
	"bind": "用绑定码绑定", "unbind": "解除绑定", "claim": "认领没认出来的人", "code": "做绑定码", "directory": "按通讯录绑定", "group.bind": "绑定群", "crisis": "说起要紧的事，告诉了管理员",
	"notice.": "办理通知", "notice.send": "发通知", "notice.edit": "改通知", "notice.renew": "大改通知", "notice.withdraw": "撤回通知", "notice.close": "关闭通知",
	"notice.chase": "催办", "notice.second": "复核通知", "data.export": "要自己的数据", "data.erase": "要求删除自己的数据", "data.erased": "删除了自己的数据",
	"plan.": "办理要点", "plan.assign": "写明措施的责任人或时限", "plan.extend": "改措施的时限", "plan.import": "导入要点", "plan.choose": "定下要点怎样读", "plan.undo": "撤销导入要点", "plan.alias": "写别名",
	"roster.": "导入名单", "export": "导出报表", "job.": "办理定时提醒", "calendar.": "改日历", "clock.": "说明时钟", "send.": "暂停或恢复发送", "held.": "办理发件箱",
	"escalate.": "通知没有回复，往上报", "passed.": "紧急的照发", "privacy.notice": "告知如何使用数据", "alarm.": "测试报警",
}

// deed writes an entry of the audit log as a line of 我的数据.
func deed(p *plan.Plan, a store.Audit) string {
	word, ok := deeds[a.Action]
	for at := len(a.Action); !ok && at > 0; {
		at = strings.LastIndexByte(a.Action[:at], '.')
		word, ok = deeds[a.Action[:at+1]]
	}
	return cmp.Or(word, "其他操作") + deedObject(p, a)
}

// deedObject says what it was done to, if that is a notice, a measure or a group.
func deedObject(p *plan.Plan, a store.Audit) string {
	number, err := strconv.Atoi(a.Object)
	measures := updates.MeasuresLine(p, strings.Fields(a.Object))
	switch {
	case err == nil && (strings.HasPrefix(a.Action, "notice.") || strings.HasPrefix(a.Action, "ack")):
		return fmt.Sprintf("，通知%d", number)
	case measures != "":
		return "，" + measures
	case a.Action == "group.bind":
		return "，" + a.Object
	}
	return ""
}

// BoundBy says to people by what they are known.
func BoundBy(how roster.How) string {
	word := map[roster.How]string{
		roster.BySimulator: "模拟的群", roster.ByCode: "绑定码", roster.ByDirectory: "通讯录", roster.ByAdmin: "管理员认领", roster.ByRemark: "手机上的备注", roster.ByCard: "群昵称",
	}[how]
	return cmp.Or(word, "其他方式")
}
