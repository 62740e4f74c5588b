package aliyun

import (
	"fmt"
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var storeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)

func carryLog() target.Carried[Trigger] {
	return target.Carry[annotations.Log, Trigger]{
		Codec: "Log", Check: checkStore, Make: logTriggers,
		Mechanism: map[string]string{kind.FeatureLog: "log", kind.FeatureLogWindow: "triggerInterval"},
	}.Carried()
}

func checkStore(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) {
	store := app.Resource(t, target.Needs(m)[0])
	r.Named(store, storeForm.MatchString(store.Name), "3 to 63 lower-case letters, digits, dashes and underscores", "audit")
	if store.Project == "" {
		r.Missing(store.At("project"), "the project of log store "+store.Need.Name, "a logstore is in one").Hint = store.Hint("project", "my-project")
	}
	switch l := u.Settings.Log; {
	case !l.Named():
		r.Missing(t.At("store"), target.SettingLog, "the trigger writes down what it does where the function's own logs go").Hint = "write it in f.yml: log: {project: …, store: …}"
	case l.Project == store.Project && l.Store == store.Name:
		r.Limit(t.At("store"), "logstore", store.Name, "another than the function's own: it would be called for what it logs itself, for ever")
	}
	if m.Window != 0 {
		if n := m.Window.WholeSeconds(); n < 3 || n > 600 {
			r.Limit(t.At("window"), "window", m.Window.String(), "3s to 10m")
		}
	}
}

func logTriggers(app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) []Trigger {
	store := app.Resource(t, target.Needs(m)[0])
	interval := 60
	if m.Window != 0 {
		interval = m.Window.WholeSeconds()
	}
	c := &LogTrigger{
		SourceConfig: LogStore{store.Name}, JobConfig: LogJob{MaxRetryTime: "3", TriggerInterval: fmt.Sprint(interval)},
		FunctionParameter: map[string]any{}, Enable: true,
	}
	if l := u.Settings.Log; l.Named() {
		c.LogConfig = LogPlace{Project: l.Project, Logstore: l.Store}
	}
	return []Trigger{{TriggerType: "log", SourceArn: arn(app, store, "log", "project/"+store.Project), TriggerConfig: c}}
}
