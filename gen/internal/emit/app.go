package emit

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
)

const stale = "this code was generated for another version of faasgen; run: go tool faasgen generate"

// appFile writes app.go: what there is to call.
func (w *writer) appFile() *file {
	f := w.file("app.go")
	f.doc = "Package app is the application: its functions, and what they need."
	f.p("// This does not compile with another version of faasgen: run go tool faasgen generate.")
	f.p("var _ %s = %s[[%d]struct{}](%q)", symLatestVersion, symVersion, contract, stale)
	f.p("")
	f.p("// New describes the application. User code runs when it is started.")
	f.p("func New(rt *%s) *%s { return newContainer(rt).app() }", symRuntime, symApp)
	f.p("")
	f.p("func (c *container) app() *%s {", symApp)
	f.p("a := &%s{Unit: %q}", symApp, Folder)
	if len(w.functions) <= longest {
		f.p("a.Functions = []*%s{", symFunction)
		w.list(f, w.functions)
		f.p("}")
		f.p("return a")
		f.p("}")
		return f
	}
	f.p("a.Functions = %s(", symConcat)
	for _, name := range w.lists {
		f.p("c.%s(),", name)
	}
	f.p(")")
	f.p("return a")
	f.p("}")
	for i, name := range w.lists {
		functions := w.functions[i*longest : min((i+1)*longest, len(w.functions))]
		f.p("")
		f.p("func (c *container) %s() []*%s {", name, symFunction)
		f.p("return []*%s{", symFunction)
		w.list(f, functions)
		f.p("}")
		f.p("}")
	}
	return f
}

// longest is how many functions a list has at most: the time that a list takes to compile grows faster than it does.
const longest = 100

// nameLists finds methods for the lists, if there is more than one.
func (w *writer) nameLists() {
	if len(w.functions) <= longest {
		return
	}
	for range slices.Chunk(w.functions, longest) {
		w.lists = append(w.lists, w.fields.take("functions"))
	}
}

func (w *writer) list(f *file, functions []*model.Function) {
	for _, fn := range functions {
		w.function(f, fn)
	}
}

// function writes the literal of one framework.Function.
func (w *writer) function(f *file, fn *model.Function) {
	line := fmt.Sprintf("{Name: %q, Handler: %s", fn.Name, w.handlerCode(fn))
	if t := time.Duration(fn.Settings.Timeout); t > 0 {
		line += ", Timeout: " + f.duration(t)
	}
	if n := fn.Settings.Concurrency; n > 0 {
		line += ", Concurrency: " + strconv.Itoa(n)
	}
	if needs := w.needs[fn]; needs != "" {
		line += ", Needs: c." + needs + "()"
	}
	list := func(name string, t symbol, items []string) {
		switch {
		case len(items) == 1:
			line += f.s(",\n%s: []%s{%s}", name, t, items[0])
		case len(items) > 1:
			line += f.s(",\n%s: []%s{\n%s,\n}", name, t, strings.Join(items, ",\n"))
		}
	}
	list("Use", symMiddleware, w.use(f, fn))
	var triggers []string
	for _, t := range slices.Concat(fn.Triggers, fn.Elsewhere) {
		for _, value := range kind.Of(t.Marker).Triggers(t.Marker, t.Name) {
			triggers = append(triggers, f.composite(reflect.ValueOf(value)))
		}
	}
	if calledOnly(fn) {
		triggers = append(triggers, f.s("%s{}", symCallee))
	}
	list("Triggers", symTrigger, triggers)
	f.p("%s},", line)
}

