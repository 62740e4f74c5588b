package faastest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// What a call leaves running has ended when the test goes on, whichever way it was called.
func TestBackgroundWorkIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*faastest.App) error{
		"call": func(a *faastest.App) error { _, err := a.Call("f", nil); return err },
		"http": func(a *faastest.App) error { a.Do("GET", "/f", nil); return nil },
		"deliver": func(a *faastest.App) error {
			_, err := a.Deliver("aws", a.Payload("aws", "http", httptest.NewRequest("GET", "/f", nil)))
			return err
		},
	} {
		done := false
		a := faastest.Start(t, func(*framework.Runtime) *framework.App {
			return &framework.App{Unit: "u", Functions: []*framework.Function{{
				Name: "f", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/f"}},
				Handler: func(c *framework.Context) error {
					c.Go(func(context.Context) error { time.Sleep(time.Millisecond); done = true; return nil })
					return nil
				},
			}}}
		})
		if err := call(a); err != nil || !done {
			t.Errorf("%s: %v, done %t", name, err, done)
		}
	}
}

func TestCallByName(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	in := greeting{
		page: page{Limit: new(3), Sort: []string{"a&b", "c"}},
		Name: "A/n n", Within: time.Second, Trace: "t1", Session: "s1", Text: "!",
	}
	got := faastest.Call[*greeted](t, a, "greet", in)
	if got.Text != `hello A/n n! within 1s, "t1" "s1"` || got.Limit != 3 || len(got.Sort) != 2 || got.Sort[0] != "a&b" || got.Body != `{"text":"!"}` {
		t.Errorf("got %+v", got)
	}
	if got := faastest.Call[greeted](t, a, "greet", &in); got.Limit != 3 { // the value of the result, from a pointer of the event
		t.Errorf("got %+v", got)
	}
	for name, event := range map[string]any{
		"text":        `{"name":"Ann","text":"!"}`,
		"bytes":       []byte(`{"path":"/greet/Ann","body":{"text":"!"}}`),
		"map":         map[string]string{"name": "Ann", "text": "!"},
		"request":     post("/greet/Ann", `{"text":"!"}`),
		"web.Request": &web.Request{Method: "POST", Path: "/greet/Ann", Body: []byte(`{"text":"!"}`), Header: web.Header{"Content-Type": {"application/json"}}},
	} {
		if got := faastest.Call[struct{ Text string }](t, a, "greet", event); got.Text != `hello Ann! within 0s, "" ""` {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if got := faastest.Call[map[string]int](t, a, "sum", []int{1, 2, 3}); got["sum"] != 6 {
		t.Errorf("sum: %v", got)
	}
	if _, err := a.Call("sum", nil); err == nil || !strings.Contains(err.Error(), "found object, expected array") { // {}, as from the clouds
		t.Errorf("sum of nothing: %v", err)
	}
	if got := faastest.Call[string](t, a, "stream", `{"path":"x/y"}`); got != "\xffx/y" {
		t.Errorf("stream: %q", got)
	}
	if _, err := a.Call("break", nil); err == nil || err.Error() != "the disk is gone" {
		t.Errorf("a stream that fails: %v", err)
	}
	_, err := a.Call("greet", greeting{Name: "nobody"})
	if fe, ok := errors.AsType[*framework.Error](err); !ok || fe.Code != "not_found" {
		t.Errorf("error = %v", err)
	}
}

func TestCallRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	for _, tt := range []struct {
		function string
		event    any
		want     string
	}{
		{"nobody", nil, `unit app has no function "nobody"; it has ["break" "greet"`},
		{"greet", httptest.NewRequest("GET", "/files/a", nil), "event of function greet: GET /files/a goes to function stream"},
		{"greet", httptest.NewRequest("GET", "/none", nil), "GET /none goes to no function"},
		{"greet", nil, "needs a value for {name}"},
		{"greet", timer.Event{}, "the function has no timer"},
		{"purge", timer.Event{Name: "report"}, `the function has no timer "report"`},
		{"purge", 5, "expected a timer event"},
		{"sum", make(chan int), "unsupported type"},
	} {
		if _, err := a.Call(tt.function, tt.event); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s(%v): error %v, want %q", tt.function, tt.event, err, tt.want)
		}
	}
	try(t, func(t testing.TB) {
		faastest.Call[int](t, a, "greet", greeting{Name: "Ann"})
	}).want(t, "call of greet", "*faastest_test.greeted", "int")
	try(t, func(t testing.TB) { faastest.Call[int](t, a, "greet", greeting{Name: "nobody"}) }).want(t, "there is nobody")
}

