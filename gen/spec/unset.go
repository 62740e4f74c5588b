package spec

import (
	"go/token"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// A variable that f.yml takes from the environment has to be set where its value is needed, which is when something is deployed. Until
// then a value without it is one that is not known.

// unsetMark stands for the value of a variable that is not set. Text of YAML is UTF-8 and never has this byte.
const unsetMark = "\xfe"

// Known reports whether a text of f.yml has no ${env.NAME} in it whose variable is not set. One that has is not to be used.
func Known(text string) bool { return !strings.Contains(text, unsetMark) }

// unset is a value that needs a variable which is not set.
type unset struct {
	path, name string
	// place is that of ${env.NAME}, value that of the whole text, also where an alias stands for it.
	place Place
	value token.Position
}

// Unset reports the variables that are not set and have no default, each where it is first needed: by the units of functions and groups
// that deployed tells, on a target and at a stage.
func (s *Spec) Unset(target, stage string, deployed func(name string) bool) annotations.Diagnostics {
	var ds annotations.Diagnostics
	var known []string
	for _, u := range s.unset {
		if !needed(u.path, target, s.stageOr(target, stage), deployed) || slices.Contains(known, u.name) {
			continue
		}
		known = append(known, u.name)
		d := u.place.Errorf(CodeSubstitution, "environment variable %s is not set", u.name)
		d.Hint = "set it, or give a default: ${env." + u.name + ":value}"
		ds = append(ds, d)
	}
	ds.Sort()
	return ds
}

// needed reports whether what is deployed has the value of a path.
func needed(path, target, stage string, deployed func(name string) bool) bool {
	key, rest, _ := strings.Cut(path, ".")
	name, below, _ := strings.Cut(rest, ".")
	switch {
	case key == "targets":
		return name == target && needed(below, target, stage, deployed)
	case key == "stages":
		return name == stage && needed(below, target, stage, deployed)
	case key == "functions" || key == "aggregation":
		if !deployed(name) {
			return false
		}
	}
	for part := range strings.SplitSeq(path, ".") {
		if vendor, ok := strings.CutPrefix(part, "x-"); ok {
			return vendor == target
		}
	}
	return true
}

// Settled leaves out what is said of values that are not known.
func (s *Spec) Settled(ds annotations.Diagnostics) annotations.Diagnostics {
	if len(s.unset) == 0 {
		return ds
	}
	return slices.DeleteFunc(ds, func(d annotations.Diagnostic) bool { return d.Code != CodeSubstitution && s.unknown(d.Pos) })
}

// unknown reports the place of a value that is not known.
func (s *Spec) unknown(at token.Position) bool {
	return slices.ContainsFunc(s.unset, func(u unset) bool { return u.value == at })
}
