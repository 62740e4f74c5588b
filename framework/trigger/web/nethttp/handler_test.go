package nethttp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// on makes a function for a "METHOD /pattern".
func on(route string, h framework.Handler) *framework.Function {
	method, pattern, _ := strings.Cut(route, " ")
	return &framework.Function{Name: route, Handler: h, Triggers: []framework.Trigger{web.Route{Method: strings.TrimPrefix(method, "ANY"), Pattern: pattern}}}
}

// engineOf starts an engine over the functions.
func engineOf(t testing.TB, functions ...*framework.Function) *framework.Engine {
	t.Helper()
	rt := &framework.Runtime{Platform: "test", Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "test", Functions: functions})
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return e
}

// serve starts a server over the functions. Touching a ResponseWriter after its request has ended fails the test.
func serve(t testing.TB, o Options, functions ...*framework.Function) *httptest.Server {
	t.Helper()
	h, err := Handler(engineOf(t, functions...), o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g := &guarded{ResponseWriter: w, t: t}
		defer g.over.Store(true)
		h.ServeHTTP(g, r)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.Close)
	return s
}

// guarded is a ResponseWriter that knows when its request has ended.
type guarded struct {
	http.ResponseWriter
	t    testing.TB
	over atomic.Bool
}

func (g *guarded) touch() {
	if g.over.Load() {
		g.t.Error("the ResponseWriter is touched after the request has ended")
	}
}

func (g *guarded) Header() http.Header         { g.touch(); return g.ResponseWriter.Header() }
func (g *guarded) Write(p []byte) (int, error) { g.touch(); return g.ResponseWriter.Write(p) }
func (g *guarded) WriteHeader(status int)      { g.touch(); g.ResponseWriter.WriteHeader(status) }
func (g *guarded) Unwrap() http.ResponseWriter { g.touch(); return g.ResponseWriter }

// do sends a request and returns the response with its body read.
func do(t testing.TB, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		b = append(b, " (cut)"...)
	}
	return resp, string(b)
}

