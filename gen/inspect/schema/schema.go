// Package schema describes Go types as JSON Schema (draft 2020-12), as far as encoding/json alone decides how their values look. It works
// on go/types, so that nothing of the application runs, and there is no type that it cannot take: what it cannot describe is the schema
// {}, which every value satisfies, and a [Finding]. What is made of schemas, such as an OpenAPI document, is for other packages.
package schema

import (
	"encoding/json"
	"go/token"
)

// Schema is a JSON Schema. The zero value is {}.
type Schema struct {
	// Ref is the definition that it stands for; the other members but the description are empty then.
	Ref *Definition
	// Types are the JSON types; none is any. "null" is the last one.
	Types           []string
	Format          string
	Pattern         string
	ContentEncoding string
	Description     string
	// Enum are all values, EnumNames the names of their constants.
	Enum      []any
	EnumNames []string
	// Properties are in the order in which encoding/json writes them.
	Properties []Property
	Required   []string
	// Additional is the schema of the values of a map.
	Additional *Schema
	// Items is the schema of the elements of a list.
	Items                *Schema
	MinItems, MaxItems   *int64
	MinLength, MaxLength *int64
	Minimum, Maximum     *float64
	// ExclusiveMinimum and ExclusiveMaximum are bounds that the value itself may not have.
	ExclusiveMinimum, ExclusiveMaximum *float64
	AnyOf                              []*Schema
	Deprecated                         bool
	// Big says of integers that they need not fit 64 bits. It is not written.
	Big bool
}

// Property is a member of an object.
type Property struct {
	Name   string
	Schema *Schema
}

// Definition is a schema with a name, for a named Go type.
type Definition struct {
	// Name is unique in its set; it has letters, digits, dots and underscores.
	Name   string
	Schema *Schema

	key definitionKey
}

// Finding is a place whose values a schema does not describe.
type Finding struct {
	Pos     token.Position
	Length  int
	Message string
}

// MarshalJSON writes the members in a fixed order: what it is, what it consists of, what it means. Refs lead to #/components/schemas.
func (s *Schema) MarshalJSON() ([]byte, error) {
	var ref string
	if s.Ref != nil {
		ref = "#/components/schemas/" + s.Ref.Name
	}
	var kind any = s.Types
	if len(s.Types) == 1 {
		kind = s.Types[0]
	}
	return Object(
		Member("$ref", ref, ref != ""),
		Member("type", kind, len(s.Types) > 0),
		Member("format", s.Format, s.Format != ""),
		Member("pattern", s.Pattern, s.Pattern != ""),
		Member("contentEncoding", s.ContentEncoding, s.ContentEncoding != ""),
		Member("description", s.Description, s.Description != ""),
		Member("deprecated", true, s.Deprecated),
		Member("enum", s.Enum, len(s.Enum) > 0),
		Member("x-enum-varnames", s.EnumNames, len(s.EnumNames) > 0),
		Member("properties", properties(s.Properties), s.Properties != nil),
		Member("required", s.Required, len(s.Required) > 0),
		Member("additionalProperties", s.Additional, s.Additional != nil),
		Member("items", s.Items, s.Items != nil),
		Member("minItems", s.MinItems, s.MinItems != nil),
		Member("maxItems", s.MaxItems, s.MaxItems != nil),
		Member("minLength", s.MinLength, s.MinLength != nil),
		Member("maxLength", s.MaxLength, s.MaxLength != nil),
		Member("minimum", s.Minimum, s.Minimum != nil),
		Member("maximum", s.Maximum, s.Maximum != nil),
		Member("exclusiveMinimum", s.ExclusiveMinimum, s.ExclusiveMinimum != nil),
		Member("exclusiveMaximum", s.ExclusiveMaximum, s.ExclusiveMaximum != nil),
		Member("anyOf", s.AnyOf, len(s.AnyOf) > 0),
	)
}

func properties(list []Property) json.Marshaler {
	members := make([]ObjectMember, len(list))
	for i, p := range list {
		members[i] = Member(p.Name, p.Schema, true)
	}
	return Ordered(members...)
}

// Nullable is the schema of a value that may also be null.
func (s *Schema) Nullable() *Schema {
	if s.Ref != nil {
		if s.Ref.Schema.null() {
			return s
		}
		return &Schema{AnyOf: []*Schema{s, {Types: []string{"null"}}}}
	}
	if s.null() {
		return s
	}
	nullable := *s
	if len(s.AnyOf) > 0 {
		nullable.AnyOf = append(s.AnyOf[:len(s.AnyOf):len(s.AnyOf)], &Schema{Types: []string{"null"}})
		return &nullable
	}
	nullable.Types = append(s.Types[:len(s.Types):len(s.Types)], "null")
	if len(s.Enum) > 0 {
		nullable.Enum = append(s.Enum[:len(s.Enum):len(s.Enum)], nil)
		nullable.EnumNames = nil // there would be one less
	}
	return &nullable
}

// null reports whether null satisfies a schema.
func (s *Schema) null() bool {
	if s == nil { // of a definition that is still being made
		return false
	}
	if len(s.Types) == 0 && len(s.AnyOf) == 0 && s.Ref == nil {
		return true
	}
	for _, t := range s.Types {
		if t == "null" {
			return true
		}
	}
	for _, any := range s.AnyOf {
		if any.null() {
			return true
		}
	}
	return false
}
