package nimbus

import (
	"encoding/json"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of timers.
func Timer() platform.Codec { return platform.TimerCodec[timer.Schedule](decodeTimer) }

func decodeTimer(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
	if !is(p, "timer") {
		return e, false, nil
	}
	if e.Name, err = p.Text("name"); err != nil {
		return e, true, err
	}
	if e.Time, err = p.Time("time"); err != nil {
		return e, true, err
	}
	e.Payload, err = p.Text("text")
	return e, true, err
}

// EncodeTimer writes the event of a timer.
func EncodeTimer(e platform.TimerPayload) ([]byte, error) {
	return json.Marshal(map[string]string{"kind": "timer", "name": e.Name, "time": e.Time.UTC().Format(time.RFC3339), "text": e.Payload})
}
