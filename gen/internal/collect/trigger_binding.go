package collect

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// places are the struct tags that say where a field comes from, other than json.
func places() []string { return []string{"path", "query", "header", "cookie", "form", "file"} }

// binder reads the fields of one input type.
type binder struct {
	c    *collector
	f    *function
	bind *model.Binding
	// where is where each parameter's field is declared, parallel to bind.Params.
	where []token.Position
	// untagged are the fields that no tag says anything of, which only JSON would fill.
	untagged []*types.Var
	ok       bool
}

// binding says how http fills the input of a handler.
func (c *triggerDirective) binding(f *function) (*binder, bool) {
	t := f.In
	b := &binder{c: c.collector, f: f, bind: &model.Binding{}, ok: true}
	if e := pointee(t); e != nil {
		b.bind.Pointer, t = true, e
	}
	b.bind.Named = t
	b.fields(t.Underlying().(*types.Struct), level{body: true, top: true}, nil)
	b.forms()
	return b, b.ok
}

// fail reports a field. The field may be declared in a file that was not read; then the handler is pointed at.
func (b *binder) fail(v *types.Var, hint, format string, args ...any) {
	b.ok = false
	pos, length := b.c.position(v.Pos()), len(v.Name())
	if b.c.app.Sources[pos.Filename] == nil {
		pos, length = b.f.Pos, len(b.f.declared.name.Name)
	}
	// Handlers may share an input; its mistakes are reported once.
	message := fmt.Sprintf(format, args...)
	if slices.ContainsFunc(b.c.diagnostics, func(d *annotations.Diagnostic) bool { return d.Pos == pos && d.Message == message }) {
		return
	}
	e := b.c.errorAt(pos, length, codeBinding, "%s", message)
	e.Hint = hint
	b.c.also(e, b.f.Pos, "input of handler "+b.f.Object.Name())
}

// level is where a struct stands in the input.
type level struct {
	// path leads to its fields.
	path string
	// body says that a JSON body fills it; top that its fields are members of the body's own object.
	body, top bool
}

// fields reads one struct: the input's, or one that is embedded.
func (b *binder) fields(st *types.Struct, at level, seen []types.Type) {
	for i := range st.NumFields() {
		v := st.Field(i)
		tag := st.Tag(i)
		b.misspelt(v, tag)
		in, name, options, ok := b.tag(v, tag)
		if !ok {
			continue
		}
		jsonName, jsonSkip := jsonMember(v, tag)
		inner := level{path: at.path + v.Name() + ".", body: at.body && !jsonSkip, top: at.top && jsonName == ""}
		switch {
		case in != "":
			both := in == "form" && inner.body && saysJSON(tag)
			if !at.top || !at.body || both {
				jsonName = ""
			}
			b.bind.Body = b.bind.Body || both
			b.param(v, tag, model.Param{Path: at.path + v.Name(), In: in, Name: name, JSON: jsonName, Both: both}, options)
		case v.Embedded() && b.embedded(v, tag, inner, seen):
		default:
			b.bind.Body = b.bind.Body || inner.body && v.Exported()
			if inner.body && v.Exported() && !saysJSON(tag) && reflect.StructTag(tag).Get("form") != "-" {
				b.untagged = append(b.untagged, v)
			}
			b.nested(v, v.Type(), visited{})
		}
	}
}

// jsonMember is the member of a JSON object that fills the field: "" for an embedded struct, whose fields are members
// themselves, and skip for a field that JSON leaves out.
func jsonMember(v *types.Var, tag string) (name string, skip bool) {
	text, tagged := reflect.StructTag(tag).Lookup("json")
	name, _, _ = strings.Cut(text, ",")
	switch {
	case text == "-":
		return "", true
	case tagged && name != "":
		return name, false
	case !v.Exported():
		return "", !v.Embedded()
	}
	if v.Embedded() {
		t := v.Type()
		if e := pointee(t); e != nil {
			t = e
		}
		if _, ok := t.Underlying().(*types.Struct); ok {
			return "", false
		}
	}
	return v.Name(), false
}

