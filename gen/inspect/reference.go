package inspect

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// reading is what some functions take from configuration, by the environment variables.
type reading struct {
	keys  map[string]string     // by variable
	types map[string]types.Type // by key
	all   map[string][]types.Type
	whole bool // something takes the whole configuration
}

// reading finds what functions read.
func (a *Application) reading(functions []*model.Function) reading {
	r := reading{keys: map[string]string{}, types: map[string]types.Type{}, all: map[string][]types.Type{}}
	add := func(key string, t types.Type) {
		r.keys[config.Variable(key)], r.types[key] = key, t
		if !slices.ContainsFunc(r.all[key], func(o types.Type) bool { return types.Identical(o, t) }) {
			r.all[key] = append(r.all[key], t)
		}
	}
	for _, n := range a.reach(functions) {
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

// value is the variable whose value another refers to, "" if it is not a reference: what a key has for its own variable is not.
func (r reading) value(name string) string {
	value, ok := strings.CutSuffix(name, "_FROM")
	if !ok || r.keys[name] != "" {
		return ""
	}
	return value
}

// unread lists what the application's own files have and nothing reads.
func (r reading) unread(read *config.Config) []ConfigUnread {
	known := slices.Sorted(maps.Keys(r.types))
	files := read.Files()
	var list []ConfigUnread
	read.Each(func(key string, s config.Source) bool {
		if slices.Contains(files, s.File) && !r.reads(key) {
			pos := token.Position{Filename: s.File, Line: s.Line, Column: s.Column}
			list = append(list, ConfigUnread{key, pos, annotations.Suggest(key, known)})
		}
		return true
	})
	return list
}

// reads reports whether something takes a key, or a value that it is part of.
func (r reading) reads(key string) bool {
	for at := key; at != ""; {
		for _, t := range r.all[at] {
			if values.Has(t, at, key) {
				return true
			}
		}
		at = at[:max(strings.LastIndexByte(at, '.'), 0)]
	}
	return false
}

// References reports what is wrong with the references to configuration among the variables that f.yml sets: one beside the
// value itself, one that cannot be read, one to what nothing reads, and a secret itself, which everybody sees who sees f.yml. One
// that f.yml takes from the environment of the build is left to the caller. It shows no values.
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
			if key := own.keys[name]; key != "" && secretIn(own.types[key], key, text) {
				d := place.Errorf(codeConfig, "%s has a secret itself, expected a reference to it in %s", name, config.ReferenceVariable(key))
				d.Hint = fmt.Sprintf("%s: env:NAME refers to a variable that the cloud gives, and .env has variables of this machine", config.ReferenceVariable(key))
				if looksReferring(text) {
					d.Hint = "if it is meant as a reference, call the variable " + config.ReferenceVariable(key)
				}
				if !strings.Contains(place.Line, "${env.") {
					report(d)
				}
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

// secretIn reports whether the text of a variable is or holds a secret, which no file may.
func secretIn(t types.Type, key, text string) bool {
	if values.Whole(t) {
		quoted, err := yaml.Marshal(text)
		if err != nil {
			return true
		}
		text = string(quoted)
	}
	c, err := (*config.Config)(nil).Overlay(load.SpecName, map[string]string{key: text})
	return err == nil && errors.Is(c.Inspect(key, values.Type(t)), config.ErrSecretInFile)
}

// looksReferring reports a text that would do as a reference.
func looksReferring(text string) bool {
	_, err := config.ParseReference(text)
	return err == nil
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
