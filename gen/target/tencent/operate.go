package tencent

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/faasgen/faasgen/gen/target"
)

var (
	_ target.LogReader = cloud{}
	_ target.Remover   = cloud{}
)

// Logs is scf logs, which finds the function by the names in serverless.yml. With --tail it asks every two seconds for the latest
// invocations, of which the vendor returns ten.
func (c cloud) Logs(app *target.App, u *target.Unit, o target.LogOptions) (target.Operation, error) {
	since := o.Since
	if since == 0 {
		since = target.DefaultSince
	}
	if since%time.Minute != 0 {
		return target.Operation{}, errors.New("scf logs counts whole minutes: found --since " + since.String())
	}
	r := target.Operation{Command: c.Command(), Files: []target.File{instance(app, target.Deployed{Unit: u.Name, Function: app.FunctionName(u)}, "serverless.yml")}}
	r.Args = []string{"logs", "--startTime", target.Span(since, "d", "h", "m")}
	if o.Follow {
		r.Args = append(r.Args, "--tail")
		r.Note = "scf logs asks every 2 seconds for the latest 10 invocations: more than these are left out"
	}
	return r, nil
}

// instance is a serverless.yml with the names by which the vendor finds what was deployed.
func instance(app *target.App, u target.Deployed, path string) target.File {
	top := struct {
		Component string `yaml:"component"`
		Name      string `yaml:"name"`
		App       string `yaml:"app"`
		Stage     string `yaml:"stage,omitempty"`
	}{"scf", u.Unit, app.Spec.Service, app.Stage}
	root := target.Keep(target.Extend(target.Node(top), Name, app.Spec.Extension), "component", "name", "org", "app", "stage")
	inputs := map[string]string{"name": u.Function, "region": region(app)}
	if app.Spec.Provider.Namespace != "" {
		inputs["namespace"] = app.Spec.Provider.Namespace
	}
	root.Content = append(root.Content, target.Node("inputs"), target.Node(inputs))
	content, err := target.Render(root, "What was deployed, by its names.")
	if err != nil {
		panic("tencent: " + err.Error()) // texts, and nodes that Deploy renders
	}
	return target.File{Path: path, Content: content, Mode: 0o600}
}

// removeFailed is what the tool writes of several instances, and leaves the exit code 0, when it could not remove some: how many.
var removeFailed = regexp.MustCompile(`失败\s*[1-9]`)

// Remove removes the instances of all units. What they were triggered by is the vendor's, and stays.
func (c cloud) Remove(app *target.App, units []target.Deployed) target.Removal {
	r := target.Removal{Operation: target.Operation{Command: c.Command(), Failed: removeFailed}}
	r.Args = []string{"remove", "--all"}
	for _, u := range units {
		r.Files = append(r.Files, instance(app, u, u.Unit+"/serverless.yml"))
	}
	for _, u := range app.Units {
		if l := u.Settings.Log; l != nil && l.Store != "" {
			r.Stays = append(r.Stays, "log topic "+l.Store)
		}
	}
	slices.Sort(r.Stays)
	r.Stays = slices.Compact(r.Stays)
	return r
}
