package plan_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

const code = `package app

import (
	"context"

	"github.com/faasgen/faasgen/framework/ioc"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

//faas:handler said timeout=20s memory=512 concurrency=3 description="by the directive"
//faas:http GET,POST /said
//faas:timer every=1h
//faas:timer every=2h
func Said(ctx context.Context) {}

//faas:handler unsaid
//faas:timer cron="0 3 * * *"
func Unsaid(e timer.Event) {}

//faas:provide scope=prototype
type Ticket struct{}

func (*Ticket) Destroy(context.Context) error { return nil }

//faas:provide
type Desk struct {
	Ticket ioc.Lazy[*Ticket] //faas:inject
}

//faas:handler
func (*Desk) Open() {}

//faas:handler
//faas:task once
func Once() {}

//faas:handler timeout=40s
//faas:task slowly
func Slowly() {}
`

const file = `service: s
provider: {timeout: 5, memorySize: 128, provisionedInstances: 1, rollout: {strategy: all}, concurrency: 9, http: {auth: iam}, environment: {A: provider, B: provider}}
functions:
  said: {memorySize: 1024, environment: {B: function}}
targets:
  far:
    provider: {timeout: 30}
    functions:
      said:
        events:
          - http: {method: GET, path: /said}
          - timer: {every: 3h}
      unsaid: {timeout: 60, events: [{timer: {cron: "5 3 * * *"}}]}
`

func solve(t *testing.T) (*wiring.Graph, string) {
	t.Helper()
	dir := t.TempDir()
	apptest.WriteModule(t, dir, apptest.Module)
	apptest.Write(t, dir, map[string]string{"app/app.go": code, "app/f.yml": file})
	_, program := apptest.Load(t, load.Options{Dir: dir})
	_, g, ds := apptest.Solve(program, program.Apps[0])
	if ds.Failed() {
		t.Fatal(ds.Render(dir))
	}
	return g, program.Apps[0].Dir
}

// settings is what the test looks at of a unit.
type settings struct {
	Timeout     time.Duration
	Memory      int
	Concurrency int
	Kept        bool
	Environment map[string]string
	Triggers    []string
}

func look(p *plan.Plan) map[string]settings {
	out := map[string]settings{}
	for _, u := range p.Units {
		s := settings{Timeout: u.Functions[0].Timeout, Memory: int(u.Settings.MemorySize), Concurrency: u.Members[0].Concurrency, Kept: u.Settings.ProvisionedInstances != nil || u.Settings.Rollout != nil, Environment: u.Settings.Environment}
		for _, t := range u.Functions[0].Triggers {
			s.Triggers = append(s.Triggers, t.Kind+" "+t.Name)
		}
		out[u.Name] = s
	}
	return out
}

func TestSettingsAreMergedInOrder(t *testing.T) {
	g, dir := solve(t)
	here, ds := plan.New(g, "", "", nil)
	want := map[string]settings{
		"said":     {20 * time.Second, 1024, 3, true, map[string]string{"A": "provider", "B": "function"}, []string{"http said", "timer said", "timer said-2"}},
		"unsaid":   {5 * time.Second, 128, 9, true, map[string]string{"A": "provider", "B": "provider"}, []string{"timer unsaid"}},
		"app-open": {5 * time.Second, 128, 9, true, map[string]string{"A": "provider", "B": "provider"}, nil},
		"once":     {15 * time.Minute, 128, 0, false, map[string]string{"A": "provider", "B": "provider"}, nil}, // a task: what provider says of serving is not its
		"slowly":   {40 * time.Second, 128, 0, false, map[string]string{"A": "provider", "B": "provider"}, nil},
	}
	if diff := cmp.Diff(want, look(here)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, want := ds.Render(dir), `app.go:27:2: app.Ticket cannot be lazy: an instance of prototype scope has to be destroyed with what it is injected into [di-lazy]
	Ticket ioc.Lazy[*Ticket] //faas:inject
	^^^^^^
	app.Ticket has scope=prototype  app.go:21:6
	hint: inject it without ioc.Lazy, or make it a singleton
`; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTargetSeesItsOverlay(t *testing.T) {
	g, dir := solve(t)
	far, ds := plan.New(g, "far", "", nil)
	want := map[string]settings{
		"said":     {20 * time.Second, 1024, 3, true, deployed("said", "20s", "function"), []string{"http said", "timer said"}},
		"unsaid":   {60 * time.Second, 128, 9, true, deployed("unsaid", "60s", "provider"), []string{"timer unsaid"}},
		"app-open": {30 * time.Second, 128, 9, true, deployed("app-open", "30s", "provider"), nil},
		"once":     {15 * time.Minute, 128, 0, false, deployed("once", "900s", "provider"), nil},
		"slowly":   {40 * time.Second, 128, 0, false, deployed("slowly", "40s", "provider"), nil},
	}
	if diff := cmp.Diff(want, look(far)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(ds) > 0 {
		t.Error(ds.Render(dir))
	}
}

// deployed is the environment of a unit on a cloud.
func deployed(unit, timeout, b string) map[string]string {
	return map[string]string{"A": "provider", "B": b, "FAAS_UNIT": unit, "FAAS_TIMEOUT": timeout, "FAAS_INIT_TIMEOUT": "10s"}
}

// TestLazyLeakIsReportedOnce: that a singleton cannot hold what lives for one request is wiring's to say, lazy or not.
func TestLazyLeakIsReportedOnce(t *testing.T) {
	dir := t.TempDir()
	apptest.WriteModule(t, dir, apptest.Module)
	apptest.Write(t, dir, map[string]string{"app/f.yml": "service: x\n", "app/app.go": `package app

import "github.com/faasgen/faasgen/framework/ioc"

//faas:provide scope=request
type Ticket struct{}

type Door struct {
	Ticket ioc.Lazy[*Ticket] //faas:inject
}

//faas:handler
func (*Door) Open() {}
`})
	_, program := apptest.Load(t, load.Options{Dir: dir})
	_, g, ds := apptest.Solve(program, program.Apps[0])
	_, more := plan.New(g, "", "", nil)
	want := filepath.Join(dir, "app", "app.go") + ":9:2: singleton app.Door would hold app.Ticket, which lives for one request [di-scope]"
	if got := append(ds, more...).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSettingsDoNotFollowGroups: units come in another order with groups, and the file in the package must not.
func TestSettingsDoNotFollowGroups(t *testing.T) {
	dir := t.TempDir()
	apptest.WriteModule(t, dir, apptest.Module)
	apptest.Write(t, dir, map[string]string{"app/app.go": code})
	settings := func(more string) string {
		t.Helper()
		apptest.Write(t, dir, map[string]string{"app/f.yml": "service: s\n" + more})
		_, program := apptest.Load(t, load.Options{Dir: dir})
		_, g, ds := apptest.Solve(program, program.Apps[0])
		if ds.Failed() {
			t.Fatal(ds.Render(dir))
		}
		p, ds := plan.New(g, "far", "", nil)
		if ds.Failed() {
			t.Fatal(ds.Render(dir))
		}
		return string(p.Settings(nil))
	}
	apart, together := settings(""), settings("aggregation: {zz: {functions: [app-open, unsaid]}}\n")
	if diff := cmp.Diff(apart, together); diff != "" {
		t.Errorf("-apart +grouped\n%s", diff)
	}
}
