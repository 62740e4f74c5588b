package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// checks leads to what checks the validate tags of the unit's inputs, nil if nothing does or has to.
func (w *writer) checks() *wiring.Edge { return w.graph.Checks(models(w.unit)) }

// checked reports whether a node checks the inputs of some of the functions.
func (w *writer) checked(n *wiring.Node, members []*plan.Member) bool {
	e := w.checks()
	return e != nil && e.To == n && slices.ContainsFunc(members, func(m *plan.Member) bool { return m.Model.Rules != nil })
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
	e := h.graph.Checks([]*model.Function{h.fn})
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
