// Package aliyun deploys units to Alibaba Cloud Function Compute 3.0: an s.yaml for Serverless Devs with the component
// fc3, one function for each unit on the runtime custom.debian12, where the unit is an http server on port 9000. All http
// triggers of a unit are one trigger of the vendor, which lets every method through: the unit's own router answers.
package aliyun

import (
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// Name is the word for this target.
const Name = "aliyun"

// platform is what a unit's entrypoint imports; its loop is below.
const platform = "github.com/faasgen/faasgen/framework/platform/aliyun"

// The executable's name in the zip, where the vendor unpacks it, and the port it listens on.
const (
	command = "main"
	folder  = "/code/"
	port    = 9000
)

// preStop is how long an instance may take to close, in seconds; the vendor allows 90.
const preStop = 30

// New returns the target.
func New() target.Target { return cloud{} }

type cloud struct{}

var (
	_ target.Explainer = cloud{}
	_ target.Deployer  = cloud{}
)

func (cloud) Name() string { return Name }

// Entry is the loop of the custom runtime. Requests of http triggers reach it as they are; only events need codecs.
func (cloud) Entry(u *target.Unit) target.Entry {
	e := target.Entry{
		Loop: platform + "/custom", Transport: target.Symbol{Import: platform + "/invoke", Name: "New"}, Command: command, GOOS: "linux", GOARCH: "amd64",
		MaxZip: 500 << 20,
	}
	e.Codecs = target.Codecs(u, platform, kinds().Codecs())
	return e
}

// Check reports what Function Compute does not take.
func (c cloud) Check(app *target.App) annotations.Diagnostics { return c.Explain(app).Done() }

// Explain is Check by feature, with what the vendor has for each.
func (c cloud) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: Name}
	r.Mechanism(how())
	kinds().Mechanism(r)
	checkRegion(r, app)
	r.NoNamespace(app)
	r.Resources(app)
	r.Overlaps(app, bucketEvents)
	r.Literal(app, "s")
	r.Queues(app)
	r.Calls(c, app)
	r.Secrets(c, app)
	for _, u := range app.Units {
		check(r, app, u)
	}
	checkDomains(r, app)
	return r
}

// Command is that of Serverless Devs.
func (cloud) Command() target.Command {
	return target.Command{
		Names: []string{"s"}, Args: []string{"deploy", "--assume-yes"}, Install: "npm install -g @serverless-devs/s",
		Unfinished: "the functions that s came to are deployed, the others are as they were",
	}
}

// Deploy returns s.yaml.
func (cloud) Deploy(app *target.App) ([]target.File, annotations.Diagnostics) {
	content, err := target.Render(document(app), "Deploy it with: s deploy")
	if err != nil {
		return nil, annotations.Diagnostics{spec.Place{}.Errorf(target.CodeExtension, "s.yaml: %v", err)}
	}
	return []target.File{{Path: "s.yaml", Content: content, Mode: 0o644}}, nil
}

// document is the manifest with all x-aliyun keys merged in: those of provider and the function into the function's
// props, those of a trigger into the vendor's trigger, those of f.yml itself into the whole.
func document(app *target.App) *yaml.Node {
	m := Manifest{Edition: "3.0.0", Name: app.DeploymentName(), Access: "default", Resources: map[string]*Resource{}}
	extensions := map[string]map[int][]spec.Extension{}
	for _, u := range app.Units {
		p := props(app, u)
		p.Triggers, extensions[u.Name] = triggers(app, u)
		m.Resources[u.Name] = &Resource{Component: "fc3", Props: p}
	}
	root := target.Node(m)
	for _, u := range app.Units {
		for i, list := range extensions[u.Name] {
			target.Replace(root, func(n *yaml.Node) *yaml.Node {
				n.Content = slices.Clone(n.Content)
				for _, e := range list {
					n.Content[i] = target.Extend(n.Content[i], Name, e)
				}
				return n
			}, "resources", u.Name, "props", "triggers")
		}
		target.Replace(root, func(n *yaml.Node) *yaml.Node {
			return target.Extend(target.Extend(n, Name, app.Spec.Provider.Extension), Name, u.Extension)
		}, "resources", u.Name, "props")
	}
	target.Replace(root, func(n *yaml.Node) *yaml.Node { return withDomains(n, app) }, "resources")
	return target.Extend(root, Name, app.Spec.Extension)
}

