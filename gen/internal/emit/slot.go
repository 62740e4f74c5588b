package emit

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// slot is a type under which a node is injected: its own, or an interface. Each can be overridden. That of a singleton is a cell.
type slot struct {
	node *wiring.Node
	typ  types.Type
	// ident is unique among the slots; a node's own slot has the node's.
	ident string
	// override is the field of Overrides that replaces it, in lower case: that of all variants is the same.
	override string
	// requested says that something takes it, injected that this can be replaced.
	requested, injected bool
	// decorated says that aspects stand before it.
	decorated bool
	// primary says that the node is built as this; the others are made of it.
	primary bool
	// field is that of the container, or of the call.
	field string
}

func (s *slot) own() bool { return s.ident == s.node.Ident }

// findSlots lists the slots in the order of the nodes and, within a node, its own first.
func (w *writer) findSlots() {
	idents := newSpace()
	for _, n := range w.reach {
		idents.add(n.Ident)
		idents.add(base(n).Ident)
	}
	for _, n := range w.reach {
		w.addSlot(&slot{node: n, typ: n.Provider.Out, ident: n.Ident, override: base(n).Ident})
	}
	inject := func(e wiring.Edge) {
		s := w.slot(e)
		if s == nil {
			s = &slot{node: e.To, typ: asType(e)}
			s.ident, s.override = w.slotName(idents, s, e.Bound)
			w.addSlot(s)
		}
		s.requested = true
		s.injected = s.injected || e.To.Decoration == nil // else it is replaced behind its aspects
	}
	for _, n := range w.reach {
		for i, e := range n.Edges {
			if e.To != nil {
				inject(e)
			}
			if n.Decoration != nil && i == 0 {
				w.slot(e).decorated = true
			}
		}
	}
	for _, f := range w.functions {
		if e := w.graph.Checks(f); e != nil {
			inject(*e)
		}
	}
	own := func(p *model.Provider) {
		if n := w.nodes[p]; n != nil {
			w.ownSlot(n).requested = true
		}
	}
	w.replaced = map[*model.Middleware]string{}
	for _, m := range w.middleware() {
		first := m
		if m.Base != nil {
			first = m.Base
		}
		if w.replaced[first] == "" {
			w.replaced[first] = idents.take(overrideName(first))
		}
		w.replaced[m] = w.replaced[first]
		own(m.Provider)
	}
	for _, f := range w.functions {
		own(f.Provider)
		for _, a := range f.Aspects {
			own(a.Provider)
			w.ownSlot(w.nodes[a.Provider]).injected = true
		}
	}
	for _, c := range w.linked {
		own(c.Provider)
	}
	for _, l := range w.layers {
		own(l.Provider)
	}
	w.choosePrimary()
	w.replacedFields = map[string]string{}
	for _, m := range w.middleware() {
		if name := w.replaced[m]; w.replacedFields[name] == "" {
			w.replacedFields[name] = w.fields.take(name)
			w.fields.add("use" + model.Title(name))
		}
	}
	w.replacedLayers = map[*model.Layer]string{}
	for _, l := range w.namedLayers() {
		w.replacedLayers[l] = w.fields.take(idents.take(layerField(l)))
	}
	w.decorators = map[*wiring.Node]string{}
	for _, n := range w.reach {
		if n.Decoration != nil {
			w.decorators[n] = w.declared.take(n.Ident)
		}
	}
	w.nameCallers()
}

// choosePrimary settles as what each node is built: as the one type that it is taken as, or else as its own.
func (w *writer) choosePrimary() {
	for _, n := range w.reach {
		all := w.slotsOf[n]
		requested := slices.DeleteFunc(slices.Clone(all), func(s *slot) bool { return !s.requested })
		primary := all[0]
		if len(requested) == 1 {
			primary = requested[0]
		}
		primary.primary = true
		for _, s := range all {
			if s.primary || s.requested {
				s.field = w.fields.take(s.ident)
				t := model.Title(s.ident)
				w.declared.add("get"+t, "new"+t, "provide"+t, "provide"+t+"ForCall", "read"+t, "check"+t, "named"+t, "lazy"+t, "make"+t, "call"+t, "take"+t, "take"+t+"ForCall", "take"+t+"InCall", "new"+t+"ForCall")
			}
		}
	}
}

