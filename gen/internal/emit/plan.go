package emit

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// An injector builds one thing out of what the container's getters return: a singleton, or what lives for one call. Wire finds its
// way by types alone, so that no two things in one injector may have the same. Where they do, one of them gets a type of its
// own, and what takes it a provider function that knows.

// mode says in whose name an injector builds.
type mode int

const (
	inBuild   mode = iota // of the container: c, b
	inRequest             // of one invocation: c, b, ctx
	inCall                // of an invocation whose values are shared: k
)

// perCall reports whether what is built lives for one invocation.
func (m mode) perCall() bool { return m != inBuild }

// made is a node as it is made in one mode. Those of an invocation are the same for both kinds of invocation.
type made struct {
	node    *wiring.Node
	perCall bool
}

// place is a dependency of a node.
type place struct {
	node  *wiring.Node
	index int
}

// planner is what planning has found out.
type planner struct {
	injectors []*injector.Injector
	// forced are the nodes that need a provider function because of what they are injected with.
	forced map[made]bool
	// slotTags and placeTags are the types of their own.
	slotTags  map[*slot]*types.Named
	placeTags map[place]*types.Named
	// provided are the provider functions, in order, and providers by name; so are those that hand on what a tag stands for.
	provided  []*provided
	providers map[string]bool
	// direct are the singletons that their provider function builds, without an injector.
	direct map[*slot]bool
	// takes are the nodes that something takes by a function of its own, and needed their injectors.
	takes []taken
	// cleaning are the injectors that return a clean-up function.
	cleaning map[string]bool
	// ends are the functions that take a node and return its clean-up function; what has none makes no call pay for one.
	ends    map[string]bool
	decided bool

	container, build, call, context types.Type
}

// taken is a node that has an instance for each use, or lives for one invocation, and can be replaced: so that nothing is built
// for one that is, a function looks first, and has the rest made by an injector.
type taken struct {
	node *wiring.Node
	mode mode
}

// provided is a provider function: it makes a node, or hands on a slot's value as a type of its own or as an interface.
type provided struct {
	name    string
	node    *wiring.Node
	perCall bool
	params  []param
	tag     *types.Named // that it returns, nil for the slot's own type
	slot    *slot        // that it returns, for those that hand on
	hands   bool
	takes   bool // a slot that is taken, in a mode
	mode    mode
}

// param is one dependency of a provider function.
type param struct {
	typ  types.Type // as Wire sees it
	edge wiring.Edge
	slot *slot
	// indices are those of the edges that take it.
	indices []int
}

func (w *writer) plan() {
	w.ends = map[string]bool{}
	w.forced, w.slotTags, w.placeTags = map[made]bool{}, map[*slot]*types.Named{}, map[place]*types.Named{}
	w.container, w.call = w.named("container"), w.named("call")
	w.build = types.NewPointer(types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage(pathIoc, "ioc"), "Build", nil), types.NewStruct(nil, nil), nil))
	w.context = w.contextType()
	for w.decided = true; w.decided; {
		w.decided = false
		w.injectors, w.provided, w.providers = nil, nil, map[string]bool{}
		w.direct, w.cleaning, w.takes = map[*slot]bool{}, map[string]bool{}, nil
		w.planAll()
		for _, t := range w.takes {
			if name := takeName(t.node, t.mode); t.mode.perCall() && w.cleaning[injectorName(w.primary(t.node), t.mode)] && !w.ends[name] {
				w.ends[name], w.decided = true, true
			}
		}
	}
}

// named is a type of the package, a pointer to it.
func (w *writer) named(name string) types.Type {
	o := types.NewTypeName(token.NoPos, w.types, name, nil)
	t := types.NewNamed(o, types.NewStruct(nil, nil), nil)
	w.types.Scope().Insert(o)
	return types.NewPointer(t)
}

