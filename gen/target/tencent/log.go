package tencent

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var clsForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func carryLog() target.Carried[Event] {
	return target.Carry[annotations.Log, Event]{
		Codec: "cls.Log", Check: checkLog, Make: logTriggers,
		Mechanism: map[string]string{kind.FeatureLog: "cls", kind.FeatureLogWindow: "maxWait"},
	}.Carried()
}

func checkLog(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) {
	topic := app.Resource(t, target.Needs(m)[0])
	r.Named(topic, clsForm.MatchString(topic.Name), "the id of a log topic", "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")
	if l := u.Settings.Log; l != nil && l.Store == topic.Name {
		r.Limit(t.At("store"), "log topic", topic.Name, "another than the function's own: it would be called for what it logs itself, for ever")
	}
	if n := m.Window.WholeSeconds(); m.Window != 0 && (n < 3 || n > 300) {
		r.Limit(t.At("window"), "window", m.Window.String(), "3s to 5m")
	}
}

func logTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.Log) []Event {
	topic := app.Resource(t, target.Needs(m)[0])
	return []Event{{CLS: &CLSTrigger{CLSParameters{TopicId: topic.Name, Qualifier: qualifier, MaxWait: m.Window.WholeSeconds(), Enable: true}}}}
}

// checkTopics reports a second trigger for a log topic: the vendor's tool would put it in the place of the first.
func checkTopics(r *target.Report, app *target.App) {
	app.Sharing("log", func(_ *target.Unit, t, first target.Trigger, topic target.Resource, _ int) {
		r.About(kind.FeatureLog)
		r.Limit(t.At("store"), "log topic "+topic.Name, "a second trigger", "one a topic").
			Chain = []annotations.Link{{Pos: first.At("store").Pos, Message: "the first is here"}}
		r.About("")
	})
}
