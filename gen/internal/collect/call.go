package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// callDirective is //faas:call on a field, and call= of //faas:arg: dependencies that call other functions. Inject reads the fields and
// parameters by it; whether the functions can be called so is checked when all of them are known.
type callDirective struct {
	*collector
	handlers *handlerDirective
	found    []calling
}

// calling is a dependency that calls.
type calling struct {
	dep  *model.Dep
	what string // field or parameter
	pos  token.Pos
}

func (*callDirective) words() []string { return []string{"call"} }

// collect does nothing: fields and parameters are parts of what provides.
func (*callDirective) collect() {}

// find returns the directive of a field.
func (*callDirective) find(markers []annotations.Marker) (*annotations.Call, *annotations.Marker) {
	return find[annotations.Call](markers)
}

// callOf is what a directive says of a parameter that calls, nil if it does not.
func callOf(arg *annotations.Arg) *annotations.Call {
	if arg.Call == "" {
		return nil
	}
	return &annotations.Call{Function: arg.Call, Async: arg.Async, Timeout: arg.Timeout, Retries: arg.Retries}
}

const callShape = "a client of a function is func(context.Context[, in]) ([out,] error), or an interface with one such method"

// read completes a dependency that calls a function, as far as its own type says.
func (c *callDirective) read(dep *model.Dep, pos token.Pos, length int, what string, w injectSpec) bool {
	argument := "function"
	if !w.field {
		argument = "call"
	}
	from, to := w.mark.Range(argument)
	dep.Call = &model.Call{
		Name: w.call.Function, Async: w.call.Async, Timeout: time.Duration(w.call.Timeout),
		Pos: c.position(from), Length: int(to - from),
	}
	if w.call.Retries != nil {
		dep.Call.Tries = *w.call.Retries + 1
	}
	fail := func(format string, args ...any) *annotations.Diagnostic {
		e := c.errorf(pos, length, codeCall, "%s %s %s", what, dep.Name, fmt.Sprintf(format, args...))
		e.Hint = callShape
		return e
	}
	t := dep.Type
	if inner := lazy(t); inner != nil {
		fail("is lazy, but a client of a function costs nothing to make").Hint = "take " + typeString(inner)
		return false
	}
	if mentions(t) {
		fail("is of type %s, which differs from instance to instance", typeString(t)).Hint = "call the function by a type of its own"
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		dep.Call.Signature = u
	case *types.Interface:
		if u.NumMethods() != 1 {
			fail("is of type %s, an interface with %s, expected one", typeString(t), count(u.NumMethods(), "method"))
			return false
		}
		m := u.Method(0)
		if !m.Exported() {
			fail("is of type %s, whose method %s only package %s can have", typeString(t), m.Name(), m.Pkg().Name()).Hint = "export the method"
			return false
		}
		dep.Call.Method, dep.Call.Signature = m.Name(), m.Signature()
	default:
		fail("is of type %s, expected a func or an interface with one method", typeString(t))
		return false
	}
	if problem := c.signature(dep.Call); problem != "" {
		fail("is of type %s, %s", typeString(t), problem)
		return false
	}
	if out := dep.Call.Out(); dep.Call.Async && out != nil {
		from, to := w.mark.Range("async")
		e := c.errorf(from, int(to-from), codeCall, "an asynchronous call has no result, but %s %s returns %s", what, dep.Name, typeString(out))
		e.Hint = "let it return an error alone, or leave out async and wait for the result"
		return false
	}
	c.found = append(c.found, calling{dep, what, pos})
	return true
}

