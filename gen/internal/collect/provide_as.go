package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// as finds the interfaces that a provider is also injected as, and checks that it implements them.
func (c *provideDirective) as(d *declaration, out types.Type, provide *annotations.Provide) ([]types.Type, bool) {
	_, mark := find[annotations.Provide](d.markers)
	if mark == nil || mark.Bad {
		return nil, mark == nil
	}
	var list []types.Type
	ok := true
	for i, item := range provide.As {
		pos, length := c.itemPlace(mark, "as", item, slices.Index(provide.As, item) != i)
		t := c.asType(d, item, pos, length)
		if t != nil && c.params != nil {
			instance, err := c.asInstance(t)
			if err != nil {
				c.errorf(pos, length, codeAs, "%s is generic, but it is injected as %s: %v", d.name.Name, typeString(t), err)
			}
			t = instance
		}
		if t == nil {
			ok = false
			continue
		}
		if !c.implements(d, out, t, pos, length) {
			c.broken(t) // so that what needs it is not reported, too
			ok = false
			continue
		}
		if builtin(t) != "" && provide.ID == "" { // by which nothing would be injected
			c.errorf(pos, length, codeAs, "as= names %s, which every unit has already", typeString(t)).Hint = idHint
			ok = false
			continue
		}
		if slices.ContainsFunc(list, func(u types.Type) bool { return types.Identical(t, u) }) {
			c.errorf(pos, length, codeAs, "as= names %s twice", typeString(t))
			ok = false
			continue
		}
		if !types.Identical(t, out) {
			list = append(list, t)
		}
	}
	return list, ok
}

// asType resolves Iface, pkg.Iface and "full/path".Iface.
func (c *provideDirective) asType(d *declaration, item string, pos token.Pos, length int) types.Type {
	name, ok := annotations.ParseTypeName(item)
	if !ok {
		return nil // has been reported as the directive was read
	}
	pkg := d.pkg.Types
	switch {
	case name.Path != "":
		if pkg = c.load.Imports[name.Path]; pkg == nil {
			c.errorf(pos, length, codeAs, "package %q is imported nowhere in the application", name.Path)
			return nil
		}
	case name.Package != "":
		scope := d.pkg.Info.Scopes[d.file]
		imported, is := scope.Lookup(name.Package).(*types.PkgName)
		if !is {
			e := c.errorf(pos, length, codeAs, "this file imports no package by the name %s", name.Package)
			e.Hint = c.asHint(name)
			return nil
		}
		pkg = imported.Imported()
	}
	obj, is := pkg.Scope().Lookup(name.Name).(*types.TypeName)
	if !is {
		if !pkg.Complete() && len(pkg.Scope().Names()) == 0 {
			return nil // it could not be loaded, which has been reported
		}
		e := c.errorf(pos, length, codeAs, "package %s has no type %s", pkg.Path(), name.Name)
		if s := annotations.Suggest(name.Name, interfaces(pkg, d.pkg.Types)); s != "" {
			e.Hint = fmt.Sprintf("did you mean %s?", s)
		}
		return nil
	}
	t := obj.Type()
	if invalid(t.Underlying()) {
		return nil
	}
	iface, is := t.Underlying().(*types.Interface)
	switch named, _ := types.Unalias(t).(*types.Named); {
	case !is:
		c.errorf(pos, length, codeAs, "%s is %s, expected an interface", typeString(t), article(kindOf(t)))
	case named != nil && named.TypeParams().Len() > named.TypeArgs().Len() && c.params != nil: // asInstance makes one
		return t
	case named != nil && named.TypeParams().Len() > named.TypeArgs().Len():
		c.errorf(pos, length, codeAs, "interface %s is generic, and nothing says which instance is meant", typeString(t)).
			Hint = fmt.Sprintf("declare the instance: type Name = %s[...]", name.Name)
	case !iface.IsMethodSet():
		c.errorf(pos, length, codeAs, "%s is a constraint, expected an interface that a field can have", typeString(t))
	case c.unnameable(t) != "":
		c.errorf(pos, length, codeAs, "generated code cannot name %s: %s", typeString(t), c.unnameable(t))
	default:
		return t
	}
	return nil
}

// asHint lists the packages of that name that have the interface.
func (c *provideDirective) asHint(name annotations.TypeName) string {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(c.load.Imports)) {
		p := c.load.Imports[path]
		if p.Name() != name.Package {
			continue
		}
		if t, ok := p.Scope().Lookup(name.Name).(*types.TypeName); ok && t.Exported() && types.IsInterface(t.Type()) {
			paths = append(paths, fmt.Sprintf("as=%q.%s", path, name.Name))
		}
	}
	if len(paths) == 0 {
		return fmt.Sprintf("name it by its full path: as=\"full/path/%s\".%s", name.Package, name.Name)
	}
	return "write " + annotations.Join(paths, "or")
}

// interfaces lists the interfaces of a package that from can name.
func interfaces(p, from *types.Package) []string {
	var names []string
	for _, name := range p.Scope().Names() {
		t, ok := p.Scope().Lookup(name).(*types.TypeName)
		if ok && types.IsInterface(t.Type()) && (t.Exported() || p == from) {
			names = append(names, name)
		}
	}
	return names
}

// implements reports a provider that does not implement an interface, with what it lacks.
func (c *provideDirective) implements(d *declaration, out, t types.Type, pos token.Pos, length int) bool {
	lack := model.Lack(out, t.Underlying().(*types.Interface))
	if lack == "" {
		return true
	}
	e := c.errorf(pos, length, codeAs, "%s does not implement %s: %s", typeString(out), typeString(t), lack)
	if pointee(out) == nil && !types.IsInterface(out) && types.Implements(types.NewPointer(out), t.Underlying().(*types.Interface)) {
		e.Hint = fmt.Sprintf("let %s return *%s, which does", d.name.Name, typeString(out))
	}
	return false
}
