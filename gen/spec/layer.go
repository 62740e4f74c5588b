package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// Layer is a layer in Go under a name of its own, which provider and functions list beside the vendor's layers.
type Layer struct {
	// Use is the package that has the layer: go: and its import path.
	Use string `faas:"use,required"`
	// Config holds defaults of the layer's configuration, by key below layers.<name>: endpoint, or nested maps. They travel beside the
	// configuration files, which win over them.
	Config Values `faas:"config"`
}

// LayerOverlay covers a layer for one target or one stage.
type LayerOverlay struct {
	// Config covers the layer's config, key by key.
	Config Values `faas:"config"`
}

// CodeLayer is a layer that cannot be, or that does not exist.
const CodeLayer = "spec-layer"

var (
	layerForm  = regexp.MustCompile(`^[a-z][A-Za-z0-9]{0,39}$`)
	importForm = regexp.MustCompile(`^[A-Za-z0-9_~+-][A-Za-z0-9_.~+-]*(/[A-Za-z0-9_~+-][A-Za-z0-9_.~+-]*)*$`)
)

// goScheme is what the use of a layer begins with.
const goScheme = "go:"

// Import is the import path of the layer's package, "" if use has none.
func (l *Layer) Import() string {
	path, ok := strings.CutPrefix(l.Use, goScheme)
	if !ok || !importForm.MatchString(path) {
		return ""
	}
	return path
}

// NamesLayer reports whether an entry of a list of layers is the name of one in layers. What the vendors have is not: it has a colon, or a slash.
func NamesLayer(entry string) bool { return entry != "" && !strings.ContainsAny(entry, ":/") }

// NamedLayer is an entry of a list of layers that names one of [Spec.Layers].
type NamedLayer struct {
	Name  string
	Place Place
}

// NamedLayers are the layers in Go that f.yml lists for a function, in the order of the list: its own list or else the provider's.
func (s *Spec) NamedLayers(function string) []NamedLayer {
	prefix, list := "provider.layers", s.Provider.Layers
	if f := s.Functions[function]; f != nil && f.Layers != nil {
		prefix, list = "functions."+function+".layers", f.Layers
	}
	var names []NamedLayer
	for i, entry := range list {
		if NamesLayer(entry) {
			names = append(names, NamedLayer{entry, s.Places[fmt.Sprintf("%s.%d", prefix, i)]})
		}
	}
	return names
}

// VendorLayers leaves in settings the layers that the vendor has, with their places.
func (s *Settings) VendorLayers() {
	if !slices.ContainsFunc(s.Layers, NamesLayer) {
		return
	}
	places := maps.Clone(s.Places)
	var kept []string
	for i, entry := range s.Layers {
		at := fmt.Sprintf("layers.%d", i)
		place, ok := places[at]
		delete(places, at)
		if NamesLayer(entry) {
			continue
		}
		if ok {
			places[fmt.Sprintf("layers.%d", len(kept))] = place
		}
		kept = append(kept, entry)
	}
	if s.Places, s.Layers = places, kept; len(kept) == 0 {
		delete(s.Places, "layers")
	}
}

// View is f.yml as one target sees it at one stage, either of which may be empty.
type View struct {
	Target, Stage string
	*Spec
}

// String names the target and the stage, for messages.
func (v View) String() string {
	switch {
	case v.Stage == "" && v.Target == "":
		return "everywhere"
	case v.Stage == "":
		return "on target " + v.Target
	case v.Target == "":
		return "at stage " + v.Stage
	}
	return "at stage " + v.Stage + " on target " + v.Target
}

// LayerViews are the views of which a list or the configuration of a layer may differ: f.yml without overlays, then those of the targets, the stages and
// the targets of stages that the file has overlays for.
func (s *Spec) LayerViews() []View {
	targets, stages := []string{""}, []string{""}
	for _, l := range s.levels() {
		if l.target != "" && !slices.Contains(targets, l.target) {
			targets = append(targets, l.target)
		}
		if l.stage != "" && !slices.Contains(stages, l.stage) {
			stages = append(stages, l.stage)
		}
	}
	var views []View
	for _, stage := range stages {
		for _, target := range targets {
			views = append(views, View{target, stage, s.For(target, stage)})
		}
	}
	return views
}

// mergeLayers covers the configuration of layers. What an overlay says of a layer that there is not has been reported.
func mergeLayers(base map[string]*Layer, over map[string]*LayerOverlay) map[string]*Layer {
	if len(over) == 0 {
		return base
	}
	out := make(map[string]*Layer, len(base))
	for name, l := range base {
		merged := *l
		if o := over[name]; o != nil {
			merged.Config = l.Config.merge(o.Config)
		}
		out[name] = &merged
	}
	return out
}

