package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// deployed is the router of one function whose deployment says something of it.
func deployed(t *testing.T, settings string) (*web.Router, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "faas.settings"), []byte("get - "+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	get := &framework.Function{Name: "get", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/a", CORS: &web.CORS{Origins: []string{"*"}, Headers: []string{"*"}}}}}
	return web.NewRouter(framework.NewEngine(&framework.Runtime{CodeDir: dir}, &framework.App{Unit: "u", Functions: []*framework.Function{get}}).App())
}

func TestSettingsOfRoutes(t *testing.T) {
	r, err := deployed(t, "cors.origins=https://a.example,https://b.example cors.headers=X-A cors.maxAge=60s cors.credentials=true")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(origin string) *web.Response {
		return r.Preflight(&web.Request{Method: "OPTIONS", Path: "/a", RawPath: "/a", Header: web.Header{"Origin": {origin}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"x-a"}}})
	}
	yes, no := ask("https://b.example"), ask("https://c.example")
	if yes == nil || web.Header(yes.Header).Get("Access-Control-Allow-Origin") != "https://b.example" || web.Header(yes.Header).Get("Access-Control-Max-Age") != "60" || web.Header(yes.Header).Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("%+v", yes)
	}
	if no == nil || web.Header(no.Header).Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%+v", no)
	}
	if r, err = deployed(t, "timeout=1s"); err != nil || web.Header(ask("https://c.example").Header).Get("Access-Control-Allow-Origin") != "*" {
		t.Error("what the code says is gone", err)
	}
	for _, wrong := range []string{"cors.maxAge=x", "cors.maxAge=-1s", "cors.credentials=1", "cors.origin=x"} {
		if _, err := deployed(t, wrong); err == nil || err.Error() != `setting "`+wrong+`" of function get cannot be read` {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
