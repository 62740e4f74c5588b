//go:build unix

package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// raw is the trigger of raw payloads.
type raw struct{}

func (raw) Kind() string { return "raw" }

func triggers(t ...framework.Trigger) []framework.Trigger { return t }

// application has one function of each kind.
func application(rt *framework.Runtime) *framework.App {
	return &framework.App{Unit: "app", Functions: []*framework.Function{
		{Name: "get", Triggers: triggers(web.Route{Method: "GET", Pattern: "/things/{id}"}, web.Route{Pattern: "/any/{rest...}"}), Handler: func(ctx *framework.Context) error {
			x := web.From(ctx)
			x.Header().Set("X-Id", x.Request.PathValues[0].Value)
			x.Header().Set("X-Remote", x.Request.RemoteAddr)
			x.Header().Set("X-Vendor", From(ctx).Method)
			ctx.SetResult(map[string]string{"query": x.Request.RawQuery})
			return nil
		}},
		{Name: "hello", Triggers: triggers(raw{}), Handler: func(ctx *framework.Context) error {
			fmt.Println("said by the application")
			ctx.SetResult(json.RawMessage(ctx.Event().([]byte)))
			return nil
		}},
		{Name: "broken", Triggers: triggers(web.Route{Method: "GET", Pattern: "/broken"}, timer.Schedule{Name: "nightly", Cron: "0 3 * * *", Timezone: "Asia/Shanghai"}), Handler: func(ctx *framework.Context) error {
			if e, ok := ctx.Event().(timer.Event); ok {
				return errors.New("secret of " + e.Name)
			}
			return errors.New("secret")
		}},
		{Name: "cut", Triggers: triggers(web.Route{Method: "GET", Pattern: "/cut"}), Handler: func(ctx *framework.Context) error {
			ctx.SetResult(io.MultiReader(strings.NewReader("begun"), failingReader{}))
			return nil
		}},
	}}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("secret disk") }

// listener gives the process a listener and a parent's pipe, as files it inherits would be.
func inherited(t *testing.T) (env map[string]string, addr string, parent *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close() })
	// run closes both numbers itself, as it does in a process of its own; the files must not be closed by us too.
	return map[string]string{"FAAS_LISTEN_FD": fmt.Sprint(release(t, f)), "FAAS_PARENT_FD": fmt.Sprint(release(t, theirs)), "FAAS_CONTROL": "token", "FAAS_TIMERS": "0"}, l.Addr().String(), ours
}

// running is a server in this process.
type running struct {
	addr   string
	code   chan int
	errs   *bytes.Buffer
	parent *os.File
}

func serving(t *testing.T, app func(*framework.Runtime) *framework.App, more map[string]string) *running {
	t.Helper()
	env, addr, parent := inherited(t)
	for k, v := range more {
		env[k] = v
	}
	r := &running{addr: addr, code: make(chan int, 1), errs: &bytes.Buffer{}, parent: parent}
	go func() {
		r.code <- run(context.Background(), app, process{env: func(n string) string { return env[n] }, in: strings.NewReader(""), out: io.Discard, err: r.errs})
	}()
	return r
}

// stop closes the parent's end of the pipe and returns the exit code.
func (r *running) stop(t *testing.T) int {
	t.Helper()
	r.parent.Close()
	select {
	case code := <-r.code:
		return code
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not stop when its parent was gone")
		return 0
	}
}

func (r *running) do(t *testing.T, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, strings.TrimSpace(string(b))
}

func TestServe(t *testing.T) {
	r := serving(t, application, nil)
	res, body := r.do(t, "GET", "/things/7?a=b", "", "X-Forwarded-For", "9.9.9.9, 10.0.0.1")
	if res.StatusCode != 200 || body != `{"query":"a=b"}` || res.Header.Get("X-Id") != "7" || res.Header.Get("X-Vendor") != "GET" {
		t.Errorf("got %d %s %v", res.StatusCode, body, res.Header)
	}
	if got := res.Header.Get("X-Remote"); got != "10.0.0.1" {
		t.Errorf("the client is %q, want what the parent says", got)
	}
	res, body = r.do(t, "GET", "/broken", "")
	if res.StatusCode != 500 || strings.Contains(body, "secret") {
		t.Errorf("got %d %s, want a 500 without the text", res.StatusCode, body)
	}
	if code := r.stop(t); code != 0 || !strings.Contains(r.errs.String(), `"level":"ERROR"`) {
		t.Errorf("exit code %d, log:\n%s", code, r.errs)
	}
}

func TestDevShowsErrors(t *testing.T) {
	r := serving(t, application, map[string]string{"FAAS_DEV": "1"})
	if _, body := r.do(t, "GET", "/broken", ""); !strings.Contains(body, "secret") {
		t.Errorf("got %s, want the error's text", body)
	}
	r.stop(t)
	if !strings.Contains(r.errs.String(), "level=ERROR msg=") {
		t.Errorf("the log is not text:\n%s", r.errs)
	}
}

