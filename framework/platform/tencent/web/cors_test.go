package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { value, ok := v[name]; return value, ok }

// TestCORS: the vendor answers pages of other origins, unless functions of the unit want different answers.
func TestCORS(t *testing.T) {
	for who, want := range map[string]string{"": "", "vendor": "", "framework": "https://shop.example.com"} {
		called := false
		rt := &framework.Runtime{Logger: slog.New(slog.DiscardHandler), Variables: variables{platform.CORSVariable: who}}
		route := web.Route{Pattern: "/orders", CORS: &web.CORS{Origins: []string{"https://shop.example.com"}}}
		e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{
			{Name: "orders", Handler: func(*framework.Context) error { called = true; return nil }, Triggers: []framework.Trigger{route}},
		}})
		if err := e.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		h, err := newHandler(e, rt.Log())
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewUnstartedServer(h)
		s.Config.ConnContext = newConnection
		s.Start()
		for _, method := range []string{"OPTIONS", "GET"} {
			called = false
			req, _ := http.NewRequest(method, s.URL+"/orders", nil)
			req.Header.Set("Origin", "https://shop.example.com")
			req.Header.Set("Access-Control-Request-Method", "GET")
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s, answered by %q: %q may call, want %q", method, who, got, want)
			}
			if preflight := method == "OPTIONS" && want != ""; called == preflight {
				t.Errorf("%s, answered by %q: the function was called: %v", method, who, called)
			}
		}
		s.Close()
	}
}
