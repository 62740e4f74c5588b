package openapi

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// object is a JSON object with its members in order.
func object(members ...schema.ObjectMember) json.Marshaler { return ordered(members) }

type ordered []schema.ObjectMember

// MarshalJSON keeps the order.
func (o ordered) MarshalJSON() ([]byte, error) { return schema.Object(o...) }

// methods are in the order in which they are read.
func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

func (d *document) writePaths() json.Marshaler {
	var paths []schema.ObjectMember
	for _, path := range slices.Sorted(maps.Keys(d.paths)) {
		var operations []schema.ObjectMember
		for _, method := range methods() {
			if o := d.paths[path][method]; o != nil {
				operations = append(operations, schema.Member(method, o.write(), true))
			}
		}
		paths = append(paths, schema.Member(path, object(operations...), true))
	}
	return object(paths...)
}

func (o *operation) write() json.Marshaler {
	var parameters []any
	for _, p := range o.parameters {
		parameters = append(parameters, object(
			schema.Member("name", p.name, true),
			schema.Member("in", p.in, true),
			schema.Member("description", p.description, p.description != ""),
			schema.Member("required", true, p.required),
			schema.Member("deprecated", true, p.deprecated),
			schema.Member("schema", p.schema, true),
		))
	}
	var body json.Marshaler
	if o.body != nil {
		var contents []schema.ObjectMember
		for _, c := range o.body {
			contents = append(contents, c.member())
		}
		body = object(schema.Member("content", object(contents...), true), schema.Member("required", true, true))
	}
	var responses []schema.ObjectMember
	for _, status := range slices.Sorted(maps.Keys(o.responses)) {
		r := o.responses[status]
		if r.failure != "" {
			responses = append(responses, schema.Member(status, object(schema.Member("$ref", "#/components/responses/"+r.failure, true)), true))
			continue
		}
		var content json.Marshaler
		if r.content != nil {
			content = r.content.write()
		}
		responses = append(responses, schema.Member(status, object(
			schema.Member("description", r.description, true), schema.Member("content", content, content != nil),
		), true))
	}
	return object(
		schema.Member("operationId", o.id, true),
		schema.Member("summary", o.summary, o.summary != ""),
		schema.Member("description", o.description, o.description != ""),
		schema.Member("deprecated", true, o.deprecated),
		schema.Member("tags", []string{o.tag}, true),
		schema.Member("parameters", parameters, parameters != nil),
		schema.Member("requestBody", body, body != nil),
		schema.Member("responses", object(responses...), true),
		schema.Member("security", o.security(), o.guards != nil),
	)
}

func (c *content) write() json.Marshaler { return object(c.member()) }

// member is the media type and what a body of it is.
func (c *content) member() schema.ObjectMember {
	var encodings []schema.ObjectMember
	for _, name := range c.texts {
		encodings = append(encodings, schema.Member(name, object(schema.Member("contentType", "application/json", true)), true))
	}
	return schema.Member(c.media, object(schema.Member("schema", c.schema, true), schema.Member("encoding", object(encodings...), encodings != nil)), true)
}

func components(definitions []*schema.Definition) json.Marshaler {
	members := []schema.ObjectMember{}
	for _, d := range definitions {
		members = append(members, schema.Member(d.Name, d.Schema, true))
	}
	members = append(members, schema.Member(problemName, problem(), true))
	slices.SortFunc(members, func(a, b schema.ObjectMember) int { return schema.Compare(a, b) })
	return object(members...)
}

// problemName is a name that no Go type's definition has.
const problemName = "faas.Problem"

// failures are the responses that operations share.
func (d *document) failures() json.Marshaler {
	used := map[string]bool{}
	for _, operations := range d.paths {
		for _, o := range operations {
			for _, r := range o.responses {
				used[r.failure] = true
			}
		}
	}
	var members []schema.ObjectMember
	for _, f := range []struct{ name, description string }{
		{"BadRequest", "The request is not valid; errors says what of it."}, {"Failure", "The call failed."},
		{"Forbidden", "The caller may not do this."}, {"Unauthorized", "The caller is not known."},
	} {
		if !used[f.name] {
			continue
		}
		body := &content{media: "application/problem+json", schema: &schema.Schema{Ref: &schema.Definition{Name: problemName, Schema: problem()}}}
		page, text := &content{media: "text/html", schema: &schema.Schema{Types: []string{"string"}}}, &content{media: "text/plain", schema: &schema.Schema{Types: []string{"string"}}}
		contents := object(body.member(), page.member(), text.member()) // the client's Accept chooses
		members = append(members, schema.Member(f.name, object(schema.Member("description", f.description, true), schema.Member("content", contents, true)), true))
	}
	return object(members...)
}

// problem is what package web writes: RFC 9457 with members of its own.
func problem() *schema.Schema {
	text := func(description string) *schema.Schema {
		return &schema.Schema{Types: []string{"string"}, Description: description}
	}
	return &schema.Schema{
		Types: []string{"object"}, Description: "Why a call failed, by RFC 9457.",
		Properties: []schema.Property{
			{Name: "type", Schema: text("")}, {Name: "title", Schema: text("The status in words.")},
			{Name: "status", Schema: &schema.Schema{Types: []string{"integer"}, Description: "The status of the response."}},
			{Name: "detail", Schema: text("What went wrong, for people.")}, {Name: "code", Schema: text("A word to act on.")},
			{Name: "request_id", Schema: text("By which the logs know the call.")},
			{Name: "errors", Schema: &schema.Schema{Types: []string{"array"}, Description: "What of the request is not valid.", Items: &schema.Schema{
				Types: []string{"object"}, Required: []string{"in", "name", "message"}, Properties: []schema.Property{
					{Name: "in", Schema: text("path, query, header, cookie or body.")},
					{Name: "name", Schema: text("The parameter, or the member of the body; empty is the whole body.")},
					{Name: "message", Schema: text("What was found, and what was expected.")},
				},
			}}},
			{Name: "cause", Schema: text("The error itself, in development alone.")},
		},
		Required: []string{"type", "title", "status"},
	}
}
