package openapi

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// What guards ask of callers is theirs: the document knows what a directive says, //faas:guard admin scheme=bearer, and takes an opaque
// Authorization header for the rest.

// guarded notes the guards of a function, all of which a caller has to pass.
func (d *document) guarded(o *operation, f *model.Function) {
	for _, m := range f.Middleware {
		if m.Guard {
			d.schemes[m.Name] = m.Scheme
			o.guards = append(o.guards, m.Name)
		}
	}
	if o.guards != nil {
		o.responses["401"], o.responses["403"] = response{failure: "Unauthorized"}, response{failure: "Forbidden"}
	}
}

// security are the guards of an operation, in the form of a security requirement.
func (o *operation) security() []any {
	var members []schema.ObjectMember
	for _, name := range o.guards {
		members = append(members, schema.Member(name, []string{}, true))
	}
	return []any{object(members...)}
}

// securitySchemes are the guards.
func (d *document) securitySchemes() json.Marshaler {
	var members []schema.ObjectMember
	for _, name := range slices.Sorted(maps.Keys(d.schemes)) {
		in, of, named := strings.Cut(cmp.Or(d.schemes[name], "header:Authorization"), ":")
		scheme := object(schema.Member("type", "http", true), schema.Member("scheme", in, true))
		if named {
			scheme = object(schema.Member("type", "apiKey", true), schema.Member("in", in, true), schema.Member("name", of, true))
		}
		members = append(members, schema.Member(name, scheme, true))
	}
	return object(members...)
}
