package cut

import (
	"go/ast"
	"slices"
	"strings"
)

// collector finds what a piece of code mentions.
type collector struct {
	b *builder
	n *node
	// lists says that lists of functions, and the literal of the container, are cut element by element.
	lists bool
}

// collect adds what is mentioned below a node.
func (c *collector) collect(root ast.Node) {
	if isNil(root) {
		return
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if n.Type != nil {
				c.collect(n.Type)
			}
			return false
		case *ast.SelectorExpr:
			c.selector(n)
			return false
		case *ast.CompositeLit:
			return !c.literal(n)
		case *ast.CallExpr:
			return !c.arguments(n)
		case *ast.Ident:
			c.ident(n)
		}
		return true
	})
}

// arguments collects from a call that has default values of components, or parts of the list of functions, among its arguments,
// each a part of its own.
func (c *collector) arguments(call *ast.CallExpr) (done bool) {
	if !slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return c.argument(e) != nil }) {
		return false
	}
	c.collect(call.Fun)
	for i, part := range c.b.elements(c.n, call.Args, c.argument) {
		in := c
		if part != nil {
			in = &collector{b: c.b, n: part}
		}
		in.collect(call.Args[i])
	}
	return true
}

// argument is the key of an argument that is a part, nil of others.
func (c *collector) argument(e ast.Expr) any {
	switch e := e.(type) {
	case *ast.CompositeLit:
		t, ok := e.Type.(*ast.SelectorExpr)
		if !ok || t.Sel.Name != "Defaults" {
			return nil
		}
		name, _ := literalName(e)
		if path, ok := strings.CutSuffix(name, "/config.default.yml"); ok {
			return componentKey(path)
		}
	case *ast.CallExpr:
		if method, ok := e.Fun.(*ast.SelectorExpr); ok && c.lists && c.b.lists[method.Sel.Name] {
			return listKey(method.Sel.Name)
		}
	}
	return nil
}

// isNil says so of the nil pointers that optional parts of a syntax tree are.
func isNil(n ast.Node) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *ast.FieldList:
		return n == nil
	case *ast.BlockStmt:
		return n == nil
	}
	return false
}

func (c *collector) need(key any) {
	if !slices.Contains(c.n.refs, key) {
		c.n.refs = append(c.n.refs, key)
	}
}

func (c *collector) ident(x *ast.Ident) {
	if x.Obj != nil && c.n.file.syntax.Scope.Lookup(x.Name) != x.Obj { // a variable of the function
		c.need(x.Obj)
		return
	}
	if c.b.declared[x.Name] {
		c.need(nameKey(x.Name))
	}
}

func (c *collector) selector(s *ast.SelectorExpr) {
	x, ok := s.X.(*ast.Ident)
	if ok && x.Obj == nil {
		if _, imported := c.n.file.imports[x.Name]; imported {
			if !slices.Contains(c.n.imports, x.Name) {
				c.n.imports = append(c.n.imports, x.Name)
			}
			return
		}
	}
	c.collect(s.X)
	owners := c.b.members[s.Sel.Name]
	if ok {
		if known, t := declaredType(x); known {
			owners = c.b.owners(t, s.Sel.Name, nil)
			if t == container && owners == nil { // of what it embeds
				for _, key := range c.b.bases {
					c.need(key)
				}
			}
		}
	}
	for _, o := range owners {
		c.need(memberKey{o, s.Sel.Name})
	}
}

// declaredType is the type of a variable that is declared with one: of the package, or "" for one that has no member here.
func declaredType(x *ast.Ident) (known bool, name string) {
	if x.Obj == nil {
		return false, ""
	}
	if f, ok := x.Obj.Decl.(*ast.Field); ok && f.Type != nil {
		return true, local(f.Type)
	}
	made := madeType(x)
	return made != "", made
}

// owners are the types whose member a selector of a type means: the type itself, or those that it embeds.
func (b *builder) owners(t, member string, seen []string) []string {
	if slices.Contains(b.members[member], t) {
		return []string{t}
	}
	var found []string
	for _, e := range b.embeds[t] {
		if !slices.Contains(seen, e) {
			found = append(found, b.owners(e, member, append(seen, t))...)
		}
	}
	return found
}

// literal collects from a composite literal, unless it is one like any other. The keys of a structure's are no names.
func (c *collector) literal(lit *ast.CompositeLit) (done bool) {
	switch t := lit.Type.(type) {
	case *ast.MapType:
		return false
	case *ast.ArrayType:
		if !c.lists || !functionList(t) {
			return false
		}
		c.collect(t)
		parts := c.b.elements(c.n, lit.Elts, func(e ast.Expr) any {
			name, ok := literalName(e)
			if !ok {
				return nil
			}
			c.b.p.functions = append(c.b.p.functions, name)
			return functionKey(name)
		})
		c.parts(lit, parts)
		return true
	}
	c.collect(lit.Type)
	var parts []*node
	if c.lists && local(lit.Type) == container {
		parts = c.b.elements(c.n, lit.Elts, func(e ast.Expr) any {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok {
					return memberKey{container, key.Name}
				}
			}
			return nil
		})
	}
	c.parts(lit, parts)
	return true
}

// parts collects from the elements of a literal, each for its part or, if it is none, for the node that they are in.
func (c *collector) parts(lit *ast.CompositeLit, parts []*node) {
	for i, e := range lit.Elts {
		in := &collector{b: c.b, n: c.n}
		if parts != nil && parts[i] != nil {
			in.n = parts[i]
		}
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if _, field := kv.Key.(*ast.Ident); !field {
				in.collect(kv.Key)
			}
			in.lists = c.lists && parts == nil
			in.collect(kv.Value)
			continue
		}
		in.collect(e)
	}
}

// functionList reports whether a type is []*framework.Function, whatever the package is called here.
func functionList(t *ast.ArrayType) bool {
	star, ok := t.Elt.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Function"
}
