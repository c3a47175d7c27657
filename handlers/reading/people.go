package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/zh"
)

// surnames are the commonest single ones; double ones follow.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈" +
	"姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安" +
	"齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙" +
	"鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"

var doubleSurnames = []string{"欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "夏侯", "司徒", "慕容", "端木", "呼延"}

// orgEnds end the name of a part of the university; orgShort are such names
// without their end, as people sign with.
var (
	orgEnds  = strings.Fields(`学院 书院 学部 届 研究院 系 院 部 处 中心 团委 学工办 学工组 办公室 年级 级 班 专业 校区 支部 大队`)
	orgShort = strings.Fields(`外语 外国语 机电 机械 经管 经济 电信 电子 电气 计算机 计科 物电 物理 化工 化学 化材 土木 数学 数理 数统 生科 生命 文学 文法 法学 政法 马院 马克思
		艺术 体育 音乐 美术 建筑 环境 能源 自动化 软件 通信 医学 临床 护理 药学 农学 园艺 园林 食品 海洋 交通 车辆 教育 教科 师范 传媒 历史 管理 会计 金融 商学 国际 人文 理学 工学 公管 地理 旅游 航空 水利 材料学院 人工智能 大数据`)
	titles = strings.Fields(`辅导员 班主任 老师 副书记 书记 副主任 主任 副院长 院长 助理 干事 处长 科长 导员 负责人 教务员 秘书 值班 学工`)
)

// identities lists the sizes of all names that s may begin with, longest
// first: 计算机学院2022级辅导员赵敏 begins with 计算机学院, with 计算机学院2022级, and so on.
func identities(s string, known []string) []int {
	const longest = 90
	if len(s) > longest {
		s = s[:longest]
		for len(s) > 0 && !utf8.ValidString(s[len(s)-3:]) {
			s = s[:len(s)-1]
		}
	}
	var sizes []int
	for frontier, depth := []int{0}, 0; len(frontier) > 0 && depth < 5; depth++ {
		var next []int
		for _, at := range frontier {
			at += len(s[at:]) - len(strings.TrimLeft(s[at:], " -·:/()—_"))
			for _, size := range identityPieces(s[at:], known) {
				if !slices.Contains(sizes, at+size) {
					sizes = append(sizes, at+size)
					next = append(next, at+size)
				}
			}
		}
		frontier = next
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return sizes
}

// identityPieces lists the sizes of the single pieces that s may begin with.
func identityPieces(s string, known []string) []int {
	var sizes []int
	for _, name := range known {
		if name != "" && strings.HasPrefix(s, name) {
			sizes = append(sizes, len(name))
		}
	}
	for _, list := range [][]string{titles, orgShort} {
		for _, w := range list {
			if strings.HasPrefix(s, w) {
				sizes = append(sizes, len(w))
			}
		}
	}
	return append(append(sizes, orgSizes(s)...), nameSizes(s)...)
}

// orgSizes lists the sizes of 外国语学院, 2022级 and the like at the start of s.
func orgSizes(s string) []int {
	const longest = 12 // characters
	var sizes []int
	seen := 0
	for i, r := range s {
		if seen++; seen > longest || !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) || strings.ContainsRune("我你他她的了请在是把被都也就谁这那有没", r) {
			break
		}
		for _, end := range orgEnds {
			if i > 0 && strings.HasPrefix(s[i:], end) {
				sizes = append(sizes, i+len(end))
			}
		}
	}
	return sizes
}

// nameSizes lists the sizes of personal names at the start of s: a surname with
// one or two more characters.
func nameSizes(s string) []int {
	head := 0
	for _, d := range doubleSurnames {
		if strings.HasPrefix(s, d) {
			head = len(d)
		}
	}
	if r, size := utf8.DecodeRuneInString(s); head == 0 && strings.ContainsRune(surnames, r) {
		head = size
	}
	if head == 0 {
		return nil
	}
	var sizes []int
	at := head
	for range 2 {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune("的了我你他她是在请把被都也就第老", r) || zh.IsNumeral(r) && (at > head || strings.HasPrefix(s, "周")) {
			break
		}
		at += size
		sizes = append(sizes, at)
	}
	if hasPrefix(s[head:], "老师", "书记", "主任", "导", "院长", "处长") {
		sizes = append(sizes, head+len("老师"))
	}
	return sizes
}

// personAt returns the person's name that s begins with, if what follows it is
// in after or is the end. Known names win over guesses.
func personAt(s string, known []string, after ...string) (string, bool) {
	sizes := nameSizes(s)
	for _, name := range known {
		if name != "" && strings.HasPrefix(s, name) {
			sizes = slices.Insert(sizes, 0, len(name))
		}
	}
	// A short guess first: 李四报一下 is 李四 who reports.
	for _, size := range sizes {
		rest := s[size:]
		for _, title := range []string{"", "老师", "书记", "主任"} {
			tail, ok := strings.CutPrefix(rest, title)
			if ok && (tail == "" || hasPrefix(tail, after...)) {
				return s[:size+len(title)], true
			}
		}
	}
	return "", false
}

// behalf finds the person whose report this is, if not the sender's: 帮李四报一下,
// 代李四收到, 李四的第5条.
func (m *message) behalf(tokens []token) string {
	for i, t := range tokens {
		if !t.is(onBehalf) {
			continue
		}
		rest := strings.TrimLeft(m.text[t.to:], " ")
		if name, ok := personAt(rest, m.in.People, "报", "填", "回", "说", "更新", "交", "登记", "收到", "的", "一下", ":", "，", " ", "已", "第", "确认", "汇报", "请假"); ok {
			return m.original(rest, name)
		}
		if i+1 < len(tokens) && tokens[i+1].is(third) {
			name, _ := personAt(m.text, m.in.People, "今", "明", "这", "请", "病", "出", "在", "不", " ", "，", "休", "说", "让", "托")
			return m.original(m.text, name)
		}
	}
	for i, t := range tokens {
		if t.class != measure || i == 0 {
			continue
		}
		start := clauseStart(m.text, int(t.from))
		if name, ok := personAt(m.text[start:], m.in.People, "的"); ok && start+len(name)+len("的") == int(t.from) {
			return m.original(m.text[start:], name)
		}
	}
	return ""
}

// original returns name as it was typed, where rest is the end of m.text that
// begins with it.
func (m *message) original(rest, name string) string {
	at := len(m.text) - len(rest)
	if len(m.body) != len(m.text) {
		return name
	}
	return m.body[at : at+len(name)]
}

// clauseStart returns where the clause that holds at begins.
func clauseStart(s string, at int) int {
	const longest = 60 // bytes; a name is shorter
	for i := at; i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if at-i > longest || r == ' ' || r == '.' || strings.ContainsRune(stops, r) {
			return i
		}
		i -= size
	}
	return 0
}
