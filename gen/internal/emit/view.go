package emit

import (
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// A function with configuration values of its own has variants of what reads them. They read from a view: the configuration with
// those values laid over it.

// view is the view of one function of the unit.
type view struct {
	wiring.View
	field string // of unit
}

// base is the node that a variant is one of, or the node itself.
func base(n *wiring.Node) *wiring.Node {
	if n.Base != nil {
		return n.Base
	}
	return n
}

// nameViews finds a field of unit for the view of each function that has variants.
func (w *writer) nameViews(taken *space) {
	for _, v := range w.graph.Views {
		if slices.ContainsFunc(w.reach, func(n *wiring.Node) bool { return n.Provider.Variant == v.Function }) {
			w.views = append(w.views, view{v, taken.take("config" + title(camel(v.Function)))})
		}
	}
}

// viewOf returns the view that a node reads from, nil for the configuration itself.
func (w *writer) viewOf(n *wiring.Node) *view {
	for i := range w.views {
		if w.views[i].Function == n.Provider.Variant {
			return &w.views[i]
		}
	}
	return nil
}

// touches reports whether the view has another value of a key, or of a part of it.
func (v *view) touches(key string) bool {
	for own := range v.Values {
		if own == key || strings.HasPrefix(own, key+".") || strings.HasPrefix(key, own+".") {
			return true
		}
	}
	return false
}

// view is the configuration that a node reads from.
func (w *writer) view(n *wiring.Node) *jen.Statement {
	if v := w.viewOf(n); v != nil {
		return jen.Id("u").Dot(v.field)
	}
	return jen.Id("u").Dot("config")
}

func (w *writer) viewFields() []jen.Code {
	var fields []jen.Code
	for _, v := range w.views {
		fields = append(fields, jen.Id(v.field).Op("*").Add(q(symConfig)).Comment("of "+v.Function))
	}
	return fields
}

// overlays makes the views.
func (w *writer) overlays() []jen.Code {
	var body []jen.Code
	for _, v := range w.views {
		var values []jen.Code
		for _, key := range slices.Sorted(maps.Keys(v.Values)) {
			values = append(values, jen.Lit(key).Op(":").Lit(v.Values[key]))
		}
		overlay := jen.Id("c").Dot("Overlay").Call(jen.Lit("f.yml"), jen.Map(jen.String()).String().Add(lines(values...)))
		body = append(body, jen.List(jen.Id("u").Dot(v.field), jen.Err()).Op("=").Add(overlay), ifErr())
	}
	return body
}