func TestTimersFireWhenTheTestSaysSo(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.FixedZone("", 3600))
	for _, name := range []string{"purge-old", "purge"} {
		if got, err := a.Timer(name, at); err != nil || got != (fired{"purge-old", "old", "2026-01-02T02:00:00Z"}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if got := faastest.Call[fired](t, a, "purge", timer.Event{Payload: "mine", Time: at.UTC()}); got.Payload != "mine" {
		t.Errorf("got %+v", got)
	}
	if _, err := a.Timer("nightly", at); err == nil || !strings.Contains(err.Error(), `no timer "nightly"; it has ["purge-old" "report"]`) {
		t.Errorf("error = %v", err)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	w := a.Do("POST", "/greet/Ann?limit=2", `{"text":"!"}`, "X-Trace: t1", "Cookie: session=s1")
	if got := faastest.JSON[greeted](t, w); w.Code != 201 || got.Limit != 2 || got.Text != `hello Ann! within 0s, "t1" "s1"` {
		t.Errorf("%d %+v", w.Code, got)
	}
	if cookies := w.Result().Cookies(); len(cookies) != 2 {
		t.Errorf("cookies %v", cookies)
	}
	for _, tt := range []struct {
		method, target string
		body           any
		header         []string
		status         int
		want           string
	}{
		{"POST", "/greet/Ann", greeting{Text: "?"}, nil, 201, "hello Ann?"},
		{"POST", "/greet/Ann", strings.NewReader(`{"text":"?"}`), []string{"Content-Type: application/json"}, 201, "hello Ann?"},
		{"POST", "/greet/Ann", `{"text":"?"}`, []string{"Content-Type: text/plain"}, 415, ""},
		{"POST", "/greet/Ann", []byte("x"), nil, 400, "invalid JSON"},
		{"POST", "/greet/nobody", nil, nil, 404, "there is nobody"},
		{"GET", "/greet/Ann", nil, nil, 405, ""},
		{"GET", "/files/a/b", nil, []string{"Host: other.example.com"}, 200, "\xffa/b"},
		{"GET", "/", nil, nil, 404, ""},
	} {
		if w := a.Do(tt.method, tt.target, tt.body, tt.header...); w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s %s %v: %d %s", tt.method, tt.target, tt.body, w.Code, w.Body)
		}
	}
	s := httptest.NewServer(a.Handler())
	defer s.Close()
	r, err := http.Get(s.URL + "/files/a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); string(body) != "\xffa" || err != nil {
		t.Errorf("over a server: %q, %v", body, err)
	}
}

func TestRequestsThatFailTheTest(t *testing.T) {
	start := func(f func(a *faastest.App, t testing.TB)) *trial {
		return try(t, func(t testing.TB) { f(faastest.Start(t, newApp), t) })
	}
	start(func(a *faastest.App, t testing.TB) { a.Do("GET", "/break", nil) }).want(t, "GET http://example.com/break", "broke its response off")
	start(func(a *faastest.App, t testing.TB) { a.Do("GET", "no-slash", nil) }).want(t, "begins with a slash")
	start(func(a *faastest.App, t testing.TB) { a.Do("GET", "/", make(chan int)) }).want(t, "the body", "unsupported type")
	start(func(a *faastest.App, t testing.TB) { a.Do("GET", "/", nil, "X") }).want(t, `header "X"`)
	start(func(a *faastest.App, t testing.TB) { faastest.JSON[int](t, a.Do("GET", "/", nil)) }).want(t, "status 404")
	start(func(a *faastest.App, t testing.TB) { faastest.JSON[int](t, a.Do("GET", "/files/a", nil)) }).want(t, "the body is not of type int")
}

func TestLogs(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	a.Do("POST", "/greet/Ann", nil, "X-Trace: t1")
	first := a.LastRequest()
	a.Do("POST", "/greet/Bob", nil)
	logs := a.Logs().Request(first)
	if len(logs) != 2 || len(a.Logs()) != 4 {
		t.Fatalf("logs of %s: %s\nall: %s", first, logs, a.Logs())
	}
	r := logs.Level(slog.LevelInfo)[0]
	if r.Message != "greeted" || r.Attributes["who.name"] != name("Ann") || r.Attributes["who.more.trace"] != "t1" || r.Attributes["function"] != "greet" {
		t.Errorf("record %s", r)
	}
	if got := a.Logs().Containing("name=the name Bob"); len(got) != 1 || got[0].Attributes["request_id"] != a.LastRequest() {
		t.Errorf("records with Bob: %s", got)
	}
}

func TestConfiguration(t *testing.T) {
	t.Setenv("GREET_TEXT", "from the shell")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"config.default.yml": "greet: {text: default, tags: [a]}\n", "config.test.yml": "greet: {text: test}\n", "config.prod.yml": "greet: {text: prod}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name    string
		options []faastest.Option
		want    string
		tags    int
	}{
		{"files of the environment test", []faastest.Option{faastest.Dir(dir)}, "test", 1},
		{"another environment", []faastest.Option{faastest.Dir(dir), faastest.Env("prod")}, "prod", 1},
		{"no files", nil, "hello", 0},
		{"the process's variables", []faastest.Option{faastest.Dir(dir), faastest.ProcessVariables()}, "from the shell", 1},
		{"values", []faastest.Option{faastest.Dir(dir), faastest.ProcessVariables(), faastest.Config{"greet.text": "value", "greet.tags": []string{"x", "y"}}}, "value", 2},
		{"nested values", []faastest.Option{faastest.Config{"greet": map[string]any{"text": "value", "tags": []any{"x", time.Second}}}}, "value", 2},
		{"nested Config", []faastest.Option{faastest.Config{"greet": faastest.Config{"text": "value"}}}, "value", 0},
		{"variables", []faastest.Option{faastest.Dir(dir), faastest.Variables{"GREET_TEXT": "variable"}}, "variable", 1},
	} {
		u := &unit{}
		faastest.Start(t, u.new, tt.options...)
		if u.greeting != tt.want || len(u.tags) != tt.tags {
			t.Errorf("%s: %q %q, want %q", tt.name, u.greeting, u.tags, tt.want)
		}
	}
}

