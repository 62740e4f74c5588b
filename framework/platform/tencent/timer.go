package tencent

import (
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger:
//
//	{"Type":"Timer","TriggerName":"purge","Time":"2026-01-02T03:04:05Z","Message":"payload"}
func Timer() platform.Codec {
	return platform.Codec{Kind: "timer", Bind: func(app *framework.App) (platform.Decoder, error) {
		find, err := platform.Timers(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			if string(p.Field("Type")) != `"Timer"` {
				return platform.Call{}, false, nil
			}
			e, err := decodeTimer(p)
			if err != nil {
				return platform.Call{}, true, err
			}
			f, schedule, err := find(e.Name)
			if err != nil {
				return platform.Call{}, true, err
			}
			e.Name = schedule.Name
			return platform.Call{Function: f, Event: e, Reply: platform.EncodeReply}, true, nil
		}, nil
	}}
}

func decodeTimer(p *platform.Payload) (timer.Event, error) {
	e := timer.Event{Raw: p.Raw}
	var at string
	for _, m := range []struct {
		name string
		dst  *string
	}{{"TriggerName", &e.Name}, {"Time", &at}, {"Message", &e.Payload}} {
		var err error
		if *m.dst, err = p.Text(m.name); err != nil {
			return e, err
		}
	}
	if at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return e, platform.InvalidEvent("Time: found %.40q, expected a time such as 2006-01-02T15:04:05Z", at)
		}
		e.Time = t.UTC()
	}
	return e, nil
}
