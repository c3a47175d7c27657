package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// A file of an archive.
type file struct {
	name string
	mode fs.FileMode
	data []byte
}

// files returns what an archive holds, below one folder.
func (r *maker) files(folder, program string, bill, notices []byte) ([]file, error) {
	exe, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	all := []file{
		{path.Join(folder, filepath.Base(program)), 0o755, exe},
		{path.Join(folder, "SBOM.cdx.json"), 0o644, bill},
		{path.Join(folder, "THIRD_PARTY.txt"), 0o644, notices},
	}
	for _, what := range []string{"README.md", "README.zh-CN.md", "config.yaml", "docs", "examples"} {
		err := filepath.WalkDir(filepath.Join(r.src, what), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) == ".go" {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			below, err := filepath.Rel(r.src, name)
			all = append(all, file{path.Join(folder, filepath.ToSlash(below)), 0o644, data})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// tarred packs files for Linux and macOS.
func tarred(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: at, Format: tar.FormatPAX}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return out.Bytes(), err
}

// zipped packs files for Windows.
func zipped(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		h.SetMode(f.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
