package aliyun

import (
	"encoding/json"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryEvent() target.Carried[Trigger] {
	return target.Carry[annotations.Event, Trigger]{
		Codec: "Bus", Check: checkBus, Make: busTriggers,
		Waits:     func(*annotations.Event) bool { return true },
		Mechanism: map[string]string{kind.FeatureEvent: "eventbridge, Default"},
	}.Carried()
}

func checkBus(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, m *annotations.Event) {
	if m.Bus != "" {
		r.Unsupported(t.At("bus"), "bus", "a trigger takes the events of the account's own bus; lead them there by a rule")
	}
}

func busTriggers(_ *target.App, _ *target.Unit, _ target.Trigger, m *annotations.Event) []Trigger {
	pattern, err := json.Marshal(struct {
		Source []string `json:"source,omitempty"`
		Type   []string `json:"type,omitempty"`
	}{one(m.Source), one(m.Type)})
	if err != nil {
		panic("aliyun: " + err.Error()) // strings cannot fail
	}
	return []Trigger{eventBridge(string(pattern), "event-driven", EventSource{"Default", map[string]any{}}, nil)}
}

func one(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}
