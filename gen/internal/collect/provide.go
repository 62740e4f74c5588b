package collect

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// provideDirective is //faas:provide: it makes structs and constructors providers, for the other directives too.
type provideDirective struct {
	*collector
	inject   *injectDirective
	provided *providerSet
	// elsewhere says of packages that are not part of the application that structs with directives are embedded from there.
	elsewhere map[string]*annotations.Diagnostic
	// constructors has the types that constructed knows of, nil before it has been called.
	constructors map[*types.TypeName]bool
}

// providerSet finds providers by what they make.
type providerSet struct {
	// owners are the struct providers by type; faulty are the types that a mistake was reported for.
	owners map[*types.TypeName]*model.Provider
	faulty map[*types.TypeName]bool
	// embedded are the types of structs whose fields are filled as those of a provider that embeds them.
	embedded map[*types.TypeName]bool
	// made are the constructors by the named type that they return, or a pointer to it.
	made map[*types.TypeName][]*model.Provider
	// generics are the generic structs and constructors by the type that they make instances of.
	generics map[*types.TypeName]*model.Provider
}

func newProviderSet() *providerSet {
	return &providerSet{
		owners: map[*types.TypeName]*model.Provider{}, faulty: map[*types.TypeName]bool{}, embedded: map[*types.TypeName]bool{},
		made: map[*types.TypeName][]*model.Provider{}, generics: map[*types.TypeName]*model.Provider{},
	}
}

func newProvideDirective(c *collector, inject *injectDirective, provided *providerSet) *provideDirective {
	return &provideDirective{collector: c, inject: inject, provided: provided, elsewhere: map[string]*annotations.Diagnostic{}}
}

func (*provideDirective) words() []string { return []string{"provide"} }

// check does nothing: whether providers are enough is decided by wiring.
func (*provideDirective) check() {}

// collect adds the providers.
func (c *provideDirective) collect() {
	for _, d := range c.declared {
		provide, _ := find[annotations.Provide](d.markers)
		switch {
		case d.object == nil: // the type checker has reported it
		case d.fn != nil:
			switch {
			case provide == nil || d.fn.Recv != nil || d.wraps():
			case typeParams(d.object) != nil:
				c.generic(d, provide, nil)
			default:
				c.addProvider(d, c.constructor(d, provide))
			}
		default:
			config, _ := find[annotations.Config](d.markers)
			if d.providesItself() {
				continue
			}
			if provide == nil && config != nil {
				provide = &annotations.Provide{}
			}
			switch {
			case provide == nil:
			case typeParams(d.object) != nil && !d.wraps():
				c.generic(d, provide, config)
			default:
				c.structProvider(d, provide, config)
			}
		}
	}
}

// addProvider takes a provider in, or remembers that there would have been one.
func (c *provideDirective) addProvider(d *declaration, p *model.Provider) {
	if p == nil || d.faulty {
		c.app.Incomplete = true
		c.broken(d.out())
		return
	}
	c.app.Providers = append(c.app.Providers, p)
	if obj := model.TypeName(p.Out); obj != nil && p.Kind == model.Constructor && !types.IsInterface(p.Out) {
		c.provided.made[obj] = append(c.provided.made[obj], p)
	}
}

// out is the type that a declaration would provide, nil if there is none.
func (d *declaration) out() types.Type {
	switch obj := d.object.(type) {
	case *types.TypeName:
		return types.NewPointer(obj.Type())
	case *types.Func:
		if results := obj.Signature().Results(); obj.Signature().Recv() == nil && results.Len() > 0 && !isError(results.At(0).Type()) {
			return results.At(0).Type()
		}
	}
	return nil
}

// structProvider makes a struct a provider. config is set when its fields come from configuration.
func (c *provideDirective) structProvider(d *declaration, provide *annotations.Provide, config *annotations.Config) *model.Provider {
	obj := d.object.(*types.TypeName)
	p := c.newStruct(d, provide, config)
	c.addProvider(d, p)
	if p == nil || d.faulty {
		c.provided.faulty[obj] = true
		return nil
	}
	c.provided.owners[obj] = p
	return p
}

