package plan_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"duban/plan"
	"duban/plan/outline"
)

func TestPlan_asJSON(t *testing.T) {
	p := parseFile(t, "outline/testdata/chapters.txt")
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, &back), asJSON(t, p); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	for _, name := range []string{`"path"`, `"kind"`, `"label"`, `"number"`, `"title"`, `"body"`} {
		if !bytes.Contains(b, []byte(name)) {
			t.Errorf("no field %s in %.200s", name, b)
		}
	}
}

func TestVerbatim(t *testing.T) {
	p := parseFile(t, "outline/testdata/fields_under_parts.txt")
	for _, c := range []struct {
		path string
		want []string
	}{
		{"一/1", []string{"1. 办好主题班会。每月一次，由学工处牵头，6月底前完成中期检查。"}},
		{"二", []string{"二、守牢安全底线", "问题描述：宿舍违规用电反复出现。", "工作措施：", "3. 开展消防演练。每学期一次。", "5. 推广反诈宣传。每周推送一次案例。", "5. 落实值班制度。节假日领导带班。"}},
	} {
		got := p.Node(c.path).Verbatim(p)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: got %q, want %q", c.path, got, c.want)
		}
	}
}

func parseFile(t *testing.T, name string) *plan.Plan {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return outline.Parse(string(text))
}
