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
	decided  bool

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
	w.forced, w.slotTags, w.placeTags = map[made]bool{}, map[*slot]*types.Named{}, map[place]*types.Named{}
	w.container, w.call = w.named("container"), w.named("call")
	w.build = types.NewPointer(types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage(pathIoc, "ioc"), "Build", nil), types.NewStruct(nil, nil), nil))
	w.context = w.contextType()
	for w.decided = true; w.decided; {
		w.decided = false
		w.injectors, w.provided, w.providers = nil, nil, map[string]bool{}
		w.direct, w.cleaning, w.takes = map[*slot]bool{}, map[string]bool{}, nil
		w.planAll()
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
	return "take" + title(n.Ident) + [...]string{"", "ForCall", "InCall"}[m]
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
		return "make" + title(s.ident)
	case m == inRequest && prototype(s.node):
		return "new" + title(s.ident) + "ForCall"
	}
	return "new" + title(s.ident)
}

func getterName(s *slot) string { return "get" + title(s.ident) }

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
	b.in.Doc = []string{"// " + b.in.Name + " builds " + w.what(s.node, s.typ) + "."}
	w.injectors = append(w.injectors, b.in)
}

// what is built, for comments.
func (w *writer) what(n *wiring.Node, t types.Type) string {
	switch {
	case n.Provider.Kind == model.Group:
		return "the list of " + n.Provider.Name()
	case n.Decoration != nil:
		return w.article(t) + " with aspects around it"
	}
	return w.article(t)
}

// injection is one injector in the making.
type injection struct {
	*writer
	mode  mode
	in    *injector.Injector
	later []*injector.Provider  // that come after those which they need
	types map[string]types.Type // by key of what has it
}

// decide remembers something that makes all be planned again.
func (w *writer) decide() { w.decided = true }

// claim gives a type to a key. It returns false when another has it.
func (b *injection) claim(key string, t types.Type) bool {
	for other, has := range b.types {
		if other != key && types.Identical(has, t) {
			return false
		}
	}
	b.types[key] = t
	return true
}

func (b *injection) has(key string) bool {
	_, ok := b.types[key]
	return ok
}

// getter takes a slot of a singleton, or of the call, and returns its type for Wire.
func (b *injection) getter(s *slot) types.Type {
	key := "slot " + s.ident
	t := b.slotType(s)
	if b.has(key) {
		return t
	}
	if !b.claim(key, t) {
		b.tagSlot(s)
		return t
	}
	p := &injector.Provider{Name: getterName(s), Params: []types.Type{b.container, b.build}, Out: t, Err: true}
	if !singleton(s.node) {
		p.Name, p.Params = "call"+title(s.ident), []types.Type{b.call}
	} else {
		b.argument("c")
		b.argument("b")
	}
	if tag := b.slotTags[s]; tag != nil {
		p.Name = "provide" + title(tag.Obj().Name()[len("named"):])
		b.hand(&provided{name: p.Name, node: s.node, perCall: !singleton(s.node), tag: tag, slot: s, hands: true})
	}
	b.in.Providers = append(b.in.Providers, p)
	return t
}

// slotType is the type that Wire knows a slot by.
func (w *writer) slotType(s *slot) types.Type {
	if tag := w.slotTags[s]; tag != nil {
		return tag
	}
	return s.typ
}

func (w *writer) tagSlot(s *slot) {
	if w.slotTags[s] == nil {
		w.slotTags[s] = w.tag("named"+title(s.ident), s.typ)
		w.decide()
	}
}

// tag declares a type that tells one value of a type from others.
func (w *writer) tag(name string, t types.Type) *types.Named {
	o := types.NewTypeName(token.NoPos, w.types, w.declared.take(name), nil)
	n := types.NewNamed(o, t.Underlying(), nil)
	w.types.Scope().Insert(o)
	return n
}

// hand remembers a provider function, once.
func (w *writer) hand(p *provided) {
	if !w.providers[p.name] {
		w.providers[p.name] = true
		w.provided = append(w.provided, p)
	}
}

// argument makes one of c, b and ctx available.
func (b *injection) argument(name string) types.Type {
	t := map[string]types.Type{"c": b.container, "b": b.build, "ctx": b.context}[name]
	if b.has(name) {
		return t
	}
	b.claim(name, t)
	field := name
	if name == "c" {
		field = "container"
	}
	b.in.Providers = append(b.in.Providers, &injector.Provider{Field: field, Params: []types.Type{b.call}, Out: t})
	return t
}

