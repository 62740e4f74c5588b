package collect

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// wrapper is one middleware or guard while it is collected.
type wrapper struct {
	*model.Middleware
	// faulty says that a mistake was reported, so that it is not part of the model.
	faulty bool
}

// wraps reports whether a declaration is marked as a middleware or guard.
func (d *declaration) wraps() bool {
	middleware, _ := find[annotations.Middleware](d.markers)
	guard, _ := find[annotations.Guard](d.markers)
	return middleware != nil || guard != nil
}

const (
	middlewareShape = "a middleware is func(framework.Handler) framework.Handler, a constructor of framework.Middleware, or a struct with the method Middleware(framework.Handler) framework.Handler"
	guardShape      = "a guard is func(*framework.Context) error, or a struct with the method Guard(*framework.Context) error"
)

func shapes(m *model.Middleware) string {
	if m.Guard {
		return guardShape
	}
	return middlewareShape
}

// middleware collects what functions can use.
func (c *collector) middleware() {
	for _, d := range c.declared {
		middleware, mark := find[annotations.Middleware](d.markers)
		guard, guardMark := find[annotations.Guard](d.markers)
		if d.object == nil || middleware == nil && guard == nil {
			continue
		}
		m := &model.Middleware{Object: d.object, Pos: c.position(d.name.Pos())}
		if middleware != nil {
			m.Name, m.Global, m.Order = middleware.Name, middleware.Global, middleware.Order
		} else {
			m.Name, m.Guard, mark = guard.Name, true, guardMark
		}
		w := &wrapper{Middleware: m, faulty: d.faulty}
		switch {
		case bad(d.markers):
			w.faulty = true
		case d.fn != nil:
			w.faulty = !c.wrapperFunc(d, m) || w.faulty
		default:
			w.faulty = !c.wrapperStruct(d, m) || w.faulty
		}
		c.app.Incomplete = c.app.Incomplete || w.faulty
		if c.wrapperName(d, w, mark) && !w.faulty {
			c.app.Middleware = append(c.app.Middleware, m)
		}
	}
	slices.SortFunc(c.app.Middleware, func(a, b *model.Middleware) int { return cmp.Compare(a.Name, b.Name) })
}

// wrapperFunc reads a function: the middleware or guard itself, or a constructor of a middleware.
func (c *collector) wrapperFunc(d *declaration, m *model.Middleware) bool {
	sig := d.object.(*types.Func).Signature()
	name := d.name.Name
	if provide, mark := find[annotations.Provide](d.markers); provide != nil {
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeMiddleware,
			"%s is a %s and a constructor of what is injected", name, m.Kind()).Hint = "leave one of the two directives out"
		c.broken(d.out())
		return false
	}
	if invalid(sig) || !c.usable(d) || !c.exportedFunc(d, m.Kind()) {
		return false
	}
	if results := sig.Results(); !m.Guard && results.Len() > 0 && isNamed(results.At(0).Type(), model.FrameworkPath, model.MiddlewareType) {
		p := c.constructor(d, &annotations.Provide{})
		if p == nil || d.faulty {
			return false
		}
		p.Implicit = true
		m.Provider, m.Made = p, true
		c.app.Providers = append(c.app.Providers, p)
		return true
	}
	if !isWrapper(sig, m.Guard) {
		c.errorf(d.name.Pos(), len(name), codeMiddleware, "%s %s is %s", m.Kind(), name, signature(d.object.(*types.Func))).Hint = shapes(m)
		return false
	}
	if arg, mark := find[annotations.Arg](d.markers); arg != nil {
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeArg,
			"//faas:arg on %s %s, which is no constructor", m.Kind(), name).Hint = shapes(m)
		return false
	}
	return true
}

