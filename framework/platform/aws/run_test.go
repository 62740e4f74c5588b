package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// api is a Runtime API whose polls are answered by a script; after its end they rest.
type api struct {
	t     *testing.T
	steps []http.HandlerFunc
	posts []http.HandlerFunc // of the posts, in order; those after them are accepted

	mu     sync.Mutex
	seen   []string // method and path of each call but the extension's
	bodies []string // of the calls that have one
	types  []string // Lambda-Runtime-Function-Error-Type of each POST
	polls  int
	before int // calls to register an extension before the first poll
}

const (
	nextPath = "GET /2018-06-01/runtime/invocation/next"
	onePath  = "POST /2018-06-01/runtime/invocation/id-1/"
)

func (a *api) start() {
	s := httptest.NewServer(a)
	a.t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	a.t.Setenv("AWS_LAMBDA_RUNTIME_API", s.Listener.Addr().String())
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/2020-01-01/extension/") { // as an emulator that has no extensions
		a.mu.Lock()
		if a.polls == 0 {
			a.before++
		}
		a.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Error(err)
	}
	call := r.Method + " " + r.URL.Path
	a.mu.Lock()
	a.seen = append(a.seen, call)
	if r.Method == "POST" {
		a.bodies = append(a.bodies, string(body))
		a.types = append(a.types, r.Header.Get("Lambda-Runtime-Function-Error-Type"))
	}
	step := a.polls
	if call == nextPath {
		a.polls++
	}
	post := len(a.bodies) - 1
	a.mu.Unlock()
	switch {
	case call != nextPath && post < len(a.posts):
		a.posts[post](w, r)
	case call != nextPath:
		w.WriteHeader(202)
	case step < len(a.steps):
		a.steps[step](w, r)
	default:
		w.WriteHeader(410) // ends the loop
		io.WriteString(w, `{"errorType":"End"}`)
	}
}

// event answers a poll.
func event(id, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id != "" {
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", id)
		}
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		io.WriteString(w, body)
	}
}

// unit is a unit of one function, fit for raw events.
func unit(h framework.Handler) platform.New {
	return func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Handler: h}}}
	}
}

func echo(ctx *framework.Context) error { ctx.SetResult(ctx.Event()); return nil }

// syncBuffer takes the log: of several loops, those that did not end serve may still be writing to it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// run serves until the script ends, and returns exit code and log.
func run(newApp platform.New, codecs ...platform.Codec) (int, string) {
	var log syncBuffer
	if len(codecs) == 0 {
		codecs = []platform.Codec{Raw()}
	}
	code := serve(newApp, codecs, time.Second, &log)
	return code, log.String()
}

func TestPollsThatFail(t *testing.T) {
	for _, tt := range []struct {
		name string
		step http.HandlerFunc
		want string
		post string
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			io.WriteString(w, `{"errorType":"InvalidStateTransition"}`)
		}, `status 403: \"{\\\"errorType\\\":\\\"InvalidStateTransition\\\"}\"`, ""},
		{"server error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "status 500", ""},
		{"no content", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "status 204", ""},
		{"connection closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed the connection without a response", ""},
		{"not http", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				io.WriteString(conn, "hello\r\n\r\n")
				conn.Close()
			}
		}, "malformed response", ""},
		{"no request id", event("", `{}`), "without a request id", ""},
		{"request id that is not a path", event("a b", `{}`), `"found":"a b"`, ""},
		{"request id of another path", event("1/error?", `{}`), `"found":"1/error?"`, ""},
		{"request id of a parent path", event("..", `{}`), `"found":".."`, ""},
		{"headers of 1 MB", event("id-1", `{}`, "X-Large", strings.Repeat("x", 1<<20)), "headers of more than 65536 bytes", ""},
		{"event over 32 MB", event("id-1", strings.Repeat(" ", maxEvent+1)), "response too large", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{t: t, steps: []http.HandlerFunc{tt.step, tt.step, tt.step}}
			a.start()
			code, log := run(unit(echo))
			if code != 1 || !strings.Contains(log, tt.want) {
				t.Errorf("exit code %d, log %s; want 1 and %q", code, log, tt.want)
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			if a.polls != 1 {
				t.Errorf("%d polls, want 1: the loop must not spin", a.polls)
			}
		})
	}
}

