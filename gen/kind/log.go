package kind

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// Features of the portability report.
const (
	FeatureLog       = "trigger log"
	FeatureLogWindow = "trigger log window"
)

func logKind() *Kind {
	same := func(a, b *annotations.Log) bool { return a.Store == b.Store }
	return of(Kind{Word: "log", Example: "{store: audit}", Trigger: log.Store{}, Event: reflect.TypeFor[log.Batch](), Resources: []Resource{{"log", "log store"}}}, typed[annotations.Log]{
		name:  func(m *annotations.Log) string { return m.Name },
		needs: func(m *annotations.Log) []Need { return []Need{{"store", "log", m.Store}} },
		overlap: func(a, b *annotations.Log) string {
			if same(a, b) {
				return "store " + a.Store
			}
			return ""
		},
		covers: same,
		triggers: func(m *annotations.Log, _ string) []framework.Trigger {
			return []framework.Trigger{log.Store{Name: m.Store}}
		},
		identities: func(m *annotations.Log, _ string) []string { return []string{m.Store} },
		sample: func(m *annotations.Log, s Sample) any {
			return log.Batch{Resource: m.Store, Store: m.Store, Entries: []log.Entry{{Time: s.Now, Message: "a line of the sample"}, {Time: s.Now, Message: "another line"}}}
		},
		features: []feature[annotations.Log]{{FeatureLog, nil}, {FeatureLogWindow, func(m *annotations.Log) bool { return m.Window != 0 }}},
	})
}
