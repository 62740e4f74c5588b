package emit

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Aspects are called by what is written for each of them: a function that runs a call with the aspect's methods around it.
// It calls them on their own type, so that the compiler sees what they do with their arguments and keeps those on the
// stack.

// aspectsUsed are the aspects around the unit's functions and around what they reach, in their order. A variant of one, whose
// instance is another, is the same here.
func (w *writer) aspectsUsed() []*model.Aspect {
	used := map[*types.TypeName]bool{}
	add := func(aspects []*model.Aspect) {
		for _, a := range aspects {
			used[a.Object] = true
		}
	}
	for _, n := range w.reach {
		if n.Decoration != nil {
			add(n.Decoration.Aspects)
		}
	}
	for _, f := range w.functions {
		add(f.Aspects)
	}
	return slices.DeleteFunc(slices.Clone(w.graph.App.Aspects), func(a *model.Aspect) bool { return !used[a.Object] })
}

// nameAspects finds a function for each aspect.
func (w *writer) nameAspects() {
	w.aspects = map[*types.TypeName]string{}
	for _, a := range w.aspectsUsed() {
		w.aspects[a.Object] = w.declared.take("around" + model.Title(a.Object.Pkg().Name()) + model.Title(a.Object.Name()))
	}
}

// aroundName is the function that runs a call with an aspect around it.
func (w *writer) aroundName(a *model.Aspect) string {
	return w.aspects[a.Object]
}

// aspectFile writes aspects.go: what runs aspects, and the decorators.
func (w *writer) aspectFile() *file {
	if len(w.aspects) == 0 {
		return nil
	}
	f := w.file("aspects.go")
	for _, a := range w.aspectsUsed() {
		w.aroundFunction(f, a)
	}
	for _, n := range w.reach {
		if n.Decoration != nil {
			w.decoration(n).write(f)
		}
	}
	return f
}

// aroundFunction writes the function that runs a call with one aspect around it.
func (w *writer) aroundFunction(f *file, a *model.Aspect) {
	result := "error"
	if a.Has[model.After] {
		result = "(err error)"
	}
	f.comment(w.aroundName(a)+" runs a call with the advice of "+a.Name()+".", "")
	f.p("func %s(ctx %s, a %s, j *%s, call func(%s) error) %s {", w.aroundName(a), symStdContext, a.Provider.Out, symJoinPoint, symStdContext, result)
	if a.Has[model.After] {
		f.p("err = %s // until there is another outcome", symErrPanic)
		f.p("defer func() { a.After(ctx, j, err) }()")
	}
	onReturn, onThrow, before := a.Has[model.AfterReturn], a.Has[model.AfterThrow], a.Has[model.Before]
	inner := func() {
		if before {
			f.p("if err := a.Before(ctx, j); err != nil {")
			f.p("return err")
			f.p("}")
		}
		if !onReturn && !onThrow {
			f.p("return call(ctx)")
			return
		}
		f.p("if err := call(ctx); err != nil {")
		if onThrow {
			f.p("return a.AfterThrow(ctx, j, err)")
		} else {
			f.p("return err")
		}
		f.p("}")
		if onReturn {
			f.p("return a.AfterReturn(ctx, j)")
		} else {
			f.p("return nil")
		}
	}
	switch {
	case !a.Has[model.Around]:
		inner()
	case !onReturn && !onThrow && !before: // which calls and does nothing else
		f.p("return a.Around(ctx, j, call)")
	default:
		f.p("return a.Around(ctx, j, func(ctx %s) error {", symStdContext)
		inner()
		f.p("})")
	}
	f.p("}")
	f.p("")
}

// joinPoint is one call with aspects around it, as its code is written.
type joinPoint struct {
	*file
	// local is what the JoinPoint's variable keeps away from.
	local          *space
	target, method string
	// vars are the variables of the arguments, and after them those of the results.
	vars          []string
	args, results int
	// get and set reach a result that is in no variable; empty if there is none.
	get string
	set func(v string) string
}

// declare makes the JoinPoint in a new variable, and returns its name.
func (p *joinPoint) declare() string {
	inside := p.locals.inner(p.vars...)
	i, v := inside.take("i"), inside.take("v")
	var gets, sets []string
	for k, x := range p.vars {
		get, set := "return "+x, p.s("return %s(&%s, %s)", symAssign, x, v)
		if k == len(p.vars)-1 && p.get == "" { // the JoinPoint requests no other
			gets, sets = switched(i, gets, get), switched(i, sets, set)
			break
		}
		gets, sets = append(gets, fmt.Sprintf("case %d:\n%s", k, get)), append(sets, fmt.Sprintf("case %d:\n%s", k, set))
	}
	switch {
	case p.get != "":
		gets, sets = switched(i, gets, "return "+p.get), switched(i, sets, p.set(v))
	case len(p.vars) == 0:
		gets, sets, v = []string{"return nil"}, []string{"return nil"}, "_"
	}
	if len(p.vars) == 0 || len(p.vars) == 1 && p.get == "" {
		i = "_"
	}
	name := p.local.take("j")
	p.p("%s := %s(func() (string, string) { return %q, %q }, %d, %d, func(%s int) any {", name, symNewJoinPoint, p.target, p.method, p.args, p.results, i)
	p.p("%s", strings.Join(gets, "\n"))
	p.p("}, func(%s int, %s any) error {", i, v)
	p.p("%s", strings.Join(sets, "\n"))
	p.p("})")
	return name
}