// embedded reads the fields of an embedded struct. It reports false for what is none.
func (b *binder) embedded(v *types.Var, tag string, at level, seen []types.Type) bool {
	t := v.Type()
	e := pointee(t)
	if e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	tagged := taggedField(st, false, visited{})
	switch {
	case tagged == nil:
		// Only the body fills it, and encoding/json knows how.
		b.misspeltWithin(st, visited{})
		b.bind.Body = b.bind.Body || at.body && hasBody(st)
		if at.body && !saysJSON(tag) && hasUntagged(st, visited{}) {
			b.untagged = append(b.untagged, v)
		}
	case !v.Exported():
		b.fail(v, "export the type", "embedded %s is unexported, so generated code cannot fill its field %s", typeString(t), tagged.Name())
	case slices.ContainsFunc(seen, func(s types.Type) bool { return model.TypeName(s) != nil && model.TypeName(s) == model.TypeName(t) }):
		b.fail(v, "", "%s is embedded in itself, but its field %s has a tag for a value of the request", typeString(t), tagged.Name())
	default:
		b.fields(st, at, append(seen, t))
	}
	return true
}

// taggedField returns a field of a struct, or of one embedded in it, that has one of the tags. In a struct within a body, where
// no tag acts, a form tag with a json tag is none: who has it uses the struct for forms elsewhere.
func taggedField(st *types.Struct, within bool, seen visited) *types.Var {
	for i := range st.NumFields() {
		v := st.Field(i)
		for _, in := range places() {
			if value, ok := reflect.StructTag(st.Tag(i)).Lookup(in); ok && value != "-" && !(within && in == "form" && saysJSON(st.Tag(i))) {
				return v
			}
		}
		if v.Embedded() {
			t := v.Type()
			if e := pointee(t); e != nil {
				t = e
			}
			if inner, ok := t.Underlying().(*types.Struct); ok && !seen.again(t) {
				if found := taggedField(inner, within, seen); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

// hasBody reports whether JSON can fill some field of a struct.
func hasBody(st *types.Struct) bool {
	for i := range st.NumFields() {
		if _, skip := jsonMember(st.Field(i), st.Tag(i)); !skip {
			return true
		}
	}
	return false
}

// nested refuses tags in a struct that is a field: they would never act.
func (b *binder) nested(v *types.Var, t types.Type, seen visited) {
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen.again(t) {
		return
	}
	if pos := b.c.position(v.Pos()); b.c.app.Sources[pos.Filename] == nil {
		return // a type of another module; its tags mean something else
	}
	if tagged := taggedField(st, true, visited{}); tagged != nil {
		b.fail(v, "embed the struct, or drop the tag", "field %s is a struct whose field %s has a tag for a value of the request, which acts in embedded structs only",
			v.Name(), tagged.Name())
		return
	}
	for f := range st.Fields() {
		b.nested(f, f.Type(), seen)
	}
}

// tag reads the tag of a field that says where it comes from. It reports false when the tag is a mistake.
func (b *binder) tag(v *types.Var, text string) (in, name string, options []string, ok bool) {
	if key := malformed(text); key != "" {
		b.fail(v, `write key:"value", one space between two`, "the tag of field %s is malformed at %s, so it would be ignored", v.Name(), key)
		return "", "", nil, false
	}
	for _, place := range places() {
		value, has := reflect.StructTag(text).Lookup(place)
		if !has || place == "form" && value == "-" { // which says that no form fills it
			continue
		}
		if in != "" {
			b.fail(v, "keep one of them", "field %s has the tags %s and %s", v.Name(), in, place)
			return "", "", nil, false
		}
		in = place
		name, value, _ = strings.Cut(value, ",")
		if value != "" {
			options = strings.Split(value, ",")
		}
	}
	if in == "" {
		return "", "", nil, true
	}
	switch {
	case name == "" || name == "-" || strings.TrimSpace(name) != name:
		b.fail(v, fmt.Sprintf("write %s:\"%s\"", in, model.LowerCamel(v.Name())), "field %s has the tag %s without a name", v.Name(), in)
	case !v.Exported():
		b.fail(v, "export it", "field %s is unexported, so generated code cannot fill it from %s %q", v.Name(), in, name)
	case in == "path" && strings.ContainsFunc(name, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }):
		b.fail(v, "", "field %s has the path name %q, which no route can have", v.Name(), name)
	default:
		return in, name, options, true
	}
	return "", "", nil, false
}

// malformed returns where a tag that has one of the places leaves the form that reflect reads, "" if nowhere.
func malformed(tag string) string {
	if !slices.ContainsFunc(places(), func(place string) bool { return strings.Contains(tag, place+":") }) {
		return ""
	}
	for rest := strings.TrimLeft(tag, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		key, after, found := strings.Cut(rest, ":")
		if !found || key == "" || strings.ContainsAny(key, " \"`") {
			return rest
		}
		quoted, err := strconv.QuotedPrefix(after)
		if err != nil || after[0] != '"' {
			return rest
		}
		rest = after[len(quoted):]
		if rest != "" && rest[0] != ' ' {
			return rest
		}
	}
	return ""
}

// param makes a tagged field a parameter.
func (b *binder) param(v *types.Var, tag string, p model.Param, options []string) {
	t, in, name := v.Type(), p.In, p.Name
	if invalid(t) {
		b.ok = false
		return
	}
	p.Type, p.Required = t, in == "path"
	for _, o := range options {
		switch max, isMax := strings.CutPrefix(o, "max="); {
		case o == "required":
			p.Required = true
		case isMax && in == "file":
			if p.Max = b.size(v, max); p.Max == 0 {
				return
			}
		default:
			b.fail(v, optionsOf(in), "field %s has the unknown option %q in its tag %s", v.Name(), o, in)
			return
		}
	}
	p.Elem = t
	scalar := func(t types.Type) bool { return parser(t) != "" }
	switch u := types.Unalias(t).(type) {
	case *types.Pointer:
		if !scalar(t) {
			p.Pointer, p.Elem = true, u.Elem()
		}
	case *types.Slice:
		if !isBytes(t) {
			p.Slice, p.Elem = true, u.Elem()
		}
	case *types.Named:
		if s, ok := u.Underlying().(*types.Slice); ok && !scalar(t) {
			p.Slice, p.Elem = true, s.Elem()
		}
	}
	p.Parser = parser(p.Elem)
	if p.InForm() && !b.formParam(v, tag, &p) {
		return
	}
	reason := b.c.unnameable(p.Elem)
	switch {
	case p.Parser == "" && !p.InForm():
		b.fail(v, "use a text, bool, number, time.Duration, []byte, a type with UnmarshalText, or a pointer to or slice of one",
			"field %s is of type %s, which no %s value can fill", v.Name(), typeString(t), in)
		return
	case reason != "":
		b.fail(v, "", "field %s is of a type that generated code cannot name: %s", v.Name(), reason)
		return
	case p.Slice && (in == "path" || in == "cookie"):
		b.fail(v, "", "field %s is a slice, but a request has one %s value of a name", v.Name(), in)
		return
	}
	for i, other := range b.bind.Params {
		if (other.In == in || other.InForm() && p.InForm()) && sameName(in, other.Name, name) {
			b.fail(v, "", "field %s has the same %s name %q as field %s at %s", v.Name(), in, name, other.Path, short(b.where[i]))
			return
		}
	}
	b.bind.Params = append(b.bind.Params, p)
	b.where = append(b.where, b.c.position(v.Pos()))
}

// sameName compares the names of two values of a request.
func sameName(in, a, b string) bool {
	if in == "header" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

func short(p token.Position) string { return fmt.Sprintf("line %d", p.Line) }

// parser is the function of trigger/web that reads one value of type t, "" if there is none.
func parser(t types.Type) string {
	if isNamed(t, "time", "Duration") {
		return "Duration"
	}
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) && hasTextUnmarshaler(t) {
		return "Text"
	}
	if isBytes(t) {
		return "Bytes"
	}
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return ""
	}
	switch info := b.Info(); {
	case info&types.IsString != 0:
		return "String"
	case info&types.IsBoolean != 0:
		return "Bool"
	case info&types.IsUnsigned != 0:
		return "Uint"
	case info&types.IsInteger != 0:
		return "Int"
	case info&types.IsFloat != 0:
		return "Float"
	}
	return ""
}
