package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"duban/handlers/chat"
	"duban/plan"
	"duban/progress"
	"duban/store"
)

// document reads the plan file of the configuration, for the import in a chat.
func (p *program) document(ctx context.Context) chat.Document {
	name, data, err := source(p.config, p.config.Plan, "examples/plan.txt", samplePlan)
	d := chat.Document{Name: filepath.Base(name)}
	if err != nil {
		d.Complaint = "读不到要点文件“" + d.Name + "”，请检查 config.yaml 里的 plan。"
		return d
	}
	d.Plan, err = readDocument(ctx, name, data)
	if refused := (*plan.Refusal)(nil); errors.As(err, &refused) {
		d.Complaint = refused.Text + "。"
	} else if err != nil {
		d.Complaint = "要点文件“" + d.Name + "”读不了，请另存为 .docx 再试。"
	}
	return d
}

// readDocument reads a plan that is to be kept. Every error is a
// [*plan.Refusal]: besides what cannot be read, text without anything that could
// be asked for, and a paragraph that is longer than the store takes.
func readDocument(ctx context.Context, name string, data []byte) (*plan.Plan, error) {
	p, err := plan.ReadContext(ctx, name, data)
	if err != nil {
		return nil, err
	}
	if len(p.Nodes) == 0 {
		return nil, &plan.Refusal{Text: "没有从文件里认出任何条目。请给各部分和措施编上号（一、／1.／第一条），再导入"}
	}
	for _, n := range p.Nodes {
		kept, err := json.Marshal(n)
		if err != nil || len(kept) > store.MaxValue {
			return nil, &plan.Refusal{
				Text: fmt.Sprintf("第%d至%d行“%s”是一整段，有%d个字，太长了。请把它分成几条，编上号，再导入", n.Line, n.LineEnd, n.Label+clip(n.Title), len([]rune(n.Body))),
				Err:  err,
			}
		}
	}
	return p, nil
}

// clip is the beginning of a title, for a message.
func clip(title string) string {
	r := []rune(title)
	return string(r[:min(len(r), 12)])
}

// planImport is `duban plan import`.
func planImport(ctx context.Context, args []string, s streams) error {
	f := flags("plan import", s)
	path := f.String("config", defaultConfig, "the configuration `file`")
	data := f.String("data", "", "the `folder` of the store; overrides the configuration")
	yes := f.Bool("yes", false, "do not ask")
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return fmt.Errorf("plan import needs one FILE, a work plan: %w", errUsage)
	}
	c, _, err := chosenConfig(*path, *data)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return err
	}
	doc, err := readDocument(ctx, f.Arg(0), raw)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Arg(0), err)
	}
	st, closeStore, err := openStore(ctx, c, openBolt, store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(importInto(ctx, st, doc, filepath.Base(f.Arg(0)), *yes, s), closeStore())
}

// importInto shows what was found and what changes, asks, and takes it.
func importInto(ctx context.Context, st *store.Store, doc *plan.Plan, name string, yes bool, s streams) error {
	next, changes := doc, "还没有现行的要点，这是第一次导入。"
	same := false
	err := st.View(ctx, func(sn *store.Snapshot) error {
		head, ok, err := progress.HeadOf(sn)
		if err != nil || !ok {
			return err
		}
		old, err := progress.PlanAt(sn, head)
		if err != nil {
			return err
		}
		merged, diff := plan.Merge(old, doc)
		next, changes = merged, diff.String()
		rev, err := progress.Revision(next)
		same = rev == head.Rev
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "《%s》\n%s\n%s\n", next.Title, next.Findings(), changes)
	if same || !yes && !agreed(s, "导入") {
		fmt.Fprintln(s.out, "没有导入。")
		return nil
	}
	err = st.Update(ctx, func(tx *store.Tx) error {
		if err := progress.SetPlan(tx, next, name, ""); err != nil {
			return err
		}
		return tx.Audit(store.Audit{Source: store.CLI, Action: "plan.import", Object: name})
	})
	if err == nil {
		fmt.Fprintln(s.out, "已导入。")
	}
	return err
}

// agreed asks on the terminal.
func agreed(s streams, verb string) bool {
	fmt.Fprintf(s.out, "%s？[y/N] ", verb)
	line, _ := bufio.NewReader(s.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "是":
		return true
	}
	return false
}
