package local

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// standalone is a server that nobody handed a listener to, as a package or an image runs it.
type standalone struct {
	addr string
	stop context.CancelFunc // what SIGTERM does
	code chan int
	log  *logged
}

// logged is what a server has logged, a line a value.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan map[string]any
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var line map[string]any
	if json.Unmarshal(b, &line) == nil {
		select {
		case l.line <- line:
		default: // nobody reads that many
		}
	}
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait returns the next line with the message.
func (l *logged) wait(t *testing.T, message string) map[string]any {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case line := <-l.line:
			if line["msg"] == message {
				return line
			}
		case <-limit:
			t.Fatalf("the server did not say %q:\n%s", message, l)
		}
	}
}

// variables are those of the application.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { value, ok := v[name]; return value, ok }

func alone(t *testing.T, app func(*framework.Runtime) *framework.App, env map[string]string) *standalone {
	t.Helper()
	all := map[string]string{"FAAS_ADDR": "127.0.0.1:0"}
	for k, v := range env {
		all[k] = v
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &standalone{stop: cancel, code: make(chan int, 1), log: &logged{line: make(chan map[string]any, 100)}}
	started := func(rt *framework.Runtime) *framework.App {
		rt.Variables = variables(all)
		return app(rt)
	}
	go func() {
		s.code <- run(ctx, started, process{env: func(n string) string { return all[n] }, in: strings.NewReader(""), out: io.Discard, err: s.log})
	}()
	t.Cleanup(cancel)
	s.addr = s.log.wait(t, "serving")["addr"].(string)
	return s
}

func (s *standalone) get(t *testing.T, path string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(b))
}

func (s *standalone) end(t *testing.T) {
	t.Helper()
	s.stop()
	select {
	case code := <-s.code:
		if code != 0 {
			t.Errorf("exit code %d:\n%s", code, s.log)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not stop")
	}
}

// A request that runs when the process is stopped is answered, and the application is closed after it.
func TestStopFinishesWhatRuns(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var closed atomic.Bool
	s := alone(t, func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Stop: func(context.Context) error { closed.Store(true); return nil }, Functions: []*framework.Function{
			{Name: "slow", Triggers: triggers(web.Route{Method: "GET", Pattern: "/slow"}), Handler: func(ctx *framework.Context) error {
				close(entered)
				<-release
				if closed.Load() {
					t.Error("the application was closed while a request ran")
				}
				ctx.SetResult("done")
				return nil
			}},
		}}
	}, nil)
	type answer struct {
		status int
		body   string
	}
	answers := make(chan answer, 1)
	go func() {
		status, body := s.get(t, "/slow")
		answers <- answer{status, body}
	}()
	<-entered
	s.stop()
	for refused := false; !refused; { // no new connection comes in
		c, err := net.Dial("tcp", s.addr)
		if refused = err != nil; !refused {
			c.Close()
		}
	}
	close(release)
	if a := <-answers; a.status != 200 || a.body != "done" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	s.end(t)
	if !closed.Load() {
		t.Error("the application was not closed")
	}
}

// With FAAS_DRAIN the server goes on for a while, says that it is about to stop, and fires no timers.
func TestDrain(t *testing.T) {
	t.Parallel() // most of it is waiting
	s := alone(t, application, map[string]string{"FAAS_DRAIN": "3s"})
	if status, body := s.get(t, "/_faas/ready"); status != 200 || body != `{"status":"ok"}` {
		t.Errorf("before: %d %s", status, body)
	}
	stopped := time.Now()
	s.stop()
	s.log.wait(t, "stopping")
	if status, body := s.get(t, "/_faas/ready"); status != 503 || body != `{"status":"stopping"}` {
		t.Errorf("ready while it drains: %d %s", status, body)
	}
	if status, _ := s.get(t, "/_faas/health"); status != 200 {
		t.Errorf("health while it drains: %d", status)
	}
	if status, _ := s.get(t, "/things/7"); status != 200 {
		t.Errorf("a request while it drains: %d", status)
	}
	s.end(t)
	if took := time.Since(stopped); took < 3*time.Second {
		t.Errorf("it served for %s, expected 3s", took)
	}
}

