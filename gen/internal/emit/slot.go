package emit

import (
	"go/ast"
	"go/types"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// slot is a type under which a node is injected. A unit has one for each node. The application has one more for each
// interface that a node is injected as, because each can be overridden.
type slot struct {
	node *wiring.Node
	typ  types.Type
	// ident is unique among the slots; a node's own slot has the node's.
	ident string
	// override is the field of Overrides that replaces it, in lower case: that of all variants is the same.
	override string
	// wrapped says that Wire needs a type of its own for it: another node makes the same type.
	wrapped bool
	// injected says that something depends on it, so that it can be overridden.
	injected bool
	// decorated says that aspects stand around it.
	decorated bool
}

func (s *slot) own() bool { return s.ident == s.node.Ident }

func models(u *plan.Unit) []*model.Function {
	fs := make([]*model.Function, len(u.Members))
	for i, m := range u.Members {
		fs[i] = m.Model
	}
	return fs
}

// findSlots lists the slots in the order of the nodes and, within a node, its own first.
func (w *writer) findSlots() {
	idents := newSpace()
	for _, n := range w.reach {
		idents.add(n.Ident)
		idents.add(base(n).Ident)
	}
	for _, n := range w.reach {
		own := &slot{node: n, typ: n.Provider.Out, ident: n.Ident, override: base(n).Ident, wrapped: n.Provider.ID != "" || w.shared[base(n)]}
		w.addSlot(own)
	}
	inject := func(e wiring.Edge) {
		s := w.slot(e)
		if s == nil {
			s = &slot{node: e.To, typ: asType(e), wrapped: e.To.Provider.ID != ""}
			s.ident, s.override = w.slotName(idents, s, e.Bound)
			w.addSlot(s)
		}
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
	for _, e := range w.checks() {
		inject(e)
	}
	w.replaced = map[*model.Middleware]string{}
	for _, m := range w.wrappersUsed() {
		first := m
		if m.Base != nil {
			first = m.Base
		}
		if w.replaced[first] == "" {
			w.replaced[first] = idents.take(overrideName(first))
		}
		w.replaced[m] = w.replaced[first]
		if perCall(m) {
			w.declared.add(perCallName(w.nodes[m.Provider], m))
		}
	}
	for _, n := range w.aroundFunctions() {
		w.ownSlot(n).injected = true // into the functions
	}
	for _, s := range w.slots {
		t := title(s.ident)
		w.declared.add("get"+t, "build"+t, "provide"+t, "wrap"+t, "named"+t, "provide"+t+"ForRequest", "new"+t)
	}
}

func (w *writer) addSlot(s *slot) {
	w.slots = append(w.slots, s)
	w.slotsOf[s.node] = append(w.slotsOf[s.node], s)
}

// slot returns the slot that an edge takes its value from, nil if it is not made yet.
func (w *writer) slot(e wiring.Edge) *slot {
	t := e.To.Provider.Out
	if w.overrides {
		t = asType(e)
	}
	for _, s := range w.slotsOf[e.To] {
		if types.Identical(s.typ, t) {
			return s
		}
	}
	return nil
}

// ownSlot returns the slot of the node's own type.
func (w *writer) ownSlot(n *wiring.Node) *slot { return w.slotsOf[n][0] }

// asType is the type under which an edge is injected: the interface it is bound to, unless only its own package can name
// that.
func asType(e wiring.Edge) types.Type {
	if e.Bound != nil && nameable(e.Bound) {
		return e.Bound
	}
	return e.To.Provider.Out
}

func usesConfig(e wiring.Edge) bool {
	return e.Dep.Kind == model.FromConfig || e.Dep.Kind == model.FromBuiltin && e.Dep.Builtin == model.ConfigValues
}

// usesLogger reports whether a dependency is the process's logger; in request scope it is the invocation's.
func usesLogger(n *wiring.Node, e wiring.Edge) bool {
	return e.Dep.Kind == model.FromBuiltin && e.Dep.Builtin == model.Logger && n.Provider.Scope != annotations.Request
}

func singleton(n *wiring.Node) bool { return n.Provider.Scope == annotations.Singleton }

// nameMethods finds a method of unit for each function, and a field for its chain if it has one, away from the other fields
// and from each other.
func (w *writer) nameMethods() {
	taken := newSpace("rt", "log", "config", "container", "overrides", "start", "lifecycle", "stop", "health")
	for _, n := range w.reach {
		taken.add(n.Ident)
	}
	if w.overrides || w.sharing() {
		w.declared.add("call")
		taken.add("begin", "inCall")
	}
	w.nameLayers(taken)
	w.methods = map[string]string{}
	for _, m := range w.unit.Members {
		name := camel(m.Name)
		if taken.has(name) || !ast.IsExported(title(name)) {
			name = "call" + title(name)
		}
		w.methods[m.Name] = taken.take(name)
	}
	w.nameViews(taken)
	w.chains = map[string]string{}
	for _, m := range w.unit.Members {
		if len(m.Model.Middleware) > 0 {
			w.chains[m.Name] = taken.take(w.methods[m.Name] + "Chain")
		}
	}
}

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
			name += title(camel(id))
		}
		override = idents.take(name)
	}
	if s.node.Base == nil {
		return override, override
	}
	return idents.take(override + title(camel(s.node.Provider.Variant))), override
}