func TestControl(t *testing.T) {
	r := serving(t, application, nil)
	token := []string{"Faas-Control", "token"}
	for _, tc := range []struct {
		method, path, event string
		status              int
		want                string
	}{
		{"GET", "/_faas/ready", "", 200, `{"status":"ok"}`},
		{"GET", "/_faas/functions", "", 200, `[{"name":"get","routes":["GET /things/{id}","ANY /any/{rest...}"]},{"name":"hello"},{"name":"broken","routes":["GET /broken"],"timers":[{"name":"nightly","when":"0 3 * * * Asia/Shanghai"}]},{"name":"cut","routes":["GET /cut"]}]`},
		{"POST", "/_faas/invoke/hello", `{"a":1}`, 200, `{"function":"hello","kind":"raw","body":"{\"a\":1}"}`},
		{"POST", "/_faas/invoke/", `[1]`, 200, `{"function":"","kind":"raw","body":"[1]"}`},
		{"POST", "/_faas/invoke/", `{"faas":"call","function":"hello","payload":[2]}`, 200, `{"function":"hello","kind":"raw","body":"[2]"}`},
		{"POST", "/_faas/invoke/", `{"faas":"call","function":"broken","payload":{"name":"no"}}`, 200, `{"function":"broken","kind":"raw","body":"","error":{"type":"invalid_event","message":"the function has no timer \"no\"; it has nightly"}}`},
		{"POST", "/_faas/invoke/", `{"faas":"call","function":"gte"}`, 200, `{"function":"","kind":"raw","body":"","error":{"type":"unknown_function","message":"call: found the function \"gte\", expected one of unit app: get, hello, broken, cut"}}`},
		{"POST", "/_faas/invoke/hello", "", 200, `{"function":"hello","kind":"raw","body":"{}"}`},
		{"POST", "/_faas/timer/nightly", "", 200, `{"function":"broken","kind":"timer","body":"","error":{"type":"internal","message":"the function failed; its log has the reason"}}`},
		{"POST", "/_faas/invoke/broken", `{"name":"nightly"}`, 200, `{"function":"broken","kind":"timer","body":"","error":{"type":"internal","message":"the function failed; its log has the reason"}}`},
		{"POST", "/_faas/invoke/cut", ``, 400, `{"error":"function cut broke its response off"}`},
		{"POST", "/_faas/invoke/get", `{"path":"/broken"}`, 400, `{"error":"GET /broken goes to function broken, not to get, whose routes are: GET /things/{id}, ANY /any/{rest...}"}`},
		{"POST", "/_faas/invoke/get", `{"path":"/nowhere"}`, 400, `{"error":"GET /nowhere goes to no function, not to get, whose routes are: GET /things/{id}, ANY /any/{rest...}"}`},
		{"POST", "/_faas/invoke/gte", `{}`, 404, `{"error":"no function \"gte\"; there are [\"get\" \"hello\" \"broken\" \"cut\"]"}`},
		{"POST", "/_faas/timer/gone", ``, 404, `{"error":"no timer \"gone\""}`},
		{"POST", "/_faas/timer/nightly", `[]`, 400, `{"error":"expected a timer event, an object with \"name\", \"time\" (such as \"2026-01-02T15:04:05Z\") and \"payload\", each optional"}`},
		{"GET", "/_faas/invoke/hello", "", 404, `{"error":"no control endpoint GET /_faas/invoke/hello"}`},
		{"POST", "/_faas/drain", "", 200, `{}`},
	} {
		res, body := r.do(t, tc.method, tc.path, tc.event, token...)
		if res.StatusCode != tc.status || body != tc.want {
			t.Errorf("%s %s %s:\ngot  %d %s\nwant %d %s", tc.method, tc.path, tc.event, res.StatusCode, body, tc.status, tc.want)
		}
	}
	_, body := r.do(t, "POST", "/_faas/invoke/get", `{"path":"/things/8?x=y"}`, token...)
	var o envelope.Outcome
	if err := json.Unmarshal([]byte(body), &o); err != nil || o.Kind != "http" || o.Status != 200 || o.Headers["X-Id"][0] != "8" || strings.TrimSpace(o.Body) != `{"query":"x=y"}` {
		t.Errorf("got %s", body)
	}
	// Without the token, or with another, the endpoints are not there.
	for _, header := range [][]string{nil, {"Faas-Control", "tokem"}, {"Faas-Control", ""}} {
		if res, body := r.do(t, "GET", "/_faas/functions", "", header...); res.StatusCode != 404 || !strings.Contains(body, "not_found") {
			t.Errorf("with %q: %d %s", header, res.StatusCode, body)
		}
	}
	r.stop(t)
}

func TestNoControlWithoutAToken(t *testing.T) {
	r := serving(t, application, map[string]string{"FAAS_CONTROL": ""})
	if res, _ := r.do(t, "GET", "/_faas/functions", "", "Faas-Control", ""); res.StatusCode != 404 {
		t.Errorf("an empty token opened the control endpoints: %d", res.StatusCode)
	}
	r.stop(t)
}

