package timer

import (
	"fmt"
	"math/bits"
	"time"
)

// horizon is how many years ahead Next looks. The rarest date is 29 February on a given day of the week, at most 40 years off.
const horizon = 60

// Next returns the first time after the given one at which the expression fires in loc (nil is UTC), and the zero time if
// it never does. When the clocks change, it does as Vixie's cron does:
//
//   - An expression that names minutes and hours ("30 2 * * *") fires once for each time of day it names. If the clocks
//     skip that time, it fires at the moment they jump; if they repeat it, at the first of the two.
//   - An expression whose minute or hour starts with * follows the clock on the wall: what is skipped does not fire, what
//     is repeated fires again.
func (c Cron) Next(after time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	// A zone's clock runs evenly between two changes. Within one such stretch the search is one of the calendar, on
	// "wall" seconds: those of a clock that shows the local time as if it were UTC.
	limit := after.AddDate(horizon, 0, 0)
	t := after.Truncate(time.Second).Add(time.Second).In(loc)
	for t.Before(limit) {
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		before := offset
		if !start.IsZero() {
			_, before = start.Add(-time.Second).Zone()
		}
		wall := t.Unix() + int64(offset)
		if c.fixed() && before != offset {
			shown := start.Unix() + int64(before) // what the clock would show at start, had it not been changed
			if t.Equal(start) && before < offset && c.nextWall(shown) < wall {
				return start.In(loc)
			}
			wall = max(wall, shown)
		}
		found := c.nextWall(wall)
		if found == never {
			return time.Time{}
		}
		if at := time.Unix(found-int64(offset), 0).In(loc); end.IsZero() || at.Before(end) {
			return at
		}
		t = end.In(loc)
	}
	return time.Time{}
}

const (
	day   = 24 * 60 * 60
	never = int64(1) << 62
)

// nextWall returns the first matching minute at or after the given wall seconds.
func (c Cron) nextWall(wall int64) int64 {
	from := time.Unix(wall+59, 0).UTC().Truncate(time.Minute)
	if c.matchesDay(from) {
		if s, ok := c.inDay(from.Hour(), from.Minute()); ok {
			return from.Unix() - int64(from.Hour()*3600+from.Minute()*60) + s
		}
	}
	first, ok := c.inDay(0, 0)
	if !ok {
		return never
	}
	year, month, next := from.Date()
	next++
	for y := year; y <= year+horizon; y++ {
		for ; month <= 12; month++ {
			if c.Month.Has(int(month)) {
				weekday := time.Date(y, month, next, 0, 0, 0, 0, time.UTC).Weekday()
				for d := next; d <= daysIn(int(month), y); d++ {
					if c.takesDay(d, weekday) {
						return time.Date(y, month, d, 0, 0, 0, 0, time.UTC).Unix() + first
					}
					weekday = (weekday + 1) % 7
				}
			}
			next = 1
		}
		month = 1
	}
	return never
}

func (c Cron) matchesDay(t time.Time) bool {
	return c.Month.Has(int(t.Month())) && c.takesDay(t.Day(), t.Weekday())
}

func (c Cron) takesDay(d int, weekday time.Weekday) bool {
	inMonth, inWeek := c.DayOfMonth.Has(d), c.DayOfWeek.Has(int(weekday))
	if c.EitherDay() {
		return inMonth || inWeek
	}
	return inMonth && inWeek
}

// inDay returns the first matching time of day at or after the given one, in seconds.
func (c Cron) inDay(hour, minute int) (int64, bool) {
	if c.Hour.Has(hour) {
		if m := from(c.Minute, minute); m < 60 {
			return int64(hour*3600 + m*60), true
		}
	}
	h, m := from(c.Hour, hour+1), from(c.Minute, 0)
	return int64(h*3600 + m*60), h < 24 && m < 60
}

// from returns the smallest value of the field that is at least n, 64 if there is none.
func from(f Field, n int) int { return bits.TrailingZeros64(f.Bits >> n << n) }

func daysIn(month, year int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Next returns the first time after the given one at which the schedule fires. An interval fires at whole multiples of
// itself counted in UTC (every 15 minutes: at 0, 15, 30 and 45 past), so that it does not depend on when a process
// started. The error is a *CronError, or that of an unknown time zone: time.LoadLocation finds zones in the system's
// database, and this package does not link one (450 KB).
func (s Schedule) Next(after time.Time) (time.Time, error) {
	switch {
	case s.Cron != "" && s.Every != 0:
		return time.Time{}, fmt.Errorf("timer %s: found both cron and every, expected one", s.Name)
	case s.Cron == "" && s.Every <= 0:
		return time.Time{}, fmt.Errorf("timer %s: found every %s and no cron, expected one of them", s.Name, s.Every)
	}
	loc := time.UTC
	if s.Timezone != "" {
		l, err := time.LoadLocation(s.Timezone)
		if err != nil {
			return time.Time{}, fmt.Errorf("timer %s: time zone %q: %w", s.Name, s.Timezone, err)
		}
		loc = l
	}
	if s.Every > 0 {
		return after.Truncate(s.Every).Add(s.Every).In(loc), nil
	}
	c, err := ParseCron(s.Cron)
	if err != nil {
		return time.Time{}, fmt.Errorf("timer %s: cron %q: %w", s.Name, s.Cron, err)
	}
	return c.Next(after, loc), nil
}
