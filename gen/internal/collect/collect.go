// Package collect turns the declarations of an application into its model: providers with their dependencies, functions
// with their triggers, checked one by one and against each other, but not solved. Whether something provides what a
// dependency needs is decided by wiring.
//
// What each directive of the language adds and checks is a type of its own; the list is in directive.go.
//
// Every mistake is reported once. A declaration with a mistake is left out of the model, and what it would have provided
// is remembered in model.App.Broken, so that nothing that needs it is reported as well.
package collect

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// App reads the directives of one application. Its diagnostics do not repeat those of a.
func App(p *load.Program, a *load.App, registry *annotations.Registry) (*model.App, annotations.Diagnostics) {
	c := newCollector(p, a)
	c.read(registry)
	list := directives(c)
	for _, d := range list {
		d.collect()
	}
	for _, d := range list {
		d.check()
	}
	c.listLayers()
	slices.SortFunc(c.app.Providers, func(x, y *model.Provider) int {
		return cmp.Or(cmp.Compare(x.Object.Pkg().Path(), y.Object.Pkg().Path()), cmp.Compare(x.Object.Name(), y.Object.Name()))
	})
	slices.SortFunc(c.app.Generics, func(x, y *model.Generic) int {
		a, b := x.Declared.Object, y.Declared.Object
		return cmp.Or(cmp.Compare(a.Pkg().Path(), b.Pkg().Path()), cmp.Compare(a.Name(), b.Name()))
	})
	slices.SortFunc(c.app.Functions, func(x, y *model.Function) int { return cmp.Compare(x.Name, y.Name) })
	var ds annotations.Diagnostics
	for _, d := range c.diagnostics {
		ds = append(ds, *d)
	}
	if !c.app.Unread && !ds.Failed() && !a.Diagnostics.Failed() && !slices.ContainsFunc(c.declared, c.handles) {
		ds = append(ds, annotations.Diagnostic{
			Pos: token.Position{Filename: a.Spec.Path}, Code: codeNone, Message: "the application has no function",
			Hint: "mark one with //faas:handler and, next to it, with what calls it, such as //faas:http GET /hello",
		})
	}
	ds.Sort()
	c.app.Incomplete = c.app.Incomplete || ds.Failed() || a.Diagnostics.Failed()
	return c.app, ds
}

// collector is what the directives of one App have in common: the application with its declarations, the model and the
// diagnostics. What one directive knows is in its own type.
type collector struct {
	load        *load.App
	app         *model.App
	declared    []*declaration
	types       map[*types.TypeName]*declaration // those of types
	diagnostics []*annotations.Diagnostic
	// packages says of those that were looked at why generated code cannot import them, nil if it can.
	packages map[string]*annotations.Diagnostic
	// params are the type parameters of the generic provider that is being read.
	params []*types.TypeParam
	// components are the packages that the configuration imports, by import path.
	components map[string]*component
	// layers are the packages that layers of f.yml use, by import path, as far as they have nothing wrong.
	layers map[string]*layerPackage
	// lost are the lines of directives that could not be read.
	lost []string
}

func newCollector(p *load.Program, a *load.App) *collector {
	c := &collector{
		load: a,
		app: &model.App{
			Dir: a.Dir, Import: a.Import, Module: a.Module, Spec: a.Spec, Fset: p.Fset, Sources: p.Sources,
			Unread: a.Incomplete, Incomplete: a.Incomplete, Outside: a.Outside, Importable: a.Importable, Implementations: a.Implementations,
		},
		types: map[*types.TypeName]*declaration{}, packages: map[string]*annotations.Diagnostic{}, components: map[string]*component{}, layers: map[string]*layerPackage{},
	}
	c.app.Unnameable = c.unnameable
	return c
}

