package emit

import (
	"slices"
	"strings"

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
	run := jen.Id("u").Dot(chain).Call(jen.Id("ctx"))
	if shares(m) {
		run = jen.Id("u").Dot("inCall").Call(jen.Id("ctx"), jen.Id("u").Dot(chain))
	}
	return jen.Func().Params(jen.Id("ctx").Op("*").Add(q(symContext))).Error().Block(jen.Return(run))
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

// wrappersUsed are the middleware and guards that the functions use, by their names.
func (w *writer) wrappersUsed() []*model.Middleware {
	used := map[*model.Middleware]bool{}
	for _, m := range w.unit.Members {
		for _, wrapper := range m.Model.Middleware {
			used[wrapper] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(w.graph.App.Middleware), func(m *model.Middleware) bool { return !used[m] })
}

// around are the nodes of the middleware and guards that are built at cold start, in dependency order.
func (w *writer) around() []*wiring.Node {
	built := map[*wiring.Node]bool{}
	for _, m := range w.wrappersUsed() {
		if m.Provider != nil && !perCall(m) {
			built[w.nodes[m.Provider]] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(w.reach), func(n *wiring.Node) bool { return !built[n] })
}

// compose gets the middleware and guards that are built, and makes the chain of each function.
func (w *writer) compose() []jen.Code {
	var body []jen.Code
	local := w.locals.inner()
	value := map[*model.Middleware]*jen.Statement{}
	wrappers := w.wrappersUsed()
	built := map[*model.Provider]string{}
	for _, n := range w.around() {
		i := slices.IndexFunc(wrappers, func(m *model.Middleware) bool { return m.Provider == n.Provider })
		v := local.take(n.Ident)
		built[n.Provider] = v
		get := []jen.Code{jen.List(jen.Id(v), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b")), ifErr()}
		if w.overrides {
			var stmts []jen.Code
			value[wrappers[i]], stmts = w.replaceable(local, wrappers[i], v, get)
			get = stmts
		}
		body = append(body, get...)
	}
	for _, m := range wrappers {
		switch {
		case value[m] != nil:
		case w.overrides:
			var stmts []jen.Code
			value[m], stmts = w.replaceable(local, m, "", nil)
			body = append(body, stmts...)
		default:
			value[m] = w.wrapperCode(m, built[m.Provider])
		}
	}
	for _, m := range w.unit.Members {
		chain := w.chains[m.Name]
		if chain == "" {
			continue
		}
		args := []jen.Code{jen.Id("u").Dot(w.methods[m.Name])}
		for _, wrapper := range m.Model.Middleware {
			arg := value[wrapper].Clone()
			if wrapper.Guard {
				if !w.overrides {
					arg = q(symGuard).Call(arg)
				}
				arg = arg.Dot("Middleware")
			}
			args = append(args, arg)
		}
		body = append(body, jen.Id("u").Dot(chain).Op("=").Add(q(symChain)).Call(args...))
	}
	return body
}

// replaceable takes a middleware or guard from Overrides, or else gets it. It returns its variable.
func (w *writer) replaceable(local *space, m *model.Middleware, variable string, get []jen.Code) (*jen.Statement, []jen.Code) {
	v := local.take(w.replaced[m])
	get = append(get, jen.Id(v).Op("=").Add(w.wrapperCode(m, variable)))
	return jen.Id(v), []jen.Code{
		jen.Id(v).Op(":=").Id("u").Dot("overrides").Dot(title(w.replaced[m])),
		jen.If(jen.Id(v).Op("==").Nil()).Block(get...),
	}
}

// overrideName is the field of Overrides that replaces a middleware or guard, in lower case.
func overrideName(m *model.Middleware) string {
	name, kind := camel(m.Name), title(m.Kind())
	if strings.HasSuffix(name, kind) {
		return name
	}
	return name + kind
}

// wrapperCode is a middleware, or a guard as a function; variable holds what its provider made.
func (w *writer) wrapperCode(m *model.Middleware, variable string) *jen.Statement {
	switch {
	case m.Made:
		return jen.Id(variable)
	case perCall(m):
		return jen.Id(perCallName(w.nodes[m.Provider], m))
	case m.Provider != nil:
		return jen.Id(variable).Dot(m.Method())
	}
	return jen.Qual(m.Object.Pkg().Path(), m.Object.Name())
}
