package emit

import (
	"go/types"
	"path"
	"reflect"
	"slices"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/kind"
)

// Triggers of most kinds bring several events at once. A handler that takes one of them is called for each, by
// framework.Each; one that takes the slice is called once.

// batchType is the type of one event of a kind that brings several, "" for other kinds.
func batchType(word string) string {
	if k := kind.Lookup(word); k.Several {
		return k.Event.PkgPath() + "." + k.Event.Name()
	}
	return ""
}

// triggerPackages are the packages of the triggers that the unit has, and their names.
func (w *writer) triggerPackages() [][2]string {
	var list [][2]string
	known := names()
	for k := range kind.All() {
		if !slices.ContainsFunc(known, func(n [2]string) bool { return n[0] == k.Package() }) && slices.ContainsFunc(w.unit.Members, func(m *plan.Member) bool {
			return slices.ContainsFunc(m.Model.Triggers, func(t model.Trigger) bool { return t.Kind == k.Word })
		}) {
			list = append(list, [2]string{k.Package(), path.Base(k.Package())})
		}
	}
	return list
}

// batched reports whether the handler takes what comes in batches.
func (h *handler) batched() bool {
	if h.fn.Input == model.NoInput {
		return false
	}
	return slices.ContainsFunc(h.kinds(), func(form string) bool { return batchType(form) != "" })
}

// batch is the body of an adapter whose events come in batches. The receiver and what checks the input come first: they are
// the same for the whole batch.
func (h *handler) batch() {
	target := h.target()
	h.validator()
	forms := h.kinds()
	switch {
	case h.fn.Input == model.EventInput:
		h.events(target, forms)
	case len(forms) == 1:
		batch := h.assert(eventType(forms[0]))
		h.add(h.each(forms[0], batch, func() {
			h.payload(forms[0])
			h.validate()
			h.call(target, jen.Id("in"))
		}))
	default:
		h.mixed(target, forms)
	}
}

// assert takes the batch out of the context.
func (h *handler) assert(event jen.Code) *jen.Statement {
	name := h.local.take("batch")
	h.add(jen.List(jen.Id(name), jen.Id("ok")).Op(":=").Id("ctx").Dot("Event").Call().Assert(event),
		jen.If(jen.Op("!").Id("ok")).Block(unexpected()))
	return jen.Id(name)
}

// events hands over the events as they are.
func (h *handler) events(target *jen.Statement, forms []string) {
	form := forms[0] // the only one
	batch := h.assert(eventType(form))
	if h.fn.Slice {
		h.call(target, batch)
		return
	}
	in := jen.Id("e")
	if _, ok := types.Unalias(h.fn.In).(*types.Pointer); ok {
		in = jen.Op("&").Add(in)
	}
	h.add(h.each(form, batch, func() { h.call(target, in) }))
}

// each is the call of framework.Each over a batch of one form; body writes what is done with e.
func (h *handler) each(form string, batch *jen.Statement, body func()) jen.Code {
	return jen.Return(q(symEach).Call(jen.Id("ctx"), batch,
		jen.Func().Params(jen.Id("e").Add(q(batchType(form)))).Error().Block(h.block(body)...)))
}

// block collects the statements that body adds.
func (h *handler) block(body func()) []jen.Code {
	outer := h.stmts
	h.stmts = nil
	body()
	inner := h.stmts
	h.stmts = outer
	return inner
}

// payload declares in and fills it from the payload of e.
func (h *handler) payload(form string) {
	payload := kind.Lookup(form).Payload
	from := jen.Id("e").Dot(payload)
	if payload == "" {
		from = jen.Id(h.local.take("payload"))
		h.add(jen.List(from, jen.Err()).Op(":=").Id("e").Dot("Payload").Call(), ifErr())
	}
	if h.fn.Input == model.BytesInput {
		h.add(jen.Var().Id("in").Add(typeCode(h.fn.In)).Op("=").Add(from))
		return
	}
	h.add(jen.Var().Id("in").Add(typeCode(h.valueType())), returnErr(q(symEventDecode).Call(from, jen.Op("&").Id("in"))))
}

// valueType is the type of the variable in: that of the handler's input, without the pointer of a struct.
func (h *handler) valueType() types.Type {
	if p, ok := types.Unalias(h.fn.In).(*types.Pointer); ok && h.fn.Input == model.BoundInput {
		return p.Elem()
	}
	return h.fn.In
}

// mixed tells the forms of the event apart, of which some are batches.
func (h *handler) mixed(target *jen.Statement, forms []string) {
	call := h.local.take("handle")
	h.add(jen.Id(call).Op(":=").Func().Params(jen.Id("in").Add(typeCode(h.valueType()))).Error().Block(h.block(func() {
		h.validate()
		h.call(target, jen.Id("in"))
	})...))
	var cases []jen.Code
	for _, form := range forms {
		body := h.block(func() {
			if batchType(form) == "" {
				h.add(jen.Var().Id("in").Add(typeCode(h.valueType())))
				h.add(h.from(form)...)
				h.add(jen.Return(jen.Id(call).Call(jen.Id("in"))))
				return
			}
			h.add(h.each(form, jen.Id("e"), func() {
				h.payload(form)
				h.add(jen.Return(jen.Id(call).Call(jen.Id("in"))))
			}))
		})
		cases = append(cases, jen.Case(eventType(form)).Block(body...))
	}
	h.add(jen.Switch(jen.Id("e").Op(":=").Id("ctx").Dot("Event").Call().Assert(jen.Type())).Block(cases...))
	h.add(unexpected())
}

// batchTrigger is the literal of a trigger.
func batchTrigger(t model.Trigger) (list []jen.Code) {
	for _, value := range kind.Of(t.Marker).Triggers(t.Marker, t.Name) {
		list = append(list, composite(reflect.ValueOf(value)))
	}
	return list
}

// composite writes a value of the run time: a struct of a package of the framework, without the fields that are zero.
func composite(v reflect.Value) jen.Code {
	switch t := v.Type(); {
	case t == reflect.TypeFor[time.Duration]():
		return durationCode(time.Duration(v.Int()))
	case t.Kind() == reflect.Struct:
		var fields []jen.Code
		for i := range t.NumField() {
			if !v.Field(i).IsZero() {
				fields = append(fields, jen.Id(t.Field(i).Name).Op(":").Add(composite(v.Field(i))))
			}
		}
		return jen.Qual(t.PkgPath(), t.Name()).Values(fields...)
	case t.Kind() == reflect.Slice:
		list := make([]jen.Code, v.Len())
		for i := range list {
			list[i] = composite(v.Index(i))
		}
		return jen.Index().Id(t.Elem().Name()).Values(list...)
	}
	return jen.Lit(v.Interface())
}
