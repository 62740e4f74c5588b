package collect

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// typeParams are the type parameters of a struct or function, nil if it is not generic.
func typeParams(obj types.Object) []*types.TypeParam {
	var list *types.TypeParamList
	switch obj := obj.(type) {
	case *types.Func:
		list = obj.Signature().TypeParams()
	case *types.TypeName:
		if named, ok := obj.Type().(*types.Named); ok && !obj.IsAlias() {
			list = named.TypeParams()
		}
	}
	return slices.Collect(list.TypeParams())
}

// generic collects a generic struct or constructor.
func (c *provideDirective) generic(d *declaration, provide *annotations.Provide, config *annotations.Config) {
	c.params = typeParams(d.object)
	defer func() { c.params = nil }()
	var p *model.Provider
	if d.fn != nil {
		if p = c.constructor(d, provide); p != nil && !c.determined(d, p) {
			p = nil
		}
	} else {
		p = c.newStruct(d, provide, config)
	}
	if p != nil && len(p.Groups) > 0 {
		_, mark := find[annotations.Provide](d.markers)
		pos, end := mark.Range("group")
		c.errorf(pos, int(end-pos), codeProvider, "%s is generic, and nothing says which instances are members of a group", d.name.Name).
			Hint = "offer a constructor without type parameters that returns an instance"
		p = nil
	}
	obj := model.TypeName(d.out())
	if p == nil || d.faulty {
		c.app.Incomplete = true
		c.broken(d.out())
		if d.fn == nil {
			c.provided.faulty[obj] = true
		}
		return
	}
	c.provided.generics[obj] = p
	c.app.Generics = append(c.app.Generics, &model.Generic{Declared: p, Params: c.params, Instance: instance(p)})
}

// determined reports whether what a constructor makes says what its type parameters stand for: it must be an instance of a
// generic type, since a bare T would provide everything, and name all of them.
func (c *provideDirective) determined(d *declaration, p *model.Provider) bool {
	pos, length := d.result(0)
	obj := model.TypeName(p.Out)
	if obj == nil {
		c.errorf(pos, length, codeProvider, "generic constructor %s returns %s, expected an instance of a generic type", d.name.Name, typeString(p.Out)).
			Hint = "declare one, such as type Repo[T any] struct, and return *Repo[T]"
		return false
	}
	var free []string
	for _, param := range c.params {
		if !mentions(p.Out, param) {
			free = append(free, param.Obj().Name())
		}
	}
	if free == nil {
		return true
	}
	c.errorf(pos, length, codeProvider, "constructor %s returns %s, which does not say what is meant by %s", d.name.Name, typeString(p.Out), annotations.Join(free, "and")).
		Hint = "return a type that has all type parameters, or leave the others out of the constructor"
	return false
}

// mentions reports whether a type has a type parameter in it, or any one when none is given.
func mentions(t types.Type, params ...*types.TypeParam) bool {
	found := false
	walkType(t, func(t types.Type) bool {
		if param, ok := t.(*types.TypeParam); ok && (len(params) == 0 || slices.Contains(params, param)) {
			found = true
		}
		return !found
	})
	return found
}

// asInstance makes an interface that a generic provider names an instance with the provider's own type parameters.
func (c *provideDirective) asInstance(t types.Type) (types.Type, error) {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.TypeParams().Len() != len(c.params) || named.TypeArgs().Len() > 0 {
		names := make([]string, len(c.params))
		for i, p := range c.params {
			names[i] = p.Obj().Name()
		}
		return nil, fmt.Errorf("expected an interface with the type parameters of the provider, [%s]", strings.Join(names, ", "))
	}
	args := make([]types.Type, len(c.params))
	for i, p := range c.params {
		args[i] = p
	}
	return types.Instantiate(nil, named, args, true)
}

// instance returns the function that makes the providers of a generic declaration. All that has type parameters in it is
// taken from the instance of the declaration.
func instance(p *model.Provider) func([]types.Type) (*model.Provider, error) {
	return func(args []types.Type) (*model.Provider, error) {
		made, err := types.Instantiate(nil, p.Object.Type(), args, true)
		if err != nil {
			return nil, unsatisfied(err, args, typeParams(p.Object))
		}
		out := *p
		out.Args, out.As, out.Deps = args, nil, nil
		var keys []string
		for _, a := range args {
			keys = append(keys, types.TypeString(a, nil))
		}
		out.Key = strings.Join(keys, ",")
		var at func(i int, d *model.Dep) types.Type
		if sig, ok := made.(*types.Signature); ok {
			out.Out = sig.Results().At(0).Type()
			at = func(i int, _ *model.Dep) types.Type { return sig.Params().At(i).Type() }
		} else {
			out.Out = types.NewPointer(made)
			at = func(_ int, d *model.Dep) types.Type { return fieldType(made, d) }
		}
		for _, as := range p.As {
			t, err := types.Instantiate(nil, types.Unalias(as).(*types.Named).Origin(), args, true)
			if err != nil {
				return nil, err
			}
			out.As = append(out.As, t)
		}
		for i, d := range p.Deps {
			dep := *d
			dep.Type, dep.Embedded = at(i, d), embeddedIn(made, d.Embedded)
			if d.Lazy {
				dep.Type = lazy(dep.Type)
			} else if b := builtin(dep.Type); d.Kind == model.FromProvider && d.ID == "" && b != "" && b != model.InitContext {
				dep.Kind, dep.Builtin = model.FromBuiltin, b
			}
			out.Deps = append(out.Deps, &dep)
		}
		return &out, nil
	}
}

// unsatisfied is the error of a type argument as messages write types: with the names of packages, not their paths.
func unsatisfied(err error, args []types.Type, params []*types.TypeParam) error {
	if argument, ok := errors.AsType[*types.ArgumentError](err); ok {
		err = argument.Err
	}
	text := err.Error()
	shorten := func(t types.Type) {
		walkType(t, func(t types.Type) bool {
			if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil {
				p := named.Obj().Pkg()
				text = strings.ReplaceAll(text, p.Path()+".", p.Name()+".")
			}
			return true
		})
	}
	for _, a := range args {
		shorten(a)
	}
	for _, p := range params {
		shorten(p.Constraint())
	}
	return errors.New(text)
}
