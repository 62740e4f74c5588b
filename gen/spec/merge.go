package spec

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// For returns the specification as one target sees it at one stage, either of which may be empty: targets.<target> covers provider,
// functions, layers, aggregation, domains, resources, secrets, package and the x-<target> key, stages.<stage> covers the result, and
// stages.<stage>.targets.<target> all of it. Maps are merged key by key at every depth; lists, events and single values of an
// overlay replace what they cover. ${stage} is replaced, by its default where there is no stage. The result shares nothing that
// either may change.
func (s *Spec) For(target, stage string) *Spec {
	out := *s
	out.Targets, out.Stages = nil, nil
	out.Scan = slices.Clone(s.Scan)
	out.Groups = maps.Clone(s.Groups)
	out.Variables = slices.Clone(s.Variables)
	out.Positions = maps.Clone(s.Positions)
	out.Places = maps.Clone(s.Places)
	out.keys, out.Overlaid = maps.Clone(s.keys), map[string]Place{}
	out.taken = map[string]bool{}
	levels := s.inEffect(target, stage)
	if len(levels) == 0 {
		levels = []level{{prefix: "targets." + target + "."}} // copies
	}
	for _, l := range levels {
		over := l.Overlay
		s.without(&out, l)
		out.Provider = merge(out.Provider, over.Provider)
		out.Package = merge(out.Package, over.Package)
		out.Extension = merge(out.Extension, over.Extension)
		out.Functions = mergeNamed(out.Functions, over.Functions)
		out.Layers = mergeLayers(out.Layers, over.Layers)
		out.Aggregation = mergeNamed(out.Aggregation, over.Aggregation)
		out.Domains = mergeNamed(out.Domains, over.Domains)
		out.Resources = mergeNamed(out.Resources, over.Resources)
		out.Secrets = mergeNamed(out.Secrets, over.Secrets)
		s.relocate(&out, l)
	}
	if stage != "" {
		out.Provider.Stage = stage
	}
	if target == "" {
		out.setStage(stage) // the default stage is that of a deployment
	} else {
		out.setStage(out.Provider.Stage)
	}
	return &out
}

// own is the path of a key of the overlay without the overlay's part.
func (l level) own(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, l.prefix)
	if !ok || l.stage != "" && l.target == "" && strings.HasPrefix(rest, "targets.") {
		return "", false
	}
	if l.stage != "" && (rest == "environment" || strings.HasPrefix(rest, "environment.")) {
		rest = "provider." + rest
	}
	return rest, true
}

// relocate gives out the places of an overlay's keys where the keys are that they cover.
func (s *Spec) relocate(out *Spec, l level) {
	own := l.own
	for path, pos := range s.Positions {
		if rest, ok := own(path); ok {
			out.Positions[rest] = pos
		}
	}
	for path, place := range s.keys {
		if rest, ok := own(path); ok {
			out.Overlaid[rest] = place
			out.keys[rest] = place
		}
	}
	for path, place := range s.Places {
		if rest, ok := own(path); ok {
			out.Places[rest] = place
		}
	}
}

// mergeNamed covers the entries of a map, each as a structure. An entry that one side lacks is as if empty there.
func mergeNamed[T any](base, over map[string]*T) map[string]*T {
	out := make(map[string]*T, len(base)+len(over))
	for _, from := range []map[string]*T{base, over} {
		for name := range from {
			var b, o T
			if base[name] != nil {
				b = *base[name]
			}
			if over[name] != nil {
				o = *over[name]
			}
			merged := merge(b, o)
			out[name] = &merged
		}
	}
	return out
}

// Resolve returns the settings of one function with all defaults filled in: the defaults are covered by the provider's,
// those by the arguments of the function's //faas:handler directive, and those by functions.<name>. Directive is where
// the arguments of the directive are.
func (s *Spec) Resolve(name string, handler annotations.Handler, directive Place) Settings {
	settings := merge(Defaults(), s.Provider.Settings)
	settings = merge(settings, fromHandler(handler, directive))
	for path := range s.taken {
		if key, ok := strings.CutPrefix(path, "functions."+name+"."); ok {
			settings = settings.without(key)
		}
	}
	if f := s.Functions[name]; f != nil {
		settings = merge(settings, f.Settings)
	}
	if stage := s.Provider.Stage; stage != "" && settings.Environment[StageVariable] == "" {
		settings = merge(settings, Settings{Environment: map[string]string{StageVariable: stage}})
	}
	return settings
}

// In returns the settings of a function as they are in a group: what the group sets of http and overload itself is its functions',
// too. Everything else of a group is the unit's alone.
func (s Settings) In(group *Group) Settings {
	own := Settings{HTTP: group.HTTP, Overload: group.Overload, Places: map[string]Place{}}
	for path, place := range group.Places {
		if path == "overload" || path == "http" || strings.HasPrefix(path, "http.") {
			own.Places[path] = place
		}
	}
	return merge(s, own)
}