func TestHandlerResponses(t *testing.T) {
	s := serve(t, Options{Invocation: func(*http.Request) framework.Invocation { return framework.Invocation{RequestID: "r1"} }},
		on("GET /books/{id}", func(c *framework.Context) error {
			x := web.From(c)
			c.SetResult(map[string]string{"id": x.Request.PathValue("id"), "query": x.Request.Query().Get("q"), "pattern": x.Request.Pattern, "request": c.RequestID()})
			return nil
		}),
		on("POST /echo", func(c *framework.Context) error {
			body, err := web.From(c).Request.ReadBody(0)
			c.SetResult(body)
			return err
		}),
		on("GET /cookies", func(c *framework.Context) error {
			web.From(c).SetCookie(web.Cookie{Name: "a", Value: "1"})
			web.From(c).SetCookie(web.Cookie{Name: "b", Value: "2"})
			return nil
		}),
		on("GET /untyped", func(c *framework.Context) error {
			c.SetResult(&web.Response{Body: []byte("<html>")})
			return nil
		}),
		on("GET /panic", func(*framework.Context) error { panic("boom") }),
		on("GET /fails", func(c *framework.Context) error {
			web.From(c).Header().Set("Access-Control-Allow-Origin", "*")
			return errors.New("secret")
		}),
		on("GET /status", func(c *framework.Context) error {
			web.From(c).SetStatus(299)
			c.SetResult("ok")
			return nil
		}),
	)
	tests := []struct {
		name, method, path, body string
		status                   int
		want                     string
		header                   []string // name and value it must have; an empty value means that it must not be there
	}{
		{"JSON", "GET", "/books/a%2Fb?q=%C3%A9", "", 200, `{"id":"a/b","pattern":"/books/{id}","query":"é","request":"r1"}`, []string{"Content-Type", "application/json", "Content-Length", "64"}},
		{"HEAD", "HEAD", "/books/1", "", 200, "", []string{"Content-Type", "application/json", "Content-Length", "60"}},
		{"not found", "GET", "/none", "", 404, `{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing is here","code":"not_found","request_id":"r1"}`, []string{"Content-Type", "application/problem+json"}},
		{"unclean", "GET", "//books/1", "", 404, `{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing is here","code":"not_found","request_id":"r1"}`, nil},
		{"method", "PATCH", "/echo", "", 405, `{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"found PATCH, expected one of POST","code":"method_not_allowed","request_id":"r1"}`, []string{"Allow", "POST"}},
		{"options", "OPTIONS", "/books/1", "", 405, `{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"found OPTIONS, expected one of GET, HEAD","code":"method_not_allowed","request_id":"r1"}`, []string{"Allow", "GET, HEAD"}},
		{"binary", "POST", "/echo", "\xff\xd8\x00\r\n", 200, "\xff\xd8\x00\r\n", []string{"Content-Type", "application/octet-stream"}},
		{"nothing", "GET", "/cookies", "", 204, "", []string{"Content-Type", "", "Content-Length", ""}},
		{"untyped", "GET", "/untyped", "", 200, "<html>", []string{"Content-Type", ""}},
		{"panic", "GET", "/panic", "", 500, `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"}`, nil},
		{"after the panic", "GET", "/status", "", 299, "ok", nil},
		{"error", "GET", "/fails", "", 500, `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"}`, []string{"Access-Control-Allow-Origin", "*"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := do(t, tt.method, s.URL+tt.path, strings.NewReader(tt.body))
			if resp.StatusCode != tt.status || body != tt.want {
				t.Errorf("got  %d %s\nwant %d %s", resp.StatusCode, body, tt.status, tt.want)
			}
			for i := 0; i < len(tt.header); i += 2 {
				if got := strings.Join(resp.Header.Values(tt.header[i]), " & "); got != tt.header[i+1] {
					t.Errorf("header %s: got %q, want %q", tt.header[i], got, tt.header[i+1])
				}
			}
		})
	}
	resp, _ := do(t, "GET", s.URL+"/cookies", nil)
	if got := resp.Header["Set-Cookie"]; len(got) != 2 || got[0] != "a=1" || got[1] != "b=2" {
		t.Errorf("got the cookies %q", got)
	}
}

func TestHandlerFillsTheRequest(t *testing.T) {
	s := serve(t, Options{
		RemoteAddr:  func(r *http.Request) string { return r.Header.Get("X-Vendor-Ip") },
		Proto:       func(*http.Request) string { return "https" },
		DropHeaders: func(name string) bool { return strings.HasPrefix(name, "X-Vendor-") },
	}, on("ANY /{rest...}", func(c *framework.Context) error {
		x := web.From(c)
		x.Header().Set("X-Vendor-Status", "404")
		x.Header().Set("X-Own", "1")
		c.SetResult(fmt.Sprint(x.Request.Method, " ", x.Request.Path, " ", x.Request.RawPath, " ", x.Request.RawQuery, " ", x.Request.RemoteAddr, " ", x.Request.Proto, " ",
			x.Request.Header["X-N"], x.Request.Header.Has("X-Vendor-Secret"), len(c.RequestID())))
		return nil
	}))
	resp, body := do(t, "PUT", s.URL+"/a%2Fb?x=1", nil, "X-N", "1", "X-N", "2", "X-Vendor-Ip", "9.9.9.9", "X-Vendor-Secret", "s")
	if want := "PUT /a/b /a%2Fb x=1 9.9.9.9 https [1 2] false 32"; body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	if resp.Header.Get("X-Vendor-Status") != "" || resp.Header.Get("X-Own") != "1" {
		t.Errorf("got the headers %v", resp.Header)
	}
	plain := serve(t, Options{}, on("GET /", func(c *framework.Context) error {
		c.SetResult(web.From(c).Request.RemoteAddr + " " + web.From(c).Request.Proto)
		return nil
	}))
	if _, body := do(t, "GET", plain.URL, nil); body != "127.0.0.1 http" {
		t.Errorf("got %q", body)
	}
}

