package reading

// A class is what the scanner makes of a piece of text.
type class uint8

// The classes of tokens.
const (
	other   class = iota // a run that nothing knows
	space                // white space inside a line
	brk                  // ends a clause: ，。；！？ and line breaks
	joint                // 、 and the like, between members of a list
	mark                 // other punctuation and drawn signs
	measure              // 第3条, 措施15, 5、7、9都…
	section              // 第三部分
	amount               // 80%, 八成, 三分之二
	number               // a number without anything
	count                // 3个班, 5人: amounts of things
	clock                // times and dates
	place                // 3号楼, 302室, 第3节课: numbers of other things
	word                 // a word of the lists; its roles say more
)

// A role is what a word can do in a message. A word may have several: 提交 is
// what was done, and what somebody is asked for.
type role uint64

// The roles of words.
const (
	done      role = 1 << iota // 完成
	partial                    // 一部分, 差一点: after 完成 it is not
	doing                      // 推进, 进行
	ongoing                    // 还在, 正在: what follows is not finished
	starting                   // 开始, 弄: counts after a negation or with a day to come
	neg                        // 没, 未
	vague                      // 基本, 快: not quite
	planned                    // 争取, 预计; 能 before a verb
	later                      // 明天, 下周: a day to come
	deadline                   // 前, 之前 after a day
	day                        // 周五: past or to come
	past                       // 已, 昨天
	blocked                    // 受阻
	waiting                    // 等, 待
	decider                    // 签字, 领导: who or what is waited for
	approval                   // 签字, 批复: what stops the work while it is not given
	unbegun                    // 八字没一撇
	unchanged                  // 没有新进展, 老样子
	left                       // 剩, 差
	rate                       // 参与率 and whatever is measured but is not completion
	degree                     // 进度, 完成率: whatever is completion
	unrelated                  // 电量, 折扣: the amounts of another world
	people                     // 学生, 家长: the amounts of them
	goal                       // 目标, 要求: an amount to be reached
	isnt                       // 不是: the next thing is denied
	from                       // 从, 由
	to                         // 到, 提高到
	rise                       // 提高, 涨了: a difference, not an amount
	each                       // 分别
	same                       // 也是, 一样
	around                     // 左右, 大概
	change                     // 改成, 应该是
	fix                        // 更正, 写错了
	stale                      // 误报, 昨天说: what this clause says is no longer so
	void                       // 撤回, 作废
	latest                     // 上一条, 刚才那条
	record                     // 进度, 填报: what is taken back
	ask                        // 什么, 能不能
	askEnd                     // 吗
	who                        // 谁, 哪些学院
	reply                      // 回复, 交: what is asked for by who
	want                       // 查, 发我
	field                      // 目标任务, 责任单位: fields of the plan
	needed                     // 需要盖章: things that only a person knows
	extend                     // 延期
	trouble                    // 打不开
	announce                   // 请回复, 各位
	urge                       // 抓紧, 尽快
	supposed                   // 如果: what the clause says is not so yet
	hearsay                    // 听说, 如果
	you                        // 你, 你们
	third                      // 他, 她
	self                       // 我, 我们
	onBehalf                   // 帮, 替, 代
	leave                      // 请假, 出差
	thanks                     // 谢谢, 辛苦
	laugh                      // 哈哈
	greet                      // 你好
	said                       // 收到, 好的: an acknowledgement word inside a longer clause
	act                        // 转发, 传达, 布置: what people do with a notice
	soon                       // 马上, 立即
	filler                     // words that change nothing
	inert                      // 活动: words that do nothing, so that 活动 is not read as 动
)

// roleNames name the lists of words.txt that the roles stand for, in their order.
var roleNames = []string{
	"完成", "部分", "推进", "正在", "开始", "否定", "将近", "打算", "将来", "期限", "日子", "已经", "受阻", "等待", "等待对象", "审批", "未动", "无变化",
	"剩余", "比率", "进度", "无关事物", "人群", "目标", "否认", "从", "到", "增减", "分别", "同样", "大约", "改为", "更正", "旧情况",
	"撤回", "上一条", "记录", "疑问", "疑问尾", "谁", "回复", "查询", "要点字段", "需人工", "延期", "故障", "通知用语", "催促", "假设", "转述",
	"对方", "他人", "自己", "代报", "请假", "致谢", "感叹", "问候", "收到", "落实动作", "马上", "虚词", "整词",
}