// Environment variables by which a deployed process knows its stage and its unit.
const (
	StageVariable       = "FAAS_ENV"
	UnitVariable        = "FAAS_UNIT"
	FunctionsVariable   = "FAAS_FUNCTIONS"
	TimeoutVariable     = "FAAS_TIMEOUT"
	InitTimeoutVariable = "FAAS_INIT_TIMEOUT"
	LazyVariable        = "FAAS_LAZY"
	// CORSVariable has the framework answer pages of other origins where the vendor could, but has one answer for all functions
	// of a unit.
	CORSVariable = "FAAS_CORS"
	// CallsVariable says where the functions of other units are that those of a unit call.
	CallsVariable = "FAAS_CALLS"
	// SettingsVariable names the file with the settings of the functions, which is SettingsFile in the package without it.
	SettingsVariable = "FAAS_SETTINGS"
)

// SettingsFile is the file in a package that has the settings of its functions.
const SettingsFile = "faas.settings"

// OwnVariable reports whether a variable says what f.yml says elsewhere, so that it must not be set elsewhere.
func OwnVariable(name string) bool {
	switch name {
	case UnitVariable, FunctionsVariable, TimeoutVariable, InitTimeoutVariable, CORSVariable, CallsVariable, SettingsVariable:
		return true
	}
	return false
}

func fromHandler(h annotations.Handler, directive Place) Settings {
	s := Settings{MemorySize: h.Memory, Timeout: h.Timeout, InitTimeout: h.InitTimeout, Concurrency: h.Concurrency}
	s.Places = map[string]Place{}
	for key, set := range map[string]bool{
		"memorySize": h.Memory != 0, "timeout": h.Timeout != 0, "initTimeout": h.InitTimeout != 0, "concurrency": h.Concurrency != 0,
	} {
		if set {
			s.Places[key] = directive
		}
	}
	return s
}

// Merge covers base with over: what over says wins; maps are merged key by key, structures field by field; lists
// and a rollout replace. Neither is changed.
func Merge(base, over Settings) Settings { return merge(base, over) }

func merge[T any](base, over T) T {
	var out T
	mergeValue(reflect.ValueOf(&out).Elem(), reflect.ValueOf(base), reflect.ValueOf(over))
	return out
}

func mergeValue(out, base, over reflect.Value) {
	switch base.Kind() {
	case reflect.Struct:
		for i := range base.NumField() {
			mergeValue(out.Field(i), base.Field(i), over.Field(i))
		}
	case reflect.Map:
		mergeMap(out, base, over)
	case reflect.Pointer:
		mergePointer(out, base, over)
	case reflect.Slice:
		from := over
		if over.IsNil() {
			from = base
		}
		if !from.IsNil() {
			out.Set(reflect.AppendSlice(reflect.MakeSlice(from.Type(), 0, from.Len()), from))
		}
	default:
		if out.Set(base); !over.IsZero() {
			out.Set(over)
		}
	}
}

func mergeMap(out, base, over reflect.Value) {
	if base.IsNil() && over.IsNil() {
		return
	}
	out.Set(reflect.MakeMap(base.Type()))
	for _, from := range []reflect.Value{base, over} {
		for it := from.MapRange(); it.Next(); {
			value := it.Value()
			if node, ok := reflect.TypeAssert[*yaml.Node](value); ok {
				if before := out.MapIndex(it.Key()); before.IsValid() {
					node = MergeNodes(before.Interface().(*yaml.Node), node)
				}
				value = reflect.ValueOf(node)
			}
			out.SetMapIndex(it.Key(), value)
		}
	}
}

func mergePointer(out, base, over reflect.Value) {
	switch {
	case over.IsNil():
		out.Set(base)
	case base.IsNil() || base.Type().Elem().Kind() != reflect.Struct || base.Type() == reflect.TypeFor[*Rollout]():
		out.Set(over)
	default:
		merged := reflect.New(base.Type().Elem())
		mergeValue(merged.Elem(), base.Elem(), over.Elem())
		out.Set(merged)
	}
}

// MergeNodes covers base with over as overlays do: mappings key by key at every depth, everything else is replaced. Keys
// of base keep their order, further ones follow in over's. Neither is changed, and the result may share nodes with both.
func MergeNodes(base, over *yaml.Node) *yaml.Node {
	if base == nil || over == nil || base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		if over == nil {
			return base
		}
		return over
	}
	out := *base
	out.Content = slices.Clone(base.Content)
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := slices.IndexFunc(out.Content, func(n *yaml.Node) bool { return n.Value == key.Value })
		for at >= 0 && at%2 != 0 { // found among the values: keys are at even places
			next := slices.IndexFunc(out.Content[at+1:], func(n *yaml.Node) bool { return n.Value == key.Value })
			if next < 0 {
				at = -1
			} else {
				at += 1 + next
			}
		}
		if at < 0 {
			out.Content = append(out.Content, key, value)
			continue
		}
		out.Content[at+1] = MergeNodes(out.Content[at+1], value)
	}
	return &out
}
