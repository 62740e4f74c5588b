package inspect

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// reading is what some functions take from configuration, by the environment variables.
type reading struct {
	keys  map[string]string     // by variable
	types map[string]types.Type // by key
	whole bool                  // something takes the whole configuration
}

// reading finds what functions read.
func (a *Application) reading(functions []*model.Function) reading {
	r := reading{keys: map[string]string{}, types: map[string]types.Type{}}
	add := func(key string, t types.Type) { r.keys[config.Variable(key)], r.types[key] = key, t }
	for _, n := range a.graph.Reach(functions) {
		for _, d := range n.Provider.Deps {
			r.whole = r.whole || d.Kind == model.FromBuiltin && d.Builtin == model.ConfigValues
			if d.Kind != model.FromConfig {
				continue
			}
			add(d.Key, d.Type)
			for _, m := range values.Members(d.Type, d.Key) {
				add(m.Key, m.Type)
			}
		}
	}
	return r
}

// value is the variable whose value another refers to, "" if it is no reference: what a key has for its own variable is not.
func (r reading) value(name string) string {
	value, ok := strings.CutSuffix(name, "_FROM")
	if !ok || r.keys[name] != "" {
		return ""
	}
	return value
}

// References reports what is wrong with the references to configuration among the variables that f.yml sets: one beside the
// value itself, one that cannot be read, one to what nothing reads, and a secret that looks like a reference, which it is not any
// more. It shows no values.
func (a *Application) References(units []Unit) annotations.Diagnostics {
	all := a.reading(a.graph.App.Functions)
	var ds annotations.Diagnostics
	report := func(d annotations.Diagnostic) {
		d.Line = "" // which has the value
		if !slices.ContainsFunc(ds, func(o annotations.Diagnostic) bool { return o.Pos == d.Pos && o.Message == d.Message }) {
			ds = append(ds, d)
		}
	}
	for _, u := range units {
		own := a.reading(u.Functions)
		for _, name := range slices.Sorted(maps.Keys(u.Settings.Environment)) {
			text, place := u.Settings.Environment[name], u.Settings.Places["environment."+name]
			if !place.Valid() {
				continue
			}
			if key := own.keys[name]; key != "" && isSecret(own.types[key]) && looksReferring(text) {
				d := place.Notef(codeConfig, "%s is the secret %s itself, not a reference to one, although it looks like that", name, key)
				d.Hint = "if it is meant as a reference, call the variable " + config.ReferenceVariable(key)
				report(d)
			}
			value := all.value(name)
			key := all.keys[value]
			switch {
			case value == "":
			case key != "" && own.keys[value] != "":
				if _, both := u.Settings.Environment[value]; both {
					d := place.Errorf(codeConfig, "key %s: found environment variables %s and %s, expected one of them", key, value, name)
					d.Hint = "f.yml sets both for unit " + u.Name
					report(d)
				}
				fallthrough
			case key != "":
				if _, err := config.ParseReference(text); err != nil && !u.Stored[name] {
					report(place.Errorf(codeConfig, "environment variable %s: key %s: %v", name, key, err))
				}
			case !all.whole && looksReferring(text):
				d := place.Notef(codeConfig, "nothing reads the environment variable %s: no configuration key has the variable %s", name, value)
				if near := annotations.Suggest(value, slices.Sorted(maps.Keys(all.keys))); near != "" {
					d.Hint = "did you mean \"" + near + "_FROM\"?"
				}
				report(d)
			}
		}
	}
	return ds
}

// looksReferring reports a text that would do as a reference.
func looksReferring(text string) bool {
	_, err := config.ParseReference(text)
	return err == nil
}

// isSecret reports a secret: a DSN may well begin with file.
func isSecret(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == model.ConfigPath && n.Obj().Name() == model.SecretType
}

// environment is the variable of a key, or that with a reference to it, which f.yml sets; "" if it sets neither.
func (c *configuring) environment(k *ConfigKey, set map[string]string) string {
	if _, ok := set[k.Variable]; ok {
		return k.Variable
	}
	if name := c.reference(k); name != "" {
		if _, ok := set[name]; ok {
			return name
		}
	}
	return ""
}

// reference is the variable with a reference to a key, "" where it is the variable of another.
func (c *configuring) reference(k *ConfigKey) string {
	name := config.ReferenceVariable(k.Key)
	if slices.ContainsFunc(c.Keys, func(o *ConfigKey) bool { return o.Variable == name }) {
		return ""
	}
	return name
}

// variable is the variable of the process that a key has its value from, or a reference to it; "" if it has neither.
func (c *configuring) variable(k *ConfigKey) string {
	for _, name := range []string{k.Variable, c.reference(k)} {
		if _, ok := c.lookup(name); ok && name != "" {
			return name
		}
	}
	return ""
}

// misread says what is wrong with the variables of the process for a key, "" if nothing is.
func (c *configuring) misread(k *ConfigKey) string {
	name := c.reference(k)
	text, referred := c.lookup(name)
	if name == "" || !referred {
		return ""
	}
	if k.Source.Variable != name {
		return "key " + k.Key + ": found environment variables " + k.Variable + " and " + name + ", expected one of them"
	}
	if _, err := config.ParseReference(text); err != nil {
		return "environment variable " + name + ": key " + k.Key + ": " + err.Error()
	}
	return ""
}
