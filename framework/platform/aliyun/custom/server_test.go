package custom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// text is a buffer for several goroutines.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// running is a server under test.
type running struct {
	*httptest.Server
	s            *server
	log, markers *text
}

// serving serves an application that has started.
func serving(t *testing.T, app *framework.App, codecs ...platform.Codec) *running {
	t.Helper()
	r := &running{log: &text{}, markers: &text{}}
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(r.log, nil))}
	var err error
	if r.s, err = newServer(framework.NewEngine(rt, app), codecs, r.markers); err != nil {
		t.Fatal(err)
	}
	if err := r.s.engine.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.Server = httptest.NewServer(r.s)
	t.Cleanup(r.Server.Close)
	return r
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (r *running) call(t *testing.T, method, path, body string, header map[string]string) answer {
	t.Helper()
	req, err := http.NewRequest(method, r.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func control(path string) map[string]string {
	return map[string]string{"X-Fc-Control-Path": path, "X-Fc-Request-Id": "1-a", "X-Fc-Function-Timeout": "10"}
}

func handler(route string, f framework.Handler) *framework.Function {
	fn := &framework.Function{Name: "f" + strings.ReplaceAll(route, "/", "-"), Handler: f}
	if route != "" {
		fn.Triggers = []framework.Trigger{web.Route{Pattern: route}}
	}
	return fn
}

func mixed() *framework.App {
	slow := handler("/slow", func(ctx *framework.Context) error { <-ctx.Done(); return ctx.Err() })
	slow.Timeout = 20 * time.Millisecond
	return &framework.App{Unit: "u", Functions: []*framework.Function{
		handler("", func(ctx *framework.Context) error {
			payload := ctx.Event().([]byte)
			switch string(payload) {
			case "fail":
				return errors.New("secret")
			case "stated":
				return framework.Errorf(409, "out\nof stock", "nothing is left")
			case "panic":
				panic("secret")
			}
			ctx.SetResult(payload)
			return nil
		}),
		handler("/invoke", func(ctx *framework.Context) error { ctx.SetResult("the route /invoke"); return nil }),
		handler("/fail", func(ctx *framework.Context) error { return errors.New("secret") }),
		handler("/panic", func(ctx *framework.Context) error { panic("secret") }),
		handler("/stated", func(ctx *framework.Context) error { return framework.Errorf(503, "busy", "later") }),
		handler("/chosen", func(ctx *framework.Context) error { web.From(ctx).SetStatus(500); return nil }),
		handler("/cut", func(ctx *framework.Context) error {
			ctx.SetResult(io.MultiReader(strings.NewReader(strings.Repeat("x", 100<<10)), broken{}))
			return nil
		}),
		slow,
	}}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestControlPaths(t *testing.T) {
	const failed = `{"errorMessage":"the function failed; its log has the reason","errorType":"internal"}`
	tests := []struct {
		name, method, path, body string
		control                  string
		status                   int
		mark                     string // X-Fc-Status
		response                 string // or its beginning when it ends with ...
		markers                  string // without RequestId: 1-a; | between the lines
	}{
		{"event", "POST", "/invoke", `{"n":1}`, "/invoke", 200, "200", `{"n":1}`, "FC Invoke Start|FC Invoke End"},
		{"event without a body", "POST", "/invoke", ``, "/invoke", 200, "200", ``, "FC Invoke Start|FC Invoke End"},
		{"event that is not JSON", "POST", "/invoke", "\x00\xff", "/invoke", 200, "200", "\x00\xff", "FC Invoke Start|FC Invoke End"},
		{"event that fails", "POST", "/invoke", "fail", "/invoke", 404, "404", failed, "FC Invoke Start|FC Invoke End, Error: internal"},
		{"event that fails as stated", "POST", "/invoke", "stated", "/invoke", 404, "404", `{"errorMessage":"nothing is left","errorType":"out\nof stock"}`, "FC Invoke Start|FC Invoke End, Error: out_of stock"},
		{"event that panics", "POST", "/invoke", "panic", "/invoke", 404, "404", `{"errorMessage":"the function failed; its log has the reason","errorType":"panic"}`, "FC Invoke Start|FC Invoke End, Error: panic"},
		{"route of the control path's name", "GET", "/invoke", "", "/http-invoke", 200, "", "the route /invoke", "FC Invoke Start|FC Invoke End"},
		{"no control path", "GET", "/invoke", "", "", 200, "", "the route /invoke", "FC Invoke Start|FC Invoke End"},
		{"no route", "GET", "/nowhere", "", "/http-invoke", 404, "", `{"type":"about:blank",...`, "FC Invoke Start|FC Invoke End"},
		{"error", "GET", "/fail", "", "/http-invoke", 500, "404", `{"type":"about:blank",...`, "FC Invoke Start|FC Invoke End, Error: internal"},
		{"panic", "GET", "/panic", "", "/http-invoke", 500, "404", `{"type":"about:blank",...`, "FC Invoke Start|FC Invoke End, Error: internal"},
		{"stated error", "GET", "/stated", "", "/http-invoke", 503, "", `{"type":"about:blank",...`, "FC Invoke Start|FC Invoke End"},
		{"chosen status", "GET", "/chosen", "", "/http-invoke", 500, "", "", "FC Invoke Start|FC Invoke End"},
		{"time limit of the function", "GET", "/slow", "", "/http-invoke", 504, "404", `{"type":"about:blank",...`, "FC Invoke Start|FC Invoke End, Error: internal"},
		{"initialize", "POST", "/initialize", "", "/initialize", 200, "", "", "FC Initialize Start|FC Initialize End"},
		{"pre-freeze", "GET", "/pre-freeze", "", "/pre-freeze", 200, "", "", "FC PreFreeze Start|FC PreFreeze End"},
		{"unknown", "POST", "/invoke", "{}", "/invok", 404, "404", `{"errorMessage":"the control path is not known","errorType":"unknown_control_path"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := serving(t, mixed(), aliyun.Raw())
			headers := control(tt.control)
			if tt.control == "" {
				delete(headers, "X-Fc-Control-Path")
			}
			got := r.call(t, tt.method, tt.path, tt.body, headers)
			if got.status != tt.status || got.header.Get("X-Fc-Status") != tt.mark {
				t.Errorf("status %d, X-Fc-Status %q; want %d, %q", got.status, got.header.Get("X-Fc-Status"), tt.status, tt.mark)
			}
			if short, cut := strings.CutSuffix(tt.response, "..."); got.body != tt.response && (!cut || !strings.HasPrefix(got.body, short)) {
				t.Errorf("answer %q, want %q", got.body, tt.response)
			}
			if strings.Contains(got.body, "secret") {
				t.Errorf("the response shows the error: %s", got.body)
			}
			r.Server.Close() // the last line may come after the response
			if m := strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(r.markers.String()), " RequestId: 1-a", ""), "\n", "|"); m != tt.markers {
				t.Errorf("markers %q, want %q", m, tt.markers)
			}
		})
	}
}

func TestBadEvents(t *testing.T) {
	refused := func(shape string) string {
		return `{"errorMessage":"no trigger of unit u matches this event, ` + shape + `","errorType":"unknown_event"}`
	}
	tests := []struct{ name, event, want, log string }{
		{"cut short", `{"triggerTime":"2026-01-02T03:04:05Z","triggerNa`, refused("48 bytes that are not JSON"), "48 bytes that are not JSON"},
		{"empty", ``, refused("0 bytes that are not JSON"), "0 bytes that are not JSON"},
		{"no JSON", "\x00\xff", refused("2 bytes that are not JSON"), "2 bytes that are not JSON"},
		{"array", `[{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge"}]`, refused("JSON that is not an object"), "JSON that is not an object"},
		{"deep", strings.Repeat("[", 1<<20), refused("1048576 bytes that are not JSON"), "1048576 bytes that are not JSON"},
		{"other members", `{"b":"private","a":1}`, refused(`a JSON object with the members \"a\", \"b\"`), "a JSON object with the members"},
		{"wrong type", `{"triggerTime":1,"triggerName":"purge"}`, `{"errorMessage":"triggerTime: found a number, expected a string","errorType":"invalid_event"}`, "invalid_event: triggerTime: found a number"},
		{"unknown timer", `{"triggerTime":"","triggerName":"pru<ne"}`, `{"errorMessage":"found a timer named \"pru<ne\", expected one of \"purge\", \"report\"","errorType":"unknown_timer"}`, "unknown_timer: "},
	}
	done := func(*framework.Context) error { return nil }
	r := serving(t, &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "purge", Handler: done, Triggers: []framework.Trigger{timer.Schedule{Name: "purge", Every: time.Hour}}},
		{Name: "report", Handler: done, Triggers: []framework.Trigger{timer.Schedule{Name: "report", Every: time.Hour}}},
	}}, aliyun.Timer())
	for _, tt := range tests {
		if got := r.call(t, "POST", "/invoke", tt.event, control("/invoke")); got.status != 404 || got.header.Get("X-Fc-Status") != "404" || got.body != tt.want {
			t.Errorf("%s: status %d, X-Fc-Status %q, %s; want 404, 404, %s", tt.name, got.status, got.header.Get("X-Fc-Status"), got.body, tt.want)
		}
		if !strings.Contains(r.log.String(), tt.log) {
			t.Errorf("%s: the log has no %q", tt.name, tt.log)
		}
	}
	if strings.Contains(r.log.String(), "private") {
		t.Error("the log shows values of an event")
	}
	if got := r.call(t, "POST", "/invoke", `{"triggerTime":"","triggerName":"purge"}`, control("/invoke")); got.status != 200 || got.body != "null" {
		t.Errorf("afterwards: status %d, %s", got.status, got.body)
	}
}

func TestResponseThatBreaksOff(t *testing.T) {
	r := serving(t, mixed())
	req, _ := http.NewRequest("GET", r.URL+"/cut", nil)
	req.Header.Set("X-Fc-Request-Id", "1-a")
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client took a part for the whole")
	}
	r.Server.Close()
	if !strings.HasSuffix(r.markers.String(), "FC Invoke End RequestId: 1-a, Error: internal\n") || !strings.Contains(r.log.String(), "the disk is gone") {
		t.Errorf("markers %q, log %s", r.markers, r.log)
	}
}

func TestTheVendorsView(t *testing.T) {
	seen := make(chan string, 2)
	look := func(ctx *framework.Context) error {
		inv := aliyun.From(ctx)
		deadline, _ := ctx.Deadline()
		left := time.Until(deadline)
		r := &web.Request{}
		if x := web.From(ctx); x != nil {
			r = &x.Request
			x.Header().Set("X-Fc-Request-Id", "forged")
			x.Header().Set("Server", "mine")
			x.Header().Set("X-Own", "1")
		}
		ctx.Logger().Info("looking", "inv", inv)
		seen <- fmt.Sprintf("%s %s %s %s %s %s %d %s %d %s %s|%s|%q|%s %t|%s %s %v", inv.RequestID, inv.Function, inv.Qualifier, inv.Version, inv.Region, inv.AccountID, inv.Memory, inv.Timeout, inv.RetryCount,
			inv.ClientIP, inv.Credentials.AccessKeySecret, ctx.RequestID(), inv.Event, ctx.Trace(), left > 8*time.Second && left <= 9900*time.Millisecond, r.RemoteAddr, r.Proto, r.Header["X-Fc-Access-Key-Secret"])
		return nil
	}
	r := serving(t, &framework.App{Unit: "u", Functions: []*framework.Function{handler("/look", look), handler("", look)}}, aliyun.Raw())
	headers := control("/http-invoke")
	for name, value := range map[string]string{
		"X-Fc-Function-Name": "shop", "X-Fc-Qualifier": "LATEST", "X-Fc-Version-Id": "3", "X-Fc-Region": "cn-hangzhou", "X-Fc-Account-Id": "77", "X-Fc-Function-Memory": "512",
		"X-Fc-Retry-Count": "2", "X-Fc-Client-Ip": "2001:db8::1", "X-Fc-Access-Key-Id": "the-id", "X-Fc-Access-Key-Secret": "the-key", "X-Fc-Security-Token": "the-token",
		"X-Fc-Tracing-Opentracing-Span-Context": "span", "X-Forwarded-Proto": "HTTP",
	} {
		headers[name] = value
	}
	got := r.call(t, "GET", "/look", "", headers)
	const common = "1-a shop LATEST 3 cn-hangzhou 77 512 10s 2 2001:db8::1 the-key|1-a|"
	if s, want := <-seen, common+`""|span true|2001:db8::1 http []`; s != want {
		t.Errorf("http: the function saw\n%s, want\n%s", s, want)
	}
	if got.header.Get("X-Own") != "1" || got.header.Get("X-Fc-Request-Id") != "" || got.header.Get("Server") != "" {
		t.Errorf("headers %v", got.header)
	}
	headers["X-Fc-Control-Path"] = "/invoke"
	r.call(t, "POST", "/invoke", `{"a":1}`, headers)
	if s, want := <-seen, common+`"{\"a\":1}"|span true|  []`; s != want {
		t.Errorf("event: the function saw\n%s, want\n%s", s, want)
	}
	r.Server.Close()
	all := r.log.String() + r.markers.String()
	for _, secret := range []string{"the-id", "the-key", "the-token"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in the log: %s", secret, all)
		}
	}
	if n := strings.Count(all, "response header dropped"); n != 2 {
		t.Errorf("%d lines about dropped headers, want one for each of the two: %s", n, all)
	}
}

