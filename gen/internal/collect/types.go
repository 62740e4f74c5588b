package collect

import (
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// isNamed reports whether t is the type of that name in the package of that path, instantiated or not.
func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path
}

// pointee is the type behind one pointer, nil if t is none.
func pointee(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return nil
}

func isPointerTo(t types.Type, path, name string) bool {
	e := pointee(t)
	return e != nil && isNamed(e, path, name)
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

func isContext(t types.Type) bool { return isNamed(t, "context", "Context") }

func isFrameworkContext(t types.Type) bool {
	return isPointerTo(t, model.FrameworkPath, model.ContextType)
}

// isCleanup recognises func().
func isCleanup(t types.Type) bool {
	s, ok := types.Unalias(t).(*types.Signature)
	return ok && s.Params().Len() == 0 && s.Results().Len() == 0
}

// builtin returns the value that t means without a provider, "" if none.
func builtin(t types.Type) model.Builtin {
	switch {
	case isPointerTo(t, "log/slog", "Logger"):
		return model.Logger
	case isPointerTo(t, model.FrameworkPath, model.RuntimeType):
		return model.Runtime
	case isFrameworkContext(t):
		return model.RequestContext
	case isContext(t):
		return model.InitContext
	case isPointerTo(t, model.ConfigPath, model.ConfigType):
		return model.ConfigValues
	case isNamed(t, model.FrameworkPath, model.ClockType):
		return model.Clock
	}
	return ""
}

// lazy returns T of ioc.Lazy[T], nil if t is none.
func lazy(t types.Type) types.Type {
	if !isNamed(t, model.IOCPath, model.LazyType) {
		return nil
	}
	args := types.Unalias(t).(*types.Named).TypeArgs()
	if args.Len() != 1 {
		return nil
	}
	return args.At(0)
}

// invalid reports whether a mistake in t was reported by the type checker already.
func invalid(t types.Type) bool {
	found := false
	walkType(t, func(t types.Type) bool {
		// A type that is declared by way of itself has no underlying one.
		if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Invalid {
			found = true
		}
		return !found
	})
	return found
}

// walkType calls visit with t and the types that its text is made of, until visit returns false. It does not look into
// the declarations of named types.
func walkType(t types.Type, visit func(types.Type) bool) {
	if t == nil || !visit(t) {
		return
	}
	args := func(list *types.TypeList) {
		for a := range list.Types() {
			walkType(a, visit)
		}
	}
	tuple := func(list *types.Tuple) {
		for v := range list.Variables() {
			walkType(v.Type(), visit)
		}
	}
	switch t := t.(type) {
	case *types.Named:
		args(t.TypeArgs())
	case *types.Alias:
		args(t.TypeArgs())
		if t.Obj().Pkg() != nil && !t.Obj().Exported() {
			walkType(t.Rhs(), visit)
		}
	case *types.Pointer:
		walkType(t.Elem(), visit)
	case *types.Slice:
		walkType(t.Elem(), visit)
	case *types.Array:
		walkType(t.Elem(), visit)
	case *types.Chan:
		walkType(t.Elem(), visit)
	case *types.Map:
		walkType(t.Key(), visit)
		walkType(t.Elem(), visit)
	case *types.Signature:
		tuple(t.Params())
		tuple(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			walkType(f.Type(), visit)
		}
	case *types.Interface:
		for e := range t.EmbeddedTypes() {
			walkType(e, visit)
		}
		for m := range t.ExplicitMethods() {
			walkType(m.Type(), visit)
		}
	}
}

// visited remembers the declared types that a walk into types has been at. What many types have in common is then walked
// once, and the walk ends: also in one whose instances need ever new instances, which Go refuses, but later.
type visited map[*types.TypeName][]types.Type

// maxInstances is how many instances of one generic type are looked into.
const maxInstances = 20

// again reports whether there is no need to look into t.
func (v visited) again(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	known := v[n.Obj()]
	if len(known) == maxInstances || slices.ContainsFunc(known, func(k types.Type) bool { return types.Identical(k, t) }) {
		return true
	}
	v[n.Obj()] = append(known, t)
	return false
}

// method looks a method up that the address of a value of t has; t may be a pointer or an interface.
func method(t types.Type, name string) *types.Func {
	if pointee(t) == nil && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	f, _ := obj.(*types.Func)
	return f
}

// isLifecycle recognises func(context.Context) error.
func isLifecycle(s *types.Signature) bool {
	return s.Params().Len() == 1 && isContext(s.Params().At(0).Type()) && !s.Variadic() && isCheck(s.Results())
}

// isValidate recognises func() error.
func isValidate(s *types.Signature) bool {
	return s.Params().Len() == 0 && isCheck(s.Results())
}

func isCheck(results *types.Tuple) bool {
	return results.Len() == 1 && isError(results.At(0).Type())
}

// hasTextUnmarshaler reports whether a *T has UnmarshalText([]byte) error.
func hasTextUnmarshaler(t types.Type) bool {
	f := method(t, "UnmarshalText")
	return f != nil && isBytesToError(f.Signature())
}

func isBytesToError(s *types.Signature) bool {
	return s.Params().Len() == 1 && !s.Variadic() && isBytes(s.Params().At(0).Type()) && isCheck(s.Results())
}

// isMarshaler reports whether a value of t, or its address, has a method of that name and form: ([]byte, error).
func isMarshaler(t types.Type, name string) bool {
	f := method(t, name)
	if f == nil {
		return false
	}
	s := f.Signature()
	return s.Params().Len() == 0 && s.Results().Len() == 2 && isBytes(s.Results().At(0).Type()) && isError(s.Results().At(1).Type())
}

// isBytes recognises []byte and types based on it.
func isBytes(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// isHTTPHandler reports whether t has net/http.Handler's method.
func isHTTPHandler(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, "ServeHTTP")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	s := f.Signature()
	return s.Results().Len() == 0 && isServe(s.Params())
}

// isServe recognises the parameters (http.ResponseWriter, *http.Request).
func isServe(params *types.Tuple) bool {
	return params.Len() == 2 && isNamed(params.At(0).Type(), "net/http", "ResponseWriter") && isPointerTo(params.At(1).Type(), "net/http", "Request")
}
