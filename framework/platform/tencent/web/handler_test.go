package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// serving serves one function for every path, with a log to look at.
func serving(t *testing.T, f framework.Handler) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "f", Handler: f, Triggers: []framework.Trigger{web.Route{Pattern: "/{rest...}"}}},
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
	t.Cleanup(s.Close)
	return s, &log
}

func TestHeadersOfTheVendor(t *testing.T) {
	s, log := serving(t, func(ctx *framework.Context) error {
		x := web.From(ctx)
		x.Header().Set("X-Scf-Request-Id", "forged")
		x.Header().Set("X-SCF-Other", "1")
		x.Header().Set("X-Own", "1")
		r := x.Request
		inv := tencent.From(ctx)
		ctx.SetResult(fmt.Sprint(ctx.RequestID(), " ", inv.RequestID, " ", r.RemoteAddr, " ", r.Proto, " ", r.Header["X-Scf-Secret"], r.Header["X-A"]))
		return nil
	})
	for range 2 {
		req, _ := http.NewRequest("GET", s.URL+"/a", nil)
		for name, value := range map[string]string{"X-Scf-Request-Id": "r-1", "X-Scf-Remote-Addr": "2001:db8::1", "X-Scf-Secret": "s", "X-A": "a", "X-Forwarded-Proto": "http"} {
			req.Header.Set(name, value)
		}
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if want := "r-1 r-1 2001:db8::1 http [] [a]"; string(body) != want {
			t.Errorf("the function saw %q, want %q", body, want)
		}
		if resp.Header.Get("X-Own") != "1" || resp.Header.Get("X-Scf-Request-Id") != "" || resp.Header.Get("X-Scf-Other") != "" {
			t.Errorf("headers %v", resp.Header)
		}
	}
	if n := strings.Count(log.String(), "header=X-Scf-Request-Id"); n != 1 {
		t.Errorf("the dropped header was logged %d times, want once: %s", n, log)
	}
	if strings.Contains(log.String(), "Secret") {
		t.Errorf("headers of the request were logged: %s", log)
	}
}

func TestRequestWithoutTheVendor(t *testing.T) {
	s, log := serving(t, func(ctx *framework.Context) error {
		r := web.From(ctx).Request
		ctx.SetResult(fmt.Sprintf("%t %q %s", strings.HasPrefix(ctx.RequestID(), "made-up-"), r.RemoteAddr, r.Proto))
		return nil
	})
	resp, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != `true "" https` || log.Len() > 0 {
		t.Errorf("the function saw %q; log %s", body, log)
	}
}

func TestBodyOfOver6MB(t *testing.T) {
	s, _ := serving(t, func(ctx *framework.Context) error {
		_, err := web.From(ctx).Request.ReadBody(0)
		return err
	})
	for _, size := range []int{tencent.MaxPayload, tencent.MaxPayload + 1} {
		resp, err := s.Client().Post(s.URL, "text/plain", io.LimitReader(endless{}, int64(size))) // chunked
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		want, detail := 204, ""
		if size > tencent.MaxPayload {
			want, detail = 413, `"detail":"the request body is larger than 6291456 bytes","code":"body_too_large"`
		}
		if resp.StatusCode != want || !strings.Contains(string(body), detail) {
			t.Errorf("%d bytes: status %d, %s; want %d, %s", size, resp.StatusCode, body, want, detail)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
