package cron

import (
	"fmt"
	"slices"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// SCF's clock shows UTC+8 all year.
const beijing = 8 * 60

// SCF writes a timer for Tencent's Serverless Cloud Function: second minute hour day-of-month month day-of-week year, in
// UTC+8. A timer in another zone is shifted, with its days where it passes midnight; that is exact in zones whose offset
// never changes, and refused in all others.
func SCF(t *annotations.Timer) (Plan, error) {
	if t.Cron == "" {
		return scfEvery(t)
	}
	c, rules, err := parse(t)
	if err != nil {
		return Plan{}, err
	}
	offset, err := constantOffset(t.Timezone)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Twice: len(rules) > 1}
	for _, day := range rules {
		expressions, err := shift(c, day, beijing-offset)
		if err != nil {
			return Plan{}, err
		}
		plan.Expressions = append(plan.Expressions, expressions...)
	}
	return plan, nil
}

// scfEvery says an interval as a cron expression, which it can when it divides the hour or the day. Intervals are counted
// in UTC everywhere, so that a timer fires at the same times on every platform.
func scfEvery(t *annotations.Timer) (Plan, error) {
	n, err := minutes(t)
	if err != nil {
		return Plan{}, err
	}
	expression := ""
	switch {
	case 60%n == 0:
		expression = fmt.Sprintf("0 %s * * * * *", list(every(0, n, 60), 0, 59))
	case n%60 == 0 && 24%(n/60) == 0:
		expression = fmt.Sprintf("0 0 %s * * * *", list(every(8%(n/60), n/60, 24), 0, 23))
	default:
		return Plan{}, &Error{
			Argument: "every",
			Message:  fmt.Sprintf("timers there have no intervals, and %s divides neither an hour nor a day", t.Every),
			Hint:     "choose 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes or 1, 2, 3, 4, 6, 8, 12 or 24 hours, or write cron",
		}
	}
	return Plan{Expressions: []string{expression}}, nil
}

func every(first, step, end int) uint64 {
	var values uint64
	for n := first; n < end; n += step {
		values |= 1 << n
	}
	return values
}

// constantOffset is how many minutes a zone is ahead of UTC, now and in every year to come.
func constantOffset(zone string) (int, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return 0, &Error{Argument: "timezone", Message: fmt.Sprintf("unknown time zone %q", zone)}
	}
	// A fixed day: what is generated must not depend on when.
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, location)
	_, seconds := day.Zone()
	if _, end := day.ZoneBounds(); !end.IsZero() || seconds%60 != 0 {
		return 0, &Error{
			Argument: "timezone",
			Message:  fmt.Sprintf("timers there run in UTC+8 all year, and the clocks of %s change", zone),
			Hint:     "write the time in UTC, in Asia/Shanghai or in another zone whose clocks do not change",
		}
	}
	return seconds / 60, nil
}

// shift moves the times of day by some minutes, less than a day, and the days of those that pass midnight.
func shift(c timer.Cron, day days, delta int) ([]string, error) {
	var hours [3][24]uint64 // the minutes of each hour, of times that are a day earlier, the same day, a day later
	for _, h := range c.Hour.Values() {
		for _, m := range c.Minute.Values() {
			at := h*60 + m + delta + 24*60
			which := at / (24 * 60)
			at %= 24 * 60
			hours[which][at/60] |= 1 << (at % 60)
		}
	}
	everyDay := day == days{} && c.Month.Bits == allMonths
	if everyDay {
		for h := range 24 {
			hours[1][h] |= hours[0][h] | hours[2][h]
		}
		hours[0], hours[2] = [24]uint64{}, [24]uint64{}
	}
	var expressions []string
	for which, day := range [3]func() ([]string, error){
		func() ([]string, error) { return otherDay(c.Month.Bits, day, -1) },
		func() ([]string, error) { return []string{dayFields(day.month, c.Month.Bits, day.week)}, nil },
		func() ([]string, error) { return otherDay(c.Month.Bits, day, 1) },
	} {
		times := timeFields(hours[which])
		if len(times) == 0 {
			continue
		}
		days, err := day()
		if err != nil {
			return nil, err
		}
		for _, d := range days {
			for _, t := range times {
				expressions = append(expressions, fmt.Sprintf("0 %s %s *", t, d))
			}
		}
	}
	return expressions, nil
}

