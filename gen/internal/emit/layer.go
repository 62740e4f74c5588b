package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// A layer is there before anything is built. One without dependencies is a literal, or made by its constructor when the
// process starts; for one with dependencies something stands in until start has built it.

// nameLayers finds a field of the unit for each layer with dependencies.
func (w *writer) nameLayers(taken *space) {
	w.lateLayers = map[*model.Layer]string{}
	for _, l := range w.layers {
		if l.Provider != nil {
			w.lateLayers[l] = taken.take(w.nodes[l.Provider].Ident + "Layer")
		}
	}
}

// layered reports whether a node makes a layer of the unit.
func (w *writer) layered(n *wiring.Node) bool {
	for l := range w.lateLayers {
		if l.Provider == n.Provider {
			return true
		}
	}
	return false
}

// layerFields are the fields of the unit that stand for layers with dependencies.
func (w *writer) layerFields() []jen.Code {
	var fields []jen.Code
	for _, l := range w.layers {
		if name := w.lateLayers[l]; name != "" {
			fields = append(fields, jen.Id(name).Add(q(symLateLayer)))
		}
	}
	if len(fields) > 0 {
		fields = append([]jen.Code{jen.Line()}, fields...)
	}
	return fields
}

// late is the literal of what stands for a layer.
func late(l *model.Layer, more ...jen.Code) *jen.Statement {
	fields := []jen.Code{jen.Id("Called").Op(":").Lit(l.Name())}
	if l.Invokes {
		fields = append(fields, jen.Id("Invokes").Op(":").True())
	}
	if l.Wraps {
		fields = append(fields, jen.Id("Wraps").Op(":").True())
	}
	return jen.Add(q(symLateLayer)).Values(append(fields, more...)...)
}

// makeLayers fills the fields that stand for layers.
func (w *writer) makeLayers() []jen.Code {
	var body []jen.Code
	for _, l := range w.layers {
		if name := w.lateLayers[l]; name != "" {
			body = append(body, jen.Id("u").Dot(name).Op("=").Add(late(l)))
		}
	}
	return body
}

// layerList lists the layers of the unit, the outermost first.
func (w *writer) layerList() jen.Code {
	var list []jen.Code
	for _, l := range w.layers {
		list = append(list, w.layerCode(l))
	}
	return jen.Index().Add(q(symLayer)).Add(lines(list...))
}

func (w *writer) layerCode(l *model.Layer) jen.Code {
	if name := w.lateLayers[l]; name != "" {
		return jen.Op("&").Id("u").Dot(name)
	}
	object := jen.Qual(l.Object.Pkg().Path(), l.Object.Name())
	if _, ok := l.Object.(*types.TypeName); ok {
		return jen.Op("&").Add(object).Values()
	}
	results := jen.List(object.Clone().Call(), jen.Nil())
	if l.Err {
		results = object.Call()
	}
	maker := jen.Func().Params().Params(jen.Add(q(symLayer)), jen.Error()).Block(jen.Return(results))
	return jen.Op("&").Add(late(l, jen.Id("Make").Op(":").Add(maker)))
}

// setLayers builds the layers with dependencies.
func (w *writer) setLayers() []jen.Code {
	var body []jen.Code
	local := w.locals.inner()
	for _, l := range w.layers {
		name := w.lateLayers[l]
		if name == "" {
			continue
		}
		n := w.nodes[l.Provider]
		v := local.take(n.Ident)
		body = append(body,
			jen.List(jen.Id(v), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b")), ifErr(),
			returnErr(jen.Id("u").Dot(name).Dot("Set").Call(jen.Id(v))))
	}
	return body
}
