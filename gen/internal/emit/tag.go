package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

func (w *writer) writeTag(f *file, t *types.Named, of types.Type) {
	f.comment(fmt.Sprintf("%s tells one %s from another.", t.Obj().Name(), w.describe(of)), "")
	f.p("type %s %s", t.Obj().Name(), of)
	f.p("")
}

// converts reports whether a value of a type has to be converted to a type that is declared as it.
func converts(t types.Type) bool {
	switch types.Unalias(t).(type) {
	case *types.Named, *types.Basic, *types.TypeParam:
		return !types.IsInterface(t)
	}
	return false
}

// writeTagged hands on a slot as a type of its own.
func (w *writer) writeTagged(f *file, p *provided) {
	get, m := getterName(p.slot), inBuild
	switch {
	case p.takes:
		get, m = takeName(p.node, p.mode), p.mode
	case p.perCall:
		get, m = "call"+model.Title(p.slot.ident), inCall
	}
	params, args := w.scope(f, m)
	left, results := "v, err", f.s("%s, error", p.tag)
	if p.takes && w.ends[get] {
		left, results = "v, cleanup, err", f.s("%s, func(), error", p.tag)
	}
	f.p("func %s(%s) (%s) {", p.name, params, results)
	if converts(p.slot.typ) {
		f.p("%s := %s(%s)", left, get, args)
		f.p("return %s(v)%s", p.tag, strings.TrimPrefix(left, "v"))
	} else {
		f.p("return %s(%s)", get, args)
	}
	f.p("}")
}

// scope is what an injector of a mode has: its parameters, and as arguments.
func (w *writer) scope(f *file, m mode) (params, args string) {
	switch m {
	case inCall:
		return "k *call", "k"
	case inRequest:
		return f.s("c *container, b *%s, ctx *%s", symBuild, symContext), "c, b, ctx"
	}
	return f.s("c *container, b *%s", symBuild), "c, b"
}

// writeTakes writes the functions that look for a replacement before anything is built.
func (w *writer) writeTakes(f *file) {
	for _, t := range w.takes {
		s := w.primary(t.node)
		name := injectorName(s, t.mode)
		params, args := w.scope(f, t.mode)
		results := f.s("%s, error", s.typ)
		more := ", nil"
		if w.ends[takeName(t.node, t.mode)] {
			results, more = f.s("%s, func(), error", s.typ), ", func() {}, nil"
		}
		f.p("func %s(%s) (%s) {", takeName(t.node, t.mode), params, results)
		if s.injected {
			if t.mode == inCall {
				f.p("if c := k.container; c.%s != nil {", s.field)
			} else {
				f.p("if c.%s != nil {", s.field)
			}
			f.p("return %s%s", w.replacement(s), more)
			f.p("}")
		}
		f.p("return %s(%s)", name, args)
		f.p("}")
		f.p("")
	}
}

// writeAs hands on what is made within an injector as an interface.
func (w *writer) writeAs(f *file, p *provided) {
	f.p("func %s(c *container, v %s) %s {", p.name, p.params[0].typ, p.slot.typ)
	if p.slot.injected {
		f.p("if c.%s != nil {", p.slot.field)
		f.p("return %s", w.replacement(p.slot))
		f.p("}")
	}
	f.p("return v")
	f.p("}")
}

// replacement is the value that a test has set for a slot.
func (w *writer) replacement(s *slot) string {
	if comparesWithNil(s.typ) {
		return "c." + s.field
	}
	return "*c." + s.field
}

// writeValue hands Wire a value from configuration or a builtin.
func (w *writer) writeValue(f *file, p *provided) {
	e := p.params[0].edge
	d := e.Dep
	if d.Kind == model.FromConfig {
		f.p("func %s(c *container) (%s, error) { return %s(%s, %s) }", p.name, d.Type, symRead, w.settings(p.node), readName(p.node, &e))
		return
	}
	switch d.Builtin {
	case model.InitContext:
		f.p("func %s(b *%s) %s { return b.Context() }", p.name, symBuild, d.Type)
	case model.Logger:
		if p.perCall {
			f.p("func %s(ctx *%s) %s { return ctx.Logger() }", p.name, symContext, d.Type)
		} else {
			f.p("func %s(c *container) %s { return c.rt.Log() }", p.name, d.Type)
		}
	case model.Runtime:
		f.p("func %s(c *container) %s { return c.rt }", p.name, d.Type)
	case model.Clock:
		f.p("func %s(c *container) %s { return c.rt.Time() }", p.name, d.Type)
	default:
		f.p("func %s(c *container) (%s, error) { return %s() }", p.name, d.Type, w.settings(p.node))
	}
}