// composite writes a value of the run time: a struct of a package of the framework, without the fields that are zero.
func (f *file) composite(v reflect.Value) string {
	switch t := v.Type(); {
	case t == reflect.TypeFor[time.Duration]():
		return f.duration(time.Duration(v.Int()))
	case t.Kind() == reflect.Struct:
		var fields []string
		for i := range t.NumField() {
			if !v.Field(i).IsZero() {
				fields = append(fields, t.Field(i).Name+": "+f.composite(v.Field(i)))
			}
		}
		return f.s("%s{%s}", symbol(t.PkgPath()+"."+t.Name()), strings.Join(fields, ", "))
	case t.Kind() == reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = f.composite(v.Index(i))
		}
		return "[]" + t.Elem().Name() + "{" + strings.Join(list, ", ") + "}"
	case t.Kind() == reflect.String:
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}

// use lists what stands before a handler, the first outermost.
func (w *writer) use(f *file, fn *model.Function) []string {
	var list []string
	for _, m := range fn.Middleware {
		list = append(list, "c."+w.useName(m)+"()")
	}
	if w.shares(fn) {
		// Middleware that lives for the call has to be in it; what is around may call the handler twice, each time with a call of its own.
		if sharesChain(fn) {
			list = append([]string{"c.withCall"}, list...)
		} else {
			list = append(list, "c.withCall")
		}
	}
	return list
}

// useName is the method of container that returns a middleware or guard.
func (w *writer) useName(m *model.Middleware) string {
	name := "use" + model.Title(w.replaced[m])
	if m.Base != nil {
		name += model.Title(camel(m.Provider.Variant))
	}
	return name
}

// writeUses writes those methods.
func (w *writer) writeUses(f *file) {
	for _, m := range w.middleware() {
		f.comment(fmt.Sprintf("%s is the %s %s.", w.useName(m), m.Kind(), m.Name), "")
		f.p("func (c *container) %s() %s {", w.useName(m), symMiddleware)
		var real string
		n := w.nodes[m.Provider]
		switch {
		case n == nil:
			real = f.s("%s", m.Object)
		case perCall(m):
			helper := symUseOf
			if m.Guard {
				helper = symGuardOf
			}
			real = f.s("%s(call%s, %s)", helper, model.Title(w.primary(n).ident), f.method(n.Provider.Out, m.Method()))
		case m.Made:
			real = f.s("%s(c, &c.%s, %s)", symUseMade, w.primary(n).field, getterName(w.primary(n)))
		case m.Guard:
			real = f.s("%s(c, %s, %s)", symUseGuard, getterName(w.primary(n)), f.method(n.Provider.Out, m.Method()))
		default:
			real = f.s("%s(c, &c.%s, %s, %s)", symUse, w.primary(n).field, getterName(w.primary(n)), f.method(n.Provider.Out, m.Method()))
		}
		if m.Guard {
			f.p("return %s(c.%s, %s)", symOrGuard, w.middlewareField(m), real)
		} else {
			f.p("return %s(c.%s, %s)", symOr, w.middlewareField(m), real)
		}
		f.p("}")
		f.p("")
	}
}

// middlewareField is the field of container that replaces a middleware or guard in a test.
func (w *writer) middlewareField(m *model.Middleware) string { return w.replacedFields[w.replaced[m]] }

// method is a method as a function of its receiver.
func (f *file) method(t types.Type, name string) string {
	if _, ok := types.Unalias(t).(*types.Pointer); ok {
		return f.s("(%s).%s", t, name)
	}
	return f.s("%s.%s", t, name)
}

// handlerCode is the adapter of a function, as a value.
func (w *writer) handlerCode(fn *model.Function) string {
	if w.needsContainer(fn) {
		return "c." + w.handlers[fn]
	}
	return w.handlers[fn]
}

// needsContainer reports whether the adapter of a function takes something from the container.
func (w *writer) needsContainer(fn *model.Function) bool {
	return fn.Provider != nil || len(fn.Aspects) > 0 || w.graph.Checks(fn) != nil
}

func isFunc(o types.Object) bool { _, ok := o.(*types.Func); return ok }

// layerResult reports whether a constructor returns framework.Layer itself.
func layerResult(o types.Object) bool {
	return isNamed(o.(*types.Func).Signature().Results().At(0).Type(), model.FrameworkPath, model.LayerType)
}
