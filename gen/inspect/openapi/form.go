package openapi

import (
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// forms are the bodies of a form: the parts of one and, unless it has to have a file, the pairs.
func (d *document) forms(f *model.Function, at schema.Place) []*content {
	parts := &content{media: "multipart/form-data", schema: &schema.Schema{Types: []string{"object"}}}
	pairs := &content{media: "application/x-www-form-urlencoded", schema: &schema.Schema{Types: []string{"object"}}}
	needed := false
	for _, p := range f.Bind.Params {
		if !p.InForm() {
			continue
		}
		s := d.formValue(f, p, at)
		if v := fieldAt(f.Bind.Named, p.Path); v != nil {
			if doc := d.set.Doc(v.field); doc != "" {
				own := *s
				own.Description, own.Deprecated = doc, strings.HasPrefix(doc, "Deprecated: ")
				s = &own
			}
		}
		for _, c := range []*content{parts, pairs} {
			if c == pairs && p.In == "file" {
				continue
			}
			c.schema.Properties = append(c.schema.Properties, schema.Property{Name: p.Name, Schema: s})
			if p.Required {
				c.schema.Required = append(c.schema.Required, p.Name)
			}
			if p.In == "form" && p.Parser == "" {
				c.texts = append(c.texts, p.Name)
			}
		}
		needed = needed || p.In == "file" && p.Required
	}
	if needed {
		return []*content{parts}
	}
	return []*content{pairs, parts}
}

// formValue is the schema of a field of a form: of a file, of JSON text, or of a text that the field's parser takes.
func (d *document) formValue(f *model.Function, p model.Param, at schema.Place) *schema.Schema {
	if p.Parser != "" {
		return d.value(p, f.Rules != nil, fieldAt(f.Bind.Named, p.Path), at)
	}
	s := &schema.Schema{Types: []string{"string"}, Format: "binary"}
	if p.In == "form" {
		s = d.set.Of(p.Elem, f.Rules != nil, at)
	}
	if p.Slice {
		s = &schema.Schema{Types: []string{"array"}, Items: s}
	}
	return s
}