// timeFields writes times of day as minute and hour fields, as few as have the same minutes in each of their hours.
func timeFields(hours [24]uint64) []string {
	var fields []string
	done := uint64(0)
	for h, minutes := range hours {
		if minutes == 0 {
			continue
		}
		same := uint64(0)
		for other := h; other < 24; other++ {
			if hours[other] == minutes {
				same |= 1 << other
			}
		}
		if done&same == 0 {
			fields = append(fields, list(minutes, 0, 59)+" "+list(same, 0, 23))
			done |= same
		}
	}
	return fields
}

func dayFields(ofMonth, months, ofWeek uint64) string {
	return fmt.Sprintf("%s %s %s", or(ofMonth, "*", monthDays), list(months, 1, 12), or(ofWeek, "*", week))
}

// otherDay writes the days before or after those of a rule.
func otherDay(months uint64, day days, by int) ([]string, error) {
	if day.week != 0 {
		if months != allMonths {
			return nil, &Error{
				Argument: "cron",
				Message:  "in UTC+8 the time is on another day, and days of the week in some months cannot be moved to it",
				Hint:     "write the time in Asia/Shanghai",
			}
		}
		var moved uint64
		for d := range 7 {
			if day.week>>d&1 == 1 {
				moved |= 1 << ((d + by + 7) % 7)
			}
		}
		return []string{dayFields(0, months, moved)}, nil
	}
	if day.month == 0 {
		day.month = allDays
	}
	leap, common := move(months, day.month, by, 29), move(months, day.month, by, 28)
	calendar, ok := combine(leap, common)
	if !ok {
		return nil, &Error{
			Argument: "cron",
			Message:  "in UTC+8 the time is on another day, which at the end of February depends on the year",
			Hint:     "write the time in Asia/Shanghai",
		}
	}
	var fields []string
	done := [33]bool{}
	for d := 1; d <= last; d++ {
		if calendar[d] == 0 || done[d] {
			continue
		}
		if d == last {
			fields = append(fields, fmt.Sprintf("L %s *", list(calendar[d], 1, 12)))
			continue
		}
		var same uint64
		for other := d; other < last; other++ {
			if calendar[other] == calendar[d] {
				same |= 1 << other
				done[other] = true
			}
		}
		fields = append(fields, dayFields(same&allDays, calendar[d], 0))
	}
	return fields, nil
}

// calendar holds the months of each day, in bits. Day last is the last one of the month.
type calendar [33]uint64

const last = 32

func length(month, february int) int {
	switch {
	case month == 2:
		return february
	case slices.Contains([]int{4, 6, 9, 11}, month):
		return 30
	}
	return 31
}

// move shifts days by one in a year whose February has so many days. The day before the first is the month's last, as
// such: that is the same day in each year.
func move(months, ofMonth uint64, by, february int) calendar {
	var c calendar
	for m := 1; m <= 12; m++ {
		for d := 1; d <= length(m, february); d++ {
			if months>>m&1 == 0 || ofMonth>>d&1 == 0 {
				continue
			}
			day, month := d+by, m
			switch {
			case day == 0:
				day, month = last, (m+10)%12+1
			case day > length(m, february):
				day, month = 1, m%12+1
			}
			c[day] |= 1 << month
		}
	}
	return c
}

// combine finds one calendar that is right in leap years and in others. They can differ in the end of February, where
// the 29th and the last day mean different days, and in the first of March.
func combine(leap, common calendar) (calendar, bool) {
	const february = 1 << 2
	out := leap
	for d := range out {
		if d < 28 || d > 29 && d != last {
			if leap[d] != common[d] {
				return out, false
			}
		}
	}
	// What February's last days need: in leap years the 28th and the 29th, in others the 28th.
	needs := [3]bool{
		leap[28]&february != 0, (leap[29]|leap[last])&february != 0, (common[28]|common[last])&february != 0,
	}
	for _, d := range []int{28, 29, last} {
		out[d] &^= february
	}
	switch needs {
	case [3]bool{false, false, false}:
	case [3]bool{false, true, false}:
		out[29] |= february
	case [3]bool{true, false, true}:
		out[28] |= february
	case [3]bool{true, true, true}:
		out[28] |= february
		out[29] |= february // the last day would be the 28th a second time, in common years
	case [3]bool{false, true, true}:
		out[last] |= february
	default:
		return out, false
	}
	return out, true
}
