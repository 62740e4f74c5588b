package aws

import (
	"bytes"
	"encoding/json"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/cron"
)

func carryTimer() target.Carried[sourceEvent] {
	return target.Carry[annotations.Timer, sourceEvent]{
		Codec: "Timer", Check: checkTimer, Make: schedules,
		Mechanism: map[string]string{kind.FeatureTimer: "EventBridge Scheduler", kind.FeatureTimerEvery: "rate()", kind.FeatureTimerTimezone: "ScheduleExpressionTimezone", kind.FeatureTimerPayload: "Input", kind.FeatureTimerDisabled: "State"},
	}.Carried()
}

func checkTimer(r *target.Report, _ *target.App, u *target.Unit, t target.Trigger, m *annotations.Timer) {
	plan, err := cron.AWS(m)
	if r.Schedule(u, t, plan, err); err == nil && len(input(t.Name, m.Payload)) > 256<<10 {
		r.Limit(t.At("payload"), "payload", "more than 256 KB", "256 KB with the event around it")
	}
}

// schedules are as many as the scheduler's expressions need.
func schedules(_ *target.App, _ *target.Unit, t target.Trigger, m *annotations.Timer) (list []sourceEvent) {
	plan, err := cron.AWS(m)
	if err != nil {
		return nil // Check has reported it
	}
	for _, expression := range plan.Expressions {
		zone := m.Timezone
		if m.Cron == "" || zone == "UTC" {
			zone = ""
		}
		state := "ENABLED"
		if m.Disabled {
			state = "DISABLED"
		}
		list = append(list, sourceEvent{logicalName(t.Name) + "Timer", &Event{Type: "ScheduleV2", Properties: &ScheduleEvent{
			ScheduleExpression: expression, ScheduleExpressionTimezone: zone, State: state, Input: input(t.Name, m.Payload), OmitName: true,
		}}})
	}
	return list
}

// input is the event that the scheduler sends. It puts the time where the name of its variable stands in the text.
func input(name, payload string) string {
	event := struct {
		FaaS    string `json:"faas"`
		Name    string `json:"name"`
		Time    string `json:"time"`
		Payload string `json:"payload"`
	}{"timer", name, "\x00", payload}
	text, err := json.Marshal(event) // writes < as \u003c, so that no payload holds a variable of the scheduler's
	if err != nil {
		panic("aws: " + err.Error()) // strings cannot fail
	}
	return string(bytes.Replace(text, []byte(`\u0000`), []byte("<aws.scheduler.scheduled-time>"), 1))
}
