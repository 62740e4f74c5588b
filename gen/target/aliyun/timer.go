package aliyun

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/cron"
)

func carryTimer() target.Carried[Trigger] {
	return target.Carry[annotations.Timer, Trigger]{
		Codec: "Timer", Check: checkTimer, Make: timers,
		Mechanism: map[string]string{kind.FeatureTimer: "timer trigger", kind.FeatureTimerEvery: "@every", kind.FeatureTimerTimezone: "CRON_TZ", kind.FeatureTimerPayload: "payload", kind.FeatureTimerDisabled: "enable"},
	}.Carried()
}

func checkTimer(r *target.Report, _ *target.App, u *target.Unit, t target.Trigger, m *annotations.Timer) {
	plan, err := cron.FC(m)
	r.Schedule(u, t, plan, err)
	if len(m.Payload) > 128<<10 {
		r.Limit(t.At("payload"), "payload", fmt.Sprintf("%d bytes", len(m.Payload)), "128 KB at most")
	}
}

// timers are as many as the vendor's expressions need.
func timers(_ *target.App, _ *target.Unit, t target.Trigger, m *annotations.Timer) (list []Trigger) {
	plan, err := cron.FC(m)
	if err != nil {
		return nil // Check has reported it
	}
	for _, expression := range plan.Expressions {
		list = append(list, Trigger{TriggerType: "timer", TriggerConfig: &TimerTrigger{CronExpression: expression, Enable: !m.Disabled, Payload: m.Payload}})
	}
	return list
}