func TestEndpointThatIsNotThere(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
	if code, log := run(unit(echo)); code != 1 || !strings.Contains(log, "refused") {
		t.Errorf("exit code %d, log %s", code, log)
	}
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "")
	if code, log := run(unit(echo)); code != 2 || !strings.Contains(log, "AWS_LAMBDA_RUNTIME_API is not set") {
		t.Errorf("exit code %d, log %s", code, log)
	}
}

func TestInvocationFacts(t *testing.T) {
	deadline := time.Now().Add(time.Hour).UnixMilli()
	header := []string{
		"Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x", "Lambda-Runtime-Trace-Id", "Root=1-a",
		"Lambda-Runtime-Aws-Tenant-Id", "tenant", "Lambda-Runtime-Deadline-Ms", fmt.Sprint(deadline),
		"Lambda-Runtime-Client-Context", `{"client":{"installation_id":"i","app_title":"t","app_version_code":"v","app_package_name":"p"},"custom":{"a":"b"},"env":{"locale":"de"}}`,
		"Lambda-Runtime-Cognito-Identity", `{"cognitoIdentityId":"c","cognitoIdentityPoolId":"pool"}`,
	}
	a := &api{t: t, steps: []http.HandlerFunc{event("id-1", `{"a":1}`, header...), event("id-1", `2`, "Lambda-Runtime-Client-Context", "{"), event("id-1", "3", "Lambda-Runtime-Deadline-Ms", "soon")}}
	a.start()
	t.Setenv("_X_AMZN_TRACE_ID", "")
	type key struct{}
	calls := 0
	code, log := run(unit(func(ctx *framework.Context) error {
		calls++
		inv := From(context.WithValue(ctx, key{}, 1))
		client, clientErr := inv.ClientContext()
		identity, identityErr := inv.CognitoIdentity()
		switch calls {
		case 1:
			if inv.RequestID != "id-1" || inv.FunctionARN != "arn:aws:lambda:x" || inv.Trace != "Root=1-a" || inv.Tenant != "tenant" || string(inv.Event) != `{"a":1}` || inv.Deadline.UnixMilli() != deadline {
				t.Errorf("invocation %+v", inv)
			}
			if d, ok := ctx.Deadline(); !ok || inv.Deadline.Sub(d).Round(time.Millisecond) != 100*time.Millisecond {
				t.Errorf("deadline %v, want 100 ms before %v", d, inv.Deadline)
			}
			if ctx.Trace() != "Root=1-a" || ctx.Value("x-amzn-trace-id") != "Root=1-a" || os.Getenv("_X_AMZN_TRACE_ID") != "Root=1-a" {
				t.Errorf("trace %q, in the context %v, in the environment %q", ctx.Trace(), ctx.Value("x-amzn-trace-id"), os.Getenv("_X_AMZN_TRACE_ID"))
			}
			if clientErr != nil || client.Client.InstallationID != "i" || client.Client.AppPackageName != "p" || client.Custom["a"] != "b" || client.Env["locale"] != "de" {
				t.Errorf("client context %+v, %v", client, clientErr)
			}
			if identityErr != nil || *identity != (CognitoIdentity{"c", "pool"}) {
				t.Errorf("identity %+v, %v", identity, identityErr)
			}
		case 2:
			if clientErr == nil || identity != nil || identityErr != nil {
				t.Errorf("broken client context: %v; no identity: %v, %v", clientErr, identity, identityErr)
			}
			if ctx.Value("x-amzn-trace-id") != nil || os.Getenv("_X_AMZN_TRACE_ID") != "" {
				t.Error("the trace of the last invocation is still there")
			}
		case 3:
			if _, ok := ctx.Deadline(); ok {
				t.Error("a deadline out of nothing")
			}
		}
		return echo(ctx)
	}))
	if calls != 3 || code != 1 || !strings.Contains(log, "without a deadline") {
		t.Errorf("%d calls, exit code %d, log %s", calls, code, log)
	}
	if From(context.Background()) != nil {
		t.Error("an invocation out of nothing")
	}
	if want := []string{`{"a":1}`, "2", "3"}; strings.Join(a.bodies, "|") != strings.Join(want, "|") {
		t.Errorf("answers %q, want %q", a.bodies, want)
	}
}

