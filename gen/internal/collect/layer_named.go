package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/spec"
)

// layerWord is the first word of the configuration keys in a layer's package that stands for layers.<name>.
const layerWord = "layer"

// layerPackage is a package that layers of f.yml use.
type layerPackage struct {
	// layer is its only //faas:layer.
	layer *declaration
	// names are those of the layers, sorted.
	names []string
}

// layerNames are the names of the layers that use a package, sorted.
func (c *collector) layerNames(path string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(c.app.Spec.Layers)) {
		if l := c.app.Spec.Layers[name]; l.Import() == path {
			names = append(names, name)
		}
	}
	return names
}

// usePlace is where f.yml names the package of a layer.
func (c *collector) usePlace(name string) spec.Place { return c.app.Spec.Places["layers."+name+".use"] }

// layerError reports a layer whose package cannot be used, at each place that names it.
func (c *collector) layerErrors(names []string, hint string, chain []annotations.Link, format string, args ...any) {
	for _, name := range names {
		d := c.usePlace(name).Errorf(codeLayer, format, args...)
		d.Hint, d.Chain = hint, chain
		c.diagnostics = append(c.diagnostics, &d)
	}
	c.app.Incomplete = true
}

// layerPackages checks the packages that layers use, of which declared are the declarations with directives by path. It returns the
// declarations that can be read.
func (c *collector) layerPackages(declared map[string][]*declaration) (usable []*declaration) {
	done := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.app.Spec.Layers)) {
		path := c.app.Spec.Layers[name].Import()
		if path == "" || done[path] {
			continue
		}
		done[path] = true
		names, found := c.layerNames(path), c.components[path]
		switch {
		case c.part(path):
			c.layerErrors(names, "its layers are part of every unit: leave the name out, or move the package out of the application", nil, "package %s is part of the application", path)
		case found == nil: // it cannot be read, which has been reported
			c.app.Incomplete, c.app.Unread = true, true
		case found.Missing != "":
			hint := found.Hint
			if hint == "" || strings.HasPrefix(hint, "run: go ") {
				hint = "run: go get " + path
			}
			c.layerErrors(names, hint, nil, "%s", found.Missing)
		case found.declared != nil:
			c.layerErrors(names, "import it: //faas:configuration import="+path, nil, "package %s is a component, whose layers are part of the units that have it", path)
		case c.layerPackage(path, names, declared[path]):
			usable = append(usable, declared[path]...)
		}
	}
	return usable
}

// layerPackage checks what a package has.
func (c *collector) layerPackage(path string, names []string, declared []*declaration) bool {
	var layers []*declaration
	good := true
	for _, d := range declared {
		for i := range d.markers {
			m := &d.markers[i]
			switch m.Definition.Name {
			case "layer":
				layers = append(layers, d)
			case "provide", "config", "inject", "arg":
				if typeParams(d.object) == nil {
					continue
				}
				good = false
				c.errorf(d.name.Pos(), len(d.name.Name), codeLayer, "%s of the package of a layer is generic", d.name.Name).
					Hint = "write a constructor for the instance that the layer needs, and mark it //faas:provide"
			default:
				good = false
				pos, end := m.Directive.Pos(), m.Directive.NameEnd()
				c.errorf(pos, int(end-pos), codeLayer, "//faas:%s in the package of a layer, which has a layer and what it needs alone", m.Directive.Name).
					Hint = "move it to a package of its own"
			}
		}
	}
	const one = "mark its struct or its constructor with //faas:layer, and nothing else of the package"
	switch {
	case len(layers) == 1:
		c.layers[path] = &layerPackage{layers[0], names}
	case len(layers) > 1:
		var chain []annotations.Link
		for _, d := range layers {
			chain = append(chain, annotations.Link{Pos: c.position(d.name.Pos()), Message: "one is " + d.name.Name})
		}
		c.layerErrors(names, one, chain, "package %s has %d layers, expected one", path, len(layers))
		return false
	case c.isLost("layer"): // it could not be read, which has been reported
		c.app.Incomplete = true
		return false
	default:
		c.layerErrors(names, one, nil, "package %s is not a layer: it has no //faas:layer", path)
		return false
	}
	if !good {
		c.app.Incomplete = true
		delete(c.layers, path)
	}
	return good
}

