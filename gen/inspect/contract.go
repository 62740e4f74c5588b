package inspect

import (
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/openapi"
	"github.com/faasgen/faasgen/gen/inspect/operation"
)

// CodeContract is a part of the application that its contract leaves open.
const CodeContract = "contract-open"

// OpenAPI is the OpenAPI document of the application's http functions, with notes on what it does not say. Its servers are the domains of
// f.yml and "faasgen dev".
func (a *Application) OpenAPI() ([]byte, annotations.Diagnostics, error) {
	var servers []string
	if a.plan.Spec != nil {
		for _, name := range slices.Sorted(maps.Keys(a.plan.Spec.Domains)) {
			servers = append(servers, "https://"+name)
		}
	}
	api, notes := a.api()
	document, err := openapi.Write(api, append(servers, "http://127.0.0.1:8080"))
	return document, notes, err
}

// Client is a client of the application's http functions in a language, with the notes of [Application.OpenAPI]. In Go it is of a package.
func (a *Application) Client(language client.Language, pkg string) ([]byte, annotations.Diagnostics, error) {
	api, notes := a.api()
	text, err := language.Write(api, pkg)
	return text, notes, err
}

// api are the operations, with notes on what they do not say.
func (a *Application) api() (*operation.API, annotations.Diagnostics) {
	api := openapi.Read(a.graph.App)
	var ds annotations.Diagnostics
	for _, f := range api.Findings {
		ds = append(ds, annotations.Diagnostic{Pos: f.Pos, Length: f.Length, Severity: annotations.SeverityNote, Code: CodeContract, Message: f.Message, Line: a.graph.App.Line(f.Pos)})
	}
	ds.Sort()
	return api, ds
}
