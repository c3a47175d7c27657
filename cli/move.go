package cli

import (
	"context"
	"fmt"

	"duban/app"
)

// move is `duban move`.
func move(ctx context.Context, args []string, e Env) error {
	f := flags("move", e.usage())
	load := e.place(f)
	to := f.String("to", "", "where to: `postgres`, or file for the data folder")
	if err := parseAlone(f, args); err != nil {
		return err
	}
	if *to != "postgres" && *to != "file" {
		return fmt.Errorf("move needs -to postgres or -to file: %w", errUsage)
	}
	c, _, err := load()
	if err != nil {
		return err
	}
	m, err := app.Move(ctx, c, e.options(c), *to == "postgres")
	if err != nil {
		return fmt.Errorf("move: %w", err)
	}
	fmt.Fprintf(e.Out, "moved: %d records and %d files, read again and the same: %x\n", m.Records, m.Files, m.Sum[:8])
	if m.Aside != "" {
		fmt.Fprintf(e.Out, "what was in the data folder is now in %s; delete it when all is well\n", m.Aside)
	}
	if *to == "file" {
		_, err = fmt.Fprintln(e.Out, "now: take store: out of config.yaml, on every machine, then start duban")
		return err
	}
	_, err = fmt.Fprintln(e.Out, "now: start duban")
	return err
}
