package timer

import (
	"fmt"
	"strconv"
	"strings"
)

// CronError says what is wrong with an expression, and where.
type CronError struct {
	// Offset and Length are the bytes of the expression that are meant.
	Offset, Length int
	// Message says what was found and what was expected, with a hint where the mistake is a known one.
	Message string
}

// Error returns the message with its place.
func (e *CronError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Message) }

// ParseCron reads an expression in the language that doc.go describes. The error is a *CronError.
func ParseCron(expression string) (Cron, error) {
	c, err := parse(expression)
	if e, ok := err.(*CronError); ok { // what is missing at the end is not a byte of the expression
		e.Length = min(e.Length, len(expression)-e.Offset)
	}
	return c, err
}

func parse(expression string) (Cron, error) {
	words := split(expression)
	if len(words) == 0 {
		return Cron{}, &CronError{0, len(expression), "found nothing, expected five fields: minute hour day-of-month month day-of-week"}
	}
	if first := words[0]; first.text[0] == '@' {
		return macro(words)
	} else if i := strings.IndexByte(first.text, '='); i > 0 {
		return Cron{}, &CronError{first.at, len(first.text), fmt.Sprintf("found %q, expected a field; the time zone is an argument of its own: timezone", first.text)}
	}
	if len(words) != 5 {
		return Cron{}, wrongCount(words)
	}
	var c Cron
	fields := [...]struct {
		unit
		to *Field
	}{{minutes, &c.Minute}, {hours, &c.Hour}, {daysOfMonth, &c.DayOfMonth}, {months, &c.Month}, {daysOfWeek, &c.DayOfWeek}}
	for i, f := range fields {
		var err error
		if *f.to, err = f.parse(words[i]); err != nil {
			return Cron{}, err
		}
	}
	// Outside the day fields 0-59 and * are the same in all but how they are written.
	c.Month.Star = c.Month.Bits == months.all()
	if err := c.possible(words[2]); err != nil {
		return Cron{}, err
	}
	return c, nil
}

// word is a part of the expression and the byte where it starts.
type word struct {
	text string
	at   int
}

func (w word) fail(offset, length int, format string, args ...any) error {
	return &CronError{w.at + offset, length, fmt.Sprintf(format, args...)}
}

func split(expression string) []word {
	var words []word
	for at := 0; at < len(expression); {
		length := strings.IndexAny(expression[at:], " \t")
		if length < 0 {
			length = len(expression) - at
		}
		if length > 0 {
			words = append(words, word{expression[at : at+length], at})
		}
		at += length + 1
	}
	return words
}

func wrongCount(words []word) error {
	last := words[len(words)-1]
	if len(words) < 5 {
		return words[0].fail(0, last.at+len(last.text)-words[0].at, "found %d of five fields: minute hour day-of-month month day-of-week", len(words))
	}
	extra, hint := words[5], "leave out what follows the day of week"
	if len(words) <= 7 {
		hint = "fields for seconds and years are not in this language; leave them out"
	}
	return extra.fail(0, last.at+len(last.text)-extra.at, "found %d fields, expected five: minute hour day-of-month month day-of-week; %s", len(words), hint)
}

func macro(words []word) (Cron, error) {
	w := words[0]
	expression := ""
	switch w.text {
	case "@hourly":
		expression = "0 * * * *"
	case "@daily", "@midnight":
		expression = "0 0 * * *"
	case "@weekly":
		expression = "0 0 * * 0"
	case "@monthly":
		expression = "0 0 1 * *"
	case "@yearly", "@annually":
		expression = "0 0 1 1 *"
	case "@every":
		return Cron{}, w.fail(0, len(w.text), "found @every, expected a cron expression; an interval is an argument of its own: every=5m")
	default:
		return Cron{}, w.fail(0, len(w.text), "found %q, expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually", w.text)
	}
	if len(words) > 1 {
		return Cron{}, words[1].fail(0, len(words[1].text), "found %q after %s, expected nothing", words[1].text, w.text)
	}
	return parse(expression)
}

// parse reads a field: a list of *, values and ranges, each of the first and the last with a step if wanted.
func (u unit) parse(w word) (Field, error) {
	f := Field{Star: w.text[0] == '*'}
	for offset := 0; ; {
		item, _, more := strings.Cut(w.text[offset:], ",")
		b, err := u.parseItem(word{item, w.at + offset})
		if err != nil {
			return Field{}, err
		}
		f.Bits |= b
		if !more {
			return f, nil
		}
		offset += len(item) + 1
	}
}

