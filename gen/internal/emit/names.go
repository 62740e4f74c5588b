package emit

import (
	"go/token"
	"go/types"
	"strconv"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// space hands out identifiers that are unique in it and in the spaces around it.
type space struct {
	outer *space
	names map[string]bool
}

func newSpace(names ...string) *space {
	s := &space{names: make(map[string]bool, len(names))}
	s.add(names...)
	return s
}

// inner is a space inside s.
func (s *space) inner(names ...string) *space {
	in := newSpace(names...)
	in.outer = s
	return in
}

func (s *space) add(names ...string) {
	for _, n := range names {
		s.names[n] = true
	}
}

func (s *space) has(name string) bool {
	for ; s != nil; s = s.outer {
		if s.names[name] {
			return true
		}
	}
	return false
}

// take returns name or, when that is taken, name with a number. What Go predeclares is taken: generated code uses nil,
// error and string below whatever users call their parameters and fields.
func (s *space) take(name string) string {
	n := name
	for i := 2; s.has(n) || predeclared(n); i++ {
		n = name + strconv.Itoa(i)
	}
	s.names[n] = true
	return n
}

// camel makes an identifier of a function's name: book-create becomes bookCreate.
func camel(name string) string { return model.Camel("function", name) }

// variable names a dependency after its field or parameter, or after its type where that has no name to use.
func variable(d *model.Dep) string {
	if d.Name == "" || d.Name == "_" {
		return typeIdent(d.Type)
	}
	return model.LowerCamel(d.Name)
}

// typeIdent makes an identifier after a type: book.Store becomes bookStore.
func typeIdent(t types.Type) string {
	switch t := t.(type) {
	case *types.Pointer:
		return typeIdent(t.Elem())
	case *types.Basic:
		return t.Name()
	case *types.Named:
		return objIdent(t.Obj(), t.TypeArgs())
	case *types.Alias:
		return objIdent(t.Obj(), t.TypeArgs())
	case *types.Slice:
		return typeIdent(t.Elem()) + "List"
	case *types.Map:
		return typeIdent(t.Elem()) + "Map"
	case *types.Chan:
		return typeIdent(t.Elem()) + "Chan"
	case *types.Signature:
		return "function"
	}
	return "value"
}

func objIdent(o *types.TypeName, args *types.TypeList) string {
	s := model.LowerCamel(o.Name())
	if o.Pkg() != nil {
		s = model.LowerCamel(o.Pkg().Name()) + model.Title(o.Name())
	}
	for a := range args.Types() {
		s += model.Title(typeIdent(a))
	}
	return s
}

// predeclared reports whether a name means something in Go already.
func predeclared(name string) bool {
	return token.IsKeyword(name) || types.Universe.Lookup(name) != nil
}

func itoa(i int) string { return strconv.Itoa(i) }
