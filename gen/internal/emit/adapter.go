package emit

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/kind"
)

// functionFiles write a file for each package of the user's that has handlers, with its name.
func (w *writer) functionFiles() []*file {
	of := map[*types.Package][]*model.Function{}
	var packages []*types.Package
	for _, fn := range w.functions {
		p := fn.Object.Pkg()
		if of[p] == nil {
			packages = append(packages, p)
		}
		of[p] = append(of[p], fn)
	}
	slices.SortFunc(packages, func(a, b *types.Package) int { return cmp.Compare(a.Path(), b.Path()) })
	taken := newSpace("app", "container", "aspects", "calls", "overrides", "wire", "wiregen")
	var files []*file
	for _, p := range packages {
		f := w.file(taken.take(strings.ToLower(strings.ReplaceAll(p.Name(), "_", ""))) + ".go") // an underscore may mean a platform
		w.guards(f, of[p])
		for _, fn := range of[p] {
			w.adapter(f, fn)
		}
		files = append(files, f)
	}
	return files
}

// guards are lines that stop stale code from compiling after a handler was changed.
func (w *writer) guards(f *file, functions []*model.Function) {
	var lines []string
	for _, fn := range functions {
		if fn.Kind != model.HTTPHandler {
			lines = append(lines, f.s("_ %s = %s", guardType(fn), f.callee(fn)))
		}
	}
	if lines == nil {
		return
	}
	f.p("// Compile-time checks: if one fails, run go tool faasgen generate.")
	f.p("var (")
	for _, line := range lines {
		f.p("%s", line)
	}
	f.p(")")
	f.p("")
}

