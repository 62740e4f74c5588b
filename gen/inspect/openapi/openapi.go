// Package openapi writes the OpenAPI 3.1 document of an application's http functions, from the types that their handlers take and
// return. What an http.Handler answers that is mounted as a function is for that application's own document.
//
// The form is that of https://spec.openapis.org/oas/v3.1.1; of what it leaves open the document says nothing.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// Document is a document, and what it does not say.
type Document struct {
	// JSON is indented, with a line break at the end, and the same for the same code.
	JSON []byte
	// Findings are the places that no schema describes, and functions that are left out.
	Findings []schema.Finding
}

// document is one in the making.
type document struct {
	app        *model.App
	set        *schema.Set
	findings   []schema.Finding
	paths      map[string]map[string]*operation
	operations map[string]bool // ids that are taken
	tags       map[string]string
	schemes    map[string]string // of guards, by their names
}

// operation is one method of a path.
type operation struct {
	id, summary, description, tag string
	deprecated                    bool
	parameters                    []parameter
	body                          []*content // one a media type
	responses                     map[string]response
	guards                        []string
}

type parameter struct {
	name, in, description string
	required, deprecated  bool
	schema                *schema.Schema
}

// content is a body of one media type.
type content struct {
	media  string
	schema *schema.Schema
	texts  []string // the properties that are JSON text
}

type response struct {
	description string
	content     *content
	failure     string // in place of both: one of those that all operations share
}

// Make writes the document of an application whose servers are at some addresses. What it says of the application is the comment of the
// package in its folder.
func Make(app *model.App, servers []string) (*Document, error) {
	d := &document{
		app: app, set: schema.NewSet(app.Module, app.Fset, app.Sources),
		paths: map[string]map[string]*operation{}, operations: map[string]bool{}, tags: map[string]string{}, schemes: map[string]string{},
	}
	for _, f := range app.Functions {
		d.function(f)
	}
	text, err := d.write(d.packageDoc(app.Dir), servers)
	if err != nil {
		return nil, err
	}
	return &Document{JSON: text, Findings: append(d.findings, d.set.Findings()...)}, nil
}

// function adds the routes of a function.
func (d *document) function(f *model.Function) {
	var routes []route
	for _, t := range f.Triggers {
		for _, r := range t.Routes {
			routes = append(routes, route{r, further(t.Marker)})
		}
	}
	if len(routes) == 0 {
		return
	}
	if f.Kind == model.HTTPHandler {
		d.findings = append(d.findings, schema.Finding{Pos: f.Pos, Length: len(f.Object.Name()),
			Message: "function " + f.Name + " is an http.Handler, and what it answers is not in the contract"})
		return
	}
	for _, r := range routes {
		methods := []string{r.Method}
		if r.Method == "" { // any
			methods = []string{"GET", "PUT", "POST", "DELETE", "PATCH"}
		}
		path := pathOf(r.Pattern)
		for _, method := range methods {
			if d.paths[path] == nil {
				d.paths[path] = map[string]*operation{}
			}
			if at := d.paths[path][strings.ToLower(method)]; at != nil {
				d.findings = append(d.findings, schema.Finding{Pos: f.Pos, Length: len(f.Object.Name()),
					Message: fmt.Sprintf("%s %s is that of %s, too, and the document has one of each: those of one host, and with one kind of wildcard", method, path, at.id)})
				continue
			}
			d.paths[path][strings.ToLower(method)] = d.operation(f, r, method)
		}
	}
}

// route is a route with the statuses that its function sets itself.
type route struct {
	web.Route
	further []int
}

// further are the statuses of a marker but the first.
func further(marker any) []int {
	var all annotations.Statuses
	switch m := marker.(type) {
	case *annotations.HTTP:
		all = m.Status
	case *annotations.APIGW:
		all = m.Status
	}
	if len(all) == 0 {
		return nil
	}
	return all[1:]
}

// pathOf is a pattern as OpenAPI writes it: without what says how much a wildcard takes.
func pathOf(pattern string) string {
	path := strings.ReplaceAll(pattern, "...}", "}")
	return strings.TrimSuffix(path, "{$}")
}

