package client

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// byValue adds the definitions that a value of a schema has in itself: not those behind a pointer, in a list or in a map.
func byValue(s *schema.Schema, list []*schema.Definition) []*schema.Definition {
	if s.Ref != nil {
		return append(list, s.Ref)
	}
	for _, p := range s.Properties {
		if slices.Contains(s.Required, p.Name) {
			list = byValue(p.Schema, list)
		}
	}
	return list
}

// contains reports whether a value of one definition has a value of another in itself.
func (g *golang) contains(outer, inner *schema.Definition, seen map[*schema.Definition]bool) bool {
	if outer == inner {
		return true
	}
	if seen[outer] {
		return false
	}
	seen[outer] = true
	return slices.ContainsFunc(g.byValue[outer], func(d *schema.Definition) bool { return g.contains(d, inner, seen) })
}

// kindOf is the JSON type of a schema without null, and whether null is one, too.
func kindOf(s *schema.Schema) (kind string, null bool) {
	for _, t := range s.Types {
		if t == "null" {
			null = true
			continue
		}
		kind = t
	}
	return kind, null
}

// typeOf is the type of a schema's values.
func (g *golang) typeOf(s *schema.Schema) string {
	switch {
	case s.Ref != nil:
		if g.within != nil && g.contains(s.Ref, g.within, map[*schema.Definition]bool{}) {
			return "*" + g.names[s.Ref]
		}
		return g.names[s.Ref]
	case len(s.AnyOf) > 0: // a definition or null
		return "*" + g.names[s.AnyOf[0].Ref]
	}
	kind, null := kindOf(s)
	t := g.kind(s, kind)
	if null && !strings.HasPrefix(t, "[]") && !strings.HasPrefix(t, "map[") && !strings.HasPrefix(t, "*") && t != rawMessage {
		return "*" + t
	}
	return t
}

const rawMessage = "json.RawMessage"

// kind is the type of a schema's values that are not null.
func (g *golang) kind(s *schema.Schema, kind string) string {
	switch kind {
	case "boolean":
		return "bool"
	case "string":
		switch {
		case s.ContentEncoding == "base64":
			return "[]byte"
		case s.Format == "date-time":
			g.packages["time"] = true
			return "time.Time"
		}
		return "string"
	case "integer":
		switch {
		case s.Big:
			g.packages["math/big"] = true
			return "*big.Int"
		case s.Format == "int32":
			return "int32"
		case s.Format == "" && s.Minimum != nil && *s.Minimum >= 0 && len(s.Enum) == 0:
			return "uint64"
		}
		return "int64"
	case "number":
		switch s.Format {
		case "float":
			return "float32"
		case "double":
			return "float64"
		}
		g.packages["encoding/json"] = true
		return "json.Number"
	case "array":
		return "[]" + g.behind(s.Items)
	case "object":
		if s.Additional != nil {
			return "map[string]" + g.behind(s.Additional)
		}
		return g.structure(s)
	}
	g.packages["encoding/json"] = true
	return rawMessage
}

// behind is the type of what a value has, but not in itself.
func (g *golang) behind(s *schema.Schema) string {
	within := g.within
	g.within = nil
	t := g.typeOf(s)
	g.within = within
	return t
}

// structure is the type of an object.
func (g *golang) structure(s *schema.Schema) string {
	if len(s.Properties) == 0 {
		return "struct{}"
	}
	taken := names{}
	outer := g.b
	g.b = &strings.Builder{}
	g.printf("struct {\n")
	for _, p := range s.Properties {
		required := slices.Contains(s.Required, p.Name)
		if p.Schema.Ref == nil || p.Schema.Description != "" {
			g.comment(p.Schema.Description)
		}
		t, tag := g.typeOf(p.Schema), p.Name
		if !required {
			if !g.nilable(p.Schema) && !strings.HasPrefix(t, "*") {
				t = "*" + t
			}
			tag += ",omitempty"
		} else if p.Name == "-" {
			tag += ","
		}
		g.printf("%s %s `json:%q`\n", taken.unique(exported(p.Name)), t, tag)
	}
	g.printf("}")
	text := g.b.String()
	g.b = outer
	return text
}

// nilable reports whether the type of a schema's values has nil.
func (g *golang) nilable(s *schema.Schema) bool { return nilable(s, map[*schema.Definition]bool{}) }

func nilable(s *schema.Schema, seen map[*schema.Definition]bool) bool {
	if s.Ref != nil {
		if seen[s.Ref] { // of itself, to which there is a pointer
			return true
		}
		seen[s.Ref] = true
		return nilable(s.Ref.Schema, seen)
	}
	kind, null := kindOf(s)
	switch {
	case null, len(s.AnyOf) > 0, kind == "", kind == "array", s.Additional != nil, s.Big, s.ContentEncoding == "base64" && kind == "string":
		return true
	}
	return false
}
