package local

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
	const ready = "/_faas/ready"
	var leaving atomic.Bool
	for _, tt := range []struct {
		name, method, path, remote, forwarded string
		behind                                bool
		ill                                   error
		leaving                               bool
		status                                int
		body                                  string
	}{
		{"well", "GET", "/_faas/health", "127.0.0.1:9", "", false, nil, false, 200, `{"status":"ok"}`},
		{"ill", "GET", "/_faas/health", "[::1]:9", "", false, errors.New("secret"), false, 503, `{"status":"unhealthy"}`},
		{"another machine", "GET", "/_faas/health", "10.0.0.7:9", "", false, nil, false, 200, `{"status":"ok"}`},
		{"through a proxy on this one", "GET", "/_faas/health", "127.0.0.1:9", "10.0.0.7", false, nil, false, 418, ""},
		{"through a proxy that adds a line", "GET", "/_faas/health", "127.0.0.1:9", "|10.0.0.7", false, nil, false, 418, ""},
		{"through a proxy of the standard", "GET", "/_faas/health", "127.0.0.1:9", "for=10.0.0.7", false, nil, false, 418, ""},
		{"the parent says who", "GET", "/_faas/health", "", "127.0.0.1", true, nil, false, 200, `{"status":"ok"}`},
		{"the parent says that it is another", "GET", "/_faas/health", "", "127.0.0.1, 10.0.0.7", true, nil, false, 418, ""},
		{"another method", "POST", "/_faas/health", "127.0.0.1:9", "", false, nil, false, 418, ""},
		{"another path", "GET", "/_faas/health/x", "127.0.0.1:9", "", false, nil, false, 418, ""},

		{"ready", "GET", ready, "10.0.0.7:9", "", false, nil, false, 200, `{"status":"ok"}`},
		{"ready and ill", "GET", ready, "10.0.0.7:9", "", false, errors.New("not asked"), false, 200, `{"status":"ok"}`},
		{"about to stop", "GET", ready, "10.0.0.7:9", "", false, nil, true, 503, `{"status":"stopping"}`},
		{"about to stop and well", "GET", "/_faas/health", "10.0.0.7:9", "", false, nil, true, 200, `{"status":"ok"}`},
		{"ready through a proxy", "GET", ready, "10.0.0.7:9", "1.2.3.4", false, nil, false, 418, ""},
		{"ready with another method", "HEAD", ready, "10.0.0.7:9", "", false, nil, false, 418, ""},
	} {
		ill = tt.ill
		leaving.Store(tt.leaving)
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header["X-Forwarded-For"] = strings.Split(tt.forwarded, "|")
		}
		if strings.HasPrefix(tt.forwarded, "for=") {
			r.Header = http.Header{"Forwarded": {tt.forwarded}}
		}
		w := httptest.NewRecorder()
		p := &probes{engine: e, log: slog.New(slog.NewTextHandler(&logged, nil)), behind: tt.behind, leaving: &leaving, next: application}
		p.ServeHTTP(w, r)
		if w.Code != tt.status || strings.TrimSpace(w.Body.String()) != tt.body {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
	}
	if strings.Count(logged.String(), "error=secret") != 1 {
		t.Errorf("logged %s", &logged)
	}
}

// However many probes ask at the same time, the application is asked once, and again by the next.
func TestHealthIsCheckedOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var checks atomic.Int32
		release := make(chan struct{})
		e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Health: func(context.Context) error {
			checks.Add(1)
			<-release
			return nil
		}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer e.Close(t.Context())
		p := &probes{engine: e, log: slog.New(slog.DiscardHandler), leaving: &atomic.Bool{}, next: http.NotFoundHandler()}
		ask := func() int {
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequest("GET", "/_faas/health", nil))
			return w.Code
		}
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				if code := ask(); code != http.StatusOK {
					t.Errorf("got %d", code)
				}
			})
		}
		synctest.Wait()
		close(release)
		wait.Wait()
		if n := checks.Load(); n != 1 {
			t.Errorf("%d checks for probes of one time", n)
		}
		if ask(); checks.Load() != 2 {
			t.Errorf("%d checks after a later probe", checks.Load())
		}
	})
}