func TestHandlerLimitsBodies(t *testing.T) {
	s := serve(t, Options{MaxBody: 10}, on("POST /", func(c *framework.Context) error {
		body, err := web.From(c).Request.ReadBody(0)
		c.SetResult(body)
		return err
	}))
	for body, status := range map[string]int{"1234567890": 200, "12345678901": 413, strings.Repeat("x", 1<<20): 413, "": 200} {
		for _, chunked := range []bool{false, true} {
			var from io.Reader = strings.NewReader(body)
			if chunked {
				from = io.MultiReader(from) // hides the length
			}
			resp, got := do(t, "POST", s.URL, from)
			if resp.StatusCode != status || status == 200 && got != body {
				t.Errorf("%d bytes, chunked %v: got %d %.200s, want %d", len(body), chunked, resp.StatusCode, got, status)
			}
			if status == 413 && !strings.Contains(got, `"detail":"the request body is larger than 10 bytes","code":"body_too_large"`) {
				t.Errorf("got %s", got)
			}
		}
	}
	free := serve(t, Options{MaxBody: -1}, on("POST /", func(c *framework.Context) error {
		n, err := io.Copy(io.Discard, web.From(c).Request.Reader)
		c.SetResult(n)
		return err
	}))
	if resp, got := do(t, "POST", free.URL, strings.NewReader(strings.Repeat("x", 1<<20))); resp.StatusCode != 200 || got != "1048576" {
		t.Errorf("without a limit: got %d %s", resp.StatusCode, got)
	}
}

// TestHandlerStreamsBothWays sends a line only after the response to the last one has come.
func TestHandlerStreamsBothWays(t *testing.T) {
	s := serve(t, Options{}, on("POST /echo", func(c *framework.Context) error {
		c.SetResult(web.From(c).Request.Reader)
		return nil
	}))
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second)) // a test that hangs says where
	fmt.Fprintf(conn, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for _, next := range []string{"4\r\ntwo\n\r\n", "0\r\n\r\n", ""} {
		line, err := lines.ReadString('\n')
		if next == "" {
			if err != io.EOF {
				t.Errorf("got %q, %v, want the end", line, err)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, next)
	}
}

func TestHandlerCutsBrokenStreams(t *testing.T) {
	closed := make(chan struct{})
	s := serve(t, Options{},
		on("GET /error", func(c *framework.Context) error {
			c.SetResult(closer{io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("disk"))), closed})
			return nil
		}),
		on("GET /panic", func(c *framework.Context) error {
			c.SetResult(io.MultiReader(strings.NewReader("half"), panicking{}))
			return nil
		}),
		on("GET /at-once", func(c *framework.Context) error {
			web.From(c).Header().Set("X-Kept", "1")
			c.SetResult(iotest.ErrReader(errors.New("disk")))
			return nil
		}),
		on("GET /at-once-panic", func(c *framework.Context) error {
			c.SetResult(panicking{})
			return nil
		}),
		on("GET /with-data", func(c *framework.Context) error {
			c.SetResult(iotest.DataErrReader(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("disk")))))
			return nil
		}),
		on("GET /idle", func(c *framework.Context) error {
			c.SetResult(idle{})
			return nil
		}),
		on("GET /short", func(c *framework.Context) error {
			c.SetResult(iotest.DataErrReader(strings.NewReader("short")))
			return nil
		}),
		on("GET /empty", func(c *framework.Context) error {
			c.SetResult(strings.NewReader(""))
			return nil
		}),
		on("GET /length", func(c *framework.Context) error {
			c.SetResult(&web.Response{Header: web.Header{"Content-Length": {"5"}}, Reader: strings.NewReader("hello")})
			return nil
		}))
	for _, path := range []string{"/error", "/panic", "/with-data"} {
		if _, body := do(t, "GET", s.URL+path, nil); body != "half (cut)" {
			t.Errorf("%s: got %q, want half of it and an error", path, body)
		}
	}
	<-closed
	for _, path := range []string{"/at-once", "/at-once-panic", "/idle"} {
		resp, body := do(t, "GET", s.URL+path, nil)
		if resp.StatusCode != 500 || !strings.Contains(body, `"code":"internal"`) || path == "/at-once" && resp.Header.Get("X-Kept") != "1" {
			t.Errorf("%s: got %d %q", path, resp.StatusCode, body)
		}
	}
	for path, want := range map[string]string{"/short": "short", "/empty": ""} {
		if resp, body := do(t, "GET", s.URL+path, nil); body != want || resp.ContentLength != int64(len(want)) {
			t.Errorf("%s: got %q of %d bytes", path, body, resp.ContentLength)
		}
	}
	if resp, body := do(t, "GET", s.URL+"/length", nil); body != "hello" || resp.ContentLength != 5 {
		t.Errorf("got %q of %d bytes", body, resp.ContentLength)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("boom") }

