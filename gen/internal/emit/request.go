package emit

import (
	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// What one invocation needs is made in its handler: singletons come from their cells, request-scoped values are made once
// and kept in a variable, prototypes are made for each use. Clean-ups are deferred, so that they run in reverse order,
// also when the handler panics.

// receiver makes the function's provider's value available and returns the expression for it.
func (h *handler) receiver(name string) *jen.Statement {
	n := h.nodes[h.fn.Provider]
	if singleton(n) {
		h.add(jen.List(jen.Id(name), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Nil()), ifErr())
		return jen.Id(name)
	}
	if h.inCall() {
		h.fromCall(h.ownSlot(n), name)
		return jen.Id(name)
	}
	return jen.Id(h.make(n, name))
}

// value makes a dependency available and returns its variable.
func (h *handler) value(e wiring.Edge) string {
	s := h.slot(e)
	if v, ok := h.made[s.ident]; ok && e.To.Provider.Scope != annotations.Prototype {
		return v
	}
	var v string
	if singleton(e.To) {
		v = h.local.take(s.ident)
		h.add(jen.List(jen.Id(v), jen.Err()).Op(":=").Id(h.getterName(s)).Call(jen.Id("u"), jen.Nil()), ifErr())
	} else {
		v = h.make(e.To, h.local.take(s.ident))
	}
	h.made[s.ident] = v
	return v
}

// make calls the node's provider and returns the variable that holds the instance.
func (h *handler) make(n *wiring.Node, name string) string {
	var args []jen.Code
	unit, scope := h.needs(n, inRequest)
	if unit {
		args = append(args, jen.Id("u"))
	}
	if scope {
		args = append(args, jen.Id("ctx"))
	}
	for _, p := range h.params(n, inRequest).list {
		args = append(args, jen.Id(h.value(p.edge)))
	}
	left := []jen.Code{jen.Id(name)}
	cleanup := ""
	if cleans(n) {
		cleanup = h.local.take("cleanup" + title(name))
		left = append(left, jen.Id(cleanup))
	}
	if fails(n) {
		left = append(left, jen.Err())
	}
	h.add(jen.List(left...).Op(":=").Id(providerName(n, inRequest)).Call(args...))
	if fails(n) {
		h.add(ifErr())
	}
	if cleanup != "" {
		h.add(jen.Defer().Id(cleanup).Call())
	}
	return name
}