// newStruct makes the provider; without provide it is an implicit one.
func (c *provideDirective) newStruct(d *declaration, provide *annotations.Provide, config *annotations.Config) *model.Provider {
	obj := d.object.(*types.TypeName)
	if !c.usable(d) || !c.structType(d, obj) {
		return nil
	}
	p := &model.Provider{
		Kind: model.Struct, Object: obj, Out: types.NewPointer(obj.Type()), Pos: c.position(d.name.Pos()), Doc: d.doc,
		Implicit: provide == nil,
	}
	if provide == nil {
		provide = &annotations.Provide{}
	}
	if c.params != nil {
		if own, err := c.asInstance(obj.Type()); err == nil { // whose methods have these parameters, and not names of their own
			p.Out = types.NewPointer(own)
		}
	}
	ok := c.settings(d, p, provide)
	st := obj.Type().Underlying().(*types.Struct)
	above := ""
	if config != nil {
		above = config.Key
	}
	for _, f := range d.fields {
		dep, good := c.inject.field(st, f, above)
		ok = ok && good
		if dep != nil {
			p.Deps = append(p.Deps, dep)
		}
	}
	if config != nil {
		deps, good := c.inject.configured(d, st, config)
		ok = ok && good
		p.Deps = append(p.Deps, deps...)
		slices.SortStableFunc(p.Deps, func(a, b *model.Dep) int { return cmp.Compare(a.Pos.Offset, b.Pos.Offset) })
	}
	promoted, good := c.promoted(p, st, config != nil)
	ok = ok && good
	p.Deps = append(p.Deps, promoted...)
	if !c.lifecycle(d, p) || !ok {
		return nil
	}
	return p
}

// idHint is for those that provide what every unit has.
const idHint = "give it an id: //faas:provide id=NAME, and ask for it by //faas:inject id=NAME"

// settings fills what provide says.
func (c *provideDirective) settings(d *declaration, p *model.Provider, provide *annotations.Provide) bool {
	p.ID, p.Scope, p.Lazy, p.Eager, p.Groups = provide.ID, provide.Scope, provide.Lazy, provide.Eager, provide.Group
	if p.Scope == "" {
		p.Scope = annotations.Singleton
	}
	if b := builtin(p.Out); b != "" && p.ID == "" && !p.Implicit {
		c.errorf(d.name.Pos(), len(d.name.Name), codeProvider, "%s provides %s, which every unit has already", d.name.Name, typeString(p.Out)).
			Hint = idHint
		return false
	}
	var ok bool
	p.As, ok = c.as(d, p.Out, provide)
	return ok
}

// structType wants a declared struct that generated code can write.
func (c *provideDirective) structType(d *declaration, obj *types.TypeName) bool {
	named, _ := types.Unalias(obj.Type()).(*types.Named)
	name := d.name.Name
	switch {
	case obj.IsAlias():
		c.errorf(d.name.Pos(), len(name), codeProvider, "%s is an alias, expected a struct of its own", name).
			Hint = "mark the type that it stands for, or a constructor that returns it"
	case named != nil && named.TypeParams().Len() > 0 && c.params == nil:
		c.errorf(d.name.Pos(), len(name), codeProvider, "provider %s is generic, and nothing says which instances to make", name).
			Hint = fmt.Sprintf("write a constructor for each instance, such as func New%s() *%s[...], and mark it //faas:provide", exportedName(name), name)
	case invalid(obj.Type().Underlying()):
		return false
	default:
		if _, ok := obj.Type().Underlying().(*types.Struct); !ok {
			c.errorf(d.name.Pos(), len(name), codeProvider, "%s is %s, expected a struct", name, article(kindOf(obj.Type()))).
				Hint = fmt.Sprintf("write a constructor that returns %s and mark it //faas:provide", name)
			return false
		}
		if !obj.Exported() {
			c.errorf(d.name.Pos(), len(name), codeProvider, "struct %s is unexported, so generated code cannot make it", name).
				Hint = fmt.Sprintf("call it %s, or mark an exported constructor that returns an exported interface", exportedName(name))
			return false
		}
		return true
	}
	return false
}

