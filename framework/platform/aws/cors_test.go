package aws

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// TestPagesOfOtherOrigins: the unit answers preflight requests and lets pages of other origins read responses, but behind a
// function URL, which would say it a second time.
func TestPagesOfOtherOrigins(t *testing.T) {
	app := func() *framework.App {
		cors := &web.CORS{Origins: []string{"https://shop.example.com"}}
		ok := func(ctx *framework.Context) error { ctx.SetResult("ok"); return nil }
		return &framework.App{Unit: "u", Functions: []*framework.Function{
			{Name: "f", Handler: ok, Triggers: []framework.Trigger{web.Route{Method: "PUT", Pattern: "/books", CORS: cors}}},
			{Name: "g", Handler: ok, Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/plain"}}},
		}}
	}
	event := func(method, path, origin, domain string) string {
		return `{"version":"2.0","routeKey":"` + method + ` ` + path + `","rawPath":"` + path + `","rawQueryString":"","headers":{"origin":"` + origin + `","access-control-request-method":"PUT"},` +
			`"requestContext":{"stage":"$default","domainName":"` + domain + `","http":{"method":"` + method + `","sourceIp":"203.0.113.7"}},"isBase64Encoded":false}`
	}
	const api, url, shop = "x.execute-api.us-east-1.amazonaws.com", "x.lambda-url.us-east-1.on.aws", "https://shop.example.com"
	for _, tt := range []struct {
		name, event    string
		status         float64
		origin, method any
	}{
		{"preflight", event("OPTIONS", "/books", shop, api), 204, shop, "PUT"},
		{"preflight of another page", event("OPTIONS", "/books", "https://other.example.com", api), 204, nil, nil},
		{"preflight without CORS", event("OPTIONS", "/plain", shop, api), 405, nil, nil},
		{"preflight behind a URL", event("OPTIONS", "/books", shop, url), 405, nil, nil},
		{"request", event("PUT", "/books", shop, api), 200, shop, nil},
		{"request of another page", event("PUT", "/books", "https://other.example.com", api), 200, nil, nil},
		{"request behind a URL", event("PUT", "/books", shop, url), 200, nil, nil},
	} {
		got := answered(t, tt.event, app(), app().Functions[0].Handler)
		headers, _ := got["headers"].(map[string]any)
		if got["statusCode"] != tt.status || headers["Access-Control-Allow-Origin"] != tt.origin || headers["Access-Control-Allow-Methods"] != tt.method {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