// count is a number with its noun.
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// signature says what is wrong with the parameters or results of a client, "" if nothing.
func (c *callDirective) signature(call *model.Call) string {
	params, results := call.Signature.Params(), call.Signature.Results()
	if call.Method != "" {
		if reason := c.unnameable(call.Signature); reason != "" {
			return "which generated code cannot write: " + reason
		}
	}
	switch {
	case params.Len() == 0 || !isContext(params.At(0).Type()):
		return "which does not take a context.Context first"
	case call.Signature.Variadic():
		return "which is variadic"
	case params.Len() > 2:
		return fmt.Sprintf("which takes %d values after the context, expected one at most", params.Len()-1)
	case results.Len() == 0 || !isError(results.At(results.Len()-1).Type()):
		return "which does not return an error, as any call may fail"
	case results.Len() > 2:
		return fmt.Sprintf("which returns %d values, expected a result and an error at most", results.Len())
	}
	return ""
}

// check looks up what is called.
func (c *callDirective) check() {
	for _, found := range c.found {
		call := found.dep.Call
		f := c.handlers.byName[strings.ToLower(call.Name)]
		if f == nil || f.Name != call.Name {
			c.unknown(call)
			continue
		}
		if f.faulty || f.Object == nil {
			continue // its mistake has been reported
		}
		if c.callable(call, f) && c.matches(found, f) {
			call.Function = f.Function
		}
	}
}

// at reports a mistake at the name of the function in the directive.
func (c *callDirective) at(call *model.Call, format string, args ...any) *annotations.Diagnostic {
	return c.errorAt(call.Pos, call.Length, codeCall, format, args...)
}

func (c *callDirective) unknown(call *model.Call) {
	if c.app.Unread || c.isLost("handler") {
		return // it may be the one that could not be read
	}
	e := c.at(call, "there is no function %q to call", call.Name)
	names := slices.Sorted(slices.Values(c.handlers.names))
	switch near := annotations.Suggest(call.Name, names); {
	case near != "":
		e.Hint = fmt.Sprintf("did you mean %q?", near)
	case len(names) > 0:
		e.Hint = "there are: " + listed(names)
	default:
		e.Hint = "a function is what //faas:handler marks"
	}
}

