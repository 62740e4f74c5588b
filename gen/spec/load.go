package spec

import (
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/regular"
)

// Load reads and checks the f.yml at path, all but what [Spec.CheckTriggers] does. Env looks up the variables of ${env.NAME}; it is os.LookupEnv outside tests.
// The specification is as complete as the mistakes allow, and never nil, so that a caller can go on to look for further
// ones; it must not be acted upon when the diagnostics hold an error.
func Load(path string, env func(string) (string, bool)) (*Spec, annotations.Diagnostics) {
	text, err := regular.Read(path, MaxSize)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		if e, ok := errors.AsType[*regular.Error](err); ok {
			err = fmt.Errorf("found %s, expected %s", e.Found, e.Expected)
		}
		place := Place{Pos: token.Position{Filename: path}}
		return &Spec{Path: path}, annotations.Diagnostics{place.Errorf(CodeRead, "cannot read f.yml: %v", err)}
	}
	return Parse(path, text, env)
}

// Parse is [Load] for text in hand. Path is what diagnostics name.
func Parse(path string, text []byte, env func(string) (string, bool)) (*Spec, annotations.Diagnostics) {
	s, diags := decode(path, text, env)
	if s == nil {
		return &Spec{Path: path}, diags
	}
	s.checkInto(&diags)
	diags.Sort()
	return s, diags
}

// decode does what the JSON schema describes as well: the types of all values, unknown, missing and repeated keys.
func decode(path string, text []byte, env func(string) (string, bool)) (*Spec, annotations.Diagnostics) {
	src := newSource(path, text)
	root, diags := src.parse()
	if diags != nil {
		return nil, diags
	}
	t := &tree{source: src, spoilt: map[token.Position]bool{}, sub: substitution{env: env, used: map[string]bool{}}}
	d := &decoder{tree: t, keys: map[string]Place{}, places: map[string]Place{}, replaced: map[token.Position]string{}, failed: map[string]bool{}, staged: map[string]Place{}, nulls: map[string]Place{}}
	s := d.spec(root)
	s.Variables = slices.Sorted(maps.Keys(t.sub.used))
	return s, t.diags
}

// CheckFunctions reports entries of functions, also in targets and stages, that no handler is called by.
func (s *Spec) CheckFunctions(known []string) annotations.Diagnostics {
	var diags annotations.Diagnostics
	check := func(prefix string, functions map[string]*Function) {
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			if slices.Contains(known, name) || !annotations.ValidName(name) {
				continue // Parse has refused a name that no handler can have
			}
			d := s.keys[prefix+"functions."+name].Errorf(CodeFunction, "no handler is called %q", name)
			if d.Hint = suggestion(name, known); len(known) == 0 {
				d.Hint = "mark a function with //faas:handler " + name
			}
			diags = append(diags, d)
		}
	}
	check("", s.Functions)
	for _, l := range s.levels() {
		check(l.prefix, l.Functions)
	}
	diags.Sort()
	return diags
}

// CheckTargets reports provider.name, entries of targets, also in stages, and x-<target> keys that name no target.
func (s *Spec) CheckTargets(known []string) annotations.Diagnostics {
	var diags annotations.Diagnostics
	check := func(name string, place Place) {
		if name != "" && !slices.Contains(known, name) {
			d := place.Errorf(CodeTarget, "unknown target %q", name)
			d.Hint = suggestion(name, known)
			diags = append(diags, d)
		}
	}
	check(s.Provider.Name, s.Places["provider.name"])
	for _, name := range slices.Sorted(maps.Keys(s.Targets)) {
		check(name, s.keys["targets."+name])
	}
	for _, l := range s.levels() {
		if l.stage != "" && l.target != "" {
			check(l.target, s.keys[strings.TrimSuffix(l.prefix, ".")])
		}
	}
	s.extensions(func(path string, e Extension) {
		for _, name := range slices.Sorted(maps.Keys(e)) {
			check(name, s.keys[path+"x-"+name])
		}
	})
	diags.Sort()
	return diags
}

// extensions calls f with each set of x-<target> keys and the path that it is below, which ends in a dot if not empty.
func (s *Spec) extensions(f func(path string, e Extension)) {
	level := func(prefix string, o Overlay) {
		f(prefix, o.Extension)
		for _, name := range slices.Sorted(maps.Keys(o.Domains)) {
			f(prefix+"domains."+name+".", o.Domains[name].Extension)
		}
		for _, name := range slices.Sorted(maps.Keys(o.Resources)) {
			f(prefix+"resources."+name+".", o.Resources[name].Extension)
		}
		f(prefix+"provider.", o.Provider.Extension)
		for _, name := range slices.Sorted(maps.Keys(o.Aggregation)) {
			f(prefix+"aggregation."+name+".", o.Aggregation[name].Extension)
		}
		for _, name := range slices.Sorted(maps.Keys(o.Functions)) {
			function := o.Functions[name]
			f(prefix+"functions."+name+".", function.Extension)
			for i, event := range function.Events {
				f(fmt.Sprintf("%sfunctions.%s.events.%d.%s.", prefix, name, i, event.Kind), event.Extension)
			}
		}
	}
	level("", Overlay{Provider: s.Provider, Functions: s.Functions, Aggregation: s.Aggregation, Domains: s.Domains, Resources: s.Resources, Extension: s.Extension})
	for _, l := range s.levels() {
		level(l.prefix, l.Overlay)
	}
}
