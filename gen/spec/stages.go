package spec

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// Stage is what stages.<name> says again for one stage. It covers the file with targets.<target> applied. Nothing of it changes
// what a package holds, so package, architecture, http.streaming and the config of functions are not among its keys.
type Stage struct {
	// Provider covers the provider.
	Provider Provider `faas:"provider"`
	// Environment covers the provider's environment: it is provider.environment, shorter.
	Environment map[string]string `faas:"environment"`
	// Functions covers functions.
	Functions map[string]*Function `faas:"functions"`
	// Layers covers the configuration of layers.
	Layers map[string]*LayerOverlay `faas:"layers"`
	// Aggregation covers aggregation. A group whose lists are all empty does not exist for the stage.
	Aggregation map[string]*Group `faas:"aggregation"`
	// Domains covers domains.
	Domains map[string]*Domain `faas:"domains"`
	// Resources covers resources.
	Resources map[string]*Resource `faas:"resources"`
	// Secrets covers secrets.
	Secrets map[string]*Secret `faas:"secrets"`
	// Targets holds the same keys again, for the stage on one cloud.
	Targets map[string]*StageTarget `faas:"targets"`
	// Extension covers the x-<target> keys of the file.
	Extension Extension `faas:"x-*"`
}

// StageTarget is what stages.<name>.targets.<target> says again for one stage on one cloud. It wins over everything else.
type StageTarget struct {
	// Provider covers the provider.
	Provider Provider `faas:"provider"`
	// Environment covers the provider's environment: it is provider.environment, shorter.
	Environment map[string]string `faas:"environment"`
	// Functions covers functions.
	Functions map[string]*Function `faas:"functions"`
	// Layers covers the configuration of layers.
	Layers map[string]*LayerOverlay `faas:"layers"`
	// Aggregation covers aggregation. A group whose lists are all empty does not exist for the stage on this target.
	Aggregation map[string]*Group `faas:"aggregation"`
	// Domains covers domains.
	Domains map[string]*Domain `faas:"domains"`
	// Resources covers resources.
	Resources map[string]*Resource `faas:"resources"`
	// Secrets covers secrets.
	Secrets map[string]*Secret `faas:"secrets"`
	// Extension covers the x-<target> key of the same target.
	Extension Extension `faas:"x-*"`
}

// CodeStage is a stage that does not exist, that cannot be, or that is needed and missing.
const CodeStage = "spec-stage"

// stageMark stands, twice and with the default between, for ${stage} in values until the stage is known. Text of YAML is UTF-8 and
// never has it.
const stageMark = "\xff"

// noDefault is the default of a ${stage} without one.
const noDefault = "\xfe"

// level is an overlay with the path that its keys are below, which ends in a dot.
type level struct {
	Overlay
	prefix string
	// target is the one that it is for, empty for all; stage likewise.
	target, stage string
}

// levels are all overlays of the file, those that are covered first: targets, stages, targets of stages, each by name.
func (s *Spec) levels() []level {
	var list []level
	for _, target := range slices.Sorted(maps.Keys(s.Targets)) {
		list = append(list, level{*s.Targets[target], "targets." + target + ".", target, ""})
	}
	var below []level
	for _, name := range slices.Sorted(maps.Keys(s.Stages)) {
		st := s.Stages[name]
		prefix := "stages." + name + "."
		list = append(list, level{Overlay{
			Provider: s.withEnvironment(prefix, st.Environment, st.Provider), Functions: st.Functions, Layers: st.Layers, Aggregation: st.Aggregation,
			Domains: st.Domains, Resources: st.Resources, Secrets: st.Secrets, Extension: st.Extension,
		}, prefix, "", name})
		for _, target := range slices.Sorted(maps.Keys(st.Targets)) {
			o := st.Targets[target]
			prefix := prefix + "targets." + target + "."
			below = append(below, level{Overlay{
				Provider: s.withEnvironment(prefix, o.Environment, o.Provider), Functions: o.Functions, Layers: o.Layers, Aggregation: o.Aggregation,
				Domains: o.Domains, Resources: o.Resources, Secrets: o.Secrets, Extension: o.Extension,
			}, prefix, target, name})
		}
	}
	return append(list, below...)
}

// NamedOverlay is one overlay of the file.
type NamedOverlay struct {
	*Overlay
	// Path is what its keys are below, such as "targets.aws.", Name what messages call it: "target aws".
	Path, Name string
}

