package openapi

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// What guards ask of callers is theirs: the document knows what a directive says, //faas:guard admin scheme=bearer, and takes an opaque
// Authorization header for the rest.

// guarded notes the guards of a function, all of which a caller has to pass.
func (d *reader) guarded(o *operation.Operation, f *model.Function) {
	for _, m := range f.Middleware {
		if m.Guard {
			d.schemes[m.Name] = m.Scheme
			o.Guards = append(o.Guards, m.Name)
		}
	}
	if o.Guards != nil {
		o.Responses["401"], o.Responses["403"] = operation.Response{Failure: "Unauthorized"}, operation.Response{Failure: "Forbidden"}
	}
}

// security are the guards of an operation, in the form of a security requirement.
func security(o *operation.Operation) []any {
	var members []schema.ObjectMember
	for _, name := range o.Guards {
		members = append(members, schema.Member(name, []string{}, true))
	}
	return []any{schema.Ordered(members...)}
}

// securitySchemes are the guards.
func securitySchemes(a *operation.API) json.Marshaler {
	var members []schema.ObjectMember
	for _, name := range slices.Sorted(maps.Keys(a.Schemes)) {
		in, of, named := strings.Cut(cmp.Or(a.Schemes[name], "header:Authorization"), ":")
		scheme := schema.Ordered(schema.Member("type", "http", true), schema.Member("scheme", in, true))
		if named {
			scheme = schema.Ordered(schema.Member("type", "apiKey", true), schema.Member("in", in, true), schema.Member("name", of, true))
		}
		members = append(members, schema.Member(name, scheme, true))
	}
	return schema.Ordered(members...)
}