// nameLayers makes of the layers that packages have, and of the providers beside them, one for each name that f.yml uses the package
// under, with its own configuration.
func (c *layerDirective) nameLayers() {
	if len(c.layers) == 0 {
		return
	}
	own := map[string][]*model.Provider{}
	c.app.Providers = slices.DeleteFunc(c.app.Providers, func(p *model.Provider) bool {
		path := p.Object.Pkg().Path()
		if c.layers[path] != nil {
			own[path] = append(own[path], p)
		}
		return c.layers[path] != nil
	})
	var templates []*model.Layer
	c.app.Layers = slices.DeleteFunc(c.app.Layers, func(l *model.Layer) bool {
		if c.layers[l.Object.Pkg().Path()] != nil {
			templates = append(templates, l)
			return true
		}
		return false
	})
	for _, l := range templates {
		path := l.Object.Pkg().Path()
		for _, name := range c.layers[path].names {
			c.app.Layers = append(c.app.Layers, c.instance(name, l, own[path]))
		}
	}
	slices.SortStableFunc(c.app.Layers, func(a, b *model.Layer) int { return strings.Compare(a.Instance, b.Instance) })
}

// instance is a layer under a name, which the ids of its providers begin with, so that nothing else takes them.
func (c *layerDirective) instance(name string, l *model.Layer, own []*model.Provider) *model.Layer {
	named := *l
	named.Instance, named.UsePlace = name, c.usePlace(name)
	for _, p := range own {
		q := *p
		q.ID, q.Key, q.Namespace = name+":"+p.ID, "layers."+name, "layers."+name
		q.Deps = nil
		for _, d := range p.Deps {
			dep := *d
			switch {
			case dep.Kind == model.FromConfig:
				dep.Key = layerKey(name, dep.Key)
			case dep.Kind == model.FromProvider && dep.Group == "" && dep.Call == nil && provides(own, &dep):
				dep.ID = name + ":" + dep.ID
			}
			q.Deps = append(q.Deps, &dep)
		}
		if p == l.Provider {
			named.Provider = &q
		}
		c.app.Providers = append(c.app.Providers, &q)
	}
	return &named
}

// layerKey is a configuration key of a layer's package, as that of one name has it.
func layerKey(name, key string) string {
	if first, rest, _ := strings.Cut(key, "."); first == layerWord {
		return strings.TrimSuffix("layers."+name+"."+rest, ".")
	}
	return key
}

// provides reports whether one of some providers may be what a dependency takes.
func provides(own []*model.Provider, dep *model.Dep) bool {
	return slices.ContainsFunc(own, func(p *model.Provider) bool {
		return p.ID == dep.ID && !(p.Implicit && p.Kind == model.Constructor) && assignable(p, dep.Type)
	})
}

