package main

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"duban/notice"
)

// The shipped texts of notices.
//
//go:embed examples/notices/*.txt
var sampleNotices embed.FS

// noticeTemplates returns the shipped templates, in the order of their names.
func noticeTemplates() ([]notice.Template, error) {
	files, err := fs.Glob(sampleNotices, "examples/notices/*.txt")
	if err != nil {
		return nil, err
	}
	var all []notice.Template
	for _, f := range files {
		data, err := sampleNotices.ReadFile(f)
		if err != nil {
			return nil, err
		}
		t, err := notice.ParseTemplate(strings.TrimSuffix(path.Base(f), ".txt"), string(data))
		if err != nil {
			return nil, fmt.Errorf("embedded: %w", err)
		}
		all = append(all, t)
	}
	return all, nil
}
