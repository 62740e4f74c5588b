package collect

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// aspectDirective is //faas:aspect: advice around functions, and around what is injected as an interface.
type aspectDirective struct {
	*collector
	provide  *provideDirective
	handlers *handlerDirective
}

func (*aspectDirective) words() []string { return []string{"aspect"} }

// check does nothing: what aspects match among interfaces is decided by wiring.
func (*aspectDirective) check() {}

// adviceShape is the signature that a method of an aspect has to have, as users write it.
func adviceShape(a model.Advice) string {
	const joinPoint = "j *framework.JoinPoint"
	switch a {
	case model.Around:
		return "Around(ctx context.Context, " + joinPoint + ", next func(context.Context) error) error"
	case model.AfterThrow:
		return "AfterThrow(ctx context.Context, " + joinPoint + ", err error) error"
	case model.After:
		return "After(ctx context.Context, " + joinPoint + ", err error)"
	}
	return a.String() + "(ctx context.Context, " + joinPoint + ") error"
}

// isAdvice recognises that signature.
func isAdvice(a model.Advice, s *types.Signature) bool {
	params := []func(types.Type) bool{isContext, isJoinPoint}
	switch a {
	case model.Around:
		params = append(params, func(t types.Type) bool {
			next, ok := types.Unalias(t).(*types.Signature)
			return ok && isLifecycle(next)
		})
	case model.AfterThrow, model.After:
		params = append(params, isError)
	}
	if s.Params().Len() != len(params) || s.Variadic() {
		return false
	}
	for i, is := range params {
		if !is(s.Params().At(i).Type()) {
			return false
		}
	}
	return a == model.After && s.Results().Len() == 0 || a != model.After && isCheck(s.Results())
}

func isJoinPoint(t types.Type) bool { return isPointerTo(t, model.FrameworkPath, model.JoinPointType) }

// collect adds the aspects, and wraps functions with them. What else they wrap is decided by wiring.
func (c *aspectDirective) collect() {
	for _, d := range c.declared {
		aspect, mark := find[annotations.Aspect](d.markers)
		if d.object == nil || aspect == nil {
			continue
		}
		a := &model.Aspect{Object: d.object.(*types.TypeName), Order: aspect.Order, Pos: c.position(d.name.Pos())}
		good := c.advice(d, a)
		if mark.Bad || d.faulty || !good {
			c.app.Incomplete = true
			continue
		}
		for _, item := range aspect.Match {
			pos, length := c.itemPlace(mark, "match", item, false)
			p, _ := annotations.ParsePattern(item) // Check has refused what is none
			a.Patterns = append(a.Patterns, model.AspectPattern{Pattern: p, Text: item, Pos: c.position(pos), Length: length})
		}
		c.app.Aspects = append(c.app.Aspects, a)
	}
	slices.SortStableFunc(c.app.Aspects, func(a, b *model.Aspect) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()), cmp.Compare(a.Object.Name(), b.Object.Name()))
	})
	for _, a := range c.app.Aspects {
		c.wrapFunctions(a)
	}
}

// advice finds the methods of an aspect, and its provider.
func (c *aspectDirective) advice(d *declaration, a *model.Aspect) bool {
	name := d.name.Name
	if a.Provider = c.provide.receiver(d, a.Object, "aspect"); a.Provider == nil {
		return false
	}
	good, some := true, false
	for _, advice := range model.AllAdvice() {
		f := method(a.Object.Type(), advice.String())
		if f == nil {
			continue
		}
		some = true
		if invalid(f.Signature()) {
			good = false
			continue
		}
		pos, length := f.Pos(), len(f.Name())
		if c.app.Sources[c.position(pos).Filename] == nil { // of another module's type, which is embedded
			pos, length = d.name.Pos(), len(name)
		}
		switch {
		case !isAdvice(advice, f.Signature()):
			good = false
			c.errorf(pos, length, codeAspect, "%s of aspect %s is %s", f.Name(), name, signature(f)).Hint = "write " + adviceShape(advice)
		case types.NewMethodSet(a.Provider.Out).Lookup(nil, f.Name()) == nil:
			good = false
			e := c.errorf(pos, length, codeAspect, "%s of aspect %s has a pointer receiver, but %s returns %s",
				f.Name(), name, a.Provider.Name(), typeString(a.Provider.Out))
			c.also(e, a.Provider.Pos, "provided by "+a.Provider.Name())
			e.Hint = "let it return *" + typeString(a.Provider.Out)
		default:
			a.Has[advice] = true
		}
	}
	if f, meant := c.misspelt(a); f != nil {
		c.errorf(f.Pos(), len(f.Name()), codeAspect, "%s of aspect %s takes a *framework.JoinPoint, but nothing calls it", f.Name(), name).
			Hint = fmt.Sprintf("did you mean %s? Otherwise give it a name that is less like it", adviceShape(meant))
		return false
	}
	if !some {
		var shapes []string
		for _, advice := range model.AllAdvice() {
			shapes = append(shapes, adviceShape(advice))
		}
		c.errorf(d.name.Pos(), len(name), codeAspect, "aspect %s has none of the methods of one", name).
			Hint = "write any of " + strings.Join(shapes, "; ")
		return false
	}
	if scope := a.Provider.Scope; scope == annotations.Prototype {
		at, length := d.name.Pos(), len(name)
		if _, mark := find[annotations.Provide](d.markers); mark != nil && a.Provider.Kind == model.Struct {
			from, end := mark.Range("scope")
			at, length = from, int(end-from)
		}
		e := c.errorf(at, length, codeAspect, "aspect %s has scope=%s, expected singleton or request", name, scope)
		if a.Provider.Kind == model.Constructor {
			c.also(e, a.Provider.Pos, "provided by "+a.Provider.Name())
		}
		e.Hint = "keep what belongs to one call in variables of Around, or in the context that it passes on; scope=request makes one for each invocation"
		return false
	}
	return good
}

