package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// needer is what some functions need before they are called: all that have the same receiver and the same chain.
type needer struct {
	method     string // of container
	of         string // for a comment
	checks     []*wiring.Node
	callees    []*wiring.Node
	warm       []warming
	components []int    // indices of parts
	layers     []string // calls of methods that return the layers of f.yml
	stop       bool
}

func (n *needer) check(node *wiring.Node) {
	if !slices.Contains(n.checks, node) {
		n.checks = append(n.checks, node)
	}
}

// warming is a singleton to build when a unit starts.
type warming struct {
	slot  *slot
	eager bool
}

// part is a component of the application, or the application itself.
type part struct {
	configuration *model.Configuration // nil for an application with layers alone
	layers        []int                // indices of the layers
	method        string
}

// findNeeds finds out what each function needs.
func (w *writer) findNeeds() {
	w.needs = map[*model.Function]string{}
	known := map[string]string{}
	parts := w.parts()
	for _, f := range w.functions {
		n := w.need(f, parts)
		if n.checks == nil && n.callees == nil && n.warm == nil && n.components == nil && n.layers == nil && !n.stop {
			continue
		}
		key := fmt.Sprint(n.checks, n.callees, n.warm, n.components, n.layers, n.stop)
		if known[key] == "" {
			name := w.handlers[f]
			if p := f.Provider; p != nil {
				name = w.nodes[p].Ident
				n.of = "the functions of " + strings.TrimPrefix(w.describe(p.Out), "*") + " need"
				if f.Kind == model.HTTPHandler {
					n.of = "function " + f.Name + " needs"
				}
			} else {
				n.of = "function " + f.Name + " needs"
			}
			n.method = w.fields.take("needs" + model.Title(name))
			known[key] = n.method
			w.needers = append(w.needers, n)
		}
		w.needs[f] = known[key]
	}
}

// roots are the nodes that a function takes itself: what has the handler, what stands before it, what checks its input.
func (w *writer) roots(f *model.Function) []wiring.Edge {
	var roots []wiring.Edge
	add := func(e wiring.Edge) {
		if e.To != nil && !slices.ContainsFunc(roots, func(o wiring.Edge) bool { return o.To == e.To }) {
			roots = append(roots, e)
		}
	}
	add(wiring.Edge{To: w.nodes[f.Provider]})
	for _, m := range f.Middleware {
		add(wiring.Edge{To: w.nodes[m.Provider]})
	}
	for _, a := range f.Aspects {
		add(wiring.Edge{To: w.nodes[a.Provider]})
	}
	if e := w.graph.Checks(f); e != nil {
		add(*e)
	}
	return roots
}

func (w *writer) need(f *model.Function, parts []part) needer {
	var n needer
	only := []*model.Function{f}
	roots := w.roots(f)
	for _, e := range roots {
		if w.reads[e.To] {
			n.check(w.checked(e.To))
		}
	}
	linked, layers := w.graph.Linked(only), w.graph.Layers(only)
	var healths []*wiring.Node // for a health check alone, which could only fail of it
	for i, p := range parts {
		c := p.configuration
		uses := c != nil && slices.Contains(linked, c)
		for _, l := range p.layers {
			uses = uses || slices.Contains(layers, w.layers[l])
			if node := w.nodes[w.layers[l].Provider]; slices.Contains(layers, w.layers[l]) && node != nil && w.reads[node] {
				n.check(w.checked(node))
			}
		}
		if !uses {
			continue
		}
		n.components = append(n.components, i)
		if c != nil && c.Active() && w.reads[w.nodes[c.Provider]] {
			if node := w.checked(w.nodes[c.Provider]); c.Listens() {
				n.check(node)
			} else {
				healths = append(healths, node)
			}
		}
	}
	// What the function reads anyway is left to it, since it does not where an override stands in for what would.
	read := readers(n.checks)
	for _, node := range healths {
		if slices.ContainsFunc(readers([]*wiring.Node{node}), func(r *wiring.Node) bool { return !slices.Contains(read, r) }) {
			n.check(node)
		}
	}
	for i, l := range f.Layers {
		n.layers = append(n.layers, fmt.Sprintf("c.%s(%t)", w.layerMethods[l], i < f.ActiveLayers))
	}
	reach := w.graph.Reach(only)
	for _, node := range reach {
		if calls(node) {
			n.callees = append(n.callees, node)
		}
	}
	n.stop = slices.ContainsFunc(reach, singleton)
	n.warm = w.warming(roots, w.graph.Reach([]*model.Function{f.Having(nil)})) // not what is there for layers that may be off
	return n
}

