package e2e_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"duban/cli"
)

// inFiles lists the files under a folder that hold some bytes, as grep -ra does.
func inFiles(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestForget_theProgram is row F1 in the running program: who confirms it with the
// code is forgotten, and no byte of what they wrote is left in the data folder. The
// audit logs still verify.
func TestForget_theProgram(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	tell(t, dir, "data: data\nquiet_hours: \"\"\naccounts:\n  - {name: console, kind: console}\nanswers: {per_minute: 100}\n", func(s *story) {
		first := s.say("王雪晴: 第1条受阻，独有说明甲乙丙")
		s.want(first, "已记：1→受阻", "告知：", "“删除我的数据”")
		s.wantNot(s.say("王雪晴: 请问独有问题丁戊己要盖章吗？"), "告知：")
		s.say("刘畅: 第1条受阻，独有说明庚辛壬")
		s.want(s.say("王雪晴: 我的数据"), "独有说明甲乙丙", "独有问题丁戊己")
		asked := s.say("王雪晴: 删除我的数据")
		code := regexp.MustCompile(`确认删除 ([0-9]{4})`).FindStringSubmatch(asked)
		if code == nil {
			s.Fatalf("got %q, want a code", asked)
		}
		for _, text := range []string{"独有说明甲乙丙", "独有问题丁戊己"} {
			if inFiles(t, data, text) == nil {
				s.Errorf("%s is nowhere even before: the test shows nothing", text)
			}
		}
		s.want(s.say("王雪晴: 确认删除 "+code[1]), "正在删除", "您写的内容已经删除")
		s.pass(time.Minute)
		for _, text := range []string{"独有说明甲乙丙", "独有问题丁戊己"} {
			if found := inFiles(t, data, text); found != nil {
				s.Errorf("got %s in %v, want it nowhere", text, found)
			}
		}
		if inFiles(t, data, "独有说明庚辛壬") == nil {
			s.Error("what somebody else wrote is gone too")
		}
		s.want(s.say("刘畅: 第1条"), "受阻")
	})
	var out bytes.Buffer
	err := cli.Run(t.Context(), []string{"audit", "verify", "-config", filepath.Join(dir, "config.yaml")}, cli.Env{Out: &out, Err: &out})
	if err != nil || !bytes.Contains(out.Bytes(), []byte("audit logs are whole")) {
		t.Errorf("got %v, %s, want the logs whole", err, out.String())
	}
	if err := cli.Run(t.Context(), []string{"compact", "-config", filepath.Join(dir, "config.yaml")}, cli.Env{Out: &out, Err: &out}); err != nil {
		t.Errorf("compact: got error %v, want none", err)
	}
}
