package aws

import (
	"encoding/json"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger. It takes what deployed schedules send,
//
//	{"faas":"timer","name":"purge","time":"2026-01-02T03:04:05Z","payload":"text"}
//
// and the event of a scheduled EventBridge rule, whose name is that of the rule and which carries no payload.
func Timer() platform.Codec {
	return platform.TimerCodec[timer.Schedule](func(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
		switch {
		case string(p.Field("faas")) == `"timer"`:
			if e.Name, err = p.Text("name"); err != nil {
				return e, true, err
			}
			if e.Payload, err = p.Text("payload"); err != nil {
				return e, true, err
			}
		case string(p.Field("detail-type")) == `"Scheduled Event"`:
			e.Bare = true
			if e.Name, err = ruleName(p); err != nil {
				return e, true, err
			}
		default:
			return e, false, nil
		}
		e.Time, err = p.Time("time")
		return e, true, err
	})
}

// ruleName is the end of the first resource, arn:aws:events:<region>:<account>:rule/<bus>/<name>.
func ruleName(p *platform.Payload) (name string, err error) {
	err = platform.Elements("resources", p.Field("resources"), func(value json.RawMessage) error {
		arn, err := platform.DecodeText("resources", value)
		if name == "" {
			name = arn[strings.LastIndexByte(arn, '/')+1:]
		}
		return err
	})
	return name, err
}