// misspelt finds a method that was meant to be one of an aspect.
func (c *aspectDirective) misspelt(a *model.Aspect) (*types.Func, model.Advice) {
	named, ok := types.Unalias(a.Object.Type()).(*types.Named)
	if !ok {
		return nil, 0
	}
	var names []string
	for _, advice := range model.AllAdvice() {
		names = append(names, advice.String())
	}
	for f := range named.Methods() {
		if slices.Contains(names, f.Name()) || !slices.ContainsFunc(slices.Collect(f.Signature().Params().Variables()), func(v *types.Var) bool { return isJoinPoint(v.Type()) }) {
			continue
		}
		if i := slices.Index(names, annotations.Suggest(f.Name(), names)); i >= 0 {
			return f, model.Advice(i)
		}
	}
	return nil, 0
}

// wrapFunctions puts an aspect around the functions that it matches.
func (c *aspectDirective) wrapFunctions(a *model.Aspect) {
	matches := func(not bool, name string) bool {
		return slices.ContainsFunc(a.Patterns, func(p model.AspectPattern) bool { return p.Not == not && p.Match(name) })
	}
	for _, f := range c.handlers.found {
		if matches(false, f.Name) && !matches(true, f.Name) {
			f.Aspects = append(f.Aspects, a)
		}
	}
	if c.app.Unread || c.isLost("handler") || c.ofComponent(a.Object.Pkg().Path()) != nil {
		return // what is matched may be what could not be read, and a component does not know what there is
	}
	for i, p := range a.Patterns {
		if len(p.Parts) > 1 {
			a.Patterns[i].Unknown = !c.knownType(p)
			continue
		}
		if slices.ContainsFunc(c.handlers.names, func(n string) bool { return p.Match(n) && (!p.Not || matches(false, n)) }) {
			continue
		}
		if p.Not && slices.ContainsFunc(c.handlers.names, func(n string) bool { return p.Match(n) }) {
			c.errorAt(p.Pos, p.Length, codeAspect, "%s takes out what no other pattern matches", p.Text).Hint = "leave it out"
			continue
		}
		e := c.errorAt(p.Pos, p.Length, codeAspect, "no function is called %s", strings.TrimPrefix(p.Text, "!"))
		names := slices.Compact(slices.Sorted(slices.Values(c.handlers.names)))
		switch s := annotations.Suggest(p.Parts[0], names); {
		case s != "":
			e.Hint = fmt.Sprintf("did you mean %q?", s)
		case token.IsExported(p.Parts[0]):
			e.Hint = "an interface is matched with its package in front: pkg." + p.Parts[0]
		case len(names) > 0 && len(names) <= 10:
			e.Hint = "there are: " + strings.Join(names, ", ")
		}
	}
}

// knownType reports whether a pattern matches the name of a type, and of its method, anywhere in the application or in what
// it imports. If not, that is reported.
func (c *aspectDirective) knownType(p model.AspectPattern) bool {
	packages := map[string]*types.Package{}
	for path, pkg := range c.load.Imports {
		packages[path] = pkg
	}
	for _, pkg := range c.load.Packages {
		packages[pkg.Path] = pkg.Types
	}
	var known []string
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		pkg := packages[path]
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			iface, is := obj.Type().Underlying().(*types.Interface)
			full := []string{pkg.Name(), name}
			switch {
			case len(p.Parts) == 2 && p.Match(full...), len(p.Parts) == 3 && !is && p.Match(append(full, p.Parts[2])...):
				return true // what is not an interface is for wiring to say
			case is && len(p.Parts) == 3:
				for m := range iface.Methods() {
					if p.Match(pkg.Name(), name, m.Name()) {
						return true
					}
					if pkg.Name() == p.Parts[0] {
						known = append(known, strings.Join([]string{pkg.Name(), name, m.Name()}, "."))
					}
				}
			}
			if is && len(p.Parts) == 2 && (pkg.Name() == p.Parts[0] || c.part(path)) {
				known = append(known, pkg.Name()+"."+name)
			}
		}
	}
	text := strings.TrimPrefix(p.Text, "!")
	e := c.errorAt(p.Pos, p.Length, codeAspect, "no interface is called %s", text)
	if len(p.Parts) == 3 {
		e.Message = "no method of an interface is called " + text
	}
	if s := annotations.Suggest(text, known); s != "" {
		e.Hint = "did you mean " + s + "?"
	}
	return false
}