// warming lists what is built at cold start, in dependency order: what nothing else of it builds. What only an ioc.Lazy leads to is
// not among them, unless it says so itself.
func (w *writer) warming(roots []wiring.Edge, reach []*wiring.Node) []warming {
	direct := map[*wiring.Node]bool{}
	var mark func(n *wiring.Node, set map[*wiring.Node]bool)
	mark = func(n *wiring.Node, set map[*wiring.Node]bool) {
		for _, e := range n.Edges {
			if e.To != nil && !e.Dep.Lazy && !set[e.To] {
				set[e.To] = true
				mark(e.To, set)
			}
		}
	}
	for _, e := range roots {
		if !direct[e.To] {
			direct[e.To] = true
			mark(e.To, direct)
		}
	}
	var list []*wiring.Node
	for _, n := range reach {
		if singleton(n) && !calls(n) && !n.Provider.Lazy && !w.apart(n) && (n.Provider.Eager || direct[n]) {
			list = append(list, n)
		}
	}
	below := map[*wiring.Node]bool{}
	for _, n := range list {
		mark(n, below)
	}
	var warm []warming
	for _, n := range list {
		if below[n] && !n.Provider.Eager {
			continue
		}
		for _, s := range w.slotsOf[n] {
			if s.requested || s.primary && s.own() && len(w.slotsOf[n]) == 1 {
				warm = append(warm, warming{s, n.Provider.Eager})
			}
		}
	}
	return warm
}

// apart reports whether a node is a configuration or a layer, which the engine has built at a time of its own, and which nothing
// else takes.
func (w *writer) apart(n *wiring.Node) bool {
	if slices.ContainsFunc(w.slotsOf[n], func(s *slot) bool { return s.injected }) {
		return false
	}
	return slices.ContainsFunc(w.linked, func(c *model.Configuration) bool { return c.Provider == n.Provider }) ||
		slices.ContainsFunc(w.layers, func(l *model.Layer) bool { return l.Provider == n.Provider })
}

// parts are the components that have something to do, each before who imports it, and last the application.
func (w *writer) parts() []part {
	var parts []part
	layersOf := func(namespace string) (list []int) {
		for i, l := range w.layers {
			if l.Namespace == namespace && l.Instance == "" {
				list = append(list, i)
			}
		}
		return list
	}
	apart := true // the application's layers, which every unit has
	for _, c := range w.linked {
		if c.Namespace == "" && !w.everywhere(c) {
			if c.Active() {
				parts = append(parts, part{configuration: c})
			}
			continue
		}
		apart = apart && c.Namespace != ""
		if layers := layersOf(c.Namespace); c.Active() || layers != nil {
			parts = append(parts, part{configuration: c, layers: layers})
		}
	}
	if layers := layersOf(""); apart && layers != nil {
		parts = append(parts, part{layers: layers})
	}
	if w.partMethods == nil {
		w.partMethods = map[int]string{}
	}
	for i, p := range parts {
		if w.partMethods[i] == "" {
			name := "component"
			if p.configuration != nil {
				name += model.Title(camel(or(p.configuration.Namespace, "application")))
			}
			w.partMethods[i] = w.fields.take(name)
		}
		parts[i].method = w.partMethods[i]
	}
	return parts
}