func (u unit) parseItem(w word) (uint64, error) {
	body, stepText, stepped := strings.Cut(w.text, "/")
	low, high := u.low(), u.high()
	isRange := true
	switch {
	case body == "*":
	case w.text == "":
		return 0, w.fail(0, 1, "found an empty place in the list of the %s field", u)
	default:
		var err error
		if low, high, isRange, err = u.parseRange(word{body, w.at}); err != nil {
			return 0, err
		}
	}
	step := 1
	if stepped {
		at := len(body) + 1
		n, ok := number(stepText)
		switch {
		case !ok || n == 0:
			return 0, w.fail(at, max(1, len(stepText)), "found the step %q, expected a number from 1", stepText)
		case !isRange:
			return 0, w.fail(0, len(w.text), "found %q, expected a range before the step; write %d-%d/%s", w.text, low, u.high(), stepText)
		case n > 1 && n > high-low:
			return 0, w.fail(at, len(stepText), "found the step %d, which is longer than %s %d to %d; write %d", n, u, low, high, low)
		}
		step = n
	}
	b := span(low, high, step)
	if u == daysOfWeek && b>>7&1 == 1 {
		b = b&^(1<<7) | 1 // 7 is Sunday, too
	}
	return b, nil
}

func (u unit) parseRange(w word) (low, high int, isRange bool, err error) {
	from, to, isRange := strings.Cut(w.text, "-")
	if low, err = u.value(word{from, w.at}); err != nil {
		return 0, 0, false, err
	}
	high = low
	if isRange {
		if high, err = u.value(word{to, w.at + len(from) + 1}); err != nil {
			return 0, 0, false, err
		}
		if high == 0 && low > 0 && strings.EqualFold(to, "SUN") {
			high = 7
		}
		if high < low {
			return 0, 0, false, w.fail(0, len(w.text), "found the range %s, whose end is before its start; write %s-%s,%s-%s", w.text, from, u.text(u.high()), u.text(u.low()), to)
		}
	}
	return low, high, isRange, nil
}

// text is the value as the user may write it, by name where the field has names.
func (u unit) text(n int) string {
	if u.names() == "" {
		return strconv.Itoa(n)
	}
	return u.names()[3*(n-u.low()) : 3*(n-u.low())+3]
}

func (u unit) value(w word) (int, error) {
	if len(w.text) == 3 && u.names() != "" {
		for i := 0; i < len(u.names()); i += 3 {
			if strings.EqualFold(u.names()[i:i+3], w.text) {
				return u.low() + i/3, nil
			}
		}
	}
	high := u.high()
	if u == daysOfWeek {
		high = 7
	}
	if n, ok := number(w.text); ok && n >= u.low() && n <= high {
		return n, nil
	}
	expected := fmt.Sprintf("%d to %d", u.low(), high)
	if u.names() != "" {
		expected += fmt.Sprintf(" or %s to %s", u.text(u.low()), u.text(u.high()))
	}
	hint := ""
	switch {
	case w.text == "?":
		hint = "; write * where other dialects have ?"
	case strings.ContainsAny(w.text, "LW#") && strings.Trim(w.text, "0123456789LW#") == "":
		hint = "; L, W and # are not in this language"
	case u.names() != "" && len(w.text) > 3 && strings.Index(u.names(), strings.ToUpper(w.text[:3]))%3 == 0:
		hint = "; write " + strings.ToUpper(w.text[:3])
	}
	return 0, w.fail(0, max(1, len(w.text)), "found %q in the %s field, expected %s%s", w.text, u, expected, hint)
}

// number reads up to three digits.
func number(text string) (int, bool) {
	if text == "" || len(text) > 3 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// possible refuses days that none of the months has. Where either day field suffices there is always a day of the week.
func (c Cron) possible(w word) error {
	if c.EitherDay() {
		return nil
	}
	longest := 0
	for _, m := range c.Month.Values() {
		longest = max(longest, daysIn(m, 2000)) // a leap year
	}
	if c.DayOfMonth.Bits&span(1, longest, 1) == 0 {
		return w.fail(0, len(w.text), "found the day of month %s, which month %s never has: this would never fire", w.text, months.format(c.Month))
	}
	return nil
}
