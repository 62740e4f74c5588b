package cut

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// builder reads the declarations of a package.
type builder struct {
	p        *Package
	declared map[string]bool
	members  map[string][]string // types that have a member, by its name
	embeds   map[string][]string // types of the package that a type embeds
	lists    map[string]bool     // methods of the container that return a part of the list of functions
	bases    []any               // keys of the packages whose types the container embeds
}

// declare notes what a file declares, before anything is read that may mention it.
func (b *builder) declare(s *source) {
	for _, d := range s.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if owner := receiver(d); owner == "" {
				b.declared[d.Name.Name] = true
			} else if member(owner, d.Name.Name) {
				b.members[d.Name.Name] = append(b.members[d.Name.Name], owner)
				b.lists[d.Name.Name] = b.lists[d.Name.Name] || owner == container && returnsList(d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					b.declared[spec.Name.Name] = true
					b.declareFields(spec)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						b.declared[n.Name] = true
					}
				}
			}
		}
	}
	delete(b.declared, "_")
}

func (b *builder) declareFields(spec *ast.TypeSpec) {
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range st.Fields.List {
		if f.Names == nil {
			if t := local(f.Type); t != "" {
				b.embeds[spec.Name.Name] = append(b.embeds[spec.Name.Name], t)
			}
			continue
		}
		for _, n := range f.Names {
			if spec.Name.Name == container {
				b.members[n.Name] = append(b.members[n.Name], container)
			}
		}
	}
}

// findBases finds what the container embeds of other packages.
func (b *builder) findBases(s *source) {
	object := s.syntax.Scope.Lookup(container)
	if object == nil {
		return
	}
	spec, ok := object.Decl.(*ast.TypeSpec)
	if !ok {
		return
	}
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range st.Fields.List {
		t := f.Type
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if sel, ok := t.(*ast.SelectorExpr); ok && f.Names == nil {
			if x, ok := sel.X.(*ast.Ident); ok {
				b.bases = append(b.bases, importKey(s.imports[x.Name].path))
			}
		}
	}
}

// member reports whether a method has a key of its own. The exported methods of other types than the container stay with
// the type: interfaces may need them.
func member(owner, name string) bool { return owner == container || !ast.IsExported(name) }

// receiver is the type of a method, "" of a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	return local(d.Recv.List[0].Type)
}

// local is the name of a type that is written without a package, "" of others.
func local(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return local(t.X)
	case *ast.ParenExpr:
		return local(t.X)
	case *ast.IndexExpr:
		return local(t.X)
	case *ast.IndexListExpr:
		return local(t.X)
	}
	return ""
}

// read makes the nodes of a file.
func (b *builder) read(s *source) {
	for _, d := range s.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			n := s.declaration(d, d.Doc, nil)
			b.function(n, d)
			s.nodes = append(s.nodes, n)
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				b.declarations(s, d)
			}
		}
	}
}

// declaration is the node of the lines that something stands in, with the comments that belong to it.
func (s *source) declaration(n ast.Node, doc, trailing *ast.CommentGroup) *node {
	from, to := n.Pos(), n.End()
	if doc != nil {
		from = doc.Pos()
	}
	if trailing != nil {
		to = trailing.End()
	}
	start := s.lineStart(s.offset(from))
	return &node{file: s, start: start, end: s.lineEnd(s.offset(to)), spaced: s.spaced(start)}
}

func (b *builder) declarations(s *source, d *ast.GenDecl) {
	var g *group
	if d.Lparen.IsValid() {
		first := s.declaration(d, d.Doc, nil)
		opens := s.lineEnd(s.offset(d.Lparen))
		g = &group{open: s.content[first.start:opens], close: s.content[s.lineStart(s.offset(d.Rparen)):first.end]}
	}
	for _, spec := range d.Specs {
		var n *node
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			n = s.declaration(spec, spec.Doc, spec.Comment)
			b.index(n, nameKey(spec.Name.Name))
			c := &collector{b: b, n: n}
			if st, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == container {
				b.fields(n, st)
			} else {
				c.collect(spec.Type)
			}
			c.collect(spec.TypeParams)
		case *ast.ValueSpec:
			n = s.declaration(spec, spec.Doc, spec.Comment)
			n.guard = true
			if _, function := spec.Type.(*ast.FuncType); function && spec.Names[0].Name == "_" {
				continue // the signature of a handler, which is compared where the committed code is compiled
			}
			for _, name := range spec.Names {
				if name.Name != "_" {
					n.guard = false
					b.index(n, nameKey(name.Name))
				}
			}
			(&collector{b: b, n: n}).collect(spec.Type)
			for _, v := range spec.Values {
				(&collector{b: b, n: n}).collect(v)
			}
		}
		if g == nil {
			whole := s.declaration(d, d.Doc, nil)
			n.start, n.end, n.spaced = whole.start, max(n.end, whole.end), whole.spaced
		}
		n.group = g
		s.nodes = append(s.nodes, n)
	}
}

