package handlers

// progressCommands are the commands about questions of the inbox.
func progressCommands() []command {
	return []command{
		{words: []string{"收件箱", "待答复"}, alone: true, help: "收件箱（待答复的问题）", capability: order("inbox", Decide, (*turn).inbox)},
		{words: []string{"待办"}, alone: true, capability: everyday(order("inbox", Decide, (*turn).inbox))},
		{words: []string{"答复", "答"}, help: "答 3 要的，下周一前交", capability: everyday(order("reply", Decide, (*turn).reply))},
	}
}
