package emit

import (
	"go/types"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/kind"
)

// adapter writes the method that runs one function: it reads the event, binds the input, gets the receiver, calls the
// user's code and keeps the result.
func (w *writer) adapter(f *jen.File, m *plan.Member) {
	fn := m.Model
	h := &handler{writer: w, member: m, fn: fn, local: w.locals.inner(), made: map[string]string{}}
	w.comment(f, w.methods[m.Name]+" runs "+handlerName(fn)+".", fn.Doc)
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id(w.methods[m.Name]).
		Params(jen.Id("ctx").Op("*").Add(q(symContext))).Error().Block(h.body()...)
	f.Line()
}

// handlerName is how a comment calls the handler: book.Controller.Create.
func handlerName(fn *model.Function) string {
	if fn.Kind == model.Method {
		return fn.Provider.Object.Pkg().Name() + "." + strings.TrimPrefix(typeIdentPlain(fn.Provider.Out), "*") + "." + fn.Object.Name()
	}
	return fn.Object.Pkg().Name() + "." + fn.Object.Name()
}

// typeIdentPlain is the name of a type without its package.
func typeIdentPlain(t types.Type) string {
	return types.TypeString(t, func(*types.Package) string { return "" })
}

// handler is one adapter in the making.
type handler struct {
	*writer
	member *plan.Member
	fn     *model.Function
	local  *space
	stmts  []jen.Code
	made   map[string]string // local variable by slot
	called bool              // the variable made holds the call
	// checker is the variable of what checks the tags of the input, once it was made.
	checker string
	// instances are the variables of the aspects around the function.
	instances map[*model.Aspect]string
}

func (h *handler) add(c ...jen.Code) { h.stmts = append(h.stmts, c...) }

func (h *handler) body() []jen.Code {
	if h.fn.Kind == model.HTTPHandler {
		h.getAspects()
		v := h.receiver("h")
		if len(h.fn.Aspects) > 0 {
			h.serveAround(v)
			return h.stmts
		}
		h.add(jen.Return(q(symServe).Call(jen.Id("ctx"), v)))
		return h.stmts
	}
	if h.batched() {
		h.batch()
		return h.stmts
	}
	h.input()
	h.validate()
	if h.fn.Input == model.NoInput {
		h.call(h.target(), nil)
	} else {
		h.call(h.target(), jen.Id("in"))
	}
	return h.stmts
}

// returnErr is: if err := call; err != nil { return err }.
func returnErr(call jen.Code) jen.Code {
	return jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
}

// ifErr is: if err != nil { return err }.
func ifErr() jen.Code { return jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())) }