// index says what a node is found by.
func (b *builder) index(n *node, key any) { b.p.byKey[key] = append(b.p.byKey[key], n) }

// fields makes the container's fields parts of its declaration. What it embeds of another package is there for what else needs
// that package.
func (b *builder) fields(n *node, st *ast.StructType) {
	for _, f := range st.Fields.List {
		part := n.file.declaration(f, f.Doc, f.Comment)
		part.parent = n
		(&collector{b: b, n: part}).collect(f.Type)
		for _, name := range f.Names {
			b.index(part, memberKey{container, name.Name})
		}
		if f.Names == nil && len(part.imports) == 0 {
			b.index(part, nameKey(container))
		}
		if f.Names == nil {
			for _, i := range part.imports {
				b.index(part, importKey(n.file.imports[i].path))
			}
		}
		n.parts = append(n.parts, part)
	}
}

func (b *builder) function(n *node, d *ast.FuncDecl) {
	owner, name := receiver(d), d.Name.Name
	c := &collector{b: b, n: n}
	switch {
	case owner == "":
		b.index(n, nameKey(name))
	case member(owner, name):
		b.index(n, memberKey{owner, name})
		n.refs = append(n.refs, nameKey(owner))
	default:
		b.index(n, nameKey(owner))
	}
	c.collect(d.Recv)
	c.collect(d.Type)
	if d.Body == nil {
		return
	}
	list := owner == container && b.lists[name]
	if !list && (!starting(name) || owner != "" && owner != container) {
		c.collect(d.Body)
		return
	}
	before := len(b.p.functions)
	b.statements(n, d.Body)
	if list {
		n.refs = append(n.refs, listKey(name))
		for _, f := range b.p.functions[before:] {
			b.index(n, functionKey(f))
		}
	}
}

// returnsList reports whether a method returns functions.
func returnsList(d *ast.FuncDecl) bool {
	if d.Type.Results.NumFields() != 1 {
		return false
	}
	t, ok := d.Type.Results.List[0].Type.(*ast.ArrayType)
	return ok && functionList(t)
}

// statements makes parts of those statements that only prepare what something else needs: a variable, a field of the
// container. What tests the error of one goes with it.
func (b *builder) statements(n *node, body *ast.BlockStmt) {
	var before *node
	for _, stmt := range body.List {
		keys, values := b.prepares(stmt)
		if keys == nil {
			at := n
			if before != nil && testsError(stmt) {
				before.end, at = n.file.declaration(stmt, nil, nil).end, before
			}
			(&collector{b: b, n: at, lists: true}).collect(stmt)
			before = nil
			continue
		}
		part := n.file.declaration(stmt, n.file.comment(stmt), nil)
		part.parent = n
		for _, k := range keys {
			b.index(part, k)
		}
		for _, v := range values {
			(&collector{b: b, n: part, lists: true}).collect(v)
		}
		n.parts = append(n.parts, part)
		before = part
	}
}

// comment is the comment that stands directly before a statement.
func (s *source) comment(stmt ast.Stmt) *ast.CommentGroup {
	at := s.lineStart(s.offset(stmt.Pos()))
	for _, g := range s.syntax.Comments {
		if s.lineEnd(s.offset(g.End())) == at && len(bytes.TrimSpace(s.content[s.lineStart(s.offset(g.Pos())):s.offset(g.Pos())])) == 0 {
			return g
		}
	}
	return nil
}