// contextType is *framework.Context as the user's code has it, if that mentions it.
func (w *writer) contextType() types.Type {
	for _, n := range w.reach {
		for _, d := range n.Provider.Deps {
			if d.Kind == model.FromBuiltin && d.Builtin == model.RequestContext {
				return d.Type
			}
		}
	}
	return types.NewPointer(types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage(module, "framework"), "Context", nil), types.NewStruct(nil, nil), nil))
}

func (w *writer) planAll() {
	locals, calls := w.callRoots()
	planned := map[string]bool{}
	plan := func(s *slot, m mode) {
		if name := injectorName(s, m); !planned[name] {
			planned[name] = true
			w.inject(s, m)
		}
	}
	for _, n := range w.reach {
		for _, s := range w.slotsOf[n] {
			if s.field != "" && singleton(n) {
				plan(s, inBuild)
			}
			if locals[n] && s.primary {
				plan(s, inRequest)
			}
			if calls[n] && s.primary {
				plan(s, inCall)
			}
		}
		for _, e := range n.Edges {
			if e.To != nil && e.Dep.Lazy && !singleton(e.To) {
				w.take(e.To, inBuild)
			}
		}
	}
	for i := 0; i < len(w.takes); i++ {
		plan(w.primary(w.takes[i].node), w.takes[i].mode)
	}
}

// take remembers that a node is taken in a mode.
func (w *writer) take(n *wiring.Node, m mode) {
	if t := (taken{n, m}); !slices.Contains(w.takes, t) {
		w.takes = append(w.takes, t)
	}
}

// takeName is the function that looks for a replacement and has the node made otherwise.
func takeName(n *wiring.Node, m mode) string {
	return "take" + model.Title(n.Ident) + [...]string{"", "ForCall", "InCall"}[m]
}

// isTaken reports whether a node is taken by a function of its own: only then nothing is built for its replacement.
func (w *writer) isTaken(n *wiring.Node) bool {
	return w.replaceable(n) && needsNodes(n)
}

// needsNodes reports whether others have to be made for a node.
func needsNodes(n *wiring.Node) bool {
	return slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool { return e.To != nil && !e.Dep.Lazy })
}

// replaceable reports whether what a node is built as can be replaced in a test.
func (w *writer) replaceable(n *wiring.Node) bool { return w.primary(n).injected }

// injectorName is the function that builds a slot.
func injectorName(s *slot, m mode) string {
	switch {
	case m == inCall:
		return "make" + model.Title(s.ident)
	case m == inRequest && prototype(s.node):
		return "new" + model.Title(s.ident) + "ForCall"
	}
	return "new" + model.Title(s.ident)
}

func getterName(s *slot) string { return "get" + model.Title(s.ident) }

// inject plans the injector of a slot.
func (w *writer) inject(s *slot, m mode) {
	b := &injection{writer: w, mode: m, in: &injector.Injector{Name: injectorName(s, m), Out: s.typ, Err: true}, types: map[string]types.Type{}}
	if m == inCall {
		b.in.Params = []*types.Var{types.NewVar(token.NoPos, w.types, "k", w.call)}
	} else {
		b.in.Params = []*types.Var{types.NewVar(token.NoPos, w.types, "c", w.container), types.NewVar(token.NoPos, w.types, "b", w.build)}
		b.types["c"], b.types["b"] = w.container, w.build
		if m == inRequest {
			b.in.Params = append(b.in.Params, types.NewVar(token.NoPos, w.types, "ctx", w.context))
			b.types["ctx"] = w.context
		}
	}
	if s.primary {
		out := b.instance(s.node, "root", nil)
		if w.direct[s] {
			return
		}
		if !types.Identical(out, s.typ) {
			b.in.Bindings = append(b.in.Bindings, injector.Binding{Interface: s.typ, Concrete: out})
		}
	} else {
		p := w.primary(s.node)
		b.in.Providers = append(b.in.Providers, &injector.Provider{Name: getterName(p), Params: []types.Type{w.container, w.build}, Out: p.typ, Err: true})
		b.in.Bindings = append(b.in.Bindings, injector.Binding{Interface: s.typ, Concrete: p.typ})
	}
	b.in.Providers = append(b.in.Providers, b.later...)
	w.cleaning[b.in.Name] = b.in.Cleanup
	w.injectors = append(w.injectors, b.in)
}

