package app

import (
	"context"
	"reflect"
	"slices"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// calendarWith joins the statutory table, the configuration's entries and those that
// admins made; the later ones win.
func (o *settings) calendarWith(own schedule.Own) (*when.Calendar, error) {
	c := o.calendar.Load()
	days := slices.Clone(c.Days)
	for _, e := range own.Days {
		days = append(days, e.Override)
	}
	school := c.School
	if own.School != nil && own.School.Over(school) {
		school = own.School.School
	}
	return when.NewCalendar(days, school)
}

// storedCalendar is the calendar of the configuration with the entries in the
// store.
func (o *settings) storedCalendar(ctx context.Context) (*when.Calendar, error) {
	own, err := store.Read(ctx, o.Store, schedule.OwnOf)
	if err != nil {
		return nil, err
	}
	return o.calendarWith(own)
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
