package contract_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const document = `{
  "openapi": "3.1.1", "info": {"title": "shop", "version": "1"},
  "paths": {"/items/{id}": {"get": {
    "operationId": "item-get",
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
    "responses": {
      "200": {"description": "an item", "content": {"application/json": {"schema": {
        "type": "object", "required": ["id", "tags"],
        "properties": {"id": {"type": "string"}, "tags": {"type": ["array", "null"], "items": {"type": "string"}}}
      }}}},
      "default": {"description": "it failed", "content": {"application/problem+json": {"schema": {
        "type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}
      }}}}
    }
  }}}
}`

// probe notes the failures that a test would have.
type probe struct {
	testing.TB
	failures []string
}

func (p *probe) Errorf(format string, args ...any) {
	p.failures = append(p.failures, fmt.Sprintf(format, args...))
}
func (p *probe) Helper() {}

// application answers with what results has for the id.
func application(results map[string]any) func(*framework.Runtime) *framework.App {
	return func(rt *framework.Runtime) *framework.App {
		return &framework.App{Unit: "shop", Functions: []*framework.Function{{
			Name: "item-get", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/items/{id}"}, web.Route{Method: "GET", Pattern: "/other"}},
			Handler: func(ctx *framework.Context) error {
				id, _ := strings.CutPrefix(web.From(ctx).Request.Path, "/items/")
				if err, ok := results[id].(error); ok {
					return err
				}
				ctx.SetResult(results[id])
				return nil
			},
		}}}
	}
}

type item struct {
	ID   string   `json:"id"`
	Tags []string `json:"tags"`
}

func TestCheck(t *testing.T) {
	p := &probe{TB: t}
	a := faastest.Start(t, application(map[string]any{
		"good": item{ID: "1"}, "listed": item{"1", []string{"a"}}, "failed": framework.Errorf(404, "not_found", "no"), "broken": fmt.Errorf("oops"),
		"less": map[string]any{"id": "1"}, "other": map[string]any{"id": 1, "tags": nil}, "text": "text", "created": &web.Response{Status: 201},
		"empty": nil, "/other": 1,
	}), contract.Check(p, []byte(document)))
	for _, tt := range []struct{ id, want string }{
		{"good", ""}, {"listed", ""}, {"failed", ""}, {"broken", ""},
		{"less", "missing property 'tags'"}, {"other", "at '/id'"}, {"text", "text/plain"}, {"created", "found status 201, expected one of 200"}, {"empty", "found status 204"},
	} {
		p.failures = nil
		a.Do("GET", "/items/"+tt.id, nil)
		if found := slices.ContainsFunc(p.failures, func(s string) bool { return strings.Contains(s, tt.want) }); found != (tt.want != "") || tt.want == "" && p.failures != nil {
			t.Errorf("%s: found %q, expected %q", tt.id, p.failures, tt.want)
		}
		p.failures = nil
		if a.Do("HEAD", "/items/"+tt.id, nil); (p.failures != nil) != strings.HasPrefix(tt.want, "found status") {
			t.Errorf("HEAD %s: found %q", tt.id, p.failures)
		}
	}
	p.failures = nil
	if a.Do("GET", "/other", nil); len(p.failures) > 0 {
		t.Errorf("what the document does not have was checked: %q", p.failures)
	}
}

func TestFile(t *testing.T) {
	for _, text := range []string{"", "{", `{"openapi": "3.1.1"}`} {
		ended := make(chan string, 1)
		go func() {
			f := &fatal{probe: probe{TB: t}, ended: ended}
			defer close(ended)
			contract.Check(f, []byte(text))
		}()
		if said := <-ended; !strings.Contains(said, "contract: the document: ") {
			t.Errorf("%q: said %q", text, said)
		}
	}
}

// fatal ends the goroutine as a test does.
type fatal struct {
	probe
	ended chan string
}

func (f *fatal) Fatalf(format string, args ...any) {
	f.ended <- fmt.Sprintf(format, args...)
	runtime.Goexit()
}
