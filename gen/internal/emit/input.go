package emit

import (
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
)

// forms are the forms in which the event can come, sorted: http, timer, mq, and raw for a payload as it is.
func (a *adapter) forms() []string {
	var forms []string
	for _, t := range a.fn.Triggers {
		forms = append(forms, t.Form())
	}
	if forms == nil {
		forms = []string{"raw"} // callable by invoke
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// batchType is the type of one event of a kind that delivers batches, "" for other kinds.
func batchType(form string) symbol {
	if k := kind.Lookup(form); k != nil && k.Several {
		return symbol(k.Event.PkgPath() + "." + k.Event.Name())
	}
	return ""
}

// eventType is the type of the event of a form.
func (a *adapter) eventType(form string) string {
	switch form {
	case "http":
		return a.s("*%s", symExchange)
	case "timer":
		return a.s("%s", symTimerEvent)
	case "raw":
		return "[]byte"
	}
	return a.s("[]%s", batchType(form))
}

// event takes the event out of the context.
func (a *adapter) event(name, form string) {
	a.p("%s, err := %s[%s](ctx)", name, symEvent, a.eventType(form))
	a.ifErr()
}

// valueType is the type of the variable in: that of the handler's input, without the pointer of a struct.
func (a *adapter) valueType() types.Type {
	if p, ok := types.Unalias(a.fn.In).(*types.Pointer); ok && a.fn.Input == model.BoundInput {
		return p.Elem()
	}
	return a.fn.In
}

// input declares in and fills it from the event.
func (a *adapter) input() {
	switch a.fn.Input {
	case model.NoInput:
		return
	case model.EventInput:
		a.eventInput()
		return
	}
	forms := a.forms()
	if len(forms) == 1 {
		a.single(forms[0])
		return
	}
	a.p("var in %s", a.valueType())
	a.p("switch e := ctx.Event().(type) {")
	for _, form := range forms {
		a.p("case %s:", a.eventType(form))
		a.from(form)
	}
	a.p("default:")
	a.p("return %s(ctx)", symUnexpected)
	a.p("}")
}

// single declares in and fills it from an event of one form.
func (a *adapter) single(form string) {
	bytes := a.fn.Input == model.BytesInput
	switch {
	case form == "http" && !bytes:
		a.p("var in %s", a.valueType())
		a.p("b, err := %s(ctx)", symBind)
		a.ifErr()
		a.bind()
	case form == "raw" && bytes:
		if types.Identical(a.fn.In, types.NewSlice(types.Typ[types.Byte])) {
			a.event("in", form)
			return
		}
		fallthrough
	default:
		a.event("e", form)
		a.p("var in %s", a.valueType())
		a.from(form)
	}
}

// eventInput hands over the trigger's own event.
func (a *adapter) eventInput() {
	t, pointer := types.Unalias(a.fn.In), false
	if p, ok := t.(*types.Pointer); ok {
		t, pointer = types.Unalias(p.Elem()), true
	}
	name := ""
	if n, ok := t.(*types.Named); ok {
		name = n.Obj().Name()
	}
	switch {
	case name == model.RequestType:
		a.event("e", "http")
		a.p("in := &e.Request")
	case name == model.ExchangeType:
		a.event("in", "http")
	case pointer:
		a.event("e", "timer")
		a.p("in := &e")
	default:
		a.event("in", "timer")
	}
}

// from fills in from the event e of one form.
func (a *adapter) from(form string) {
	bytes := a.fn.Input == model.BytesInput
	payload := "e"
	switch form {
	case "http":
		if bytes {
			a.p("body, err := e.Request.ReadBody(0)")
			a.ifErr()
			a.p("in = body")
			return
		}
		a.p("b := %s(&e.Request)", symNewBinder)
		a.bind()
		return
	case "timer":
		payload = "[]byte(e.Payload)"
	}
	if bytes {
		a.p("in = %s", payload)
		return
	}
	a.check("%s(%s, &in)", symEventDecode, payload)
}

// batched reports whether the handler takes what comes in batches. One that takes a single message is called for each, by
// framework.Each; one that takes the slice is called once.
func (a *adapter) batched() bool {
	if a.fn.Input == model.NoInput {
		return false
	}
	return a.fn.Input == model.EventInput && a.fn.Brings == "event" ||
		slices.ContainsFunc(a.forms(), func(form string) bool { return batchType(form) != "" })
}

// batch is the body of an adapter whose events come in batches. The receiver and what checks the input come first: they are
// the same for the whole batch.
func (a *adapter) batch() {
	target := a.target()
	a.validator()
	forms := a.forms()
	switch {
	case a.fn.Input == model.EventInput:
		a.events(target, forms)
	case len(forms) == 1:
		a.event("batch", forms[0])
		a.each(forms[0], "batch", func() {
			a.payload(forms[0])
			a.validate()
			a.call(target, "in")
		})
	default:
		a.mixed(target, forms)
	}
}

// events hands over the events as they are.
func (a *adapter) events(target string, forms []string) {
	form := forms[0]
	if a.fn.Brings == "event" && slices.Contains(forms, "raw") {
		form = "event"
		a.p("batch, ok := %s(ctx.Event())", symEventOf)
		a.p("if !ok {")
		a.p("return %s(ctx)", symUnexpected)
		a.p("}")
	} else {
		a.event("batch", form)
	}
	if a.fn.Slice {
		a.call(target, "batch")
		return
	}
	in := "e"
	if isPointer(types.Unalias(a.fn.In)) {
		in = "&e"
	}
	a.each(form, "batch", func() { a.call(target, in) })
}

// each calls framework.Each over a batch of one form; body writes what is done with e.
func (a *adapter) each(form, batch string, body func()) {
	a.p("return %s(ctx, %s, func(e %s) error {", symEach, batch, batchType(form))
	body()
	a.p("})")
}

// payload declares in and fills it from the payload of e.
func (a *adapter) payload(form string) {
	from := "e." + kind.Lookup(form).Payload
	if from == "e." {
		from = "payload"
		a.p("payload, err := e.Payload()")
		a.ifErr()
	}
	if a.fn.Input == model.BytesInput {
		a.p("var in %s = %s", a.fn.In, from)
		return
	}
	a.p("var in %s", a.valueType())
	a.check("%s(%s, &in)", symEventDecode, from)
}

// mixed tells the forms of the event apart, of which some are batches.
func (a *adapter) mixed(target string, forms []string) {
	a.p("handle := func(in %s) error {", a.valueType())
	a.validate()
	a.call(target, "in")
	a.p("}")
	a.p("switch e := ctx.Event().(type) {")
	for _, form := range forms {
		a.p("case %s:", a.eventType(form))
		if batchType(form) == "" {
			a.p("var in %s", a.valueType())
			a.from(form)
			a.p("return handle(in)")
			continue
		}
		a.each(form, "e", func() {
			a.payload(form)
			a.p("return handle(in)")
		})
	}
	a.p("}")
	a.p("return %s(ctx)", symUnexpected)
}

var _ = strings.Join