// The variables of .env count in a test, below its own and those of the process.
func TestVariablesOfTheMachine(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"config.default.yml": "greet: {text: file, tags: [file]}\n", ".env": "GREET_TEXT='from .env'\nGREET_TAGS_FROM=env:WORD\nWORD=word\nFAAS_FUNCTIONS=nothing\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name    string
		process map[string]string
		options []faastest.Option
		text    string
		tag     string
	}{
		{"the file's", nil, nil, "from .env", "word"},
		{"the process's do not count", map[string]string{"GREET_TEXT": "process"}, nil, "from .env", "word"},
		{"the process's", map[string]string{"GREET_TEXT": "process", "GREET_TAGS": "shell"}, []faastest.Option{faastest.ProcessVariables()}, "process", "shell"},
		{"a reference of the process's", map[string]string{"GREET_TEXT_FROM": "env:WORD"}, []faastest.Option{faastest.ProcessVariables()}, "word", "word"},
		{"the test's", nil, []faastest.Option{faastest.Config{"greet.tags": []string{"test"}}, faastest.Variables{"GREET_TEXT_FROM": "env:WORD"}}, "word", "test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.process {
				t.Setenv(name, value)
			}
			u := &unit{}
			faastest.Start(t, u.new, append(tt.options, faastest.Dir(dir))...)
			if u.greeting != tt.text || len(u.tags) != 1 || u.tags[0] != tt.tag {
				t.Errorf("%q %q, want %q %q", u.greeting, u.tags, tt.text, tt.tag)
			}
		})
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("\nGREET_TEXT=\"hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tr := try(t, func(t testing.TB) { faastest.Start(t, newApp, faastest.Dir(dir)) })
	tr.want(t, "faastest: "+filepath.Join(dir, ".env")+":2:12: the value of GREET_TEXT has no closing \"")
}

// What a test sets wins over what the process has, whichever of the two is a reference.
func TestReferencesOfTheProcess(t *testing.T) {
	t.Setenv("GREET_TEXT", "from the shell")
	t.Setenv("GREET_TAGS_FROM", "env:NOWHERE")
	u := &unit{}
	faastest.Start(t, u.new, faastest.ProcessVariables(), faastest.Config{"greet.tags": []string{"env:x"}},
		faastest.Variables{"GREET_TEXT_FROM": "env:WORD", "WORD": "file:word"})
	if u.greeting != "file:word" || len(u.tags) != 1 || u.tags[0] != "env:x" {
		t.Errorf("%q %q", u.greeting, u.tags)
	}
}

func TestConfigurationThatNothingReadsIsNamed(t *testing.T) {
	tr := try(t, func(t testing.TB) { faastest.Start(t, newApp, faastest.Config{"greet.txet": "x", "greet.text": "y"}) })
	if tr.want(t); len(tr.logged) != 1 || !strings.Contains(tr.logged[0], "greet.txet") {
		t.Errorf("logged %q", tr.logged)
	}
	// A test that has failed did not get to what reads it, or has something better to say.
	tr = try(t, func(t testing.TB) {
		faastest.Start(t, newApp, faastest.Config{"greet.txet": "x"})
		t.Fatal("the test's own")
	})
	if tr.want(t, "the test's own"); len(tr.logged) > 0 {
		t.Errorf("logged %q", tr.logged)
	}
}

