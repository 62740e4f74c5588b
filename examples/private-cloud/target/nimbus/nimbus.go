// Package nimbus deploys units to Nimbus: a nimbus.yml with one function for each unit, which the company's tool reads.
package nimbus

import (
	"time"

	"github.com/faasgen/faasgen/annotations"
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

// codecs are those of the platform. Requests reach a unit as they are.
func codecs() map[string]string {
	return map[string]string{"http": "", "timer": "Timer", "mq": "Queue", "raw": "Raw"}
}

// Entry is the loop, in an executable called function.
func (cloud) Entry(u *target.Unit) target.Entry {
	return target.Entry{
		Loop: platform, Codecs: target.Codecs(u, platform, codecs()),
		Command: "function", GOOS: "linux", GOARCH: u.Settings.Architecture, MaxZip: 100 << 20, MaxUnpacked: 250 << 20,
	}
}

// Check reports what Nimbus does not take.
func (c cloud) Check(app *target.App) annotations.Diagnostics { return c.Explain(app).Done() }

// Explain is Check by feature, with what Nimbus has for each.
func (cloud) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: Name}
	r.How(map[string]string{
		"trigger http": "gateway", "trigger timer": "timers", "trigger timer every": "seconds", "trigger timer payload": "text", "trigger mq queue": "queues",
		"memorySize": "memory",
	})
	for _, u := range app.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				if _, known := codecs()[t.Kind]; !known {
					r.Unsupported(t.At(""), "trigger "+t.Kind, "it has requests, timers and queues")
				}
			}
		}
		for _, t := range u.Triggers("timer") {
			if m := t.Marker.(*annotations.Timer); m.Every == 0 {
				r.Limit(t.At("cron"), "cron", "an expression", "an interval: every=1h")
			}
		}
		for _, t := range u.Triggers("mq") {
			if m := t.Marker.(*annotations.MQ); m.Queue == "" {
				r.Limit(t.At("topic"), "topic", m.Topic, "a queue")
			}
		}
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
		f := function{Zip: u.Name + ".zip", Memory: int(u.Settings.MemorySize), HTTP: len(u.Routes()) > 0, Timers: map[string]interval{}, Env: app.Environment(u)}
		for _, t := range u.Triggers("timer") {
			m := t.Marker.(*annotations.Timer)
			f.Timers[t.Name] = interval{int(time.Duration(m.Every) / time.Second), m.Payload}
		}
		for _, t := range u.Triggers("mq") {
			for _, need := range target.Needs(t.Marker) {
				f.Queues = append(f.Queues, app.Resource(t, need).Real())
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