// Overlays are those of targets, of stages and of targets of stages, in the order in which they cover each other.
func (s *Spec) Overlays() iter.Seq[NamedOverlay] {
	return func(yield func(NamedOverlay) bool) {
		for _, l := range s.levels() {
			var words []string
			if l.stage != "" {
				words = append(words, "stage "+l.stage)
			}
			if l.target != "" {
				words = append(words, "target "+l.target)
			}
			if !yield(NamedOverlay{&l.Overlay, l.prefix, strings.Join(words, " on ")}) {
				return
			}
		}
	}
}

// withEnvironment is a provider that covers an environment.
func (s *Spec) withEnvironment(prefix string, environment map[string]string, p Provider) Provider {
	if len(environment) == 0 {
		return p
	}
	short := Provider{Settings: Settings{Environment: environment, Places: map[string]Place{}}}
	for name := range environment {
		short.Places["environment."+name] = s.Places[prefix+"environment."+name]
	}
	return merge(short, p)
}

// inEffect are the overlays of one target and one stage, in the order in which they cover each other. Either may be empty.
func (s *Spec) inEffect(target, stage string) []level {
	return slices.DeleteFunc(s.levels(), func(l level) bool {
		return l.target != "" && l.target != target || l.stage != "" && l.stage != stage
	})
}

// DefaultStage is the stage of a target when none is requested: provider.stage, "" for none.
func (s *Spec) DefaultStage(target string) string {
	if o := s.Targets[target]; o != nil && o.Provider.Stage != "" {
		return o.Provider.Stage
	}
	return s.Provider.Stage
}