// constructor makes a function a provider.
func (c *provideDirective) constructor(d *declaration, provide *annotations.Provide) *model.Provider {
	fn := d.object.(*types.Func)
	sig := fn.Signature()
	if !c.usable(d) || !c.exportedFunc(d, "constructor") {
		return nil
	}
	p := &model.Provider{Kind: model.Constructor, Object: fn, Pos: c.position(d.name.Pos()), Doc: d.doc}
	ok := c.results(d, p, sig.Results())
	deps, good := c.inject.parameters(d, sig)
	p.Deps = deps
	if ok {
		ok = c.settings(d, p, provide) && c.lifecycle(d, p)
	}
	if !ok || !good {
		return nil
	}
	return p
}

// results reads T, (T, error), (T, func()) and (T, func(), error).
func (c *provideDirective) results(d *declaration, p *model.Provider, results *types.Tuple) bool {
	const shapes = "a constructor returns T, (T, error), (T, func()) or (T, func(), error)"
	list := make([]*types.Var, 0, 3)
	for v := range results.Variables() {
		if invalid(v.Type()) {
			return false
		}
		list = append(list, v)
	}
	fail := func(i int, format string, args ...any) bool {
		pos, length := d.name.Pos(), len(d.name.Name)
		if i >= 0 {
			pos, length = d.result(i)
		}
		c.errorf(pos, length, codeProvider, format, args...).Hint = shapes
		return false
	}
	name := d.name.Name
	switch {
	case len(list) == 0:
		return fail(-1, "constructor %s returns nothing", name)
	case isError(list[0].Type()) && len(list) == 1:
		return fail(0, "constructor %s returns only an error", name)
	case isError(list[0].Type()):
		return fail(0, "the first result of constructor %s is an error, expected what it provides", name)
	case isCleanup(list[0].Type()):
		return fail(0, "the first result of constructor %s is func(), expected what it provides", name)
	case len(list) > 3:
		return fail(3, "constructor %s returns %d values, expected at most 3", name, len(list))
	}
	p.Out = list[0].Type()
	switch len(list) {
	case 2:
		switch t := list[1].Type(); {
		case isError(t):
			p.Err = true
		case isCleanup(t):
			p.Cleanup = true
		default:
			return fail(1, "the second result of constructor %s is %s, expected error or func()", name, typeString(t))
		}
	case 3:
		switch second, third := list[1].Type(), list[2].Type(); {
		case isError(second) && isCleanup(third):
			return fail(1, "constructor %s returns the error before func(), expected it last", name)
		case !isCleanup(second):
			return fail(1, "the second result of constructor %s is %s, expected func()", name, typeString(second))
		case !isError(third):
			return fail(2, "the third result of constructor %s is %s, expected error", name, typeString(third))
		}
		p.Cleanup, p.Err = true, true
	}
	if reason := c.unnameable(p.Out); reason != "" {
		pos, length := d.result(0)
		c.errorf(pos, length, codeProvider, "generated code cannot name what constructor %s returns: %s", name, reason).
			Hint = "export it, or return an exported interface"
		return false
	}
	return true
}

// result is the place of a result's type.
func (d *declaration) result(i int) (token.Pos, int) { return fieldPlace(d.fn.Type.Results, i, true) }

// param is the place of a parameter: its name, or its type when it has none.
func (d *declaration) param(i int) (token.Pos, int) { return fieldPlace(d.fn.Type.Params, i, false) }

