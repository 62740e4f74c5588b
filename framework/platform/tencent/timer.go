package tencent

import (
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger:
//
//	{"Type":"Timer","TriggerName":"purge","Time":"2026-01-02T03:04:05Z","Message":"payload"}
func Timer() platform.Codec {
	return platform.TimerCodec[timer.Schedule](func(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
		if string(p.Field("Type")) != `"Timer"` {
			return e, false, nil
		}
		if e.Name, err = p.Text("TriggerName"); err != nil {
			return e, true, err
		}
		if e.Time, err = p.Time("Time"); err != nil {
			return e, true, err
		}
		e.Payload, err = p.Text("Message")
		return e, true, err
	})
}
