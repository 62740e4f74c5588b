// Package tencent deploys units to Tencent Serverless Cloud Function: a serverless.yml of the component scf for each unit.
// A unit whose functions all have http triggers and nothing else is a web function behind a function URL; every other is
// an event function on the custom runtime, whose http triggers get requests as JSON events of the same URL.
package tencent

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// Name is the word for this target.
const Name = "tencent"

// platform is where the codecs of event functions are; the loops are below.
const platform = "github.com/faasgen/faasgen/framework/platform/tencent"

// New returns the target.
func New() target.Target { return cloud{} }

type cloud struct{}

var (
	_ target.Explainer = cloud{}
	_ target.Deployer  = cloud{}
	_ target.Splitter  = cloud{}
	_ target.Sharer    = cloud{}
)

func (cloud) Name() string { return Name }

// Entry is the loop of the kind of function that the unit is.
func (cloud) Entry(u *target.Unit) target.Entry {
	e := target.Entry{Transport: target.Symbol{Import: platform + "/invoke", Name: "New"}, GOOS: "linux", GOARCH: "amd64", MaxUnpacked: 500 << 20}
	if web(u) {
		e.Loop, e.Command = platform+"/web", "scf_bootstrap"
		return e
	}
	e.Loop, e.Command = platform+"/custom", "bootstrap"
	e.Codecs = target.Codecs(u, platform, kinds().Codecs())
	return e
}

// Share is the loop of the kind of function that all units are if they are of one kind however functions are grouped, else the
// one that runs either: web functions start by scf_bootstrap, which the vendor lets be a script.
func (c cloud) Share(all *target.Unit) target.Entry {
	e := c.Entry(all)
	if web(all) || len(all.Routes()) == 0 {
		return e
	}
	e.Loop = platform + "/both"
	e.Starters = []target.File{{Path: "scf_bootstrap", Content: []byte(webStarter), Mode: 0o755}}
	return e
}

// webStarter runs the program next to it as a web function. Nothing but the shell is needed, and nothing of the environment.
const webStarter = `#!/bin/sh
case $0 in
*/*) exec "${0%/*}/bootstrap" web ;;
esac
exec ./bootstrap web
`

// Check reports what Serverless Cloud Function does not take.
func (c cloud) Check(app *target.App) annotations.Diagnostics { return c.Explain(app).Done() }

// Explain is Check by feature, with what the vendor has for each.
func (c cloud) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: Name}
	r.Mechanism(how())
	kinds().Mechanism(r)
	checkRegion(r, app)
	r.Resources(app)
	r.Overlaps(app, bucketEvents)
	r.Literal(app, "scf")
	checkTopics(r, app)
	checkNamespaces(r, app)
	r.Calls(c, app)
	r.Secrets(c, app)
	r.Domains(app, func(name string, _ *spec.Domain, at func(string) spec.Place) {
		r.Unsupported(at(""), "domain "+name, "the component has no key for it").Hint = "bind it to the function's URL in the console, and set domains for other targets only"
	})
	for _, u := range app.Units {
		check(r, app, u)
	}
	return r
}

// Command is that of the Serverless Cloud Framework, or of the tool that it came from. Several versions say that a component failed, or
// that a file has mistakes, and end with exit code 0 (serverless-tencent issues 136 and 167).
func (cloud) Command() target.Command {
	return target.Command{
		Names: []string{"scf", "sls", "serverless"}, Args: []string{"deploy", "--all"}, Install: "npm install -g serverless-cloud-framework",
		Unfinished: "the functions that it came to are deployed, the others are as they were", Failure: failure,
	}
}

// failure is how the tool says that something failed: an error of JavaScript by its name, behind the name of the instance if it is about
// one.
var failure = regexp.MustCompile(`^\s*(?:.* › )?[A-Za-z]*Error(?: \[[^\]]*\])?: `)

// Deploy returns <unit>/serverless.yml for each unit: the vendor's tool deploys a folder at a time, or all folders below
// one.
func (cloud) Deploy(app *target.App) ([]target.File, annotations.Diagnostics) {
	var files []target.File
	var diags annotations.Diagnostics
	for _, u := range app.Units {
		content, err := target.Render(document(app, u), "Deploy it with: sls deploy, or all of them from the folder above with: sls deploy --all")
		path := u.Name + "/serverless.yml"
		if err != nil {
			diags = append(diags, spec.Place{}.Errorf(target.CodeExtension, "%s: %v", path, err))
			continue
		}
		files = append(files, target.File{Path: path, Content: content, Mode: 0o644})
	}
	return files, diags
}

