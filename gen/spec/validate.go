package spec

import (
	"fmt"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine that generates may have no zone database

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec/glob"
)

var (
	serviceForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
	stageForm    = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// checker collects what is wrong with values that have the right type, by rules that hold on every target.
type checker struct {
	*Spec
	diags *annotations.Diagnostics
	// wrong are the places of what the decoder could not read. Nothing more is reported about them.
	wrong map[token.Position]bool
}

func (s *Spec) checkInto(diags *annotations.Diagnostics) {
	c := checker{s, diags, map[token.Position]bool{}}
	for _, d := range *diags {
		c.wrong[d.Pos] = true
	}
	if s.Service != "" {
		switch {
		case !serviceForm.MatchString(s.Service) || strings.HasSuffix(s.Service, "-"):
			c.value("service", "found %q, expected letters, digits and dashes, a letter first and no dash last", s.Service)
		case len(s.Service) > 40:
			c.value("service", "found %d characters, expected at most 40: deployed names start with the service", len(s.Service))
		}
	} else if _, set := s.Places["service"]; set {
		c.value("service", "found nothing, expected the name of the application")
	}
	c.layers()
	c.level("", s.Provider, s.Functions, s.Package)
	c.aggregation("", s.Aggregation)
	c.domains("", s.Domains)
	c.resources("", s.Resources)
	c.secrets("", s.Secrets)
	for i := range s.Scan {
		if path := s.Scan[i]; path == "" || strings.ContainsAny(path, " \t\\") || strings.HasPrefix(path, "/") {
			c.value(fmt.Sprintf("scan.%d", i), "found %q, expected an import path or a path that starts with ./ or ../", path)
		}
	}
	for name, members := range s.Groups {
		at := "groups." + name
		if !annotations.ValidGroup(name) {
			d := c.keys[at].Errorf(CodeValue, "%q is not the name of a group", name)
			d.Hint = "write letters, digits, dots, hyphens and underscores, a letter first"
			c.add(d)
		}
		for i, pattern := range members {
			c.member(fmt.Sprintf("%s.%d", at, i), pattern, slices.Index(members, pattern) < i)
		}
	}
	for _, l := range s.levels() {
		if l.stage != "" {
			c.existing(l)
		} else if l.Provider.Name != "" {
			c.value(l.prefix+"provider.name", "name means nothing here: these keys are for the target %s alone", l.target)
		}
		c.aggregation(l.prefix, l.Aggregation)
		c.level(l.prefix, l.Provider, l.Functions, l.Package)
		c.domains(l.prefix, l.Domains)
		c.resources(l.prefix, l.Resources)
		c.secrets(l.prefix, l.Secrets)
	}
	c.stages()
	c.unsets()
	s.extensions(func(path string, e Extension) {
		own, below := strings.CutPrefix(path, "stages.")
		if below {
			_, own, _ = strings.Cut(own, ".")
		}
		rest, ok := strings.CutPrefix(own, "targets.")
		target, _, _ := strings.Cut(rest, ".")
		for name := range e {
			if ok && name != target {
				c.add(s.keys[path+"x-"+name].Errorf(CodeValue, "x-%s means nothing here: these keys are for the target %s alone", name, target))
			}
		}
	})
}

func (c checker) add(d annotations.Diagnostic) {
	if c.wrong[d.Pos] {
		return
	}
	if raw, ok := c.replaced[d.Pos]; ok {
		// What a variable held may be a secret, and the message may quote it.
		d.Message, d.Hint = fmt.Sprintf("the value of %s cannot be used here", clip(raw)), ""
	}
	*c.diags = append(*c.diags, d)
}

// member checks one entry of a group's list.
func (c checker) member(path, pattern string, again bool) {
	name := strings.TrimPrefix(pattern, "!")
	switch err := glob.Check(name); {
	case name == "" || strings.ContainsAny(name, " \t,") || err != nil:
		c.value(path, "found %q, expected package.Name, a pattern of it such as package.*, or one with ! in front", pattern)
	case again:
		c.value(path, "found %q a second time", pattern)
	}
}

// value reports the value at a path.
func (c checker) value(path, format string, args ...any) {
	if c.failed[path] {
		return
	}
	c.failed[path] = true
	c.add(c.Places[path].Errorf(CodeValue, format, args...))
}

// aggregation checks the settings of groups; which functions they take, only the code can tell.
func (c checker) aggregation(prefix string, groups map[string]*Group) {
	for name, g := range groups {
		if strings.HasPrefix(prefix, "targets.") && c.Aggregation[name] == nil && len(g.Functions)+len(g.FunctionsPattern)+len(g.Routes) == 0 {
			d := c.keys[prefix+"aggregation."+name].Errorf(CodeValue, "there is no group %q in aggregation, and this one has no functions", name)
			if known := slices.Sorted(maps.Keys(c.Aggregation)); len(known) > 0 {
				d.Hint = suggestion(name, known)
			}
			c.add(d)
		}
		c.settings(prefix+"aggregation."+name+".", g.Settings)
	}
}

// level checks f.yml itself or one overlay of it.
func (c checker) level(prefix string, p Provider, functions map[string]*Function, pkg Package) {
	if p.Stage != "" && (!stageForm.MatchString(p.Stage) || len(p.Stage) > 16) {
		c.value(prefix+"provider.stage", "found %q, expected at most 16 lower-case letters, digits and dashes, a letter first", p.Stage)
	}
	c.settings(prefix+"provider.", p.Settings)
	for name, f := range functions {
		at := prefix + "functions." + name
		if !annotations.ValidName(name) {
			d := c.keys[at].Errorf(CodeValue, "%q is not a function name that every cloud takes", name)
			d.Hint = "write letters, digits and hyphens, a letter first and no hyphen last, 2 to 60 characters"
			c.add(d)
		}
		c.settings(at+".", f.Settings)
		if prefix != "" && len(f.Config) > 0 {
			what := "target"
			if strings.HasPrefix(prefix, "stages.") {
				what = "stage"
			}
			d := c.keys[at+".config"].Errorf(CodeValue, "config of a function cannot be set for one %s: the generated code is the same for all", what)
			d.Hint = "set it in functions of f.yml itself, or set the environment variables of the keys for the " + what
			c.add(d)
		}
		for i, e := range f.Events {
			if e.Marker != nil {
				c.event(fmt.Sprintf("%s.events.%d.%s", at, i, e.Kind), e)
			}
		}
	}
	for key, patterns := range map[string][]string{"include": pkg.Include, "exclude": pkg.Exclude} {
		for i, pattern := range patterns {
			if err := glob.Check(pattern); err != nil {
				c.value(fmt.Sprintf("%spackage.%s.%d", prefix, key, i), "%v", err)
			}
		}
	}
}

// settings checks what no cloud can make sense of. A zero that was written counts as set.
func (c checker) settings(prefix string, s Settings) {
	least := func(key string, value, low float64) {
		if place, set := s.Places[key]; set && value < low && place.Valid() {
			c.value(prefix+key, "%s: found %v, expected at least %v", lastKey(key), value, low)
		}
	}
	least("cpu", s.CPU, 0.01)
	least("concurrency", float64(s.Concurrency), 1)
	for key, n := range map[string]*int{"reservedConcurrency": s.ReservedConcurrency, "provisionedInstances": s.ProvisionedInstances} {
		if n != nil {
			least(key, float64(*n), 0)
		}
	}
	if s.Async != nil && s.Async.Retries != nil {
		least("async.retries", float64(*s.Async.Retries), 0)
	}
	for name, value := range s.Environment {
		path := prefix + "environment." + name
		if _, ok := c.keys[path]; !ok { // the shorter way to write it
			path = strings.TrimSuffix(prefix, "provider.") + "environment." + name
		}
		switch {
		case !variableForm.MatchString(name):
			c.add(c.keys[path].Errorf(CodeValue, "%q is not the name of an environment variable", name))
		case OwnVariable(name):
			d := c.keys[path].Errorf(CodeValue, "%s is set by faasgen", name)
			d.Hint = "timeout and initTimeout are keys of f.yml"
			c.add(d)
		case strings.ContainsRune(value, 0):
			c.value(path, "%s: found a zero byte, which an environment variable cannot hold", name)
		}
	}
	for name := range s.Tags {
		if strings.TrimSpace(name) == "" || name != strings.TrimSpace(name) {
			c.add(c.keys[prefix+"tags."+name].Errorf(CodeValue, "found the tag %q, expected a name without spaces around it", name))
		}
	}
	c.layerList(prefix, s.Layers)
	c.rollout(prefix, s.Rollout)
	if s.HTTP != nil {
		c.cors(prefix, s.HTTP.CORS)
	}
	for i, fs := range s.FileSystems {
		if fs.Path != "" && !strings.HasPrefix(fs.Path, "/") {
			c.value(fmt.Sprintf("%sfileSystems.%d.path", prefix, i), "found %q, expected a path that starts with /", fs.Path)
		}
		if fs.RemotePath != "" && !strings.HasPrefix(fs.RemotePath, "/") {
			c.value(fmt.Sprintf("%sfileSystems.%d.remotePath", prefix, i), "found %q, expected a path that starts with /", fs.RemotePath)
		}
	}
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// event checks the arguments of a trigger: by the marker's own rules, then time zones.
func (c checker) event(path string, e Event) {
	for _, place := range e.Places {
		if c.wrong[place.Pos] {
			return
		}
	}
	given := func(name string) bool { _, ok := e.Places[name]; return ok }
	before := len(*c.diags)
	if marker, ok := e.Marker.(annotations.Checker); ok {
		for _, p := range marker.Check(given) {
			place, ok := e.Places[p.Argument]
			if !ok {
				if p.Argument != "" {
					continue // it is missing, which is reported already
				}
				place = e.Place
			}
			d := place.Errorf(CodeValue, "%s", strings.TrimPrefix(p.Message, fmt.Sprintf("argument %q: ", p.Argument)))
			if d.Hint = p.Hint; p.Code == annotations.CodeMissing {
				d.Code = CodeRequired
			}
			c.add(d)
		}
	}
	if len(*c.diags) > before {
		return
	}
	c.sound = append(c.sound, e)
	if m, ok := e.Marker.(*annotations.Timer); ok {
		if _, err := time.LoadLocation(m.Timezone); err != nil || m.Timezone == "Local" {
			d := e.Places["timezone"].Errorf(CodeValue, "unknown time zone %q", m.Timezone)
			d.Hint = "write an IANA name such as Asia/Shanghai"
			c.add(d)
		}
	}
}
