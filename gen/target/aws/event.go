package aws

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var busForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,256}$`)

func carryEvent() target.Carried[sourceEvent] {
	return target.Carry[annotations.Event, sourceEvent]{
		Codec: "Bus", Check: checkBus, Make: ruleEvent,
		Mechanism: map[string]string{kind.FeatureEvent: "EventBridgeRule"},
	}.Carried()
}

func checkBus(r *target.Report, app *target.App, _ *target.Unit, t target.Trigger, m *annotations.Event) {
	for _, n := range target.Needs(m) {
		bus := app.Resource(t, n)
		r.Named(bus, bus.ARN != "" || busForm.MatchString(bus.Name), "letters, digits, dots, dashes and underscores", "orders")
		create(r, bus)
	}
}

func ruleEvent(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.Event) []sourceEvent {
	e := &RuleEvent{Pattern: Pattern{Source: one(m.Source), DetailType: one(m.Type)}}
	for _, n := range target.Needs(m) {
		bus := app.Resource(t, n)
		if e.EventBusName = bus.Name; bus.ARN != "" {
			e.EventBusName = bus.ARN
		}
	}
	return []sourceEvent{{logicalName(t.Name) + "Rule", &Event{Type: "EventBridgeRule", Properties: e}}}
}

func one(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}
