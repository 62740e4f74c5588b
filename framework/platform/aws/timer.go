package aws

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger. It takes what deployed schedules send,
//
//	{"faas":"timer","name":"purge","time":"2026-01-02T03:04:05Z","payload":"text"}
//
// and the event of a scheduled EventBridge rule, whose name is that of the rule.
func Timer() platform.Codec {
	return platform.Codec{Kind: "timer", Bind: func(app *framework.App) (platform.Decoder, error) {
		find, err := platform.Timers(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			var e timer.Event
			var err error
			var rule bool
			switch {
			case string(p.Field("faas")) == `"timer"`:
				e, err = decodeSchedule(p)
			case string(p.Field("detail-type")) == `"Scheduled Event"`:
				e, err = decodeRule(p)
				rule = true
			default:
				return platform.Call{}, false, nil
			}
			if err != nil {
				return platform.Call{}, true, err
			}
			f, schedule, err := find(e.Name)
			if err != nil {
				return platform.Call{}, true, err
			}
			e.Name = schedule.Name
			if rule {
				e.Payload = schedule.Payload // a rule carries none
			}
			return platform.Call{Function: f, Event: e, Reply: platform.EncodeReply}, true, nil
		}, nil
	}}
}

func decodeSchedule(p *platform.Payload) (timer.Event, error) {
	e := timer.Event{Raw: p.Raw}
	var err error
	if e.Name, err = p.Text("name"); err != nil {
		return e, err
	}
	if e.Payload, err = p.Text("payload"); err != nil {
		return e, err
	}
	e.Time, err = decodeTime(p)
	return e, err
}

func decodeRule(p *platform.Payload) (timer.Event, error) {
	e := timer.Event{Raw: p.Raw}
	err := platform.Elements("resources", p.Field("resources"), func(value json.RawMessage) error {
		arn, err := platform.DecodeText("resources", value)
		if e.Name == "" { // arn:aws:events:<region>:<account>:rule/<bus>/<name>
			e.Name = arn[strings.LastIndexByte(arn, '/')+1:]
		}
		return err
	})
	if err != nil {
		return e, err
	}
	e.Time, err = decodeTime(p)
	return e, err
}

func decodeTime(p *platform.Payload) (time.Time, error) {
	s, err := p.Text("time")
	if err != nil || s == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, platform.InvalidEvent("time: found %.40q, expected a time such as 2006-01-02T15:04:05Z", s)
	}
	return t.UTC(), nil
}
