package tencent

import (
	"fmt"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// kinds are how the component carries each kind of trigger. Its triggers are off by default.
func kinds() target.Kinds[Event] {
	return target.Kinds[Event]{
		"http": carryHTTP(), "apigw": carryAPIGW(), "timer": carryTimer(), "os": carryOS(), "mq": carryMQ(), "kafka": carryKafka(),
		"log": carryLog(), "cdn": carryCDN(), "event": carryEvent(), "raw": carryRaw(),
	}
}

// qualifier is the version of a function that triggers call.
const qualifier = "$DEFAULT"

// checkSources reports what the component's triggers do not take of a unit.
func checkSources(r *target.Report, app *target.App, u *target.Unit) {
	count := map[string]int{}
	for t, made := range kinds().Make(app, u) {
		if kind.DeliveryOf(t.Kind) == kind.Tick { // see checkTimers
			continue
		}
		r.About("trigger " + t.Kind)
		for _, n := range target.Needs(t.Marker) {
			resource := app.Resource(t, n)
			if resource.Created() {
				r.Unsupported(resource.At("create"), "create", "serverless.yml has functions only; make the "+n.Words()+" beforehand")
			}
			if resource.ARN != "" {
				r.Unsupported(resource.At("arn"), "arn", "resources have names and ids there: set name")
			}
		}
		before := count[t.Kind]
		if count[t.Kind] += len(made); count[t.Kind] > maxTriggers && before <= maxTriggers {
			splits(u, r.Limit(t.At(""), "trigger "+t.Kind, fmt.Sprintf("%d triggers of unit %s", count[t.Kind], u.Name), fmt.Sprintf("%d of one kind at most", maxTriggers)))
		}
	}
	kinds().Check(r, app, u)
}

// splits says what to do about a unit with too much, if it is a group.
func splits(u *target.Unit, d *annotations.Diagnostic) {
	if len(u.Functions) > 1 {
		d.Hint = "split the group: the vendor counts the triggers of all its functions together"
	}
}
