package aliyun

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

var (
	_ target.LogReader = cloud{}
	_ target.Remover   = cloud{}
)

// Logs is s logs of the component fc3, which finds the function by its name. Of what was before, the tool shows a span of time; with
// --tail it asks again and again for the last ten seconds, 1800 times.
func (c cloud) Logs(app *target.App, u *target.Unit, o target.LogOptions) (target.Operation, error) {
	if !logs(app, u) {
		return target.Operation{}, errors.New("nothing keeps the logs of " + u.Name + " on aliyun: write log: {project: …, store: …} in f.yml")
	}
	args := []string{"cli", "fc3", "logs", "--region", app.Spec.Provider.Region, "--function-name", app.FunctionName(u)}
	if access := value(document(app), "access"); access != nil {
		args = append(args, "--access", access.Value)
	}
	r := target.Operation{Command: runs(args...)}
	if o.Follow {
		if o.Since != 0 {
			return r, errors.New("s logs follows what comes from now on, and shows nothing from before with it: leave --since out, or --follow")
		}
		r.Args = append(r.Args, "--tail")
		r.Note = "s logs shows what comes from now on, for about 45 minutes"
		return r, nil
	}
	since := o.Since
	if since == 0 {
		since = target.DefaultSince
	}
	r.Args = append(r.Args, "--start-time", o.Now.Add(-since).UTC().Format(time.RFC3339), "--end-time", o.Now.UTC().Format(time.RFC3339))
	return r, nil
}

// logs reports whether the function is deployed with a place for its logs.
func logs(app *target.App, u *target.Unit) bool {
	props := value(value(value(document(app), "resources"), u.Name), "props")
	return value(props, "logConfig") != nil
}

// value is that of a key, nil without one.
func value(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func runs(args ...string) target.Command {
	c := cloud{}.Command()
	c.Args = args
	return c
}

// removeFailed is what the component writes, and leaves the exit code 0, when it cannot remove something.
var removeFailed = regexp.MustCompile(`(?i)remove error:`)

// Remove removes the functions and the domains. The component looks up itself what belongs to a function, so that names are enough.
func (cloud) Remove(app *target.App, units []target.Deployed) target.Removal {
	root := target.Keep(target.Extend(target.Node(Manifest{Edition: "3.0.0", Name: app.DeploymentName(), Access: "default"}), Name, app.Spec.Extension), "edition", "name", "access", "vars")
	resources := map[string]any{}
	for _, u := range units {
		resources[u.Unit] = map[string]any{"component": "fc3", "props": map[string]any{"region": app.Spec.Provider.Region, "functionName": u.Function}}
	}
	r := target.Removal{Operation: target.Operation{Command: runs("remove", "--assume-yes"), Failed: removeFailed}}
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
		resources[domainKey(name)] = map[string]any{"component": "fc3-domain", "props": map[string]any{"region": app.Spec.Provider.Region, "domainName": name}}
		r.Gone = append(r.Gone, "domain "+name)
	}
	root.Content = append(root.Content, target.Node("resources"), target.Node(resources))
	content, err := target.Render(root, "What s remove is to remove.")
	if err != nil {
		panic("aliyun: " + err.Error()) // texts and maps, and nodes that Deploy renders
	}
	r.Files = []target.File{{Path: "s.yaml", Content: content, Mode: 0o600}}
	for _, u := range app.Units {
		if l := u.Settings.Log; l != nil && l.Project != "" {
			r.Stays = append(r.Stays, "logstore "+l.Store+" of project "+l.Project)
		}
	}
	slices.Sort(r.Stays)
	r.Stays = slices.Compact(r.Stays)
	return r
}
