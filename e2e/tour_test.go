package e2e_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The functions that the tour of the code names are there: a first column holds
// package.Type.Method or package.function, and further ones of the same package.
func TestTour(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				declared[f.Name.Name+"."+fn.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../docs/tour.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|").FindAllStringSubmatch(string(text), -1) {
		pkg := ""
		for _, name := range regexp.MustCompile("`([A-Za-z.]+)`").FindAllStringSubmatch(regexp.MustCompile(`\(.*?\)`).ReplaceAllString(row[1], ""), -1) {
			parts := strings.Split(name[1], ".")
			if len(parts) > 1 {
				pkg = parts[0]
			}
			if named++; !declared[pkg+"."+parts[len(parts)-1]] {
				t.Errorf("docs/tour.md names %s, which is not in package %s", name[1], pkg)
			}
		}
	}
	if named < 50 {
		t.Errorf("got %d names in docs/tour.md, want more than 50", named)
	}
}
