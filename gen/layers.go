package gen

import (
	"go/token"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
)

// UnitLayers are the layers of one unit.
type UnitLayers struct {
	// Unit is its name, Functions are its functions by name.
	Unit      string
	Functions []string
	// Layers are those in Go, the outermost first.
	Layers []UnitLayer
	// Vendor are the vendor's.
	Vendor []string
}

// UnitLayer is a layer in Go, as a unit has it.
type UnitLayer struct {
	// Name is that in f.yml, or the declaration: audit.Layer.
	Name string
	// Component is the namespace of the component that it belongs to, empty for others; InSpec says that f.yml names it.
	Component string
	InSpec    bool
	// Package is the import path of its package, Pos where f.yml or the code defines it.
	Package string
	Pos     token.Position
	// Hooks are the methods that are called, nil if they are not known before it is made.
	Hooks []string
	// Functions are those that it wraps.
	Functions []string
}

// Layers are those of the units that a target has, an empty name as in Target; each unit once, by name.
func (a *App) Layers(name string) ([]UnitLayers, error) {
	p, _, err := a.planned(name)
	if err != nil {
		return nil, err
	}
	list := []UnitLayers{}
	for _, u := range p.Units {
		list = append(list, a.unitLayers(u))
	}
	return list, nil
}

func (a *App) unitLayers(u *plan.Unit) UnitLayers {
	out := UnitLayers{Unit: u.Name, Layers: []UnitLayer{}, Vendor: u.Settings.Layers}
	var lists [][]string
	var functions []*model.Function
	for _, m := range u.Members {
		out.Functions = append(out.Functions, m.Name)
		lists, functions = append(lists, m.Layers), append(functions, m.Model)
	}
	for _, layer := range layerOrder(lists) {
		for _, l := range a.graph.App.Layers {
			if l.Instance != layer {
				continue
			}
			own := UnitLayer{Name: layer, InSpec: true, Package: l.Object.Pkg().Path(), Pos: a.graph.App.Spec.KeyPlace("layers." + layer).Pos, Hooks: l.Hooks}
			for _, m := range u.Members {
				if slices.Contains(m.Layers, layer) {
					own.Functions = append(own.Functions, m.Name)
				}
			}
			out.Layers = append(out.Layers, own)
		}
	}
	for _, l := range a.graph.Layers(functions) {
		if l.Instance == "" {
			out.Layers = append(out.Layers, UnitLayer{Name: l.Name(), Component: l.Namespace, Package: l.Object.Pkg().Path(), Pos: l.Pos, Hooks: l.Hooks, Functions: out.Functions})
		}
	}
	return out
}

// layerOrder is the order of the layers of a unit whose functions list these, as package framework finds it. Lists that contradict each other
// were refused before.
func layerOrder(lists [][]string) (order []string) {
	lists = slices.Clone(lists)
	for {
		next, some := "", false
		for _, list := range lists {
			if len(list) == 0 {
				continue
			}
			head := list[0]
			if !some {
				next, some = head, true
			}
			if !slices.ContainsFunc(lists, func(l []string) bool { return slices.Index(l, head) > 0 }) {
				next = head
				break
			}
		}
		if !some {
			return order
		}
		order = append(order, next)
		for i, list := range lists {
			if at := slices.Index(list, next); at >= 0 {
				lists[i] = slices.Delete(slices.Clone(list), at, at+1)
			}
		}
	}
}
