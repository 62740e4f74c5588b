package local

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

func TestHealth(t *testing.T) {
	var ill error
	var logged bytes.Buffer
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Health: func(context.Context) error { return ill }})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer e.Close(t.Context())
	application := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, tt := range []struct {
		name, method, path, remote, forwarded string
		behind                                bool
		ill                                   error
		status                                int
		body                                  string
	}{
		{"well", "GET", "/_faas/health", "127.0.0.1:9", "", false, nil, 200, `{"status":"ok"}`},
		{"ill", "GET", "/_faas/health", "[::1]:9", "", false, errors.New("secret"), 503, `{"status":"unhealthy"}`},
		{"another machine", "GET", "/_faas/health", "10.0.0.7:9", "", false, nil, 418, ""},
		{"through a proxy on this one", "GET", "/_faas/health", "127.0.0.1:9", "10.0.0.7", false, nil, 418, ""},
		{"through a proxy that adds a line", "GET", "/_faas/health", "127.0.0.1:9", "|10.0.0.7", false, nil, 418, ""},
		{"through a proxy of the standard", "GET", "/_faas/health", "127.0.0.1:9", "for=10.0.0.7", false, nil, 418, ""},
		{"the parent says who", "GET", "/_faas/health", "", "127.0.0.1", true, nil, 200, `{"status":"ok"}`},
		{"the parent says that it is another", "GET", "/_faas/health", "", "127.0.0.1, 10.0.0.7", true, nil, 418, ""},
		{"another method", "POST", "/_faas/health", "127.0.0.1:9", "", false, nil, 418, ""},
		{"another path", "GET", "/_faas/health/x", "127.0.0.1:9", "", false, nil, 418, ""},
	} {
		ill = tt.ill
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header["X-Forwarded-For"] = strings.Split(tt.forwarded, "|")
		}
		if strings.HasPrefix(tt.forwarded, "for=") {
			r.Header = http.Header{"Forwarded": {tt.forwarded}}
		}
		w := httptest.NewRecorder()
		health{engine: e, log: slog.New(slog.NewTextHandler(&logged, nil)), behind: tt.behind, next: application}.ServeHTTP(w, r)
		if w.Code != tt.status || strings.TrimSpace(w.Body.String()) != tt.body {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
	}
	if strings.Count(logged.String(), "error=secret") != 1 {
		t.Errorf("logged %s", &logged)
	}
}
