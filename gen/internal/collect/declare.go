package collect

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// declaration is one function, method or type with directives, on itself or on its fields.
type declaration struct {
	pkg     *load.Package
	file    *ast.File
	name    *ast.Ident
	object  types.Object
	fn      *ast.FuncDecl // nil for a type
	markers []annotations.Marker
	fields  []*field
	doc     string
	// faulty says that a mistake in one of the directives was reported.
	faulty bool
}

// field is one field with directives; A, B int are two.
type field struct {
	name    *ast.Ident
	markers []annotations.Marker
}

// providesItself reports whether a struct has a directive that makes it a provider of its own kind: one that excludes
// //faas:provide.
func (d *declaration) providesItself() bool {
	return slices.ContainsFunc(d.markers, func(m annotations.Marker) bool { return slices.Contains(m.Definition.Excludes, "provide") })
}

// find returns the first marker of a type and where it stands; nil if there is none.
func find[T any](markers []annotations.Marker) (*T, *annotations.Marker) {
	for i := range markers {
		if v, ok := markers[i].Value.(*T); ok {
			return v, &markers[i]
		}
	}
	return nil, nil
}

// read finds the declarations with directives, those of imported components among them, in the order of the sources.
func (c *collector) read(registry *annotations.Registry) {
	for _, pkg := range c.load.Packages {
		c.declarations(pkg, registry)
	}
	c.findComponents(c.load.Components, registry)
	slices.SortStableFunc(c.declared, func(x, y *declaration) int {
		a, b := c.position(x.name.Pos()), c.position(y.name.Pos())
		return cmp.Or(cmp.Compare(x.pkg.Path, y.pkg.Path), cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Offset, b.Offset))
	})
	for _, d := range c.declared {
		if obj, ok := d.object.(*types.TypeName); ok && c.types[obj] == nil {
			c.types[obj] = d
		}
	}
}

// declarations reads the directives of one package.
func (c *collector) declarations(pkg *load.Package, registry *annotations.Registry) {
	for i, file := range pkg.Syntax {
		if pkg.Broken[i] {
			continue // what its directives stand at is a guess
		}
		found, ds := annotations.Collect(c.app.Fset, file, c.app.Sources[pkg.Files[i]], registry)
		for _, d := range ds {
			c.diagnostics = append(c.diagnostics, &d)
		}
		c.mistaken(pkg, file, ds)
		types := map[*ast.TypeSpec]*declaration{}
		ofType := func(d *annotations.Declaration) *declaration {
			if types[d.Type] == nil {
				types[d.Type] = c.declare(pkg, file, d.Type.Name, nil)
			}
			return types[d.Type]
		}
		for _, d := range found {
			switch d.Place {
			case annotations.OnStruct:
				t := ofType(d)
				t.markers, t.doc = d.Markers, d.Doc.Text()
			case annotations.OnField:
				t := ofType(d)
				for _, name := range d.Names {
					t.fields = append(t.fields, &field{name: name, markers: d.Markers})
				}
				t.faulty = t.faulty || bad(d.Markers)
				continue
			default:
				fn := d.Node.(*ast.FuncDecl)
				f := c.declare(pkg, file, fn.Name, fn)
				f.markers, f.doc = d.Markers, d.Doc.Text()
				f.faulty = bad(d.Markers)
			}
		}
		for _, t := range types {
			t.faulty = t.faulty || bad(t.markers)
		}
	}
}

func bad(markers []annotations.Marker) bool {
	for _, m := range markers {
		if m.Bad {
			return true
		}
	}
	return false
}

func (c *collector) declare(pkg *load.Package, file *ast.File, name *ast.Ident, fn *ast.FuncDecl) *declaration {
	d := &declaration{pkg: pkg, file: file, name: name, fn: fn, object: declaredObject(pkg, name)}
	c.declared = append(c.declared, d)
	return d
}

// declaredObject is what a name declares, nil if that cannot be used: a second declaration of the name has been reported
// by the type checker.
func declaredObject(pkg *load.Package, name *ast.Ident) types.Object {
	obj := pkg.Info.Defs[name]
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		if obj == nil || pkg.Types.Scope().Lookup(name.Name) != obj {
			return nil
		}
		return obj
	}
	if owner := model.TypeName(fn.Signature().Recv().Type()); owner != nil && method(owner.Type(), fn.Name()) != fn && fn.Exported() {
		return nil
	}
	return obj
}

// mistaken remembers what the declarations would have provided that a mistake in a directive stands at, or above: one
// that is misspelt or detached may have been the one that made a provider.
func (c *collector) mistaken(pkg *load.Package, file *ast.File, ds annotations.Diagnostics) {
	if len(ds) == 0 {
		return
	}
	c.app.Incomplete = true
	for _, d := range ds {
		c.lost = append(c.lost, d.Line)
	}
	before := file.Package
	for _, decl := range file.Decls {
		start, end := c.position(before), c.position(decl.End())
		before = decl.End()
		hit := false
		for _, d := range ds {
			hit = hit || d.Pos.Offset >= start.Offset && d.Pos.Line <= end.Line
		}
		if !hit {
			continue
		}
		for _, name := range declaredNames(decl) {
			d := &declaration{object: pkg.Info.Defs[name]}
			c.broken(d.out())
		}
	}
}

// declaredNames are the functions without receiver and the types that a declaration declares.
func declaredNames(decl ast.Decl) []*ast.Ident {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			return []*ast.Ident{decl.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		if decl.Tok == token.TYPE {
			for _, spec := range decl.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					names = append(names, t.Name)
				}
			}
		}
		return names
	}
	return nil
}

// isLost reports whether a directive of that name may be among those that could not be read.
func (c *collector) isLost(name string) bool {
	return slices.ContainsFunc(c.lost, func(line string) bool { return strings.Contains(line, name) })
}

// declarationOf is the declaration of a type of the application, or of one of its components, with directives.
func (c *collector) declarationOf(obj *types.TypeName) *declaration { return c.types[obj] }

// typeDeclaration returns the declaration of a type, with or without directives.
func (c *collector) typeDeclaration(pkg *load.Package, obj *types.TypeName) *declaration {
	if d := c.declarationOf(obj); d != nil {
		return d
	}
	for _, file := range pkg.Syntax {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok || t.Name.Name != obj.Name() || pkg.Info.Defs[t.Name] != obj {
					continue
				}
				doc := t.Doc
				if doc == nil && !gen.Lparen.IsValid() {
					doc = gen.Doc
				}
				return &declaration{pkg: pkg, file: file, name: t.Name, object: obj, doc: doc.Text()}
			}
		}
	}
	return nil
}

// unexportedProvider reports whether a type is marked as a provider although it cannot be one.
func (c *collector) unexportedProvider(obj *types.TypeName) bool {
	return obj != nil && !obj.Exported() && slices.ContainsFunc(c.declared, func(d *declaration) bool {
		provide, _ := find[annotations.Provide](d.markers)
		return d.object == obj && provide != nil
	})
}
