package emit

import (
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// The application's own package differs from a unit's: each injected value can be replaced, and what is replaced is never
// built. Therefore every value is asked for at the moment it is needed, request-scoped ones by methods of the call. Middleware
// and guards can be replaced as functions.

// overridesType writes Overrides and NewWith.
func (w *writer) overridesType(f *jen.File) {
	var fields []jen.Code
	seen := map[string]bool{}
	for _, s := range w.slots {
		if !s.injected {
			continue
		}
		t := typeCode(s.typ)
		if !comparesWithNil(s.typ) {
			t = jen.Op("*").Add(t)
		}
		what := "what " + s.node.Provider.Name() + " provides"
		if s.node.Provider.Kind == model.Group {
			what = "the list of " + s.node.Provider.Name() + ": " + membersOf(s.node)
		}
		if id := s.node.Provider.ID; id != "" {
			what += " as id=" + id
		}
		if s.decorated {
			what += "; aspects stay around it"
		}
		if !seen[s.override] {
			seen[s.override] = true
			fields = append(fields, jen.Comment("// "+title(s.override)+" replaces "+what+"."), jen.Id(title(s.override)).Add(t))
		}
	}
	for _, m := range w.wrappersUsed() {
		t := symMiddleware
		if m.Guard {
			t = symGuard
		}
		field := w.replaced[m]
		if seen[field] {
			continue
		}
		seen[field] = true
		fields = append(fields, jen.Comment("// "+title(field)+" replaces "+m.Kind()+" "+m.Name+"."), jen.Id(title(field)).Add(q(t)))
	}
	comment(f, "Overrides replaces values that are injected, for tests. A field that is set wins, and the real value is never")
	comment(f, "built; who sets it also ends it.")
	f.Type().Id("Overrides").Struct(fields...)
	f.Line()
	comment(f, "NewWith is New with some values replaced.")
	f.Func().Id("NewWith").Params(jen.Id("rt").Op("*").Add(q(symRuntime)), jen.Id("overrides").Id("Overrides")).
		Op("*").Add(q(symApp)).Block(w.makeUnit(jen.Id("overrides").Op(":").Id("overrides"))...)
	f.Line()
}

// comparesWithNil reports whether nil can say that an override is not set.
func comparesWithNil(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Map, *types.Slice, *types.Signature, *types.Chan:
		return true
	}
	return false
}

// override returns the replacement of a slot, if there is one, with the further results.
func (w *writer) override(unit *jen.Statement, s *slot, more ...jen.Code) jen.Code {
	field := func() *jen.Statement { return unit.Clone().Dot("overrides").Dot(title(s.override)) }
	value := field()
	if !comparesWithNil(s.typ) {
		value = jen.Op("*").Add(value)
	}
	return jen.If(field().Op("!=").Nil()).Block(jen.Return(append([]jen.Code{value}, more...)...))
}

// slotGetters writes what stands before the providers: a getter for each interface that a singleton is injected as, and
// a function for each prototype that a singleton uses.
func (w *writer) slotGetters(f *jen.File) {
	params := []jen.Code{jen.Id("u").Op("*").Id("unit"), jen.Id("b").Op("*").Add(q(symBuild))}
	for _, s := range w.slots {
		n := s.node
		switch {
		case singleton(n) && !s.own():
			comment(f, w.getterName(s)+" returns the unit's "+describe(s.typ, w.types)+".")
			f.Func().Id(w.getterName(s)).Params(params...).Params(typeCode(s.typ), jen.Error()).Block(
				w.override(jen.Id("u"), s, jen.Nil()),
				jen.Return(jen.Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b"))))
			f.Line()
		case n.Provider.Scope == annotations.Prototype && s.injected && w.usedBy(n, inBuild):
			var more []jen.Code
			cleanup, err := w.buildCleans(n), w.buildFails(n)
			if cleanup {
				more = append(more, jen.Func().Params().Block())
			}
			if err {
				more = append(more, jen.Nil())
			}
			comment(f, w.prototypeName(s)+" makes "+w.madeAs(s)+" for one use.")
			f.Func().Id(w.prototypeName(s)).Params(params...).Add(results(typeCode(s.typ), cleanup, err)).Block(
				w.override(jen.Id("u"), s, more...),
				jen.Return(jen.Id("build"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b"))))
			f.Line()
		}
	}
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

// madeAs is what is made for a slot, for comments.
func (w *writer) madeAs(s *slot) string {
	if s.own() {
		return w.made(s.node)
	}
	return article(s.typ, w.types)
}