// what is built, for comments.
func (w *writer) what(n *wiring.Node, t types.Type) string {
	switch {
	case n.Provider.Kind == model.Group:
		return "the list of " + n.Provider.Name()
	case n.Decoration != nil:
		return w.article(t) + " with aspects around it"
	case calls(n):
		return "a client of function " + n.Provider.Call.Name
	}
	return w.article(t)
}

// adapted reports whether a node needs a provider function of the package: something about it is not what Wire can do.
func (w *writer) adapted(n *wiring.Node, m mode) bool {
	p := n.Provider
	if p.Kind == model.Group || calls(n) || n.Decoration != nil || len(p.Args) > 0 || p.Cleanup || w.forced[made{n, m.perCall()}] {
		return true
	}
	if !singleton(n) && (p.Init || p.Destroy || slices.ContainsFunc(w.slotsOf[n], func(s *slot) bool { return s.injected })) {
		return true
	}
	if f, ok := p.Object.(*types.Func); ok && f.Signature().Variadic() {
		return true
	}
	var seen []types.Type
	for i, e := range n.Edges {
		switch {
		case e.Dep.Lazy, e.Dep.Embedded != nil:
			return true
		case e.To == nil && e.Dep.Kind == model.FromProvider:
			if p.Kind == model.Constructor {
				return true // it takes a zero value
			}
			continue
		case e.To != nil && (!types.Identical(asType(e), e.Dep.Type) || w.slotTags[w.slot(e)] != nil || w.slotTags[w.primary(e.To)] != nil || w.placeTags[place{n, i}] != nil):
			return true
		}
		if slices.ContainsFunc(seen, func(t types.Type) bool { return types.Identical(t, e.Dep.Type) }) {
			return true
		}
		seen = append(seen, e.Dep.Type)
	}
	return p.Kind == model.Struct && !isStructPointer(p.Out)
}

func isStructPointer(t types.Type) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	_, ok = p.Elem().(*types.Named)
	return ok
}

// looks reports whether the provider function of a node looks for a replacement.
func (w *writer) looks(n *wiring.Node) bool {
	return !singleton(n) && w.replaceable(n) && !w.isTaken(n)
}

// parameters says which of the first parameters a provider function has: c, and b or ctx.
func (w *writer) parameters(n *wiring.Node, m mode) (unit, scope bool) {
	p := n.Provider
	scope = !singleton(n) && (p.Init || p.Destroy || p.Cleanup)
	unit = w.looks(n) || calls(n)
	for _, e := range n.Edges {
		if e.To != nil && e.Dep.Lazy {
			unit, scope = true, scope || m == inBuild
			continue
		}
		unit = unit || readsConfig(e)
		if e.Dep.Kind == model.FromBuiltin {
			switch e.Dep.Builtin {
			case model.Logger:
				unit, scope = unit || m == inBuild, scope || m != inBuild
			case model.Runtime, model.Clock:
				unit = true
			case model.RequestContext, model.InitContext:
				scope = true
			}
		}
	}
	return unit, scope
}

// cleans and fails say which further results a provider function has. In a build the chain keeps what ends a prototype.
func (w *writer) cleans(n *wiring.Node, m mode) bool {
	if m == inBuild {
		return singleton(n) && n.Provider.Cleanup
	}
	return n.Provider.Cleanup || n.Provider.Destroy || n.Provider.Init
}

func (w *writer) fails(n *wiring.Node, m mode) bool {
	p := n.Provider
	if p.Err || p.Cleanup || !singleton(n) && (p.Init || p.Destroy) {
		return true
	}
	return slices.ContainsFunc(n.Edges, readsConfig)
}

func readsConfig(e wiring.Edge) bool {
	return e.Dep.Kind == model.FromConfig || e.Dep.Kind == model.FromBuiltin && e.Dep.Builtin == model.ConfigValues
}