// wrapperStruct reads a struct with the method Middleware or Guard.
func (c *collector) wrapperStruct(d *declaration, m *model.Middleware) bool {
	obj := d.object.(*types.TypeName)
	name := d.name.Name
	p := c.receiver(d, obj, m.Kind())
	if p == nil {
		return false
	}
	f := method(obj.Type(), m.Method())
	if f == nil {
		c.errorf(d.name.Pos(), len(name), codeMiddleware, "struct %s has no method %s", name, m.Method()).Hint = shapes(m)
		return false
	}
	if invalid(f.Signature()) {
		return false
	}
	if !isWrapper(f.Signature(), m.Guard) {
		pos, length := f.Pos(), len(f.Name())
		if c.app.Sources[c.position(pos).Filename] == nil { // of somebody else's type, which is embedded
			pos, length = d.name.Pos(), len(name)
		}
		c.errorf(pos, length, codeMiddleware, "%s of %s %s is %s", f.Name(), m.Kind(), name, signature(f)).Hint = shapes(m)
		return false
	}
	if types.NewMethodSet(p.Out).Lookup(nil, f.Name()) == nil {
		e := c.errorf(f.Pos(), len(f.Name()), codeMiddleware, "%s of %s %s has a pointer receiver, but %s returns %s",
			f.Name(), m.Kind(), name, p.Name(), typeString(p.Out))
		c.also(e, p.Pos, "provided by "+p.Name())
		e.Hint = "let it return *" + typeString(p.Out)
		return false
	}
	m.Provider = p
	switch {
	case p.Scope == annotations.Prototype:
		e := c.provided(d, p, "scope", "%s %s has scope=%s, expected singleton, which is built at cold start, or request, which is built for each invocation", m.Kind(), name, p.Scope)
		e.Hint = "scope=request makes one for each invocation"
		return false
	case p.Lazy && p.Scope == annotations.Request:
		c.provided(d, p, "lazy", "%s %s is lazy, but it is built for each invocation, when its turn comes", m.Kind(), name).Hint = `leave "lazy" out`
		return false
	case p.Lazy:
		c.provided(d, p, "lazy", "%s %s is lazy, but it is built at cold start", m.Kind(), name).Hint = `leave "lazy" out`
		return false
	}
	return true
}

// provided reports a mistake in what //faas:provide says of a middleware or guard: there, if it stands on the struct.
func (c *collector) provided(d *declaration, p *model.Provider, argument, format string, args ...any) *annotations.Diagnostic {
	if _, mark := find[annotations.Provide](d.markers); mark != nil && p.Kind == model.Struct {
		pos, end := mark.Range(argument)
		return c.errorf(pos, int(end-pos), codeMiddleware, format, args...)
	}
	e := c.errorf(d.name.Pos(), len(d.name.Name), codeMiddleware, format, args...)
	c.also(e, p.Pos, "provided by "+p.Name())
	return e
}

// isWrapper recognises func(framework.Handler) framework.Handler, or func(*framework.Context) error for a guard.
func isWrapper(s *types.Signature, guard bool) bool {
	if s.Params().Len() != 1 || s.Results().Len() != 1 || s.Variadic() {
		return false
	}
	in, out := s.Params().At(0).Type(), s.Results().At(0).Type()
	if guard {
		return isFrameworkContext(in) && isError(out)
	}
	return isNamed(in, model.FrameworkPath, model.HandlerType) && isNamed(out, model.FrameworkPath, model.HandlerType)
}

// wrapperName gives a middleware or guard its name, and reports whether nothing else has it.
func (c *collector) wrapperName(d *declaration, w *wrapper, mark *annotations.Marker) bool {
	pos, end := mark.Range("name")
	if w.Name == "" {
		ident := d.name.Name
		if rest, ok := strings.CutPrefix(ident, "New"); ok && d.fn != nil && (rest == "" || isUpper([]rune(rest)[0])) {
			ident = rest
		}
		w.Name = strings.TrimSuffix(kebab(d.pkg.Name)+"-"+kebab(ident), "-")
		if c.components[d.pkg.Path] != nil && ident != "" {
			w.Name = kebab(ident) // the namespace says the rest
		}
		pos, end = d.name.Pos(), d.name.End()
	}
	valid := annotations.ValidName(w.Name)
	w.Name = c.qualified(d.pkg.Path, w.Name)
	first := c.wrappers[w.Name]
	switch {
	case first != nil:
		e := c.errorf(pos, int(end-pos), codeMiddlewareName, "a second middleware or guard is called %q", w.Name)
		c.also(e, first.Pos, "the first is here")
		e.Hint = fmt.Sprintf("give one of them another name: //faas:%s NAME", w.Kind())
	case mark.Bad:
		c.wrappers[w.Name] = w
	case !valid:
		c.errorf(pos, int(end-pos), codeMiddlewareName, "%q, made of the names of package and %s, is no name that //faas:use can say", w.Name, w.Kind()).
			Hint = fmt.Sprintf("give it one: //faas:%s NAME, of 2 to 60 letters, digits and hyphens, a letter first", w.Kind())
	default:
		c.wrappers[w.Name] = w
		return true
	}
	return false
}

