package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// methods are in the order in which they are read.
func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

// Write writes the document, with the addresses of servers. It is indented, with a line break at the end, and the same for the same code.
func Write(a *operation.API, servers []string) ([]byte, error) {
	var list []any
	for _, url := range servers {
		list = append(list, schema.Ordered(schema.Member("url", url, true)))
	}
	var tags []any
	for _, name := range slices.Sorted(maps.Keys(a.Tags)) {
		tags = append(tags, schema.Ordered(schema.Member("name", name, true), schema.Member("description", a.Tags[name], a.Tags[name] != "")))
	}
	return schema.Document(
		schema.Member("openapi", "3.1.1", true),
		schema.Member("info", schema.Ordered(
			schema.Member("title", a.Service, true),
			schema.Member("description", a.Description, a.Description != ""),
			schema.Member("version", "1", true),
		), true),
		schema.Member("servers", list, list != nil),
		schema.Member("security", []any{}, true), // of operations without guards
		schema.Member("tags", tags, tags != nil),
		schema.Member("paths", paths(a), true),
		schema.Member("components", schema.Ordered(
			schema.Member("schemas", components(a.Definitions), true), schema.Member("responses", failures(a), true),
			schema.Member("securitySchemes", securitySchemes(a), len(a.Schemes) > 0),
		), true),
	)
}

func paths(a *operation.API) json.Marshaler {
	var list []schema.ObjectMember
	for at := 0; at < len(a.Operations); {
		path, operations := a.Operations[at].Path, []schema.ObjectMember(nil)
		for ; at < len(a.Operations) && a.Operations[at].Path == path; at++ {
			o := a.Operations[at]
			operations = append(operations, schema.Member(strings.ToLower(o.Method), operationOf(o), true))
		}
		list = append(list, schema.Member(path, schema.Ordered(operations...), true))
	}
	return schema.Ordered(list...)
}

func operationOf(o *operation.Operation) json.Marshaler {
	var parameters []any
	for _, p := range o.Parameters {
		parameters = append(parameters, schema.Ordered(
			schema.Member("name", p.Name, true),
			schema.Member("in", p.In, true),
			schema.Member("description", p.Description, p.Description != ""),
			schema.Member("required", true, p.Required),
			schema.Member("deprecated", true, p.Deprecated),
			schema.Member("schema", p.Schema, true),
		))
	}
	var servers []any
	if o.Host != "" {
		servers = []any{schema.Ordered(schema.Member("url", "https://"+o.Host, true))}
	}
	var body json.Marshaler
	if o.Body != nil {
		var contents []schema.ObjectMember
		for _, c := range o.Body {
			contents = append(contents, memberOf(c))
		}
		body = schema.Ordered(schema.Member("content", schema.Ordered(contents...), true), schema.Member("required", true, true))
	}
	var responses []schema.ObjectMember
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		if r.Failure != "" {
			responses = append(responses, schema.Member(status, schema.Ordered(schema.Member("$ref", "#/components/responses/"+r.Failure, true)), true))
			continue
		}
		var content json.Marshaler
		if r.Content != nil {
			content = contentOf(r.Content)
		}
		responses = append(responses, schema.Member(status, schema.Ordered(
			schema.Member("description", r.Description, true), schema.Member("content", content, content != nil),
		), true))
	}
	return schema.Ordered(
		schema.Member("operationId", o.ID, true),
		schema.Member("summary", o.Summary, o.Summary != ""),
		schema.Member("description", o.Description, o.Description != ""),
		schema.Member("deprecated", true, o.Deprecated),
		schema.Member("tags", []string{o.Tag}, true),
		schema.Member("servers", servers, servers != nil),
		schema.Member("parameters", parameters, parameters != nil),
		schema.Member("requestBody", body, body != nil),
		schema.Member("responses", schema.Ordered(responses...), true),
		schema.Member("security", security(o), o.Guards != nil),
	)
}

func contentOf(c *operation.Content) json.Marshaler { return schema.Ordered(memberOf(c)) }

// memberOf is the media type and what a body of it is.
func memberOf(c *operation.Content) schema.ObjectMember {
	var encodings []schema.ObjectMember
	for _, name := range c.Texts {
		encodings = append(encodings, schema.Member(name, schema.Ordered(schema.Member("contentType", "application/json", true)), true))
	}
	return schema.Member(c.Media, schema.Ordered(schema.Member("schema", c.Schema, true), schema.Member("encoding", schema.Ordered(encodings...), encodings != nil)), true)
}

func components(definitions []*schema.Definition) json.Marshaler {
	members := []schema.ObjectMember{}
	for _, d := range definitions {
		members = append(members, schema.Member(d.Name, d.Schema, true))
	}
	members = append(members, schema.Member(ProblemName, Problem(), true))
	slices.SortFunc(members, func(a, b schema.ObjectMember) int { return schema.Compare(a, b) })
	return schema.Ordered(members...)
}

// ProblemName is the name of [Problem] among the definitions, which no Go type's definition has.
const ProblemName = "faas.Problem"

// failures are the responses that operations share.
func failures(a *operation.API) json.Marshaler {
	used := map[string]bool{}
	for _, o := range a.Operations {
		for _, r := range o.Responses {
			used[r.Failure] = true
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
		body := &operation.Content{Media: "application/problem+json", Schema: &schema.Schema{Ref: &schema.Definition{Name: ProblemName, Schema: Problem()}}}
		page, text := &operation.Content{Media: "text/html", Schema: &schema.Schema{Types: []string{"string"}}}, &operation.Content{Media: "text/plain", Schema: &schema.Schema{Types: []string{"string"}}}
		contents := schema.Ordered(memberOf(body), memberOf(page), memberOf(text)) // the client's Accept chooses
		members = append(members, schema.Member(f.name, schema.Ordered(schema.Member("description", f.description, true), schema.Member("content", contents, true)), true))
	}
	return schema.Ordered(members...)
}

// Problem is the schema of failures as package web writes them: RFC 9457 with members of its own.
func Problem() *schema.Schema {
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
