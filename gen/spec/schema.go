package spec

import (
	_ "embed" // the descriptions are the doc comments of the types
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

//go:embed spec.go
var specSource string

//go:embed settings.go
var settingsSource string

//go:embed stages.go
var stagesSource string

//go:embed deployment.go
var deploymentSource string

//go:embed rollout.go
var rolloutSource string

//go:embed layer.go
var layerSource string

//go:embed aggregation.go
var aggregationSource string

// Schema returns the JSON schema (draft 2020-12) of f.yml, for editors. It comes from the same types and tags as the
// decoder, and accepts the same documents as far as types, required and unknown keys and lists of words go; what more a
// value must be (a cron expression, a name) only [Load] knows.
func Schema() []byte {
	s := schema{defs: map[string]any{}, markers: annotations.MarkerDocs(), own: []annotations.Docs{docs(specSource), docs(settingsSource), docs(deploymentSource), docs(aggregationSource), docs(layerSource), docs(stagesSource), docs(rolloutSource)}}
	root := s.structure(reflect.TypeFor[Spec]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "f.yml of faasgen"
	root["type"] = "object" // an empty file lacks service
	root["$defs"] = s.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("spec: " + err.Error()) // maps of strings cannot fail
	}
	return append(text, '\n')
}

func docs(source string) annotations.Docs {
	d, err := annotations.ParseDocs(source)
	if err != nil {
		panic("spec: " + err.Error()) // the compiler has read the same bytes
	}
	return d
}

type object = map[string]any

// schema turns types into JSON schema. Structures become definitions, each once.
type schema struct {
	defs object
	// markers and own are the doc comments of package annotations and of this one.
	markers annotations.Docs
	own     []annotations.Docs
}

func marker(t reflect.Type) bool { return t.PkgPath() == reflect.TypeFor[annotations.HTTP]().PkgPath() }

// definition is the name of a structure. Both packages have an HTTP.
func definition(t reflect.Type) string {
	if marker(t) {
		return t.Name() + "Trigger"
	}
	return t.Name()
}

// substituted is text that holds a variable: it may stand for any single value.
func substituted() object { return object{"type": "string", "pattern": `\$\{`} }

func (s schema) value(t reflect.Type, w where) object {
	switch t {
	case reflect.TypeFor[*yaml.Node]():
		return object{}
	case reflect.TypeFor[Extension]():
		return object{"type": "object"}
	case reflect.TypeFor[Values]():
		return object{"type": []string{"object", "null"}}
	case reflect.TypeFor[Event]():
		return s.event()
	case reflect.TypeFor[annotations.List]():
		words := object{"type": "array", "items": s.value(reflect.TypeFor[string](), where{})}
		return object{"anyOf": []object{{"type": "string"}, words}}
	case reflect.TypeFor[annotations.Memory](), reflect.TypeFor[annotations.Duration](), reflect.TypeFor[annotations.Days](), reflect.TypeFor[annotations.Statuses]():
		return object{"type": []string{"number", "string"}}
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), w)
	case reflect.Struct:
		name := definition(t)
		if _, ok := s.defs[name]; !ok {
			s.defs[name] = nil // no type holds itself today; one that did would end here
			s.defs[name] = s.structure(t)
		}
		ref := object{"$ref": "#/$defs/" + name}
		if w.item {
			return object{"allOf": []object{ref, {"type": "object"}}}
		}
		return ref
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": s.value(t.Elem(), where{loose: true})}
	case reflect.Slice:
		return object{"type": "array", "items": s.value(t.Elem(), where{item: true})}
	case reflect.Bool:
		return object{"anyOf": []object{{"type": "boolean"}, substituted()}}
	case reflect.Int:
		return object{"anyOf": []object{{"type": "integer"}, substituted()}}
	case reflect.Float64:
		return object{"anyOf": []object{{"type": "number"}, substituted()}}
	case reflect.String:
		switch {
		case len(w.enum) > 0:
			return object{"anyOf": []object{{"enum": w.enum}, substituted()}}
		case w.loose:
			return object{"type": []string{"string", "number", "boolean", "null"}}
		}
		return object{"type": "string"}
	}
	panic(fmt.Sprintf("spec: the schema does not know %v", t))
}

// structure describes a map of keys. Nothing at all ("functions:" with every line below it commented out) stands for an
// empty one, except in a list.
func (s schema) structure(t reflect.Type) object {
	out := object{"type": []string{"object", "null"}, "additionalProperties": false}
	if doc := s.doc(t, func(d annotations.Docs) string { return d.Type(t.Name()) }); doc != "" {
		out["description"] = doc
	}
	properties, required := object{}, []string{}
	for _, f := range annotations.Fields(t) {
		if f.Name == extensionKey {
			out["patternProperties"] = object{extensionForm.String(): object{
				"type": "object", "description": s.doc(t, func(d annotations.Docs) string { return d.Field(f.GoType, f.GoName) }),
			}}
			continue
		}
		value := s.value(f.Type, where{enum: f.Enum})
		if doc := s.doc(t, func(d annotations.Docs) string { return d.Field(f.GoType, f.GoName) }); doc != "" {
			// Users know the key, not the field of the struct.
			value["description"] = strings.Replace(doc, f.GoName+" ", f.Name+" ", 1)
		}
		properties[f.Name] = value
		if f.Required {
			required = append(required, f.Name)
		}
	}
	if out["properties"] = properties; len(required) > 0 {
		out["required"] = required
	}
	return out
}

// event describes one trigger: a map with one key.
func (s schema) event() object {
	properties := object{}
	for _, trigger := range annotations.Triggers() {
		kind, t := trigger.Name, trigger.Marker
		properties[kind] = object{"$ref": s.value(t, where{})["$ref"], "description": s.doc(t, func(d annotations.Docs) string { return d.Type(t.Name()) })}
		arguments, _ := s.defs[definition(t)].(object)
		arguments["patternProperties"] = object{extensionForm.String(): object{
			"type": "object", "description": "The vendor's own keys, merged into its trigger.",
		}}
		if _, ok := arguments["required"]; ok {
			arguments["type"] = "object"
		}
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1}
}

// doc finds a doc comment of a type or of one of its fields.
func (s schema) doc(t reflect.Type, find func(annotations.Docs) string) string {
	if marker(t) {
		return find(s.markers)
	}
	for _, d := range s.own {
		if text := find(d); text != "" {
			return text
		}
	}
	return ""
}
