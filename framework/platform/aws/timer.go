package aws

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Timer is the codec of the timer trigger. It takes what deployed schedules send,
//
//	{"faas":"timer","name":"purge","time":"2026-01-02T03:04:05Z","payload":"text"}
//
// and the event of a scheduled EventBridge rule, which carries no payload, and whose name is that of the rule: of a rule that
// no deployment of ours has made, and that CloudFormation may have named.
func Timer() platform.Codec {
	return platform.TimerCodec[timer.Schedule](decodeTimer)
}

func decodeTimer(p *platform.Payload) (e platform.TimerPayload, ok bool, err error) {
	switch {
	case string(p.Field("faas")) == `"timer"`:
		if e.Name, err = p.Text("name"); err != nil {
			return e, true, err
		}
		if e.Payload, err = p.Text("payload"); err != nil {
			return e, true, err
		}
	case string(p.Field("detail-type")) == `"Scheduled Event"`:
		e.Bare, e.Unnamed = true, true
		if e.Name, err = ruleName(p); err != nil {
			return e, true, err
		}
	default:
		return e, false, nil
	}
	e.Time, err = p.Time("time")
	return e, true, err
}

// EncodeTimer writes what a deployed schedule sends; of a bare one, the event of a scheduled rule.
func EncodeTimer(e platform.TimerPayload) ([]byte, error) {
	at := e.Time.UTC().Format(time.RFC3339)
	if !e.Bare {
		return json.Marshal(members{"faas": "timer", "name": e.Name, "time": at, "payload": e.Payload})
	}
	return json.Marshal(members{
		"version": "0", "id": "00000000-0000-0000-0000-000000000000", "detail-type": "Scheduled Event", "source": "aws.events", "account": account,
		"time": at, "region": region, "resources": []string{"arn:aws:events:" + region + ":" + account + ":rule/" + e.Name}, "detail": members{},
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
