package timer

import (
	"time"

	"github.com/faasgen/faasgen/framework/trigger"
)

// Event is what a timer function receives. Fields that the vendor does not send are zero.
type Event struct {
	// Name is the timer's name as f.yml knows it.
	Name string `json:"name"`
	// Time is when the timer fired, in UTC.
	Time time.Time `json:"time"`
	// Payload is the text configured with the timer.
	Payload string `json:"payload,omitempty"`
	// Raw is the vendor's original event.
	Raw []byte `json:"-"`
}

// Schedule is the trigger: one timer of one function. Generated code fills it from //faas:timer or f.yml.
type Schedule struct {
	// Name tells the timers of a unit apart. It is unique in the application.
	Name string
	// Cron is a five-field expression, or empty when Every is set; see [ParseCron].
	Cron string
	// Every is the interval, or zero when Cron is set.
	Every time.Duration
	// Timezone is an IANA name; empty is UTC.
	Timezone string
	// Payload is handed to each event.
	Payload string
}

// Kind returns "timer".
func (Schedule) Kind() string { return "timer" }

// Delivery returns trigger.Tick.
func (Schedule) Delivery() trigger.Delivery { return trigger.Tick }

// Named is the timer's name.
func (s Schedule) Named() string { return s.Name }

// Fire is the event, an [Event], of one time; of a bare one the payload is the schedule's own.
func (s Schedule) Fire(at time.Time, payload string, bare bool, raw []byte) any {
	if bare {
		payload = s.Payload
	}
	return Event{Name: s.Name, Time: at, Payload: payload, Raw: raw}
}

// MessageID is the timer's name and time; a platform that does not say the time sends nothing that identifies the event.
func (e Event) MessageID() string {
	if e.Time.IsZero() {
		return ""
	}
	return e.Name + " " + e.Time.UTC().Format(time.RFC3339Nano)
}

// OrderingKey is empty.
func (Event) OrderingKey() string { return "" }

// MessageScope is what MessageID is unique within.
func (Event) MessageScope() string { return "timer" }
