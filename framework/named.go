package framework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// NamedLayer is a layer of f.yml that a function is linked with: one of Make, Build and Instead is set. Generated code fills it.
type NamedLayer struct {
	// Name is the one that f.yml gives it.
	Name string
	// Off says that only some targets or stages have it for the function, which the settings tell.
	Off bool
	// Check reports every mistake in the configuration that it reads, after what is known; nil reads none.
	Check func(known error) error
	// Instead is what a test has in its place; [NoLayer] takes it away.
	Instead Layer
	// Make returns a layer without dependencies, Build one with them; see [ComponentLayers].
	Make  func() (Layer, error)
	Build func(context.Context) (Layer, error)
}

// NamedLayers are the layers of f.yml that a function is linked with, in the order of the list there, the first outermost.
// Generated code fills it.
type NamedLayers []NamedLayer

// namedSource is NamedLayers. The linker leaves it out with all that it needs where no function has any.
type namedSource interface {
	layerSource
	// arrange finds out which of its layers each function has, and returns those of all, in one order.
	arrange(functions []*Function) ([]*layerSlot, error)
	// check is the function's own Check with the configuration of the layers that it has.
	check(f *Function, known error) error
}

// NoLayer is for tests: in place of a layer of f.yml it takes that layer away.
func NoLayer() Layer { return noLayer{} }

type noLayer struct{}

func (noLayer) Name() string { return "none" }

func (NamedLayers) slots(string) []*layerSlot { return nil } // which arrange returns

func (NamedLayers) table(a *App) (hooks, error) { return newHookTable(a) }

// active are the layers that a function has: those that the settings list, or else those that are not off.
func (ls NamedLayers) active(f *Function) (list []NamedLayer, err error) {
	if !f.listed {
		for _, l := range ls {
			if !l.Off {
				list = append(list, l)
			}
		}
		return list, nil
	}
	for name := range strings.SplitSeq(f.layerList, ",") {
		if name == "" {
			continue
		}
		at := slices.IndexFunc(ls, func(l NamedLayer) bool { return l.Name == name })
		if at < 0 {
			err = errors.Join(err, fmt.Errorf("settings of function %s: there is no layer %s in the binary; generate and build again", f.Name, name))
			continue
		}
		list = append(list, ls[at])
	}
	return list, err
}

func (ls NamedLayers) check(f *Function, known error) error {
	if f.Check != nil {
		known = f.Check(known)
	}
	for _, l := range ls {
		if l.Check != nil && l.Instead == nil && slices.Contains(f.named, l.Name) {
			known = l.Check(known)
		}
	}
	return known
}

func (NamedLayers) arrange(functions []*Function) (slots []*layerSlot, err error) {
	byName := map[string]*layerSlot{}
	var lists [][]string
	for _, f := range functions {
		named, ok := f.Named.(NamedLayers)
		if !ok {
			lists = append(lists, nil)
			continue
		}
		active, wrong := named.active(f)
		err = errors.Join(err, wrong)
		f.named = nil
		var list []string
		for _, l := range active {
			if _, none := l.Instead.(noLayer); none {
				continue
			}
			list = append(list, l.Name)
			if byName[l.Name] != nil {
				continue
			}
			s := &layerSlot{named: l.Name, layer: l.Instead}
			if l.Instead == nil {
				s.source = componentLayer{Name: l.Name, Make: l.Make, Build: l.Build}
			}
			byName[l.Name] = s
		}
		f.named = list
		lists = append(lists, list)
	}
	if err != nil {
		return nil, err
	}
	order, contradicting := layerOrder(lists)
	if contradicting != nil {
		return nil, contradiction(functions, contradicting)
	}
	for _, name := range order {
		slots = append(slots, byName[name])
	}
	return slots, nil
}

// contradiction is the error of lists that no order agrees with. The generator refuses them; settings that others have written may have them.
func contradiction(functions []*Function, lists []int) error {
	text := ""
	for _, i := range lists {
		if text != "" {
			text += ", "
		}
		text += functions[i].Name + " (" + strings.Join(functions[i].named, ",") + ")"
	}
	return errors.New("no order of layers agrees with the lists of the functions " + text + ": put them in one order in all lists")
}

// layerOrder is the order of the layers of a unit whose functions list these, which is that of each list. Where there is none it returns the
// places of the lists that contradict each other. Package gen has the same for what it shows, as it imports nothing of the framework; a
// test there compares both.
func layerOrder(lists [][]string) (order []string, contradicting []int) {
	lists = slices.Clone(lists)
	for {
		next, first := "", -1
		for i, list := range lists {
			if len(list) == 0 {
				continue
			}
			if first < 0 {
				first = i
			}
			if behind(lists, list[0]) < 0 {
				next = list[0]
				break
			}
		}
		if next == "" {
			for i := first; i >= 0; i = behind(lists, lists[i][0]) { // round and round
				if at := slices.Index(contradicting, i); at >= 0 {
					return nil, contradicting[at:]
				}
				contradicting = append(contradicting, i)
			}
			return order, nil
		}
		order = append(order, next)
		for i, list := range lists {
			if len(list) > 0 && list[0] == next { // it is nowhere else
				lists[i] = list[1:]
			}
		}
	}
}

// behind is the place of the first list that has a name behind another one, -1 without any.
func behind(lists [][]string, name string) int {
	return slices.IndexFunc(lists, func(l []string) bool { return slices.Index(l, name) > 0 })
}

// of are the hooks of the layers that one function has.
func (t *hookTable) of(f *Function) *hookTable {
	if !slices.ContainsFunc(t.slots, func(s *layerSlot) bool { return s.named != "" && !slices.Contains(f.named, s.named) }) {
		return t
	}
	own := &hookTable{}
	for _, s := range t.slots {
		if s.layer == nil || s.named != "" && !slices.Contains(f.named, s.named) {
			continue
		}
		own.slots, own.layers = append(own.slots, s), append(own.layers, s)
		own.perInvoke = own.perInvoke || s.invokes()
	}
	return own
}

// wanted reports whether one of the functions that can be called has the layer.
func (s *layerSlot) wanted(components []*Component, functions []*Function) bool {
	if s.named != "" {
		return slices.ContainsFunc(functions, func(f *Function) bool { return slices.Contains(f.named, s.named) })
	}
	return slices.ContainsFunc(components, func(c *Component) bool { return c.Name == s.of })
}

// sameName reports two layers of one name, which no message could tell apart. Those of f.yml have names of their own there.
func (t *hookTable) sameName() (errs []error) {
	first := map[string]*layerSlot{}
	for _, s := range t.slots {
		if s.layer == nil {
			continue
		}
		if other := first[s.name]; other != nil && (other.named == "" || s.named == "") {
			errs = append(errs, fmt.Errorf("two layers have the name %s: %s and %s", s.name, other.kind(), s.kind()))
			continue
		}
		first[s.name] = s
	}
	return errs
}

// kind says where a layer comes from.
func (s *layerSlot) kind() string {
	switch {
	case s.named != "":
		return "layer " + s.named + " of f.yml"
	case s.of != "":
		return s.source.Name + " of " + s.of
	}
	return fmt.Sprintf("%T", s.layer)
}
