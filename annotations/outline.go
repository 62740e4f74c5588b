package annotations

import (
	"go/ast"
	"go/token"
	"go/types"
)

// outline is what a file declares, as far as directives care: which comment belongs to what, and what lies where.
type outline struct {
	owners map[*ast.CommentGroup]*owner
	top    []*owner // in source order
}

// owner is something that a comment can belong to.
type owner struct {
	decl *Declaration // nil if nothing can mark it
	what string       // with its kind: "method Controller.Create"
	hint string       // what to do about a directive on it, if "it belongs on ..." is not the answer
	// behind is the declaration that this comment follows on its line, where it marks nothing.
	behind *owner
	pos    token.Pos // without its doc comment
	end    token.Pos
	// inside are the types of a group, or the fields of a struct.
	inside []*owner
	fields string    // "field" or "method": what inside holds, empty if nothing inside can be marked
	body   token.Pos // of a function, else NoPos
}

// place is what the owner is, 0 if no directive can stand on it.
func (o *owner) place() Place {
	if o.decl == nil {
		return 0
	}
	return o.decl.Place
}

func outlineOf(file *ast.File) *outline {
	out := &outline{owners: map[*ast.CommentGroup]*owner{}}
	out.own(file.Doc, &owner{what: "the package clause", pos: file.Package})
	for _, decl := range file.Decls {
		var o *owner
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			o = out.function(decl)
		case *ast.GenDecl:
			o = out.general(decl)
		default:
			o = &owner{what: "a broken declaration"}
		}
		o.pos, o.end = decl.Pos(), decl.End()
		out.top = append(out.top, o)
	}
	return out
}

func (out *outline) own(group *ast.CommentGroup, o *owner) {
	if group != nil {
		out.owners[group] = o
	}
}

// behind makes an owner for the comment on the line where a declaration ends, which marks nothing.
func (out *outline) behind(group *ast.CommentGroup, o *owner) {
	out.own(group, &owner{what: o.what, behind: o})
}

func (out *outline) function(decl *ast.FuncDecl) *owner {
	d := &Declaration{Place: OnFunc, Name: decl.Name.Name, Node: decl, Names: []*ast.Ident{decl.Name}, Doc: decl.Doc}
	o := &owner{decl: d, what: "function " + d.Name}
	if decl.Recv != nil {
		d.Place = OnMethod
		if len(decl.Recv.List) > 0 {
			if id := embeddedName(decl.Recv.List[0].Type); id != nil {
				d.Name = id.Name + "." + d.Name
			}
		}
		o.what = "method " + d.Name
	}
	if decl.Name.Name == "_" || decl.Recv == nil && decl.Name.Name == "init" {
		o.decl, o.hint = nil, "nothing can call it; give it another name"
	}
	if decl.Body != nil {
		o.body = decl.Body.Pos()
	}
	out.own(decl.Doc, o)
	return o
}

func (out *outline) general(decl *ast.GenDecl) *owner {
	group := &owner{what: "the " + decl.Tok.String() + " declaration"}
	if decl.Tok != token.TYPE {
		out.own(decl.Doc, group)
		for _, spec := range decl.Specs {
			out.value(spec, group)
		}
		return group
	}
	grouped := decl.Lparen.IsValid()
	for _, spec := range decl.Specs {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			doc := spec.Doc
			if !grouped {
				doc = decl.Doc
			}
			group.inside = append(group.inside, out.typeSpec(spec, doc))
		}
	}
	if !grouped && len(group.inside) == 1 {
		return group.inside[0]
	}
	group.what, group.fields, group.hint = "a group of types", "type", "put it above the type that it marks"
	out.own(decl.Doc, group)
	return group
}

// value owns the comments of one import, constant or variable.
func (out *outline) value(spec ast.Spec, group *owner) {
	o := &owner{what: group.what}
	switch spec := spec.(type) {
	case *ast.ImportSpec:
		out.own(spec.Doc, o)
		out.own(spec.Comment, o)
	case *ast.ValueSpec:
		out.own(spec.Doc, o)
		out.own(spec.Comment, o)
		if len(spec.Names) > 0 {
			o.what += " of " + spec.Names[0].Name
		}
	}
}

func (out *outline) typeSpec(spec *ast.TypeSpec, doc *ast.CommentGroup) *owner {
	o := &owner{pos: spec.Pos(), end: spec.End()}
	o.what = "type " + spec.Name.Name
	d := &Declaration{Place: OnStruct, Name: spec.Name.Name, Node: spec, Type: spec, Names: []*ast.Ident{spec.Name}, Doc: doc}
	t := ast.Unparen(spec.Type)
	switch t := t.(type) {
	case *ast.StructType:
		o.decl = d
	case *ast.InterfaceType:
		o.what = "interface " + spec.Name.Name
	case *ast.Ident:
		// type A B may well be a struct, which only types can tell; a predeclared type is none.
		if types.Universe.Lookup(t.Name) == nil {
			o.decl = d
		}
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		o.decl = d
	}
	if spec.Assign.IsValid() {
		o.what, o.decl, o.hint = "alias "+spec.Name.Name, nil, "put it on the type that the alias stands for"
	}
	if spec.Name.Name == "_" {
		o.decl, o.hint = nil, "nothing can refer to it; give it another name"
	}
	out.own(doc, o)
	out.behind(spec.Comment, o)
	out.members(spec, t, o)
	return o
}

// members owns the comments of everything inside of a type: the fields of the struct itself, and what lies deeper.
func (out *outline) members(spec *ast.TypeSpec, t ast.Expr, o *owner) {
	if st, ok := t.(*ast.StructType); ok && st.Fields != nil {
		o.fields = "field"
		for _, field := range st.Fields.List {
			f := out.field(spec, field)
			if spec.Assign.IsValid() {
				f.decl, f.hint = nil, "declare the struct as a type of its own, without \"=\""
			}
			o.inside = append(o.inside, f)
			out.nested(field.Type)
		}
		return
	}
	out.nested(spec.Type)
}

func (out *outline) field(spec *ast.TypeSpec, field *ast.Field) *owner {
	d := &Declaration{Place: OnField, Node: field, Type: spec, Names: fieldNames(field), Doc: field.Doc}
	d.Name = spec.Name.Name
	if len(d.Names) > 0 {
		d.Name += "." + d.Names[0].Name
	}
	f := &owner{decl: d, what: "field " + d.Name, pos: field.Pos(), end: field.End()}
	out.own(field.Doc, f)
	out.own(field.Comment, f)
	return f
}

// nested owns the comments inside of a type that is not a declared struct.
func (out *outline) nested(t ast.Expr) {
	ast.Inspect(t, func(n ast.Node) bool {
		var fields *ast.FieldList
		var o owner
		switch n := n.(type) {
		case *ast.StructType:
			fields = n.Fields
			o.what, o.hint = "a field of a struct without a name", "declare the inner struct as a type of its own"
		case *ast.InterfaceType:
			fields = n.Methods
			o.what, o.hint = "a method of an interface", "put it on a type that implements the interface"
		}
		if fields != nil {
			for _, field := range fields.List {
				out.own(field.Doc, &o)
				out.own(field.Comment, &o)
			}
		}
		return true
	})
}