// instance makes a node within the injector and returns the type that Wire knows it by. The key tells instances apart; tag is the
// type of its own, nil for none.
func (b *injection) instance(n *wiring.Node, key string, tag *types.Named) types.Type {
	s := b.primary(n)
	out := s.typ
	adapted := b.adapted(n, b.mode)
	if !adapted {
		out = n.Provider.Out
	}
	if tag != nil {
		out = tag
	}
	b.claim(key, out)
	if b.mode != inCall && key == "root" {
		if _, isStruct := out.(*types.Pointer); isStruct && !adapted && n.Provider.Kind == model.Struct {
			b.types[key+" value"] = out.(*types.Pointer).Elem() // which Wire provides as well
		}
	}
	if !adapted {
		b.plain(n, key)
		return out
	}
	p := &provided{node: n, perCall: b.mode.perCall(), tag: tag}
	call := &injector.Provider{Out: out}
	unit, scope := b.parameters(n, b.mode)
	for i, e := range n.Edges {
		if e.To == nil || e.Dep.Lazy {
			continue
		}
		t, d := b.dependency(n, i, key)
		again := slices.IndexFunc(p.params, func(q param) bool { return q.slot == d && types.Identical(q.typ, t) && !prototype(e.To) })
		if again >= 0 {
			p.params[again].indices = append(p.params[again].indices, i)
			continue
		}
		p.params = append(p.params, param{typ: t, edge: e, slot: d, indices: []int{i}})
	}
	if key == "root" && b.mode == inBuild && len(p.params) == 0 {
		p.name = b.in.Name // nothing would be left to solve
		b.direct[s] = true
		b.cleaning[p.name] = n.Provider.Cleanup
		b.hand(p)
		return out
	}
	p.name = b.providerName(n, tag)
	if unit {
		call.Params = append(call.Params, b.argument("c"))
	}
	if scope {
		call.Params = append(call.Params, b.argument(map[bool]string{true: "ctx", false: "b"}[b.mode.perCall()]))
	}
	for _, q := range p.params {
		call.Params = append(call.Params, q.typ)
	}
	call.Name = p.name
	call.Cleanup, call.Err = b.cleans(n, b.mode), b.fails(n, b.mode)
	b.in.Cleanup = b.in.Cleanup || call.Cleanup
	b.hand(p)
	b.later = append(b.later, call)
	return out
}

func (b *injection) providerName(n *wiring.Node, tag *types.Named) string {
	name := "provide" + title(n.Ident)
	if tag != nil {
		name = "provide" + title(tag.Obj().Name()[len("named"):])
	}
	if b.mode.perCall() && prototype(n) {
		name += "ForCall"
	}
	return name
}

// plain hands a node to Wire as it is: its constructor, or its struct with the fields that are filled.
func (b *injection) plain(n *wiring.Node, key string) {
	p := n.Provider
	call := &injector.Provider{Out: p.Out, Err: p.Err, Package: p.Object.Pkg(), Name: p.Object.Name(), Struct: p.Kind == model.Struct}
	for i, e := range n.Edges {
		switch {
		case e.To != nil:
			t, _ := b.dependency(n, i, key)
			call.Params = append(call.Params, t)
		case e.Dep.Kind == model.FromConfig, e.Dep.Kind == model.FromBuiltin:
			call.Params = append(call.Params, b.value(n, i))
		default:
			continue // an optional field
		}
		if call.Struct {
			call.Fields = append(call.Fields, e.Dep.Name)
		}
	}
	b.later = append(b.later, call)
}

// value takes a value from configuration or a builtin, for what Wire makes as it is.
func (b *injection) value(n *wiring.Node, i int) types.Type {
	d := n.Edges[i].Dep
	key := "value " + n.Ident + "." + d.Name
	p := &injector.Provider{Out: d.Type}
	args := func(names ...string) {
		for _, name := range names {
			p.Params = append(p.Params, b.argument(name))
		}
	}
	if d.Kind == model.FromConfig {
		p.Name, p.Err = "provide"+title(n.Ident)+title(d.Name), true
		args("c")
	} else {
		key = "builtin " + string(d.Builtin)
		switch d.Builtin {
		case model.RequestContext:
			return b.argument("ctx")
		case model.InitContext:
			if b.mode.perCall() {
				ctx := b.argument("ctx")
				if !b.has(key) {
					if !b.claim(key, d.Type) {
						b.force(n)
						return d.Type
					}
					b.in.Bindings = append(b.in.Bindings, injector.Binding{Interface: d.Type, Concrete: ctx})
				}
				return d.Type
			}
			p.Name = "provideContext"
			args("b")
		case model.Logger:
			if p.Name = "provideLogger"; b.mode.perCall() {
				p.Name = "provideCallLogger"
				args("ctx")
			} else {
				args("c")
			}
		case model.Runtime:
			p.Name = "provideRuntime"
			args("c")
		case model.Clock:
			p.Name = "provideClock"
			args("c")
		default:
			p.Name, p.Err = "provideConfig"+title(b.views[n.Provider.Variant]), true
			key += n.Provider.Variant
			args("c")
		}
	}
	if b.has(key) {
		return d.Type
	}
	if !b.claim(key, d.Type) {
		b.force(n)
		return d.Type
	}
	if d.Kind == model.FromConfig {
		b.hand(&provided{name: p.Name, node: n, params: []param{{edge: n.Edges[i]}}})
	} else {
		b.hand(&provided{name: p.Name, node: n, perCall: b.mode.perCall(), params: []param{{edge: n.Edges[i]}}})
	}
	b.in.Providers = append(b.in.Providers, p)
	return d.Type
}

