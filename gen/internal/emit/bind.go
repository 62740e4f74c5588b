package emit

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// bind fills in by the binder b: the body first, then the fields that come from elsewhere, which the body must not reach.
func (a *adapter) bind() {
	bind := a.fn.Bind
	if bind == nil {
		bind = &model.Binding{Body: true}
	}
	switch {
	case bind.Form && bind.Body:
		a.p("if %s(b) {", symFormSent)
		a.form(bind)
		a.p("} else {")
		a.json(bind)
		for _, p := range bind.Params {
			if p.InForm() && p.Required && !p.Both {
				a.require(p)
			}
		}
		a.p("}")
	case bind.Form:
		a.form(bind)
	case bind.Body:
		a.json(bind)
	}
	for _, p := range bind.Params {
		if !p.InForm() {
			a.allocations(bind, p)
			a.bindParam(p)
		}
	}
	if a.checksItself() {
		a.check("b.Check(&in)")
		return
	}
	a.check("b.Err()")
}

// json fills in from a JSON body.
func (a *adapter) json(bind *model.Binding) {
	args := []string{"&in"}
	for _, p := range bind.Params {
		if p.JSON != "" {
			args = append(args, a.s("%q", p.JSON))
		}
	}
	a.p("b.JSON(%s)", strings.Join(args, ", "))
	a.resets(bind)
}

// form fills in from a form.
func (a *adapter) form(bind *model.Binding) {
	args := []string{"b"}
	for _, p := range bind.Params {
		if p.In != "file" {
			continue
		}
		part := a.s("%s{Name: %q", symFormPart, p.Name)
		if p.Max > 0 {
			part += a.s(", Max: %d", p.Max)
		}
		if p.Upload {
			part += ", Upload: true"
		}
		args = append(args, part+"}")
	}
	a.p("%s(%s)", symFormRead, strings.Join(args, ", "))
	for _, p := range bind.Params {
		if p.InForm() {
			a.allocations(bind, p)
			a.bindParam(p)
		}
	}
}

// require has the absence of a value reported.
func (a *adapter) require(p model.Param) {
	switch p.In {
	case "form":
		a.p("%s(b, %q)", symFormRequire, p.Name)
	case "file":
		a.p("%s(b, %q)", symFormRequireFile, p.Name)
	default:
		a.p("b.Require(%s, %q)", whereOf(p), p.Name)
	}
}

// whereOf is where a parameter comes from, as the binder calls it.
func whereOf(p model.Param) symbol {
	return map[string]symbol{"path": symInPath, "query": symInQuery, "header": symInHeader, "cookie": symInCookie}[p.In]
}

// bindParam fills one field.
func (a *adapter) bindParam(p model.Param) {
	field := "&in." + p.Path
	if p.Slice {
		if _, unnamed := types.Unalias(p.Type).(*types.Slice); !unnamed {
			field = a.s("(*[]%s)(%s)", p.Elem, field)
		}
	}
	switch {
	case p.Parser == "" && p.Upload:
		a.p("%s(b, %s)", choose(p, "", symFormUpload, symFormOptionalUpload), field)
	case p.Parser == "" && p.In == "file":
		a.p("%s(b, %q, %s)", choose(p, symFormFiles, symFormFile, symFormOptionalFile), p.Name, field)
	case p.Parser == "":
		a.p("%s(b, %q, %s)", choose(p, symFormJSONList, symFormJSON, symFormOptionalJSON), p.Name, field)
	case p.In == "form":
		parse := symbol(pathWeb + "." + p.Parser)
		if p.Parser == "Bool" {
			parse = symFormBool
		}
		a.p("%s(b, %q, %s, %s[%s])", choose(p, symFormList, symFormValue, symFormOptional), p.Name, field, parse, p.Elem)
	default:
		a.p("%s(b, %s, %q, %s, %s[%s])", choose(p, symList, symValue, symOptional), whereOf(p), p.Name, field, symbol(pathWeb+"."+p.Parser), p.Elem)
	}
	if p.Required && p.In != "path" {
		a.require(p)
	}
}

// choose is what fills a field of the form that the parameter has.
func choose(p model.Param, list, value, optional symbol) symbol {
	switch {
	case p.Slice:
		return list
	case p.Pointer:
		return optional
	}
	return value
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
func (a *adapter) resets(bind *model.Binding) {
	custom := false
	if bind.Named != nil {
		o, _, _ := types.LookupFieldOrMethod(types.NewPointer(bind.Named), true, nil, "UnmarshalJSON")
		_, custom = o.(*types.Func)
	}
	for _, p := range bind.Params {
		way := steps(bind, p.Path)
		if len(way) == 0 || p.Both || !custom && !nested(way[:len(way)-1]) {
			continue
		}
		var guards []string
		at := "in"
		for _, s := range way[:len(way)-1] {
			at += "." + s.field.Name()
			if isPointer(s.field.Type().Underlying()) {
				guards = append(guards, at+" != nil")
			}
		}
		if guards != nil {
			a.p("if %s {", strings.Join(guards, " && "))
		}
		a.p("in.%s = %s", p.Path, a.zero(p.Type))
		if guards != nil {
			a.p("}")
		}
	}
}

// nested reports whether a field on the way has a JSON name of its own.
func nested(way []step) bool {
	return slices.ContainsFunc(way, func(s step) bool {
		name, _, _ := strings.Cut(s.tag.Get("json"), ",")
		return name != ""
	})
}

// allocations makes the embedded pointers on the way to a field.
func (a *adapter) allocations(bind *model.Binding, p model.Param) {
	way := steps(bind, p.Path)
	if len(way) < 2 {
		return
	}
	at := "in"
	for _, s := range way[:len(way)-1] {
		at += "." + s.field.Name()
		if ptr, ok := s.field.Type().Underlying().(*types.Pointer); ok {
			a.p("if %s == nil {", at)
			a.p("%s = new(%s)", at, ptr.Elem())
			a.p("}")
		}
	}
}
