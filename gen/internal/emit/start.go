package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// starts reports whether there is anything to do at cold start.
func (w *writer) starts() bool { return w.uses.config || w.builds() || len(w.chains) > 0 }

// builds reports whether something is built at cold start.
func (w *writer) builds() bool {
	return len(w.eager()) > 0 || len(w.around()) > 0 || len(w.listening()) > 0 || len(w.lateLayers) > 0
}

// start writes the method that runs at cold start: configuration first, so that everything that is missing is one error,
// then what is eager, in dependency order, then the chains of the functions.
func (w *writer) start(f *jen.File) {
	var body []jen.Code
	if w.uses.config {
		body = append(body,
			jen.List(jen.Id("c"), jen.Err()).Op(":=").Add(q(symConfigLoad)).Call(append([]jen.Code{
				jen.Id("u").Dot("rt").Dot("CodeDir"), jen.Id("u").Dot("rt").Dot("Env"), jen.Id("u").Dot("rt").Dot("LookupEnv")}, w.defaults()...)...),
			ifErr(),
			jen.Id("u").Dot("config").Op("=").Id("c"))
		body = append(body, w.overlays()...)
		body = append(body, w.require()...)
	}
	ctx := "_"
	if w.builds() {
		ctx = "ctx"
		body = append(body,
			jen.Id("b").Op(":=").Id("u").Dot("container").Dot("NewBuild").Call(jen.Id("ctx")),
			jen.Defer().Id("b").Dot("Done").Call())
		body = append(body, w.setLayers()...)
		for _, s := range w.eager() {
			get := jen.Id(w.getterName(s)).Call(jen.Id("u"), jen.Id("b"))
			body = append(body, jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(get), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())))
		}
	}
	body = append(body, w.compose()...)
	body = append(body, w.ready()...)
	comment(f, "start is the cold start: it loads the configuration and builds what is eager, in dependency order.")
	if len(w.chains) > 0 {
		comment(f, "Then it puts the middleware around the functions, once.")
	}
	if w.hears() {
		comment(f, "At its end configurations hear that the unit is ready.")
	}
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id("start").Params(jen.Id(ctx).Qual(pathContext, "Context")).Error().
		Block(append(body, jen.Return(jen.Nil()))...)
	f.Line()
}

// wanted is the condition under which a node is built, "" for always: something that is built takes it, and what it takes
// is not replaced.
func (w *writer) wanted(n *wiring.Node, above []*wiring.Node) string {
	if !w.overrides || slices.Contains(above, n) {
		return ""
	}
	for _, m := range w.unit.Members {
		if m.Model.Provider == n.Provider {
			return ""
		}
	}
	if w.listens(n) || w.layered(n) {
		return ""
	}
	own := w.ownSlot(n)
	var ways []string
	for _, m := range w.wrappersUsed() {
		if m.Provider != n.Provider {
			continue
		}
		way := "u.overrides." + title(w.replaced[m]) + " == nil"
		if own.injected {
			way += " && u.overrides." + title(own.override) + " == nil"
		}
		ways = append(ways, way)
	}
	if e := w.checked(n); e != nil {
		s := w.slot(*e)
		way := "u.overrides." + title(s.override) + " == nil"
		if s != own && own.injected {
			way += " && u.overrides." + title(own.override) + " == nil"
		}
		ways = append(ways, way)
	}
	if slices.Contains(w.aroundFunctions(), n) {
		ways = append(ways, "u.overrides."+title(own.override)+" == nil")
	}
	for _, owner := range w.reach {
		if w.idle(owner) {
			continue
		}
		for _, e := range owner.Edges {
			if e.To != n {
				continue
			}
			s := w.slot(e)
			var all []string
			if above := w.wanted(owner, append(above, n)); above != "" {
				if strings.Contains(above, "||") {
					above = "(" + above + ")"
				}
				all = append(all, above)
			}
			if s.injected {
				all = append(all, "u.overrides."+title(s.override)+" == nil")
			}
			if s != own && own.injected {
				all = append(all, "u.overrides."+title(own.override)+" == nil")
			}
			if len(all) == 0 {
				return ""
			}
			if way := strings.Join(all, " && "); !slices.Contains(ways, way) {
				ways = append(ways, way)
			}
		}
	}
	ways = slices.DeleteFunc(slices.Clone(ways), func(way string) bool { // what a wider condition says already
		return slices.ContainsFunc(ways, func(wider string) bool { return strings.HasSuffix(way, " && "+wider) })
	})
	return strings.Join(ways, " || ")
}

// eager lists the slots to fill at cold start. What only an ioc.Lazy leads to is not among them, unless it says so itself.
func (w *writer) eager() []*slot {
	direct := map[*wiring.Node]bool{}
	var reach func(n *wiring.Node)
	reach = func(n *wiring.Node) {
		if n == nil || direct[n] {
			return
		}
		direct[n] = true
		for _, e := range n.Edges {
			if !e.Dep.Lazy {
				reach(e.To)
			}
		}
	}
	for _, m := range w.unit.Members {
		reach(w.nodes[m.Model.Provider])
	}
	for _, m := range w.wrappersUsed() {
		reach(w.nodes[m.Provider])
	}
	for _, n := range w.aroundFunctions() {
		reach(n)
	}
	for _, e := range w.checks() {
		reach(e.To)
	}
	for _, c := range w.listening() {
		reach(w.nodes[c.Provider])
	}
	for l := range w.lateLayers {
		reach(w.nodes[l.Provider])
	}
	around := w.around() // which the chains ask for
	var list []*slot
	for _, n := range w.reach {
		if !singleton(n) || n.Provider.Lazy || slices.Contains(around, n) || w.listens(n) || w.layered(n) || !n.Provider.Eager && (!w.unit.Eager || !direct[n]) {
			continue
		}
		list = append(list, w.starters(n)...)
	}
	return list
}

// starters are the slots through which an eager node is built: its own or, where values can be overridden, those that are
// injected, so that a node which nothing takes any more is not built.
func (w *writer) starters(n *wiring.Node) []*slot {
	own := w.ownSlot(n)
	if !w.overrides {
		return []*slot{own}
	}
	var list []*slot
	for _, s := range w.slotsOf[n] {
		if s.injected {
			list = append(list, s)
		}
	}
	if list == nil {
		list = []*slot{own}
	}
	return list
}
