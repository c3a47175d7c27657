package faults_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An act is what a program did to its files, or said.
type act int

const (
	puts    act = iota // data at an offset
	resizes            // to off bytes
	creates            // a file
	makes              // a folder
	renames            // path to another
	removes            // path
	syncs              // a file or a folder, as it was before ops[of]
	utters             // data on standard output
	begins             // a call that ends later
)

// An op is one act. What is written to a file belongs to the file, whatever its
// name is by then.
type op struct {
	act      act
	path, to string
	file     *file
	off      int
	data     []byte
	of       int
}

// A file is one whatever its name is.
type file struct{ data []byte }

// A recording is what a program did in a folder, and what was there before.
type recording struct {
	before map[string]*file // nil is a folder
	start  map[string]*file // the same files, as ops change them
	ops    []op
	names  map[string]*file // while it is read
	offset map[string]int   // of open files
}

// recorded are the system calls that change files or end in a crash image. Those
// behind the first line are not understood, and no recording may have them.
const recorded = "openat,write,pwrite64,fsync,fdatasync,renameat,?renameat2,unlinkat,mkdirat,ftruncate," +
	"?copy_file_range,?sendfile,?writev,?pwritev,?fallocate,?linkat,?lseek,?sync_file_range,?rename,?unlink,?mkdir,?symlinkat"

// record runs a program in a folder and records what it does there.
func record(t testing.TB, p program, dir, in string, args ...string) (*recording, result) {
	t.Helper()
	rec := &recording{before: tree(t, dir), offset: map[string]int{}}
	rec.names, rec.start = map[string]*file{}, map[string]*file{}
	for name, f := range rec.before {
		rec.names[name] = f.clone()
		rec.start[name] = rec.names[name]
	}
	trace := filepath.Join(memory(t), "trace")
	r := p.run(dir, in, []string{"strace", "-f", "-y", "-xx", "-s", "9999999", "-o", trace, "-e", "trace=" + recorded}, args...)
	raw, err := os.ReadFile(trace)
	if err != nil || r.status != 0 {
		t.Fatalf("%v: status %d, %v\n%s", args, r.status, err, r.err)
	}
	for line := range strings.Lines(string(raw)) {
		if err := rec.read(dir, strings.TrimSpace(line)); err != nil {
			t.Fatalf("%v: %v: %.300s", args, err, line)
		}
	}
	rec.check(t, dir)
	return rec, r
}

func (f *file) clone() *file {
	if f == nil {
		return nil
	}
	return &file{append([]byte{}, f.data...)}
}

// check compares the names and the content that the recording leads to with what
// is there: then it is faithful.
func (rec *recording) check(t testing.TB, dir string) {
	t.Helper()
	there := tree(t, dir)
	for name, f := range there {
		got, ok := rec.names[name]
		if !ok || (got == nil) != (f == nil) || f != nil && string(got.data) != string(f.data) {
			t.Fatalf("the recording does not lead to the %s that is there", name)
		}
	}
	if len(there) != len(rec.names) {
		t.Fatalf("the recording leads to %d files, but there are %d", len(rec.names), len(there))
	}
}

// tree reads a folder: what is no file or folder is left out.
func tree(t testing.TB, dir string) map[string]*file {
	t.Helper()
	all := map[string]*file{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || rel == ".":
			return err
		case d.IsDir():
			all[rel] = nil
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			all[rel] = &file{data}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	oneCall   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (-?\d+)`)
	cutCall   = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	restCall  = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)`)
	openFile  = regexp.MustCompile(`^(\d+)<([^>]*)>`)
	someNames = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	atFolder  = regexp.MustCompile(`AT_FDCWD<([^>]*)>|(?:^|, )\d+<([^>]*)>, "`)
)

// read takes a line of a trace. A write counts from its begin, a sync from its
// end and for what was written before its begin; everything else from its end.
func (rec *recording) read(dir, line string) error {
	if m := cutCall.FindStringSubmatch(line); m != nil {
		if m[2] == "write" || m[2] == "pwrite64" {
			return rec.call(dir, m[2], m[3], 0)
		}
		rec.ops = append(rec.ops, op{act: begins, path: m[1], to: m[3]})
		return nil
	}
	if m := restCall.FindStringSubmatch(line); m != nil {
		if m[2] == "write" || m[2] == "pwrite64" {
			return nil
		}
		return rec.end(dir, m)
	}
	m := oneCall.FindStringSubmatch(line)
	if m == nil {
		return nil // an exit or a signal
	}
	n, _ := strconv.Atoi(m[4])
	if n < 0 {
		return nil
	}
	return rec.call(dir, m[2], m[3], n)
}

// end takes the end of a call that began in another line.
func (rec *recording) end(dir string, m []string) error {
	n, _ := strconv.Atoi(m[4])
	if n < 0 {
		return nil
	}
	for i := range slices.Backward(rec.ops) {
		if rec.ops[i].act == begins && rec.ops[i].path == m[1] {
			args := rec.ops[i].to + m[3]
			if m[2] == "fsync" || m[2] == "fdatasync" {
				return rec.sync(dir, args, i)
			}
			return rec.call(dir, m[2], args, n)
		}
	}
	return fmt.Errorf("nothing began that ends here")
}