func TestStartFailsTheTest(t *testing.T) {
	for _, tt := range []struct {
		unit    unit
		options []faastest.Option
		want    string
	}{
		{unit{failInit: errors.New("no database")}, nil, "init of unit app: no database"},
		{unit{}, []faastest.Option{faastest.Config{"a.b": nil}}, "configuration key a.b: found nil"},
		{unit{}, []faastest.Option{faastest.Config{"a.b": "1", "a_b": "2"}}, "a.b and a_b are both A_B"},
		{unit{}, []faastest.Option{faastest.Env("../x")}, "environment name"},
	} {
		try(t, func(t testing.TB) {
			faastest.Start(t, tt.unit.new, tt.options...)
			t.Errorf("it started")
		}).want(t, tt.want)
	}
	try(t, func(t testing.TB) {
		faastest.Start(t, func(rt *framework.Runtime) *framework.App {
			a := newApp(rt)
			a.Functions = append(a.Functions, &framework.Function{Name: "again", Handler: a.Functions[0].Handler, Triggers: a.Functions[0].Triggers})
			return a
		})
	}).want(t, "routes of unit app", "/break")
}

func TestTheEnd(t *testing.T) {
	u := &unit{closing: errors.New("the pool is stuck")}
	try(t, func(t testing.TB) { faastest.Start(t, u.new) }).want(t, "close of unit app: the pool is stuck")

	u = &unit{}
	try(t, func(t testing.TB) {
		a := faastest.Start(t, u.new)
		a.Close()
		if _, err := a.Call("sum", nil); !u.closed || !errors.Is(err, framework.ErrClosed) {
			t.Errorf("after Close: closed %t, %v", u.closed, err)
		}
	}).want(t)

	// A handler that ends within the grace is not a leak, even when nothing waits for it any more.
	u = &unit{release: make(chan struct{})}
	try(t, func(t testing.TB) {
		a := faastest.Start(t, u.new)
		if _, err := a.Call("hang", nil); !errors.Is(err, framework.ErrAbandoned) {
			t.Errorf("error = %v", err)
		}
		t.Cleanup(func() { close(u.release) })
	}).want(t)

	u = &unit{release: make(chan struct{})}
	tr := try(t, func(t testing.TB) {
		a := faastest.Start(t, u.new, faastest.Grace(time.Millisecond))
		_, _ = a.Call("hang", nil)
	})
	close(u.release)
	if len(tr.failures) == 0 || !strings.Contains(tr.failures[0], "function hang (request-1) still runs") {
		t.Errorf("failures %q", tr.failures)
	}
}

func TestCallsWorkInCleanups(t *testing.T) {
	try(t, func(t testing.TB) {
		a := faastest.Start(t, newApp)
		t.Cleanup(func() {
			if got := faastest.Call[map[string]int](t, a, "sum", []int{1}); got["sum"] != 1 {
				t.Errorf("sum: %v", got)
			}
		})
	}).want(t)
}

func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	var calls sync.WaitGroup
	for i := range 50 {
		calls.Go(func() {
			if got, err := a.Call("sum", []int{i, 1}); err != nil || got.(map[string]int)["sum"] != i+1 {
				t.Errorf("sum: %v, %v", got, err)
			}
			if w := a.Do("GET", "/files/x", nil); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			for _, p := range platforms() {
				if _, err := a.Deliver(p, faastest.Payload(t, p, "timer", timer.Event{Name: "report"})); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	if len(a.Logs()) != 0 {
		t.Errorf("logged:\n%s", a.Logs())
	}
}

func TestTheFolderIsThatOfTheApplication(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"f.yml": "service: x\n", "config.default.yml": "greet: {text: above}\n", "order/item/x.go": "package item\n"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(dir, "order", "item"))
	u := &unit{}
	a := faastest.Start(t, u.new)
	if u.greeting != "above" || filepath.Base(a.Runtime().CodeDir) != filepath.Base(dir) {
		t.Errorf("greeting %q from %s", u.greeting, a.Runtime().CodeDir)
	}
}

func TestRuntimeOption(t *testing.T) {
	a := faastest.Start(t, newApp, faastest.Runtime(func(rt *framework.Runtime) { rt.Platform = "aws" }))
	if rt := a.Runtime(); rt.Platform != "aws" || rt.Env != "test" {
		t.Errorf("facts %+v", rt)
	}
}

func post(target, body string) *http.Request {
	r := httptest.NewRequest("POST", target, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	return r
}
