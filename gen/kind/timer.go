package kind

import (
	"errors"
	"reflect"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Features of the portability report.
const (
	FeatureTimer         = "trigger timer"
	FeatureTimerEvery    = "trigger timer every"
	FeatureTimerTimezone = "trigger timer timezone"
	FeatureTimerPayload  = "trigger timer payload"
	FeatureTimerDisabled = "trigger timer disabled"
)

func timerKind() *Kind {
	return of(Kind{Word: "timer", Example: "{every: 1h}", Trigger: timer.Schedule{}, Event: reflect.TypeFor[timer.Event]()}, typed[annotations.Timer]{
		wrong: wrongCron,
		name:  func(m *annotations.Timer) string { return m.Name },
		triggers: func(m *annotations.Timer, name string) []framework.Trigger {
			return []framework.Trigger{timer.Schedule{Name: name, Cron: m.Cron, Every: time.Duration(m.Every), Timezone: m.Timezone, Payload: m.Payload}}
		},
		identities: func(_ *annotations.Timer, name string) []string { return []string{name} },
		sample: func(m *annotations.Timer, s Sample) any {
			return timer.Event{Name: s.Name, Time: s.Now, Payload: m.Payload}
		},
		features: []feature[annotations.Timer]{
			{FeatureTimer, nil},
			{FeatureTimerEvery, func(m *annotations.Timer) bool { return m.Every != 0 }},
			{FeatureTimerTimezone, func(m *annotations.Timer) bool { return m.Timezone != "" }},
			{FeatureTimerPayload, func(m *annotations.Timer) bool { return m.Payload != "" }},
			{FeatureTimerDisabled, func(m *annotations.Timer) bool { return m.Disabled }},
		},
	})
}

// wrongCron is what is wrong with the expression of a marker.
func wrongCron(m *annotations.Timer) *annotations.Mistake {
	if m.Cron == "" {
		return nil
	}
	_, err := timer.ParseCron(m.Cron)
	if err == nil {
		return nil
	}
	wrong := &annotations.Mistake{Argument: "cron", Value: m.Cron, Offset: -1, Message: err.Error()}
	if e, ok := errors.AsType[*timer.CronError](err); ok {
		wrong.Offset, wrong.Length, wrong.Message = e.Offset, e.Length, e.Message
	}
	return wrong
}
