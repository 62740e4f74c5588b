package cron

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
)

// FC writes a timer for Alibaba's Function Compute: second minute hour day-of-month month day-of-week, in UTC unless
// CRON_TZ= stands in front; or @every. What the vendor makes of days of the month together with days of the week is not
// documented, so they become two expressions.
func FC(t *annotations.Timer) (Plan, error) {
	if t.Cron == "" {
		n, err := minutes(t)
		if err != nil {
			return Plan{}, err
		}
		return Plan{Expressions: []string{fmt.Sprintf("@every %dm", n)}}, nil
	}
	c, rules, err := parse(t)
	if err != nil {
		return Plan{}, err
	}
	zone := ""
	if t.Timezone != "" && t.Timezone != "UTC" {
		zone = "CRON_TZ=" + t.Timezone + " "
	}
	plan := Plan{Twice: len(rules) > 1}
	for _, day := range rules {
		plan.Expressions = append(plan.Expressions, fmt.Sprintf("%s0 %s %s %s %s %s", zone, list(c.Minute.Bits, 0, 59),
			list(c.Hour.Bits, 0, 23), or(day.month, "*", monthDays), list(c.Month.Bits, 1, 12), or(day.week, "*", week)))
	}
	return plan, nil
}
