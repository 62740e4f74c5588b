package collect

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// based returns the type with a notation of its own that a type of the application was declared with, nil if there is none: after
// "type Wait time.Duration" nothing at run time tells a Wait from an int64, and "5s" would not be read.
func (c *configDirective) based(t types.Type) types.Type {
	for range 10 {
		n, ok := types.Unalias(t).(*types.Named)
		if !ok || n.Obj().Pkg() == nil || isDurationOrSize(n) {
			return nil
		}
		t = c.declaredAs(n.Obj())
		if t == nil {
			return nil
		}
		if isDurationOrSize(t) {
			return t
		}
	}
	return nil
}

func isDurationOrSize(t types.Type) bool {
	return isNamed(t, "time", "Duration") || isNamed(t, model.ConfigPath, model.SizeType)
}

// declaredAs is the type on the right in the declaration of a name of the application, if it is a name, too.
func (c *configDirective) declaredAs(obj *types.TypeName) types.Type {
	for _, pkg := range c.load.Packages {
		if pkg.Types != obj.Pkg() {
			continue
		}
		for _, file := range pkg.Syntax {
			if file.FileStart > obj.Pos() || obj.Pos() >= file.FileEnd {
				continue
			}
			for _, d := range file.Decls {
				gen, ok := d.(*ast.GenDecl)
				if !ok || gen.Tok != token.TYPE {
					continue
				}
				for _, s := range gen.Specs {
					if s := s.(*ast.TypeSpec); s.Name.Pos() == obj.Pos() {
						return typeNamed(pkg, file, s.Type)
					}
				}
			}
		}
	}
	return nil
}

// typeNamed is the type that an identifier or a selector at the level of the package means.
func typeNamed(pkg *load.Package, file *ast.File, e ast.Expr) types.Type {
	var obj types.Object
	switch e := e.(type) {
	case *ast.Ident:
		obj = pkg.Types.Scope().Lookup(e.Name)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			if scope := pkg.Info.Scopes[file]; scope != nil {
				if imported, ok := scope.Lookup(x.Name).(*types.PkgName); ok {
					obj = imported.Imported().Scope().Lookup(e.Sel.Name)
				}
			}
		}
	}
	if name, ok := obj.(*types.TypeName); ok {
		return name.Type()
	}
	return nil
}
