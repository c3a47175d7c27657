package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/app"
	"duban/bot"
	"duban/config"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/zh"
)

// standing is an order of the doctor: how does an office stand?
func standing(f *flag.FlagSet) order {
	deep := f.Bool("deep", false, "read every record")
	return func(ctx context.Context, o *app.Office, _ []string, s streams) error {
		d := &doctor{out: s.Out}
		if err := d.inspect(ctx, o, *deep); err != nil {
			return err
		}
		return d.verdict()
	}
}

// inspect says how an office stands: its accounts, and what its store holds.
func (d *doctor) inspect(ctx context.Context, o *app.Office, deep bool) error {
	if err := errors.Join(d.standings(ctx, o), d.stored(ctx, o)); err != nil {
		return err
	}
	d.copies(o)
	d.year(o)
	if !deep {
		return nil
	}
	return d.records(ctx, o)
}

// files checks the roster and the plan as a start does. It is nil if it cannot be read.
func (d *doctor) files(ctx context.Context, c config.Config, planned bool) *roster.Roster {
	people, err := app.CheckFiles(ctx, c, planned)
	if err != nil {
		d.bad("名单和要点", err.Error()+"。请改好文件，或改config.yaml里的roster、plan")
		return nil
	}
	d.good("名单和要点", fmt.Sprintf("名单%d人，可以读", len(people.People)))
	for _, j := range c.Jobs {
		for _, g := range j.Groups {
			if !slices.Contains(people.Groups(), g) {
				d.bad("提醒", fmt.Sprintf("“%s”要发的群“%s”不在名单里，请改config.yaml或名单", j.Name, g))
			}
		}
	}
	return people
}

// unmeant says why a start would not take the roster of the file.
func (d *doctor) unmeant(why []string) {
	if why != nil {
		d.bad("名单", strings.Join(why, "；")+"。启动时不会采用，请改好文件；确实如此，由管理员发“导入名单”")
	}
}

// opened opens the accounts that can be opened without a network, as a start does.
func (d *doctor) opened(o *app.Office, people *roster.Roster) {
	for _, c := range o.Config.Accounts {
		if app.Abilities(c).Simulated == nil {
			continue
		}
		a, err := o.OpenAccount(c, people)
		if err != nil {
			d.bad("账号"+c.Name, "打不开，启动也会失败："+err.Error())
			continue
		}
		if x := bot.AbilitiesOf(a).Closer; x != nil {
			if err := x.Close(); err != nil {
				d.bad("账号"+c.Name, err.Error())
			}
		}
	}
}

// stored says what in the store needs a person: a pause, jobs without a group, a clock
// that does not go on where the store ended.
func (d *doctor) stored(ctx context.Context, o *app.Office) error {
	type state struct {
		paused   bool
		last     time.Time
		strange  []string
		planless bool
	}
	st, err := store.Read(ctx, o.Store, func(s *store.Snapshot) (st state) {
		_, st.paused = outbox.Paused(s)
		st.last = store.Believed(s)
		_, there := progress.HeadOf(s)
		st.planless = !there
		groups := roster.Current(s).Groups()
		for _, j := range schedule.Jobs(s) {
			for _, g := range j.Groups {
				if !slices.Contains(groups, g) {
					st.strange = append(st.strange, fmt.Sprintf("“%s”要发的群“%s”", j.Name, g))
				}
			}
		}
		return st
	})
	if err != nil {
		return err
	}
	if st.paused {
		d.note("发送", "现在暂停发送；要继续，运行 duban resume，或由管理员发“恢复发送”")
	}
	if st.strange != nil {
		d.note("提醒", strings.Join(st.strange, "、")+"不在名单里，请改提醒或名单")
	}
	if st.planless {
		d.note("要点", "还没有现行的要点，启动时从plan指定的文件导入")
	}
	switch doubt := o.Schedule.Doubt(o.Store.Clock()); {
	case doubt != "":
		d.bad("时钟", doubt)
	case time.Until(st.last) > time.Minute:
		d.bad("时钟", "比上次运行时（"+zh.FullMoment(st.last.In(o.Zone))+"）还早，请校准系统时间")
	}
	return nil
}

// copies says how old the newest backup is.
func (d *doctor) copies(o *app.Office) {
	if o.Config.Backup.Every == 0 {
		d.note("备份", "没有开；在config.yaml里设backup.every")
		return
	}
	newest, err := o.Backups().Newest(o.Source().Data, time.Now())
	switch {
	case err != nil:
		d.note("备份", err.Error())
	case newest.IsZero():
		d.note("备份", "还没有备份；运行后自动做，也可以运行 duban backup")
	case time.Since(newest) > 48*time.Hour:
		d.bad("备份", "上一份是"+zh.FullMoment(newest.In(o.Zone))+"的，请检查备份文件夹和日志，再运行 duban backup")
	default:
		d.good("备份", "上一份是"+zh.FullMoment(newest.In(o.Zone))+"的")
	}
}

// year says whether the holidays of the year are known.
func (d *doctor) year(o *app.Office) {
	year := time.Now().In(o.Zone).Year()
	if !o.Schedule.Calendar().Known(year) {
		d.note("日历", fmt.Sprintf("没有%d年的放假和调休安排，工作日的提醒会按周一到周五算；请写进config.yaml的calendar.days", year))
	}
}

// records reads every record, and the audit logs.
func (d *doctor) records(ctx context.Context, o *app.Office) error {
	n, damaged, err := o.Store.VerifyRecords(ctx)
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		d.bad("记录", fmt.Sprintf("%d条里有损坏的：%v。请检查磁盘；启动后会放在一边，需要时用 duban restore 恢复", n, damaged))
	} else {
		d.good("记录", fmt.Sprintf("%d条，逐条检查过，都完好", n))
	}
	var tampered error
	err = o.Store.View(ctx, func(s *store.Snapshot) error {
		_, tampered = s.VerifyAudits()
		return nil
	})
	if tampered != nil {
		d.bad("操作记录", "和写下时不一样："+tampered.Error()+"。请保留现场，运行 duban audit verify")
	} else if err == nil {
		d.good("操作记录", "没有被改过")
	}
	return err
}
