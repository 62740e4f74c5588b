package emit

import (
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// What one invocation needs is made by one injector, if the handler alone needs it. A function of which several parts live for the
// invocation, such as a guard and the handler, has a call: one struct in which all of them find the same instances. The Context of
// the invocation carries it.

// localRoots are the nodes that an invocation of a function makes for itself.
func (w *writer) localRoots(f *model.Function) (roots []*wiring.Node) {
	for _, e := range w.roots(f) {
		if !singleton(e.To) {
			roots = append(roots, e.To)
		}
	}
	return roots
}

// sharesChain reports whether middleware of a function lives for its call.
func sharesChain(f *model.Function) bool { return slices.ContainsFunc(f.Middleware, perCall) }

// shares reports whether a function has a call: several parts of it live for the invocation, or what one of them needs does and
// needs another.
func (w *writer) shares(f *model.Function) bool {
	roots := w.localRoots(f)
	if sharesChain(f) || len(roots) > 1 {
		return true
	}
	seen := map[*wiring.Node]bool{}
	var shared func(n *wiring.Node, root bool) bool
	shared = func(n *wiring.Node, root bool) bool {
		if seen[n] {
			return false
		}
		seen[n] = true
		return slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool {
			if e.To == nil || e.Dep.Lazy || singleton(e.To) {
				return false
			}
			return !root && !prototype(e.To) || shared(e.To, false)
		})
	}
	return len(roots) == 1 && shared(roots[0], true)
}

// callRoots are the nodes that have an injector for an invocation, and those that have one for a call.
func (w *writer) callRoots() (locals, calls map[*wiring.Node]bool) {
	locals, calls = map[*wiring.Node]bool{}, map[*wiring.Node]bool{}
	for _, f := range w.functions {
		roots := w.localRoots(f)
		if !w.shares(f) {
			for _, n := range roots {
				locals[n] = true
			}
			continue
		}
		seen := map[*wiring.Node]bool{}
		var mark func(n *wiring.Node)
		mark = func(n *wiring.Node) {
			if n == nil || seen[n] || singleton(n) {
				return
			}
			seen[n] = true
			if !prototype(n) {
				calls[n] = true
			}
			for _, e := range n.Edges {
				if !e.Dep.Lazy {
					mark(e.To)
				}
			}
		}
		for _, n := range roots {
			calls[n] = true
			mark(n)
		}
	}
	return locals, calls
}

// writeCall writes the struct of an invocation, and the getters of what it shares.
func (w *writer) writeCall(f *file) {
	_, calls := w.callRoots()
	if len(calls) == 0 {
		return
	}
	fields := newSpace("container", "b", "ctx", "Call", "End")
	names := map[*wiring.Node]string{}
	f.p("// call is one invocation of a function of which several parts share what lives as long.")
	f.p("type call struct {")
	f.p("%s", symCall)
	f.p("*container")
	f.p("b *%s // nil: what it needs of the container is built in a chain of its own", symBuild)
	f.p("ctx *%s", symContext)
	f.p("")
	for _, n := range w.reach {
		if calls[n] && !prototype(n) {
			names[n] = fields.take(n.Ident)
			f.p("%s %s[*call, %s]", names[n], symScoped, w.primary(n).typ)
		}
	}
	f.p("}")
	f.p("")
	f.p("// withCall runs what follows in a call, and ends it.")
	f.p("func (c *container) withCall(next %s) %s {", symHandler, symHandler)
	f.p("return func(ctx *%s) error {", symContext)
	f.p("k := &call{container: c, ctx: ctx}")
	f.p("defer k.End()")
	f.p("%s(ctx, k)", symSetScope)
	f.p("return next(ctx)")
	f.p("}")
	f.p("}")
	f.p("")
	for _, n := range w.reach {
		if names[n] == "" {
			continue
		}
		for _, s := range w.slotsOf[n] {
			switch {
			case s.primary:
				method := "Get"
				if w.cleaning[injectorName(s, inCall)] {
					method = "Open"
				}
				f.p("func call%s(k *call) (%s, error) {", model.Title(s.ident), s.typ)
				if w.isTaken(n) {
					f.p("if c := k.container; c.%s != nil {", s.field)
					f.p("return %s, nil", w.replacement(s))
					f.p("}")
				}
				f.p("return k.%s.%s(k, %s)", names[n], method, injectorName(s, inCall))
				f.p("}")
				f.p("")
			case s.requested:
				f.p("func call%s(k *call) (%s, error) {", model.Title(s.ident), s.typ)
				if s.injected {
					f.p("if c := k.container; c.%s != nil {", s.field)
					f.p("return %s, nil", w.replacement(s))
					f.p("}")
				}
				f.p("return call%s(k)", model.Title(w.primary(n).ident))
				f.p("}")
				f.p("")
			}
		}
	}
}
