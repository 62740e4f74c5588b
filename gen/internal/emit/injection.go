package emit

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

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
		p.Name, p.Params = "call"+model.Title(s.ident), []types.Type{b.call}
	} else {
		b.argument("c")
		b.argument("b")
	}
	if tag := b.slotTags[s]; tag != nil {
		p.Name = "provide" + model.Title(tag.Obj().Name()[len("named"):])
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
		w.slotTags[s] = w.tag("named"+model.Title(s.ident), s.typ)
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
	name := "provide" + model.Title(n.Ident)
	if tag != nil {
		name = "provide" + model.Title(tag.Obj().Name()[len("named"):])
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
		p.Name, p.Err = "provide"+model.Title(n.Ident)+model.Title(d.Name), true
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
			p.Name, p.Err = "provideConfig"+model.Title(b.views[n.Provider.Variant]), true
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
				b.placeTags[place{n, i}] = b.tag("named"+model.Title(n.Ident)+model.Title(variable(e.Dep)), p.typ)
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
	name := "provide" + model.Title(s.ident)
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
			b.placeTags[place{n, i}] = b.tag("named"+model.Title(n.Ident)+model.Title(variable(n.Edges[i].Dep)), p.typ)
			b.decide()
		}
		return
	}
	b.take(to, b.mode)
	call := &injector.Provider{Name: takeName(to, b.mode), Out: t, Err: true, Cleanup: b.ends[takeName(to, b.mode)]}
	if tag != nil {
		call.Name = "provide" + model.Title(tag.Obj().Name()[len("named"):]) + [...]string{"", "ForCall", "InCall"}[b.mode]
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
