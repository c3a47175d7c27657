package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// nextShown is how many turns explain prints.
const nextShown = 5

// scheduleExplain is `duban schedule explain`.
func scheduleExplain(_ context.Context, args []string, s streams) error {
	f := flags("schedule explain", s)
	asJSON := f.Bool("json", false, "print one JSON object a line")
	calendar := f.String("calendar", "", "a `FILE` of calendar entries (the calendar: section of config.yaml), or none for Monday to Friday")
	now := f.String("now", "", "the `TIME` from which is counted, as 2026-11-23T12:00:00+08:00; default: now")
	zoneName := f.String("zone", "Asia/Shanghai", "the zone of the schedule")
	if err := parse(f, args); err != nil {
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
	enc := encoder(s.out)
	return eachLine(s.in, func(phrase string) error {
		e := when.Explain(phrase, set, nextShown)
		if *asJSON {
			return enc.Encode(e)
		}
		return printExplanation(s, e)
	})
}

// readCalendar reads the calendar of a command line: none, a file, or by
// default the statutory one.
func readCalendar(path string) (*when.Calendar, error) {
	var c CalendarConfig
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

func printExplanation(s streams, e when.Explanation) error {
	fmt.Fprintf(s.out, "> %s\n", e.Phrase)
	if !e.OK {
		_, err := fmt.Fprintf(s.out, "  不能用：%s\n", e.Error)
		return err
	}
	fmt.Fprintf(s.out, "  %s\n", e.Explain)
	if e.Cron != "" {
		fmt.Fprintf(s.out, "  cron：%s\n", e.Cron)
	}
	for _, t := range e.Next {
		fmt.Fprintf(s.out, "  %s\n", zh.ISOMoment(t))
	}
	return nil
}

// withSchedule opens the store for a subcommand that looks at its jobs.
func withSchedule(ctx context.Context, name string, args []string, s streams, fn func(*store.Snapshot, *schedule.Scheduler) error) error {
	c, _, err := setup(name, args, s)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return err
	}
	st, closeStore, err := openStore(ctx, c, openBolt, store.Options{})
	if err != nil {
		return err
	}
	defer closeStore() //nolint:errcheck // nothing was written
	clock, err := newScheduler(ctx, st, c, schedule.Options{Zone: zone})
	if err != nil {
		return err
	}
	return st.View(ctx, func(sn *store.Snapshot) error { return fn(sn, clock) })
}

// scheduleList is `duban schedule list`.
func scheduleList(ctx context.Context, args []string, s streams) error {
	return withSchedule(ctx, "schedule list", args, s, func(sn *store.Snapshot, clock *schedule.Scheduler) error {
		text, err := clock.List(sn)
		if err == nil {
			_, err = fmt.Fprintln(s.out, text)
		}
		return err
	})
}

// scheduleExport is `duban schedule export`.
func scheduleExport(ctx context.Context, args []string, s streams) error {
	return withSchedule(ctx, "schedule export", args, s, func(sn *store.Snapshot, clock *schedule.Scheduler) error {
		jobs, err := clock.Export(sn)
		if err != nil {
			return err
		}
		data, err := yaml.MarshalWithOptions(map[string]any{"jobs": jobs}, yaml.UseLiteralStyleIfMultiline(true))
		if err == nil {
			_, err = s.out.Write(data)
		}
		return err
	})
}
