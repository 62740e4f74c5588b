package tencent

import (
	"bytes"
	"context"
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

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, r sim.Runtime, a sim.Artifact) sim.Process {
	t.Helper()
	p, err := r.Start(within(t, 20*time.Second), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(within(t, 0)) })
	return p
}

// rules are what Stop reports.
func rules(err error) string {
	var v *sim.ViolationError
	if errors.As(err, &v) {
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
		{act: "exit before ready", runtime: NewCustom(), want: "init error: exited: 405 ContainerStateExited: the process exited with code 3 before it was ready; its output says why", code: 3},
		{act: "never ready", runtime: NewCustom(), limit: 50 * time.Millisecond, want: "init error: init timeout: the process was not ready within 50ms", code: -1},
		{act: "web exits at start", runtime: NewWeb(), want: "init error: exited: 405 ContainerStateExited: the process exited with code 3 before it was ready; its output says why", code: 3},
		{act: "web never listens", runtime: NewWeb(), limit: 50 * time.Millisecond, want: "within 50ms", code: -1},
		{act: "web on loopback", runtime: NewWeb(), want: "446 PortBindingFailed: the process listens on 127.0.0.1:", code: -1},
	}
	for _, tt := range tests {
		a := artifact(t, tt.act)
		if tt.limit > 0 {
			a.InitTimeout = tt.limit
		}
		_, err := tt.runtime.Start(within(t, 20*time.Second), a)
		var ie *sim.InitError
		if !errors.As(err, &ie) || !strings.Contains(err.Error(), tt.want) || ie.ExitCode != tt.code {
			t.Errorf("%s: error %v, want %s", tt.act, err, tt.want)
		}
	}
}

func TestCommandThatIsNotThere(t *testing.T) {
	for _, r := range []sim.Runtime{NewCustom(), NewWeb()} {
		_, err := r.Start(within(t, 20*time.Second), sim.Artifact{Dir: t.TempDir(), Command: "bootstrap"})
		var ie *sim.InitError
		if !errors.As(err, &ie) {
			t.Errorf("%s: error %v, want an init error", r.Name(), err)
		}
	}
}

func TestCustomEvents(t *testing.T) {
	tests := []struct {
		act   string
		limit time.Duration
		body  string // of the result
		err   string // the function error
		rules string
	}{
		{act: "good", body: `{"n":1}`},
		{act: "headers", body: `["128","10000",true]`},
		{act: "fails", body: `{"errorMessage":"nothing is left","errorType":"out_of_stock"}`, err: "430 out_of_stock: nothing is left"},
		{act: "fails in words", body: `no JSON`, err: "430 UserCodeError: no JSON"},
		{act: "exits", body: `{"errorCode":439,"errorMessage":"UserProcessExit: the process exited with code 4"}`, err: "439 UserProcessExit: the process exited with code 4"},
		{act: "never answers", limit: 50 * time.Millisecond, body: `{"errorCode":433,"errorMessage":"TimeLimitReached: the function did not answer within 50ms"}`, err: "433 TimeLimitReached: the function did not answer within 50ms"},
		{act: "never polls", limit: 50 * time.Millisecond, body: `{"errorCode":433,"errorMessage":"TimeLimitReached: the process did not poll for an event within 50ms"}`, err: "433 TimeLimitReached: the process did not poll for an event within 50ms"},
		{act: "too large", body: `{"errorCode":407,"errorMessage":"ResponseTooLarge: the size of response exceeds the upper limit of 6291456 bytes"}`,
			err: "407 ResponseTooLarge: the size of response exceeds the upper limit of 6291456 bytes", rules: "a response is larger than 6291456 bytes"},
		{act: "polls again", body: `{"same":true}`, rules: "invocation/next was called before the last event was answered"},
		{act: "answers twice", body: `{"n":1}`, rules: "an event was answered twice"},
		{act: "unasked", body: `{"n":1}`, rules: "a response came without an event"},
		{act: "unknown path", body: `{"n":1}`, rules: "POST /runtime/invocation/r-1/response is not a call of the runtime API"},
		{act: "next first", body: `{"n":1}`, rules: "invocation/next was called before init/ready"},
		{act: "ready twice", body: `{"n":1}`, rules: "init/ready was called twice"},
		{act: "wrong body", body: `{"n":1}`, rules: "the body of init/ready is not one space; init/ready was called twice"},
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
				t.Errorf("body %s, error %v; want %s, %s", r.Body, r.Error, tt.body, tt.err)
			}
			want := tt.rules
			if want == "" {
				want = "<nil>"
			}
			if tt.act == "answers twice" { // the second answer may still be on its way
				if _, err := p.Invoke(within(t, 20*time.Second), []byte(`{"n":1}`)); err != nil {
					t.Fatal(err)
				}
			}
			if got := rules(p.Stop(within(t, 20*time.Second))); got != want {
				t.Errorf("violations %s, want %s", got, want)
			}
		})
	}
}

func TestCustomRefusesEvents(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "good"))
	large := `"` + strings.Repeat("x", maxPayload) + `"`
	for _, tt := range []struct{ event, want string }{
		{"no JSON", "400 InvalidParameterValue: the event is not JSON"},
		{"", "400 InvalidParameterValue: the event is not JSON"},
		{large, "406 RequestTooLarge: the event is 6291458 bytes, the limit is 6291456"},
	} {
		r, err := p.Invoke(within(t, 20*time.Second), []byte(tt.event))
		if err != nil || r.Error == nil || r.Error.Error() != tt.want {
			t.Errorf("%.20s: %v, %v; want %s", tt.event, r, err, tt.want)
		}
	}
	r, err := p.Timer(within(t, 20*time.Second), sim.Timer{Name: "t", Payload: strings.Repeat("x", maxAsync)})
	if err != nil || r.Error == nil || !strings.HasSuffix(r.Error.Error(), "the limit is 131072") {
		t.Errorf("a timer of over 128 KB: %v, %v", r, err)
	}
	if response, err := p.HTTP(within(t, 20*time.Second), &sim.Request{Method: "POST", Target: "/", Body: []byte(large)}); err != nil || response.Status != 406 {
		t.Errorf("an http request of over 6 MB: %v, %v", response, err)
	}
	r, err = p.Timer(within(t, 20*time.Second), sim.Timer{Name: "t", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 8*3600)), Payload: "p"})
	if want := `{"Message":"p","Time":"2026-01-01T19:04:05Z","TriggerName":"t","Type":"Timer"}`; err != nil || string(r.Body) != want {
		t.Errorf("timer event %s, %v; want %s", r.Body, err, want)
	}
}

func TestCustomStartsAgain(t *testing.T) {
	a := artifact(t, "count")
	a.Timeout = time.Second
	p := start(t, NewCustom(), a).(*customProcess)
	var got []string
	for i := range 4 {
		if i == 2 {
			p.current.child.Kill()
		}
		r, err := p.Invoke(within(t, 20*time.Second), []byte(`1`))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(r.Body))
	}
	if strings.Join(got, " ") != "1 2 1 2" {
		t.Errorf("answers %q, want a new process after the third call", got)
	}
}

func TestCustomHasOneEventAtATime(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "good"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := fmt.Sprint(i)
			r, err := p.Invoke(within(t, 20*time.Second), []byte(want))
			if err != nil || string(r.Body) != want {
				t.Errorf("event %d: %v, %v", i, r, err)
			}
		})
	}
	wg.Wait()
	if err := p.Stop(within(t, 20*time.Second)); err != nil {
		t.Error(err)
	}
}

func TestFrozenWhileItWaits(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs /proc")
	}
	custom := start(t, NewCustom(), artifact(t, "good")).(*customProcess)
	frozen(t, custom.current.child)
	if _, err := custom.Invoke(within(t, 20*time.Second), []byte(`1`)); err != nil {
		t.Fatal(err)
	}
	frozen(t, custom.current.child)
}

// frozen waits until the process is stopped.
func frozen(t *testing.T, c *sim.Child) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); ; {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Pid()))
		if err != nil {
			t.Fatal(err)
		}
		if _, state, _ := bytes.Cut(stat, []byte(") ")); len(state) > 0 && state[0] == 'T' {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("the process is not frozen: %s", stat)
		}
	}
}

func TestStopKills(t *testing.T) {
	p := start(t, NewCustom(), artifact(t, "ignores SIGTERM"))
	if got := rules(p.Stop(within(t, 100*time.Millisecond))); got != sim.ErrKilled.Error() {
		t.Errorf("violations %s", got)
	}
	if _, err := p.Invoke(within(t, 20*time.Second), []byte(`1`)); fmt.Sprint(err) != "the instance was stopped" {
		t.Errorf("after stop: %v", err)
	}
}

func TestWeb(t *testing.T) {
	tests := []struct {
		act    string
		limit  time.Duration
		status int
		body   string // or its beginning
		rules  string
	}{
		{act: "web good", status: 200, body: "GET /a%2Fb?x=%20&y ["},
		{act: "web exits", status: 439, body: `{"errorCode":439,"errorMessage":"UserProcessExit: the process exited with code 4"}`},
		{act: "web hangs", limit: 50 * time.Millisecond, status: 433, body: `{"errorCode":433,"errorMessage":"TimeLimitReached: the function did not answer within 50ms"}`},
		{act: "web too large", status: 407, body: `{"errorCode":407`},
		{act: "web speaks no http", status: 430, body: `{"errorCode":430,"errorMessage":"UserCodeError: no http response: `},
		{act: "web sets its own id", status: 502, body: `{"errorCode":502`, rules: "the response sets the header X-Scf-Request-Id"},
		{act: "web sets connection", status: 502, body: `{"errorCode":502`, rules: "the response sets the header Connection"},
	}
	for _, tt := range tests {
		t.Run(tt.act, func(t *testing.T) {
			a := artifact(t, tt.act)
			if tt.limit > 0 {
				a.Timeout = tt.limit
			}
			p := start(t, NewWeb(), a)
			r, err := p.HTTP(within(t, 20*time.Second), &sim.Request{Method: "GET", Target: "/a%2Fb?x=%20&y", Host: "h", Header: [][2]string{{"x-scf-request-id", "forged"}, {"X-Own", "1"}}})
			if err != nil {
				t.Fatal(err)
			}
			if r.Status != tt.status || !strings.HasPrefix(string(r.Body), tt.body) || strings.Contains(string(r.Body), "forged") {
				t.Errorf("status %d, body %.300q; want %d, %q", r.Status, r.Body, tt.status, tt.body)
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

func TestWebRunsSeveralAtOnce(t *testing.T) {
	p := start(t, NewWeb(), artifact(t, "web waits for another"))
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if r, err := p.HTTP(within(t, 20*time.Second), &sim.Request{Method: "GET", Target: "/"}); err != nil || r.Status != 200 {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	wg.Wait()
}

func TestWebTakesHTTPOnly(t *testing.T) {
	p := start(t, NewWeb(), artifact(t, "web good"))
	if _, err := p.Timer(within(t, time.Second), sim.Timer{}); err == nil {
		t.Error("a web function took a timer")
	}
	if _, err := p.Invoke(within(t, time.Second), nil); err == nil {
		t.Error("a web function took an event")
	}
	if r, err := p.HTTP(within(t, time.Second), &sim.Request{Method: "POST", Target: "/", Body: make([]byte, maxPayload+1)}); err != nil || r.Status != 406 {
		t.Errorf("a request of over 6 MB: %v, %v", r, err)
	}
	if _, err := p.HTTP(within(t, time.Second), &sim.Request{Method: "GET", Target: "no-slash"}); err == nil {
		t.Error("a target without a slash was sent")
	}
}

// A relative folder must not reach the process, which has another working directory.
func TestCodeRootIsAbsolute(t *testing.T) {
	for _, v := range environment(sim.Artifact{Dir: "dist/tencent/u"}) {
		if dir, ok := strings.CutPrefix(v, "USER_CODE_ROOT="); ok && !filepath.IsAbs(dir) {
			t.Errorf("code root %s", dir)
		}
	}
}
