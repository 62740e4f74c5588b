package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// A function that uses middleware is entered through its chain, which start puts together once. There is no other way to its
// adapter, so that no platform can go round a guard; before start the chain is nil, which fails.

// entry is the handler of a function as platforms call it.
func (w *writer) entry(m *plan.Member) jen.Code {
	chain := w.chains[m.Name]
	if chain == "" {
		return jen.Id("u").Dot(w.methods[m.Name])
	}
	return jen.Func().Params(jen.Id("ctx").Op("*").Add(q(symContext))).Error().Block(jen.Return(jen.Id("u").Dot(chain).Call(jen.Id("ctx"))))
}

// chainFields are the fields of the unit that hold the chains.
func (w *writer) chainFields() []jen.Code {
	if len(w.chains) == 0 {
		return nil
	}
	fields := []jen.Code{jen.Line()}
	for _, m := range w.unit.Members {
		if chain := w.chains[m.Name]; chain != "" {
			fields = append(fields, jen.Id(chain).Add(q(symHandler)))
		}
	}
	return fields
}

// around are the nodes of the middleware and guards that the functions use, in dependency order.
func (w *writer) around() []*wiring.Node {
	used := map[*wiring.Node]bool{}
	for _, m := range w.unit.Members {
		for _, wrapper := range m.Model.Middleware {
			used[w.nodes[wrapper.Provider]] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(w.reach), func(n *wiring.Node) bool { return !used[n] })
}

// compose gets the middleware and guards that are built, and makes the chain of each function.
func (w *writer) compose() []jen.Code {
	var body []jen.Code
	local := w.locals.inner()
	built := map[*model.Provider]string{}
	for _, n := range w.around() {
		v := local.take(n.Ident)
		built[n.Provider] = v
		body = append(body, jen.List(jen.Id(v), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b")), ifErr())
	}
	for _, m := range w.unit.Members {
		chain := w.chains[m.Name]
		if chain == "" {
			continue
		}
		args := []jen.Code{jen.Id("u").Dot(w.methods[m.Name])}
		for _, wrapper := range m.Model.Middleware {
			args = append(args, wrapperCode(wrapper, built[wrapper.Provider]))
		}
		body = append(body, jen.Id("u").Dot(chain).Op("=").Add(q(symChain)).Call(args...))
	}
	return body
}

// wrapperCode is a middleware, or a guard as one; variable holds what its provider made.
func wrapperCode(m *model.Middleware, variable string) jen.Code {
	var value *jen.Statement
	switch {
	case m.Made:
		return jen.Id(variable)
	case m.Provider != nil:
		value = jen.Id(variable).Dot(m.Method())
	default:
		value = jen.Qual(m.Object.Pkg().Path(), m.Object.Name())
	}
	if m.Guard {
		return q(symGuard).Call(value).Dot("Middleware")
	}
	return value
}
