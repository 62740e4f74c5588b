package aliyun

import (
	"fmt"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

// kinds are how the vendor carries each kind of trigger.
func kinds() target.Kinds[Trigger] {
	return target.Kinds[Trigger]{
		"http": carryHTTP(), "apigw": carryAPIGW(), "timer": carryTimer(), "os": carryOS(), "mq": carryMQ(), "kafka": carryKafka(),
		"log": carryLog(), "cdn": carryCDN(), "event": carryEvent(), "raw": carryRaw(),
	}
}

// account is the variable of the vendor's tool for the account that it deploys to.
const account = `${config("AccountID")}`

// arn is where events come from, in the account and region of the deployment unless it is given.
func arn(app *target.App, r target.Resource, service, path string) string {
	if r.ARN != "" {
		return r.ARN
	}
	return fmt.Sprintf("acs:%s:%s:%s:%s", service, app.Spec.Provider.Region, account, path)
}

// checkSources reports what the vendor's triggers do not take of a unit.
func checkSources(r *target.Report, app *target.App, u *target.Unit) {
	for t := range kinds().Make(app, u) {
		r.About("trigger " + t.Kind)
		for _, n := range target.Needs(t.Marker) {
			if resource := app.Resource(t, n); resource.Created() {
				r.Unsupported(resource.At("create"), "create", "s.yaml has functions and domains only; make the "+n.Words()+" beforehand")
			}
		}
	}
	kinds().Check(r, app, u)
}

// checkWindow reports batches that an event stream does not wait for. It collects up to 10000, which no directive exceeds.
func checkWindow(r *target.Report, t target.Trigger, window annotations.Duration) {
	if window > annotations.Duration(15*time.Second) {
		r.Limit(t.At("window"), "window", window.String(), "15s at most")
	}
}

// batchWindow is how an event stream collects batches, nil for the vendor's default.
func batchWindow(batch int, window annotations.Duration) map[string]int {
	if batch == 0 && window == 0 {
		return nil
	}
	return map[string]int{"CountBasedWindow": max(1, batch), "TimeBasedWindow": window.WholeSeconds()}
}

// eventBridge makes a trigger of EventBridge: an event stream, which collects batches and repeats failed calls as its options say,
// or a rule of the event bus (event-driven), whose options the vendor ignores. What fails for good does not hold up the rest.
func eventBridge(pattern, mode string, source EventSource, batch map[string]int) Trigger {
	options := RunOptions{
		Mode: mode, MaximumTasks: 1, ErrorsTolerance: "ALL", RetryStrategy: RetryStrategy{PushRetryStrategy: "EXPONENTIAL_DECAY_RETRY"}, BatchWindow: batch,
	}
	return Trigger{TriggerType: "eventbridge", TriggerConfig: &EventBridgeTrigger{
		TriggerEnable: true, EventRuleFilterPattern: pattern, EventSourceConfig: source, RunOptions: options,
		EventSinkConfig: EventSink{DeliveryOption{Mode: mode, EventSchema: "CloudEvents"}},
	}}
}