// merge covers values with others: each replaces those of its key, of what is below it and of what it is below.
func (v Values) merge(over Values) Values {
	var out Values
	for _, value := range v {
		if !slices.ContainsFunc(over, func(o Value) bool {
			return o.Key == value.Key || strings.HasPrefix(o.Key, value.Key+".") || strings.HasPrefix(value.Key, o.Key+".")
		}) {
			out = append(out, value)
		}
	}
	return append(out, over...)
}

// layers checks the definitions of layers, and that overlays name these.
func (c checker) layers() {
	known := slices.Sorted(maps.Keys(c.Layers))
	for _, name := range known {
		l, at := c.Layers[name], "layers."+name
		if !layerForm.MatchString(name) {
			d := c.keys[at].Errorf(CodeLayer, "%q is not the name of a layer", name)
			d.Hint = "write letters and digits, a small letter first, 40 at most: it is part of keys such as layers." + name + ".KEY"
			if word := identifier(name); word != "" {
				d.Hint = fmt.Sprintf("write letters and digits, a small letter first, such as %s: it is part of configuration keys", word)
			}
			c.add(d)
		}
		if _, set := c.Places[at+".use"]; set && l.Import() == "" {
			c.failed[at+".use"] = true
			d := c.Places[at+".use"].Errorf(CodeLayer, "use: found %q, expected go: and the import path of a package, such as go:github.com/you/audit", l.Use)
			switch path, isGo := strings.CutPrefix(l.Use, goScheme); {
			case isGo && strings.HasPrefix(path, "."):
				d.Hint = "write the whole import path, which go list prints in its folder"
			case !isGo && importForm.MatchString(l.Use) && strings.Contains(l.Use, "."):
				d.Hint = fmt.Sprintf("did you mean %q?", goScheme+l.Use)
			case !isGo && strings.Contains(l.Use, ":"):
				d.Hint = "the vendor's layers need no name: put them into the lists of provider and functions"
			}
			c.add(d)
		}
	}
	for _, l := range c.levels() {
		for _, name := range slices.Sorted(maps.Keys(l.Layers)) {
			if c.Layers[name] != nil {
				continue
			}
			d := c.keys[l.prefix+"layers."+name].Errorf(CodeLayer, "there is no layer %q in layers of f.yml", name)
			d.Hint = suggestion(name, known)
			c.add(d)
		}
	}
}

// identifier makes a name of a layer out of other text, "" if that is none.
func identifier(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r > 'z' || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", r)
	})
	for i, w := range words {
		if first := strings.ToLower(w[:1]); i == 0 {
			words[i] = first + w[1:]
		} else {
			words[i] = strings.ToUpper(first) + w[1:]
		}
	}
	if word := strings.Join(words, ""); layerForm.MatchString(word) {
		return word
	}
	return ""
}

// layerList checks a list of layers, of which a group has the vendor's alone.
func (c checker) layerList(prefix string, list []string) {
	group := strings.HasPrefix(prefix, "aggregation.") || strings.Contains(prefix, ".aggregation.")
	for i, entry := range list {
		path := fmt.Sprintf("%slayers.%d", prefix, i)
		var d annotations.Diagnostic
		switch {
		case strings.TrimSpace(entry) == "":
			c.value(path, "found nothing, expected the name of a layer, or one of the vendor's")
			continue
		case strings.HasPrefix(entry, goScheme):
			d = c.Places[path].Errorf(CodeLayer, "found %q, expected the name of a layer", entry)
			d.Hint = fmt.Sprintf("give it a name in layers of f.yml, layers: {NAME: {use: %q}}, and list that", entry)
		case !NamesLayer(entry):
			continue
		case group:
			d = c.Places[path].Errorf(CodeLayer, "found the layer %q in a group, which has layers of the vendor alone", entry)
			d.Hint = "list it in the functions that it is for, or in provider: a grouping must not change what functions do"
		case c.Layers[entry] == nil:
			d = c.Places[path].Errorf(CodeLayer, "there is no layer %q in layers of f.yml", entry)
			if d.Hint = annotations.Suggest(entry, slices.Sorted(maps.Keys(c.Layers))); d.Hint != "" {
				d.Hint = fmt.Sprintf("did you mean %q?", d.Hint)
			} else {
				d.Hint = fmt.Sprintf("define it, layers: {%s: {use: go:IMPORT/PATH}}; layers of the vendor have a colon, an ARN or name:version", entry)
			}
		case slices.Index(list, entry) < i:
			d = c.Places[path].Errorf(CodeLayer, "found the layer %q a second time in one list", entry)
		default:
			continue
		}
		c.failed[path] = true
		c.add(d)
	}
}
