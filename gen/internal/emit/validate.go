package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// checks lead to what checks the validate tags of the unit's inputs: variants of one validator, if anything.
func (w *writer) checks() []wiring.Edge {
	var edges []wiring.Edge
	for _, m := range w.unit.Members {
		if e := w.graph.Checks(m.Model); e != nil && !slices.ContainsFunc(edges, func(o wiring.Edge) bool { return o.To == e.To }) {
			edges = append(edges, *e)
		}
	}
	return edges
}

// checked returns the edge to a node that checks inputs, nil if it does not.
func (w *writer) checked(n *wiring.Node) *wiring.Edge {
	for _, e := range w.checks() {
		if e.To == n {
			return &e
		}
	}
	return nil
}

// validate checks what was bound: its tags first, then by its own method.
func (h *handler) validate() {
	h.validator()
	check := symEventCheck
	if slices.Contains(h.kinds(), "http") {
		check = symCheck
	}
	if h.checker != "" {
		h.add(returnErr(q(check).Call(jen.Id(h.checker).Dot("Validate").Call(jen.Id("ctx"), jen.Op("&").Id("in")))))
	}
	if h.fn.Validate {
		h.add(returnErr(q(check).Call(jen.Id("in").Dot("Validate").Call())))
	}
}

// validator makes what checks the tags available, once an invocation, if there is anything to check.
func (h *handler) validator() {
	e := h.graph.Checks(h.fn)
	switch {
	case e == nil || h.checker != "":
	case singleton(e.To) || !h.inCall():
		h.checker = h.value(*e)
	default:
		s := h.slot(*e)
		h.checker = h.local.take(s.ident)
		h.fromCall(s, h.checker)
	}
}
