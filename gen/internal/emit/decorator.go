package emit

import (
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// A decorator implements an interface by what it stands before, which is embedded, and has methods of its own where there
// are aspects around them.

// decoration is the struct of a decorator: the names of its fields, by edge.
type decoration struct {
	*writer
	node   *wiring.Node
	iface  *types.TypeName
	fields []string
	// alias is what the embedded interface is called when its own name is that of one of its methods, else empty.
	alias string
}

func (w *writer) decoration(n *wiring.Node) *decoration {
	d := &decoration{writer: w, node: n, iface: model.TypeName(n.Provider.Out)}
	taken := newSpace()
	for _, m := range n.Decoration.Methods {
		taken.add(m.Func.Name())
	}
	embedded := d.iface.Name()
	if taken.has(embedded) {
		d.alias = n.Ident + "Next"
		embedded = d.alias
	}
	taken.add(embedded)
	d.fields = []string{embedded}
	for _, dep := range n.Provider.Deps[1:] {
		d.fields = append(d.fields, taken.take(dep.Name))
	}
	return d
}

// decoratorLiteral makes a decorator.
func (w *writer) decoratorLiteral(n *wiring.Node, values []jen.Code) jen.Code {
	var fields []jen.Code
	for i, name := range w.decoration(n).fields {
		fields = append(fields, jen.Id(name).Op(":").Add(values[i]))
	}
	return jen.Op("&").Id(n.Ident).Add(lines(fields...))
}

// write writes the type and its methods.
func (d *decoration) write(f *jen.File) {
	n, out := d.node, d.node.Provider.Out
	embedded := typeCode(out)
	if d.alias != "" {
		comment(f, d.alias+" is what "+n.Ident+" stands before.")
		f.Type().Id(d.alias).Op("=").Add(typeCode(out))
		f.Line()
		embedded = jen.Id(d.alias)
	}
	fields := []jen.Code{embedded}
	for i, name := range d.fields[1:] {
		fields = append(fields, jen.Id(name).Add(typeCode(n.Decoration.Aspects[i].Provider.Out)))
	}
	comment(f, n.Ident+" is "+article(out, d.types)+" with aspects around it.")
	f.Type().Id(n.Ident).Struct(fields...)
	f.Line()
	for _, m := range n.Decoration.Methods {
		if len(m.Aspects) > 0 {
			d.method(f, m)
		}
	}
}

// method writes a method with aspects around it. The context that they are given is the first that it takes.
func (d *decoration) method(f *jen.File, m wiring.Method) {
	sig := m.Func.Signature()
	local := d.scope("ctx", "err")
	receiver := local.take("d")
	p := &joinPoint{writer: d.writer, target: d.iface.Pkg().Name() + "." + d.iface.Name(), method: m.Func.Name()}
	c := wrapped{aspects: m.Aspects, instance: func(a *model.Aspect) jen.Code {
		for i, other := range d.node.Decoration.Aspects {
			if other == a {
				return jen.Id(receiver).Dot(d.fields[i+1])
			}
		}
		return jen.Nil()
	}}
	var params, args []jen.Code
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		name := v.Name()
		if name == "" || name == "_" {
			name = typeIdent(v.Type())
		}
		if types.Universe.Lookup(name) != nil { // string, which would hide the type
			name = "arg"
		}
		t := typeCode(v.Type())
		if isContext(v.Type()) && c.ctx == nil {
			name = "ctx"
			c.ctx, c.inner, c.uses = jen.Id(name), name, true
		} else {
			name = local.take(name)
			p.vars, p.args = append(p.vars, name), p.args+1
		}
		arg := jen.Id(name)
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t = jen.Op("...").Add(typeCode(types.Unalias(v.Type()).(*types.Slice).Elem()))
			arg.Op("...")
		}
		params, args = append(params, jen.Id(name).Add(t)), append(args, arg)
	}
	if c.ctx == nil {
		c.ctx, c.inner = jen.Qual(pathContext, "Background").Call(), "ctx"
	}
	var results, names []jen.Code
	fails := false
	for i := range sig.Results().Len() {
		v := sig.Results().At(i)
		name := "err"
		if fails = i == sig.Results().Len()-1 && isError(v.Type()); !fails {
			name = local.take("out")
			p.vars, p.results = append(p.vars, name), p.results+1
		}
		results, names = append(results, jen.Id(name).Add(typeCode(v.Type()))), append(names, jen.Id(name))
	}
	p.local = local
	j, declared := p.declare()
	c.j = j
	call := jen.Id(receiver).Dot(d.fields[0]).Dot(m.Func.Name()).Call(args...)
	body := []jen.Code{declared}
	switch {
	case fails && p.results == 0:
		c.call = []jen.Code{jen.Return(call)}
		body = append(body, jen.Return(d.aroundCall(c)))
		results = []jen.Code{jen.Error()}
	case fails:
		c.call = []jen.Code{jen.List(names...).Op("=").Add(call), jen.Return(jen.Err())}
		body = append(body, jen.Err().Op("=").Add(d.aroundCall(c)), jen.Return(names...))
	case p.results == 0:
		c.call = []jen.Code{call, jen.Return(jen.Nil())}
		body = append(body, d.aroundCall(c))
	default:
		c.call = []jen.Code{jen.List(names...).Op("=").Add(call), jen.Return(jen.Nil())}
		body = append(body, d.aroundCall(c), jen.Return(names...))
	}
	around := make([]string, len(m.Aspects))
	for i, a := range m.Aspects {
		around[i] = a.Name()
	}
	comment(f, m.Func.Name()+" has "+strings.Join(around, ", ")+" around it.")
	f.Func().Params(jen.Id(receiver).Op("*").Id(d.node.Ident)).Id(m.Func.Name()).Params(params...).Params(results...).Block(body...)
	f.Line()
}

func isContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Context" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pathContext
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }
