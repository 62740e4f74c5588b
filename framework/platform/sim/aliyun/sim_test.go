package aliyun

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// rules are what Stop reports.
func rules(err error) string {
	if v, ok := errors.AsType[*sim.ViolationError](err); ok {
		return strings.Join(v.Rules, "; ")
	}
	return fmt.Sprint(err)
}

func TestInitErrors(t *testing.T) {
	tests := []struct {
		act     string
		runtime sim.Runtime
		limit   time.Duration
		want    string
		code    int
	}{
		{act: "exits at start", want: "init error: exited: CAExited: the process exited with code 3 before it was ready; its output says why", code: 3},
		{act: "never listens", runtime: customRuntime{listen: 50 * time.Millisecond}, want: "init error: init timeout: FunctionNotStarted: the process did not listen on port ", code: -1},
		{act: "on loopback", want: "init error: not reachable: FunctionNotStarted: the process listens on 127.0.0.1:", code: -1},
		{act: "initializer fails", want: "init error: no_database: the database is not there", code: -1},
		{act: "initializer fails and the process exits", want: "init error: FunctionInitError: ", code: 5},
		{act: "initializer exits", want: "init error: exited: CAExited: the process exited with code 6 before it was ready", code: 6},
		{act: "initializer breaks off", want: "init error: FunctionInitError: no http response: ", code: -1},
		{act: "initializer hangs", limit: 3 * time.Second, want: "init error: init timeout: FunctionNotStarted: the initializer did not answer within 3s", code: -1},
	}
	for _, tt := range tests {
		t.Run(tt.act, func(t *testing.T) {
			t.Parallel() // some wait for the process to end by itself
			a := artifact(t, tt.act)
			if tt.limit > 0 {
				a.InitTimeout = tt.limit
			}
			r := tt.runtime
			if r == nil {
				r = NewCustom()
			}
			_, err := r.Start(within(t, 20*time.Second), a)
			ie, ok := errors.AsType[*sim.InitError](err)
			if !ok || !strings.HasPrefix(err.Error(), tt.want) || ie.ExitCode != tt.code {
				t.Errorf("error %v, code %d; want %s, %d", err, ie.ExitCode, tt.want, tt.code)
			}
		})
	}
}

func TestWithoutHooks(t *testing.T) {
	for _, act := range []string{"initializer fails", "pre-stop fails"} {
		p := start(t, NewCustomWithoutHooks(), artifact(t, act))
		if r, err := p.Invoke(within(t, 20*time.Second), []byte("x")); err != nil || string(r.Body) != "x" {
			t.Errorf("%s: %v, %v", act, r, err)
		}
		if err := p.Stop(within(t, 20*time.Second)); err != nil {
			t.Errorf("%s: %v", act, err)
		}
	}
}

