package openapi

import (
	"cmp"
	"go/types"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// results are the responses of a call that succeeds, and those that the function sets another status for.
func (d *reader) results(o *operation.Operation, f *model.Function, r route, at schema.Place) {
	d.result(o, f, r, at)
	var body *operation.Content
	for _, of := range o.Responses {
		body = cmp.Or(body, of.Content) // there is one at most, but for what a function answers itself
	}
	for _, status := range r.further {
		of := operation.Response{Description: http.StatusText(status) + "."}
		if status != http.StatusNoContent && status < 300 {
			of.Content = body
		}
		if status >= 400 {
			of = operation.Response{Failure: "Failure"}
		}
		o.Responses[strconv.Itoa(status)] = of
	}
}

// result is the response of a call that succeeds, as package web makes it of what the handler returns.
func (d *reader) result(o *operation.Operation, f *model.Function, r route, at schema.Place) {
	status := func(last int) string { return strconv.Itoa(cmp.Or(r.Status, last)) }
	if f.Out == nil {
		o.Responses[status(204)] = operation.Response{Description: "It is done."}
		return
	}
	t := types.Unalias(f.Out)
	base, pointer := t, false
	if p, ok := t.(*types.Pointer); ok {
		base, pointer = types.Unalias(p.Elem()), true
	}
	switch name := path(base); {
	case name == "github.com/faasgen/faasgen/framework/trigger/web.Response":
		for _, status := range []string{"2XX", "3XX"} { // it says itself which
			o.Responses[status] = operation.Response{Description: "What the function answers.", Content: &operation.Content{Media: "*/*", Schema: &schema.Schema{}}}
		}
		return
	case path(t) == "encoding/json.RawMessage":
		o.Responses[status(200)] = operation.Response{Description: "What the function answers.", Content: &operation.Content{Media: "application/json", Schema: &schema.Schema{}}}
		return
	case reads(t):
		o.Responses[status(200)] = operation.Response{Description: "A stream.", Content: &operation.Content{Stream: true, Media: "application/octet-stream", Schema: &schema.Schema{}}}
		pointer = true // it may be nil
	case types.IsInterface(t): // of what it holds each has its own form
		o.Responses[status(200)] = operation.Response{Description: "What the function answers.", Content: &operation.Content{Media: "*/*", Schema: &schema.Schema{}}}
		pointer = true
	case types.Identical(t, types.Typ[types.String]):
		o.Responses[status(200)] = operation.Response{Description: "What the function answers.", Content: &operation.Content{Media: "text/plain", Schema: &schema.Schema{Types: []string{"string"}}}}
		return
	case types.Identical(t, types.NewSlice(types.Typ[types.Byte])):
		o.Responses[status(200)] = operation.Response{Description: "What the function answers.", Content: &operation.Content{Media: "application/octet-stream", Schema: &schema.Schema{}}}
		return
	default:
		description := "What the function answers."
		if n := model.TypeName(t); n != nil {
			if doc := d.set.Doc(n); doc != "" {
				description, _, _ = strings.Cut(doc, "\n\n")
				description = strings.Join(strings.Fields(description), " ")
			}
		}
		o.Responses[status(200)] = operation.Response{Description: description, Content: &operation.Content{Media: "application/json", Schema: d.set.Of(base, false, at)}}
	}
	if pointer && r.Status == 0 {
		o.Responses["204"] = operation.Response{Description: "There is nothing to answer."}
	}
}

// path is a named type's path and name, "" for other types.
func path(t types.Type) string {
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// reads reports whether a type is an io.Reader.
func reads(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, "Read")
	f, ok := obj.(*types.Func)
	return ok && types.TypeString(f.Type(), nil) == "func(p []byte) (n int, err error)"
}

// place is a field of a struct.
type place struct {
	field *types.Var
	tag   reflect.StructTag
}

// fieldAt is the field that a selector leads to from a struct, nil if there is none.
func fieldAt(t types.Type, selector string) *place {
	var found *place
	for name := range strings.SplitSeq(selector, ".") {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		found = nil
		for i := range st.NumFields() {
			if v := st.Field(i); v.Name() == name {
				found, t = &place{v, reflect.StructTag(st.Tag(i))}, v.Type()
			}
		}
		if found == nil {
			return nil
		}
	}
	return found
}
