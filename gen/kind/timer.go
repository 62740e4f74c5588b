package kind

import (
	"reflect"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func timerKind() *Kind {
	return of(Kind{Word: "timer", Example: "{every: 1h}", Trigger: timer.Schedule{}, Event: reflect.TypeFor[timer.Event]()}, typed[annotations.Timer]{
		name: func(m *annotations.Timer) string { return m.Name },
		triggers: func(m *annotations.Timer, name string) []framework.Trigger {
			return []framework.Trigger{timer.Schedule{Name: name, Cron: m.Cron, Every: time.Duration(m.Every), Timezone: m.Timezone, Payload: m.Payload}}
		},
		identities: func(_ *annotations.Timer, name string) []string { return []string{name} },
		sample: func(m *annotations.Timer, s Sample) any {
			return timer.Event{Name: s.Name, Time: s.Now, Payload: m.Payload}
		},
		features: []feature[annotations.Timer]{
			{"timer", nil},
			{"timer every", func(m *annotations.Timer) bool { return m.Every != 0 }},
			{"timer timezone", func(m *annotations.Timer) bool { return m.Timezone != "" }},
			{"timer payload", func(m *annotations.Timer) bool { return m.Payload != "" }},
			{"timer disabled", func(m *annotations.Timer) bool { return m.Disabled }},
		},
	})
}