func TestEvents(t *testing.T) {
	tests := []struct {
		act   string
		limit time.Duration
		body  string // of the result
		err   string // the function error
		rules string
	}{
		{act: "good", body: `{"n":1}`},
		{act: "shows headers", body: `POST /invoke 127.0.0.1 application/octet-stream "{\"n\":1}" 10  []`},
		{act: "fails", body: `{"errorMessage":"nothing is left","errorType":"out_of_stock"}`, err: "out_of_stock: nothing is left"},
		{act: "fails in words", body: " no JSON\n", err: "UnhandledFunctionError: no JSON"},
		{act: "fails unmarked", body: "unmarked", rules: "a failed event has status 404 without X-Fc-Status: 404"},
		{act: "answers 500", err: "UnhandledFunctionError: ", rules: `the response to an event has status 500 and X-Fc-Status "", expected 200 or 404 in both`},
		{act: "marks a success as failed", err: "UnhandledFunctionError: ", rules: `the response to an event has status 200 and X-Fc-Status "404", expected 200 or 404 in both`},
		{act: "marks 500", err: "UnhandledFunctionError: ", rules: `the response sets X-Fc-Status to "500", expected 200 or 404`},
		{act: "sets server", err: "UnhandledFunctionError: ", rules: "the response sets the header Server"},
		{act: "exits", body: `{"errorMessage":"the process exited with code 4","errorType":"CAExited"}`, err: "CAExited: the process exited with code 4"},
		{act: "hangs", limit: 50 * time.Millisecond, body: `{"errorMessage":"the function did not answer within 50ms","errorType":"FunctionTimedOut"}`, err: "FunctionTimedOut: the function did not answer within 50ms"},
		{act: "pre-stop fails", body: `{"n":1}`, rules: "pre-stop: found status 404, expected 2xx"},
	}
	for _, tt := range tests {
		t.Run(tt.act, func(t *testing.T) {
			a := artifact(t, tt.act)
			if tt.limit > 0 {
				a.Timeout = tt.limit
			}
			p := start(t, NewCustom(), a)
			r, err := p.Invoke(within(t, 20*time.Second), []byte(`{"n":1}`))
			if err != nil {
				t.Fatal(err)
			}
			if string(r.Body) != tt.body || (r.Error == nil) != (tt.err == "") || r.Error != nil && r.Error.Error() != tt.err {
				t.Errorf("body %q, error %v; want %q, %s", r.Body, r.Error, tt.body, tt.err)
			}
			want := tt.rules
			if want == "" {
				want = "<nil>"
			}
			if got := rules(p.Stop(within(t, 20*time.Second))); got != want {
				t.Errorf("violations %s, want %s", got, want)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	tests := []struct {
		act    string
		limit  time.Duration
		status int
		body   string // or its beginning when it ends with ...
		rules  string
	}{
		{act: "shows headers", status: 200, body: `PUT /a%2Fb?x=%20&y h text/plain "body" 10 127.0.0.1 ["1" "2"]`},
		{act: "marks an http failure", status: 503},
		{act: "exits", status: 502, body: `{"errorMessage":"the process exited with code 4","errorType":"CAExited"}`},
		{act: "breaks off", status: 502, body: `{"errorMessage":"no http response: ...`},
		{act: "hangs", limit: 50 * time.Millisecond, status: 200, body: `{"errorMessage":"the function did not answer within 50ms","errorType":"FunctionTimedOut"}`},
		{act: "sets the vendor's header", status: 502, body: `{"errorMessage":"the response sets the header X-Fc-Request-Id",...`, rules: "the response sets the header X-Fc-Request-Id"},
		{act: "sets server", status: 502, body: `{"errorMessage":"the response sets the header Server",...`, rules: "the response sets the header Server"},
		{act: "sets connection", status: 502, body: `{"errorMessage":"the response sets the header Connection",...`, rules: "the response sets the header Connection"},
		{act: "marks 500", status: 502, body: `{...`, rules: `the response sets X-Fc-Status to "500", expected 200 or 404`},
	}
	for _, tt := range tests {
		t.Run(tt.act, func(t *testing.T) {
			t.Parallel()
			a := artifact(t, tt.act)
			if tt.limit > 0 {
				a.Timeout = tt.limit
			}
			p := start(t, NewCustom(), a)
			r, err := p.HTTP(within(t, 20*time.Second), &sim.Request{Method: "PUT", Target: "/a%2Fb?x=%20&y", Host: "h",
				Header: [][2]string{{"Content-Type", "text/plain"}, {"X-Own", "1"}, {"X-Own", "2"}, {"Connection", "keep-alive"}}, Body: []byte("body")})
			if err != nil {
				t.Fatal(err)
			}
			if short, cut := strings.CutSuffix(tt.body, "..."); r.Status != tt.status || string(r.Body) != tt.body && (!cut || !strings.HasPrefix(string(r.Body), short)) {
				t.Errorf("status %d, body %.300q; want %d, %q", r.Status, r.Body, tt.status, tt.body)
			}
			for _, h := range r.Header {
				if name := strings.ToLower(h[0]); strings.HasPrefix(name, "x-fc-status") || name == "date" || name == "content-length" {
					t.Errorf("the client got the header %s", h[0])
				}
			}
			want := tt.rules
			if want == "" {
				want = "<nil>"
			}
			if got := rules(p.Stop(within(t, 20*time.Second))); got != want {
				t.Errorf("violations %s, want %s", got, want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "good"))
	for _, tt := range []struct {
		name    string
		request sim.Request
		want    string
	}{
		{"vendor's header", sim.Request{Header: [][2]string{{"x-fc-control-path", "/invoke"}}}, "the request sets the header x-fc-control-path"},
		{"headers", sim.Request{Header: [][2]string{{"A", strings.Repeat("x", maxHeader)}}}, "the headers are 8193 bytes, the limit is 8192"},
		{"query", sim.Request{Target: "/?" + strings.Repeat("x", maxTarget)}, "path and query are 4098 bytes, the limit is 4096"},
		{"body", sim.Request{Body: make([]byte, maxPayload+1)}, "the body is 33554433 bytes, the limit is 33554432"},
	} {
		tt.request.Method = "POST"
		if tt.request.Target == "" {
			tt.request.Target = "/"
		}
		r, err := p.HTTP(within(t, 20*time.Second), &tt.request)
		if err != nil || r.Status != 400 || !strings.Contains(string(r.Body), `"errorMessage":"`+tt.want+`","errorType":"InvalidArgument"`) {
			t.Errorf("%s: %v, %v; want 400 and %s", tt.name, r, err, tt.want)
		}
	}
	if r, err := p.Timer(within(t, 20*time.Second), sim.Timer{Payload: strings.Repeat("x", maxAsync)}); err != nil || r.Error == nil || !strings.HasSuffix(r.Error.Message, "the limit is 131072") {
		t.Errorf("a timer of over 128 KB: %v, %v", r, err)
	}
	if r, err := p.Invoke(within(t, 20*time.Second), make([]byte, maxPayload+1)); err != nil || r.Error == nil || !strings.HasSuffix(r.Error.Message, "the limit is 33554432") {
		t.Errorf("an event of over 32 MB: %v, %v", r, err)
	}
	r, err := p.Timer(within(t, 20*time.Second), sim.Timer{Name: "t", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 8*3600)), Payload: "p"})
	if want := `{"payload":"p","triggerName":"t","triggerTime":"2026-01-01T19:04:05Z"}`; err != nil || string(r.Body) != want {
		t.Errorf("timer event %s, %v; want %s", r.Body, err, want)
	}
}

func TestStartsAgain(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "exits"))
	for range 2 { // the first process is gone when the second call comes
		if r, err := p.Invoke(within(t, 20*time.Second), nil); err != nil || r.Error == nil || r.Error.Type != "CAExited" {
			t.Errorf("%v, %v", r, err)
		}
	}
}

func TestSeveralAtOnce(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "waits for another"))
	var wg sync.WaitGroup
	wg.Go(func() {
		if r, err := p.HTTP(within(t, 20*time.Second), &sim.Request{Method: "GET", Target: "/"}); err != nil || r.Status != 200 {
			t.Errorf("%v, %v", r, err)
		}
	})
	wg.Go(func() {
		if r, err := p.Invoke(within(t, 20*time.Second), nil); err != nil || r.Error != nil {
			t.Errorf("%v, %v", r, err)
		}
	})
	wg.Wait()
}

func TestFrozenBetweenCalls(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs /proc")
	}
	a := artifact(t, "good")
	p := start(t, NewCustom(), a)
	frozen(t, a.Dir)
	if _, err := p.Invoke(within(t, 20*time.Second), nil); err != nil {
		t.Fatal(err)
	}
	frozen(t, a.Dir)
}

// frozen waits until the process that runs in dir is stopped.
func frozen(t *testing.T, dir string) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		all, err := os.ReadDir("/proc")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if cwd, err := os.Readlink("/proc/" + e.Name() + "/cwd"); err != nil || cwd != dir {
				continue
			}
			stat, _ := os.ReadFile("/proc/" + e.Name() + "/stat")
			if _, state, _ := bytes.Cut(stat, []byte(") ")); len(state) > 0 && state[0] == 'T' {
				return
			}
		}
	}
	t.Fatal("the process is not frozen")
}

func TestStopKills(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "ignores SIGTERM"))
	if got := rules(p.Stop(within(t, 100*time.Millisecond))); got != sim.ErrKilled.Error() {
		t.Errorf("violations %s", got)
	}
}

// A relative folder must not reach the process, which has another working directory.
func TestCodeRootIsAbsolute(t *testing.T) {
	for _, v := range environment(sim.Artifact{Dir: "dist/aliyun/u"}, 1) {
		if dir, ok := strings.CutPrefix(v, "FC_FUNC_CODE_PATH="); ok && !filepath.IsAbs(dir) {
			t.Errorf("code root %s", dir)
		}
	}
}
