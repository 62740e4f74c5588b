package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
)

const handlerShape = "a handler is func([ctx][, in]) ([out][,] [error]), its ctx a context.Context or *framework.Context"

// shape reads the parameters and results of a handler.
func (c *handlerDirective) shape(f *function) bool {
	sig := f.Object.Signature()
	if invalid(sig) {
		return false
	}
	return c.inputs(f, sig) && c.outputs(f, sig)
}

// fail reports a parameter, or a result, that a handler cannot have.
func (c *handlerDirective) fail(f *function, pos token.Pos, length int, format string, args ...any) bool {
	e := c.errorf(pos, length, codeHandler, format, args...)
	e.Hint = handlerShape
	if f.syntax == nil {
		e.Pos, e.Length, e.Line = f.Pos, len(f.declared.name.Name), c.app.Line(f.Pos)
	}
	return false
}

func (f *function) paramPlace(i int) (token.Pos, int) {
	if f.syntax == nil {
		return token.NoPos, 0
	}
	return fieldPlace(f.syntax.Type.Params, i, false)
}

func (f *function) resultPlace(i int) (token.Pos, int) {
	if f.syntax == nil {
		return token.NoPos, 0
	}
	return fieldPlace(f.syntax.Type.Results, i, true)
}

func (c *handlerDirective) inputs(f *function, sig *types.Signature) bool {
	params := sig.Params()
	name := f.Object.Name()
	fail := func(i int, format string, args ...any) bool {
		pos, length := f.paramPlace(i)
		return c.fail(f, pos, length, format, args...)
	}
	if isServe(params) && sig.Results().Len() == 0 {
		fail(0, "handler %s takes an http.ResponseWriter and an *http.Request", name)
		c.diagnostics[len(c.diagnostics)-1].Hint = "mark a constructor that returns it as an http.Handler, such as http.HandlerFunc, or take *web.Request"
		return false
	}
	if sig.Variadic() {
		return fail(params.Len()-1, "handler %s is variadic", name)
	}
	at := 0
	if params.Len() > 0 {
		switch t := params.At(0).Type(); {
		case isContext(t):
			f.Context, at = model.StdContext, 1
		case isFrameworkContext(t):
			f.Context, at = model.FrameworkContext, 1
		case isNamed(t, model.FrameworkPath, model.ContextType):
			return fail(0, "handler %s takes framework.Context by value, expected *framework.Context", name)
		}
	}
	for i := at; i < params.Len(); i++ {
		if t := params.At(i).Type(); isContext(t) || isFrameworkContext(t) {
			if at == 1 {
				return fail(i, "handler %s takes a second context", name)
			}
			return fail(i, "handler %s takes its context as parameter %d, expected it first", name, i+1)
		}
	}
	if params.Len() > at+1 {
		return fail(at+1, "handler %s takes %d values after the context, expected one at most", name, params.Len()-at)
	}
	if params.Len() == at {
		return true
	}
	f.In = params.At(at).Type()
	problem := c.input(f)
	if problem == "" {
		return true
	}
	return fail(at, "handler %s %s", name, problem)
}

// input says how the handler's input is made, or what is wrong with it.
func (c *handlerDirective) input(f *function) (problem string) {
	t := f.In
	s := typeString(t)
	switch {
	case isPointerTo(t, model.WebPath, model.RequestType), isPointerTo(t, model.WebPath, model.ExchangeType):
		f.Input, f.EventKind = model.EventInput, "http"
		return ""
	case isNamed(t, model.WebPath, model.RequestType):
		return "takes " + s + " by value, expected *web.Request"
	case isNamed(t, model.WebPath, model.ExchangeType):
		return "takes " + s + " by value, expected *web.Exchange"
	}
	if known, problem := eventOf(f, t); known {
		return problem
	}
	if reason := c.unnameable(t); reason != "" {
		return "takes a type that generated code cannot name: " + reason
	}
	if isBytes(t) {
		f.Input = model.BytesInput
		return ""
	}
	of := t
	if e := pointee(t); e != nil {
		if pointee(e) != nil {
			return "takes " + s + ", a pointer to a pointer"
		}
		of = e
	}
	if _, ok := types.Unalias(of).(*types.Struct); ok {
		return "takes a struct without a name, expected a declared type"
	}
	if _, ok := of.Underlying().(*types.Struct); !ok {
		if _, ok := of.Underlying().(*types.Interface); ok {
			return "takes " + s + ", an interface: expected a struct, []byte or the trigger's event"
		}
		return fmt.Sprintf("takes %s, %s: expected a struct, []byte or the trigger's event", s, article(kindOf(of)))
	}
	if bad, where := unserializable(of, visited{}); bad != nil {
		return fmt.Sprintf("takes %s, whose field %s is %s, which no event can hold", s, where, typeString(bad))
	}
	f.Input = model.BoundInput
	f.Validate = c.validate(f, of)
	f.Rules = c.rules(f, of)
	return ""
}