// prepares returns the keys of what a statement sets, and what it needs for it; no keys for one that does more.
func (b *builder) prepares(stmt ast.Stmt) (keys []any, values []ast.Node) {
	switch stmt := stmt.(type) {
	case *ast.DeclStmt:
		d, ok := stmt.Decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR || len(d.Specs) != 1 {
			return nil, nil
		}
		spec := d.Specs[0].(*ast.ValueSpec)
		for _, name := range spec.Names {
			keys = append(keys, name.Obj)
		}
		return keys, []ast.Node{spec}
	case *ast.IfStmt:
		set, ok := stmt.Init.(*ast.AssignStmt)
		if !ok || set.Tok != token.ASSIGN || !testsError(stmt) {
			return nil, nil
		}
		keys, values = b.assigns(set)
		return keys, append(values, stmt.Body)
	case *ast.AssignStmt:
		return b.assigns(stmt)
	}
	return nil, nil
}

func (b *builder) assigns(stmt *ast.AssignStmt) (keys []any, values []ast.Node) {
	for _, l := range stmt.Lhs {
		switch l := l.(type) {
		case *ast.Ident:
			if stmt.Tok == token.DEFINE && l.Name != "_" && l.Name != "err" {
				keys = append(keys, l.Obj)
			} else if l.Name != "_" && l.Name != "err" {
				return nil, nil
			}
		case *ast.SelectorExpr:
			switch x, ok := l.X.(*ast.Ident); {
			case slices.Contains(b.members[l.Sel.Name], container):
				keys = append(keys, memberKey{container, l.Sel.Name})
			case ok && madeType(x) == container && b.bases != nil: // a field of what the container embeds
				keys = append(keys, b.bases...)
			default:
				return nil, nil
			}
		default:
			return nil, nil
		}
	}
	for _, r := range stmt.Rhs {
		values = append(values, r)
	}
	return keys, values
}

// testsError reports whether a statement is: if err != nil { return ... }.
func testsError(stmt ast.Stmt) bool {
	s, ok := stmt.(*ast.IfStmt)
	if !ok || s.Else != nil || len(s.Body.List) != 1 {
		return false
	}
	cond, ok := s.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ {
		return false
	}
	x, ok := cond.X.(*ast.Ident)
	_, returns := s.Body.List[0].(*ast.ReturnStmt)
	return ok && x.Name == "err" && returns
}

// madeType is the type of a variable that is declared with a literal of it: c := &container{}.
func madeType(x *ast.Ident) string {
	if x.Obj == nil {
		return ""
	}
	a, ok := x.Obj.Decl.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 {
		return ""
	}
	e := a.Rhs[0]
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		return local(lit.Type)
	}
	return ""
}

// elements makes parts of the elements of a list, one for each that has a key.
func (b *builder) elements(n *node, list []ast.Expr, key func(ast.Expr) any) []*node {
	parts := make([]*node, len(list))
	for i, e := range list {
		k := key(e)
		if k == nil {
			continue
		}
		part := n.file.element(list, i)
		part.parent = n
		b.index(part, k)
		n.parts = append(n.parts, part)
		parts[i] = part
	}
	return parts
}

// element is the text of one element of a list with its comma: whole lines where it stands alone in them.
func (s *source) element(list []ast.Expr, i int) *node {
	e := list[i]
	start, end := s.offset(e.Pos()), s.offset(e.End())
	from, to := s.lineStart(start), s.lineEnd(end)
	rest := bytes.TrimLeft(s.content[end:to], ", \t")
	if len(bytes.TrimSpace(s.content[from:start])) == 0 && (bytes.HasPrefix(rest, []byte("\n")) || bytes.HasPrefix(rest, []byte("//"))) {
		return &node{file: s, start: from, end: to}
	}
	switch {
	case i+1 < len(list):
		end = s.offset(list[i+1].Pos())
	case i > 0:
		start = s.offset(list[i-1].End())
	}
	return &node{file: s, start: start, end: end}
}

// literalName is the Name of a literal that has one: of a function, of default values.
func literalName(e ast.Expr) (string, bool) {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, isKey := kv.Key.(*ast.Ident)
		value, isValue := kv.Value.(*ast.BasicLit)
		if isKey && isValue && key.Name == "Name" && value.Kind == token.STRING {
			name, err := strconv.Unquote(value.Value)
			return name, err == nil
		}
	}
	return "", false
}
