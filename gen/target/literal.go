package target

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// expression is what the vendors' tools replace in the text of a deployment file.
var expression = regexp.MustCompile(`(?s)\$\{.*?\}`)

// Literal reports text with ${…} in it, which tool would replace when it reads the deployment file. It is for clouds whose
// tool knows no way to write it as it is: Serverless Devs evaluates ${…} in every text, and again in what comes of it
// (packages/parse-spec of its source); the Serverless Cloud Framework replaces ${env:NAME} itself and leaves the others to
// the vendor. Extensions, in which ${…} is meant for the tool, are left out.
func (r *Report) Literal(app *App, tool string) {
	defer r.About("")
	found := func(at spec.Place, key, text string) {
		if expression.MatchString(text) { // which is not quoted: it may come from a variable that holds a secret
			r.Limit(at, key, "${…}", fmt.Sprintf("text without it, as %s would replace it", tool)).
				Hint = fmt.Sprintf("in x-%s it is left to %s; a function can have the text from its configuration", r.Target, tool)
		}
	}
	at := func(prefix string) func(path, text string) {
		return func(path, text string) { found(app.Spec.Places[prefix+path], prefix+path, text) }
	}
	r.About(FeatureDomains)
	texts(reflect.ValueOf(app.Spec.Domains), "", at("domains."))
	r.About("")
	for _, u := range app.Units {
		found(u.At("description"), "description", u.Summary())
		texts(reflect.ValueOf(app.Only(u.Name).Spec.Resources), "", at("resources."))
		texts(reflect.ValueOf(u.Settings), "", func(path, text string) { found(u.At(path), path, text) })
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				r.About("trigger " + t.Kind)
				texts(reflect.ValueOf(t.Marker), "", func(path, text string) { found(t.At(path), path, text) })
			}
		}
		r.About("")
	}
}

// texts calls each with the texts in a value of types with faas tags, and with the dotted path of their keys.
func texts(v reflect.Value, path string, each func(path, text string)) {
	below := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	switch v.Kind() {
	case reflect.String:
		each(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), path, each)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), below(fmt.Sprint(i)), each)
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[spec.Extension]() {
			return
		}
		for _, key := range v.MapKeys() { // in any order: reports are sorted
			texts(v.MapIndex(key), below(key.String()), each)
		}
	case reflect.Struct:
		for _, f := range annotations.Fields(v.Type()) {
			texts(v.FieldByIndex(f.Index), below(f.Name), each)
		}
	}
}
