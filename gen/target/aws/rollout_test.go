package aws

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

// everyKind is an application with something of each kind that calls functions.
const everyKind = `service: shop
SETTING
resources: {invoices: {type: bucket, create: true}, orders: {type: queue, create: true}}
functions:
  events: {events: [timer: {every: 1h}, mq: {queue: orders}, mq: {topic: news}, os: {bucket: invoices}, os: {bucket: uploads}, event: {source: shop}, log: {store: lines}]}
  streams: {http: {streaming: true}, events: [http: {method: GET, path: /streams}]}
  web: {events: [http: {method: GET, path: "/web/{id}"}]}
  plain: {}
`

// TestNothingCallsLatest: with a rollout nothing of a template names a function itself, but its alias: what called the function would
// get each new version at once.
func TestNothingCallsLatest(t *testing.T) {
	direct := func(setting string) []string {
		var found []string
		app, _ := targettest.Calls(t, New(), strings.Replace(everyKind, "SETTING", setting, 1), "plain web", "web events async", "events plain")
		if diags := New().Check(app); diags.Failed() {
			t.Fatal(diags.Render(""))
		}
		parsed, err := parse(document(app))
		if err != nil {
			t.Fatal(err)
		}
		functions := map[string]bool{}
		for id, r := range parsed.Resources {
			functions[id] = r.Type == functionType
		}
		named := func(text string) bool { return functions[strings.TrimSuffix(text, ".Arn")] }
		for _, id := range slices.Sorted(maps.Keys(parsed.Resources)) {
			content, err := yaml.Marshal(parsed.Resources[id].Properties)
			if err != nil {
				t.Fatal(err)
			}
			var root yaml.Node
			if err := yaml.Unmarshal(content, &root); err != nil {
				t.Fatal(err)
			}
			if err := references(&root, func(kind, name string) bool {
				if named(name) {
					found = append(found, id+" names "+name)
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
			for _, u := range app.Units {
				name := "function:" + app.FunctionName(u)
				if rest := strings.Split(string(content), name); len(rest) > 1 {
					for _, after := range rest[1:] {
						if !strings.HasPrefix(after, ":"+alias) {
							found = append(found, id+" may call "+name)
						}
					}
				}
				if calls := string(content); strings.Contains(calls, "="+app.FunctionName(u)) && !strings.Contains(calls, "="+app.FunctionName(u)+":"+alias) {
					found = append(found, id+" calls "+app.FunctionName(u))
				}
			}
		}
		return found
	}
	if found := direct("provider: {rollout: {strategy: canary, percent: 10, interval: 5m}}"); len(found) > 0 {
		t.Errorf("these call a function past its alias:\n%s", strings.Join(found, "\n"))
	}
	if found := direct("provider: {memorySize: 128}"); len(found) < 10 {
		t.Errorf("the test sees %d calls of functions without an alias, and would see none past one:\n%s", len(found), strings.Join(found, "\n"))
	}
}
