package tencent

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/cron"
)

// The vendor's limits of timers.
const (
	maxTimerName = 60
	maxArgument  = 4 << 10
)

func carryTimer() target.Carried[Event] {
	return target.Carry[annotations.Timer, Event]{
		Codec: "Timer", Make: timers,
		Mechanism: map[string]string{kind.FeatureTimer: "timer", kind.FeatureTimerEvery: "cronExpression", kind.FeatureTimerTimezone: "shifted to UTC+8", kind.FeatureTimerPayload: "argument", kind.FeatureTimerDisabled: "enable"},
	}.Carried()
}

// checkTimers reports what the vendor does not take of the timers of a unit, which it counts together.
func checkTimers(r *target.Report, u *target.Unit) {
	timers := 0
	r.About(kind.FeatureTimer)
	for _, t := range u.Triggers("timer") {
		m := t.Marker.(*annotations.Timer)
		plan, err := cron.SCF(m)
		r.Schedule(u, t, plan, err)
		before := timers
		if timers += len(plan.Expressions); timers > maxTriggers && before <= maxTriggers {
			splits(u, r.Limit(t.At("cron"), "timer", fmt.Sprintf("%d triggers of unit %s", timers, u.Name), fmt.Sprintf("%d timers at most; this one needs %d", maxTriggers, len(plan.Expressions))))
		}
		if name := target.PartName(t.Name, max(0, len(plan.Expressions)-1)); len(name) > maxTimerName {
			r.Limit(t.At("name"), "timer name", name, fmt.Sprintf("%d characters at most", maxTimerName))
		}
		if len(m.Payload) > maxArgument {
			r.Limit(t.At("payload"), "payload", fmt.Sprintf("%d bytes", len(m.Payload)), "4 KB at most")
		}
	}
	r.About("")
}

// timers are as many as the vendor's expressions need.
func timers(_ *target.App, _ *target.Unit, t target.Trigger, m *annotations.Timer) (list []Event) {
	plan, err := cron.SCF(m)
	if err != nil {
		return nil // Check has reported it
	}
	for i, expression := range plan.Expressions {
		list = append(list, Event{Timer: &Timer{TimerParameters{
			Name: target.PartName(t.Name, i), Qualifier: qualifier, CronExpression: expression, Enable: !m.Disabled, Argument: m.Payload,
		}}})
	}
	return list
}
