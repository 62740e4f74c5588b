package timer

import (
	"math/bits"
	"strconv"
	"strings"
)

// Cron is a five-field expression, ready to be matched or translated into a vendor's dialect. Two that fire at the same
// times by the same rules are equal. The zero Cron never fires.
type Cron struct {
	// Minute, Hour, DayOfMonth, Month and DayOfWeek say when it fires. Sunday is 0; a 7 has become 0.
	Minute, Hour, DayOfMonth, Month, DayOfWeek Field
}

// Field is one field of a [Cron].
type Field struct {
	// Bits has bit n set when the field takes the value n.
	Bits uint64
	// Star says that the field starts with * (be it */2, which does not take every value). It decides how the two day
	// fields combine, and what the change of the clocks does: see [Cron.EitherDay] and [Cron.Next].
	Star bool
}

// Has reports whether the field takes n.
func (f Field) Has(n int) bool { return n >= 0 && n < 64 && f.Bits>>n&1 == 1 }

// Values lists what the field takes, ascending.
func (f Field) Values() []int {
	list := make([]int, 0, bits.OnesCount64(f.Bits))
	for b := f.Bits; b != 0; b &= b - 1 {
		list = append(list, bits.TrailingZeros64(b))
	}
	return list
}

// EitherDay reports whether a day counts when one of the day fields takes it. That is so when both are restricted, as
// in "0 9 13 * 5": each 13th and each Friday. When one of them starts with *, a day must be in both.
func (c Cron) EitherDay() bool { return !c.DayOfMonth.Star && !c.DayOfWeek.Star }

// fixed reports whether the expression names hours and minutes of the day, which are made up for when the clocks skip them.
func (c Cron) fixed() bool { return !c.Minute.Star && !c.Hour.Star }

// String returns the expression in canonical form, from which [ParseCron] makes an equal Cron.
func (c Cron) String() string {
	return strings.Join([]string{
		minutes.format(c.Minute), hours.format(c.Hour), daysOfMonth.format(c.DayOfMonth), months.format(c.Month), daysOfWeek.format(c.DayOfWeek),
	}, " ")
}

// unit is what one field counts.
type unit uint8

const (
	minutes unit = iota
	hours
	daysOfMonth
	months
	daysOfWeek
)

// String names the field in messages.
func (u unit) String() string {
	return [...]string{"minute", "hour", "day of month", "month", "day of week"}[u]
}

// low and high are the field's values.
func (u unit) low() int  { return [...]int{0, 0, 1, 1, 0}[u] }
func (u unit) high() int { return [...]int{59, 23, 31, 12, 6}[u] }

// names has three letters for each value, in order, where the field has names.
func (u unit) names() string {
	switch u {
	case months:
		return "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
	case daysOfWeek:
		return "SUNMONTUEWEDTHUFRISAT"
	}
	return ""
}

func (u unit) all() uint64 { return span(u.low(), u.high(), 1) }

// span has the bits from low to high, each step.
func span(low, high, step int) uint64 {
	var b uint64
	for n := low; n <= high; n += step {
		b |= 1 << n
	}
	return b
}

func (u unit) format(f Field) string {
	if f.Star && f.Bits == u.all() {
		return "*"
	}
	var parts []string
	left := f.Bits
	if f.Star {
		for step := 2; step <= u.high()-u.low(); step++ {
			if s := span(u.low(), u.high(), step); s&left == s {
				parts = append(parts, "*/"+strconv.Itoa(step))
				left &^= s
				break
			}
		}
	}
	for left != 0 {
		low := bits.TrailingZeros64(left)
		length := bits.TrailingZeros64(^(left >> low))
		high := low + length - 1
		left &^= span(low, high, 1)
		switch length {
		case 1:
			parts = append(parts, strconv.Itoa(low))
		case 2:
			parts = append(parts, strconv.Itoa(low), strconv.Itoa(high))
		default:
			parts = append(parts, strconv.Itoa(low)+"-"+strconv.Itoa(high))
		}
	}
	return strings.Join(parts, ",")
}
