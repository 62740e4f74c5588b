// Package cron says a timer in the dialects of the vendors. A timer becomes one expression, or several that together
// fire at the same times, or an error that says why it cannot be expressed. It reads no deployment file and writes none.
package cron

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a machine that generates may have no zone database

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Plan is a timer in a vendor's words.
type Plan struct {
	// Expressions are the vendor's triggers; their times together are the timer's.
	Expressions []string
	// Twice says that two of the expressions may fire at the same time: a timer for days of the month and days of the
	// week, on a day that is both.
	Twice bool
}

// Error says why a vendor cannot have a timer.
type Error struct {
	// Argument is the argument of the timer that is to blame: cron, every or timezone.
	Argument string
	// Message says why.
	Message string
	// Hint says what to do, empty if there is nothing to say.
	Hint string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

const (
	allMinutes = 1<<60 - 1
	allHours   = 1<<24 - 1
	allDays    = 1<<32 - 2 // 1 to 31
	allMonths  = 1<<13 - 2 // 1 to 12
	allWeek    = 1<<7 - 1
)

// days is one rule for the days of a timer: days of the month, days of the week, or neither and so every day.
type days struct {
	month, week uint64 // zero for any
}

// rules splits a cron expression into rules for its days of which any suffices.
func rules(c timer.Cron) ([]days, error) {
	anyOfMonth, anyOfWeek := c.DayOfMonth.Bits == allDays, c.DayOfWeek.Bits == allWeek
	switch {
	case c.EitherDay() && (anyOfMonth || anyOfWeek), anyOfMonth && anyOfWeek:
		return []days{{}}, nil
	case c.EitherDay():
		return []days{{month: c.DayOfMonth.Bits}, {week: c.DayOfWeek.Bits}}, nil
	case anyOfMonth:
		return []days{{week: c.DayOfWeek.Bits}}, nil
	case anyOfWeek:
		return []days{{month: c.DayOfMonth.Bits}}, nil
	}
	return nil, &Error{
		Argument: "cron",
		Message:  "a day has to match the day of month and the day of week",
		Hint:     "test one of them in the function; days of which either suffices are written without a * in front",
	}
}

// list writes the values of a field: * for all, from/step where the values run on to the end, ranges and single values.
func list(values uint64, low, high int) string {
	all := uint64(0)
	for n := low; n <= high; n++ {
		all |= 1 << n
	}
	if values == all {
		return "*"
	}
	if first, step, ok := progression(values, high); ok {
		return fmt.Sprintf("%d/%d", first, step)
	}
	return ranges(values, strconv.Itoa)
}

// progression recognises three or more values that keep one distance up to the end of the field.
func progression(values uint64, high int) (first, step int, ok bool) {
	if bits.OnesCount64(values) < 3 {
		return 0, 0, false
	}
	first = bits.TrailingZeros64(values)
	step = bits.TrailingZeros64(values&(values-1)) - first
	expected := uint64(0)
	for n := first; n <= high; n += step {
		expected |= 1 << n
	}
	return first, step, step > 1 && expected == values
}

// ranges writes single values, and three or more in a row as a range.
func ranges(values uint64, name func(int) string) string {
	var parts []string
	for values != 0 {
		low := bits.TrailingZeros64(values)
		length := bits.TrailingZeros64(^(values >> low))
		for n := range length {
			values &^= 1 << (low + n)
		}
		switch {
		case length > 2:
			parts = append(parts, name(low)+"-"+name(low+length-1))
		case length == 2:
			parts = append(parts, name(low), name(low+1))
		default:
			parts = append(parts, name(low))
		}
	}
	return strings.Join(parts, ",")
}

// week writes days of the week by name, Sunday last and never in a range: each vendor counts from another day.
func week(values uint64) string {
	names := strings.Fields("SUN MON TUE WED THU FRI SAT")
	text := ranges(values&^1, func(n int) string { return names[n] })
	if values&1 == 0 {
		return text
	}
	return strings.TrimPrefix(text+",SUN", ",")
}

// or writes other for a field that is zero.
func or(values uint64, other string, write func(uint64) string) string {
	if values == 0 {
		return other
	}
	return write(values)
}

func monthDays(values uint64) string { return list(values, 1, 31) }

// parse reads the expression of a timer that has one. It has been checked before; an error is that of the language.
func parse(t *annotations.Timer) (timer.Cron, []days, error) {
	c, err := timer.ParseCron(t.Cron)
	if err != nil {
		return timer.Cron{}, nil, &Error{Argument: "cron", Message: err.Error()}
	}
	r, err := rules(c)
	return c, r, err
}

// minutes is the interval of a timer in minutes; no vendor counts seconds.
func minutes(t *annotations.Timer) (int, error) {
	every := time.Duration(t.Every)
	if every < time.Minute || every%time.Minute != 0 {
		return 0, &Error{Argument: "every", Message: fmt.Sprintf("an interval is a whole number of minutes, found %s", t.Every)}
	}
	return int(every / time.Minute), nil
}
