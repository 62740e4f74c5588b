package aws

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

func carryLog(made map[string]string) target.Carried[sourceEvent] {
	return target.Carry[annotations.Log, sourceEvent]{
		Codec: "cloudwatch.Log", Check: checkGroup,
		Make: func(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.Log) []sourceEvent {
			return logEvent(app, t, m, made)
		},
		Mechanism: map[string]string{kind.FeatureLog: "CloudWatchLogs"},
	}.Carried()
}

func checkGroup(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) {
	group := app.Resource(t, target.Needs(m)[0])
	if group.Name == ownGroup(app, u) {
		r.Limit(t.At("store"), "log group", group.Name, "another than the function's own: it would be called for what it logs itself, for ever")
	}
	if m.Window != 0 {
		r.About(kind.FeatureLogWindow)
		r.Unsupported(t.At("window"), "window", "a log group hands over what it has at once")
	}
}

func logEvent(app *target.App, t target.Trigger, m *annotations.Log, made map[string]string) []sourceEvent {
	store := app.Resource(t, target.Needs(m)[0])
	e := &LogsEvent{LogGroupName: store.Name}
	if store.Created() {
		e.LogGroupName = ref(made[store.Need.Name])
	}
	return []sourceEvent{{logicalName(t.Name) + "Log", &Event{Type: "CloudWatchLogs", Properties: e}}}
}

// maxFilters is how many triggers a log group takes.
const maxFilters = 2

func checkGroups(r *target.Report, app *target.App) {
	app.Sharing("log", func(_ *target.Unit, t, _ target.Trigger, group target.Resource, before int) {
		if before == maxFilters {
			r.About(kind.FeatureLog)
			r.Limit(t.At("store"), "log group "+group.Name, "a third trigger", "2 at most of one group")
			r.About("")
		}
	})
}