// force gives a node a provider function.
func (b *injection) force(n *wiring.Node) {
	if k := (made{n, b.mode.perCall()}); !b.forced[k] {
		b.forced[k] = true
		b.decide()
	}
}

// dependency makes what a node takes at one place, and returns its type and slot.
func (b *injection) dependency(n *wiring.Node, i int, key string) (types.Type, *slot) {
	e := n.Edges[i]
	s := b.slot(e)
	if singleton(e.To) || b.mode == inCall && !prototype(e.To) {
		return b.getter(s), s
	}
	at := "slot " + b.primary(e.To).ident
	if prototype(e.To) {
		at = key + "/" + n.Ident + "." + itoa(i)
	}
	p := b.primary(e.To)
	var tag *types.Named
	if prototype(e.To) {
		tag = b.placeTags[place{n, i}]
	} else {
		tag = b.slotTags[p]
	}
	t := p.typ
	if !b.adapted(e.To, b.mode) {
		t = e.To.Provider.Out
	}
	if tag != nil {
		t = tag
	}
	if b.isTaken(e.To) || tag != nil && prototype(e.To) && needsNodes(e.To) { // one more of what others are made for
		b.taken(n, i, at, tag)
		t = p.typ
		if named := b.tagOf(n, i); named != nil {
			t = named
		}
	} else if !b.has(at) {
		if !b.free(at, t) {
			if !prototype(e.To) {
				b.tagSlot(p)
			} else if b.placeTags[place{n, i}] == nil {
				b.placeTags[place{n, i}] = b.tag("named"+title(n.Ident)+title(variable(e.Dep)), p.typ)
				b.decide()
			}
			return t, s
		}
		b.instance(e.To, at, tag)
	}
	if s == p {
		return t, s
	}
	// It is made as its own type and handed on as the interface.
	name := "provide" + title(s.ident)
	if b.mode.perCall() && prototype(e.To) {
		name += "ForCall"
	}
	if as := at + " as " + s.ident; !b.has(as) {
		if !b.claim(as, s.typ) {
			b.force(n)
			return s.typ, s
		}
		b.hand(&provided{name: name, node: e.To, perCall: b.mode.perCall(), slot: s, hands: true, params: []param{{typ: t, slot: p}}})
		b.later = append(b.later, &injector.Provider{Name: name, Params: []types.Type{b.argument("c"), t}, Out: s.typ})
	}
	return s.typ, s
}

// tagOf is the type of its own that what a node takes at one place has, nil for none.
func (w *writer) tagOf(n *wiring.Node, i int) *types.Named {
	if to := n.Edges[i].To; !prototype(to) {
		return w.slotTags[w.primary(to)]
	}
	return w.placeTags[place{n, i}]
}

// taken has a node taken by its function.
func (b *injection) taken(n *wiring.Node, i int, at string, tag *types.Named) {
	if b.has(at) {
		return
	}
	to := n.Edges[i].To
	p := b.primary(to)
	t := p.typ
	if tag != nil {
		t = tag
	}
	if !b.claim(at, t) {
		if !prototype(to) {
			b.tagSlot(p)
		} else if b.placeTags[place{n, i}] == nil {
			b.placeTags[place{n, i}] = b.tag("named"+title(n.Ident)+title(variable(n.Edges[i].Dep)), p.typ)
			b.decide()
		}
		return
	}
	b.take(to, b.mode)
	call := &injector.Provider{Name: takeName(to, b.mode), Out: t, Err: true, Cleanup: b.mode.perCall()}
	if tag != nil {
		call.Name = "provide" + title(tag.Obj().Name()[len("named"):]) + [...]string{"", "ForCall", "InCall"}[b.mode]
		b.hand(&provided{name: call.Name, node: to, mode: b.mode, tag: tag, slot: p, hands: true, takes: true})
	}
	switch b.mode {
	case inCall:
		call.Params = []types.Type{b.call}
	case inRequest:
		call.Params = []types.Type{b.argument("c"), b.argument("b"), b.argument("ctx")}
	default:
		call.Params = []types.Type{b.argument("c"), b.argument("b")}
	}
	b.in.Cleanup = b.in.Cleanup || call.Cleanup
	b.later = append(b.later, call)
}

// free reports whether nothing else has a type.
func (b *injection) free(key string, t types.Type) bool {
	for other, has := range b.types {
		if other != key && types.Identical(has, t) {
			return false
		}
	}
	return true
}

// adapted reports whether a node needs a provider function of the package: something about it is not what Wire can do.
func (w *writer) adapted(n *wiring.Node, m mode) bool {
	p := n.Provider
	if p.Kind == model.Group || n.Decoration != nil || len(p.Args) > 0 || p.Cleanup || w.forced[made{n, m.perCall()}] {
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
	scope = !singleton(n) && (p.Init || p.Destroy || p.Cleanup && (m == inBuild || p.Init || p.Destroy))
	unit = w.looks(n)
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