// kinds are the words of the kinds of events that can come, as the run time has them, sorted: http, timer, mq, raw.
func (h *handler) kinds() []string {
	var kinds []string
	for _, t := range h.fn.Triggers {
		kinds = append(kinds, kind.Lookup(t.Kind).Trigger.Kind())
	}
	if kinds == nil {
		kinds = []string{"raw"} // callable by invoke
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// eventType is the type of what a function is called with for events of a kind.
func eventType(word string) jen.Code {
	switch k := kind.Lookup(word); k.Delivery {
	case kind.Request:
		return jen.Op("*").Add(q(symExchange))
	case kind.Tick:
		return jen.Qual(k.Event.PkgPath(), k.Event.Name())
	case kind.Batch:
		return jen.Index().Add(jen.Qual(k.Event.PkgPath(), k.Event.Name()))
	}
	return jen.Index().Byte()
}

// input declares in and fills it from the event.
func (h *handler) input() {
	switch h.fn.Input {
	case model.NoInput:
		return
	case model.EventInput:
		h.eventInput()
		return
	}
	t := h.fn.In
	if p, ok := types.Unalias(t).(*types.Pointer); ok && h.fn.Input == model.BoundInput {
		t = p.Elem()
	}
	h.add(jen.Var().Id("in").Add(typeCode(t)))
	kinds := h.kinds()
	if len(kinds) == 1 {
		h.add(jen.List(jen.Id("e"), jen.Id("ok")).Op(":=").Id("ctx").Dot("Event").Call().Assert(eventType(kinds[0])),
			jen.If(jen.Op("!").Id("ok")).Block(unexpected()))
		h.add(h.from(kinds[0])...)
		return
	}
	var cases []jen.Code
	for _, k := range kinds {
		cases = append(cases, jen.Case(eventType(k)).Block(h.from(k)...))
	}
	cases = append(cases, jen.Default().Block(unexpected()))
	h.add(jen.Switch(jen.Id("e").Op(":=").Id("ctx").Dot("Event").Call().Assert(jen.Type())).Block(cases...))
}

// unexpected refuses an event of a form that the function has no trigger for.
func unexpected() jen.Code {
	return jen.Return(q(symErrorf).Call(jen.Lit(400), jen.Lit("unexpected_event"),
		jen.Lit("function %s does not take this event"), jen.Id("ctx").Dot("FunctionName").Call()))
}

// eventInput hands over the trigger's own event.
func (h *handler) eventInput() {
	t, pointer := types.Unalias(h.fn.In), false
	if p, ok := t.(*types.Pointer); ok {
		t, pointer = types.Unalias(p.Elem()), true
	}
	name := ""
	if n, ok := t.(*types.Named); ok {
		name = n.Obj().Name()
	}
	get := func(name string, event jen.Code) {
		h.add(jen.List(jen.Id(name), jen.Id("ok")).Op(":=").Id("ctx").Dot("Event").Call().Assert(event),
			jen.If(jen.Op("!").Id("ok")).Block(unexpected()))
	}
	switch {
	case name == model.RequestType:
		get("e", eventType("http"))
		in := jen.Id("e").Dot("Request")
		if pointer {
			in = jen.Op("&").Add(in)
		}
		h.add(jen.Id("in").Op(":=").Add(in))
	case name == model.ExchangeType:
		get("in", eventType("http"))
	case pointer:
		get("e", eventType("timer"))
		h.add(jen.Id("in").Op(":=").Op("&").Id("e"))
	default:
		get("in", eventType("timer"))
	}
}

// from fills in from the event e of one kind.
func (h *handler) from(word string) []jen.Code {
	bytes := h.fn.Input == model.BytesInput
	switch kind.Lookup(word).Delivery {
	case kind.Request:
		if bytes {
			return []jen.Code{
				jen.List(jen.Id("body"), jen.Err()).Op(":=").Id("e").Dot("Request").Dot("ReadBody").Call(jen.Lit(0)),
				ifErr(),
				jen.Id("in").Op("=").Id("body"),
			}
		}
		return h.bind()
	case kind.Tick:
		payload := jen.Index().Byte().Parens(jen.Id("e").Dot("Payload"))
		if bytes {
			return []jen.Code{jen.Id("in").Op("=").Add(payload)}
		}
		return []jen.Code{returnErr(q(symEventDecode).Call(payload, jen.Op("&").Id("in")))}
	}
	if bytes {
		return []jen.Code{jen.Id("in").Op("=").Id("e")}
	}
	return []jen.Code{returnErr(q(symEventDecode).Call(jen.Id("e"), jen.Op("&").Id("in")))}
}

// target is the user's code, its receiver made available.
func (h *handler) target() *jen.Statement {
	h.getAspects()
	if h.fn.Kind == model.Func {
		return callee(h.fn)
	}
	return jen.Add(h.receiver("c")).Dot(h.fn.Object.Name())
}

// call calls the user's code, with its input unless it takes none, and keeps the result.
func (h *handler) call(target, in *jen.Statement) {
	if len(h.fn.Aspects) > 0 {
		h.callAround(target, in)
		return
	}
	var args []jen.Code
	if h.fn.Context != model.NoContext {
		args = append(args, jen.Id("ctx"))
	}
	if in != nil {
		if _, ok := types.Unalias(h.fn.In).(*types.Pointer); ok && h.fn.Input == model.BoundInput {
			in = jen.Op("&").Add(in)
		}
		args = append(args, in)
	}
	call := target.Call(args...)
	switch {
	case h.fn.Out == nil && h.fn.Err:
		h.add(jen.Return(call))
		return
	case h.fn.Out == nil:
		h.add(call)
	case h.fn.Err:
		h.add(jen.List(jen.Id("out"), jen.Err()).Op(":=").Add(call), ifErr())
	default:
		h.add(jen.Id("out").Op(":=").Add(call))
	}
	h.keep()
}

// keep keeps the result, if there is one, and ends the adapter.
func (h *handler) keep() {
	if h.fn.Out != nil {
		set := jen.Id("ctx").Dot("SetResult").Call(jen.Id("out"))
		if nilable(h.fn.Out) {
			set = jen.If(jen.Id("out").Op("!=").Nil()).Block(set)
		}
		h.add(set)
	}
	h.add(jen.Return(jen.Nil()))
}