// call takes a call that succeeded.
func (rec *recording) call(dir, name, args string, n int) error {
	switch name {
	case "write", "pwrite64":
		return rec.write(dir, name, args)
	case "fsync", "fdatasync":
		return rec.sync(dir, args, len(rec.ops))
	case "openat":
		return rec.open(dir, args, n)
	case "ftruncate":
		path := within(dir, openFile.FindStringSubmatch(args))
		if f := rec.names[path]; f != nil {
			size, err := strconv.Atoi(args[strings.LastIndex(args, " ")+1:])
			rec.do(op{act: resizes, file: f, off: size})
			return err
		}
	case "mkdirat", "unlinkat", "renameat", "renameat2":
		paths := rec.paths(dir, args)
		if len(paths) == 0 || paths[0] == "" {
			return nil
		}
		return rec.rename(name, paths)
	case "lseek", "sync_file_range":
	default:
		if strings.Contains(plain(args), dir) {
			return fmt.Errorf("%s is not understood", name)
		}
	}
	return nil
}

func (rec *recording) rename(name string, paths []string) error {
	switch name {
	case "mkdirat":
		rec.do(op{act: makes, path: paths[0]})
	case "unlinkat":
		rec.do(op{act: removes, path: paths[0]})
	default:
		if len(paths) != 2 || paths[1] == "" {
			return fmt.Errorf("renamed out of the folder")
		}
		rec.do(op{act: renames, path: paths[0], to: paths[1]})
	}
	return nil
}

// plain undoes the hexadecimal form of strace.
func plain(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			n, _ := strconv.ParseUint(s[i+2:i+4], 16, 8)
			b.WriteByte(byte(n))
			i += 3
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// within returns the path of an open file as seen from a folder, or "".
func within(dir string, m []string) string {
	if m == nil {
		return ""
	}
	rel, err := filepath.Rel(dir, plain(m[2]))
	if err != nil || strings.HasPrefix(rel, "..") {
		return ""
	}
	return rel
}

// paths returns what a call names, as seen from a folder.
func (rec *recording) paths(dir, args string) (all []string) {
	at := atFolder.FindAllStringSubmatch(args, -1)
	for i, m := range someNames.FindAllStringSubmatch(args, -1) {
		path := plain(m[1])
		if !filepath.IsAbs(path) {
			from := dir
			if i < len(at) {
				from = plain(at[i][1] + at[i][2])
			}
			path = filepath.Join(from, path)
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || strings.HasPrefix(rel, "..") {
			rel = ""
		}
		all = append(all, rel)
	}
	return all
}

func (rec *recording) open(dir, args string, fd int) error {
	paths := rec.paths(dir, args)
	if len(paths) == 0 || paths[0] == "" {
		return nil
	}
	path := paths[0]
	if _, ok := rec.names[path]; !ok && strings.Contains(args, "O_CREAT") {
		rec.do(op{act: creates, path: path, file: &file{}})
	} else if f := rec.names[path]; f != nil && strings.Contains(args, "O_TRUNC") {
		rec.do(op{act: resizes, file: f})
	}
	rec.offset[fmt.Sprint(fd, path)] = 0
	if f := rec.names[path]; f != nil && strings.Contains(args, "O_APPEND") {
		rec.offset[fmt.Sprint(fd, path)] = len(f.data)
	}
	return nil
}

func (rec *recording) write(dir, name, args string) error {
	m := openFile.FindStringSubmatch(args)
	if m == nil {
		return nil
	}
	from := strings.Index(args, `"`)
	to := strings.LastIndex(args, `"`)
	if from < 0 || to <= from {
		return nil
	}
	data := []byte(plain(args[from+1 : to]))
	if m[1] == "1" {
		rec.do(op{act: utters, data: data})
		return nil
	}
	path := within(dir, m)
	f := rec.names[path]
	if path == "" || f == nil {
		return nil
	}
	off := rec.offset[m[1]+path]
	if name == "pwrite64" {
		var err error
		if off, err = strconv.Atoi(args[strings.LastIndex(args, " ")+1:]); err != nil {
			return err
		}
	} else {
		rec.offset[m[1]+path] = off + len(data)
	}
	rec.do(op{act: puts, file: f, off: off, data: data})
	return nil
}

// sync takes a sync that has ended and began before ops[began].
func (rec *recording) sync(dir, args string, began int) error {
	path := within(dir, openFile.FindStringSubmatch(args))
	if path == "" {
		return nil
	}
	rec.do(op{act: syncs, path: path, file: rec.names[path], of: began})
	return nil
}

// do appends an op and follows it.
func (rec *recording) do(o op) {
	rec.ops = append(rec.ops, o)
	o.apply(rec.names)
}

// apply does an op to a tree. What lies in a folder that is not there is lost.
func (o op) apply(names map[string]*file) {
	switch o.act {
	case puts:
		o.file.put(o.off, o.data)
	case resizes:
		o.file.resize(o.off)
	case creates:
		names[o.path] = o.file
	case makes:
		names[o.path] = nil
	case removes:
		maps.DeleteFunc(names, func(name string, _ *file) bool { return name == o.path || strings.HasPrefix(name, o.path+"/") })
	case renames:
		move(names, o.path, o.to)
	case syncs, utters, begins: // they change nothing
	}
}

func move(names map[string]*file, from, to string) {
	moved := map[string]*file{}
	for name, f := range names {
		if name == from || strings.HasPrefix(name, from+"/") {
			moved[to+strings.TrimPrefix(name, from)] = f
			delete(names, name)
		}
	}
	maps.Copy(names, moved)
}

func (f *file) put(off int, data []byte) {
	if len(f.data) < off+len(data) {
		f.resize(off + len(data))
	}
	copy(f.data[off:], data)
}

func (f *file) resize(n int) {
	if n <= len(f.data) {
		f.data = f.data[:n]
		return
	}
	f.data = append(f.data, make([]byte, n-len(f.data))...)
}