// listLayers gives the functions the layers that f.yml lists for them, on whatever target and at whatever stage.
func (c *collector) listLayers() {
	s := c.app.Spec
	if len(s.Layers) == 0 {
		return
	}
	listed := map[string]bool{}
	order := map[string]bool{} // of two layers, of which a mistake was reported
	for i, v := range s.LayerViews() {
		before := newOrder()
		for _, f := range c.app.Functions {
			list := v.NamedLayers(f.Name)
			for _, l := range list {
				listed[l.Name] = true
				layer := c.named(l.Name)
				if layer == nil || slices.ContainsFunc(f.Layers, func(o *model.Layer) bool { return o.Instance == l.Name }) {
					continue
				}
				f.Layers = append(f.Layers, layer)
			}
			if i == 0 { // f.yml without overlays
				f.ActiveLayers = len(f.Layers)
			}
			if a, b, other := before.add(list); a != nil && !order[a.Name+" "+b.Name] {
				order[a.Name+" "+b.Name], order[b.Name+" "+a.Name] = true, true
				d := b.Place.Errorf(codeLayer, "layer %s comes before layer %s in this list, and after it in another: an order that cannot be met", a.Name, b.Name)
				d.Pos, d.Length, d.Line = a.Place.Pos, a.Place.Length, a.Place.Line
				d.Chain = append(d.Chain, annotations.Link{Pos: other.Place.Pos, Message: fmt.Sprintf("%s is here, after %s", a.Name, b.Name)})
				d.Hint = "put them in one order in both lists: the process hooks of a unit run in one order for all of its functions"
				c.diagnostics = append(c.diagnostics, &d)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Layers)) {
		if !listed[name] && c.named(name) != nil {
			d := s.KeyPlace("layers."+name).Notef(codeLayer, "no function has the layer %s", name)
			d.Hint = "list it: provider: {layers: [" + name + "]}, or in layers of functions"
			c.diagnostics = append(c.diagnostics, &d)
		}
	}
}

// named is the layer of that name, nil if there is none.
func (c *collector) named(name string) *model.Layer {
	for _, l := range c.app.Layers {
		if l.Instance == name {
			return l
		}
	}
	return nil
}

// layerOrder says which layers come before which, by the lists so far.
type layerOrder struct {
	after map[string]map[string]spec.NamedLayer // of each layer, those that come after it, as some list has them
	known map[string]bool                       // the lists
}

func newOrder() *layerOrder {
	return &layerOrder{map[string]map[string]spec.NamedLayer{}, map[string]bool{}}
}

// add takes a list in. Where it contradicts those before, directly or not, it returns two of its layers of which the first has to come after
// the second, and where it does.
func (o *layerOrder) add(list []spec.NamedLayer) (first, second, other *spec.NamedLayer) {
	var places []token.Position
	for _, l := range list {
		places = append(places, l.Place.Pos)
	}
	if key := fmt.Sprint(places); o.known[key] {
		return nil, nil, nil
	} else {
		o.known[key] = true
	}
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if at := o.way(list[j].Name, list[i].Name, map[string]bool{}); at != nil {
				return &list[i], &list[j], at
			}
		}
	}
	for i := range list {
		for _, l := range list[i+1:] {
			if o.after[list[i].Name] == nil {
				o.after[list[i].Name] = map[string]spec.NamedLayer{}
			}
			o.after[list[i].Name][l.Name] = l
		}
	}
	return nil, nil, nil
}

// way finds out whether one layer comes before another, and where that is the last of the lists that say so.
func (o *layerOrder) way(from, to string, seen map[string]bool) *spec.NamedLayer {
	if at, ok := o.after[from][to]; ok {
		return &at
	}
	seen[from] = true
	for _, next := range slices.Sorted(maps.Keys(o.after[from])) {
		if seen[next] {
			continue
		}
		if at := o.way(next, to, seen); at != nil {
			return at
		}
	}
	return nil
}

// assignable reports whether what a provider makes can be injected as a type.
func assignable(p *model.Provider, t types.Type) bool {
	if types.Identical(p.Out, t) {
		return true
	}
	iface, ok := t.Underlying().(*types.Interface)
	return ok && types.Implements(p.Out, iface)
}

// layerConfig is the key of a configured struct that a constructor of a layer's package takes by value, "" for other types.
func (c *collector) layerConfig(d *declaration, t types.Type) string {
	obj := model.TypeName(t)
	if c.layers[d.pkg.Path] == nil || obj == nil || pointee(t) != nil || c.types[obj] == nil {
		return ""
	}
	config, mark := find[annotations.Config](c.types[obj].markers)
	if config == nil || mark.Bad {
		return ""
	}
	return config.Key
}

// requireMembers requires the fields of a struct that have no default, as they are where the struct is taken by pointer.
func requireMembers(dep *model.Dep) {
	st, ok := dep.Type.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		key, inline := values.FieldName(st, i)
		if key == "" || inline || slices.ContainsFunc(dep.Values, func(m model.ConfigMember) bool { return m.Fields[0] == f.Name() }) {
			continue
		}
		dep.Values = append(dep.Values, model.ConfigMember{Fields: []string{f.Name()}, Types: []types.Type{f.Type()}, Key: key, Required: true})
	}
	dep.Optional = len(dep.Values) > 0
}