// uses puts around each function what is global, what its controller uses and what it uses itself.
func (c *collector) uses() {
	var global []*model.Middleware
	for _, m := range c.app.Middleware {
		if m.Global {
			global = append(global, m)
		}
	}
	slices.SortFunc(global, func(a, b *model.Middleware) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()), cmp.Compare(a.Name, b.Name))
	})
	controllers := map[*types.TypeName]bool{}
	for _, d := range c.declared {
		if handler, _ := find[annotations.Handler](d.markers); handler != nil {
			controllers[d.controller()] = true
		}
	}
	used := map[*types.TypeName]*use{}
	for _, d := range c.declared {
		if obj, ok := d.object.(*types.TypeName); ok {
			used[obj] = c.use(d, controllers[obj], nil)
		}
	}
	own := map[*declaration]*use{}
	for _, d := range c.declared {
		if d.fn != nil && d.object != nil {
			handler, _ := find[annotations.Handler](d.markers)
			own[d] = c.use(d, handler != nil, used[d.controller()])
		}
	}
	for _, f := range c.found {
		f.Middleware = slices.Concat(global, used[f.declared.controller()].list(), own[f.declared].list())
	}
}

// controller is the struct of a handler or of a handler's receiver, nil for a plain function.
func (d *declaration) controller() *types.TypeName {
	switch obj := d.object.(type) {
	case *types.TypeName:
		return obj
	case *types.Func:
		if recv := obj.Signature().Recv(); recv != nil {
			return model.TypeName(recv.Type())
		}
	}
	return nil
}

// use is what one directive names.
type use struct {
	of         *declaration
	middleware []*model.Middleware
	at         []token.Pos
}

func (u *use) list() []*model.Middleware {
	if u == nil {
		return nil
	}
	return u.middleware
}

// use reads the directive of a declaration, nil if it has none. outer is that of the controller.
func (c *collector) use(d *declaration, handles bool, outer *use) *use {
	directive, mark := find[annotations.Use](d.markers)
	if directive == nil {
		return nil
	}
	u := &use{of: d}
	component := c.ofComponent(d.pkg.Path) != nil
	if component && handles {
		return nil // that a component has handlers is a mistake, and has been reported
	}
	if !handles && !c.isLost("handler") && !mark.Bad {
		what, hint := "function "+d.name.Name, "mark it with //faas:handler as well"
		if d.fn == nil {
			what, hint = "struct "+d.name.Name, "mark its handlers with //faas:handler"
		} else if d.fn.Recv != nil {
			what = "method " + d.name.Name
		}
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeUse, "//faas:use on %s, which is no handler and has none", what).Hint = hint
	}
	for _, a := range mark.Directive.Arguments {
		if a.Key == "" && !a.Bad && !component {
			c.useOne(u, outer, a)
		}
	}
	return u
}

// useOne adds one name to a use.
func (c *collector) useOne(u, outer *use, a annotations.Argument) {
	w := c.wrappers[a.Value]
	report := func(format string, args ...any) *annotations.Diagnostic {
		return c.errorf(a.Pos(), int(a.End()-a.Pos()), codeUse, format, args...)
	}
	if w == nil {
		if c.app.Unread || c.isLost("middleware") || c.isLost("guard") {
			return // it may be the one that could not be read
		}
		c.unknownUse(a.Value, report)
		return
	}
	if i := slices.Index(u.middleware, w.Middleware); i >= 0 {
		c.also(report("%s %s is used twice", w.Kind(), w.Name), c.position(u.at[i]), "first used here")
		return
	}
	if w.Global {
		e := report("middleware %s is global: it is around every function already", w.Name)
		c.also(e, w.Pos, "declared here")
		e.Hint = "leave it out here, or take global from it"
		return
	}
	if i := slices.Index(outer.list(), w.Middleware); i >= 0 {
		e := report("%s %s is used by %s already", w.Kind(), w.Name, outer.of.name.Name)
		c.also(e, c.position(outer.at[i]), "for all handlers of "+outer.of.name.Name)
		e.Hint = "leave one of the two out"
		return
	}
	u.middleware, u.at = append(u.middleware, w.Middleware), append(u.at, a.Pos())
}

// unknownUse reports a name that nothing has.
func (c *collector) unknownUse(name string, report func(string, ...any) *annotations.Diagnostic) {
	var names []string
	for n := range c.wrappers {
		names = append(names, n)
	}
	slices.Sort(names)
	e := report("no middleware or guard is called %q", name)
	switch s := annotations.Suggest(name, names); {
	case strings.Contains(name, ","):
		e.Hint = "separate names by spaces: " + strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ',' }), " ")
	case s != "":
		e.Hint = fmt.Sprintf("did you mean %q?", s)
	case len(names) == 0:
		e.Hint = "the application has none: mark one with //faas:middleware or //faas:guard"
	default:
		e.Hint = "there are: " + strings.Join(names, ", ")
	}
}

// isLost reports whether a directive of that name may be among those that could not be read.
func (c *collector) isLost(name string) bool {
	return slices.ContainsFunc(c.lost, func(line string) bool { return strings.Contains(line, name) })
}
