package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/plan"
	"duban/plan/find"
	"duban/plan/outline"
)

// readPlan reads the plan that is the only argument of a subcommand.
func readPlan(ctx context.Context, name string, args []string, e Env) (p *plan.Plan, asJSON bool, err error) {
	f := flags(name, e.usage())
	j := f.Bool("json", false, "print one JSON object a line")
	file, data, err := planFile(f, args)
	if err != nil {
		return nil, false, err
	}
	p, err = outline.Read(ctx, file, data)
	return p, *j, err
}

// planFile reads the file that is the only argument of a subcommand.
func planFile(f *flag.FlagSet, args []string) (name string, data []byte, err error) {
	words, err := parse(f, args, false)
	if err != nil {
		return "", nil, err
	}
	if len(words) != 1 {
		return "", nil, fmt.Errorf("%s needs one FILE, a work plan: %w", strings.TrimPrefix(f.Name(), "duban "), errUsage)
	}
	data, err = os.ReadFile(words[0])
	return words[0], data, err
}

// planOutline is `duban plan outline`.
func planOutline(ctx context.Context, args []string, e Env) error {
	f := flags("plan outline", e.usage())
	j := f.Bool("json", false, "print one JSON object a line")
	explain := f.Bool("explain", false, "show for each line what it was taken for, at what cost, and the runner-up")
	file, data, err := planFile(f, args)
	if err != nil {
		return err
	}
	if *explain {
		text, err := outline.Explain(ctx, file, data)
		if err != nil {
			return err
		}
		_, err = io.WriteString(e.Out, text)
		return err
	}
	asJSON := *j
	p, err := outline.Read(ctx, file, data)
	if err != nil {
		return err
	}
	if len(p.Nodes) == 0 && !asJSON {
		_, err = fmt.Fprintln(e.Out, plans.NoStructure)
		return err
	}
	enc := encoder(e.Out)
	type row struct {
		Path   string    `json:"path"`
		Kind   plan.Kind `json:"kind"`
		Label  string    `json:"label"`
		Number string    `json:"number"`
		Title  string    `json:"title"`
		Body   string    `json:"body"`
	}
	for _, n := range p.Nodes {
		if asJSON {
			err = enc.Encode(row{n.Path, n.Kind, n.Label, n.Number, n.Title, n.Body})
		} else {
			_, err = fmt.Fprintf(e.Out, "%s%s%s\n", strings.Repeat("  ", strings.Count(n.Path, "/")), n.Label, n.Title)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// planQuery is `duban plan query`.
func planQuery(ctx context.Context, args []string, e Env) error {
	p, asJSON, err := readPlan(ctx, "plan query", args, e)
	if err != nil {
		return err
	}
	index, enc := find.New(p), encoder(e.Out)
	type answer struct {
		Path  string    `json:"path"`
		Kind  plan.Kind `json:"kind"`
		Title string    `json:"title"`
		Score float64   `json:"score"`
	}
	return eachLine(e.In, func(query string) error {
		found := index.Find(query)
		answers := []answer{}
		for _, h := range found.Hits {
			answers = append(answers, answer{h.Node.Path, h.Node.Kind, h.Node.Title, h.Score})
		}
		if asJSON {
			return enc.Encode(map[string]any{"query": query, "answers": answers})
		}
		return printAnswers(e.Out, p, query, found)
	})
}

func printAnswers(w io.Writer, p *plan.Plan, query string, found find.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "> %s\n", query)
	if len(found.Missing) > 0 && len(found.Hits) > 0 {
		fmt.Fprintf(&b, "要点里没有%s\n", strings.Join(found.Missing, "、"))
	}
	switch {
	case len(found.Hits) == 0:
		fmt.Fprintf(&b, "没有找到%s\n", strings.Join(found.Missing, "、"))
		for _, h := range found.Nearest {
			fmt.Fprintf(&b, "  最接近：%s %s\n", h.Node.Path, h.Node.Title)
		}
	case found.List:
		for _, h := range found.Hits {
			fmt.Fprintf(&b, "  %s %s\n", h.Node.Path, h.Node.Title)
		}
	default:
		fmt.Fprintf(&b, "%s\n", strings.Join(found.Hits[0].Node.Verbatim(p), "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// readMessages is `duban read`.
func readMessages(_ context.Context, args []string, e Env) error {
	f := flags("read", e.usage())
	asJSON := f.Bool("json", false, `read {"context","text"} and print a reading, one JSON object a line`)
	explain := f.Bool("explain", false, "show what each part of the text was taken for")
	where := f.String("context", "private", "where plain lines were said: private, group-mention, group-no-mention, quote-of-notice, quote-of-checkin")
	if _, err := parse(f, args, false); err != nil {
		return err
	}
	enc := encoder(e.Out)
	return eachLine(e.In, func(line string) error {
		in := struct{ Context, Text string }{*where, strings.ReplaceAll(line, `\n`, "\n")}
		if *asJSON {
			if err := json.Unmarshal([]byte(line), &in); err != nil {
				return fmt.Errorf("input is not a JSON object with context and text: %w", err)
			}
		}
		r := reading.Read(reading.FromContext(in.Context, in.Text))
		if *explain {
			_, err := fmt.Fprintln(e.Out, reading.Explain(r))
			return err
		}
		return enc.Encode(r.Row())
	})
}