// The codes of the diagnostics that this package makes.
const (
	// codeImport is a declaration that generated code cannot import, or a type that it cannot name.
	codeImport = "import"
	// codeProvider is a struct or a constructor that cannot provide.
	codeProvider = "provider"
	// codeAs is an as= that names no interface, or one that is not implemented.
	codeAs = "provider-as"
	// codeInject is a field or parameter that cannot be injected.
	codeInject = "inject"
	// codeCall is what cannot call a function, or a function that cannot be called so.
	codeCall = "call"
	// codeConfig is a configured field or parameter whose type or default cannot be.
	codeConfig = "config"
	// codeArg is an arg directive that names no parameter.
	codeArg = "arg"
	// codeLifecycle is an Init, Destroy, Validate, OnReady or OnStop method of another signature.
	codeLifecycle = "lifecycle"
	// codeHandler is a handler of a shape that is not allowed.
	codeHandler = "handler"
	// codeName is a function or timer whose name is taken or reserved.
	codeName = "function-name"
	// codeMiddleware is a middleware or guard of a shape or scope that is not allowed.
	codeMiddleware = "middleware"
	// codeMiddlewareName is a middleware or guard whose name is taken.
	codeMiddlewareName = "middleware-name"
	// codeConfiguration is a second configuration.
	codeConfiguration = "configuration"
	// codeComponent is an import that is not a component, and a component that cannot be one or that clashes with another.
	codeComponent = "component"
	// codeDefaults is a config.default.yml of a component that cannot be read, or that says something of others.
	codeDefaults = "component-config"
	// codeLayer is a layer without hooks, or with a hook that is none; a package that f.yml names as a layer and is none.
	codeLayer = "layer"
	// codeUse is a use directive on what is not a handler, or one that names what cannot be used there.
	codeUse = "use"
	// codeAspect is an aspect of a shape or scope that is not allowed, or a pattern that matches nothing.
	codeAspect = "aspect"
	// codeBinding is a field that a request cannot fill.
	codeBinding = "binding"
	// codeRoute is a route that is malformed, or that conflicts with another.
	codeRoute = "route"
	// codeTimer is a timer whose expression or timezone is none.
	codeTimer = "timer"
	// codeEvents notes that f.yml replaces triggers; a trigger that only a target has is a mistake.
	codeEvents = "events"
	// codeNone is an application without handlers.
	codeNone = "no-function"
)

// errorf reports a mistake at a position in Go code. The result may be completed until the next report.
func (c *collector) errorf(pos token.Pos, length int, code, format string, args ...any) *annotations.Diagnostic {
	return c.errorAt(c.position(pos), length, code, format, args...)
}

func (c *collector) errorAt(pos token.Position, length int, code, format string, args ...any) *annotations.Diagnostic {
	d := &annotations.Diagnostic{Pos: pos, Length: length, Code: code, Message: fmt.Sprintf(format, args...), Line: c.app.Line(pos)}
	c.diagnostics = append(c.diagnostics, d)
	return d
}

// position is that of the file itself: //line comments do not move it.
func (c *collector) position(pos token.Pos) token.Position { return c.app.Fset.PositionFor(pos, false) }

// also points at a second place.
func (c *collector) also(d *annotations.Diagnostic, pos token.Position, message string) {
	d.Chain = append(d.Chain, annotations.Link{Pos: pos, Message: message})
}

// place is a diagnostic that points at a range of a Go file and says nothing yet.
func (c *collector) place(from, to token.Pos) annotations.Diagnostic {
	pos := c.position(from)
	return annotations.Diagnostic{Pos: pos, Length: int(to - from), Line: c.app.Line(pos)}
}

// itemPlace is the place of one item of a list, or of its second occurrence.
func (c *collector) itemPlace(mark *annotations.Marker, argument, item string, second bool) (token.Pos, int) {
	pos, end := mark.Range(argument)
	p := c.position(pos)
	text := c.app.Line(p)
	from := p.Column - 1
	to := min(from+int(end-pos), len(text))
	if from < 0 || from >= to {
		return pos, int(end - pos)
	}
	i := indexItem(text[from:to], item, second)
	if i < 0 {
		return pos, int(end - pos)
	}
	return pos + token.Pos(i), len(item)
}

// indexItem finds an item in the text of a list, or in what comes after its first occurrence.
func indexItem(list, item string, second bool) int {
	at, found := 0, -1
	for part := range strings.SplitSeq(list, ",") {
		if strings.Trim(part, " \"") == item && (found < 0 || second) {
			found = at + strings.Index(part, item)
		}
		at += len(part) + len(",")
	}
	switch {
	case found >= 0:
		return found
	case second:
		return strings.LastIndex(list, item)
	}
	return strings.Index(list, item)
}

// broken remembers what a faulty declaration would have provided.
func (c *collector) broken(t types.Type) {
	if t != nil {
		c.app.Broken = append(c.app.Broken, t)
	}
}

func typeString(t types.Type) string { return model.TypeString(t) }
