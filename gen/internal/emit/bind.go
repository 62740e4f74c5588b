package emit

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// bind fills in from the http exchange e: the JSON body first, then the fields that come from elsewhere, which the body
// must not reach.
func (h *handler) bind() []jen.Code {
	bind := h.fn.Bind
	if bind == nil {
		bind = &model.Binding{Body: true}
	}
	stmts := []jen.Code{jen.Id("b").Op(":=").Add(q(symNewBinder)).Call(jen.Op("&").Id("e").Dot("Request"))}
	if bind.Body {
		args := []jen.Code{jen.Op("&").Id("in")}
		for _, p := range bind.Params {
			if p.JSON != "" {
				args = append(args, jen.Lit(p.JSON))
			}
		}
		stmts = append(stmts, jen.Id("b").Dot("JSON").Call(args...))
		stmts = append(stmts, resets(bind)...)
	}
	for _, p := range bind.Params {
		stmts = append(stmts, allocations(bind, p)...)
		stmts = append(stmts, paramCode(p)...)
	}
	return append(stmts, returnErr(jen.Id("b").Dot("Err").Call()))
}

// paramCode fills one field.
func paramCode(p model.Param) []jen.Code {
	where := q(map[string]string{"path": symInPath, "query": symInQuery, "header": symInHeader, "cookie": symInCookie}[p.In])
	field := selector(p.Path)
	parser := jen.Qual(pathWeb, p.Parser).Types(typeCode(p.Elem))
	var stmts []jen.Code
	switch {
	case p.Slice:
		dst := jen.Op("&").Add(field)
		if _, unnamed := types.Unalias(p.Type).(*types.Slice); !unnamed {
			dst = jen.Parens(jen.Op("*").Index().Add(typeCode(p.Elem))).Parens(dst)
		}
		stmts = append(stmts, q(symList).Call(jen.Id("b"), where, jen.Lit(p.Name), dst, parser))
	case p.Pointer:
		stmts = append(stmts, q(symOptional).Call(jen.Id("b"), where, jen.Lit(p.Name), jen.Op("&").Add(field), parser))
	default:
		stmts = append(stmts, q(symValue).Call(jen.Id("b"), where, jen.Lit(p.Name), jen.Op("&").Add(field), parser))
	}
	if p.Required && p.In != "path" {
		stmts = append(stmts, jen.Id("b").Dot("Require").Call(where, jen.Lit(p.Name)))
	}
	return stmts
}

// selector is in.Page.Size.
func selector(path string) *jen.Statement {
	s := jen.Id("in")
	for name := range strings.SplitSeq(path, ".") {
		s = s.Dot(name)
	}
	return s
}

// step is one field on the way to a parameter.
type step struct {
	field *types.Var
	tag   reflect.StructTag
}

// steps follows a parameter's path through the struct.
func steps(bind *model.Binding, path string) []step {
	var out []step
	t := bind.Named
	for name := range strings.SplitSeq(path, ".") {
		if t == nil {
			return nil
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		t = nil
		for i := range s.NumFields() {
			if s.Field(i).Name() == name {
				out = append(out, step{s.Field(i), reflect.StructTag(s.Tag(i))})
				t = s.Field(i).Type()
			}
		}
	}
	return out
}

// resets empties the fields that the body may have filled all the same: below an embedded struct with a name of its own,
// or through an UnmarshalJSON method.
func resets(bind *model.Binding) []jen.Code {
	var stmts []jen.Code
	custom := false
	if bind.Named != nil {
		o, _, _ := types.LookupFieldOrMethod(types.NewPointer(bind.Named), true, nil, "UnmarshalJSON")
		_, custom = o.(*types.Func)
	}
	for _, p := range bind.Params {
		way := steps(bind, p.Path)
		if len(way) == 0 || !custom && !nested(way[:len(way)-1]) {
			continue
		}
		reset := selector(p.Path).Op("=").Add(zeroCode(p.Type))
		var guard *jen.Statement
		at := jen.Id("in")
		for _, s := range way[:len(way)-1] {
			at = at.Clone().Dot(s.field.Name())
			if _, ok := s.field.Type().Underlying().(*types.Pointer); ok {
				check := at.Clone().Op("!=").Nil()
				if guard == nil {
					guard = check
				} else {
					guard = guard.Op("&&").Add(check)
				}
			}
		}
		if guard != nil {
			reset = jen.If(guard).Block(reset)
		}
		stmts = append(stmts, reset)
	}
	return stmts
}

// named returns the first field with a JSON name of its own.
func nested(way []step) bool {
	return slices.ContainsFunc(way, func(s step) bool {
		name, _, _ := strings.Cut(s.tag.Get("json"), ",")
		return name != ""
	})
}

// allocations makes the embedded pointers on the way to a field.
func allocations(bind *model.Binding, p model.Param) []jen.Code {
	way := steps(bind, p.Path)
	if len(way) < 2 {
		return nil
	}
	var stmts []jen.Code
	at := jen.Id("in")
	for _, s := range way[:len(way)-1] {
		at = at.Clone().Dot(s.field.Name())
		if ptr, ok := s.field.Type().Underlying().(*types.Pointer); ok {
			stmts = append(stmts, jen.If(at.Clone().Op("==").Nil()).Block(at.Clone().Op("=").New(typeCode(ptr.Elem()))))
		}
	}
	return stmts
}