func (w *writer) addSlot(s *slot) {
	w.slots = append(w.slots, s)
	w.slotsOf[s.node] = append(w.slotsOf[s.node], s)
}

// slot returns the slot that an edge takes its value from, nil if it is not made yet.
func (w *writer) slot(e wiring.Edge) *slot {
	t := asType(e)
	for _, s := range w.slotsOf[e.To] {
		if types.Identical(s.typ, t) {
			return s
		}
	}
	return nil
}

// ownSlot returns the slot of the node's own type.
func (w *writer) ownSlot(n *wiring.Node) *slot { return w.slotsOf[n][0] }

// primary returns the slot that the node is built as.
func (w *writer) primary(n *wiring.Node) *slot {
	return w.slotsOf[n][slices.IndexFunc(w.slotsOf[n], func(s *slot) bool { return s.primary })]
}

// asType is the type under which an edge is injected: the interface it is bound to, unless only its own package can name
// that.
func asType(e wiring.Edge) types.Type {
	if e.Bound != nil && nameable(e.Bound) {
		return e.Bound
	}
	return e.To.Provider.Out
}

func singleton(n *wiring.Node) bool { return n.Provider.Scope == annotations.Singleton }
func prototype(n *wiring.Node) bool { return n.Provider.Scope == annotations.Prototype }

// slotName finds the names of a slot for an interface: after the id, too, so that one more never changes which is meant.
// Variants have a name of their own and the base's field of Overrides.
func (w *writer) slotName(idents *space, s *slot, bound types.Type) (ident, override string) {
	for _, other := range w.slots {
		if base(other.node) == base(s.node) && types.Identical(other.typ, s.typ) {
			override = other.override
		}
	}
	if override == "" {
		name := typeIdent(bound)
		if id := s.node.Provider.ID; id != "" {
			name += model.Title(camel(id))
		}
		override = idents.take(name)
	}
	if s.node.Base == nil {
		return override, override
	}
	return idents.take(override + model.Title(camel(s.node.Provider.Variant))), override
}

// nameHandlers finds a name for the adapter of each function, away from the fields of the container and from what the package
// declares: an adapter is a method or a function.
func (w *writer) nameHandlers() {
	w.handlers = map[*model.Function]string{}
	for _, f := range w.functions {
		name := camel(f.Name)
		if !ast.IsExported(model.Title(name)) {
			name = "call" + model.Title(name)
		}
		for base, i := name, 2; w.fields.has(name) || w.declared.has(name) || predeclared(name); i++ {
			name = base + "Function"
			if i > 2 {
				name += itoa(i)
			}
		}
		w.fields.add(name)
		w.declared.add(name)
		w.handlers[f] = name
	}
}

// middleware is the middleware and the guards that the functions use, by their names.
func (w *writer) middleware() []*model.Middleware { return w.around }

func (w *writer) findMiddleware() {
	used := map[*model.Middleware]bool{}
	for _, f := range w.functions {
		for _, m := range f.Middleware {
			used[m] = true
		}
	}
	w.around = slices.DeleteFunc(slices.Clone(w.graph.App.Middleware), func(m *model.Middleware) bool { return !used[m] })
}

// perCall reports whether a middleware or guard lives for one invocation.
func perCall(m *model.Middleware) bool {
	return m.Provider != nil && m.Provider.Scope == annotations.Request
}

// overrideName is the field of Overrides that replaces a middleware or guard, in lower case.
func overrideName(m *model.Middleware) string {
	name, kind := camel(m.Name), model.Title(m.Kind())
	if strings.HasSuffix(name, kind) {
		return name
	}
	return name + kind
}
