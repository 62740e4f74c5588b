package platform

import (
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// TimerPayload is what a vendor's timer payload says.
type TimerPayload struct {
	timer.Event
	// Bare says that a payload of this form cannot carry the configured text, which then comes from the schedule.
	Bare bool
}

// TimerCodec is the codec of a vendor's timer payload. decode reports whether a payload is one and reads it; finding the
// function, and giving the timer the name that f.yml knows, is the same everywhere.
func TimerCodec(decode func(*Payload) (TimerPayload, bool, error)) Codec {
	return Codec{Kind: "timer", Bind: func(app *framework.App) (Decoder, error) {
		find, err := Timers(app)
		if err != nil {
			return nil, err
		}
		return func(p *Payload) (Call, bool, error) {
			e, ok, err := decode(p)
			if err != nil || !ok {
				return Call{}, ok, err
			}
			f, schedule, err := find(e.Name)
			if err != nil {
				return Call{}, true, err
			}
			e.Name, e.Raw = schedule.Name, p.Raw
			if e.Bare {
				e.Payload = schedule.Payload
			}
			return Call{Function: f, Event: e.Event, Reply: EncodeReply}, true, nil
		}, nil
	}}
}

// Time reads a member that is a time in text, zero if there is none.
func (p *Payload) Time(name string) (time.Time, error) {
	s, err := p.Text(name)
	if err != nil {
		return time.Time{}, err
	}
	return DecodeTime(name, s)
}

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
		return nil, unused{fmt.Errorf("no function of unit %s has a timer", app.Unit)}
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
