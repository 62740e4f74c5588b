package collect

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// function is one handler while it is collected.
type function struct {
	*model.Function
	declared *declaration
	pkg      *load.Package
	// syntax is the handler's declaration, nil when it is promoted from another package.
	syntax   *ast.FuncDecl
	triggers []*trigger
	// faulty says that a mistake was reported, so that the function is not part of the model.
	faulty bool
}

// handlerDirective is //faas:handler: it makes functions.
type handlerDirective struct {
	*collector
	provide *provideDirective
	// byName are the functions by their names in lower case.
	byName map[string]*function
	// names are the names of all handlers, also of those with a mistake.
	names []string
	// found are the functions in source order, with where their triggers were written.
	found []*function
}

func newHandlerDirective(c *collector, provide *provideDirective) *handlerDirective {
	return &handlerDirective{collector: c, provide: provide, byName: map[string]*function{}}
}

func (*handlerDirective) words() []string { return []string{"handler"} }

// check does nothing: a function is checked with its triggers.
func (*handlerDirective) check() {}

// handles reports whether a declaration is a handler of the application.
func (c *collector) handles(d *declaration) bool {
	handler, _ := find[annotations.Handler](d.markers)
	return handler != nil && d.object != nil && c.components[d.pkg.Path] == nil
}

// collect finds the handlers.
func (c *handlerDirective) collect() {
	for _, d := range c.declared {
		if !c.handles(d) {
			continue
		}
		handler, mark := find[annotations.Handler](d.markers)
		f := &function{declared: d, pkg: d.pkg, syntax: d.fn, faulty: d.faulty, Function: &model.Function{
			Settings: *handler, Pos: c.position(d.name.Pos()), Directive: c.position(mark.Directive.Pos()), Doc: d.doc,
		}}
		good := false
		switch {
		case d.fn == nil:
			good = c.handleMethod(f)
		case d.fn.Recv != nil:
			good = c.method(f)
		default:
			good = c.plainFunc(f)
		}
		f.faulty = f.faulty || !good
		if c.name(f, handler, mark) {
			c.found = append(c.found, f)
		}
	}
}

// handleMethod makes a struct's Handle a function.
func (c *handlerDirective) handleMethod(f *function) bool {
	d := f.declared
	obj := d.object.(*types.TypeName)
	f.Kind = model.Method
	f.Provider = c.provide.receiver(d, obj, "handler")
	if f.Provider == nil {
		return false
	}
	m := method(obj.Type(), "Handle")
	if m == nil {
		c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "struct %s has no method Handle", obj.Name()).
			Hint = "write one, or move //faas:handler to the method that is the handler"
		return false
	}
	f.Object = m
	f.syntax = funcDecl(d.pkg, m)
	return c.shape(f)
}

// method makes a method of a provider a function.
func (c *handlerDirective) method(f *function) bool {
	d := f.declared
	fn := d.object.(*types.Func)
	f.Kind, f.Object = model.Method, fn
	recv := fn.Signature().Recv()
	if recv == nil || invalid(recv.Type()) {
		return false
	}
	obj := model.TypeName(recv.Type())
	if obj == nil {
		return false
	}
	f.Provider = c.provide.receiver(d, obj, "handler")
	good := f.Provider != nil
	if !fn.Exported() {
		c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "handler %s is unexported, so generated code cannot call it", d.name.Name).
			Hint = "call it " + exportedName(d.name.Name)
		return false
	}
	if good && f.Provider.Kind == model.Constructor && pointee(f.Provider.Out) == nil && pointee(recv.Type()) != nil {
		e := c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "handler %s has a pointer receiver, but %s returns %s",
			d.name.Name, f.Provider.Name(), typeString(f.Provider.Out))
		c.also(e, f.Provider.Pos, "provided by "+f.Provider.Name())
		e.Hint = "let it return *" + typeString(f.Provider.Out)
		return false
	}
	if when := c.lifecycleCall(f.Provider, fn); when != "" {
		c.errorf(d.name.Pos(), len(d.name.Name), codeHandler, "handler %s of *%s is also what faasgen calls when it %s", d.name.Name, typeString(obj.Type()), when).
			Hint = "call the handler something else"
		return false
	}
	return c.shape(f) && good
}

// lifecycleCall says when faasgen would call a method that must not handle events, "" if never.
func (c *handlerDirective) lifecycleCall(p *model.Provider, fn *types.Func) string {
	if !isLifecycle(fn.Signature()) {
		return ""
	}
	switch fn.Name() {
	case "Init":
		return "makes the provider"
	case "Destroy":
		return "closes the provider"
	}
	if !slices.ContainsFunc(c.app.Configurations, func(c *model.Configuration) bool { return c.Provider == p }) {
		return ""
	}
	switch fn.Name() {
	case "OnReady":
		return "has started a unit"
	case "OnStop":
		return "stops a unit"
	case "OnHealthCheck":
		return "reports the health of a unit"
	}
	return ""
}

