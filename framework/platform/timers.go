package platform

import (
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Scheduled is a trigger that is called at its times: timer.Schedule.
type Scheduled interface {
	framework.Trigger
	// Named is the timer's name.
	Named() string
	// Fire is the event of one time. Of a bare one the payload is the trigger's own.
	Fire(at time.Time, payload string, bare bool, raw []byte) any
}

// TimerPayload is what a vendor's timer payload says.
type TimerPayload struct {
	Name    string
	Time    time.Time
	Payload string
	// Bare says that a payload of this form cannot carry the configured text, which then comes from the schedule.
	Bare bool
	// Unnamed says that a payload of this form has no name of ours: Name may be one that was not made by faasgen, or empty,
	// and the unit's only timer is meant by any.
	Unnamed bool
}

// TimerCodec is the codec of a vendor's timer payload. decode reports whether a payload is one and reads it; finding the
// function, and giving the timer the name that f.yml knows, is the same everywhere.
func TimerCodec[T Scheduled](decode func(*Payload) (TimerPayload, bool, error)) Codec {
	return Codec{Kind: "timer", Bind: func(app *framework.App) (Decoder, error) {
		find, err := Timers[T](app)
		if err != nil {
			return nil, err
		}
		return func(p *Payload) (Call, bool, error) {
			e, ok, err := decode(p)
			if err != nil || !ok {
				return Call{}, ok, err
			}
			f, schedule, err := find(e.Name, e.Unnamed)
			if err != nil {
				return Call{}, true, err
			}
			return Call{Function: f, Event: schedule.Fire(e.Time, e.Payload, e.Bare, p.Raw), Reply: EncodeReply}, true, nil
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

// TimerFunction finds the function of a timer payload by the timer's name as the vendor sends it. Unnamed is that of
// [TimerPayload].
type TimerFunction[T Scheduled] func(name string, unnamed bool) (*framework.Function, T, error)

// Timers returns the look-up over the unit's timers. An unknown name is an error that says which there are, also where the
// unit has one timer: what fires it is no schedule of this deployment, such as one that was left behind when a function was
// moved to another unit. A timer that one expression of the vendor cannot say is deployed as several, purge and purge_2: no
// timer has an underscore in its name.
func Timers[T Scheduled](app *framework.App) (TimerFunction[T], error) {
	type entry struct {
		function *framework.Function
		schedule T
	}
	var entries []entry
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			s, ok := t.(T)
			if !ok {
				continue
			}
			for _, e := range entries {
				if e.schedule.Named() == s.Named() {
					return nil, fmt.Errorf("functions %s and %s of unit %s both have a timer named %q", e.function.Name, f.Name, app.Unit, s.Named())
				}
			}
			entries = append(entries, entry{f, s})
		}
	}
	if len(entries) == 0 {
		return nil, unused{fmt.Errorf("no function of unit %s has a timer", app.Unit)}
	}
	return func(name string, unnamed bool) (*framework.Function, T, error) {
		if unnamed && len(entries) == 1 {
			return entries[0].function, entries[0].schedule, nil
		}
		known := make([]string, len(entries))
		first, _, _ := strings.Cut(name, "_")
		for i, e := range entries {
			if e.schedule.Named() == name || e.schedule.Named() == first {
				return e.function, e.schedule, nil
			}
			known[i] = fmt.Sprintf("%q", e.schedule.Named())
		}
		var none T
		return nil, none, refuse("unknown_timer", "found a timer named %.100q, expected %s", name, oneOf(known))
	}, nil
}

// oneOf lists what is expected.
func oneOf(texts []string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	return "one of " + strings.Join(texts, ", ")
}
