package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// The test binary plays the artefact; ACT says how it behaves. It speaks to the API with net/http and shares no code
// with the platform.
func TestMain(m *testing.M) {
	act := os.Getenv("ACT")
	if act == "" {
		os.Exit(m.Run())
	}
	a := &actor{base: "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API")}
	acts[act](a)
}

type actor struct{ base string }

// do calls the API and prints status and body.
func (a *actor) do(method, path, body string, header ...string) *http.Response {
	r, err := http.NewRequest(method, a.base+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	return w
}

// say prints what the API answered to a call that it should refuse.
func (a *actor) say(w *http.Response) {
	b, _ := io.ReadAll(w.Body)
	fmt.Printf("%d %s", w.StatusCode, b)
}

func (a *actor) next() (id string, body []byte, header http.Header) {
	w := a.do("GET", "/2018-06-01/runtime/invocation/next", "")
	if w.StatusCode != 200 {
		a.say(w)
		os.Exit(9)
	}
	body, _ = io.ReadAll(w.Body)
	return w.Header.Get("Lambda-Runtime-Aws-Request-Id"), body, w.Header
}

func (a *actor) respond(id, body string) *http.Response {
	return a.do("POST", "/2018-06-01/runtime/invocation/"+id+"/response", body)
}

func (a *actor) fail(id, body, kind string) *http.Response {
	return a.do("POST", "/2018-06-01/runtime/invocation/"+id+"/error", body, "Lambda-Runtime-Function-Error-Type", kind)
}

func (a *actor) register(body string) (string, *http.Response) {
	w := a.do("POST", "/2020-01-01/extension/register", body, "Lambda-Extension-Name", "test")
	return w.Header.Get("Lambda-Extension-Identifier"), w
}

func (a *actor) rest(id string) {
	go a.do("GET", "/2020-01-01/extension/event/next", "", "Lambda-Extension-Identifier", id)
}

// serve echoes for ever.
func (a *actor) serve() {
	for {
		id, body, _ := a.next()
		a.respond(id, string(body))
	}
}

var acts = map[string]func(*actor){
	"echo": (*actor).serve,
	"headers": func(a *actor) {
		id, _, h := a.next()
		a.respond(id, fmt.Sprintf("%q %q %q %q", h["Lambda-Runtime-Invoked-Function-Arn"], h["Lambda-Runtime-Client-Context"], h["Lambda-Runtime-Cognito-Identity"], h["Content-Length"]))
		a.serve()
	},
	"wrong id": func(a *actor) { id, _, _ := a.next(); a.say(a.respond("other", "1")); a.respond(id, "2"); a.serve() },
	"twice": func(a *actor) {
		id, _, _ := a.next()
		a.respond(id, "1")
		a.say(a.respond(id, "2"))
		a.say(a.fail(id, "{}", ""))
		a.serve()
	},
	"out of turn": func(a *actor) {
		id, _, _ := a.next()
		a.say(a.do("GET", "/2018-06-01/runtime/invocation/next", ""))
		a.respond(id, "1")
		a.serve()
	},
	"oversize": func(a *actor) {
		id, _, _ := a.next()
		a.say(a.respond(id, strings.Repeat("x", maxResponse+1)))
		a.serve()
	},
	"largest": func(a *actor) { id, _, _ := a.next(); a.respond(id, strings.Repeat("x", maxResponse)); a.serve() },
	"mode": func(a *actor) {
		id, _, _ := a.next()
		a.say(a.do("POST", "/2018-06-01/runtime/invocation/"+id+"/response", "1", "Lambda-Runtime-Function-Response-Mode", "fast"))
		a.respond(id, "2")
		a.serve()
	},
	"error":         func(a *actor) { id, _, _ := a.next(); a.fail(id, `{"errorMessage":"m"}`, "Function.Good"); a.serve() },
	"error type":    func(a *actor) { id, _, _ := a.next(); a.fail(id, `plain`, "errorString"); a.serve() },
	"runtime error": func(a *actor) { id, _, _ := a.next(); a.fail(id, `{}`, "Runtime.x"); a.serve() },
	"late init": func(a *actor) {
		id, _, _ := a.next()
		a.say(a.do("POST", "/2018-06-01/runtime/init/error", "{}"))
		a.respond(id, "1")
		a.serve()
	},
	"unknown call": func(a *actor) { a.do("GET", "/2018-06-01/runtime/restore/next", ""); a.serve() },
	"init error": func(a *actor) {
		a.do("POST", "/2018-06-01/runtime/init/error", `{"errorMessage":"no database"}`, "Lambda-Runtime-Function-Error-Type", "Function.NoDatabase")
		os.Exit(1)
	},
	"init error and stay":          func(a *actor) { a.do("POST", "/2018-06-01/runtime/init/error", `{}`); select {} },
	"init error and success":       func(a *actor) { a.do("POST", "/2018-06-01/runtime/init/error", `{}`) },
	"init exit":                    func(*actor) { os.Exit(3) },
	"init end":                     func(*actor) {},
	"init hang":                    func(*actor) { time.Sleep(time.Hour) },
	"extension that does not poll": func(a *actor) { a.register(`{"events":[]}`); a.serve() },
	"late extension": func(a *actor) {
		id, _, _ := a.next()
		_, w := a.register(`{"events":[]}`)
		a.say(w)
		a.respond(id, "1")
		a.serve()
	},
	"extension for shutdown": func(a *actor) { _, w := a.register(`{"events":["SHUTDOWN"]}`); a.say(w); a.serve() },
	"wrong extension": func(a *actor) {
		a.say(a.do("GET", "/2020-01-01/extension/event/next", "", "Lambda-Extension-Identifier", "x"))
		a.serve()
	},
	"exit on event": func(a *actor) { a.next(); os.Exit(4) },
	"hang on event": func(a *actor) {
		id, body, _ := a.next()
		fmt.Printf("event %s\n", body)
		if string(body) == `"hang"` {
			select {}
		}
		a.respond(id, "1")
		a.serve()
	},
	"terminate": func(a *actor) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		id, _ := a.register(`{"events":[]}`)
		a.rest(id)
		go a.serve()
		<-c
		fmt.Println("terminated")
	},
	"hang until terminated": func(a *actor) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		id, _ := a.register(`{"events":[]}`)
		a.rest(id)
		a.next()
		<-c
		fmt.Println("terminated")
	},
	"ignore": func(a *actor) {
		signal.Ignore(syscall.SIGTERM)
		id, _ := a.register(`{"events":[]}`)
		a.rest(id)
		a.serve()
	},
	"unregistered": func(a *actor) {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		go func() { <-c; fmt.Println("terminated") }()
		a.serve()
	},
}

