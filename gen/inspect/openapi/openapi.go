// Package openapi reads the operations of an application's http functions from the types that their handlers take and return, and writes
// them as an OpenAPI 3.1 document. What an http.Handler answers that is mounted as a function is for that application's own document;
// clients are for package client.
//
// The form is that of https://spec.openapis.org/oas/v3.1.1; of what it leaves open the document says nothing.
package openapi

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/inspect/operation"
	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// reader makes an [operation.API].
type reader struct {
	app        *model.App
	set        *schema.Set
	findings   []schema.Finding
	paths      map[string]map[string]*operation.Operation
	spelling   map[string]string // of paths, by what they are without the names of wildcards
	operations map[string]bool   // ids that are taken
	tags       map[string]string
	schemes    map[string]string // of guards, by their names
}

// Read reads the operations of an application. What it says of the application is the comment of the package in its folder.
func Read(app *model.App) *operation.API {
	d := &reader{
		app: app, set: schema.NewSet(app.Module, app.Fset, app.Sources),
		paths: map[string]map[string]*operation.Operation{}, spelling: map[string]string{}, operations: map[string]bool{}, tags: map[string]string{}, schemes: map[string]string{},
	}
	for _, f := range app.Functions {
		d.function(f)
	}
	api := &operation.API{Service: app.Spec.Service, Description: d.packageDoc(app.Dir), Tags: d.tags, Schemes: d.schemes, Definitions: d.set.Definitions()}
	for _, path := range slices.Sorted(maps.Keys(d.paths)) {
		for _, method := range methods() {
			if o := d.paths[path][method]; o != nil {
				api.Operations = append(api.Operations, o)
			}
		}
	}
	api.Findings = append(d.findings, d.set.Findings()...)
	return api
}

// function adds the routes of a function.
func (d *reader) function(f *model.Function) {
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
	if d.reads(f) && !slices.ContainsFunc(routes, func(r route) bool { return r.Method != "GET" && r.Method != "HEAD" }) {
		d.findings = append(d.findings, schema.Finding{Pos: f.Pos, Length: len(f.Object.Name()),
			Message: "the body that function " + f.Name + " reads of a GET is not in the contract: OpenAPI gives it no meaning"})
	}
	for _, r := range routes {
		methods := []string{r.Method}
		if r.Method == "" { // any
			methods = []string{"GET", "PUT", "POST", "DELETE", "PATCH"}
		}
		path := d.spelled(pathOf(r.Pattern))
		for _, method := range methods {
			if d.paths[path] == nil {
				d.paths[path] = map[string]*operation.Operation{}
			}
			if at := d.paths[path][strings.ToLower(method)]; at != nil {
				d.findings = append(d.findings, schema.Finding{Pos: f.Pos, Length: len(f.Object.Name()),
					Message: fmt.Sprintf("%s %s is that of %s, too, and the document has one of each: those of one host, and with one kind of wildcard", method, path, at.ID)})
				continue
			}
			o := d.operation(f, r, method)
			move(o, path)
			d.paths[path][strings.ToLower(method)] = o
		}
	}
}

// spelled is a path as it was first written: one path of a document cannot have wildcards of two names.
func (d *reader) spelled(path string) string {
	key := anonymous(path)
	if d.spelling[key] == "" {
		d.spelling[key] = path
	}
	return d.spelling[key]
}

// move has an operation be one of a path that is its own but for the names of wildcards.
func move(o *operation.Operation, path string) {
	before, now := wildcards(o.Path), wildcards(path)
	for i := range o.Parameters {
		if p := &o.Parameters[i]; p.In == "path" {
			p.Name = now[slices.Index(before, p.Name)]
		}
	}
	o.Path = path
}