// everywhere reports whether the units of all functions have a configuration.
func (w *writer) everywhere(c *model.Configuration) bool {
	return !slices.ContainsFunc(w.functions, func(f *model.Function) bool { return !slices.Contains(w.graph.Linked([]*model.Function{f}), c) })
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// writeNeeds writes the methods that say what functions need.
func (w *writer) writeNeeds(f *file) {
	parts := w.parts()
	for _, n := range w.needers {
		f.comment(n.method+" is what "+n.of+".", "")
		f.p("func (c *container) %s() %s {", n.method, symNeeds)
		var fields []string
		check := ""
		if n.checks != nil {
			args := []string{"c", "c.settings"}
			for _, node := range n.checks {
				args = append(args, checkName(node))
			}
			check = f.s("%s(%s)", symCheckConfig, strings.Join(args, ", "))
		}
		if n.callees != nil {
			check = w.checkCalls(f, n.callees, or(check, "nil"))
		}
		if check != "" {
			fields = append(fields, "Check: "+check)
		}
		if n.warm != nil {
			args := []string{"c"}
			for _, x := range n.warm {
				need := symNeed
				if x.eager {
					need = symEager
				}
				args = append(args, f.s("%s(&c.%s, %s)", need, x.slot.field, getterName(x.slot)))
			}
			fields = append(fields, f.s("Warm: %s(%s)", symWarm, strings.Join(args, ", ")))
		}
		if n.stop {
			fields = append(fields, "Stop: c.Close")
		}
		if n.components != nil {
			var list []string
			for _, i := range n.components {
				list = append(list, "c."+parts[i].method+"()")
			}
			fields = append(fields, f.s("Components: []*%s{%s}", symComponent, strings.Join(list, ", ")))
		}
		if n.layers != nil {
			fields = append(fields, f.s("Named: %s{%s}", symNamedLayers, strings.Join(n.layers, ", ")))
		}
		if line := f.s("return %s{%s}", symNeeds, strings.Join(fields, ", ")); len(line) < 160 {
			f.p("%s", line)
		} else {
			f.p("return %s{", symNeeds)
			for _, field := range fields {
				f.p("%s,", field)
			}
			f.p("}")
		}
		f.p("}")
		f.p("")
	}
	for i, p := range parts {
		w.writePart(f, i, p)
	}
	w.writeLayers(f)
}

// writePart writes the method that describes a component.
func (w *writer) writePart(f *file, order int, p part) {
	name, words := "the application", "the application"
	c := p.configuration
	if c != nil {
		name, words = c.Provider.Name(), c.Name()
	}
	f.comment(p.method+" is what "+words+" adds to a unit.", "")
	f.p("func (c *container) %s() *%s {", p.method, symComponent)
	f.p("return &%s{Name: %q, Order: %d,", symComponent, name, order)
	if c != nil && c.Active() {
		s := w.primary(w.nodes[c.Provider])
		method := func(has bool, name string) string {
			if !has {
				return "nil"
			}
			return f.method(c.Provider.Out, name)
		}
		if c.Listens() {
			f.p("Ready: %s(c, &c.%s, %s, %s, %s),", symReady, s.field, getterName(s), method(c.Ready, "OnReady"), method(c.Stop, "OnStop"))
		}
		if c.Health {
			f.p("Health: %s(c, &c.%s, %s, %s),", symHealth, s.field, getterName(s), method(true, "OnHealthCheck"))
		}
	}
	if p.layers != nil {
		f.p("Layers: %s{", symComponentLayers)
		for _, i := range p.layers {
			l := w.layers[i]
			if l.Provider != nil {
				f.p("{Name: %q, Order: %d, Build: %s(c, %s)},", l.Name(), i, symAdaptedLayer, getterName(w.primary(w.nodes[l.Provider])))
				continue
			}
			f.p("{Name: %q, Order: %d, Make: %s},", l.Name(), i, f.makeLayer(l))
		}
		f.p("},")
	}
	f.p("}")
	f.p("}")
	f.p("")
}

// makeLayer is the function that makes a layer which needs nothing.
func (f *file) makeLayer(l *model.Layer) string {
	if isFunc(l.Object) {
		if l.Err {
			if layerResult(l.Object) {
				return f.s("%s", l.Object)
			}
			return f.s("func() (%s, error) { return %s() }", symLayer, l.Object)
		}
		return f.s("func() (%s, error) { return %s(), nil }", symLayer, l.Object)
	}
	return f.s("func() (%s, error) { return &%s{}, nil }", symLayer, l.Object)
}