// plainFunc makes a function without receiver a function, or a constructor of an http.Handler.
func (c *handlerDirective) plainFunc(f *function) bool {
	d := f.declared
	fn := d.object.(*types.Func)
	sig := fn.Signature()
	f.Object = fn
	provide, _ := find[annotations.Provide](d.markers)
	if results := sig.Results(); results.Len() > 0 && isHTTPHandler(results.At(0).Type()) {
		f.Kind = model.HTTPHandler
		return c.httpHandler(f, provide)
	}
	f.Kind = model.Func
	switch {
	case provide != nil:
		_, mark := find[annotations.Provide](d.markers)
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeHandler,
			"%s is a handler and a constructor", d.name.Name).Hint = "only a constructor of an http.Handler can be both"
		return false
	case !c.usable(d) || !c.exportedFunc(d, "handler"):
		return false
	}
	if arg, mark := find[annotations.Arg](d.markers); arg != nil {
		c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeArg,
			"//faas:arg on handler %s, which takes its event and nothing else", d.name.Name).
			Hint = "make it a method of a struct with //faas:inject fields"
		return false
	}
	return c.shape(f)
}

// httpHandler makes a constructor of an http.Handler a function. Without a provide directive it is injected nowhere.
func (c *handlerDirective) httpHandler(f *function, provide *annotations.Provide) bool {
	d := f.declared
	if provide != nil {
		i := slices.IndexFunc(c.app.Providers, func(p *model.Provider) bool { return p.Object == d.object })
		if i < 0 {
			return false
		}
		f.Provider = c.app.Providers[i]
		return true
	}
	p := c.provide.constructor(d, &annotations.Provide{})
	if p == nil || d.faulty {
		c.app.Incomplete = true
		return false
	}
	p.Implicit = true
	c.app.Providers = append(c.app.Providers, p)
	f.Provider = p
	return true
}

// funcDecl returns the declaration of a function, nil if it is in another package.
func funcDecl(pkg *load.Package, fn *types.Func) *ast.FuncDecl {
	for _, file := range pkg.Syntax {
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok && d.Name.Name == fn.Name() && pkg.Info.Defs[d.Name] == fn {
				return d
			}
		}
	}
	return nil
}

// name gives a function its name. It reports false when the name is not known because of a mistake in the directive.
func (c *handlerDirective) name(f *function, handler *annotations.Handler, mark *annotations.Marker) bool {
	d := f.declared
	f.Name = handler.Name
	if task, of := taskOf(d); task != nil && f.Name == "" && task.Name != "" {
		f.Name, mark = task.Name, of
	}
	if f.Name == "" {
		f.Name = kebab(d.pkg.Name) + "-" + kebab(d.name.Name)
	}
	if mark.Bad {
		f.faulty = true
		c.names = append(c.names, f.Name)
		if annotations.ValidName(f.Name) && c.byName[strings.ToLower(f.Name)] == nil {
			c.byName[strings.ToLower(f.Name)] = f
			return true
		}
		return false
	}
	pos, end := mark.Range("name")
	if _, defaulted := mark.Value.(*annotations.Handler); defaulted && handler.Name == "" {
		pos, end = d.name.Pos(), d.name.End()
	}
	length := int(end - pos)
	c.names = append(c.names, f.Name)
	switch {
	case !annotations.ValidName(f.Name):
		c.errorf(pos, length, codeName, "%q, made of the names of package and handler, is not a function name that every cloud takes", f.Name).
			Hint = "give it one: //faas:handler NAME, of 2 to 60 letters, digits and hyphens, a letter first"
		return false
	case reserved(f.Name):
		c.errorf(pos, length, codeName, "the function name %q is reserved", f.Name).
			Hint = "app is the folder of all functions, and internal, testdata and vendor mean something to the go command"
		return false
	}
	other := c.byName[strings.ToLower(f.Name)]
	if other == nil {
		c.byName[strings.ToLower(f.Name)] = f
		return true
	}
	e := c.errorf(pos, length, codeName, "a second function is called %q", f.Name)
	what := "the first is here"
	if other.Name != f.Name {
		what = fmt.Sprintf("the first is called %q; names that differ in case only are one folder on some systems", other.Name)
	}
	c.also(e, other.Pos, what)
	e.Hint = "give one of them another name: //faas:handler NAME"
	f.faulty = true
	return false
}

// reserved are names that a folder of generated code cannot have: app holds all functions, the others mean something to
// the go command.
func reserved(name string) bool {
	switch strings.ToLower(name) {
	case "app", "internal", "vendor", "testdata":
		return true
	}
	return false
}

// kebab writes an identifier in lower case with hyphens: GetHTTPPage becomes get-http-page.
func kebab(ident string) string {
	var b strings.Builder
	rs := []rune(ident)
	for i, r := range rs {
		upper := isUpper(r)
		if upper && i > 0 && rs[i-1] != '_' && (!isUpper(rs[i-1]) || i+1 < len(rs) && !isUpper(rs[i+1]) && rs[i+1] != '_' && !isDigit(rs[i+1])) {
			b.WriteByte('-')
		}
		switch {
		case r == '_':
			b.WriteByte('-')
		case upper:
			b.WriteString(strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "-")
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }
func isDigit(r rune) bool { return '0' <= r && r <= '9' }
