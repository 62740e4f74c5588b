package emit

import (
	"go/types"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Each injected value can be replaced, and what is replaced is never built. A singleton's replacement fills its cell; that of
// what lives for one call, and of middleware, is a field of the container.

// replacement is a field of the container that a test sets.
type replaceableField struct {
	field string
	typ   func(f *file) string
}

// replaceableFields are those, each once.
func (w *writer) replaceableFields() []replaceableField {
	var list []replaceableField
	for _, s := range w.slots {
		if s.injected && s.field != "" && !singleton(s.node) {
			list = append(list, replaceableField{s.field, func(f *file) string { return f.overrideType(s.typ) }})
		}
	}
	seen := map[string]bool{}
	for _, m := range w.middleware() {
		name := w.replaced[m]
		if seen[name] {
			continue
		}
		seen[name] = true
		list = append(list, replaceableField{w.middlewareField(m), func(f *file) string { return f.s("%s", middlewareType(m)) }})
	}
	for _, l := range w.namedLayers() {
		list = append(list, replaceableField{w.replacedLayers[l], func(f *file) string { return f.s("%s", symLayer) }})
	}
	return list
}

func middlewareType(m *model.Middleware) symbol {
	if m.Guard {
		return symGuard
	}
	return symMiddleware
}

// overrideType is the type of a field of Overrides, of which nil says that it is not set.
func (f *file) overrideType(t types.Type) string {
	if comparesWithNil(t) {
		return f.typ(t)
	}
	return "*" + f.typ(t)
}

// comparesWithNil reports whether nil can say that an override is not set.
func comparesWithNil(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Map, *types.Slice, *types.Signature, *types.Chan:
		return true
	}
	return false
}

// overridesFile writes overrides.go: Overrides and NewWith.
func (w *writer) overridesFile() *file {
	f := w.file("overrides.go")
	f.p("// Overrides replaces values that are injected, for tests. A field that is set wins, and the real value is never")
	f.p("// built; the test that sets it also ends it.")
	f.p("type Overrides struct {")
	seen := map[string]bool{}
	for _, s := range w.slots {
		if !s.injected || seen[s.override] {
			continue
		}
		seen[s.override] = true
		f.p("%s %s // in place of %s", model.Title(s.override), f.overrideType(s.typ), overridden(s))
	}
	for _, m := range w.middleware() {
		if name := w.replaced[m]; !seen[name] {
			seen[name] = true
			f.p("%s %s // in place of %s %s", model.Title(name), middlewareType(m), m.Kind(), m.Name)
		}
	}
	for _, l := range w.namedLayers() {
		f.p("%s %s // in place of layer %s; framework.NoLayer() takes it away", model.Title(w.replacedLayers[l]), symLayer, l.Instance)
	}
	f.p("}")
	f.p("")
	f.p("// NewWith is New with some values replaced.")
	f.p("func NewWith(rt *%s, o Overrides) *%s {", symRuntime, symApp)
	f.p("c := newContainer(rt)")
	for _, s := range w.slots {
		switch {
		case !s.injected || s.field == "":
		case !singleton(s.node):
			f.p("c.%s = o.%s", s.field, model.Title(s.override))
		case comparesWithNil(s.typ):
			f.p("%s(&c.%s, o.%s)", symOverride, s.field, model.Title(s.override))
		default:
			f.p("%s(&c.%s, o.%s)", symOverrideValue, s.field, model.Title(s.override))
		}
	}
	assigned := map[string]bool{}
	for _, m := range w.middleware() {
		name := w.replaced[m]
		if !assigned[name] {
			assigned[name] = true
			f.p("c.%s = o.%s", w.middlewareField(m), model.Title(name))
		}
		n := w.nodes[m.Provider]
		if n == nil || !singleton(n) {
			continue
		}
		f.p("if o.%s != nil {", model.Title(name))
		f.p("c.%s.Slot.Skip()", w.primary(n).field)
		f.p("}")
	}
	for _, l := range w.namedLayers() {
		field := w.replacedLayers[l]
		f.p("c.%s = o.%s", field, model.Title(field))
		if n := w.nodes[l.Provider]; n != nil {
			f.p("if o.%s != nil {", model.Title(field))
			f.p("c.%s.Slot.Skip()", w.primary(n).field)
			f.p("}")
		}
	}
	f.p("return c.app()")
	f.p("}")
	return f
}

// overridden is what a slot stands for, for comments.
func overridden(s *slot) string {
	what := s.node.Provider.Name()
	if calls(s.node) {
		what = "the call of function " + s.node.Provider.Call.Name
	}
	if s.node.Provider.Kind == model.Group {
		what = "the list of " + s.node.Provider.Name() + ": " + membersOf(s.node)
	}
	if id := s.node.Provider.ID; id != "" {
		what += " as id=" + id
	}
	if s.decorated {
		what += "; aspects stay around it"
	}
	return what
}

// membersOf names the members of a group, for comments.
func membersOf(n *wiring.Node) string {
	const most = 5
	var names []string
	for i, e := range n.Edges {
		if i == most {
			names = append(names, "and others")
			break
		}
		names = append(names, e.To.Provider.Name())
	}
	return strings.Join(names, ", ")
}
