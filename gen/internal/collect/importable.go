package collect

import (
	"fmt"
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// What generated code can import, call and name.

// usable reports whether generated code can import the package of a declaration; if not, that is reported once a package, with
// all that is to be moved.
func (c *collector) usable(d *declaration) bool {
	if e, known := c.packages[d.pkg.Path]; known {
		if e == nil {
			return true
		}
		pos := c.position(d.name.Pos())
		if e.Pos != pos && !slices.ContainsFunc(e.Chain, func(l annotations.Link) bool { return l.Pos == pos }) {
			c.also(e, pos, "so is "+d.name.Name)
		}
		return false
	}
	good := true
	switch {
	case d.pkg.Name == "main":
		good = false
		c.errorf(d.name.Pos(), len(d.name.Name), codeImport, "%s is in package main, which generated code cannot import", d.name.Name).
			Hint = c.moveHint(d.pkg.Path, "move it to a package of its own, such as "+path.Join(c.app.Import, strings.ToLower(d.name.Name)))
	case !c.importable(d.pkg.Path):
		good = false
		c.errorf(d.name.Pos(), len(d.name.Name), codeImport, "%s is in %s, which generated code in %s cannot import", d.name.Name, d.pkg.Path, c.app.Output()).
			Hint = c.moveHint(d.pkg.Path, "move the package to "+path.Join(c.app.Import, "internal", path.Base(d.pkg.Path)))
	}
	if component := c.components[d.pkg.Path]; component != nil && !good {
		c.diagnostics[len(c.diagnostics)-1].Hint = "a component is imported by applications: move it to a package that they can import"
	}
	c.packages[d.pkg.Path] = nil
	if !good {
		c.packages[d.pkg.Path] = c.diagnostics[len(c.diagnostics)-1]
	}
	return good
}

// moveHint says what to do about a package that generated code cannot import: own, unless another module has it.
func (c *collector) moveHint(pkg, own string) string {
	if pkg == c.app.Module || strings.HasPrefix(pkg, c.app.Module+"/") {
		return own
	}
	return "leave " + pkg + " out of scan in f.yml, or let its module offer a package that others can import"
}

// exportedFunc refuses what generated code cannot call.
func (c *collector) exportedFunc(d *declaration, what string) bool {
	name := d.name.Name
	sig := d.object.(*types.Func).Signature()
	switch {
	case !d.object.Exported():
		c.errorf(d.name.Pos(), len(name), codeOf(what), "%s %s is unexported, so generated code cannot call it", what, name).
			Hint = "call it " + exportedName(name)
	case sig.TypeParams().Len() > 0 && c.params == nil:
		c.errorf(d.name.Pos(), len(name), codeOf(what), "%s %s is generic, and nothing says which instances to make", what, name).
			Hint = "write a function without type parameters that calls it"
	default:
		return true
	}
	return false
}

// codeOf is the code for mistakes of a constructor, a handler, or a middleware or guard.
func codeOf(what string) string {
	switch what {
	case "constructor":
		return codeProvider
	case "handler":
		return codeHandler
	}
	return codeMiddleware
}

// unnameable says why generated code cannot write t, "" if it can.
func (c *collector) unnameable(t types.Type) string {
	reason := ""
	walkType(t, func(t types.Type) bool {
		var obj *types.TypeName
		switch t := t.(type) {
		case *types.Named:
			obj = t.Obj()
		case *types.Alias:
			if !t.Obj().Exported() {
				return reason == "" // the type it stands for is written instead
			}
			obj = t.Obj()
		case *types.TypeParam:
			if !slices.Contains(c.params, t) {
				reason = "it has the type parameter " + t.Obj().Name()
			}
			return false
		case *types.Struct:
			for f := range t.Fields() {
				if !f.Exported() {
					reason = "it is a struct without a name that has the unexported field " + f.Name()
				}
			}
		}
		switch {
		case reason != "" || obj == nil || obj.Pkg() == nil:
		case obj.Parent() != obj.Pkg().Scope():
			reason = typeString(t) + " is declared inside a function"
		case !obj.Exported():
			reason = typeString(t) + " is unexported"
		case obj.Pkg().Name() == "main":
			reason = typeString(t) + " is in package main"
		case !c.importable(obj.Pkg().Path()):
			reason = fmt.Sprintf("%s is in %s, which generated code cannot import", typeString(t), obj.Pkg().Path())
		}
		return reason == ""
	})
	return reason
}

// importable reports whether generated code may import a package: the rule for internal folders.
func (c *collector) importable(path string) bool {
	root := internalRoot(path)
	if root == path {
		return true
	}
	output := c.app.Output()
	return root != "" && (output == root || strings.HasPrefix(output, root+"/"))
}

// internalRoot is the import path that packages must be at or below to import path; path itself if it is not internal.
func internalRoot(path string) string {
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == "internal" {
			return strings.Join(parts[:i], "/")
		}
	}
	return path
}
