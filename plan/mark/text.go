package mark

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// fieldName are the names that offices put before a piece of a part or measure.
var fieldName = regexp.MustCompile(`^【?(问题描述|存在问题|主要问题|突出问题|问题表现|现状分析|目标任务|工作目标|总体目标|主要目标|年度目标|目标要求|预期目标|工作任务|主要任务|工作措施|主要措施|具体措施|推进措施|落实措施|整改措施|改进措施|保障措施|工作举措|主要举措|具体举措|工作内容|主要内容|活动内容|具体内容|任务内容|工作要求|具体要求|落实要求|责任单位|责任部门|牵头单位|牵头部门|牵头处室|主办单位|承办单位|协办单位|配合单位|配合部门|协同单位|协同部门|参与单位|责任处室|责任学院|责任主体|责任分工|责任领导|分管领导|牵头领导|分管校领导|责任人|负责人|牵头人|联系人|完成时限|完成时间|完成期限|办结时限|整改时限|时间节点|时间安排|进度安排|进度要求|时间进度|推进步骤|实施步骤|预期成果|预期成效|成果形式|标志性成果|考核指标|考核标准|评价标准|验收标准|经费预算|经费来源|保障条件|备注|进展情况|当前进展|工作进展|完成情况|起止时间)】? ?:|^【(问题描述|存在问题|目标任务|工作目标|工作措施|责任单位|责任部门|牵头单位|牵头部门|配合单位|完成时限|完成时间|时间节点|预期成果|责任人|负责人)】`)

// Field returns the label of a known field at the head of a folded line, with
// its colon; "" if the line begins no field.
func Field(s string) string { return fieldName.FindString(s) }

// Begins reports whether a folded line begins a node.
func Begins(s string) bool {
	if Field(s) != "" {
		return true
	}
	m, marked := Read(s)
	return marked && (!m.Weak || strings.HasPrefix(m.Style, "w:"))
}

// EndsSentence reports whether a folded line ends as a sentence does.
func EndsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’』」)*")
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("。;!?…", last)
}

var planWord = regexp.MustCompile(`(要点|计划|方案|规划|纲要|思路|意见|通知|条例|规定|办法|提醒|告知书|清单|安排|行动|一封信|知识|倡议书|公告|告示|规程|细则|制度|须知|汇总|任务)([^。]{0,12})?$`)

// NamesPlan reports whether a folded line ends as the title of a plan does.
func NamesPlan(s string) bool { return planWord.MatchString(s) }

var annex = regexp.MustCompile(`^附(件|表|录)?[一二三四五六七八九十0-9]{0,2}[:、. ]|^附(件|表)$|^附.{0,8}:$`)

// ListsAnnex reports whether a folded line begins a list of attachments.
func ListsAnnex(s string) bool { return annex.MatchString(s) }

var rowKey = regexp.MustCompile(`^[0-9]{1,4}([-—–.][0-9]{1,3})*$`)

// RowKey reports whether a folded text is the number of a table's row, such as 3
// or 1-2.
func RowKey(s string) bool { return rowKey.MatchString(s) }
