package inspect

import (
	"cmp"
	"encoding"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Graph is one application, or a part of it, as people look at it: its functions, what is made for them, and who needs
// what. [Application.Graph] makes it; [Graph.Unit], [Graph.Focus] and [Graph.Why] take parts out, which share their nodes with it.
type Graph struct {
	// Dir is the absolute folder of f.yml, Service its service.
	Dir, Service string
	// Units are in the order of the plan. A function may be in several.
	Units []GraphUnit
	// Nodes are sorted by kind and ID.
	Nodes []*Node
	// Edges are in the order of the nodes that they begin at, and then of the source.
	Edges []*Edge

	all    string      // the name that stands for all units
	groups []GraphUnit // of f.yml, sorted by name
}

// GraphUnit is what is deployed as one cloud function.
type GraphUnit struct {
	Name      string
	Functions []*Node
}

// NodeKind says what a node is.
type NodeKind string

// The kinds of nodes, in the order in which a graph has them.
const (
	FunctionNode      NodeKind = "function"
	MiddlewareNode    NodeKind = "middleware"
	GuardNode         NodeKind = "guard"
	AspectNode        NodeKind = "aspect"
	LayerNode         NodeKind = "layer"
	ConfigurationNode NodeKind = "configuration" // of the application
	ComponentNode     NodeKind = "component"     // that the configuration imports
	DecoratorNode     NodeKind = "decorator"     // stands before a provider that is injected as an interface, with aspects
	ProviderNode      NodeKind = "provider"
	CallNode          NodeKind = "call"    // the client of another function, which has its name
	GroupNode         NodeKind = "group"   // the members of a group as something is injected with them
	ConfigNode        NodeKind = "config"  // a key of the configuration
	BuiltinNode       NodeKind = "builtin" // what every unit has: the logger, the runtime
)

// Node is something that is needed, or a function, which needs.
type Node struct {
	Kind NodeKind
	// ID is unique in the application: function/order-create, provider/orderStore, config/order.maxItems, builtin/logger.
	ID string
	// Name is what it is called in messages: order-create, order.NewStore, order.maxItems, logger.
	Name string
	// Package is the import path of the declaration, which is at Pos.
	Package string
	Pos     token.Position

	// Handler is what a function, middleware or guard runs: order.Controller.Create. Triggers are what calls a function. A Task has
	// none: people or a pipeline run it.
	Handler  string
	Triggers []GraphTrigger
	Task     bool

	// Type is what a provider makes, or of what type a builtin or the slice of a group is; As are the interfaces that the provider names.
	Type string
	As   []string
	// ProvideID tells providers of one type apart, Scope is how long an instance lives.
	ProvideID string
	Scope     annotations.Scope
	// Lazy and Eager are as the directive says; Init and Destroy say which of these methods are called.
	Lazy, Eager, Init, Destroy bool
	// Async says that a call is not waited for; Timeout limits it, and Tries is how often it is sent at most, zero is the default.
	Async   bool
	Timeout time.Duration
	Tries   int
	// Unused says that no function needs it.
	Unused bool

	names [nameClasses][]string // what Find knows it by
}

// GraphTrigger is what calls a function.
type GraphTrigger struct {
	Kind string
	// Text is the route or the schedule, empty if there is nothing to say.
	Text string
	Pos  token.Position
}

// Edge says that From needs To.
type Edge struct {
	From *Node
	// To is nil when nothing provides what is optional.
	To *Node
	// Name is the field or parameter, Type what it requires and Pos where. A function's need of its receiver and of what
	// wraps it, the outermost first, has neither name nor type.
	Name, Type string
	Pos        token.Position
	// As is the interface that To is injected as, empty when it is required by its own type.
	As string
	// Call says that From calls To, which need not be in the same unit.
	Call bool
	// Lazy is an ioc.Lazy of Type.
	Lazy, Optional bool
	// Default is the value of a configuration key that is not configured, nil if there is none.
	Default *string
}

// drawing is a graph in the making.
type drawing struct {
	*Graph
	byID map[string]*Node
}

// Graph draws the graph of the application.
func (a *Application) Graph() *Graph {
	d := &drawing{Graph: &Graph{Dir: a.Dir, Service: a.Service, all: a.plan.All}, byID: map[string]*Node{}}
	m := a.graph.App
	used := map[*wiring.Node]bool{}
	for _, n := range a.graph.Reach(m.Functions) {
		used[n] = true
	}
	for _, n := range a.graph.Nodes {
		d.provider(n).Unused = !used[n]
	}
	for _, w := range m.Middleware {
		d.middleware(w).Unused = true
	}
	d.aspects(a.graph, used)
	for _, c := range m.Configurations {
		d.configuration(c).Unused = true
	}
	d.layered(a.graph)
	for _, f := range m.Functions {
		n := d.function(f)
		for _, w := range f.Middleware {
			around := d.middleware(w)
			around.Unused = false
			d.Edges = append(d.Edges, &Edge{From: n, To: around, Pos: f.Pos})
		}
		for _, w := range f.Aspects {
			d.Edges = append(d.Edges, &Edge{From: n, To: d.aspect(w, a.graph.Node(w.Provider)), Pos: f.Pos})
		}
		d.linked(a.graph, f)
		if p := a.graph.Node(f.Provider); p != nil {
			d.Edges = append(d.Edges, &Edge{From: n, To: d.provider(p), Pos: f.Pos})
		}
		if e := a.graph.Checks(f); e != nil {
			dep := *e.Dep
			dep.Pos = f.Rules.Pos
			d.edge(n, wiring.Edge{Dep: &dep, To: e.To, Bound: e.Bound})
		}
	}
	for _, w := range m.Middleware {
		if p := a.graph.Node(w.Provider); p != nil {
			d.Edges = append(d.Edges, &Edge{From: d.middleware(w), To: d.provider(p), Pos: w.Pos})
		}
	}
	for _, c := range m.Configurations {
		d.configured(a.graph, c)
	}
	for _, n := range a.graph.Nodes {
		if n.Decoration != nil {
			continue // which has its edges
		}
		for _, e := range n.Edges {
			d.edge(d.provider(n), e)
		}
	}
	d.called(a.graph)
	for _, u := range a.plan.Units {
		unit := GraphUnit{Name: u.Name}
		for _, f := range u.Functions {
			unit.Functions = append(unit.Functions, d.function(f))
		}
		d.Units = append(d.Units, unit)
	}
	for _, name := range slices.Sorted(maps.Keys(a.plan.Groups)) {
		group := GraphUnit{Name: name}
		for _, u := range d.Units {
			if slices.Contains(a.plan.Groups[name], u.Name) {
				group.Functions = append(group.Functions, u.Functions...)
			}
		}
		d.groups = append(d.groups, group)
	}
	d.sort()
	return d.Graph
}

// sort puts nodes and edges into their order, which depends on no order of the wiring.
func (d *drawing) sort() {
	rank := map[NodeKind]int{FunctionNode: 0, MiddlewareNode: 1, GuardNode: 2, AspectNode: 3, LayerNode: 4, ConfigurationNode: 5, ComponentNode: 6, DecoratorNode: 7,
		ProviderNode: 8, CallNode: 9, GroupNode: 10, ConfigNode: 11, BuiltinNode: 12}
	slices.SortFunc(d.Nodes, func(a, b *Node) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(a.ID, b.ID))
	})
	at := make(map[*Node]int, len(d.Nodes))
	for i, n := range d.Nodes {
		at[n] = i
	}
	slices.SortStableFunc(d.Edges, func(a, b *Edge) int { return cmp.Compare(at[a.From], at[b.From]) })
}