type closer struct {
	io.Reader
	closed chan struct{}
}

func (c closer) Close() error {
	close(c.closed)
	return nil
}

func TestHandlerCancelsWhenTheClientGoes(t *testing.T) {
	began, ended := make(chan struct{}), make(chan error, 1)
	s := serve(t, Options{}, on("GET /", func(c *framework.Context) error {
		close(began)
		<-c.Done()
		ended <- c.Err()
		return c.Err()
	}))
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	go func() {
		<-began
		cancel()
	}()
	if _, err := http.DefaultTransport.RoundTrip(r); err == nil {
		t.Error("the request was answered")
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestHandlerDeadline(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := on("GET /", func(c *framework.Context) error {
		x := web.From(c)
		for { // does not look at its deadline, and goes on writing headers
			x.Header().Set("X-Busy", "1")
			select {
			case <-release:
				return nil
			default:
			}
		}
	})
	f.Timeout = 5 * time.Millisecond
	s := serve(t, Options{}, f)
	resp, body := do(t, "GET", s.URL, nil)
	if resp.StatusCode != 504 || !strings.Contains(body, `"code":"deadline_exceeded"`) {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
}

func TestHandlerErrors(t *testing.T) {
	e := engineOf(t, on("GET /a/{b}", nil2), on("GET /{c}/d", nil2))
	if _, err := Handler(e, Options{}); err == nil || !strings.Contains(err.Error(), "conflicts with") {
		t.Errorf("got %v, want a conflict", err)
	}
	rt := &framework.Runtime{Logger: slog.New(slog.DiscardHandler)}
	stopped := framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{on("GET /", nil2)}})
	h, err := Handler(stopped, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 503 {
		t.Errorf("an engine that is not running: got %d, want 503", w.Code)
	}
}

func nil2(*framework.Context) error { return nil }

func BenchmarkHandler(b *testing.B) {
	h, err := Handler(engineOf(b, on("POST /books/{id}", func(c *framework.Context) error {
		c.SetResult(struct{ ID string }{web.From(c).Request.PathValue("id")})
		return nil
	}), on("GET /mounted", func(c *framework.Context) error {
		return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("hello")) }))
	})), Options{})
	if err != nil {
		b.Fatal(err)
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("hello")) })
	for name, c := range map[string]struct {
		h      http.Handler
		target string
	}{"function": {h, "/books/7"}, "mounted": {h, "/mounted"}, "bare": {bare, "/mounted"}} {
		method := "GET"
		if name == "function" {
			method = "POST"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequest(method, c.target, nil)
			for b.Loop() {
				c.h.ServeHTTP(&recorder{h: http.Header{}}, r)
			}
		})
	}
}

type recorder struct {
	h http.Header
	b bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.h }
func (r *recorder) Write(p []byte) (int, error) { return r.b.Write(p) }
func (r *recorder) WriteHeader(int)             {}
