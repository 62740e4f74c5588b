package platform

import (
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// TimerFunction finds the function of a timer payload by the timer's name as the vendor sends it.
type TimerFunction func(name string) (*framework.Function, timer.Schedule, error)

// Timers returns the look-up over the unit's timers. A unit with exactly one takes every timer payload, whatever the
// timer is called where it was deployed; in any other unit an unknown name is an error that names it. A timer that one
// expression of the vendor cannot say is deployed as several, purge and purge_2: no timer has an underscore in its name.
func Timers(app *framework.App) (TimerFunction, error) {
	type entry struct {
		function *framework.Function
		schedule timer.Schedule
	}
	var entries []entry
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			s, ok := t.(timer.Schedule)
			if !ok {
				continue
			}
			for _, e := range entries {
				if e.schedule.Name == s.Name {
					return nil, fmt.Errorf("functions %s and %s of unit %s both have a timer named %q", e.function.Name, f.Name, app.Unit, s.Name)
				}
			}
			entries = append(entries, entry{f, s})
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("no function of unit %s has a timer", app.Unit)
	}
	return func(name string) (*framework.Function, timer.Schedule, error) {
		if len(entries) == 1 {
			return entries[0].function, entries[0].schedule, nil
		}
		known := make([]string, len(entries))
		first, _, _ := strings.Cut(name, "_")
		for i, e := range entries {
			if e.schedule.Name == name || e.schedule.Name == first {
				return e.function, e.schedule, nil
			}
			known[i] = fmt.Sprintf("%q", e.schedule.Name)
		}
		return nil, timer.Schedule{}, &framework.Error{Status: 400, Code: "unknown_timer",
			Message: fmt.Sprintf("found a timer named %.100q, expected one of %s", name, strings.Join(known, ", "))}
	}, nil
}