func fieldPlace(list *ast.FieldList, i int, wantType bool) (token.Pos, int) {
	for _, f := range list.List {
		n := max(1, len(f.Names))
		if i < n {
			if len(f.Names) > 0 && !wantType {
				return f.Names[i].Pos(), len(f.Names[i].Name)
			}
			return f.Type.Pos(), int(f.Type.End() - f.Type.Pos())
		}
		i -= n
	}
	return list.Pos(), 1
}

// lifecycle finds Init and Destroy.
func (c *provideDirective) lifecycle(d *declaration, p *model.Provider) bool {
	return c.calls(d, p, []lifecycleMethod{{"Init", "makes a provider", &p.Init}, {"Destroy", "closes a provider", &p.Destroy}}, anyDependency)
}

// lifecycleMethod is a method that faasgen calls when it does something; has is set where there is one.
type lifecycleMethod struct {
	name, when string
	has        *bool
}

// calls finds methods of the form func(context.Context) error, and refuses those that have only the name. Those of an
// embedded dependency are not p's where own says that it has a life of its own.
func (c *provideDirective) calls(d *declaration, p *model.Provider, methods []lifecycleMethod, own func(*model.Dep) bool) bool {
	ok := true
	for _, m := range methods {
		f := method(p.Out, m.name)
		if f == nil || ofDependency(p, m.name, own) {
			continue
		}
		if isLifecycle(f.Signature()) {
			*m.has = true
			continue
		}
		pos := c.position(f.Pos())
		if c.app.Sources[pos.Filename] == nil || invalid(f.Signature()) {
			continue // a method of another module's type means something else
		}
		ok = false
		if slices.ContainsFunc(c.diagnostics, func(d *annotations.Diagnostic) bool { return d.Pos == pos && d.Code == codeLifecycle }) {
			continue // of another provider that has the method too
		}
		e := c.errorf(f.Pos(), len(m.name), codeLifecycle, "%s of %s is %s, expected func(context.Context) error", m.name, typeString(p.Out), signature(f))
		e.Hint = fmt.Sprintf("faasgen calls %s when it %s: change its signature or its name", m.name, m.when)
		if p.Kind == model.Constructor {
			c.also(e, p.Pos, "provided by "+d.name.Name)
		}
	}
	return ok
}

// anyDependency says that whatever is injected has an Init and a Destroy of its own.
func anyDependency(*model.Dep) bool { return true }

// ofDependency reports whether a method is that of an embedded dependency which has a life of its own.
func ofDependency(p *model.Provider, name string, own func(*model.Dep) bool) bool {
	t := p.Out
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	_, path, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name)
	if len(path) < 2 {
		return false
	}
	for _, i := range path[:len(path)-1] {
		v := st.Field(i)
		if (pointee(v.Type()) != nil || types.IsInterface(v.Type())) && slices.ContainsFunc(p.Deps, func(d *model.Dep) bool {
			return types.Identical(d.Type, v.Type()) && own(d)
		}) {
			return true // anything else is a copy, which nothing else starts or stops
		}
		if st, ok = structOf(v.Type()); !ok {
			return false
		}
	}
	return false
}

// signature is a method's type without names.
func signature(f *types.Func) string {
	s := f.Signature()
	plain := func(list *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range list.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return typeString(types.NewSignatureType(nil, nil, nil, plain(s.Params()), plain(s.Results()), s.Variadic()))
}

// kindOf is what a declared type is made of, in a word.
func kindOf(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Name()
	case *types.Interface:
		return "interface"
	case *types.Signature:
		return "function type"
	case *types.Map:
		return "map"
	case *types.Slice:
		return "slice"
	case *types.Array:
		return "array"
	case *types.Chan:
		return "channel"
	case *types.Pointer:
		return "pointer"
	}
	return "struct"
}

// exportedName is a name with its first letter in upper case, or behind one.
func exportedName(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	if upper := string(unicode.ToUpper(r)) + name[n:]; token.IsExported(upper) {
		return upper
	}
	return "X" + name // of a script without capitals, or after an underscore
}
