package tencent

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

func carryEvent() target.Carried[Event] {
	return target.Carry[annotations.Event, Event]{Never: true, Check: func(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, _ *annotations.Event) {
		r.Unsupported(t.At(""), "an event bus as trigger", "rules of EventBridge are made outside of serverless.yml; let one call the function and take raw events")
	}}.Carried()
}
