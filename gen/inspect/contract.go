package inspect

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect/asyncapi"
	"github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/openapi"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// Codes of notes about the contract.
const (
	// CodeContract is a part of the application that its contract leaves open.
	CodeContract = "contract-open"
	// CodeBroken is what the contract promised before and does not any more.
	CodeBroken = "contract-broken"
)

// OpenAPI is the OpenAPI document of the application's http functions, with notes on what it does not say. Its servers are the domains of
// f.yml and "faasgen dev".
func (a *Application) OpenAPI() ([]byte, annotations.Diagnostics, error) {
	var servers []string
	if a.plan.Spec != nil {
		for _, name := range slices.Sorted(maps.Keys(a.plan.Spec.Domains)) {
			servers = append(servers, "https://"+name)
		}
	}
	api := openapi.Read(a.graph.App)
	document, err := openapi.Write(api, append(servers, "http://127.0.0.1:8080"))
	return document, a.open(api.Findings), err
}

// Client is a client of the application's http functions in a language, with the notes of [Application.OpenAPI]. In Go it is of a package.
func (a *Application) Client(language client.Language, pkg string) ([]byte, annotations.Diagnostics, error) {
	api := openapi.Read(a.graph.App)
	text, err := language.Write(api, pkg)
	return text, a.open(api.Findings), err
}

// AsyncAPI is the AsyncAPI document of the events that the application's functions take, with notes on what it does not say.
func (a *Application) AsyncAPI() ([]byte, annotations.Diagnostics, error) {
	doc, err := asyncapi.Make(a.graph.App)
	if err != nil {
		return nil, nil, err
	}
	return doc.JSON, a.open(doc.Findings), nil
}

// open are notes on what a document leaves open.
func (a *Application) open(findings []schema.Finding) (ds annotations.Diagnostics) {
	for _, f := range findings {
		ds = append(ds, annotations.Diagnostic{Pos: f.Pos, Length: f.Length, Severity: annotations.SeverityNote, Code: CodeContract, Message: f.Message, Line: a.graph.App.Line(f.Pos)})
	}
	ds.Sort()
	return ds
}

// Broken are notes on what the application's contract breaks of an earlier OpenAPI document of it, with the word that says which that is.
func (a *Application) Broken(before []byte, since string) (annotations.Diagnostics, error) {
	now, _, err := a.OpenAPI()
	if err != nil {
		return nil, err
	}
	changes, err := openapi.Compare(before, now)
	if err != nil {
		return nil, err
	}
	var ds annotations.Diagnostics
	for _, c := range changes {
		d := annotations.Diagnostic{Severity: annotations.SeverityNote, Code: CodeBroken, Message: fmt.Sprintf("%s %s: %s, since %s", c.Method, c.Path, c.Message, since)}
		d.Pos.Filename = filepath.Join(a.Dir, "f.yml")
		if f := openapi.Owner(a.graph.App, c.Method, c.Path); f != nil {
			d.Pos, d.Length, d.Line = f.Pos, len(f.Object.Name()), a.graph.App.Line(f.Pos)
		}
		ds = append(ds, d)
	}
	return ds, nil
}
