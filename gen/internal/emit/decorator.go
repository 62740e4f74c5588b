package emit

import (
	"go/types"
	"strings"

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

// decorator makes a decorator.
func (w *writer) decorator(n *wiring.Node, values []string) string {
	var fields []string
	for i, name := range w.decoration(n).fields {
		fields = append(fields, name+": "+values[i])
	}
	return "&" + w.decorated(n) + "{" + strings.Join(fields, ", ") + "}"
}

// decorated is the name of the decorator's type.
func (w *writer) decorated(n *wiring.Node) string { return w.decorators[n] }

// write writes the type and its methods.
func (d *decoration) write(f *file) {
	n, out, name := d.node, d.node.Provider.Out, d.decorated(d.node)
	embedded := f.typ(out)
	if d.alias != "" {
		f.comment(d.alias+" is what "+name+" stands before.", "")
		f.p("type %s = %s", d.alias, out)
		f.p("")
		embedded = d.alias
	}
	f.comment(name+" is "+d.article(out)+" with aspects around it.", "")
	f.p("type %s struct {", name)
	f.p("%s", embedded)
	for i, field := range d.fields[1:] {
		f.p("%s %s", field, n.Decoration.Aspects[i].Provider.Out)
	}
	f.p("}")
	f.p("")
	for _, m := range n.Decoration.Methods {
		if len(m.Aspects) > 0 {
			d.method(f, m)
		}
	}
}

// method writes a method with aspects around it. The context that they are given is the first that it takes.
func (d *decoration) method(f *file, m wiring.Method) {
	sig := m.Func.Signature()
	local := d.locals.inner("ctx", "err")
	receiver := local.take("d")
	p := &joinPoint{file: f, target: d.iface.Pkg().Name() + "." + d.iface.Name(), method: m.Func.Name()}
	c := advised{aspects: m.Aspects, instance: func(a *model.Aspect) string {
		for i, other := range d.node.Decoration.Aspects {
			if other == a {
				return receiver + "." + d.fields[i+1]
			}
		}
		return "nil"
	}}
	var params, args []string
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		name := v.Name()
		if name == "" || name == "_" {
			name = typeIdent(v.Type())
		}
		if types.Universe.Lookup(name) != nil { // string, which would hide the type
			name = "arg"
		}
		t := f.typ(v.Type())
		if isNamed(v.Type(), "context", "Context") && c.ctx == "" {
			name = "ctx"
			c.ctx, c.inner, c.uses = name, name, true
		} else {
			name = local.take(name)
			p.vars, p.args = append(p.vars, name), p.args+1
		}
		arg := name
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t = f.s("...%s", types.Unalias(v.Type()).(*types.Slice).Elem())
			arg += "..."
		}
		params, args = append(params, name+" "+t), append(args, arg)
	}
	if c.ctx == "" {
		c.ctx, c.inner = f.s("%s()", symBackground), "ctx"
	}
	var results, names []string
	fails := false
	for i := range sig.Results().Len() {
		v := sig.Results().At(i)
		name := "err"
		if fails = i == sig.Results().Len()-1 && isError(v.Type()); !fails {
			name = local.take("out")
			p.vars, p.results = append(p.vars, name), p.results+1
		}
		results, names = append(results, name+" "+f.typ(v.Type())), append(names, name)
	}
	around := make([]string, len(m.Aspects))
	for i, a := range m.Aspects {
		around[i] = a.Name()
	}
	if fails && p.results == 0 {
		results = []string{"error"}
	}
	f.comment(m.Func.Name()+" has the advice of "+strings.Join(around, ", ")+".", "")
	f.p("func (%s *%s) %s(%s) (%s) {", receiver, d.decorated(d.node), m.Func.Name(), strings.Join(params, ", "), strings.Join(results, ", "))
	p.local = local
	c.j = p.declare()
	call := receiver + "." + d.fields[0] + "." + m.Func.Name() + "(" + strings.Join(args, ", ") + ")"
	all := strings.Join(names, ", ")
	switch {
	case fails && p.results == 0:
		c.call = "return " + call
		f.p("return %s", f.aroundCall(c))
	case fails:
		c.call = all + " = " + call + "\nreturn err"
		f.p("err = %s", f.aroundCall(c))
		f.p("return %s", all)
	case p.results == 0:
		c.call = call + "\nreturn nil"
		f.p("%s", f.aroundCall(c))
	default:
		c.call = all + " = " + call + "\nreturn nil"
		f.p("%s", f.aroundCall(c))
		f.p("return %s", all)
	}
	f.p("}")
	f.p("")
}