// node returns the node of a kind and key, which is added when it is new.
func (d *drawing) node(kind NodeKind, key string) (n *Node, added bool) {
	id := string(kind) + "/" + key
	if n := d.byID[id]; n != nil {
		return n, false
	}
	n = &Node{Kind: kind, ID: id, Name: key}
	n.alias(byID, id)
	d.byID[id] = n
	d.Nodes = append(d.Nodes, n)
	return n, true
}

func (d *drawing) function(f *model.Function) *Node {
	n, added := d.node(FunctionNode, f.Name)
	if !added {
		return n
	}
	n.Package, n.Pos, n.Task = f.Object.Pkg().Path(), f.Pos, f.Task
	n.Handler = f.Object.Pkg().Name() + "." + f.Object.Name()
	if f.Kind == model.Method && f.Provider != nil {
		n.Handler = f.Provider.Name() + "." + f.Object.Name()
	}
	for _, t := range f.Triggers {
		n.Triggers = append(n.Triggers, GraphTrigger{Kind: t.Kind, Text: triggerText(t), Pos: t.Pos})
	}
	n.alias(byFunction, f.Name)
	n.alias(byHandler, n.Handler)
	return n
}

func (d *drawing) middleware(m *model.Middleware) *Node {
	n, added := d.node(NodeKind(m.Kind()), m.Name)
	if added {
		n.Package, n.Pos = m.Object.Pkg().Path(), m.Pos
		n.Handler = m.Object.Pkg().Name() + "." + m.Object.Name()
		n.alias(byMiddleware, m.Name)
		n.alias(byHandler, n.Handler)
	}
	return n
}

// triggerText is a route or schedule in the words of its directive.
func triggerText(t model.Trigger) string {
	var words []string
	if marker := annotations.HTTPOf(t.Marker); marker != nil {
		var methods []string
		for _, r := range t.Routes {
			methods = append(methods, cmp.Or(r.Method, "ANY"))
		}
		path := marker.Path
		if len(t.Routes) > 0 {
			path = t.Routes[0].Pattern
		}
		words = append(words, strings.Join(methods, ","), path)
		if marker.Host != "" {
			words = append(words, "host="+marker.Host)
		}
		if marker.Status != nil {
			words = append(words, "status="+marker.Status.String())
		}
		return strings.Join(words, " ")
	}
	switch marker := t.Marker.(type) {
	case *annotations.Timer:
		switch {
		case marker.Cron != "":
			words = append(words, "cron="+strconv.Quote(marker.Cron))
		case marker.Every != 0:
			words = append(words, "every="+marker.Every.String())
		}
		if marker.Timezone != "" {
			words = append(words, "timezone="+marker.Timezone)
		}
		if marker.Disabled {
			words = append(words, "disabled")
		}
	default:
		words = arguments(marker)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// arguments are those that a marker was given, as its directive writes them, without the trigger's own name.
func arguments(marker any) []string {
	v := reflect.ValueOf(marker)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	var words []string
	for _, f := range annotations.Fields(v.Elem().Type()) {
		value := v.Elem().FieldByIndex(f.Index)
		if value.IsZero() || f.Name == "name" {
			continue
		}
		text := fmt.Sprint(value.Interface())
		if m, ok := value.Interface().(encoding.TextMarshaler); ok {
			if b, err := m.MarshalText(); err == nil {
				text = string(b)
			}
		}
		if strings.ContainsAny(text, " \t\"") {
			text = strconv.Quote(text)
		}
		words = append(words, f.Name+"="+text)
	}
	return words
}

// group is the slice of a group's members.
func (d *drawing) group(w *wiring.Node) *Node {
	p := w.Provider
	n, added := d.node(GroupNode, w.Ident)
	if added {
		n.Name, n.Pos, n.Type = p.Object.Name(), p.Pos, model.TypeString(p.Out)
		n.alias(byProvider, p.Name(), w.Ident)
		n.alias(byWord, p.Object.Name())
		n.knowType(p.Out)
	}
	return n
}

func (d *drawing) provider(w *wiring.Node) *Node {
	switch {
	case w.Provider.Kind == model.Group:
		return d.group(w)
	case w.Decoration != nil:
		return d.decorator(w)
	case w.Provider.Kind == model.Caller:
		return d.call(w)
	}
	n, added := d.node(ProviderNode, w.Ident)
	if !added {
		return n
	}
	p := w.Provider
	n.Name, n.Package, n.Pos = p.Name(), p.Object.Pkg().Path(), p.Pos
	n.Type, n.ProvideID, n.Scope = model.TypeString(p.Out), p.ID, p.Scope
	n.Lazy, n.Eager, n.Init, n.Destroy = p.Lazy, p.Eager, p.Init, p.Destroy
	n.alias(byProvider, n.Name, p.Object.Pkg().Name()+"."+p.Object.Name(), n.Package+"."+p.Object.Name(), w.Ident)
	if p.Variant != "" {
		n.Name += " for " + p.Variant // with its configuration
	}
	n.alias(byWord, p.Object.Name(), p.ID)
	n.knowType(p.Out)
	for _, t := range p.As {
		n.As = append(n.As, model.TypeString(t))
		n.knowType(t)
	}
	return n
}

func (d *drawing) edge(from *Node, w wiring.Edge) {
	dep := w.Dep
	e := &Edge{
		From: from, Name: dep.Field(), Type: model.TypeString(dep.Type), Pos: dep.Pos,
		Lazy: dep.Lazy, Optional: dep.Optional,
	}
	switch dep.Kind {
	case model.FromConfig:
		e.To, _ = d.node(ConfigNode, dep.Key)
		e.To.alias(byConfig, dep.Key)
		e.Default = dep.Default
	case model.FromBuiltin:
		e.To, _ = d.node(BuiltinNode, string(dep.Builtin))
		e.To.Type = e.Type
		e.To.alias(byBuiltin, string(dep.Builtin))
		e.To.knowType(dep.Type)
	default:
		if w.To != nil {
			e.To = d.provider(w.To)
		}
		if from.Kind == GroupNode {
			e.Type = "" // a member is not required by a type
		}
		if w.To != nil && w.To.Decoration != nil {
			e.As = model.TypeString(w.To.Provider.Out)
		}
		if w.Bound != nil && w.To != nil {
			e.As = model.TypeString(w.Bound)
			e.To.knowType(w.Bound)
		}
	}
	d.Edges = append(d.Edges, e)
}

// knowType lets a node be found by a type, as messages show it and with its import path, with or without a star, and by
// the type's name alone.
func (n *Node) knowType(t types.Type) {
	for _, name := range []string{model.TypeString(t), types.TypeString(t, nil)} {
		n.alias(byType, name, strings.TrimPrefix(name, "*"))
	}
	if obj := model.TypeName(t); obj != nil {
		n.alias(byWord, obj.Name())
	}
}
