package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"duban/config"
	"duban/examples"
	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/notice"
	"duban/plan"
	"duban/plan/source"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// fileOr returns the file that the configuration names, or the sample if it
// names none.
func fileOr(c config.Config, path, sample string, embedded []byte) (name string, data []byte, err error) {
	if path == "" {
		return sample, embedded, nil
	}
	data, err = os.ReadFile(c.Near(path))
	return path, data, err
}

// seed puts the plan into an empty store, and the roster when its file has changed. It
// returns the roster in force.
func (o *Office) seed(ctx context.Context) (people *roster.Roster, err error) {
	if err := o.seedPlan(ctx); err != nil {
		return nil, err
	}
	file, err := readRoster(o.Config)
	if err != nil {
		return nil, err
	}
	err = o.Store.Update(ctx, func(tx *store.Tx) error {
		if err := takeRoster(tx, file, o.stoodBy); err != nil {
			return fmt.Errorf("%w: roster: %w", ErrConfig, err)
		}
		people = roster.Current(tx.Snapshot)
		return nil
	})
	return people, err
}

// takeRoster takes a roster that is new in its file. One that may not be meant so waits
// for a person's word, also the other one of a machine that stood by; without a roster in
// force there is nobody to ask.
func takeRoster(tx *store.Tx, file *roster.Roster, stoodBy bool) error {
	if roster.Seen(tx.Snapshot, file) {
		return nil
	}
	why := file.Unmeant(tx.Snapshot)
	if now := roster.Current(tx.Snapshot); stoodBy && len(now.People) > 0 && !file.Compare(now).Empty() {
		why = append(why, "接替的这台机器上的名单文件与原来那台的不同")
	}
	switch {
	case why == nil:
		changes := roster.Import(tx, file, store.Audit{Source: store.Config})
		roster.See(tx, file)
		tx.Log(func(log *slog.Logger) {
			log.Info("roster taken from its file", "people", len(file.People), "added", len(changes.Added), "changed", len(changes.Changed), "gone", len(changes.Gone))
		})
	case len(roster.Current(tx.Snapshot).People) == 0:
		return errors.New(strings.Join(why, "；"))
	default:
		tx.Log(func(log *slog.Logger) { log.Warn("the roster's file is not taken: a person must say that it is right") })
		roster.Raise(tx, roster.Alarm{
			Text:   "名单文件这次没有采用，仍用原来的名单：" + strings.Join(why, "；") + "。文件不对就请改好；确实如此，请管理员私聊我发“导入名单”。",
			Reason: "roster/" + file.Revision(),
		})
	}
	return nil
}

// readRoster reads the roster's file. The error names it.
func readRoster(c config.Config) (*roster.Roster, error) {
	name, data, err := fileOr(c, c.Roster, "examples/roster.xlsx", examples.Roster)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	people, err := roster.Read(name, data)
	if err != nil {
		return nil, fmt.Errorf("roster %s: %w", name, err)
	}
	return people, nil
}

// sheet reads the roster's file, for the import in a chat.
func sheet(c config.Config) chat.Sheet {
	people, err := readRoster(c)
	s := chat.Sheet{Name: filepath.Base(cmp.Or(c.Roster, "roster.xlsx")), Roster: people}
	switch {
	case errors.Is(err, roster.ErrFormat):
		_, s.Complaint, _ = strings.Cut(err.Error(), ": ")
		s.Complaint += "。"
	case err != nil:
		s.Complaint = "读不到名单文件“" + s.Name + "”，请检查 config.yaml 里的 roster。"
	}
	return s
}

// CheckFiles reads the roster, and the plan that a new store takes, as a start does,
// without taking them. The error names the file.
func CheckFiles(ctx context.Context, c config.Config, planned bool) (*roster.Roster, error) {
	people, err := readRoster(c)
	if err != nil || planned { // a plan in force is not read again
		return people, err
	}
	name, data, err := fileOr(c, c.Plan, "examples/plan.txt", examples.Plan)
	if err != nil {
		return people, fmt.Errorf("plan: %w", err)
	}
	if _, err = firstPlan(ctx, name, data); err != nil {
		return people, fmt.Errorf("plan %s: %w", name, err)
	}
	return people, nil
}

// seedPlan imports the configured plan if none is in force. A plan in force is
// only changed by an import that somebody looks at, so that its file is not even
// read then: one that was replaced by a .doc must not keep duban from starting.
func (o *Office) seedPlan(ctx context.Context) error {
	there, err := store.Read(ctx, o.Store, func(s *store.Snapshot) bool {
		_, there := progress.HeadOf(s)
		return there
	})
	if err != nil || there {
		return err
	}
	name, data, err := fileOr(o.Config, o.Config.Plan, "examples/plan.txt", examples.Plan)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	doc, err := firstPlan(ctx, name, data)
	if err != nil {
		return fmt.Errorf("plan %s: %w", name, err)
	}
	return o.Store.Write(ctx, func(tx *store.Tx) {
		if _, ok := progress.HeadOf(tx.Snapshot); ok {
			return
		}
		tx.Log(func(log *slog.Logger) { log.Info("plan imported", "nodes", len(doc.Nodes)) })
		progress.SetPlan(tx, doc, name, "")
		tx.Audit(store.Audit{Source: store.Config, Action: "plan.import", Object: name})
	})
}

// noticeTemplates returns the shipped templates, in the order of their names.
func noticeTemplates() ([]notice.Template, error) {
	files, err := fs.Glob(examples.Notices, "notices/*.txt")
	if err != nil {
		return nil, err
	}
	var all []notice.Template
	for _, f := range files {
		data, err := examples.Notices.ReadFile(f)
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

// document reads the plan file of the configuration, for the import in a chat.
func document(ctx context.Context, c config.Config, choices []plan.Choice) chat.Document {
	name, data, err := fileOr(c, c.Plan, "examples/plan.txt", examples.Plan)
	d := chat.Document{Name: filepath.Base(name)}
	if err != nil {
		d.Complaint = "读不到要点文件“" + d.Name + "”，请检查 config.yaml 里的 plan。"
		return d
	}
	if d.Plan, err = plans.Read(ctx, name, data, choices...); err != nil {
		d.Complaint = err.Error() + "。"
	}
	return d
}

// firstPlan reads the plan of a new store, which nobody has looked at.
func firstPlan(ctx context.Context, name string, data []byte) (*plan.Plan, error) {
	p, err := plans.Read(ctx, name, data)
	if err == nil && len(p.Nodes) == 0 {
		err = &source.Refusal{Text: plans.NoStructure}
	}
	return p, err
}
