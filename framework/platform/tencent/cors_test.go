package tencent

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// TestCORSOfEvents: requests that come as events are answered by the framework, too, where the vendor does not.
func TestCORSOfEvents(t *testing.T) {
	for who, allowed := range map[string]bool{"": false, "framework": true} {
		called := false
		rt := &framework.Runtime{Logger: slog.New(slog.DiscardHandler), Variables: variables{platform.CORSVariable: who}}
		route := web.Route{Pattern: "/orders", CORS: &web.CORS{Origins: []string{"https://shop.example.com"}}}
		e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{
			{Name: "orders", Handler: func(*framework.Context) error { called = true; return nil }, Triggers: []framework.Trigger{route}},
		}})
		d, err := platform.NewDispatcher(e, []platform.Codec{HTTP()})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{"OPTIONS", "GET"} {
			called = false
			answer, err := d.Handle(t.Context(), []byte(`{"httpMethod":"`+method+`","path":"/orders","headers":{"origin":"https://shop.example.com","access-control-request-method":"GET"}}`), framework.Invocation{})
			if got := strings.Contains(string(answer), `"Access-Control-Allow-Origin":"https://shop.example.com"`); got != allowed || err != nil {
				t.Errorf("%s, answered by %q: %s, %v", method, who, answer, err)
			}
			if preflight := method == "OPTIONS" && allowed; called == preflight {
				t.Errorf("%s, answered by %q: the function was called: %v", method, who, called)
			}
		}
	}
}
