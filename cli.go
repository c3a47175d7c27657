package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"duban/handlers/reading"
	"duban/plan"
)

// maxInput is the longest line of standard input that a subcommand reads.
const maxInput = 1 << 20

// flags returns a flag set for a subcommand that reports errors as duban does.
func flags(name string, s streams) *flag.FlagSet {
	f := flag.NewFlagSet("duban "+name, flag.ContinueOnError)
	f.SetOutput(s.err)
	return f
}

// parse parses args; what is wrong with them has been printed with the flags.
func parse(f *flag.FlagSet, args []string) error {
	err := f.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return fmt.Errorf("%w: %w", err, errUsage)
}

// eachLine calls fn with every line of r that is not empty.
func eachLine(r io.Reader, fn func(string) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxInput)
	for in.Scan() {
		line := strings.TrimRight(in.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	return in.Err()
}

// readPlan reads the plan that is the only argument of a subcommand.
func readPlan(ctx context.Context, name string, args []string, s streams) (p *plan.Plan, asJSON bool, err error) {
	f := flags(name, s)
	j := f.Bool("json", false, "print one JSON object a line")
	if err := parse(f, args); err != nil {
		return nil, false, err
	}
	if f.NArg() != 1 {
		return nil, false, fmt.Errorf("%s needs one FILE, a work plan: %w", name, errUsage)
	}
	data, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return nil, false, err
	}
	p, err = plan.ReadContext(ctx, f.Arg(0), data)
	return p, *j, err
}

// planOutline is `duban plan outline`.
func planOutline(ctx context.Context, args []string, s streams) error {
	p, asJSON, err := readPlan(ctx, "plan outline", args, s)
	if err != nil {
		return err
	}
	enc := encoder(s.out)
	for row := range p.Outline() {
		if asJSON {
			err = enc.Encode(row)
		} else {
			_, err = fmt.Fprintf(s.out, "%s%s%s\n", strings.Repeat("  ", strings.Count(row.Path, "/")), row.Label, row.Title)
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
func planQuery(ctx context.Context, args []string, s streams) error {
	p, asJSON, err := readPlan(ctx, "plan query", args, s)
	if err != nil {
		return err
	}
	index, enc := plan.NewIndex(p), encoder(s.out)
	type answer struct {
		Path  string    `json:"path"`
		Kind  plan.Kind `json:"kind"`
		Title string    `json:"title"`
		Score float64   `json:"score"`
	}
	return eachLine(s.in, func(query string) error {
		found := index.Find(query)
		answers := []answer{}
		for _, h := range found.Hits {
			answers = append(answers, answer{h.Node.Path, h.Node.Kind, h.Node.Title, h.Score})
		}
		if asJSON {
			return enc.Encode(map[string]any{"query": query, "answers": answers})
		}
		return printAnswers(s.out, p, query, found)
	})
}

func printAnswers(w io.Writer, p *plan.Plan, query string, found plan.Result) error {
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
func readMessages(_ context.Context, args []string, s streams) error {
	f := flags("read", s)
	asJSON := f.Bool("json", false, `read {"context","text"} and print a reading, one JSON object a line`)
	explain := f.Bool("explain", false, "show what each part of the text was taken for")
	where := f.String("context", "private", "where plain lines were said: private, group-mention, group-no-mention, quote-of-notice, quote-of-checkin")
	if err := parse(f, args); err != nil {
		return err
	}
	enc := encoder(s.out)
	return eachLine(s.in, func(line string) error {
		in := struct{ Context, Text string }{*where, strings.ReplaceAll(line, `\n`, "\n")}
		if *asJSON {
			if err := json.Unmarshal([]byte(line), &in); err != nil {
				return fmt.Errorf("input is not a JSON object with context and text: %w", err)
			}
		}
		r := reading.Read(reading.FromContext(in.Context, in.Text))
		if *explain {
			_, err := fmt.Fprintln(s.out, reading.Explain(r))
			return err
		}
		return enc.Encode(r.Row())
	})
}