// TargetNames are the targets that the file has overlays for, sorted.
func (s *Spec) TargetNames() []string {
	var names []string
	for _, l := range s.levels() {
		if l.target != "" {
			names = append(names, l.target)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// StageNames are the stages that the file knows, sorted: those of stages, and the default ones.
func (s *Spec) StageNames() []string {
	names := slices.Collect(maps.Keys(s.Stages))
	names = append(names, s.Provider.Stage)
	for _, o := range s.Targets {
		names = append(names, o.Provider.Stage)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// Events are the events that the file sets for a function on a target without a stage and at each of its stages, if those
// are not all alike. Nil stands for the triggers of the function's directives.
func (s *Spec) Events(function, target string) [][]Event {
	last := func(levels []level) (events []Event) {
		if f := s.Functions[function]; f != nil {
			events = f.Events
		}
		for _, l := range levels {
			if f := l.Functions[function]; f != nil && f.Events != nil {
				events = f.Events
			}
		}
		return events
	}
	differs := slices.ContainsFunc(s.levels(), func(l level) bool {
		f := l.Functions[function]
		return l.stage != "" && (l.target == "" || l.target == target) && f != nil && f.Events != nil
	})
	if !differs {
		return nil
	}
	all := [][]Event{last(s.inEffect(target, ""))}
	for _, stage := range slices.Sorted(maps.Keys(s.Stages)) {
		all = append(all, last(s.inEffect(target, stage)))
	}
	return all
}

// UnknownStage is a requested stage that the file does not have.
type UnknownStage struct {
	// Stage is what was found, Known are the stages that there are, sorted.
	Stage string
	Known []string
	// Invalid is why no stage can have the name, empty if one can.
	Invalid string
}

// Error is the mistake in one line.
func (e *UnknownStage) Error() string {
	if e.Invalid != "" {
		return fmt.Sprintf("stage %q: %s", e.Stage, e.Invalid)
	}
	return fmt.Sprintf("unknown stage %q", e.Stage)
}

// CheckStage returns an [UnknownStage] if the stage cannot be requested, nil if it can. In a file without stages every name that a stage can have is one.
func (s *Spec) CheckStage(name string) error {
	if name == "" {
		return nil
	}
	if known := s.StageNames(); slices.Contains(known, name) || len(s.Stages) == 0 && stageProblem(name) == "" {
		return nil
	} else if problem := stageProblem(name); problem != "" {
		return &UnknownStage{name, known, problem}
	} else {
		return &UnknownStage{name, known, ""}
	}
}

// stageProblem is why a name cannot be that of a stage, empty if it can: it is a part of the names of functions, stacks, topics and files of every
// vendor.
func stageProblem(name string) string {
	switch {
	case !stageForm.MatchString(name) || len(name) > 16:
		return "expected at most 16 lower-case letters, digits and dashes, a letter first"
	case strings.HasSuffix(name, "-") || strings.Contains(name, "--"):
		return "expected no dash at the end and no two dashes together: vendors refuse such names"
	case name == "default":
		return "config.default.yml is the file of every stage"
	}
	return ""
}

// stages checks the names of stages, and what a stage cannot say.
func (c checker) stages() {
	for _, name := range slices.Sorted(maps.Keys(c.Stages)) {
		if problem := stageProblem(name); problem != "" {
			c.add(c.keys["stages."+name].Errorf(CodeStage, "%q is not the name of a stage: %s", name, problem))
		}
	}
	for _, l := range c.levels() {
		if l.stage == "" {
			continue
		}
		if l.Provider.Name != "" {
			c.value(l.prefix+"provider.name", "name means nothing here: the target does not depend on the stage")
		}
		if l.Provider.Stage != "" {
			c.value(l.prefix+"provider.stage", "stage means nothing here: these keys are for the stage %s alone", l.stage)
		}
		c.onePackage(l.prefix+"provider.", l.Provider.Settings)
		for name, f := range l.Functions {
			c.onePackage(l.prefix+"functions."+name+".", f.Settings)
		}
		for name, g := range l.Aggregation {
			c.onePackage(l.prefix+"aggregation."+name+".", g.Settings)
		}
		for _, name := range []string{StageVariable} {
			if _, set := c.Places[l.prefix+"environment."+name]; set {
				c.value(l.prefix+"environment."+name, "%s is the stage", name)
			}
		}
	}
}

// onePackage refuses settings that would give a stage a package of its own.
func (c checker) onePackage(prefix string, s Settings) {
	for key, set := range map[string]bool{"architecture": s.Architecture != "", "http.streaming": s.HTTP != nil && s.HTTP.Streaming != nil} {
		if set {
			c.value(prefix+key, "%s cannot differ by stage: one package serves all stages", key)
		}
	}
}

// existing reports groups and resources that a stage changes and that the file does not have.
func (c checker) existing(l level) {
	has := func(what string, known map[string]bool, names []string) {
		slices.Sort(names)
		for _, name := range names {
			if !known[name] {
				d := c.keys[l.prefix+what+"."+name].Errorf(CodeValue, "there is no %s %q in %s outside of stages", map[string]string{"aggregation": "group", "resources": "resource"}[what], name, what)
				if list := slices.Sorted(maps.Keys(known)); len(list) > 0 {
					d.Hint = suggestion(name, list)
				}
				c.add(d)
			}
		}
	}
	groups, resources := map[string]bool{}, map[string]bool{}
	for name := range c.Aggregation {
		groups[name] = true
	}
	for name := range c.Resources {
		resources[name] = true
	}
	for _, o := range c.levels() {
		if o.stage != "" && (o.stage != l.stage || o.target != "") || o.target != "" && l.target != "" && o.target != l.target || o.prefix == l.prefix {
			continue
		}
		for name := range o.Aggregation {
			groups[name] = true
		}
		for name := range o.Resources {
			resources[name] = true
		}
	}
	var list []string
	for name, g := range l.Aggregation {
		if len(g.Functions)+len(g.FunctionsPattern)+len(g.Routes) == 0 {
			list = append(list, name)
		}
	}
	has("aggregation", groups, list)
	list = nil
	for name, r := range l.Resources {
		if r.Name == "" && r.ARN == "" {
			list = append(list, name)
		}
	}
	has("resources", resources, list)
}

// MissingStage reports the first value that needs a stage where there is none.
func (s *Spec) MissingStage(target, stage string) annotations.Diagnostics {
	if s.stageOr(target, stage) != "" {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(s.staged)) {
		if path == "" || strings.HasPrefix(path, "stages.") || strings.HasPrefix(path, "targets.") && !strings.HasPrefix(path, "targets."+target+".") {
			continue
		}
		d := s.staged[path].Errorf(CodeStage, "${stage} is used and there is no stage")
		if belowSecrets(path) {
			d.Line = "" // which may have a secret in it
		}
		if d.Hint = "give --stage, set provider.stage, or give a default: ${stage:dev}"; len(s.Stages) > 0 {
			d.Hint = "give --stage (known: " + strings.Join(s.StageNames(), ", ") + "), or a default: ${stage:dev}"
		}
		return annotations.Diagnostics{d}
	}
	return nil
}

// renamed puts the entries whose keys f changes under their new keys, too.
func renamed[T any](m map[string]T, f func(string) string) {
	for path, v := range maps.Clone(m) {
		m[f(path)] = v
	}
}

// stageOr is a stage, or the default one of the target.
func (s *Spec) stageOr(target, stage string) string { return cmp.Or(stage, s.DefaultStage(target)) }

// setStage puts the stage where ${stage} stands. What has none and needs one has been reported.
func (s *Spec) setStage(stage string) {
	if len(s.staged) == 0 {
		return
	}
	in := func(text string) string { return withStage(text, stage) }
	s.Provider = replaced(s.Provider, in)
	s.Functions, s.Aggregation = replaced(s.Functions, in), replaced(s.Aggregation, in)
	s.Domains, s.Resources, s.Secrets = replaced(s.Domains, in), replaced(s.Resources, in), replaced(s.Secrets, in)
	renamed(s.Places, in)
	renamed(s.keys, in)
	renamed(s.Positions, in)
}

// withStage is text with the stage in it: its default if there is none, or a word that stands for one.
func withStage(text, stage string) string {
	if !strings.Contains(text, stageMark) {
		return text
	}
	return unmarked(text, func(otherwise string) string {
		if otherwise == noDefault {
			otherwise = LocalStage
		}
		return cmp.Or(stage, otherwise)
	})
}

// unmarked replaces each mark by what f makes of its default.
func unmarked(text string, f func(otherwise string) string) string {
	parts := strings.Split(text, stageMark)
	for i := 1; i+1 < len(parts); i += 2 {
		parts[i] = f(parts[i])
	}
	return strings.Join(parts, "")
}

// LocalStage is what ${stage} stands for on this machine when there is no stage, which is what FAAS_ENV is there.
const LocalStage = "local"

// replaced is a copy of a value in which every text, also those that maps have as keys, went through f.
func replaced[T any](v T, f func(string) string) T {
	return replaceText(reflect.ValueOf(&v).Elem(), f).Interface().(T)
}

func replaceText(v reflect.Value, f func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(f(v.String()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Place]() || v.Type() == reflect.TypeFor[Event]() {
			return out
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(replaceText(v.Field(i), f))
			}
		}
	case reflect.Map:
		if v.IsNil() || v.Type() == reflect.TypeFor[Extension]() {
			return out
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for it := v.MapRange(); it.Next(); {
			out.SetMapIndex(replaceText(it.Key(), f), replaceText(it.Value(), f))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(replaceText(v.Index(i), f))
		}
	case reflect.Pointer:
		if v.IsNil() || v.Type().Elem().Kind() != reflect.Struct || v.Type().Elem().PkgPath() != reflect.TypeFor[Spec]().PkgPath() {
			return out
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(replaceText(v.Elem(), f))
		out.Set(p)
	}
	return out
}

// written is text as the file has it.
func written(text string) string {
	return unmarked(text, func(otherwise string) string {
		if otherwise != noDefault {
			return "${stage:" + otherwise + "}"
		}
		return "${stage}"
	})
}

// stagedKey is the name of an entry whose key may have ${stage} in it.
func (d *decoder) stagedKey(e entry) (string, bool) {
	if !strings.Contains(e.name, "${") {
		return e.name, true
	}
	d.sub.stage = true
	text, _, problem := d.sub.replace(e.name)
	d.sub.stage = false
	if problem == nil && !strings.Contains(text, stageMark) {
		problem = &substitutionError{at: 0, length: len(e.name), message: fmt.Sprintf("found %s in a key, where only ${stage} can be", clip(e.name))}
	}
	if problem != nil {
		diag := d.offset(e.key, problem.at, problem.length).Errorf(CodeSubstitution, "%s", problem.message)
		diag.Hint = problem.hint
		d.report(diag)
		return "", false
	}
	d.needsStage(text, "domains."+text, e.key)
	return text, true
}

// needsStage notes a text that means nothing without a stage.
func (d *decoder) needsStage(text, path string, node *yaml.Node) {
	if strings.Contains(text, stageMark+noDefault+stageMark) {
		d.staged[path] = d.node(node)
	} else if strings.Contains(text, stageMark) && d.staged[""] == (Place{}) {
		d.staged[""] = Place{}
	}
}
