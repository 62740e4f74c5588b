package aws

import (
	"fmt"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// The values of wildcards are those of the client's path, however the vendor writes path and parameters in its event.
func TestPathParameters(t *testing.T) {
	app := &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "one", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/{id}"}}},
		{Name: "two", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/{id}/pages/{page}"}}},
		{Name: "files", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/files/{path...}"}}},
	}}
	rest := func(path, parameters string) string {
		return fmt.Sprintf(`{"resource":"/x","path":%q,"httpMethod":"GET","headers":{},"pathParameters":%s,"requestContext":{"stage":"prod","identity":{}}}`, path, parameters)
	}
	api := func(stage, key, path, parameters string) string {
		return fmt.Sprintf(`{"version":"2.0","routeKey":%q,"rawPath":%q,"headers":{},"pathParameters":%s,"requestContext":{"stage":%q,"domainName":"a.execute-api.x.amazonaws.com","http":{"method":"GET"}}}`, key, path, parameters, stage)
	}
	for _, tt := range []struct{ name, event, want string }{
		{"rest, decoded parameter", rest("/books/a%20b", `{"id":"a b"}`), "one id=a b"},
		{"rest, encoded parameter", rest("/books/a%20b", `{"id":"a%20b"}`), "one id=a b"},
		{"rest, encoded slash", rest("/books/a%2Fb", `{"id":"a/b"}`), "one id=a/b"},
		{"rest, encoded percent", rest("/books/100%2525", `{"id":"100%25"}`), "one id=100%25"},
		{"rest, other names", rest("/books/1/pages/2", `{"book":"1","p":"2"}`), "two id=1 page=2"},
		{"rest, greedy", rest("/books/1", `{"proxy":"books/1"}`), "one id=1"},
		{"rest, none", rest("/books/1", `null`), "one id=1"},
		{"http api, space", api("$default", "GET /books/{id}", "/books/a b", `{"id":"a b"}`), "one id=a b"},
		{"http api, encoded parameter", api("$default", "GET /books/{id}", "/books/a b", `{"id":"a%20b"}`), "one id=a b"},
		{"http api, slash", api("$default", "GET /books/{id}", "/books/a/b", `{"id":"a/b"}`), "one id=a/b"},
		{"http api, encoded slash", api("$default", "GET /books/{id}", "/books/a/b", `{"id":"a%2Fb"}`), "one id=a/b"},
		{"http api, slash behind a stage", api("dev", "GET /books/{id}", "/dev/books/a/b", `{"id":"a/b"}`), "one id=a/b"},
		{"http api, slash and space", api("$default", "ANY /books/{b}/pages/{p}", "/books/a/b c/pages/100%", `{"b":"a/b c","p":"100%"}`), "two id=a/b c page=100%"},
		{"http api, percent", api("$default", "GET /books/{id}", "/books/100%25", `{"id":"100%25"}`), "one id=100%25"},
		{"http api, greedy", api("$default", "GET /files/{path+}", "/files/a/b c", `{"path":"a/b c"}`), "files path=a/b c"},
		{"http api, default route", api("$default", "$default", "/books/1", `null`), "one id=1"},
		{"http api, parameters of another path", api("$default", "GET /books/{id}", "/books/1", `{"id":"2"}`), "one id=1"},
		{"http api, no such route", api("$default", "GET /books/{id}", "/books/a/b", `{"id":"b"}`), "404"},
	} {
		call, ok, err := decoder(t, HTTP(), app)(payload(tt.event))
		if err != nil || !ok {
			t.Fatalf("%s: claimed %t, %v", tt.name, ok, err)
		}
		got := "404"
		if call.Function != nil {
			got = call.Function.Name
			for _, v := range call.Event.(*web.Exchange).Request.PathValues {
				got += " " + v.Name + "=" + v.Value
			}
		}
		if got != tt.want {
			t.Errorf("%s: found %s, want %s", tt.name, got, tt.want)
		}
	}
	if _, _, err := decoder(t, HTTP(), app)(payload(api("$default", "GET /books/{id}", "/books/1", `{"id":7}`))); err == nil {
		t.Error("a parameter that is a number: want an error")
	}
}