// listed names some things.
func listed(names []string) string {
	const most = 10
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// callable reports a function that no other can call, once for each that would.
func (c *callDirective) callable(call *model.Call, f *function) bool {
	problem, hint := "", ""
	switch {
	case f.Task:
		problem, hint = "it is a task, which people or a pipeline run", "let both use what it does: a task is deployed apart, and before what would call it"
	case f.Kind == model.HTTPHandler:
		problem, hint = "it makes an http.Handler, which answers requests", "call a handler that takes a struct of its own, and let both share what they do"
	case f.Input == model.EventInput:
		problem, hint = "it takes "+typeString(f.In)+", which only a trigger delivers", "let it take a struct of your own, which triggers and calls can fill"
	case f.Out != nil && (isPointerTo(f.Out, model.WebPath, model.ResponseType) || hasReader(f.Out)):
		problem, hint = "it returns "+typeString(f.Out)+", which is a response to a request", "let it return a value that JSON can carry"
	case f.Out != nil && hidden(f.Out):
		problem, hint = "it returns "+typeString(f.Out)+", of which JSON carries nothing: no field is exported", "export its fields, or give it MarshalJSON and UnmarshalJSON"
	case f.Input == model.BoundInput && hidden(f.In):
		problem, hint = "it takes "+typeString(f.In)+", of which JSON carries nothing: no field is exported", "export its fields, or give it MarshalJSON and UnmarshalJSON"
	default:
		return c.carried(call, f)
	}
	e := c.at(call, "function %s cannot be called by others: %s", f.Name, problem)
	c.also(e, f.Pos, "handler "+f.Object.Name())
	e.Hint = hint
	return false
}

// carried reports what a call would lose of the input: fields that come from elsewhere than the body of a request and that JSON leaves
// out. It notes interfaces, which JSON can write and not read.
func (c *callDirective) carried(call *model.Call, f *function) bool {
	if f.Input == model.BoundInput {
		if upload := uploadOf(f.In, visited{}); upload != "" {
			e := c.at(call, "function %s cannot be called by others: field %s of %s is a web.Upload, which is read while a request arrives", f.Name, upload, typeString(f.In))
			c.also(e, f.Pos, "handler "+f.Object.Name())
			e.Hint = "use web.File, which is in memory"
			return false
		}
		if lost := outsideBody(f.In, visited{}); lost != "" {
			e := c.at(call, "a call of function %s would lose field %s of %s: it is taken from elsewhere than the body, and json:\"-\" keeps it out of that", f.Name, lost, typeString(f.In))
			c.also(e, f.Pos, "handler "+f.Object.Name())
			e.Hint = `leave out json:"-": what has a tag path, query, header, cookie, form or file is never read from the body of a request`
			return false
		}
	}
	for _, t := range []types.Type{f.In, f.Out} {
		if t == nil || f.Input == model.BytesInput && t == f.In {
			continue
		}
		if iface, where := undecodable(t, visited{}); iface != nil {
			if where != "" {
				where = ", in field " + where + " of " + typeString(t)
			}
			d := c.at(call, "calls of function %s cannot carry %s%s: JSON does not say what is in it", f.Name, typeString(iface), where)
			d.Severity = annotations.SeverityNote
			d.Hint = "only nil crosses; use a type of its own"
		}
	}
	return true
}

// hidden reports whether a struct has fields of which none is exported, and nothing that writes it.
func hidden(t types.Type) bool {
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || isMarshaler(t, "MarshalJSON") || isMarshaler(t, "MarshalText") {
		return false
	}
	for v := range st.Fields() {
		if v.Exported() || v.Embedded() {
			return false
		}
	}
	return st.NumFields() > 0
}

// outsideBody is the path of a field that a request fills from elsewhere than its body, and that JSON leaves out; "" if there is none.
func outsideBody(t types.Type, seen visited) string {
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen.again(t) || isMarshaler(t, "MarshalJSON") {
		return ""
	}
	for i := range st.NumFields() {
		tag := reflect.StructTag(st.Tag(i))
		for _, source := range []string{"path", "query", "header", "cookie", "form", "file"} {
			if tag.Get(source) != "" && tag.Get("json") == "-" {
				return st.Field(i).Name()
			}
		}
		if v := st.Field(i); v.Embedded() {
			if lost := outsideBody(v.Type(), seen); lost != "" {
				return v.Name() + "." + lost
			}
		}
	}
	return ""
}

// undecodable is the first interface with methods in what JSON reads, and the path of the field it is at.
func undecodable(t types.Type, seen visited) (iface types.Type, where string) {
	if seen.again(t) || isMarshaler(t, "MarshalJSON") || hasTextUnmarshaler(t) {
		return nil, ""
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		if u.NumMethods() > 0 {
			return t, ""
		}
	case *types.Pointer:
		return undecodable(u.Elem(), seen)
	case *types.Slice:
		return undecodable(u.Elem(), seen)
	case *types.Array:
		return undecodable(u.Elem(), seen)
	case *types.Map:
		return undecodable(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			v := u.Field(i)
			if !v.Exported() && !v.Embedded() || reflect.StructTag(u.Tag(i)).Get("json") == "-" {
				continue
			}
			if iface, where := undecodable(v.Type(), seen); iface != nil {
				if where != "" {
					where = "." + where
				}
				return iface, v.Name() + where
			}
		}
	}
	return nil, ""
}

// matches compares the types of a client with those of the handler.
func (c *callDirective) matches(found calling, f *function) bool {
	call := found.dep.Call
	report := func(format string, args ...any) *annotations.Diagnostic {
		e := c.errorf(found.pos, found.dep.Length, codeCall, "%s %s %s", found.what, found.dep.Name, fmt.Sprintf(format, args...))
		c.also(e, f.Pos, "handler "+f.Object.Name()+" is "+typeString(plainSignature(f.Object.Signature())))
		return e
	}
	if call.Async && f.Out != nil {
		e := report("calls function %s asynchronously, and nothing would read its result, %s", f.Name, typeString(f.Out))
		e.Hint = "leave out async and wait for the result, or let the handler return an error alone"
		return false
	}
	for _, pair := range []struct {
		verb, of, noun string
		has, want      types.Type
	}{
		{"passes", "takes", "input", call.In(), f.In},
		{"expects", "returns", "result", call.Out(), f.Out},
	} {
		has, want := pair.has, pair.want
		if has == nil && want == nil || has != nil && want != nil && types.Identical(has, want) {
			continue
		}
		switch {
		case want == nil:
			report("%s %s, but function %s %s no %s", pair.verb, typeString(has), f.Name, pair.of, pair.noun).Hint = "make it " + c.expected(call, f)
		case has == nil:
			report("%s no %s, but function %s %s %s", pair.verb, pair.noun, f.Name, pair.of, typeString(want)).Hint = "make it " + c.expected(call, f)
		default:
			h, w := typeString(has), typeString(want)
			if h == w {
				h, w = types.TypeString(has, nil), types.TypeString(want, nil)
			}
			e := report("%s %s, but function %s %s %s", pair.verb, h, f.Name, pair.of, w)
			e.Hint = "make it " + c.expected(call, f)
			if field := difference(has, want); field != "" {
				e.Message += ": " + field
			}
		}
		return false
	}
	return true
}

// expected is the type of a client of a function.
func (c *callDirective) expected(call *model.Call, f *function) string {
	text := "func(context.Context"
	if f.In != nil {
		text += ", " + typeString(f.In)
	}
	text += ") "
	if f.Out != nil {
		text += "(" + typeString(f.Out) + ", error)"
	} else {
		text += "error"
	}
	if call.Method != "" {
		return "an interface with " + call.Method + text[len("func"):]
	}
	return text
}

// plainSignature is a signature without receiver and names.
func plainSignature(s *types.Signature) *types.Signature {
	plain := func(list *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range list.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, plain(s.Params()), plain(s.Results()), s.Variadic())
}

const byPointer = "one is a pointer"

// difference is the first field in which two structs differ that are meant to be one: they have the same name, or as many fields with
// the same names. It is "" for others.
func difference(has, want types.Type) string {
	a, b := structBelow(has), structBelow(want)
	if a == nil || b == nil {
		if pointee(has) != nil && types.Identical(pointee(has), want) || pointee(want) != nil && types.Identical(has, pointee(want)) {
			return byPointer
		}
		return ""
	}
	x, y := model.TypeName(has), model.TypeName(want)
	if x == nil || y == nil || x == y || x.Name() != y.Name() && a.NumFields() != b.NumFields() {
		if x != nil && x == y && (pointee(has) == nil) != (pointee(want) == nil) {
			return byPointer
		}
		return ""
	}
	fields := map[string]int{}
	for i := range b.NumFields() {
		fields[b.Field(i).Name()] = i
	}
	for i := range a.NumFields() {
		v := a.Field(i)
		j, ok := fields[v.Name()]
		switch {
		case !ok && x.Name() == y.Name():
			return fmt.Sprintf("they differ in field %s, which %s has not", v.Name(), typeString(y.Type()))
		case !ok:
			return ""
		case !types.Identical(v.Type(), b.Field(j).Type()):
			return fmt.Sprintf("they differ in field %s: %s and %s", v.Name(), typeString(v.Type()), typeString(b.Field(j).Type()))
		}
		delete(fields, v.Name())
	}
	for i := range b.NumFields() {
		if _, left := fields[b.Field(i).Name()]; left {
			return fmt.Sprintf("they differ in field %s, which %s has not", b.Field(i).Name(), typeString(x.Type()))
		}
	}
	return "the two have the same fields, but are not one type"
}

// structBelow is the struct of a type or of what it points to, nil for others.
func structBelow(t types.Type) *types.Struct {
	if e := pointee(t); e != nil {
		t = e
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}
