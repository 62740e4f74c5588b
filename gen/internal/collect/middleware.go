package collect

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// middlewareDirective is //faas:middleware and //faas:guard, which have their names in common.
type middlewareDirective struct {
	*collector
	provide *provideDirective
	// wrappers are the middleware and guards by name.
	wrappers map[string]*wrapper
}

func newMiddlewareDirective(c *collector, provide *provideDirective) *middlewareDirective {
	return &middlewareDirective{collector: c, provide: provide, wrappers: map[string]*wrapper{}}
}

func (*middlewareDirective) words() []string { return []string{"middleware", "guard"} }

// check does nothing: what uses a middleware is checked there.
func (*middlewareDirective) check() {}

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

// collect adds what functions can use.
func (c *middlewareDirective) collect() {
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
			m.Name, m.Guard, m.Scheme, mark = guard.Name, true, guard.Scheme, guardMark
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
func (c *middlewareDirective) wrapperFunc(d *declaration, m *model.Middleware) bool {
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
		p := c.provide.constructor(d, &annotations.Provide{})
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
			"//faas:arg on %s %s, which is not a constructor", m.Kind(), name).Hint = shapes(m)
		return false
	}
	return true
}

// wrapperStruct reads a struct with the method Middleware or Guard.
func (c *middlewareDirective) wrapperStruct(d *declaration, m *model.Middleware) bool {
	obj := d.object.(*types.TypeName)
	name := d.name.Name
	p := c.provide.receiver(d, obj, m.Kind())
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
		if c.app.Sources[c.position(pos).Filename] == nil { // of another module's type, which is embedded
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
func (c *middlewareDirective) provided(d *declaration, p *model.Provider, argument, format string, args ...any) *annotations.Diagnostic {
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
func (c *middlewareDirective) wrapperName(d *declaration, w *wrapper, mark *annotations.Marker) bool {
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
		c.errorf(pos, int(end-pos), codeMiddlewareName, "%q, made of the names of package and %s, is not a name that //faas:use accepts", w.Name, w.Kind()).
			Hint = fmt.Sprintf("give it one: //faas:%s NAME, of 2 to 60 letters, digits and hyphens, a letter first", w.Kind())
	default:
		c.wrappers[w.Name] = w
		return true
	}
	return false
}
