package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// writeProviders writes the types that tell values apart, and the provider functions.
func (w *writer) writeProviders(f *file) {
	for _, s := range w.slots {
		if t := w.slotTags[s]; t != nil {
			w.writeTag(f, t, s.typ)
		}
	}
	for _, n := range w.reach {
		for i, e := range n.Edges {
			if t := w.placeTags[place{n, i}]; t != nil {
				w.writeTag(f, t, w.primary(e.To).typ)
			}
		}
	}
	w.writeTakes(f)
	for _, p := range w.provided {
		switch {
		case p.hands && p.tag != nil:
			w.writeTagged(f, p)
		case p.hands:
			w.writeAs(f, p)
		case len(p.params) == 1 && p.params[0].typ == nil:
			w.writeValue(f, p)
		default:
			w.writeProvider(f, p)
		}
		f.p("")
	}
}

// provider is one provider function in the making.
type provider struct {
	*file
	*provided
	mode   mode
	local  *space
	values []string // of the edges
	fails  bool
	cleans bool
	zero   string
}

// writeProvider writes the function that makes a node.
func (w *writer) writeProvider(f *file, p *provided) {
	n, m := p.node, inBuild
	if p.perCall {
		m = inRequest
	}
	b := &provider{file: f, provided: p, mode: m, local: w.locals.inner(variables()...), values: make([]string, len(n.Edges))}
	s := w.primary(n)
	out := s.typ
	if p.tag != nil {
		out = p.tag
	}
	b.cleans, b.fails, b.zero = w.cleans(n, m), w.fails(n, m), f.zero(out)
	unit, scope := w.parameters(n, m)
	whole := p.name == injectorName(s, inBuild) && w.direct[s]
	var params []string
	if unit || whole {
		params = append(params, "c *container")
	}
	switch {
	case (scope || whole) && m == inBuild:
		params = append(params, f.s("b *%s", symBuild))
	case scope:
		params = append(params, f.s("ctx *%s", symContext))
	}
	for _, q := range p.params {
		name := b.local.take(variable(q.edge.Dep))
		params = append(params, name+" "+f.typ(q.typ))
		value := name
		if tag, ok := q.typ.(*types.Named); ok && tag.Obj().Pkg() == w.types {
			if t := q.slot.typ; converts(t) {
				value = f.s("%s(%s)", t, name)
			} else if !types.IsInterface(t) && w.asInterface(n, q) { // whose methods the tag has not
				value = f.s("(%s)(%s)", t, name)
			}
		}
		for _, i := range q.indices {
			b.values[i] = value
		}
	}
	b.fails = b.fails || whole
	f.comment(fmt.Sprintf("%s makes %s.", p.name, w.what(n, s.typ)), n.Provider.Doc)
	results := f.typ(out)
	if b.cleans {
		results += ", func()"
	}
	if b.fails {
		results += ", error"
	}
	if b.cleans || b.fails {
		results = "(" + results + ")"
	}
	f.p("func %s(%s) %s {", p.name, strings.Join(params, ", "), results)
	if w.looks(n) {
		f.p("if c.%s != nil {", s.field)
		b.ret(w.replacement(s), "func() {}", "nil")
		f.p("}")
	}
	b.body()
	f.p("}")
}

// asInterface reports whether a node takes a dependency as an interface.
func (w *writer) asInterface(n *wiring.Node, q param) bool {
	if n.Provider.Kind == model.Group {
		s, ok := types.Unalias(n.Provider.Out).Underlying().(*types.Slice)
		return ok && types.IsInterface(s.Elem())
	}
	return types.IsInterface(q.edge.Dep.Type)
}

// ret returns a value with as many further results as there are.
func (b *provider) ret(value, cleanup, err string) {
	if b.tag != nil && converts(b.primary(b.node).typ) && value != b.zero {
		value = b.s("%s(%s)", b.tag, value)
	}
	list := []string{value}
	if b.cleans {
		list = append(list, cleanup)
	}
	if b.fails {
		list = append(list, err)
	}
	b.p("return %s", strings.Join(list, ", "))
}

