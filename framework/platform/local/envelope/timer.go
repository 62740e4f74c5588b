package envelope

import (
	"encoding/json"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of events of timers that say their name. The time of one that does not say it is now.
func Timer() platform.Codec { return platform.TimerCodec[timer.Schedule](decodeTimer) }

func decodeTimer(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
	if !IsTimer(p.Raw) {
		return e, false, nil
	}
	if e.Name, err = p.Text("name"); err != nil {
		return e, true, err
	}
	if e.Time, err = p.Time("time"); err != nil {
		return e, true, err
	}
	if e.Time.IsZero() {
		e.Time = now(p).UTC()
	}
	e.Bare = p.Field("payload") == nil
	e.Payload, err = p.Text("payload")
	return e, true, err
}

// now is the time by the clock that the application has.
func now(p *platform.Payload) time.Time {
	if p.Runtime == nil {
		return time.Now()
	}
	return p.Runtime.Time().Now()
}

// EncodeTimer writes the event of a timer in the form that [ParseTimer] reads. A bare one leaves the payload to its schedule.
func EncodeTimer(e platform.TimerPayload) ([]byte, error) {
	form := struct {
		Name    string    `json:"name"`
		Time    time.Time `json:"time"`
		Payload *string   `json:"payload,omitempty"`
	}{Name: e.Name, Time: e.Time.UTC()}
	if !e.Bare {
		form.Payload = &e.Payload
	}
	return json.Marshal(form)
}