func props(app *target.App, u *target.Unit) Props {
	s := u.Settings
	p := Props{
		Region:               app.Spec.Provider.Region,
		FunctionName:         app.FunctionName(u),
		Description:          u.Summary(),
		Runtime:              "custom.debian12",
		Code:                 app.Package(u),
		Cpu:                  cpu(s),
		MemorySize:           int(s.MemorySize),
		DiskSize:             512,
		Timeout:              s.Timeout.WholeSeconds(),
		InstanceConcurrency:  max(1, s.Concurrency),
		CustomRuntimeConfig:  &CustomRuntimeConfig{Command: []string{folder + command}, Port: port},
		EnvironmentVariables: app.Environment(u),
		Role:                 s.Role,
		InternetAccess:       s.InternetAccess,
		Layers:               s.Layers,
		// The loop answers both hooks: the one lets the vendor show why a unit did not start, and without the other an
		// instance ends with no word to the process. Custom runtimes get them as requests; the handlers are names only.
		InstanceLifecycleConfig: &InstanceLifecycleConfig{
			Initializer: &LifecycleHook{Handler: "initialize", Timeout: s.InitTimeout.WholeSeconds()},
			PreStop:     &LifecycleHook{Handler: "pre-stop", Timeout: preStop},
		},
	}
	if s.DiskSize != 0 {
		p.DiskSize = int(s.DiskSize)
	}
	if s.ReservedConcurrency != nil {
		p.ConcurrencyConfig = &ConcurrencyConfig{*s.ReservedConcurrency}
	}
	if n := s.ProvisionedInstances; n != nil && *n > 0 {
		p.ProvisionConfig = &ProvisionConfig{DefaultTarget: *n, ScheduledActions: []any{}, TargetTrackingPolicies: []any{}}
	}
	if v := s.VPC; v != nil {
		p.VpcConfig = &VPCConfig{VpcId: v.ID, VSwitchIds: v.Subnets}
		if len(v.SecurityGroups) > 0 {
			p.VpcConfig.SecurityGroupId = v.SecurityGroups[0]
		}
	}
	if s.Log.Named() {
		p.LogConfig = &LogConfig{Project: s.Log.Project, Logstore: s.Log.Store}
	}
	if t := s.Tracing; t != nil && t.Enabled != nil && *t.Enabled {
		p.TracingConfig = &TracingConfig{Type: "Jaeger", JaegerConfig: &JaegerConfig{t.Endpoint}}
	}
	for _, key := range sorted(s.Tags) {
		p.Tags = append(p.Tags, Tag{key, s.Tags[key]})
	}
	if len(s.FileSystems) > 0 {
		p.NasConfig = &NASConfig{}
		for _, fs := range s.FileSystems {
			if fs.User != nil && fs.Group != nil {
				p.NasConfig.UserId, p.NasConfig.GroupId = *fs.User, *fs.Group
			}
			p.NasConfig.MountPoints = append(p.NasConfig.MountPoints, MountPoint{ServerAddr: fs.Source, MountDir: fs.Path})
		}
	}
	if a := s.Async; a != nil {
		p.AsyncInvokeConfig = &AsyncInvokeConfig{AsyncTask: a.LongRunning, MaxAsyncEventAgeInSeconds: a.MaxAge.WholeSeconds(), MaxAsyncRetryAttempts: a.Retries}
		if a.OnSuccess != "" || a.OnFailure != "" {
			p.AsyncInvokeConfig.DestinationConfig = &DestinationConfig{target.Optional(Destination{a.OnSuccess}), target.Optional(Destination{a.OnFailure})}
		}
	}
	return p
}

// triggers makes the vendor's triggers, and says which x- keys belong to which of them.
func triggers(app *target.App, u *target.Unit) ([]Trigger, map[int][]spec.Extension) {
	var list []Trigger
	extensions := map[int][]spec.Extension{}
	taken := map[string]bool{}
	free := func(name, other string) string {
		for taken[name] {
			name += other
		}
		taken[name] = true
		return name
	}
	for t, all := range kinds().Make(app, u) {
		for i, made := range all {
			made.TriggerName = free(target.PartName(t.Name, i), "-"+t.Kind)
			if t.Extension[Name] != nil {
				extensions[len(list)] = []spec.Extension{t.Extension}
			}
			list = append(list, made)
		}
	}
	routes := u.Routes()
	if len(routes) == 0 {
		return list, extensions
	}
	for _, t := range routes {
		if t.Extension[Name] != nil {
			extensions[len(list)] = append(extensions[len(list)], t.Extension)
		}
	}
	http := httpTrigger(app, u)
	http.TriggerName = free("http", "-url")
	return append(list, http), extensions
}

// cpu is what goes with the memory, in the vendor's own proportion (0.35 with 512 MB), unless f.yml says it.
func cpu(s spec.Settings) float64 {
	if s.CPU != 0 {
		return s.CPU
	}
	steps := (int(s.MemorySize)*65*20 + 1024*100 - 1) / (1024 * 100)
	return min(16, float64(max(1, steps)*5)/100)
}
