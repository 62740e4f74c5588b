package aliyun

import (
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger:
//
//	{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge","payload":"text"}
//
// The configured payload is text, and comes as a string even when it is JSON.
func Timer() platform.Codec {
	return platform.TimerCodec[timer.Schedule](func(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
		if !p.Has("triggerTime", "triggerName") {
			return e, false, nil
		}
		if e.Name, err = p.Text("triggerName"); err != nil {
			return e, true, err
		}
		if e.Time, err = p.Time("triggerTime"); err != nil {
			return e, true, err
		}
		e.Payload, err = p.Text("payload")
		return e, true, err
	})
}
