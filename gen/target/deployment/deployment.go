// Package deployment describes what is deployed of an application on a target: its units with their functions, triggers and
// settings. A description is data that a file holds; two of them tell what the next deployment changes. It ends where
// something is built or sent to a cloud.
package deployment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// FileName is the file in a target's folder that describes what was deployed last.
const FileName = "deployed.json"

// RemovedName is the file in a target's folder that describes what was removed last: without the other file nothing is deployed.
const RemovedName = "removed.json"

// maxFile bounds a description that is read, in bytes.
const maxFile = 64 << 20

// Deployment is an application on a target.
type Deployment struct {
	// Service, Target and Stage say what is described.
	Service string `json:"service"`
	Target  string `json:"target"`
	Stage   string `json:"stage,omitempty"`
	// Units are sorted by name.
	Units []Unit `json:"units"`
}

// Unit is one unit.
type Unit struct {
	// Name is the unit's, Function the name that it is deployed under, Group the aggregation that it is, if it is one.
	Name     string `json:"name"`
	Function string `json:"function"`
	Group    string `json:"group,omitempty"`
	// Task says that it is run by people or a pipeline, and is deployed apart from the rest.
	Task bool `json:"task,omitempty"`
	// Functions are sorted by name.
	Functions []Function `json:"functions"`
	// Settings are sorted by key.
	Settings []Setting `json:"settings"`
	// Permissions are what the unit, or what calls it, must be allowed to do.
	Permissions []target.Permission `json:"permissions,omitempty"`
	// Size and Hash are those of the package of the last build, zero if there is none.
	Size int64  `json:"size,omitempty"`
	Hash string `json:"sha256,omitempty"`
}

// Function is one function of a unit.
type Function struct {
	Name     string    `json:"name"`
	Timeout  string    `json:"timeout"`
	Triggers []Trigger `json:"triggers,omitempty"`
	// Calls are the functions that it calls.
	Calls []Call `json:"calls,omitempty"`
}

// Trigger is one trigger that the unit is deployed with.
type Trigger struct {
	// Kind is the trigger's, and Name what tells it from all others of the kind: a route, the name of a timer, a queue.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Settings are its other arguments, sorted by key, and the real names of what its events come from.
	Settings []Setting `json:"settings,omitempty"`
}

// Setting is one setting with where it comes from.
type Setting struct {
	Key string `json:"key"`
	// Value is the value as text. That of an environment variable is a fingerprint, which tells that it has changed and not what
	// it is.
	Value string `json:"value"`
	// Rule and Members say what made the value of a group, and of which functions' values.
	Rule    string   `json:"rule,omitempty"`
	Members []string `json:"members,omitempty"`
}

// Describe describes an application on a target.
func Describe(t target.Target, app *target.App) *Deployment {
	d := &Deployment{Service: app.Spec.Service, Target: t.Name(), Stage: app.Stage}
	permitter, _ := t.(target.Permitter)
	_, gateway := t.(target.Router)
	for _, u := range app.Units {
		unit := Unit{Name: u.Name, Function: app.FunctionName(u), Group: u.Group, Task: u.Task(), Settings: settings(u)}
		for _, f := range u.Functions {
			function := Function{Name: f.Name, Timeout: annotations.Duration(f.Timeout).String(), Calls: calls(t, app, u, f)}
			for _, t := range f.Triggers {
				delivery := kind.DeliveryOf(t.Kind)
				if delivery == kind.Raw || f.Guest && gateway && delivery == kind.Request {
					continue // what calls it is no trigger; a gateway leads to the unit that owns the function
				}
				for _, described := range triggers(app, t) {
					if f.Guest {
						described.Name += " at the URL of " + u.Name
					}
					function.Triggers = append(function.Triggers, described)
				}
			}
			unit.Functions = append(unit.Functions, function)
		}
		if permitter != nil {
			unit.Permissions = permitter.Permissions(app, u)
		}
		d.Units = append(d.Units, unit)
	}
	return d
}

func settings(u *target.Unit) []Setting {
	from := map[string]target.Merged{}
	for _, m := range u.Merged {
		from[m.Key] = m
	}
	var out []Setting
	for _, v := range spec.Flatten(u.Settings) {
		s := Setting{Key: v.Key, Value: v.Text}
		if name, ok := strings.CutPrefix(v.Key, "environment."); ok {
			if spec.OwnVariable(name) {
				continue // it repeats another setting
			}
			s.Value = fingerprint(v.Text)
		}
		key := v.Key
		for from[key].Key == "" && strings.Contains(key, ".") {
			key = key[:strings.LastIndexByte(key, '.')]
		}
		s.Rule, s.Members = from[key].Rule, from[key].Members
		out = append(out, s)
	}
	return out
}

// fingerprint is 16 bits of a hash: enough to see that a value has changed, and too little to guess it from.
func fingerprint(value string) string {
	sum := sha256.Sum256([]byte(value))
	return "#" + hex.EncodeToString(sum[:2])
}

// triggers describes a trigger: a route for each of its methods.
func triggers(app *target.App, t target.Trigger) []Trigger {
	k := kind.Lookup(t.Kind)
	var real []Setting
	for _, n := range target.Needs(t.Marker) {
		real = append(real, Setting{Key: n.Argument, Value: app.Resource(t, n).Real()})
	}
	if m := annotations.HTTPOf(t.Marker); m != nil {
		var out []Trigger
		for _, method := range m.Method {
			name := method + " " + m.Path
			if m.Host != "" {
				name += " host=" + m.Host
			}
			out = append(out, Trigger{Kind: t.Kind, Name: name})
		}
		return out
	}
	out := Trigger{Kind: t.Kind, Name: t.Name}
	if k.Delivery == kind.Batch {
		out.Name = strings.Join(k.Identities(t.Marker, t.Name), ",")
	}
	for _, v := range spec.Flatten(reflect.ValueOf(t.Marker).Elem().Interface()) {
		if !slices.ContainsFunc(real, func(s Setting) bool { return s.Key == v.Key }) && v.Key != "name" {
			out.Settings = append(out.Settings, Setting{Key: v.Key, Value: v.Text})
		}
	}
	out.Settings = append(out.Settings, real...)
	slices.SortFunc(out.Settings, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return []Trigger{out}
}

// Packaged takes size and hash of each unit's package from what was built last of the same functions; nil is nothing.
func (d *Deployment) Packaged(built *Deployment) {
	if built == nil {
		return
	}
	for i := range d.Units {
		u := &d.Units[i]
		if b := built.unit(u.Name); b != nil && b.members() == u.members() {
			u.Size, u.Hash = b.Size, b.Hash
		}
	}
}

// Write writes a description.
func (d *Deployment) Write(to io.Writer) error {
	e := json.NewEncoder(to)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	return e.Encode(d)
}

// Read reads a description.
func Read(from io.Reader) (*Deployment, error) {
	limited := io.LimitReader(from, maxFile+1)
	content, err := io.ReadAll(limited)
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("found more than %d MB, expected the description of a deployment", maxFile>>20)
	}
	var d Deployment
	if err := json.Unmarshal(content, &d); err != nil {
		return nil, fmt.Errorf("found no description of a deployment: %w", err)
	}
	if d.Service == "" || d.Target == "" {
		return nil, fmt.Errorf("found no description of a deployment: it has no service or no target")
	}
	return &d, nil
}
