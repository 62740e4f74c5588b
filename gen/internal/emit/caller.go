package emit

import (
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/kind"
)

// The client of a function is a struct around that of the unit, with one method: that of the interface it is injected as, or Call, which
// is injected as a func.

// calls reports whether a node calls another function.
func calls(n *wiring.Node) bool { return n.Provider.Kind == model.Caller && n.Decoration == nil }

// nameCallers finds a type for each.
func (w *writer) nameCallers() {
	w.callers = map[*wiring.Node]string{}
	for _, n := range w.reach {
		if calls(n) {
			w.callers[n] = w.declared.take(n.Ident)
		}
	}
}

// callsFile writes calls.go, nil if nothing is called.
func (w *writer) callsFile() *file {
	if len(w.callers) == 0 {
		return nil
	}
	f := w.file("calls.go")
	f.p("// Compile-time checks: if one fails, run go tool faasgen generate.")
	f.p("var (")
	for _, n := range w.reach {
		if name := w.callers[n]; name != "" {
			f.p("_ %s = %s", n.Provider.Out, callValue(n, name+"{}"))
		}
	}
	f.p(")")
	f.p("")
	for _, n := range w.reach {
		if name := w.callers[n]; name != "" {
			w.caller(f, name, n.Provider.Call)
		}
	}
	w.carryFunctions(f)
	return f
}

// caller writes the client of one function.
func (w *writer) caller(f *file, name string, c *model.Call) {
	how := ""
	if c.Async {
		how = ", which it calls asynchronously"
	}
	passes := w.passedAsJSON(c)
	if passes != "" && !c.Async {
		how = ". Within a unit, too, its values go through JSON, since " + passes
	}
	f.comment(name+" is a client of function "+c.Name+how+".", "")
	f.p("type %s struct{ client *%s }", name, symCallClient)
	f.p("")
	in, out := c.In(), c.Out()
	params, result := f.s("ctx %s", symStdContext), "error"
	if in != nil {
		params += ", in " + f.typ(in)
	}
	failed := "return err"
	if out != nil {
		result = f.s("(%s, error)", out)
		failed = "return " + f.zero(out) + ", err"
	}
	f.p("func (c %s) %s(%s) %s {", name, callMethod(c), params, result)
	if passes == "" {
		f.pass(c)
		return
	}
	payload := "nil"
	switch {
	case in != nil && c.Function.Input == model.BytesInput:
		payload = "in"
	case in != nil:
		payload = "payload"
		f.p("payload, err := %s(in)", symCallEncode)
		f.p("if err != nil {")
		f.p("%s", failed)
		f.p("}")
	}
	args := f.s("ctx, %q, %s, %s", c.Name, payload, f.callOptions(c))
	switch {
	case c.Async:
		f.p("return c.client.Send(%s)", args)
	case out != nil:
		f.p("return %s[%s](c.client.Call(%s))", symCallDecode, out, args)
	default:
		assign := ":="
		if payload == "payload" {
			assign = "="
		}
		f.p("_, err %s c.client.Call(%s)", assign, args)
		f.p("return err")
	}
	f.p("}")
	f.p("")
}

// passedAsJSON is why the values of a call go through JSON within a unit, "" if they do not.
func (w *writer) passedAsJSON(c *model.Call) string {
	in, out := c.In(), c.Out()
	switch bytes := types.NewSlice(types.Typ[types.Byte]); {
	case c.Async:
		return "the call leaves it"
	case in != nil && c.Function.Input == model.BytesInput, out != nil && types.Identical(out, bytes):
		return "they are bytes"
	}
	for _, t := range []types.Type{in, out} {
		if t == nil {
			continue
		}
		if reason := w.jsonOnly(t); reason != "" {
			return reason
		}
	}
	return ""
}

// pass writes the rest of a client whose values are copied within a unit.
func (f *file) pass(c *model.Call) {
	in, out, input, carryIn, carryOut := f.s("%s", symCallNone), f.s("%s", symCallNone), f.s("%s{}", symCallNone), "nil", "nil"
	if t := c.In(); t != nil {
		in, input, carryIn = f.typ(t), "in", f.carry(t)
	}
	begin := "return"
	if t := c.Out(); t != nil {
		out, carryOut = f.typ(t), f.carry(t)
	} else {
		begin = "_, err :="
	}
	line := f.s("%s %s[%s, %s](ctx, c.client, %q, %s, %s,", begin, symCallDo, in, out, c.Name, input, f.callOptions(c))
	last := carryIn + ", " + carryOut + ")"
	if len(line)+len(last) > 160 {
		line += "\n"
	}
	f.p("%s %s", line, last)
	if c.Out() == nil {
		f.p("return err")
	}
	f.p("}")
	f.p("")
}

func callMethod(c *model.Call) string { return or(c.Method, "Call") }

// callOptions writes the options of a call.
func (f *file) callOptions(c *model.Call) string {
	var fields []string
	if c.Timeout > 0 {
		fields = append(fields, "Timeout: "+f.duration(c.Timeout))
	}
	if c.Tries > 0 {
		fields = append(fields, "Tries: "+itoa(c.Tries))
	}
	return f.s("%s{%s}", symCallOptions, strings.Join(fields, ", "))
}

// calling is the value that is injected.
func (b *provider) calling() string {
	return callValue(b.node, b.callers[b.node]+"{c.calls.Client(c.rt)}")
}

// callValue is a client as it is injected: itself, or its method.
func callValue(n *wiring.Node, client string) string {
	if n.Provider.Call.Method == "" {
		return client + ".Call"
	}
	return client
}

// checkCalls is what reports, at start, what keeps a unit from calling functions, and what other does.
func (w *writer) checkCalls(f *file, callees []*wiring.Node, other string) string {
	var functions []string
	cells := map[string]string{}
	for _, n := range callees {
		name := n.Provider.Call.Name
		if cells[name] == "" {
			functions = append(functions, name)
		}
		cells[name] += ", c." + w.primary(n).field + ".Slot.Done"
	}
	slices.Sort(functions)
	args := []string{"c.rt", "&c.calls", other}
	for _, name := range functions {
		args = append(args, f.s("%s(%q%s)", symCallTo, name, cells[name]))
	}
	if line := f.s("%s(%s)", symCallChecks, strings.Join(args, ", ")); len(line) < 160 {
		return line
	}
	return f.s("%s(%s,\n%s,\n)", symCallChecks, strings.Join(args[:3], ", "), strings.Join(args[3:], ",\n"))
}

// calledOnly reports whether others call a function that takes no raw payloads: only then the list of its triggers says so.
func calledOnly(fn *model.Function) bool {
	return len(fn.CalledBy) > 0 && len(fn.Triggers) > 0 && !slices.ContainsFunc(fn.Triggers, func(t model.Trigger) bool { return kind.DeliveryOf(t.Kind) == kind.Raw })
}
