package cli

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/app"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const reportUsage = "write summary, stale, college NAME, person ID, notice NUMBER or month [2026-11]"

// writeReport is `duban report`.
func writeReport(f *flag.FlagSet) order {
	format := f.String("format", "", "text, png, xlsx, csv or docx; default: what the file's name ends in, else text")
	out := f.String("o", "", "the `file` to write; several pictures are numbered")
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		wanted, err := readOrder(words, o.Zone)
		if err != nil {
			return err
		}
		return reportShell{s, cmp.Or(report.Format(*format), formatOf(*out)), *out}.write(ctx, o.Store, wanted)
	}
}

// formatOf returns the format that a file's name ends in.
func formatOf(name string) report.Format {
	f := report.Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")))
	if slices.Contains([]report.Format{report.Picture, report.Sheet, report.CSV, report.Draft}, f) {
		return f
	}
	return report.Text
}

// A reportShell writes reports for the command line.
type reportShell struct {
	streams
	format report.Format
	out    string // a file; - is standard output, "" is that for text and a name of the report's for files
}

// readOrder reads which report is wanted.
func readOrder(words []string, zone *time.Location) (report.Order, error) {
	o := report.Order{Zone: zone, Viewer: report.Viewer{All: true}}
	what, arg, _ := strings.Cut(strings.Join(words, " "), " ")
	var err error
	switch {
	case (what == "summary" || what == "stale") && arg == "":
		o.Kind = report.Kind(what)
	case what == "college" && arg != "":
		o.Kind, o.College = report.Progress, arg
	case what == "person" && arg != "":
		o.Kind, o.Person = report.Progress, arg
	case what == "notice":
		o.Kind = report.Answers
		o.Notice, err = strconv.Atoi(arg)
	case what == "month" && arg == "":
		o.Kind = report.Month
	case what == "month":
		o.Kind = report.Month
		o.Month, err = time.ParseInLocation("2006-01", arg, zone)
	default:
		err = errUsage
	}
	if err != nil {
		return o, fmt.Errorf("%s: %w", reportUsage, errUsage)
	}
	return o, nil
}

func (sh reportShell) write(ctx context.Context, st *store.Store, o report.Order) error {
	o.Viewer.Mark = "由命令行导出，" + zh.FullMoment(time.Now().In(o.Zone))
	var doc report.Document
	damaged := 0
	err := st.View(ctx, func(s *store.Snapshot) (err error) {
		if o.Person, err = personID(s, o.Person); err == nil {
			doc, err = report.Gather(s, o)
		}
		damaged = s.Aside()
		return err
	})
	if damaged > 0 {
		fmt.Fprintf(sh.Err, "%d records are damaged and left out, so something may be missing here; duban doctor says more\n", damaged)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if sh.format == report.Text {
		head, blocks := doc.Say()
		return sh.put(sh.out, []byte(strings.Join(append([]string{head}, blocks...), "\n")+"\n"))
	}
	files, err := doc.Files(sh.format)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if sh.out == "-" && len(files) > 1 {
		return fmt.Errorf("%d pictures need a file name behind -o: %w", len(files), errUsage)
	}
	if err := noteExport(ctx, st, o, sh.format); err != nil {
		return err
	}
	for _, f := range files {
		name := cmp.Or(sh.out, f.Name)
		if sh.out != "" && f.Of > 1 {
			ext := filepath.Ext(name)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), f.Number, ext)
		}
		if err := sh.put(name, f.Data); err != nil {
			return err
		}
		if f.Boxes > 0 {
			fmt.Fprintf(sh.Err, "%d characters are not in the font and were drawn as □\n", f.Boxes)
		}
	}
	return nil
}

// put writes a file and says so, or writes to standard output.
func (sh reportShell) put(name string, data []byte) error {
	if name == "-" || name == "" {
		_, err := sh.Out.Write(data)
		return err
	}
	if err := sh.Put(name, data); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := io.WriteString(sh.Out, name+"\n")
	return err
}

// personID finds a person by id or by a name that only one has.
func personID(s *store.Snapshot, word string) (string, error) {
	if word == "" {
		return "", nil
	}
	found := roster.Current(s).Called(word)
	switch len(found) {
	case 0:
		return "", report.ErrNobody
	case 1:
		return found[0].ID, nil
	}
	ids := zh.Join(found, ", ", func(p roster.Person) string { return p.ID })
	return "", fmt.Errorf("%d people have that name, write an id: %s", len(found), ids)
}

// noteExport writes into the audit log that a report was taken out.
func noteExport(ctx context.Context, st *store.Store, o report.Order, f report.Format) error {
	return st.Write(ctx, func(tx *store.Tx) {
		tx.Audit(store.Audit{Source: store.CLI, Action: "export", Object: string(o.Kind), Result: string(f)})
	})
}
