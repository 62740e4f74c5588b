package cron

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
)

// maxAWS is the length that EventBridge Scheduler allows an expression.
const maxAWS = 256

// AWS writes a timer for EventBridge Scheduler: cron(minute hour day-of-month month day-of-week year) or rate(...). The
// time zone is a property of its own there. One of the day fields is always ?, so that days of the month and days of
// the week become two expressions.
func AWS(t *annotations.Timer) (Plan, error) {
	if t.Cron == "" {
		n, err := minutes(t)
		if err != nil {
			return Plan{}, err
		}
		unit := "minute"
		switch {
		case n%(24*60) == 0:
			n, unit = n/(24*60), "day"
		case n%60 == 0:
			n, unit = n/60, "hour"
		}
		if n > 1 {
			unit += "s"
		}
		return Plan{Expressions: []string{fmt.Sprintf("rate(%d %s)", n, unit)}}, nil
	}
	c, rules, err := parse(t)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Twice: len(rules) > 1}
	for _, day := range rules {
		dayOfMonth, dayOfWeek := or(day.month, "*", monthDays), "?"
		if day.week != 0 {
			dayOfMonth, dayOfWeek = "?", week(day.week)
		}
		expression := fmt.Sprintf("cron(%s %s %s %s %s *)", list(c.Minute.Bits, 0, 59), list(c.Hour.Bits, 0, 23),
			dayOfMonth, list(c.Month.Bits, 1, 12), dayOfWeek)
		if len(expression) > maxAWS {
			return Plan{}, &Error{Argument: "cron", Message: fmt.Sprintf("the expression has %d characters, of at most %d", len(expression), maxAWS)}
		}
		plan.Expressions = append(plan.Expressions, expression)
	}
	return plan, nil
}
