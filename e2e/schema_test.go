package e2e_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/store"
	"duban/store/bolt"
)

// fixture makes the fixture of the schema that this program writes. It is done once,
// when the first release with that schema is made; a fixture is not made again.
var fixture = flag.Bool("fixture", false, "write the fixture of a new schema")

// schemaFolder holds an office of each released schema, <n>.tar.gz, and what it
// answers, <n>.golden.
const schemaFolder = "testdata/schema"

// mostFixture is how large a fixture may be.
const mostFixture = 200 << 10

const fixtureConfig = `data: data
roster: roster.csv
accounts: [{name: console, kind: console}]
answers: {per_minute: 100}
backup: {every: 0s}
calendar: {days: [{day: 2000-01-14, kind: 休, name: 校庆, source: 校办}]}
jobs:
  - {id: weekly, name: 周报, when: 每周一10:00, groups: [学工群], class: 填报, text: "请填报{{日期}}的进展"}
  - {id: safety, name: 安全检查, when: 每天9:30, groups: [安全群], class: 需回执, text: 请检查宿舍}
`

// TestMakeFixture lets an office work for some days, in which it makes every kind of
// record, and keeps its folder.
func TestMakeFixture(t *testing.T) {
	if !*fixture {
		t.Skip("only with -fixture")
	}
	dir := t.TempDir()
	write(t, dir, "roster.csv", threeGroups())
	tell(t, dir, fixtureConfig, (*story).weekOfWork)
	if said, err := command(t, app.Outside{}, nil, "compact", "-config", filepath.Join(dir, "config.yaml")); err != nil {
		t.Fatal(said, err)
	}
	write(t, dir, "config.yaml", fixtureConfig) // without what a story adds to it
	packed := pack(t, dir)
	path := filepath.Join(schemaFolder, fmt.Sprint(schemaOf(t, dir))+".tar.gz")
	if len(packed) > mostFixture {
		t.Errorf("the fixture has %d bytes, want at most %d", len(packed), mostFixture)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is there; a fixture is not made again", path)
	}
	if err := errors.Join(os.MkdirAll(schemaFolder, 0o755), os.WriteFile(path, packed, 0o644)); err != nil { //nolint:gosec // part of the sources
		t.Fatal(err)
	}
}

// weekOfWork makes every kind of record.
func (s *story) weekOfWork() {
	s.until(2, 9, 0)
	for _, line := range []string{
		"周明远: 发通知 需回执 截止1月9日18:00 学工群：1月10日前请统计留校学生。", "周明远: 确认",
		"学工群 赵一鸣: 收到", "学工群 李四维: 收到", "学工群 郑七斤: 下周才能报", "何西岭: 撤回",
		"钱二宝: 我请假今天到周三，孙三思代", "周明远: 登记请假 王八方 到周五",
		"赵一鸣: 第1条完成40%", "赵一鸣: 第1条完成60%", "赵一鸣: 改成55%", "李四维: 第2条受阻，缺经费", "李四维: 第3条完成20%", "李四维: 撤回",
		"周五常: 第4条完成30%", "周五常: /图片 第4条的现场", "吴六合: 请问第5条要不要交纸质版？", "冯九如: 反诈宣传由谁来讲？", "冯九如: 转人工",
		"周明远: 收件箱", "周明远: 答 1 不用交，交电子版", "周明远: 别名 新冠=疫情", "周明远: 第3条 负责人 郑七斤 2000年1月20日前", "周明远: 第6条 负责人 赵一鸣 2000年1月12日前",
		"郑七斤: 第3条想延期到2000年2月5日，材料没到", "赵一鸣: 第6条想延期到2000年1月30日，等会议", "周明远: 待办", "周明远: 同意 1", "周明远: 第3条 负责人 郑七斤",
		"周明远: 日历 2000-01-12到2000-01-13 休 调休 校办通知", "周明远: 改提醒 1 每周一11:00", "周明远: 确认", "周明远: 加提醒 每周三9:00 辅导员群：例会", "周明远: 确认", "周明远: 暂停提醒 2 到1月7日",
		"周明远: 绑定码 朱秋实", "周明远: 导出 表格", "周明远: 删除我的数据", "尤东升: 第7条完成10%，独有的话", "周明远: 停发提醒 1 2000-01-20到2000-01-25", "周明远: 推迟提醒 3 到1月4日9点", "周明远: 确认",
	} {
		s.Logf("%s\n%s", line, s.say(line))
	}
	asked := s.say("尤东升: 删除我的数据")
	if code := regexp.MustCompile(`确认删除 ([0-9]{4})`).FindStringSubmatch(asked); code != nil {
		s.Log(s.say("尤东升: 确认删除 " + code[1]))
	}
	s.Log(s.until(3, 18, 0))
	s.Log(s.say("周明远: 改通知 1 大改：1月10日前请统计留校学生，含研究生。"))
	s.Log(s.say("周明远: 确认"))
	s.Log(s.say("学工群 赵一鸣: 收到"))
	s.Log(s.say("周明远: 发通知 紧急 需落实 截止1月5日18:00 全部群：有暴雪，请核对在外学生。"))
	s.say("周明远: 确认 " + s.code())
	s.Log(s.say("林晓岚: 确认 通知 " + s.code()))
	s.Log(s.say("安全群 沈亦舟: 收到"))
	s.Log(s.until(4, 19, 0))
	s.Log(s.say("周明远: 发通知 学工群：这一条还没有确认"))
	s.Log(s.say("周明远: 暂停发送"))
	s.Log(s.say("周明远: 发通知 辅导员群：停发时的通知"))
	s.Log(s.say("周明远: 确认"))
}