func TestErrorCalls(t *testing.T) {
	rules := regexp.MustCompile(`^(Runtime|Function)\.[A-Z][a-zA-Z]+$`)
	for _, tt := range []struct {
		err     error
		kind    string
		message string
	}{
		{errors.New("private"), "Function.Internal", "the function failed; its log has the reason"},
		{&framework.Error{Status: 404, Code: "not_found", Message: "no book 7", Err: errors.New("private")}, "Function.NotFound", "no book 7"},
		{fmt.Errorf("wrapped: %w", &framework.Error{Code: "a-b.c9D", Message: "m"}), "Function.ABCD", "m"},
		{&framework.Error{Code: "ab", Message: "a < b & c"}, "Function.Ab", "a < b & c"},
		{&framework.Error{Code: "9", Message: "m"}, "Function.Error", "m"},
		{&framework.Error{Code: "x", Message: "m"}, "Function.Error", "m"},
		{&framework.Error{Message: "m"}, "Function.Error", "m"},
		{&framework.Error{Code: "große_zahl", Message: "ü\n\"\xff"}, "Function.GroEZahl", "ü\n\"\ufffd"},
		{&framework.Error{Code: "long", Message: strings.Repeat("ü", maxMessage)}, "Function.Long", strings.Repeat("ü", maxMessage/2) + "..."},
		{&framework.PanicError{Value: "private"}, "Function.Panic", "the function failed; its log has the reason"},
	} {
		r := errorRequest("/x", tt.err)
		if bytes.Contains(r.Body, []byte(`\u003c`)) {
			t.Errorf("found %s, want it without escapes for HTML", r.Body)
		}
		var doc errorDocument
		if err := json.Unmarshal(r.Body, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Type != tt.kind || doc.Message != tt.message || doc.Stack == nil || r.Header[1].Value != tt.kind || !rules.MatchString(doc.Type) {
			t.Errorf("%.40v:\n got %s %.80q\nwant %s %.80q", tt.err, doc.Type, doc.Message, tt.kind, tt.message)
		}
	}
}

func TestResponses(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    framework.Handler
		path string
		body string
		log  string
	}{
		{"result", func(ctx *framework.Context) error { ctx.SetResult(map[string]int{"a": 1}); return nil }, "response", `{"a":1}`, ""},
		{"error", func(*framework.Context) error { return errors.New("private") }, "error", `{"errorMessage":"the function failed; its log has the reason","errorType":"Function.Internal","stackTrace":[]}`, `"error":"private","request_id":"id-1"`},
		{"panic", func(*framework.Context) error { panic("private") }, "error", `{"errorMessage":"the function failed; its log has the reason","errorType":"Function.Panic","stackTrace":[]}`, `"panic":"private"`},
		{"result that panics", func(ctx *framework.Context) error { ctx.SetResult(explosive{}); return nil }, "error", `{"errorMessage":"the function failed; its log has the reason","errorType":"Function.Panic","stackTrace":[]}`, "panic outside of the handler"},
		{"result that is not JSON", func(ctx *framework.Context) error { ctx.SetResult(func() {}); return nil }, "error", `{"errorMessage":"the function failed; its log has the reason","errorType":"Function.Internal","stackTrace":[]}`, "unsupported type"},
		{"logger without a context", func(ctx *framework.Context) error { ctx.Runtime().Logger.Info("hello"); return nil }, "response", "null", `"msg":"hello","request_id":"id-1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{t: t, steps: []http.HandlerFunc{event("id-1", `{}`), event("id-1", `{}`)}}
			a.start()
			_, log := run(unit(tt.h))
			if want := []string{nextPath, onePath + tt.path, nextPath, onePath + tt.path, nextPath}; strings.Join(a.seen, "\n") != strings.Join(want, "\n") {
				t.Errorf("calls %q, want %q", a.seen, want)
			}
			if len(a.bodies) != 2 || a.bodies[0] != tt.body {
				t.Errorf("bodies %q, want %q", a.bodies, tt.body)
			}
			if !strings.Contains(log, tt.log) {
				t.Errorf("log %s, want %q", log, tt.log)
			}
		})
	}
}

type explosive struct{}

func (explosive) MarshalJSON() ([]byte, error) { panic("private") }

func TestInitErrors(t *testing.T) {
	fails := func(err error) platform.New {
		return func(*framework.Runtime) *framework.App {
			app := unit(echo)(nil)
			app.Start = func(context.Context) error { return err }
			return app
		}
	}
	for _, tt := range []struct {
		name   string
		newApp platform.New
		codecs []platform.Codec
		kind   string
		shown  string
		log    string
	}{
		{"any error", fails(errors.New("private")), nil, "Function.Internal", "the function failed; its log has the reason", "private"},
		{"stated error", fails(&framework.Error{Code: "no_database", Message: "no database", Err: errors.New("private")}), nil, "Function.NoDatabase", "no database", "private"},
		{"codec without a function", unit(echo), []platform.Codec{Timer()}, "Function.Internal", "the function failed; its log has the reason", "no function of unit u has a timer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{t: t}
			a.start()
			code, log := run(tt.newApp, tt.codecs...)
			if code != 1 || !strings.Contains(log, tt.log) || !strings.Contains(log, "init failed") {
				t.Errorf("exit code %d, log %s", code, log)
			}
			if len(a.seen) != 1 || a.seen[0] != "POST /2018-06-01/runtime/init/error" || a.types[0] != tt.kind || !strings.Contains(a.bodies[0], tt.shown) || strings.Contains(a.bodies[0], "private") {
				t.Errorf("calls %q, types %q, bodies %q", a.seen, a.types, a.bodies)
			}
		})
	}
}

// Only a registered extension is sent SIGTERM; where there is nothing to close it would cost a cold start for nothing.
func TestRegistration(t *testing.T) {
	for _, closes := range []bool{false, true} {
		a := &api{t: t}
		a.start()
		stopped := 0
		run(func(rt *framework.Runtime) *framework.App {
			app := unit(echo)(rt)
			if closes {
				app.Stop = func(context.Context) error { stopped++; return errors.New("the stop failed") }
			}
			return app
		})
		if want := map[bool]int{true: 1}[closes]; a.before != want || stopped != want {
			t.Errorf("a unit with Stop %t: registered %d times, stopped %d times", closes, a.before, stopped)
		}
	}
}

func TestConcurrency(t *testing.T) {
	const loops = 3
	var together sync.WaitGroup
	together.Add(loops)
	steps := make([]http.HandlerFunc, loops)
	for i := range steps {
		steps[i] = event(fmt.Sprint("id-", i), `{}`, "Lambda-Runtime-Trace-Id", "Root=1-a")
	}
	a := &api{t: t, steps: steps}
	a.start()
	t.Setenv("AWS_LAMBDA_MAX_CONCURRENCY", fmt.Sprint(loops))
	t.Setenv("_X_AMZN_TRACE_ID", "untouched")
	_, log := run(unit(func(ctx *framework.Context) error {
		together.Done()
		together.Wait() // returns only if all run at once
		ctx.Logger().Info("in")
		ctx.Runtime().Logger.Info("unknown")
		return echo(ctx)
	}))
	if len(a.bodies) != loops || os.Getenv("_X_AMZN_TRACE_ID") != "untouched" {
		t.Errorf("%d answers, trace in the environment %q", len(a.bodies), os.Getenv("_X_AMZN_TRACE_ID"))
	}
	for i := range loops {
		if !strings.Contains(log, fmt.Sprintf(`"msg":"in","request_id":"id-%d"`, i)) {
			t.Errorf("no record of id-%d in %s", i, log)
		}
	}
	if strings.Contains(log, `"msg":"unknown","request_id"`) {
		t.Errorf("a logger without a context guessed its request: %s", log)
	}
	t.Setenv("AWS_LAMBDA_MAX_CONCURRENCY", "many")
	if _, log := run(unit(echo)); !strings.Contains(log, "AWS_LAMBDA_MAX_CONCURRENCY is ignored") {
		t.Errorf("log %s", log)
	}
}

func TestRuntimeFacts(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": "shop-dev-orders", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_REGION": "eu-central-1",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "LAMBDA_TASK_ROOT": "/var/task", "FAAS_ENV": "prod",
	} {
		t.Setenv(name, value)
	}
	log := slog.Default()
	want := framework.Runtime{Platform: "aws", Provider: "aws", Product: "aws_lambda", Function: "shop-dev-orders", Version: "$LATEST", Region: "eu-central-1", Memory: 256, CodeDir: "/var/task", Env: "prod", Logger: log, EMF: true}
	got := *runtimeFacts(log)
	if got.Stop == nil {
		t.Error("nothing ends the process")
	}
	if got.Stop = nil; !reflect.DeepEqual(got, want) {
		t.Errorf("facts %+v, want %+v", got, want)
	}
}

func TestLogSettings(t *testing.T) {
	for _, tt := range []struct {
		level, format string
		lowest        slog.Level
		message       string
	}{
		{"", "", slog.LevelInfo, "msg"},
		{"trace", "Text", slog.LevelDebug - 4, "msg"},
		{"DEBUG", "JSON", slog.LevelDebug, "message"},
		{"WARN", "json", slog.LevelWarn, "message"},
		{"ERROR", "", slog.LevelError, "msg"},
		{"FATAL", "", slog.LevelError, "msg"},
		{"loud", "", slog.LevelInfo, "msg"},
	} {
		t.Setenv("AWS_LAMBDA_LOG_LEVEL", tt.level)
		t.Setenv("AWS_LAMBDA_LOG_FORMAT", tt.format)
		var out bytes.Buffer
		log := newLogger(&out, nil)
		if wrong := strings.Contains(out.String(), "AWS_LAMBDA_LOG_LEVEL is ignored"); wrong != (tt.level == "loud") {
			t.Errorf("%q: %s", tt.level, &out)
		}
		out.Reset()
		if log.Enabled(context.Background(), tt.lowest-1) || !log.Enabled(context.Background(), tt.lowest) {
			t.Errorf("%q: the lowest level is not %s", tt.level, tt.lowest)
		}
		log.Error("hello", "request_id", "1", slog.Group("g", "time", "mine", "msg", "mine", "request_id", "mine"))
		var r map[string]any
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		stamp := map[string]string{"msg": "time", "message": "timestamp"}[tt.message]
		id := map[string]string{"msg": "request_id", "message": "requestId"}[tt.message]
		if r[tt.message] != "hello" || r[stamp] == nil || r[id] != "1" || fmt.Sprint(r["g"]) != "map[msg:mine request_id:mine time:mine]" {
			t.Errorf("format %q: %v", tt.format, r)
		}
	}
}