// reads reports whether a function takes the body of a request.
func (d *reader) reads(f *model.Function) bool {
	return f.Input == model.BytesInput || f.Input == model.BoundInput && f.Bind != nil && (f.Bind.Body || f.Bind.Form)
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

func (d *reader) operation(f *model.Function, r route, method string) *operation.Operation {
	o := &operation.Operation{ID: d.name(f.Name, method), Method: method, Path: pathOf(r.Pattern), Host: r.Host, Tag: f.Object.Pkg().Name(), Responses: map[string]operation.Response{}}
	o.Summary, o.Description = split(f.Doc, f.Object.Name())
	o.Deprecated = strings.HasPrefix(f.Doc, "Deprecated: ") || strings.Contains(f.Doc, "\n\nDeprecated: ")
	if d.tags[o.Tag] == "" {
		d.tags[o.Tag] = d.packageDoc(filepath.Dir(f.Pos.Filename))
	}
	at := schema.Place{Pos: f.Pos, Length: len(f.Object.Name())}
	o.Parameters = d.parameters(f, r.Pattern, at)
	if method != "GET" && method != "HEAD" { // whose body has no meaning that others know
		o.Body = d.body(f, at)
		o.Open = f.Input == model.EventInput
	}
	d.results(o, f, r, at)
	if method == "HEAD" {
		for status, r := range o.Responses {
			r.Content = nil
			o.Responses[status] = r
		}
	}
	d.guarded(o, f)
	if o.Parameters != nil || o.Body != nil {
		o.Responses["400"] = operation.Response{Failure: "BadRequest"}
	}
	o.Responses["default"] = operation.Response{Failure: "Failure"}
	return o
}

// packageDoc is the comment of the package in a folder, as one paragraph a line.
func (d *reader) packageDoc(dir string) string {
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
func (d *reader) name(function, method string) string {
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

func (d *reader) parameters(f *model.Function, pattern string, at schema.Place) (list []operation.Parameter) {
	path := pathOf(pattern)
	known := map[string]bool{}
	if f.Bind != nil {
		for _, p := range f.Bind.Params {
			if p.InForm() {
				continue
			}
			v := fieldAt(f.Bind.Named, p.Path)
			own := operation.Parameter{Name: p.Name, In: p.In, Required: p.Required || p.In == "path", Schema: d.value(p, f.Rules != nil, v, at)}
			if v != nil {
				own.Description = d.set.Doc(v.field)
				own.Deprecated = strings.HasPrefix(own.Description, "Deprecated: ")
			}
			if p.In == "path" {
				if !slices.Contains(wildcards(path), p.Name) { // of another route
					continue
				}
				known[p.Name] = true
			}
			own.Rest = own.In == "path" && strings.Contains(pattern, "{"+p.Name+"...}")
			list = append(list, own)
		}
	}
	for _, name := range wildcards(path) {
		if !known[name] {
			list = append(list, operation.Parameter{Name: name, In: "path", Required: true, Rest: strings.Contains(pattern, "{"+name+"...}"), Schema: &schema.Schema{Types: []string{"string"}}})
		}
	}
	return list
}

// value is the schema of a parameter: of texts that the field's parser takes.
func (d *reader) value(p model.Param, rules bool, v *place, at schema.Place) *schema.Schema {
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
func (d *reader) body(f *model.Function, at schema.Place) (all []*operation.Content) {
	switch {
	case f.Input == model.BytesInput:
		return []*operation.Content{{Media: "*/*", Schema: &schema.Schema{}}}
	case f.Input != model.BoundInput || f.Bind == nil:
		return nil
	}
	if f.Bind.Body {
		all = append(all, &operation.Content{Media: "application/json", Schema: d.json(f, at)})
	}
	if f.Bind.Form {
		all = append(all, d.forms(f, at)...)
	}
	return all
}

// json is the schema of a body of JSON.
func (d *reader) json(f *model.Function, at schema.Place) *schema.Schema {
	if len(f.Bind.Params) == 0 {
		return d.set.Of(f.Bind.Named, f.Rules != nil, at)
	}
	elsewhere := map[string]bool{}
	for _, p := range f.Bind.Params {
		elsewhere[p.Path] = !p.Both
	}
	return d.set.Object(f.Bind.Named, func(path string) bool { return elsewhere[path] }, f.Rules != nil, at)
}
