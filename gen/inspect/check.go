package inspect

import (
	"cmp"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// Checking says which starts of an application to look at.
type Checking struct {
	// Spec is f.yml as the target sees it; nil is as the generated code does.
	Spec *spec.Spec
	// Units are those to look at, with their settings on a target.
	Units []Unit
	// Only is the one environment to look at; nil is those that the config files are for, those that units start in, and, with
	// Machine, that of this machine.
	Only *string
	// Deployed leaves out environments that no unit starts in, as far as f.yml says in which it does, and those of this machine and
	// of tests.
	Deployed bool
	// Lenient notes what has no value, since that may still come; otherwise it is an error where units are deployed.
	Lenient bool
	// Machine finds the variables of this machine, and MachineEnv is the environment of what runs here. Without Machine what runs here is
	// not looked at.
	Machine    func(name string) (string, bool)
	MachineEnv string
	// Place is where a variable of this machine is written, nowhere for one of the process; it may be nil.
	Place func(name string) token.Position
	// Over finds variables that win over those of f.yml wherever units start; it may be nil.
	Over func(name string) (string, bool)
	// Packaged reports whether a file of the application's folder goes along; nil is every file.
	Packaged func(name string) bool
}

// testEnv is the environment of tests, which no deployed function starts in unless f.yml says so.
const testEnv = "test"

// ofMachine reports the environment whose file is for one machine, which no deployed function starts in unless f.yml says so.
func ofMachine(env string) bool { return "config."+env+".yml" == bundle.LocalConfig }

// severity says what a missing value is in an environment.
type severity int

const (
	ignored severity = iota
	noted
	refused
)

// CheckConfig reports what stops a cold start in the environments, each mistake once. The values themselves are never shown.
func (a *Application) CheckConfig(c Checking) annotations.Diagnostics {
	if c.Spec != nil {
		seen := *a
		seen.plan.Spec = c.Spec
		a = &seen
	}
	ds := a.References(c.Units)
	absent := map[string]*absence{}
	for _, s := range a.starts(c) {
		start := Start{Env: s.env, Packaged: c.Packaged, Machine: c.Over, Place: c.Place}
		if s.here {
			start = Start{Env: s.env, Machine: c.Machine, Place: c.Place, Here: true}
		}
		for _, m := range slices.Concat(a.Mistakes(s.units, start), a.literals(s.env, functionsOf(s.units))) {
			switch {
			case !m.Missing:
				ds = append(ds, m.Diagnostic)
			case s.missing != ignored:
				id := m.Key + "\x00" + m.Message
				if absent[id] == nil {
					absent[id] = &absence{Mistake: *m}
				}
				absent[id].in(s, m)
			}
		}
	}
	ds = append(ds, a.ignoredKeys(c)...)
	for _, id := range slices.Sorted(maps.Keys(absent)) {
		d := absent[id].diagnostic(a.environments())
		if c.Lenient {
			d.Severity = annotations.SeverityNote
		}
		ds = append(ds, d)
	}
	for i := range ds {
		if ds[i].Line == "" {
			ds[i].Line = sourceLine(ds[i])
		}
	}
	ds.Sort()
	return ds
}

// start is one environment of some units.
type start struct {
	env     string
	units   []Unit
	here    bool
	missing severity
}

// starts are the environments to look at, sorted.
func (a *Application) starts(c Checking) []start {
	if c.Only != nil {
		return []start{{env: *c.Only, units: c.Units, here: *c.Only == c.MachineEnv && c.Machine != nil, missing: refused}}
	}
	files := a.environments()
	var list []start
	add := func(env string, u Unit, missing severity) {
		i := slices.IndexFunc(list, func(s start) bool { return s.env == env && s.missing == missing && !s.here })
		if i < 0 {
			i = len(list)
			list = append(list, start{env: env, missing: missing})
		}
		list[i].units = append(list[i].units, u)
	}
	for _, u := range c.Units {
		deployed := u.Settings.Environment[spec.StageVariable]
		add(deployed, u, refused)
		if deployed != "" && c.Deployed {
			continue
		}
		for _, env := range files {
			switch {
			case env == deployed:
			case ofMachine(env):
			case env == testEnv && !c.Deployed:
				add(env, u, ignored) // tests set what they need
			case env != testEnv && c.Deployed:
				add(env, u, noted)
			case env != testEnv:
				add(env, u, refused)
			}
		}
	}
	if c.Machine != nil {
		list = append(list, start{env: c.MachineEnv, units: c.Units, here: true, missing: noted})
	}
	slices.SortStableFunc(list, func(a, b start) int { return cmp.Compare(a.env, b.env) })
	return list
}

// environments are those that the application's folder has a config file for, sorted.
func (a *Application) environments() []string {
	var list []string
	entries, _ := os.ReadDir(a.Dir)
	for _, e := range entries {
		env, ok := strings.CutPrefix(e.Name(), "config.")
		for _, extension := range []string{".yml", ".yaml"} { // the reader refuses the second
			if name, is := strings.CutSuffix(env, extension); ok && is && name != "default" && name != "" && !strings.Contains(name, ".") {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// absence is a value that is missing in some environments.
type absence struct {
	Mistake
	envs    []string
	refused bool
	here    bool // at least there
}

// in adds an environment, and has the first of all places where the value is needed.
func (x *absence) in(s start, m *Mistake) {
	if !slices.Contains(x.envs, s.env) {
		x.envs = append(x.envs, s.env)
	}
	x.refused, x.here = x.refused || s.missing == refused, x.here || s.here
	if cmp.Or(cmp.Compare(m.Pos.Filename, x.Pos.Filename), cmp.Compare(m.Pos.Offset, x.Pos.Offset)) < 0 {
		x.Pos = m.Pos
	}
}

// diagnostic says it. Known are the environments that there are files for.
func (x *absence) diagnostic(known []string) annotations.Diagnostic {
	d := x.Diagnostic
	if d.Message == "" {
		d.Message = "configuration key " + x.Key + " has no value"
		in := files(x.envs)
		if place := layer(x.Key); place != "" && !x.Secret {
			in = place + " of f.yml, " + in
		}
		d.Hint = fmt.Sprintf("set it in %s, or the variable %s, or %s to a reference to it", in, config.Variable(x.Key), config.ReferenceVariable(x.Key))
		if envs := named(x.envs); envs != "" {
			d.Message += " in " + envs
		} else if i := slices.IndexFunc(known, func(env string) bool { return !ofMachine(env) && env != testEnv }); i >= 0 && x.refused {
			d.Hint += fmt.Sprintf("; config.%[1]s.yml is read where f.yml says provider: {stage: %[1]s}", known[i])
		}
	}
	if x.here {
		d.Hint = strings.TrimPrefix(d.Hint+"; .env has variables of this machine", "; ")
		if x.Secret {
			d.Hint += ", " + config.StandIn(x.envs[len(x.envs)-1]) + " its secrets"
		}
	}
	if !x.refused {
		d.Severity = annotations.SeverityNote
	}
	return d
}

// files are those that could have the value.
func files(envs []string) string {
	var list []string
	for _, env := range envs {
		if env != "" && env != "default" {
			list = append(list, "config."+env+".yml")
		}
	}
	return strings.Join(append(list, load.DefaultsName), " or ")
}

// named are environments as messages call them, "" for no more than the one without a name.
func named(envs []string) string {
	envs = slices.Clone(envs)
	for i, env := range envs {
		envs[i] = cmp.Or(env, "default")
	}
	switch {
	case slices.Equal(envs, []string{"default"}):
		return ""
	case len(envs) == 1:
		return "environment " + envs[0]
	}
	return "the environments " + strings.Join(envs[:len(envs)-1], ", ") + " and " + envs[len(envs)-1]
}

func functionsOf(units []Unit) (list []*model.Function) {
	for _, u := range units {
		list = append(list, u.Functions...)
	}
	return list
}

// ignoredKeys notes the keys of the files that nothing reads, if all functions are looked at, and not only what is deployed of them.
func (a *Application) ignoredKeys(c Checking) annotations.Diagnostics {
	r := a.reading(a.graph.App.Functions)
	functions := map[string]bool{}
	for _, u := range c.Units {
		for _, f := range u.Functions {
			functions[f.Name] = true
		}
	}
	if c.Deployed || len(functions) < len(a.graph.App.Functions) {
		return nil
	}
	var ds annotations.Diagnostics
	for _, s := range a.starts(c) {
		read, err := config.LoadWith(a.Dir, s.env, lookupIn(nil))
		if err != nil {
			for _, m := range a.unreadable(err, s.env, r) {
				ds = append(ds, m.Diagnostic) // also where no function reads it
			}
			continue
		}
		if r.whole {
			continue
		}
		for _, u := range r.unread(read) {
			ds = append(ds, u.diagnostic())
		}
	}
	return ds
}

// HasMachineFiles reports whether an application's folder has something for this machine alone.
func HasMachineFiles(dir string) bool {
	for _, name := range []string{bundle.LocalConfig, bundle.Variables} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}