// output collects what the process writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

func artifact(t *testing.T, act string, out io.Writer) sim.Artifact {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(dir, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	return sim.Artifact{Dir: dir, Command: "bootstrap", Unit: "shop", Output: out, Timeout: 10 * time.Second, Environment: map[string]string{"ACT": act}}
}

func start(t *testing.T, o Options, act string) (*sandbox, *output) {
	t.Helper()
	out := new(output)
	p, err := New(o).Start(within(t), artifact(t, act, out))
	if err != nil {
		t.Fatalf("%v; it wrote %s", err, out)
	}
	t.Cleanup(func() { p.Stop(context.Background()) })
	return p.(*sandbox), out
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func invoke(t *testing.T, p sim.Process, payload string) *sim.Result {
	t.Helper()
	r, err := p.Invoke(within(t), []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shown is a result in one line.
func shown(r *sim.Result) string {
	if r.Error != nil {
		return r.Error.Error()
	}
	return fmt.Sprintf("%.40s", r.Body)
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		act    string
		first  string // outcome of the first invocation
		reply  string // status and error type that the process got to see
		broken string // the violation
	}{
		{"echo", `"x"`, "", ""},
		{"wrong id", "2", `400 {"errorMessage":"a response has a request id that no event had","errorType":"InvalidRequestID"}`, "a response has a request id that no event had"},
		{"twice", "1", "403 {\"errorMessage\":\"an event was answered twice\",\"errorType\":\"InvalidStateTransition\"}\n403 ", "an event was answered twice"},
		{"out of turn", "1", "403 ", "the next event was polled for before the last one was answered"},
		{"oversize", "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291556 bytes).", "413 ", ""},
		{"largest", strings.Repeat("x", 40), "", ""},
		{"mode", "2", "400 ", `the response mode "fast" is unknown`},
		{"error", "Function.Good: m", "", ""},
		{"error type", "Function.Unknown: plain", "", ""},
		{"runtime error", "Runtime.Unknown: ", "", ""},
		{"late init", "1", "403 ", "an init error was reported after the start was over"},
		{"unknown call", `"x"`, "", "GET /2018-06-01/runtime/restore/next is not a call of the API"},
		{"late extension", "1", "403 ", "an extension was registered after the first poll, or twice"},
		{"extension for shutdown", `"x"`, "403 ", "an internal extension registered for the shutdown event"},
		{"wrong extension", `"x"`, "403 ", "an extension polled with an unknown identifier"},
	} {
		t.Run(tt.act, func(t *testing.T) {
			p, out := start(t, Options{}, tt.act)
			if got := shown(invoke(t, p, `"x"`)); got != tt.first {
				t.Errorf("first invocation: %s, want %s", got, tt.first)
			}
			if got := shown(invoke(t, p, `"y"`)); got != `"y"` {
				t.Errorf("next invocation: %s", got)
			}
			err := p.Stop(within(t))
			var ve *sim.ViolationError
			if tt.broken == "" && err != nil || tt.broken != "" && (!errors.As(err, &ve) || !slices.Equal(ve.Rules, []string{tt.broken})) {
				t.Errorf("violations %v, want %q", err, tt.broken)
			}
			if !strings.HasPrefix(out.String(), tt.reply) {
				t.Errorf("the process was told %q, want %q", out.String(), tt.reply)
			}
			if again := p.Stop(within(t)); fmt.Sprint(again) != fmt.Sprint(err) {
				t.Errorf("second stop: %v", again)
			}
			if _, err := p.Invoke(within(t), []byte("1")); err == nil {
				t.Error("a stopped function was invoked")
			}
		})
	}
}

func TestStartFailures(t *testing.T) {
	for _, tt := range []struct {
		act  string
		want sim.InitError
	}{
		{"init error", sim.InitError{Type: "Function.NoDatabase", Message: "no database", ExitCode: 1}},
		{"init error and success", sim.InitError{Type: "Function.Unknown", ExitCode: 0}},
		{"init exit", sim.InitError{Type: "Runtime.ExitError", Message: "Error: Runtime exited with error: exit status 3", ExitCode: 3}},
		{"init end", sim.InitError{Type: "Runtime.ExitError", Message: "Error: Runtime exited without providing a reason"}},
		{"init hang", sim.InitError{Type: "Sandbox.Timedout", Message: "init did not finish within 300ms", ExitCode: -1}},
		{"extension that does not poll", sim.InitError{Type: "Sandbox.Timedout", Message: "init did not finish within 300ms", ExitCode: -1}},
	} {
		a := artifact(t, tt.act, nil)
		if tt.want.ExitCode < 0 {
			a.InitTimeout = 300 * time.Millisecond
		}
		_, err := New(Options{}).Start(within(t), a)
		var ie *sim.InitError
		if !errors.As(err, &ie) || *ie != tt.want {
			t.Errorf("%s: %v, want %v", tt.act, err, &tt.want)
		}
	}
	if _, err := New(Options{Ingress: "cloudfront"}).Start(within(t), artifact(t, "echo", nil)); err == nil || !strings.Contains(err.Error(), "expected apigw-v1, apigw-v2, url or alb") {
		t.Errorf("unknown ingress: %v", err)
	}
	a := artifact(t, "echo", nil)
	a.Command = "missing"
	if _, err := New(Options{}).Start(within(t), a); err == nil || !strings.Contains(err.Error(), "start unit shop") {
		t.Errorf("no entry: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := New(Options{}).Start(ctx, artifact(t, "init hang", nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a start that was given up: %v", err)
	}
}

func TestInvocationFailures(t *testing.T) {
	p, _ := start(t, Options{}, "exit on event")
	for range 2 { // each invocation starts it again
		if got := shown(invoke(t, p, "1")); !strings.HasPrefix(got, "Runtime.ExitError: RequestId: ") || !strings.HasSuffix(got, "exit status 4") {
			t.Errorf("a process that exits: %s", got)
		}
	}
	p, _ = start(t, Options{}, "hang on event")
	p.a.Timeout = 200 * time.Millisecond
	if got := shown(invoke(t, p, `"hang"`)); !strings.HasPrefix(got, "Sandbox.Timedout: RequestId: ") || !strings.HasSuffix(got, "Task timed out after 0.20 seconds") {
		t.Errorf("a process that hangs: %s", got)
	}
	if got := shown(invoke(t, p, `"next"`)); got != "1" {
		t.Errorf("after a timeout: %s", got)
	}
	if got := shown(invoke(t, p, `{"a":`)); !strings.HasPrefix(got, "InvalidRequestContentException: ") {
		t.Errorf("a payload that is not JSON: %s", got)
	}
	if got := shown(invoke(t, p, `"`+strings.Repeat("x", maxRequest)+`"`)); !strings.HasPrefix(got, "RequestTooLargeException: ") {
		t.Errorf("a payload over the limit: %s", got)
	}
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
}

func TestTermination(t *testing.T) {
	p, out := start(t, Options{Grace: 10 * time.Second}, "terminate")
	invoke(t, p, "1")
	if err := p.Stop(within(t)); err != nil || out.String() != "terminated\n" {
		t.Errorf("a registered extension: %v, output %q", err, out)
	}
	p, out = start(t, Options{Grace: 10 * time.Second}, "hang until terminated")
	p.a.Timeout = 100 * time.Millisecond
	if got := shown(invoke(t, p, "1")); !strings.HasPrefix(got, "Sandbox.Timedout") || out.String() != "terminated\n" {
		t.Errorf("a registered extension at the time limit: %s, output %q", got, out)
	}
	p, _ = start(t, Options{Grace: 50 * time.Millisecond}, "ignore")
	if err := p.Stop(within(t)); err == nil || !strings.Contains(err.Error(), "did not exit within 50ms of SIGTERM") {
		t.Errorf("a process that ignores SIGTERM: %v", err)
	}
	p, out = start(t, Options{}, "unregistered")
	if err := p.Stop(within(t)); err != nil || out.String() != "" {
		t.Errorf("without an extension: %v, output %q; want no SIGTERM", err, out)
	}
}

// state is the letter that the kernel shows for the process.
func state(t *testing.T, p *sandbox) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.current.child.Pid()))
	if err != nil {
		t.Skipf("no process states here: %v", err)
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return rest[:1]
}

func TestFrozenBetweenInvocations(t *testing.T) {
	p, _ := start(t, Options{}, "echo")
	for range 3 {
		limit := time.Now().Add(10 * time.Second)
		for state(t, p) != "T" {
			if time.Now().After(limit) {
				t.Fatal("the idle process is not frozen")
			}
		}
		if got := shown(invoke(t, p, "1")); got != "1" {
			t.Fatalf("after a thaw: %s", got)
		}
	}
}

func TestOneAtATime(t *testing.T) {
	p, _ := start(t, Options{}, "echo")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r, err := p.Invoke(context.Background(), fmt.Append(nil, i))
			if err != nil || string(r.Body) != fmt.Sprint(i) {
				t.Errorf("invocation %d: %v, %v", i, r, err)
			}
		})
	}
	wg.Wait()
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
}

