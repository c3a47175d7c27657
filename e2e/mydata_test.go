package e2e_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/bot/bottest"
)

// TestForget_theProgram is row F1 in the running program: who confirms it with the
// code is forgotten, and no byte of what they wrote is left in the data folder. The
// audit logs still verify.
func TestForget_theProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	tell(t, dir, "data: data\nquiet_hours: \"\"\naccounts:\n  - {name: console, kind: console}\nanswers: {per_minute: 100}\n", func(s *story) {
		first := s.say("王雪晴: 第1条受阻，独有说明甲乙丙")
		s.want(first, "已记：1→受阻", "告知：", "“删除我的数据”")
		s.wantNot(s.say("王雪晴: 请问独有问题丁戊己要盖章吗？"), "告知：")
		s.say("刘畅: 第1条受阻，独有说明庚辛壬")
		s.want(s.say("王雪晴: 我的数据"), "独有说明甲乙丙", "独有问题丁戊己")
		write(t, data, "duban.db.schema0", "a copy from before an upgrade: 独有说明甲乙丙")
		asked := s.say("王雪晴: 删除我的数据")
		code := regexp.MustCompile(`确认删除 ([0-9]{4})`).FindStringSubmatch(asked)
		if code == nil {
			s.Fatalf("got %q, want a code", asked)
		}
		for _, text := range []string{"独有说明甲乙丙", "独有问题丁戊己"} {
			if !bottest.InFolder(s.T, data, text) {
				s.Errorf("%s is nowhere even before: the test shows nothing", text)
			}
		}
		s.want(s.say("王雪晴: 确认删除 "+code[1]), "正在删除", "您写的内容已经删除")
		s.pass(time.Minute)
		for _, text := range []string{"独有说明甲乙丙", "独有问题丁戊己"} {
			if bottest.InFolder(s.T, data, text) {
				s.Errorf("got %s, want it nowhere", text)
			}
		}
		if !bottest.InFolder(s.T, data, "独有说明庚辛壬") {
			s.Error("what somebody else wrote is gone too")
		}
		s.want(s.say("刘畅: 第1条"), "受阻")
	})
	for cmd, want := range map[string]string{"audit verify": "audit logs are whole", "compact": "compacted"} {
		said, err := command(t, app.Outside{}, nil, append(strings.Fields(cmd), "-config", filepath.Join(dir, "config.yaml"))...)
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("duban %s: got %v, %s, want %q", cmd, err, said, want)
		}
	}
}
