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

// useDirective is //faas:use on a handler or a controller.
type useDirective struct {
	*collector
	handlers   *handlerDirective
	middleware *middlewareDirective
}

func (*useDirective) words() []string { return []string{"use"} }

// check does nothing: names are looked up as they are collected.
func (*useDirective) check() {}

// collect wraps each function with what is global, what its controller uses and what it uses itself.
func (c *useDirective) collect() {
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
	for _, f := range c.handlers.found {
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
func (c *useDirective) use(d *declaration, handles bool, outer *use) *use {
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
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeUse, "//faas:use on %s, which is not a handler and has none", what).Hint = hint
	}
	for _, a := range mark.Directive.Arguments {
		if a.Key == "" && !a.Bad && !component {
			c.useOne(u, outer, a)
		}
	}
	return u
}

// useOne adds one name to a use.
func (c *useDirective) useOne(u, outer *use, a annotations.Argument) {
	w := c.middleware.wrappers[a.Value]
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
func (c *useDirective) unknownUse(name string, report func(string, ...any) *annotations.Diagnostic) {
	var names []string
	for n := range c.middleware.wrappers {
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