func TestHeadersOfAnotherType(t *testing.T) {
	seen := make(chan string, 1)
	r := serving(t, &framework.App{Unit: "u", Functions: []*framework.Function{handler("", func(ctx *framework.Context) error {
		inv := aliyun.From(ctx)
		_, deadline := ctx.Deadline()
		seen <- fmt.Sprintf("%t %d %s %q %t", strings.HasPrefix(inv.RequestID, "made-up-"), inv.Memory, inv.Timeout, inv.ClientIP, deadline)
		return nil
	})}}, aliyun.Raw())
	r.call(t, "POST", "/invoke", "{}", map[string]string{"X-Fc-Control-Path": "/invoke", "X-Fc-Function-Timeout": "-3", "X-Fc-Function-Memory": "1e9", "X-Fc-Client-Ip": "somewhere"})
	if got, want := <-seen, `true 0 0s "" false`; got != want {
		t.Errorf("the function saw %s, want %s", got, want)
	}
}

func TestEventsOfOver32MB(t *testing.T) {
	r := serving(t, mixed(), aliyun.Raw())
	for _, declared := range []bool{true, false} {
		body := io.Reader(io.LimitReader(endless{}, maxPayload+1))
		req, _ := http.NewRequest("POST", r.URL+"/invoke", body)
		if declared {
			req.ContentLength = maxPayload + 1
		}
		req.Header.Set("X-Fc-Control-Path", "/invoke")
		resp, err := r.Client().Do(req)
		if err != nil {
			if declared { // the response came before the body was sent
				continue
			}
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if want := `{"errorMessage":"the event is larger than 33554432 bytes","errorType":"payload_too_large"}`; resp.StatusCode != 404 || string(b) != want {
			t.Errorf("declared %t: status %d, %s", declared, resp.StatusCode, b)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestPreStopClosesOnce(t *testing.T) {
	closed := 0
	app := mixed()
	app.Stop = func(context.Context) error { closed++; return errors.New("secret") }
	r := serving(t, app, aliyun.Raw())
	r.call(t, "POST", "/initialize", "", control("/initialize"))
	for range 2 {
		if got := r.call(t, "GET", "/pre-stop", "", control("/pre-stop")); got.status != 500 || strings.Contains(got.body, "secret") {
			t.Errorf("status %d, %s; want 500 and no secret", got.status, got.body)
		}
	}
	if closed != 1 || !strings.Contains(r.log.String(), "secret") {
		t.Errorf("closed %d times, log %s", closed, r.log)
	}
	if got := r.call(t, "GET", "/invoke", "", control("/http-invoke")); got.status != 503 {
		t.Errorf("after pre-stop: status %d, want 503", got.status)
	}
	if got := r.call(t, "POST", "/invoke", "{}", control("/invoke")); got.status != 404 {
		t.Errorf("after pre-stop: status %d, want 404", got.status)
	}
}