func TestCallerGoesAway(t *testing.T) {
	p, out := start(t, Options{}, "hang on event")
	p.a.Timeout = 500 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for limit := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), "event") && time.Now().Before(limit); {
			runtime.Gosched()
		}
		cancel()
	}()
	if _, err := p.Invoke(ctx, []byte(`"hang"`)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := shown(invoke(t, p, `"next"`)); got != "1" { // waits for its turn, which the timeout brings
		t.Errorf("the next invocation: %s", got)
	}
}

func TestEventHeaders(t *testing.T) {
	p, _ := start(t, Options{ClientContext: `{"custom":{}}`, CognitoIdentity: `{"cognitoIdentityId":"c"}`}, "headers")
	want := `["arn:aws:lambda:us-east-1:123456789012:function:shop"] ["{\"custom\":{}}"] ["{\"cognitoIdentityId\":\"c\"}"] ["3"]`
	if got := string(invoke(t, p, "[1]").Body); got != want {
		t.Errorf("headers:\n got %s\nwant %s", got, want)
	}
}

func TestEnvironment(t *testing.T) {
	s := &sandbox{a: sim.Artifact{Dir: "/x", Command: "bootstrap", Unit: "shop", Memory: 256}, o: Options{Concurrency: 4}}
	env := s.environment("127.0.0.1:9001")
	for _, want := range []string{"AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001", "AWS_LAMBDA_FUNCTION_NAME=shop", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "LAMBDA_TASK_ROOT=/x", "_HANDLER=bootstrap", "AWS_LAMBDA_MAX_CONCURRENCY=4", "TZ=:UTC"} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in %q", want, env)
		}
	}
	s.o.Concurrency = 1
	if strings.Contains(strings.Join(s.environment("127.0.0.1:9001"), " "), "MAX_CONCURRENCY") {
		t.Error("ordinary Lambda has a concurrency")
	}
}
