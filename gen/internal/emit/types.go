package emit

import (
	"go/ast"
	"go/types"

	"github.com/dave/jennifer/jen"
)

// typeCode writes a type. Aliases keep their name, because the type they stand for may be one that only its own module
// can name.
func typeCode(t types.Type) *jen.Statement {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return jen.Qual("unsafe", "Pointer")
		}
		return jen.Id(t.Name())
	case *types.Named:
		return named(t.Obj(), t.TypeArgs())
	case *types.Alias:
		if p := t.Obj().Pkg(); p != nil && !t.Obj().Exported() {
			return typeCode(t.Rhs())
		}
		return named(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		return jen.Op("*").Add(typeCode(t.Elem()))
	case *types.Slice:
		return jen.Index().Add(typeCode(t.Elem()))
	case *types.Array:
		return jen.Index(jen.Lit(int(t.Len()))).Add(typeCode(t.Elem()))
	case *types.Map:
		return jen.Map(typeCode(t.Key())).Add(typeCode(t.Elem()))
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return jen.Chan().Op("<-").Add(typeCode(t.Elem()))
		case types.RecvOnly:
			return jen.Op("<-").Chan().Add(typeCode(t.Elem()))
		}
		return jen.Chan().Parens(typeCode(t.Elem()))
	case *types.Signature:
		return jen.Func().Add(signature(t))
	case *types.Struct:
		fields := make([]jen.Code, t.NumFields())
		for i := range fields {
			f := t.Field(i)
			field := typeCode(f.Type())
			if !f.Embedded() {
				field = jen.Id(f.Name()).Add(field)
			}
			if t.Tag(i) != "" {
				field.Op("`" + t.Tag(i) + "`")
			}
			fields[i] = field
		}
		return jen.Struct(fields...)
	case *types.Interface:
		if t.Empty() {
			return jen.Id("any")
		}
		var methods []jen.Code
		for e := range t.EmbeddedTypes() {
			methods = append(methods, typeCode(e))
		}
		for m := range t.ExplicitMethods() {
			methods = append(methods, jen.Id(m.Name()).Add(signature(m.Signature())))
		}
		return jen.Interface(methods...)
	}
	return jen.Id(t.String())
}

func named(obj *types.TypeName, args *types.TypeList) *jen.Statement {
	s := jen.Id(obj.Name())
	if obj.Pkg() != nil {
		s = jen.Qual(obj.Pkg().Path(), obj.Name())
	}
	if args.Len() > 0 {
		var list []jen.Code
		for a := range args.Types() {
			list = append(list, typeCode(a))
		}
		s.Types(list...)
	}
	return s
}

func signature(t *types.Signature) *jen.Statement {
	var params, results []jen.Code
	for v := range t.Params().Variables() {
		params = append(params, typeCode(v.Type()))
	}
	if n := len(params); t.Variadic() {
		params[n-1] = jen.Op("...").Add(typeCode(t.Params().At(n - 1).Type().(*types.Slice).Elem()))
	}
	for v := range t.Results().Variables() {
		results = append(results, typeCode(v.Type()))
	}
	s := jen.Params(params...)
	switch len(results) {
	case 0:
		return s
	case 1:
		return s.Add(results[0])
	}
	return s.Params(results...)
}

// packagesOf calls found for every package that the text of t names, leaving out the types that were seen.
func packagesOf(t types.Type, seen map[types.Type]bool, found func(*types.Package)) {
	var walk func(types.Type)
	obj := func(o *types.TypeName, args *types.TypeList) {
		if o.Pkg() != nil {
			found(o.Pkg())
		}
		for a := range args.Types() {
			walk(a)
		}
	}
	walk = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			obj(t.Obj(), t.TypeArgs())
		case *types.Alias:
			obj(t.Obj(), t.TypeArgs())
			walk(t.Rhs())
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case interface{ Elem() types.Type }: // pointer, slice, array, chan
			walk(t.Elem())
		case *types.Signature:
			for v := range t.Params().Variables() {
				walk(v.Type())
			}
			for v := range t.Results().Variables() {
				walk(v.Type())
			}
		case *types.Struct:
			for f := range t.Fields() {
				walk(f.Type())
			}
		case *types.Interface:
			for e := range t.EmbeddedTypes() {
				walk(e)
			}
			for m := range t.ExplicitMethods() {
				walk(m.Type())
			}
		}
	}
	walk(t)
}

// nameable reports whether generated code can write t: every name in it is exported.
func nameable(t types.Type) bool {
	ok := true
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			ok = ok && (t.Obj().Pkg() == nil || ast.IsExported(t.Obj().Name()) && t.Obj().Parent() == t.Obj().Pkg().Scope())
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
		case *types.Alias:
			if t.Obj().Pkg() != nil && !t.Obj().Exported() {
				walk(t.Rhs())
			}
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case interface{ Elem() types.Type }:
			walk(t.Elem())
		case *types.Signature:
			for v := range t.Params().Variables() {
				walk(v.Type())
			}
			for v := range t.Results().Variables() {
				walk(v.Type())
			}
		}
	}
	walk(t)
	return ok
}

// nilable reports whether a value of type t can be compared with nil and then means "nothing": pointers and interfaces.
// Nil slices and maps are results of their own.
func nilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	}
	return false
}

// zeroCode is the zero value of t.
func zeroCode(t types.Type) *jen.Statement {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return jen.False()
		case u.Info()&types.IsNumeric != 0:
			return jen.Lit(0)
		case u.Info()&types.IsString != 0:
			return jen.Lit("")
		}
	case *types.Struct, *types.Array:
		return typeCode(t).Values()
	}
	return jen.Nil()
}