// wildcards are the names of a pattern's parameters.
func wildcards(path string) (names []string) {
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func (d *document) operation(f *model.Function, r route, method string) *operation {
	o := &operation{id: d.name(f.Name, method), tag: f.Object.Pkg().Name(), responses: map[string]response{}}
	o.summary, o.description = split(f.Doc, f.Object.Name())
	o.deprecated = strings.HasPrefix(f.Doc, "Deprecated: ") || strings.Contains(f.Doc, "\n\nDeprecated: ")
	if d.tags[o.tag] == "" {
		d.tags[o.tag] = d.packageDoc(filepath.Dir(f.Pos.Filename))
	}
	at := schema.Place{Pos: f.Pos, Length: len(f.Object.Name())}
	o.parameters = d.parameters(f, pathOf(r.Pattern), at)
	if method != "GET" && method != "HEAD" { // whose body has no meaning that others know
		o.body = d.body(f, at)
	}
	d.results(o, f, r, at)
	if method == "HEAD" {
		for status, r := range o.responses {
			r.content = nil
			o.responses[status] = r
		}
	}
	d.guarded(o, f)
	if o.parameters != nil || o.body != nil {
		o.responses["400"] = response{failure: "BadRequest"}
	}
	o.responses["default"] = response{failure: "Failure"}
	return o
}

// packageDoc is the comment of the package in a folder, as one paragraph a line.
func (d *document) packageDoc(dir string) string {
	for _, name := range slices.Sorted(maps.Keys(d.app.Sources)) {
		if filepath.Dir(name) != dir {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, d.app.Sources[name], parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && file.Doc != nil {
			return strings.TrimSpace(file.Doc.Text())
		}
	}
	return ""
}

// name is the id of an operation: that of the function, with the method where there are several.
func (d *document) name(function, method string) string {
	id := function
	for n := 1; d.operations[id]; n++ {
		id = function + "-" + strings.ToLower(method)
		if n > 1 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
	}
	d.operations[id] = true
	return id
}

// split makes a summary of the first sentence of a doc comment, without the name that it begins with, and a description of all of it.
func split(doc, name string) (summary, description string) {
	description = strings.TrimSpace(doc)
	first, _, _ := strings.Cut(description, "\n\n")
	first, _, _ = strings.Cut(strings.Join(strings.Fields(first), " "), ". ")
	return model.Title(strings.TrimSuffix(strings.TrimPrefix(first, name+" "), ".")), description
}

func (d *document) parameters(f *model.Function, path string, at schema.Place) (list []parameter) {
	known := map[string]bool{}
	if f.Bind != nil {
		for _, p := range f.Bind.Params {
			if p.InForm() {
				continue
			}
			v := fieldAt(f.Bind.Named, p.Path)
			own := parameter{name: p.Name, in: p.In, required: p.Required || p.In == "path", schema: d.value(p, f.Rules != nil, v, at)}
			if v != nil {
				own.description = d.set.Doc(v.field)
				own.deprecated = strings.HasPrefix(own.description, "Deprecated: ")
			}
			if p.In == "path" {
				if !slices.Contains(wildcards(path), p.Name) { // of another route
					continue
				}
				known[p.Name] = true
			}
			list = append(list, own)
		}
	}
	for _, name := range wildcards(path) {
		if !known[name] {
			list = append(list, parameter{name: name, in: "path", required: true, schema: &schema.Schema{Types: []string{"string"}}})
		}
	}
	return list
}

// value is the schema of a parameter: of texts that the field's parser takes.
func (d *document) value(p model.Param, rules bool, v *place, at schema.Place) *schema.Schema {
	var s *schema.Schema
	switch p.Parser {
	case "Duration":
		s = &schema.Schema{Types: []string{"string"}, Pattern: `^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$|^[-+]?0$`}
	case "Bytes":
		s = &schema.Schema{Types: []string{"string"}}
	default:
		s = d.set.Of(p.Elem, false, at)
		if len(s.Types) == 0 && s.Ref == nil { // its UnmarshalText decides
			s = &schema.Schema{Types: []string{"string"}}
		}
	}
	if p.Slice {
		s = &schema.Schema{Types: []string{"array"}, Items: s}
	}
	if rules && v != nil {
		s = d.set.Ruled(s, p.Type, v.tag.Get("validate"))
	}
	return s
}

// body is what a function takes as the body of a request, in each form, nil if nothing.
func (d *document) body(f *model.Function, at schema.Place) (all []*content) {
	switch {
	case f.Input == model.BytesInput:
		return []*content{{media: "*/*", schema: &schema.Schema{}}}
	case f.Input != model.BoundInput || f.Bind == nil:
		return nil
	}
	if f.Bind.Body {
		all = append(all, &content{media: "application/json", schema: d.json(f, at)})
	}
	if f.Bind.Form {
		all = append(all, d.forms(f, at)...)
	}
	return all
}

// json is the schema of a body of JSON.
func (d *document) json(f *model.Function, at schema.Place) *schema.Schema {
	if len(f.Bind.Params) == 0 {
		return d.set.Of(f.Bind.Named, f.Rules != nil, at)
	}
	elsewhere := map[string]bool{}
	for _, p := range f.Bind.Params {
		elsewhere[p.Path] = !p.Both
	}
	return d.set.Object(f.Bind.Named, func(path string) bool { return elsewhere[path] }, f.Rules != nil, at)
}

// write writes the whole document.
func (d *document) write(description string, servers []string) ([]byte, error) {
	var list []any
	for _, url := range servers {
		list = append(list, object(schema.Member("url", url, true)))
	}
	var tags []any
	for _, name := range slices.Sorted(maps.Keys(d.tags)) {
		tags = append(tags, object(schema.Member("name", name, true), schema.Member("description", d.tags[name], d.tags[name] != "")))
	}
	definitions := d.set.Definitions() // which names what paths refer to
	text, err := schema.Object(
		schema.Member("openapi", "3.1.1", true),
		schema.Member("info", object(
			schema.Member("title", d.app.Spec.Service, true),
			schema.Member("description", description, description != ""),
			schema.Member("version", "1", true),
		), true),
		schema.Member("servers", list, list != nil),
		schema.Member("security", []any{}, true), // of operations without guards
		schema.Member("tags", tags, tags != nil),
		schema.Member("paths", d.writePaths(), true),
		schema.Member("components", object(
			schema.Member("schemas", components(definitions), true), schema.Member("responses", d.failures(), true),
			schema.Member("securitySchemes", d.securitySchemes(), len(d.schemes) > 0),
		), true),
	)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
