package collect

import (
	"go/types"
	"reflect"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// saysJSON reports whether a tag says that a member of a JSON body fills the field, or that none does.
func saysJSON(tag string) bool {
	_, ok := reflect.StructTag(tag).Lookup("json")
	return ok
}

// hasUntagged reports whether a struct has a field that JSON would fill without having been told to.
func hasUntagged(st *types.Struct, seen visited) bool {
	for i := range st.NumFields() {
		v := st.Field(i)
		if saysJSON(st.Tag(i)) {
			continue
		}
		t := v.Type()
		if e := pointee(t); e != nil {
			t = e
		}
		inner, isStruct := t.Underlying().(*types.Struct)
		switch {
		case v.Embedded() && isStruct:
			if !seen.again(t) && hasUntagged(inner, seen) {
				return true
			}
		case v.Exported():
			return true
		}
	}
	return false
}

// forms checks what the fields of a form say together.
func (b *binder) forms() {
	upload := ""
	for i, p := range b.bind.Params {
		b.bind.Form = b.bind.Form || p.InForm()
		if !p.Upload {
			continue
		}
		if upload != "" {
			b.ok = false
			d := b.c.errorAt(b.where[i], len(p.Path)-strings.LastIndexByte(p.Path, '.')-1, codeBinding,
				"fields %s and %s are both of type web.Upload, but only the last part of a form is read while it arrives", upload, p.Path)
			d.Hint = "use web.File for the other"
			b.c.also(d, b.f.Pos, "input of handler "+b.f.Object.Name())
		}
		upload = p.Path
	}
	if !b.bind.Form {
		return
	}
	for _, v := range b.untagged {
		hint := `write form:"` + model.LowerCamel(v.Name()) + `", json:"` + model.LowerCamel(v.Name()) + `", both, or json:"-" for a field that no request fills`
		if v.Embedded() {
			hint = "give its fields form or json tags"
		}
		b.fail(v, hint, "field %s has no tag, but the input has fields of forms: nothing says what fills it", v.Name())
	}
}

// formParam completes a parameter of a form by its type. It reports false for a field that a form cannot fill.
func (b *binder) formParam(v *types.Var, tag string, p *model.Param) bool {
	isFile, isUpload := isNamed(p.Elem, model.WebPath, model.FileType), isNamed(p.Elem, model.WebPath, model.UploadType)
	switch {
	case p.In == "form" && (isFile || isUpload):
		b.fail(v, "write file:\""+p.Name+"\"", "field %s is of type %s, which only a file fills", v.Name(), typeString(p.Type))
		return false
	case p.In == "form":
		return b.jsonText(v, p)
	case !isFile && !isUpload:
		b.fail(v, "use web.File, *web.File, []web.File, web.Upload or *web.Upload", "field %s is of type %s, which no file fills", v.Name(), typeString(p.Type))
		return false
	case saysJSON(tag) && reflect.StructTag(tag).Get("json") != "-":
		b.fail(v, "drop the tag json", "field %s has the tags file and json, but a JSON body has no files", v.Name())
		return false
	case isUpload && p.Slice:
		b.fail(v, "use []web.File", "field %s is a slice of web.Upload, but one file at most is read while it arrives", v.Name())
		return false
	}
	p.Parser, p.Upload = "", isUpload
	return true
}

// jsonText has a field that no parser is for be read from JSON text.
func (b *binder) jsonText(v *types.Var, p *model.Param) bool {
	if p.Slice && method(p.Type, "UnmarshalJSON") != nil {
		p.Slice, p.Elem, p.Parser = false, p.Type, ""
	}
	unmarshaler := method(p.Elem, "UnmarshalJSON")
	if p.Parser != "" && (p.Parser == "Text" || unmarshaler == nil) {
		return true
	}
	p.Parser = ""
	if bad, _ := unserializable(p.Elem, visited{}); bad != nil {
		b.fail(v, "", "field %s is of type %s, which no form value can fill", v.Name(), typeString(p.Type))
		return false
	}
	return true
}

// size reads the largest size of a file, zero if it is a mistake.
func (b *binder) size(v *types.Var, text string) int64 {
	n, err := config.ParseSize(text)
	if err != nil || n <= 0 {
		b.fail(v, "write a size such as max=2MB", "field %s has the size %q in its tag file", v.Name(), text)
		return 0
	}
	return int64(n)
}

// optionsOf says which options a tag has.
func optionsOf(in string) string {
	if in == "file" {
		return `the options are "required" and a size such as "max=2MB"`
	}
	return `the only option is "required"`
}

// misspelt reports a tag that is nearly one of ours. Those of other libraries are none of ours, also where they are similar.
func (b *binder) misspelt(v *types.Var, tag string) {
	if b.c.app.Sources[b.c.position(v.Pos()).Filename] == nil {
		return // a type of another module
	}
	for rest := strings.TrimLeft(tag, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		key, after, found := strings.Cut(rest, ":")
		value := ""
		if found {
			value, rest = quoted(after)
		}
		if !found || value == "" {
			return // malformed; who has such a tag of ours is told elsewhere
		}
		if s := nearly(key); s != "" {
			b.fail(v, "did you mean "+s+":"+value+"?", "field %s has the tag %s, which is none of path, query, header, cookie, form, file and json", v.Name(), key)
		}
	}
}

// misspeltWithin is misspelt for the fields of an embedded struct that has no tag of ours.
func (b *binder) misspeltWithin(st *types.Struct, seen visited) {
	for i := range st.NumFields() {
		v := st.Field(i)
		b.misspelt(v, st.Tag(i))
		t := v.Type()
		if e := pointee(t); e != nil {
			t = e
		}
		if inner, ok := t.Underlying().(*types.Struct); ok && v.Embedded() && !seen.again(t) {
			b.misspeltWithin(inner, seen)
		}
	}
}

// quoted cuts the quoted text off that the value of a tag begins with.
func quoted(text string) (value, rest string) {
	for i := 1; i < len(text) && text[0] == '"'; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i+1], text[i+1:]
		}
	}
	return "", ""
}

// others are tags of other libraries that are one letter from one of ours.
const others = " bson json5 jsonb gorm xorm orm norm patch fill "

// nearly is the tag that a key was meant to be, "" if it is none of ours at all.
func nearly(key string) string {
	for _, place := range append(places(), "json") {
		if key == place {
			return ""
		}
	}
	if strings.Contains(others, " "+key+" ") {
		return ""
	}
	for _, place := range append(places(), "json") {
		if annotations.Near(key, place) {
			return place
		}
	}
	return ""
}

// uploadOf is the field of an input that is an upload, those of embedded structs included; "" if there is none.
func uploadOf(t types.Type, seen visited) string {
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen.again(t) {
		return ""
	}
	for v := range st.Fields() {
		if isNamed(v.Type(), model.WebPath, model.UploadType) || isPointerTo(v.Type(), model.WebPath, model.UploadType) {
			return v.Name()
		}
		if v.Embedded() {
			if name := uploadOf(v.Type(), seen); name != "" {
				return v.Name() + "." + name
			}
		}
	}
	return ""
}
