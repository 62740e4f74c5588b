package emit

import (
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
)

// kinds are the words of the kinds of events that can come, as the run time has them, sorted: http, timer, mq, raw.
func (a *adapter) kinds() []string {
	var kinds []string
	for _, t := range a.fn.Triggers {
		kinds = append(kinds, kind.Lookup(t.Kind).Trigger.Kind())
	}
	if kinds == nil || len(a.fn.CalledBy) > 0 {
		kinds = append(kinds, "raw") // callable by invoke, or by other functions
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// takes reports whether events of a form can come.
func (a *adapter) takes(d kind.Delivery) bool {
	return slices.ContainsFunc(a.kinds(), func(word string) bool { return kind.Lookup(word).Delivery == d })
}

// messageType is the type of one event of a kind that delivers batches.
func messageType(word string) symbol {
	k := kind.Lookup(word)
	return symbol(k.Event.PkgPath() + "." + k.Event.Name())
}

// eventType is the type of what a function is called with for events of a kind.
func (a *adapter) eventType(word string) string {
	switch k := kind.Lookup(word); k.Delivery {
	case kind.Request:
		return a.s("*%s", symExchange)
	case kind.Tick:
		return a.s("%s", messageType(word))
	case kind.Batch:
		return a.s("[]%s", messageType(word))
	}
	return "[]byte"
}

// event takes the event out of the context.
func (a *adapter) event(name, word string) {
	a.p("%s, err := %s[%s](ctx)", name, symEvent, a.eventType(word))
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
	kinds := a.kinds()
	if len(kinds) == 1 {
		a.single(kinds[0])
		return
	}
	a.p("var in %s", a.valueType())
	if a.passed() {
		a.p("if !%s(ctx, &in) {", symCalled)
		defer a.p("}")
	}
	a.p("switch e := ctx.Event().(type) {")
	for _, word := range kinds {
		a.p("case %s:", a.eventType(word))
		a.from(word)
	}
	a.p("default:")
	a.p("return %s(ctx)", symUnexpected)
	a.p("}")
}

// passed reports whether a function of the same unit may hand over the input as it is.
func (a *adapter) passed() bool {
	if a.fn.Input != model.BoundInput {
		return false
	}
	for n := range a.callers {
		if c := n.Provider.Call; c.Function == a.fn && a.passedAsJSON(c) == "" {
			return true
		}
	}
	return false
}

// single declares in and fills it from an event of one form.
func (a *adapter) single(word string) {
	bytes := a.fn.Input == model.BytesInput
	delivery := kind.Lookup(word).Delivery
	switch {
	case delivery == kind.Request && !bytes:
		a.p("var in %s", a.valueType())
		a.p("b, err := %s(ctx)", symBind)
		a.ifErr()
		a.bind()
	case delivery == kind.Raw && bytes:
		if types.Identical(a.fn.In, types.NewSlice(types.Typ[types.Byte])) {
			a.event("in", word)
			return
		}
		fallthrough
	default:
		if a.passed() {
			a.p("var in %s", a.valueType())
			a.p("if !%s(ctx, &in) {", symCalled)
			a.event("e", word)
			a.from(word)
			a.p("}")
			return
		}
		a.event("e", word)
		a.p("var in %s", a.valueType())
		a.from(word)
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
func (a *adapter) from(word string) {
	bytes := a.fn.Input == model.BytesInput
	payload := "e"
	switch kind.Lookup(word).Delivery {
	case kind.Request:
		if bytes {
			a.p("body, err := e.Request.ReadBody(0)")
			a.ifErr()
			a.p("in = body")
			return
		}
		a.p("b := %s(&e.Request)", symNewBinder)
		a.bind()
		return
	case kind.Tick:
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
	return a.takes(kind.Batch)
}

// batch is the body of an adapter whose events come in batches. The receiver and what checks the input come first: they are
// the same for the whole batch.
func (a *adapter) batch() {
	target := a.target()
	a.validator()
	kinds := a.kinds()
	switch {
	case a.fn.Input == model.EventInput:
		a.events(target, kinds[0])
	case len(kinds) == 1:
		a.event("batch", kinds[0])
		a.each(kinds[0], "batch", func() {
			a.payload(kinds[0])
			a.validate()
			a.call(target, "in")
		})
	default:
		a.mixed(target, kinds)
	}
}

// events hands over the events as they are.
func (a *adapter) events(target, word string) {
	a.event("batch", word)
	if a.fn.Slice {
		a.call(target, "batch")
		return
	}
	in := "e"
	if isPointer(types.Unalias(a.fn.In)) {
		in = "&e"
	}
	a.each(word, "batch", func() { a.call(target, in) })
}

// each calls adapter.Each over a batch of one form; body writes what is done with e.
func (a *adapter) each(word, batch string, body func()) {
	a.p("return %s(ctx, %s, func(e %s) error {", symEach, batch, messageType(word))
	body()
	a.p("})")
}

// payload declares in and fills it from the payload of e.
func (a *adapter) payload(word string) {
	from := "e." + kind.Lookup(word).Payload
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

// mixed tells the kinds of the event apart, of which some are batches.
func (a *adapter) mixed(target string, kinds []string) {
	a.p("handle := func(in %s) error {", a.valueType())
	a.validate()
	a.call(target, "in")
	a.p("}")
	if a.passed() {
		a.p("var in %s", a.valueType())
		a.p("if %s(ctx, &in) {", symCalled)
		a.p("return handle(in)")
		a.p("}")
	}
	a.p("switch e := ctx.Event().(type) {")
	for _, word := range kinds {
		a.p("case %s:", a.eventType(word))
		if !kind.Lookup(word).Several {
			a.p("var in %s", a.valueType())
			a.from(word)
			a.p("return handle(in)")
			continue
		}
		a.each(word, "e", func() {
			a.payload(word)
			a.p("return handle(in)")
		})
	}
	a.p("}")
	a.p("return %s(ctx)", symUnexpected)
}
