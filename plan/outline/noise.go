package outline

import (
	"math"
	"regexp"
	"strconv"

	"duban/plan/mark"
)

// Noise is what a page or a copier has put round the document. It is told by
// what it says where it stands: navigation and page data before the first mark,
// links and imprint after the last, page numbers anywhere.
var (
	headNoise = regexp.MustCompile(`^(您|你)?(现在|当前)?(所在)?的?位置 ?:|^(网站)?首页( ?[>»]| |$)|^([^ ]{2,6} +){2,}[^ ]{2,6}$|^(文章)?来源 ?:.*(作者|时间|日期|点击|浏览)|(点击数|点击率|浏览次数|浏览量|阅读次数|访问量|点击量|阅读量) ?:|^(发布时间|发布日期|更新时间|发稿时间|日期|作者|编辑|责任编辑|信息来源|发布者|发布人|审核|文章来源|来源) ?:|^(作者|发布者|编辑) ?:|^【?(字体|字号)|^(打印|关闭|返回|分享到?|收藏|登录|注册|设为首页)( |$|【|:)|^新华社.{2,6}[0-9]+月[0-9]+日电$`)
	metaNoise = regexp.MustCompile(`^(- |\* )?\*\*[^*]{2,8}\*\* ?:|^#+ ?(文档|基本信息|政策全文|正文|全文)( |:|$)|^<!--|^> ?.{0,6}(更新|发布|来源|密级|日期|作者)|^(title|date|author|tags|url) ?:`)
	footNoise = regexp.MustCompile(`^【?(打印正文|打印本页|打印|关闭窗口|关闭本页|返回顶部)】?|^\[(打印|关闭)|^(上一篇|下一篇|上一条|下一条|上一页|下一页|前一篇|后一篇)( |:|$)|^(相关链接|相关新闻|相关文章|相关阅读|友情链接|推荐阅读|热点新闻|最新动态|快速链接)( |:|$)|版权所有|Copyright|copyright|©|ICP备|^技术支持 ?:|^扫一扫|^分享到|^责任编辑|^\*\*更新时间|^[-_=─—·. ]{6,}.{0,6}(回执|剪下|裁|存根)|_{4,}.*_{2,}`)
	anyNoise  = regexp.MustCompile(`^[-─—]{3,}$|^={3,}$|^\*{3,}$|^_{3,}$|^[-—–] ?[0-9]{1,3} ?[-—–]$|^第 ?[0-9]{1,3} ?页( ?[,/、]? ?共 ?[0-9]{1,3} ?页)?$|^[0-9]{1,3} ?/ ?[0-9]{1,3}$|^Page [0-9]+|^<!--.*-->$|^file:///|^https?://[^ ]+ +[0-9]{1,3}/[0-9]{1,3}$|^[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4},? (上午|下午)?[0-9]{1,2}:[0-9]{2}( [AP]M)?( |$)`)
	teaser    = regexp.MustCompile(`(\.{3}|…)$`)
)

// longestNoise is how many characters a line of navigation or imprint has.
const longestNoise = 160

func short(l *line) bool { return len(l.text) <= longestNoise }

// teasers is where the cut-off leads of other articles begin at the end of a page.
func teasers(lines []*line) int {
	i := len(lines)
	for i > 0 && teaser.MatchString(lines[i-1].fold) {
		i--
	}
	if len(lines)-i < 2 {
		return len(lines)
	}
	return i
}

// footnote is a note below the rule at the foot of a page, or below another note.
var footnote = regexp.MustCompile(`^(\[[0-9]{1,2}\]|[①-⑳]) ?[^、.]`)

var loneNum = regexp.MustCompile(`^[0-9]{1,3}$`)

// markFurniture finds what stands between the pages of a text: rules, page
// numbers, and lines that come again beside them.
func markFurniture(lines []*line) {
	numbers, last := 0, 0
	repeats := map[string]int{}
	for _, l := range lines {
		repeats[l.fold]++
		if !loneNum.MatchString(l.fold) {
			continue
		}
		n, _ := strconv.Atoi(l.fold)
		if numbers++; numbers > 1 && n != last+1 {
			numbers = math.MinInt32 // they count something else
		}
		last = n
	}
	number := func(i int) bool {
		return i >= 0 && i < len(lines) && (anyNoise.MatchString(lines[i].fold) || numbers >= 2 && loneNum.MatchString(lines[i].fold))
	}
	for i, l := range lines {
		again := i > 0 && repeats[l.fold] >= 2 && !mark.Begins(l.fold) && !mark.EndsSentence(l.fold) && (number(i-1) || number(i+1))
		l.furniture = l.block == "" && l.table == nil && short(l) && (number(i) || again || i > 0 && lines[i-1].furniture && footnote.MatchString(l.fold))
	}
}
