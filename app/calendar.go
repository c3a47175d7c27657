package app

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"duban/config"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// makeCalendar joins the statutory table, the configuration's entries and those
// that admins made in chat; the later ones win.
func makeCalendar(c config.Calendar, entries []schedule.DayEntry) (*when.Calendar, error) {
	days := slices.Clone(c.Days)
	for _, e := range entries {
		days = append(days, e.Override)
	}
	return when.NewCalendar(days, c.School)
}

// storedCalendar is the calendar of the configuration with the entries in the
// store.
func (o *settings) storedCalendar(ctx context.Context) (*when.Calendar, error) {
	entries, err := store.Read(ctx, o.Store, schedule.Days)
	if err != nil {
		return nil, err
	}
	return makeCalendar(*o.calendar.Load(), entries)
}

// checkDays says what is wrong with entries of the calendar.
func (o *settings) checkDays(entries []schedule.DayEntry) string {
	_, err := makeCalendar(*o.calendar.Load(), entries)
	if r := (*when.Refusal)(nil); errors.As(err, &r) {
		return r.Text + "。"
	}
	if err != nil {
		return "日历条目不对，请检查日期。"
	}
	return ""
}

// recalendar puts the calendar of the configuration and the store in force, and
// tells the admins which reminders move because of it.
func (o *settings) recalendar(ctx context.Context) error {
	c, err := o.storedCalendar(ctx)
	if err != nil || reflect.DeepEqual(c, o.Schedule.Calendar()) {
		return err
	}
	moved, err := o.Schedule.SetCalendar(ctx, c)
	if err == nil && moved != "" {
		o.alarm(ctx, "日历有变动，以下提醒随之调整：\n"+moved)
	}
	return err
}