// body makes the instance out of the values of its dependencies and returns it.
func (b *provider) body() {
	n, p := b.node, b.node.Provider
	if b.readsWhole(n) && singleton(n) && len(configured(n)) == len(n.Edges) && len(n.Edges) > 0 {
		b.wrapped(b.s("%s(%s, %s)", symRead, b.settings(n), readName(n, nil)), p.Out, b.primary(n).typ)
		return
	}
	given := b.read() // a struct that has its configuration
	for i, e := range n.Edges {
		if b.values[i] == "" {
			b.values[i] = b.other(e)
		}
	}
	value := ""
	switch {
	case n.Decoration != nil:
		value = b.decorator(n, b.values)
	case calls(n):
		value = b.calling()
	case p.Kind == model.Group:
		value = b.typ(p.Out) + "{" + strings.Join(b.values, ", ") + "}"
	case given != "":
		for i, e := range n.Edges {
			if b.values[i] != "" && e.Dep.Kind != model.FromConfig {
				b.p("%s.%s = %s", given, e.Dep.Field(), b.values[i])
			}
		}
		value = given
	case p.Kind == model.Struct:
		if value = b.structLiteral(); embeds(n) {
			b.p("v := %s", value)
			b.allocate(n)
			for i, e := range n.Edges {
				if e.Dep.Embedded != nil && b.values[i] != "" {
					b.p("v.%s = %s", e.Dep.Field(), b.values[i])
				}
			}
			value = "v"
		}
	default:
		b.constructor()
		return
	}
	b.finish(value)
}

// finish returns what needs no more than its Init.
func (b *provider) finish(value string) {
	p := b.node.Provider
	if singleton(b.node) || !p.Init && !p.Destroy {
		b.ret(value, "func() {}", "nil")
		return
	}
	t := b.primary(b.node).typ
	b.wrapped(b.s("%s(%s, %s)", map[bool]symbol{true: symBegin, false: symMade}[b.perCall], map[bool]string{true: "ctx", false: "b"}[b.perCall], value), p.Out, t)
}

// wrapped returns the results of a call which are all that the function has, as another type if need be.
func (b *provider) wrapped(call string, is, as types.Type) {
	if types.Identical(is, as) && b.tag == nil || b.tag == nil && types.IsInterface(as) || b.tag != nil && !converts(as) {
		b.p("return %s", call)
		return
	}
	left := []string{"v"}
	if b.cleans {
		left = append(left, "cleanup")
	}
	if b.fails {
		left = append(left, "err")
	}
	b.p("%s := %s", strings.Join(left, ", "), call)
	b.ret("v", "cleanup", "err")
}

// constructor calls the constructor.
func (b *provider) constructor() {
	n, p := b.node, b.node.Provider
	call := b.s("%s", p.Object)
	if len(p.Args) > 0 {
		args := make([]string, len(p.Args))
		for i, a := range p.Args {
			args[i] = b.typ(a)
		}
		call += "[" + strings.Join(args, ", ") + "]"
	}
	call += "(" + strings.Join(b.values, ", ")
	if p.Object.(*types.Func).Signature().Variadic() {
		call += "..."
	}
	call += ")"
	as := b.primary(n).typ
	lives := !singleton(n) && (p.Init || p.Destroy || p.Cleanup)
	switch {
	case lives || p.Cleanup:
		// The function that ends it takes all three results of a constructor.
		head := b.s("%s", symClosed)
		switch {
		case lives && b.perCall:
			head = b.s("%s[%s](ctx)", symBeginOpened, p.Out)
		case lives:
			head = b.s("%s[%s](b)", symOpened, p.Out)
		}
		switch {
		case p.Cleanup && p.Err:
			b.wrapped(head+"("+call+")", p.Out, as)
		case p.Cleanup:
			b.p("v, cleanup := %s", call)
			b.wrapped(head+"(v, cleanup, nil)", p.Out, as)
		case p.Err:
			b.p("v, err := %s", call)
			b.wrapped(head+"(v, nil, err)", p.Out, as)
		default:
			b.wrapped(head+"("+call+", nil, nil)", p.Out, as)
		}
	case p.Err && b.cleans:
		b.p("v, err := %s", call)
		b.ret("v", "func() {}", "err")
	case p.Err:
		b.wrapped(call, p.Out, as)
	default:
		b.ret(call, "func() {}", "nil")
	}
}