// A process that is stopped before it is up does not wait for requests that nobody sends.
func TestStopBeforeItIsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	env := map[string]string{"FAAS_ADDR": "127.0.0.1:0", "FAAS_DRAIN": "1h"}
	code := run(ctx, func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Start: func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }}
	}, process{env: func(n string) string { return env[n] }, in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// Control endpoints are for this machine alone, also for who knows the token.
func TestControlIsForThisMachine(t *testing.T) {
	application := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u"})
	for _, tc := range []struct {
		name, remote, header, value string
		status                      int
	}{
		{"this machine", "127.0.0.1:9", "", "", 200},
		{"this machine by IPv6", "[::1]:9", "", "", 200},
		{"another machine", "10.0.0.7:9", "", "", 418},
		{"a proxy on this machine", "127.0.0.1:9", "X-Forwarded-For", "127.0.0.1", 418},
		{"a proxy of the standard", "127.0.0.1:9", "Forwarded", "for=127.0.0.1", 418},
		{"a unix socket", "@", "", "", 418},
	} {
		r := httptest.NewRequest("GET", "/_faas/functions", nil)
		r.RemoteAddr = tc.remote
		r.Header.Set(ControlHeader, "token")
		if tc.header != "" {
			r.Header.Set(tc.header, tc.value)
		}
		w := httptest.NewRecorder()
		control{token: "token", caller: &caller{engine: e}, next: application}.ServeHTTP(w, r)
		if w.Code != tc.status {
			t.Errorf("%s: %d, want %d", tc.name, w.Code, tc.status)
		}
	}
}

// FAAS_FUNCTIONS chooses what is served, with the timers, and FAAS_TIMERS=0 keeps those from firing.
func TestChosenFunctionsAndTimers(t *testing.T) {
	var fired atomic.Int32
	app := func(*framework.Runtime) *framework.App {
		tick := func(ctx *framework.Context) error { fired.Add(1); return nil }
		return &framework.App{Unit: "app", Functions: []*framework.Function{
			{Name: "book-get", Triggers: triggers(web.Route{Method: "GET", Pattern: "/books"}), Handler: func(ctx *framework.Context) error { ctx.SetResult("books"); return nil }},
			{Name: "order-get", Triggers: triggers(web.Route{Method: "GET", Pattern: "/orders"}), Handler: func(ctx *framework.Context) error { ctx.SetResult("orders"); return nil }},
			{Name: "book-tick", Triggers: triggers(timer.Schedule{Name: "tick", Every: 10 * time.Millisecond}), Handler: tick},
		}}
	}
	s := alone(t, app, map[string]string{"FAAS_FUNCTIONS": "book-*", "FAAS_TIMERS": "0"})
	if status, body := s.get(t, "/books"); status != 200 || body != "books" {
		t.Errorf("got %d %s", status, body)
	}
	if status, _ := s.get(t, "/orders"); status != 404 {
		t.Errorf("a function that is not chosen answers %d", status)
	}
	time.Sleep(100 * time.Millisecond)
	s.end(t)
	if n := fired.Load(); n != 0 {
		t.Errorf("a timer fired %d times with FAAS_TIMERS=0", n)
	}
	s = alone(t, app, map[string]string{"FAAS_FUNCTIONS": "!order-get"})
	for limit := time.Now().Add(20 * time.Second); fired.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("no timer fired")
		}
	}
	s.end(t)
}

func TestHealthArgument(t *testing.T) {
	var ill atomic.Bool
	s := alone(t, func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Health: func(context.Context) error {
			if ill.Load() {
				return io.ErrUnexpectedEOF
			}
			return nil
		}}
	}, nil)
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	probe := func(addr string) (int, string) {
		var errs bytes.Buffer
		env := func(n string) string { return map[string]string{"FAAS_ADDR": addr}[n] }
		return run(t.Context(), application, process{args: []string{"health"}, env: env, in: strings.NewReader(""), out: io.Discard, err: &errs}), errs.String()
	}
	for _, addr := range []string{s.addr, "0.0.0.0:" + port} {
		if code, errs := probe(addr); code != 0 || errs != "" {
			t.Errorf("%s: exit code %d, %s", addr, code, errs)
		}
	}
	ill.Store(true)
	if code, errs := probe(s.addr); code != 1 || !strings.HasPrefix(errs, `the server cannot do its work: status 503: {"status":"unhealthy"}`) {
		t.Errorf("unhealthy: exit code %d, %s", code, errs)
	}
	s.end(t)
	if code, errs := probe(s.addr); code != 1 || !strings.HasPrefix(errs, "the server does not answer: ") {
		t.Errorf("stopped: exit code %d, %s", code, errs)
	}
}