// eventOf recognises the events of the kinds: one by value or by pointer, or a slice of them where several come at once.
// Requests are not among them: their handlers take a part of the event.
func eventOf(f *function, t types.Type) (known bool, problem string) {
	of, slice := t, false
	if s, ok := types.Unalias(t).(*types.Slice); ok {
		of, slice = s.Elem(), true
	}
	e := of
	if p := pointee(of); p != nil {
		e = p
	}
	for k := range kind.All() {
		if k.Event.Name() == "" || !isNamed(e, k.Event.PkgPath(), k.Event.Name()) || slice && !k.Several {
			continue
		}
		if slice && e != of {
			return true, fmt.Sprintf("takes %s, expected []%s", typeString(t), typeString(e))
		}
		f.Input, f.EventKind, f.Slice = model.EventInput, k.Word, slice
		return true, ""
	}
	return false, ""
}

// validate finds Validate() error.
func (c *handlerDirective) validate(f *function, t types.Type) bool {
	m := method(t, "Validate")
	if m == nil || invalid(m.Signature()) {
		return false
	}
	if isValidate(m.Signature()) {
		return true
	}
	if pos := c.position(m.Pos()); c.app.Sources[pos.Filename] != nil {
		e := c.errorf(m.Pos(), len("Validate"), codeLifecycle, "Validate of %s is %s, expected func() error", typeString(t), signature(m))
		e.Hint = "faasgen calls it with what was bound: change its signature or its name"
		c.also(e, f.Pos, "input of handler "+f.Object.Name())
	}
	return false
}

func (c *handlerDirective) outputs(f *function, sig *types.Signature) bool {
	results := sig.Results()
	name := f.Object.Name()
	fail := func(i int, format string, args ...any) bool {
		pos, length := f.resultPlace(i)
		return c.fail(f, pos, length, format, args...)
	}
	var out types.Type
	switch results.Len() {
	case 0:
		return true
	case 1:
		if t := results.At(0).Type(); isError(t) {
			f.Err = true
			return true
		}
		out = results.At(0).Type()
	case 2:
		first, second := results.At(0).Type(), results.At(1).Type()
		switch {
		case isError(first) && isError(second):
			return fail(1, "handler %s returns an error twice", name)
		case isError(first):
			return fail(0, "handler %s returns its error first, expected it last", name)
		case !isError(second):
			return fail(1, "the second result of handler %s is %s, expected error", name, typeString(second))
		}
		out, f.Err = first, true
	default:
		return fail(2, "handler %s returns %d values, expected a result and an error at most", name, results.Len())
	}
	f.Out = out
	s := typeString(out)
	errorType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	switch reason := c.unnameable(out); {
	case isHTTPHandler(out):
		return fail(0, "handler %s returns %s; only a function without receiver can be the constructor of an http.Handler", name, s)
	case types.Implements(out, errorType):
		return fail(0, "handler %s returns %s, which is an error, as its result; expected the type error", name, s)
	case reason != "":
		return fail(0, "handler %s returns a type that generated code cannot name: %s", name, reason)
	case pointee(out) != nil && pointee(pointee(out)) != nil:
		return fail(0, "handler %s returns %s, a pointer to a pointer", name, s)
	}
	if isPointerTo(out, model.WebPath, model.ResponseType) || hasReader(out) {
		return true
	}
	if bad, where := unserializable(out, visited{}); bad != nil {
		if where == "" {
			return fail(0, "handler %s returns %s, which no response can hold", name, s)
		}
		return fail(0, "handler %s returns %s, whose field %s is %s, which no response can hold", name, s, where, typeString(bad))
	}
	return true
}

// unserializable returns the first type in t that JSON cannot hold, and the path of the field it is at; nil if all can be.
func unserializable(t types.Type, seen visited) (bad types.Type, where string) {
	if seen.again(t) {
		return nil, ""
	}
	if isMarshaler(t, "MarshalJSON") || isMarshaler(t, "MarshalText") || hasTextUnmarshaler(t) {
		return nil, ""
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 || u.Kind() == types.UnsafePointer {
			return t, ""
		}
	case *types.Chan, *types.Signature:
		return t, ""
	case *types.Pointer:
		return unserializable(u.Elem(), seen)
	case *types.Slice:
		return unserializable(u.Elem(), seen)
	case *types.Array:
		return unserializable(u.Elem(), seen)
	case *types.Map:
		b, ok := u.Key().Underlying().(*types.Basic)
		if !isMarshaler(u.Key(), "MarshalText") && !(ok && b.Info()&(types.IsString|types.IsInteger) != 0) {
			return t, ""
		}
		return unserializable(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			v := u.Field(i)
			if !v.Exported() && !v.Embedded() || reflect.StructTag(u.Tag(i)).Get("json") == "-" {
				continue
			}
			if bad, where := unserializable(v.Type(), seen); bad != nil {
				if where != "" {
					where = "." + where
				}
				return bad, v.Name() + where
			}
		}
	}
	return nil, ""
}

// hasReader recognises io.Reader, which a response streams.
func hasReader(t types.Type) bool {
	f := method(t, "Read")
	if f == nil {
		return false
	}
	s := f.Signature()
	return s.Params().Len() == 1 && isBytes(s.Params().At(0).Type()) && s.Results().Len() == 2 && isError(s.Results().At(1).Type())
}