// guardType is the type of the handler as a function, receiver first.
func guardType(fn *model.Function) types.Type {
	sig := fn.Object.Signature()
	var params []*types.Var
	if fn.Kind != model.Func {
		params = append(params, types.NewVar(0, nil, "", fn.Provider.Out))
	}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// callee is the handler as a function: book.Ping, (*book.Controller).Create.
func (f *file) callee(fn *model.Function) string {
	if fn.Kind == model.Func {
		return f.object(fn.Object)
	}
	return f.method(fn.Provider.Out, fn.Object.Name())
}

// handlerName is how a comment calls the handler: book.Controller.Create.
func handlerName(fn *model.Function) string {
	if fn.Kind == model.Method {
		receiver := types.TypeString(fn.Provider.Out, func(*types.Package) string { return "" })
		return fn.Provider.Object.Pkg().Name() + "." + strings.TrimPrefix(receiver, "*") + "." + fn.Object.Name()
	}
	return fn.Object.Pkg().Name() + "." + fn.Object.Name()
}

// adapter is one adapter in the making: it reads the event, binds the input, gets the receiver, calls the user's code and keeps
// the result.
type adapter struct {
	*file
	fn    *model.Function
	local *space
	// checker is the variable of what checks the tags of the input, once it was made.
	checker string
	// instances are the variables of the aspects around the function.
	instances map[*model.Aspect]string
	inCall    bool // the variable k is there
}

func (w *writer) adapter(f *file, fn *model.Function) {
	a := &adapter{file: f, fn: fn, local: w.locals.inner(variables()...)}
	f.comment(w.handlers[fn]+" runs "+handlerName(fn)+".", fn.Doc)
	receiver := ""
	if w.needsContainer(fn) {
		receiver = "(c *container) "
	}
	f.p("func %s%s(ctx *%s) error {", receiver, w.handlers[fn], symContext)
	switch {
	case fn.Kind == model.HTTPHandler:
		a.getAspects()
		h := a.receiver("h")
		if len(fn.Aspects) > 0 {
			a.serveAround(h)
		} else {
			f.p("return %s(ctx, %s)", symServe, h)
		}
	case a.batched():
		a.batch()
	default:
		a.input()
		a.validator()
		a.validate()
		in := ""
		if fn.Input != model.NoInput {
			in = "in"
		}
		a.call(a.target(), in)
	}
	f.p("}")
	f.p("")
}

// ifErr is: if err != nil { return err }.
func (a *adapter) ifErr() {
	a.p("if err != nil {")
	a.p("return err")
	a.p("}")
}

// check is: if err := call; err != nil { return err }.
func (a *adapter) check(format string, args ...any) {
	a.p("if err := %s; err != nil {", a.s(format, args...))
	a.p("return err")
	a.p("}")
}

// get makes a root of the function available in a variable: a singleton from its cell, the rest from an injector.
func (a *adapter) get(e wiring.Edge, name string) string {
	s := a.primary(e.To)
	if e.Dep != nil {
		s = a.slot(e)
	}
	cleanup := ""
	get := ""
	switch {
	case singleton(e.To):
		get = getterName(s) + "(c, nil)"
	case a.shares(a.fn):
		if !a.inCall {
			a.inCall = true
			a.p("k := %s(ctx).(*call)", symScope)
		}
		get = "call" + model.Title(s.ident) + "(k)"
		if prototype(e.To) {
			get = injectorName(s, inCall) + "(k)"
			if a.cleaning[injectorName(s, inCall)] {
				cleanup = a.local.take("cleanup" + model.Title(name))
			}
		}
	default:
		get = injectorName(s, inRequest) + "(c, nil, ctx)"
		if a.cleaning[injectorName(s, inRequest)] {
			cleanup = "cleanup"
		}
	}
	if cleanup != "" {
		a.p("%s, %s, err := %s", name, cleanup, get)
		a.ifErr()
		a.p("defer %s()", cleanup)
		return name
	}
	a.p("%s, err := %s", name, get)
	a.ifErr()
	return name
}

// receiver makes the function's provider's value available and returns its variable.
func (a *adapter) receiver(name string) string {
	return a.get(wiring.Edge{To: a.nodes[a.fn.Provider]}, name)
}

// target is the user's code, its receiver made available.
func (a *adapter) target() string {
	a.getAspects()
	if a.fn.Kind == model.Func {
		return a.callee(a.fn)
	}
	receiver := types.TypeString(a.fn.Provider.Out, func(*types.Package) string { return "" })
	name := model.LowerCamel(strings.TrimPrefix(receiver, "*"))
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	return a.receiver(a.local.take(name)) + "." + a.fn.Object.Name()
}

// validator makes what checks the tags available, once an invocation, if there is anything to check.
func (a *adapter) validator() {
	e := a.graph.Checks(a.fn)
	if e == nil || a.checker != "" || a.fn.Input == model.NoInput {
		return
	}
	a.checker = a.get(*e, a.local.take("checker"))
}

// validate checks what was bound: its tags first, then by its own method.
func (a *adapter) validate() {
	check := symEventCheck
	if a.takes(kind.Request) {
		check = symCheck
	}
	if a.checker != "" {
		a.check("%s(%s.Validate(ctx, &in))", check, a.checker)
	}
	if a.fn.Validate && !a.checksItself() {
		a.check("%s(in.Validate())", check)
	}
}

// checksItself reports whether the binder calls the Validate method of the input.
func (a *adapter) checksItself() bool {
	return a.fn.Validate && a.graph.Checks(a.fn) == nil && len(a.kinds()) == 1 && a.takes(kind.Request) && a.fn.Input == model.BoundInput
}

// call calls the user's code, with its input unless it takes none, and keeps the result.
func (a *adapter) call(target, in string) {
	if len(a.fn.Aspects) > 0 {
		a.callAround(target, in)
		return
	}
	var args []string
	if a.fn.Context != model.NoContext {
		args = append(args, "ctx")
	}
	if in != "" {
		args = append(args, a.argument(in))
	}
	call := target + "(" + strings.Join(args, ", ") + ")"
	switch {
	case a.fn.Out == nil && a.fn.Err:
		a.p("return %s", call)
	case a.fn.Out == nil:
		a.p("%s", call)
		a.p("return nil")
	case a.fn.Err:
		a.p("out, err := %s", call)
		a.keep("out", "err")
	case isPointer(a.fn.Out.Underlying()):
		a.p("out := %s", call)
		a.keep("out", "nil")
	default:
		a.keep(call, "nil")
	}
}

// argument is the input as the handler takes it.
func (a *adapter) argument(in string) string {
	if _, ok := types.Unalias(a.fn.In).(*types.Pointer); ok && a.fn.Input == model.BoundInput {
		return "&" + in
	}
	return in
}

// keep keeps a result and ends the adapter.
func (a *adapter) keep(out, err string) {
	if isPointer(a.fn.Out.Underlying()) {
		a.p("return %s(ctx, %s, %s == nil, %s)", symReturnPointer, out, out, err)
		return
	}
	a.p("return %s(ctx, %s, %s)", symReturn, out, err)
}

func isPointer(t types.Type) bool { _, ok := t.(*types.Pointer); return ok }