// embeds reports whether a node has fields of embedded structs.
func embeds(n *wiring.Node) bool {
	return slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool { return e.Dep.Embedded != nil })
}

// allocate makes the structs whose pointers are embedded in v.
func (f *file) allocate(n *wiring.Node) {
	made := map[string]bool{}
	for _, e := range n.Edges {
		for i, x := range e.Dep.Embedded {
			if at := model.Selector(e.Dep.Embedded[:i], x.Name); x.Pointer && !made[at] {
				made[at] = true
				f.p("v.%s = new(%s)", at, x.Type)
			}
		}
	}
}

// structLiteral is &T{...} with the fields of its own in source order.
func (b *provider) structLiteral() string {
	var fields []string
	for i, e := range b.node.Edges {
		if b.values[i] != "" && e.Dep.Embedded == nil {
			fields = append(fields, e.Dep.Name+": "+b.values[i])
		}
	}
	t, amp := b.node.Provider.Out, ""
	if ptr, ok := t.(*types.Pointer); ok {
		t, amp = ptr.Elem(), "&"
	}
	return amp + b.typ(t) + "{" + strings.Join(fields, ", ") + "}"
}

// read reads what is configured: into a struct, whose variable it returns, or into variables.
func (b *provider) read() (given string) {
	n := b.node
	values := configured(n)
	if len(values) == 0 {
		return ""
	}
	settings := b.settings(n)
	if b.readsWhole(n) {
		b.p("v, err := %s(%s, %s)", symRead, settings, readName(n, nil))
		b.failed()
		return "v"
	}
	if len(values) == 1 {
		name := b.local.take(variable(values[0].Dep))
		b.p("%s, err := %s(%s, %s)", name, symRead, settings, readName(n, &values[0]))
		b.failed()
		b.set(values[0], name)
		return ""
	}
	b.p("r := %s(%s)", symNewReader, settings)
	var names, reads []string
	for _, e := range values {
		name := b.local.take(variable(e.Dep))
		names, reads = append(names, name), append(reads, readName(n, &e)+"(r)")
		b.set(e, name)
	}
	b.p("%s := %s", strings.Join(names, ", "), strings.Join(reads, ", "))
	b.p("if err := r.Err(); err != nil {")
	b.ret(b.zero, "nil", "err")
	b.p("}")
	return ""
}

func (b *provider) set(e wiring.Edge, value string) {
	for i := range b.node.Edges {
		if b.node.Edges[i].Dep == e.Dep {
			b.values[i] = value
		}
	}
}

func (b *provider) failed() {
	b.p("if err != nil {")
	b.ret(b.zero, "nil", "err")
	b.p("}")
}

// other is the value of a dependency that is not a parameter, "" for a field that is left alone.
func (b *provider) other(e wiring.Edge) string {
	d := e.Dep
	switch {
	case d.Lazy && e.To != nil:
		chain, get, helper := "b", "", symLazyOf
		if b.perCall {
			chain = "nil"
		}
		if get = getterName(b.file.slot(e)); !singleton(e.To) {
			get, helper = takeName(e.To, inBuild), symLazyNew
		}
		return b.s("%s(c, %s, %s)", helper, chain, get)
	case d.Kind == model.FromConfig:
		return "" // it was read
	case d.Kind == model.FromBuiltin:
		switch d.Builtin {
		case model.Logger:
			if b.perCall {
				return "ctx.Logger()"
			}
			return "c.rt.Log()"
		case model.Runtime:
			return "c.rt"
		case model.ConfigValues:
			name := b.local.take("settings")
			b.p("%s, err := %s()", name, b.settings(b.node))
			b.failed()
			return name
		case model.Clock:
			return "c.rt.Time()"
		case model.InitContext:
			if !b.perCall {
				return "b.Context()"
			}
		}
		return "ctx"
	case b.node.Provider.Kind == model.Struct:
		return "" // optional and absent
	case d.Lazy:
		return b.s("%s[%s]{}", symLazy, d.Type)
	}
	return b.zeroOf(d.Type)
}

func (b *provider) zeroOf(t types.Type) string { return b.file.zero(t) }