// TestSchema opens an office of every released schema with this program. It must
// answer as it did when the fixture was made; after a change of what people read,
// -update writes the answers anew.
func TestSchema(t *testing.T) {
	t.Parallel()
	packed, err := filepath.Glob(filepath.Join(schemaFolder, "*.tar.gz"))
	if err != nil || len(packed) == 0 {
		t.Fatalf("got %d fixtures, %v, want one for each schema", len(packed), err)
	}
	for _, path := range packed {
		name := strings.TrimSuffix(filepath.Base(path), ".tar.gz")
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, path, dir)
			conf, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			before := inventory(t, dir)
			synctest.Test(t, func(t *testing.T) {
				<-time.After(time.Until(time.Date(2000, 1, 6, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))))
				s := begin(t, dir, string(conf))
				defer s.end()
				s.pass(time.Minute)
				s.golden(filepath.Join("schema", name), before+s.answers())
			})
			if said, err := command(t, app.Outside{}, nil, "audit", "verify", "-config", filepath.Join(dir, "config.yaml")); err != nil {
				t.Errorf("duban audit verify: got %s, %v", said, err)
			}
		})
	}
}

// answers are what an office says of all that it remembers.
func (s *story) answers() string {
	var b strings.Builder
	for _, line := range []string{
		"周明远: 通知列表", "周明远: 还有谁没回复", "周明远: 谁回复了 1", "周明远: 账号状态", "周明远: 请假名单", "周明远: 收件箱", "周明远: 待办",
		"周明远: 提醒列表", "周明远: 看提醒 1", "周明远: 谁改的 1", "周明远: 日历", "周明远: 进度汇总", "周明远: 第3条", "周明远: 新冠", "周明远: 哪些受阻",
		"赵一鸣: 我的数据", "赵一鸣: 我还有哪几条没填", "赵一鸣: 第1条进展如何", "尤东升: 我的数据", "李四维: 第2条", "周明远: 恢复发送",
		"学工群 吴六合: 收到", "吴六合: 第8条完成10%", "周明远: 撤销导入",
	} {
		fmt.Fprintf(&b, "> %s\n%s", line, s.say(line))
	}
	for _, what := range []string{"summary", "notice 1", "person M01", "month 2000-01"} {
		said, err := command(s.T, s.line.outside(), nil, append([]string{"report", "-config", filepath.Join(s.dir, "config.yaml")}, strings.Fields(what)...)...)
		fmt.Fprintf(&b, "> duban report %s\n%s%v\n", what, said, err)
	}
	return b.String()
}

// schemaOf returns the schema of a store.
func schemaOf(t *testing.T, dir string) (n int) {
	t.Helper()
	e, err := bolt.Open(app.StoreFile(filepath.Join(dir, "data")))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = e.View(t.Context(), func(r store.Reader) error {
		raw, err := r.Get([]byte("meta/version"))
		v := struct{ Schema int }{}
		if err == nil {
			err = json.Unmarshal(raw, &v)
		}
		n = v.Schema
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// inventory lists the kinds of records in a store, and how many there are.
func inventory(t *testing.T, dir string) string {
	t.Helper()
	e, err := bolt.Open(app.StoreFile(filepath.Join(dir, "data")))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var b strings.Builder
	kind, n := "", 0
	flush := func() {
		if n > 0 {
			fmt.Fprintf(&b, "%4d %s\n", n, kind)
		}
		n = 0
	}
	err = e.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			parts := strings.Split(string(p.Key), "/")
			keep := 2
			if parts[0] == "a" {
				keep = 3
			}
			if k := strings.Join(parts[:min(len(parts), keep)], "/"); k != kind {
				flush()
				kind = k
			}
			n++
		}
		flush()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pack returns the files of a folder in a compressed archive.
func pack(t *testing.T, dir string) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w := tar.NewWriter(zipped)
	err := errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), zipped.Close())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack puts the files of an archive into a folder.
func unpack(t *testing.T, path, dir string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for r := tar.NewReader(zipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			if h.Typeflag == tar.TypeDir {
				err = root.MkdirAll(h.Name, 0o700)
			} else {
				var data []byte
				if data, err = io.ReadAll(r); err == nil {
					err = root.WriteFile(h.Name, data, 0o600)
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
