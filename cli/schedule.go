package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"duban/app"
	"duban/config"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// nextShown is how many turns explain prints.
const nextShown = 5

// scheduleExplain is `duban schedule explain`.
func scheduleExplain(_ context.Context, args []string, e Env) error {
	f := flags("schedule explain", e.usage())
	asJSON := f.Bool("json", false, "print one JSON object a line")
	calendar := f.String("calendar", "", "a `FILE` of calendar entries (the calendar: section of config.yaml), or none for Monday to Friday")
	now := f.String("now", "", "the `TIME` from which is counted, as 2026-11-23T12:00:00+08:00; default: now")
	zoneName := f.String("zone", "Asia/Shanghai", "the zone of the schedule")
	if _, err := parse(f, args, false); err != nil {
		return err
	}
	zone, err := time.LoadLocation(*zoneName)
	if err != nil {
		return fmt.Errorf("-zone: %w: %w", err, errUsage)
	}
	set := when.Setting{Now: time.Now().In(zone), Zone: zone}
	if *now != "" {
		if set.Now, err = time.Parse(time.RFC3339, *now); err != nil {
			return fmt.Errorf("-now: %w: %w", err, errUsage)
		}
	}
	if set.Calendar, err = readCalendar(*calendar); err != nil {
		return err
	}
	enc := encoder(e.Out)
	return eachLine(e.In, func(phrase string) error {
		x := when.Explain(phrase, set, nextShown)
		if *asJSON {
			return enc.Encode(x)
		}
		return printExplanation(e.Out, x)
	})
}

// readCalendar reads the calendar of a command line: none, a file, or by
// default the statutory one.
func readCalendar(path string) (*when.Calendar, error) {
	var c config.Calendar
	switch path {
	case "none":
		return nil, nil //nolint:nilnil // a nil Calendar knows Monday to Friday
	case "":
	default:
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
		}
	}
	return when.NewCalendar(c.Days, c.School)
}

func printExplanation(w io.Writer, e when.Explanation) error {
	fmt.Fprintf(w, "> %s\n", e.Phrase)
	if !e.OK {
		_, err := fmt.Fprintf(w, "  不能用：%s\n", e.Error)
		return err
	}
	fmt.Fprintf(w, "  %s\n", e.Explain)
	if e.Cron != "" {
		fmt.Fprintf(w, "  cron：%s\n", e.Cron)
	}
	for _, t := range e.Next {
		fmt.Fprintf(w, "  %s\n", zh.ISOMoment(t))
	}
	return nil
}

// scheduleList is `duban schedule list`.
func scheduleList(ctx context.Context, o *app.Office, s streams) error {
	text, err := store.Read(ctx, o.Store, o.Schedule.List)
	if err == nil {
		_, err = fmt.Fprintln(s.Out, text)
	}
	return err
}

// scheduleExport is `duban schedule export`.
func scheduleExport(ctx context.Context, o *app.Office, s streams) error {
	jobs, err := store.Read(ctx, o.Store, o.Schedule.Export)
	if err != nil {
		return err
	}
	data, err := yaml.MarshalWithOptions(map[string]any{"jobs": jobs}, yaml.UseLiteralStyleIfMultiline(true))
	if err == nil {
		_, err = s.Out.Write(data)
	}
	return err
}