// document is a unit's file with all x-tencent keys merged in: those of provider and the function into inputs, those of
// a trigger into its parameters, those of f.yml itself into the whole.
func document(app *target.App, u *target.Unit) *yaml.Node {
	events, extensions := events(app, u)
	c := Component{Component: "scf", Name: u.Name, App: app.Spec.Service, Stage: app.Stage, Inputs: inputs(app, u)}
	c.Inputs.Events = events
	root := target.Node(c)
	for i, list := range extensions {
		target.Replace(root, func(n *yaml.Node) *yaml.Node {
			item := n.Content[i] // one key, its kind, over parameters
			target.Replace(item, func(n *yaml.Node) *yaml.Node {
				for _, e := range list {
					n = target.Extend(n, Name, e)
				}
				return n
			}, item.Content[0].Value, "parameters")
			return n
		}, "inputs", "events")
	}
	target.Replace(root, func(n *yaml.Node) *yaml.Node {
		return target.Extend(target.Extend(n, Name, app.Spec.Provider.Extension), Name, u.Extension)
	}, "inputs")
	return target.Extend(root, Name, app.Spec.Extension)
}

func inputs(app *target.App, u *target.Unit) Inputs {
	s := u.Settings
	in := Inputs{
		Name:         app.FunctionName(u),
		Type:         "event",
		Description:  u.Summary(),
		Region:       region(app),
		Namespace:    app.Spec.Provider.Namespace,
		Src:          path.Join("..", app.Package(u)),
		Runtime:      "CustomRuntime",
		Handler:      "bootstrap",
		Role:         s.Role,
		MemorySize:   int(s.MemorySize),
		DiskSize:     int(s.DiskSize),
		Timeout:      s.Timeout.WholeSeconds(),
		InitTimeout:  s.InitTimeout.WholeSeconds(),
		PublicAccess: s.InternetAccess, // the vendor's default is true
		Tags:         s.Tags,
		Traffic:      traffic(s.Rollout),
	}
	if web(u) {
		in.Type, in.Handler = "web", ""
		if s.Concurrency > 1 {
			in.InstanceConcurrencyConfig = &InstanceConcurrency{Enable: true, MaxConcurrency: s.Concurrency}
		}
	}
	if e := app.Environment(u); len(e) > 0 {
		in.Environment = &Environment{e}
	}
	if v := s.VPC; v != nil {
		in.VpcConfig = &VPCConfig{VpcId: v.ID, SubnetId: first(v.Subnets)}
	}
	for _, fs := range s.FileSystems {
		remote := fs.RemotePath
		if remote == "" {
			remote = "/"
		}
		in.Cfs = append(in.Cfs, CFS{
			CfsId: fs.Source, MountInsId: fs.Source, LocalMountDir: fs.Path, RemoteMountDir: remote,
			UserId: number(fs.User), UserGroupId: number(fs.Group),
		})
	}
	for _, layer := range s.Layers {
		name, version, _ := strings.Cut(layer, ":")
		n, _ := strconv.Atoi(version) // Check has refused anything else
		in.Layers = append(in.Layers, Layer{name, n})
	}
	if d := s.DeadLetter; d != nil {
		in.DeadLetter = &DeadLetter{Type: d.Type, Name: d.Target}
	}
	if s.Log.Named() {
		in.Cls = &CLS{LogsetId: s.Log.Project, TopicId: s.Log.Store}
	}
	if n := s.ProvisionedInstances; n != nil {
		in.ProvisionedNum = *n
	}
	if a := s.Async; a != nil {
		in.AsyncRunEnable = a.LongRunning
		in.MsgTTL, in.RetryNum = a.MaxAge.WholeSeconds(), a.Retries
	}
	if s.Tracing != nil {
		in.TraceEnable = s.Tracing.Enabled
	}
	return in
}

// region is the component's default unless f.yml has one.
func region(app *target.App) string {
	if r := app.Spec.Provider.Region; r != "" {
		return r
	}
	return "ap-guangzhou"
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// events makes the vendor's triggers, and says which x- keys belong to which of them.
func events(app *target.App, u *target.Unit) ([]Event, map[int][]spec.Extension) {
	list := []Event{}
	extensions := map[int][]spec.Extension{}
	for t, made := range kinds().Make(app, u) {
		for _, e := range made {
			if t.Extension[Name] != nil {
				extensions[len(list)] = []spec.Extension{t.Extension}
			}
			list = append(list, e)
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
	return append(list, functionURL(app, u)), extensions
}
