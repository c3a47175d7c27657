package plan

import (
	"regexp"
	"strings"
)

// Fields are the names that offices put before a piece of a part or measure.
var fieldName = regexp.MustCompile(`^【?(问题描述|存在问题|主要问题|突出问题|问题表现|现状分析|目标任务|工作目标|总体目标|主要目标|年度目标|目标要求|预期目标|工作任务|主要任务|工作措施|主要措施|具体措施|推进措施|落实措施|整改措施|改进措施|保障措施|工作举措|主要举措|具体举措|工作内容|主要内容|活动内容|具体内容|任务内容|工作要求|具体要求|落实要求|责任单位|责任部门|牵头单位|牵头部门|牵头处室|主办单位|承办单位|协办单位|配合单位|配合部门|协同单位|协同部门|参与单位|责任处室|责任学院|责任主体|责任分工|责任领导|分管领导|牵头领导|分管校领导|责任人|负责人|牵头人|联系人|完成时限|完成时间|完成期限|办结时限|整改时限|时间节点|时间安排|进度安排|进度要求|时间进度|推进步骤|实施步骤|预期成果|预期成效|成果形式|标志性成果|考核指标|考核标准|评价标准|验收标准|经费预算|经费来源|保障条件|备注|进展情况|当前进展|工作进展|完成情况|起止时间)】? ?:|^【(问题描述|存在问题|目标任务|工作目标|工作措施|责任单位|责任部门|牵头单位|牵头部门|配合单位|完成时限|完成时间|时间节点|预期成果|责任人|负责人)】`)

// anyLabel is what may be the name of a field if the document says it again and
// again: a short word and a colon at the head of a line.
var anyLabel = regexp.MustCompile(`^(\p{Han}{2,8}):`)

// markFields finds the fields: lines that begin with a known name, or with a
// label that the document repeats.
func markFields(lines []*line) {
	count := map[string]int{}
	for _, l := range lines {
		if g := anyLabel.FindStringSubmatch(l.fold); g != nil && l.free() && !l.cells {
			count[g[1]]++
		}
	}
	structured := distinct(lines) >= 2
	for _, l := range lines {
		structured = structured || l.marked
		if !l.free() || l.cells || !structured && count[labelOf(l.fold)] < 2 {
			continue
		}
		if g := fieldName.FindString(l.fold); g != "" {
			l.field = runes(g)
		} else if g := anyLabel.FindStringSubmatch(l.fold); g != nil && count[g[1]] >= 2 && ownLabel(g[1]) {
			l.field = runes(g[0])
		}
	}
}

func labelOf(s string) string {
	if g := anyLabel.FindStringSubmatch(s); g != nil {
		return g[1]
	}
	return ""
}

// distinct counts the known fields of a document that has hardly any marks.
func distinct(lines []*line) int {
	names := map[string]bool{}
	for _, l := range lines {
		if g := fieldName.FindString(l.fold); g != "" && l.free() {
			names[g] = true
		}
	}
	return len(names)
}

// ownLabel reports whether a repeated label names a field. Lead-ins, telephone
// lists and questions repeat their labels too.
func ownLabel(s string) bool {
	for _, no := range []string{"如下", "以下", "电话", "包括", "问题是", "各位", "同学", "老师", "同志", "家长", "学校", "单位", "处室", "邮箱", "地址", "网址", "传真", "抄送", "主送"} {
		if strings.HasSuffix(s, no) {
			return false
		}
	}
	return true
}

// fieldPath is the name of a field without its punctuation.
func fieldPath(label string) string {
	return strings.Trim(label, "【】:： ")
}
