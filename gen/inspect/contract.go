package inspect

import (
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect/openapi"
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
	doc, err := openapi.Make(a.graph.App, append(servers, "http://127.0.0.1:8080"))
	if err != nil {
		return nil, nil, err
	}
	var ds annotations.Diagnostics
	for _, f := range doc.Findings {
		ds = append(ds, annotations.Diagnostic{Pos: f.Pos, Length: f.Length, Severity: annotations.SeverityNote, Code: CodeContract, Message: f.Message, Line: a.graph.App.Line(f.Pos)})
	}
	ds.Sort()
	return doc.JSON, ds, nil
}