func TestServeFails(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	conflict := func(*framework.Runtime) *framework.App {
		h := func(*framework.Context) error { return nil }
		return &framework.App{Unit: "app", Functions: []*framework.Function{
			{Name: "a", Handler: h, Triggers: triggers(web.Route{Method: "GET", Pattern: "/x"})},
			{Name: "b", Handler: h, Triggers: triggers(web.Route{Method: "GET", Pattern: "/x"})},
		}}
	}
	failing := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Start: func(context.Context) error { return errors.New("no database") }}
	}
	hanging := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", InitTimeout: 20 * time.Millisecond, Start: func(context.Context) error { select {} }}
	}
	for name, tc := range map[string]struct {
		app  func(*framework.Runtime) *framework.App
		args []string
		addr string
		code int
		want string
	}{
		"port in use": {application, nil, busy.Addr().String(), 1, "port in use: another process listens on " + busy.Addr().String() + "; stop it or set FAAS_ADDR to another address\n"},
		"conflict":    {conflict, nil, "127.0.0.1:0", 1, "routes: "},
		"init":        {failing, nil, "127.0.0.1:0", 1, "init of unit app: no database\n"},
		"init hangs":  {hanging, nil, "127.0.0.1:0", 1, "init of unit app: init did not finish within 20ms\n"},
		"settings":    {application, nil, "nonsense", 1, "variable FAAS_ADDR"},
		"arguments":   {application, []string{"serve"}, "127.0.0.1:0", 2, `found arguments ["serve"], expected none, or: invoke NAME [FORM], or: health`},
		"unknown":     {application, []string{"invoke", "gte"}, "", 1, `no function "gte"; there are`},
		"invoke init": {failing, []string{"invoke", "x"}, "", 1, `no function "x"; there are []`},
	} {
		t.Run(name, func(t *testing.T) {
			var errs bytes.Buffer
			env := func(n string) string { return map[string]string{"FAAS_ADDR": tc.addr}[n] }
			code := run(context.Background(), tc.app, process{args: tc.args, env: env, in: strings.NewReader(""), out: io.Discard, err: &errs})
			if code != tc.code || !strings.HasPrefix(errs.String(), tc.want) {
				t.Errorf("got %d, %s\nwant %d, %s", code, &errs, tc.code, tc.want)
			}
		})
	}
}

func TestStartThatPanics(t *testing.T) {
	var errs bytes.Buffer
	app := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Start: func(context.Context) error { panic("no driver") }}
	}
	env := func(n string) string { return map[string]string{"FAAS_ADDR": "127.0.0.1:0"}[n] }
	code := run(context.Background(), app, process{env: env, in: strings.NewReader(""), out: io.Discard, err: &errs})
	if code != 1 || !strings.HasSuffix(errs.String(), "\ninit of unit app: panic: no driver\n") || !strings.Contains(errs.String(), "serve_test.go") {
		t.Errorf("exit code %d, want 1, the stack, and then the reason:\n%s", code, &errs)
	}
}

func TestInvoke(t *testing.T) {
	for _, tc := range []struct {
		name, event string
		code        int
		out, errs   string
	}{
		{"hello", `{"a":1}`, 0, `{"a":1}`, ""},
		{"get", `{"id":7}`, 0, `{"query":""}`, "200 OK\nContent-Length: 12\nContent-Type: application/json\n"},
		{"get", `{"path":"/any/x/y"}`, 0, `{"query":""}`, "X-Id: x/y\n"},
		{"broken", "", 1, `{"type":"about:blank"`, "function broken answered with status 500"},
		{"broken", `{"name":"nightly"}`, 1, "", "internal: the function failed; its log has the reason"},
		{"broken", `{"name":"other"}`, 1, "", `the function has no timer "other"; it has nightly`},
		{"get", `{"id":`, 1, "", "the event is not JSON"},
	} {
		var out, errs bytes.Buffer
		code := run(context.Background(), application, process{args: []string{"invoke", tc.name}, env: func(string) string { return "" },
			in: strings.NewReader(tc.event), out: &out, err: &errs})
		if code != tc.code || !strings.HasPrefix(out.String(), tc.out) || !strings.Contains(errs.String(), tc.errs) {
			t.Errorf("invoke %s < %s: exit code %d\n%s\n%s", tc.name, tc.event, code, &out, &errs)
		}
	}
}

func TestInvokeHandsTheOutcomeOver(t *testing.T) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	var out bytes.Buffer
	env := map[string]string{"FAAS_RESULT_FD": fmt.Sprint(release(t, ours))}
	code := run(context.Background(), application, process{args: []string{"invoke", "get"}, env: func(n string) string { return env[n] },
		in: strings.NewReader(`{"id":"x"}`), out: &out, err: io.Discard})
	var o envelope.Outcome
	if err := json.NewDecoder(theirs).Decode(&o); err != nil || code != 0 || out.Len() != 0 || o.Status != 200 || o.Function != "get" {
		t.Errorf("exit code %d, outcome %+v, %v, output %q", code, o, err, &out)
	}
}
