// Package nimbus deploys units to Nimbus: a nimbus.yml with one function for each unit, which the company's tool reads.
package nimbus

import (
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Name is the word for this target.
const Name = "nimbus"

// platform is what a unit's entrypoint imports.
const platform = "github.com/faasgen/faasgen/examples/private-cloud/platform/nimbus"

// New returns the target.
func New() target.Target { return cloud{} }

type cloud struct{}

var (
	_ target.Deployer  = cloud{}
	_ target.Explainer = cloud{}
)

func (cloud) Name() string { return Name }

// event is what nimbus.yml has for one trigger.
type event struct {
	timer *interval
	queue string
}

// kinds are how Nimbus carries each kind of trigger. Requests reach a unit as they are.
func kinds() target.Kinds[event] {
	return target.Kinds[event]{
		"http": {Mechanism: map[string]string{kind.FeatureHTTP: "gateway"}},
		"timer": target.Carry[annotations.Timer, event]{
			Codec: "Timer", Mechanism: map[string]string{kind.FeatureTimer: "timers", kind.FeatureTimerEvery: "seconds", kind.FeatureTimerPayload: "text"},
			Check: func(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, m *annotations.Timer) {
				if m.Every == 0 {
					r.Limit(t.At("cron"), "cron", "an expression", "an interval: every=1h")
				}
			},
			Make: func(_ *target.App, _ *target.Unit, _ target.Trigger, m *annotations.Timer) []event {
				return []event{{timer: &interval{int(time.Duration(m.Every) / time.Second), m.Payload}}}
			},
		}.Carried(),
		"mq": target.Carry[annotations.MQ, event]{
			Codec: "Queue", Mechanism: map[string]string{kind.FeatureMQQueue: "queues"},
			Check: func(r *target.Report, _ *target.App, _ *target.Unit, t target.Trigger, m *annotations.MQ) {
				if m.Queue == "" {
					r.Limit(t.At("topic"), "topic", m.Topic, "a queue")
				}
			},
			Make: func(app *target.App, _ *target.Unit, t target.Trigger, _ *annotations.MQ) []event {
				return []event{{queue: app.Resource(t, target.Needs(t.Marker)[0]).Real()}}
			},
		}.Carried(),
		"raw": {Codec: "Raw", Mechanism: map[string]string{kind.FeatureRaw: "invoke"}},
	}
}

// Entry is the loop, in an executable called function.
func (cloud) Entry(u *target.Unit) target.Entry {
	return target.Entry{
		Loop: platform, Codecs: target.Codecs(u, platform, kinds().Codecs()),
		Command: "function", GOOS: "linux", GOARCH: u.Settings.Architecture, MaxZip: 100 << 20, MaxUnpacked: 250 << 20,
	}
}

// Check reports what Nimbus does not take.
func (c cloud) Check(app *target.App) annotations.Diagnostics { return c.Explain(app).Done() }

// Explain is Check by feature, with what Nimbus has for each.
func (c cloud) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: Name}
	r.Mechanism(map[string]string{target.SettingMemorySize: "memory"})
	kinds().Mechanism(r)
	r.Calls(c, app)
	for _, u := range app.Units {
		kinds().Check(r, app, u)
	}
	return r
}

// file is nimbus.yml.
type file struct {
	Service   string              `yaml:"service"`
	Functions map[string]function `yaml:"functions"`
}

type function struct {
	Zip    string              `yaml:"zip"`
	Memory int                 `yaml:"memory"`
	HTTP   bool                `yaml:"http,omitempty"`
	Timers map[string]interval `yaml:"timers,omitempty"`
	Queues []string            `yaml:"queues,omitempty"`
	Env    map[string]string   `yaml:"env,omitempty"`
}

type interval struct {
	Seconds int    `yaml:"seconds"`
	Text    string `yaml:"text,omitempty"`
}

// Deploy returns nimbus.yml, with the x-nimbus keys of f.yml merged in.
func (cloud) Deploy(app *target.App) ([]target.File, annotations.Diagnostics) {
	out := file{Service: app.Spec.Service, Functions: map[string]function{}}
	for _, u := range app.Units {
		f := function{Zip: u.Zip(), Memory: int(u.Settings.MemorySize), HTTP: len(u.Routes()) > 0, Timers: map[string]interval{}, Env: app.Environment(u)}
		for t, made := range kinds().Make(app, u) {
			for _, e := range made {
				if e.timer != nil {
					f.Timers[t.Name] = *e.timer
					continue
				}
				f.Queues = append(f.Queues, e.queue)
			}
		}
		out.Functions[app.FunctionName(u)] = f
	}
	content, err := target.Render(target.Extend(target.Node(out), Name, app.Spec.Extension), "Deploy it with: nimbus apply")
	if err != nil {
		return nil, annotations.Diagnostics{spec.Place{}.Errorf(target.CodeExtension, "nimbus.yml: %v", err)}
	}
	return []target.File{{Path: "nimbus.yml", Content: content, Mode: 0o644}}, nil
}

// Command is the company's tool.
func (cloud) Command() target.Command {
	return target.Command{Names: []string{"nimbus"}, Args: []string{"apply"}, Install: "ask the platform team"}
}
