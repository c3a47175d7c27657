package board

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
	"duban/store"
	"duban/web/page"
)

// A file is a piece of evidence that can be had.
type file struct{ Kind, Name, Facts, To string }

// proof adds the evidence that was sent with it.
func (e *event) proof(r *page.Request, n *plan.Node, p plans.Proof) {
	if len(p.Names) == 0 {
		return
	}
	e.Names = strings.Join(p.Names, "、")
	for i, f := range p.Files {
		left := r.House.KeepFiles - int(r.Now().Sub(f.Since)/(24*time.Hour))
		x := file{kindOf(f.File), f.Name, fmt.Sprintf("%s，还留%d天", page.Size(f.Size), max(1, left)), fmt.Sprintf("/plan/m/%s/files/%s", n.ID, f.Hash)}
		if len(p.Files) == len(p.Names) {
			x.Name = p.Names[i]
		}
		e.Files = append(e.Files, x)
	}
	if p.Gone {
		e.Names += "（有的已过保存期，只留了名字）"
	}
}

// kindOf is the kind of a file in a sign or three.
func kindOf(f progress.File) string {
	if strings.HasPrefix(f.Type, "image/") {
		return "图"
	}
	if i := strings.LastIndex(f.Name, "."); i >= 0 && len(f.Name)-i <= 5 {
		return strings.ToUpper(f.Name[i+1:])
	}
	return "文件"
}

// download gives out a piece of evidence, to who may see whose it is.
func download(r *page.Request) error {
	var found *plans.Kept
	err := r.Look(func(s *store.Snapshot) error {
		t := r.Chat(s)
		n, err := node(r, t)
		if err != nil {
			return err
		}
		all, _ := plans.Proofs(t, n)
		for _, p := range all {
			for _, f := range p.Files {
				if f.Hash == r.PathValue("hash") {
					found = &f
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	gone := &page.Fault{Status: http.StatusNotFound, Title: "没有这份佐证", Text: "可能已过保存期，或者您看不了它。", Go: []page.Way{{Words: "看这一条", To: "/plan/m/" + r.PathValue("id")}}}
	if found == nil {
		return gone
	}
	data, err := bytesOf(r.House.Store, found.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return gone
	} else if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return r.Attach(found.Name, found.Type, data)
}

func bytesOf(s *store.Store, hash string) (data []byte, err error) {
	f, err := s.OpenFile(hash)
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}
