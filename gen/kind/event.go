package kind

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

// FeatureEvent is a feature of the portability report.
const FeatureEvent = "trigger event"

func eventKind() *Kind {
	both := func(a, b *annotations.Event) bool {
		return (a.Source == b.Source || a.Source == "" || b.Source == "") && (a.Type == b.Type || a.Type == "" || b.Type == "")
	}
	return of(Kind{
		Word: "event", Example: "{source: shop.orders}", Trigger: event.Rule{}, Event: reflect.TypeFor[event.Event](), Payload: "Data", Resources: []Resource{{"bus", "event bus"}},
	}, typed[annotations.Event]{
		name:  func(m *annotations.Event) string { return m.Name },
		needs: func(m *annotations.Event) []Need { return []Need{{"bus", "bus", m.Bus}} },
		overlap: func(a, b *annotations.Event) string {
			if a.Bus == b.Bus && both(a, b) {
				return "some events of the bus"
			}
			return ""
		},
		confused: func(a, b *annotations.Event) string {
			switch {
			case !both(a, b):
				return ""
			case a.Bus != b.Bus: // over which an event came no vendor says
				return "some events, whichever bus they come over"
			}
			return "some events of the bus"
		},
		covers: func(code, there *annotations.Event) bool {
			return (code.Source == "" || code.Source == there.Source) && (code.Type == "" || code.Type == there.Type)
		},
		triggers: func(m *annotations.Event, _ string) []framework.Trigger {
			return []framework.Trigger{event.Rule{Source: m.Source, Type: m.Type, Bus: m.Bus}}
		},
		identities: func(m *annotations.Event, _ string) []string {
			if m.Source != "" {
				return []string{m.Source}
			}
			return []string{m.Type}
		},
		sample: func(m *annotations.Event, s Sample) any {
			e := event.Event{Source: m.Source, Type: m.Type, Data: s.Body, Time: s.Now}
			if e.Source == "" {
				e.Source = "faasgen.sample"
			}
			if e.Type == "" {
				e.Type = "Sample"
			}
			return e
		},
		features: []feature[annotations.Event]{{FeatureEvent, nil}},
	})
}
