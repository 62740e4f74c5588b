package aws

import (
	"bytes"
	"encoding/json"
	"slices"

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

// maxScheduler is how many bytes of ARNs the policy of a scheduler role may have: a role has 10,240 for everything.
const maxScheduler = 9000

// schedulers makes the role by which EventBridge Scheduler calls the functions that have timers, and returns its name for each:
// SAM would make one for each timer. There is a second one where the policy of one cannot name all functions.
func (b *builder) schedulers() map[*target.Unit]string {
	roles := map[*target.Unit]string{}
	role, size := "", 0
	var functions []any
	for _, u := range b.app.Units {
		if !slices.ContainsFunc(u.Triggers("timer"), func(t target.Trigger) bool { return !ownScheduler(t) }) {
			continue
		}
		n := len(`"arn:aws-us-gov:lambda:ap-southeast-1:123456789012:function::alias",`) + len(b.app.FunctionName(u))
		if role == "" || size+n > maxScheduler {
			role, size, functions = b.logical.take("SchedulerRole"), 0, nil
		}
		roles[u], size = role, size+n
		functions = append(functions, b.functions.arn(u))
		b.template.Resources[role] = &Resource{Type: roleType, Properties: map[string]any{
			"AssumeRolePolicyDocument": policy(map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]string{"Service": "scheduler.amazonaws.com"}}),
			"Policies": []any{map[string]any{
				"PolicyName":     "Invoke",
				"PolicyDocument": policy(map[string]any{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": functions}),
			}},
		}}
	}
	return roles
}

func policy(statement map[string]any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{statement}}
}

// ownScheduler reports whether x-aws of a timer says what SAM does in the role that it makes for the timer alone.
func ownScheduler(t target.Trigger) bool {
	x := t.Extension[Name]
	return hasKey(x, "DeadLetterConfig") || hasKey(x, "PermissionsBoundary") || hasKey(x, "RoleArn")
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