// switched is a switch over the cases, if there are any, and what follows it.
func switched(i string, cases []string, rest string) []string {
	if len(cases) == 0 {
		return []string{rest}
	}
	return []string{"switch " + i + " {", strings.Join(cases, "\n"), "}", rest}
}

// advised is one call with aspects around it.
type advised struct {
	aspects  []*model.Aspect
	instance func(*model.Aspect) string
	// ctx is the expression of the context, inner the variable that what the aspects go on with is in.
	ctx, inner string
	// call is the body of the innermost function. uses says that it uses inner.
	call string
	uses bool
	j    string
}

// aroundCall nests the aspects, the first outermost.
func (f *file) aroundCall(c advised) string {
	a, rest, param := c.aspects[0], c.call, c.inner
	if len(c.aspects) > 1 {
		deeper := c
		deeper.aspects, deeper.ctx = c.aspects[1:], c.inner
		rest = "return " + f.aroundCall(deeper)
	} else if !c.uses {
		param = "_"
	}
	return f.s("%s(%s, %s, &%s, func(%s %s) error {\n%s\n})", f.aroundName(a), c.ctx, c.instance(a), c.j, param, symStdContext, rest)
}

// getAspects makes the aspects around the function available.
func (a *adapter) getAspects() {
	if a.instances != nil {
		return
	}
	a.instances = map[*model.Aspect]string{}
	for _, aspect := range a.fn.Aspects {
		n := a.nodes[aspect.Provider]
		a.instances[aspect] = a.get(wiring.Edge{To: n}, a.local.take(n.Ident))
	}
}

// advise begins a call with the function's aspects around it.
func (a *adapter) advise() (*joinPoint, advised) {
	return &joinPoint{file: a.file, local: a.local, target: a.fn.Name, method: a.fn.Object.Name()}, advised{
		aspects: a.fn.Aspects, instance: func(x *model.Aspect) string { return a.instances[x] }, ctx: "ctx", inner: "ctx",
	}
}

// callAround is call with aspects. What the handler takes is made by then.
func (a *adapter) callAround(target, in string) {
	fn := a.fn
	p, c := a.advise()
	var args []string
	switch fn.Context {
	case model.FrameworkContext:
		c.inner, c.uses = a.local.take("inner"), true
		args = append(args, "ctx.WithContext("+c.inner+")")
	case model.StdContext:
		c.uses = true
		args = append(args, "ctx")
	}
	if in != "" {
		in = a.argument(in)
		if !token.IsIdentifier(in) {
			name := a.local.take("input")
			a.p("%s := %s", name, in)
			in = name
		}
		args = append(args, in)
		p.vars, p.args = append(p.vars, in), 1
	}
	if fn.Out != nil {
		a.p("var out %s", fn.Out)
		p.vars, p.results = append(p.vars, "out"), 1
	}
	c.call = assigned(fn.Out != nil, fn.Err, target+"("+strings.Join(args, ", ")+")")
	c.j = p.declare()
	if fn.Out == nil {
		a.p("return %s", a.aroundCall(c))
		return
	}
	a.check("%s", a.aroundCall(c))
	a.keep("out", "nil")
}

// serveAround runs an http.Handler with aspects around it. Its result is what it wrote.
func (a *adapter) serveAround(handler string) {
	p, c := a.advise()
	c.inner, c.uses = a.local.take("inner"), true
	p.results = 1
	p.get = "ctx.Result()"
	p.set = func(v string) string { return "ctx.SetResult(" + v + ")\nreturn nil" }
	c.call = a.s("return %s(ctx.WithContext(%s), %s)", symServe, c.inner, handler)
	c.j = p.declare()
	a.p("return %s", a.aroundCall(c))
}

// assigned calls what has a result, an error, both or neither: it keeps the result in out and returns the error.
func assigned(out, err bool, call string) string {
	switch {
	case out && err:
		return "var err error\nout, err = " + call + "\nreturn err"
	case out:
		return "out = " + call + "\nreturn nil"
	case err:
		return "return " + call
	}
	return call + "\nreturn nil"
}
