package custom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

// api is a runtime API that does what its script says and records its requests.
type api struct {
	mu     sync.Mutex
	calls  []string // method, path and body
	events []event  // still to hand out; then next waits
	next   int      // status of next when there is nothing left, 0 waits
	post   int      // status of response and error, 0 is 200
	ready  int      // status of init/ready, 0 is 200
	polled chan struct{}
}

type event struct {
	body   string
	header map[string]string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.calls = append(a.calls, fmt.Sprintf("%s %s %.300s", r.Method, r.URL.Path, body))
	status := 200
	switch r.URL.Path {
	case "/runtime/init/ready":
		status = max(200, a.ready)
	case "/runtime/invocation/next":
		if len(a.events) > 0 {
			e := a.events[0]
			a.events = a.events[1:]
			a.mu.Unlock()
			for k, v := range e.header {
				w.Header()[k] = []string{v}
			}
			io.WriteString(w, e.body)
			return
		}
		if a.next == 0 {
			a.mu.Unlock()
			close(a.polled)
			<-r.Context().Done()
			return
		}
		status = a.next
	default:
		status = max(200, a.post)
	}
	a.mu.Unlock()
	w.WriteHeader(status)
	io.WriteString(w, "the vendor's words")
}

func (a *api) seen() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// start serves the API and points the environment at it.
func (a *api) start(t *testing.T) {
	a.polled = make(chan struct{})
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	host, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	t.Setenv("SCF_RUNTIME_API", host)
	t.Setenv("SCF_RUNTIME_API_PORT", port)
}

// unit is one raw function, which responses nothing if handler is nil.
func unit(handler framework.Handler, closed *bool) platform.New {
	if handler == nil {
		handler = func(*framework.Context) error { return nil }
	}
	return func(rt *framework.Runtime) *framework.App {
		rt.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
		return &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Handler: handler}},
			Stop: func(context.Context) error { *closed = true; return nil }}
	}
}

func TestLoop(t *testing.T) {
	limited := map[string]string{"request_id": "r-1", "memory_limit_in_mb": "256", "time_limit_in_ms": "3000"}
	tests := []struct {
		name    string
		api     *api
		handler framework.Handler
		err     string
		calls   []string
	}{
		{
			name: "answers in turn", api: &api{next: 500, events: []event{{`{"n":1}`, limited}, {`{"n":2}`, limited}}},
			handler: func(ctx *framework.Context) error { ctx.SetResult(ctx.Event()); return nil },
			err:     `runtime API: GET /runtime/invocation/next: found status 500 with "the vendor's words", expected 200`,
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/response {"n":1}`,
				"GET /runtime/invocation/next ", `POST /runtime/invocation/response {"n":2}`, "GET /runtime/invocation/next "},
		},
		{
			name: "the vendor's view", api: &api{next: 500, events: []event{{`{"n":1}`, limited}}},
			handler: func(ctx *framework.Context) error {
				inv := tencent.From(ctx)
				d, ok := ctx.Deadline()
				left := time.Until(d)
				ctx.SetResult(fmt.Sprintf("%s %d %s %s %t %t", inv.RequestID, inv.Memory, inv.Timeout, inv.Event, ok, left > 2*time.Second && left < 2950*time.Millisecond))
				return nil
			},
			err:   "found status 500",
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/response "r-1 256 3s {\"n\":1} true true"`, "GET /runtime/invocation/next "},
		},
		{
			name: "headers of another case", api: &api{next: 500, events: []event{{`1`, map[string]string{"Request_Id": "r-2", "Memory_Limit_In_Mb": "64", "Time_Limit_In_Ms": "1000"}}}},
			handler: func(ctx *framework.Context) error {
				inv := tencent.From(ctx)
				ctx.SetResult(fmt.Sprint(inv.RequestID, " ", inv.Memory, " ", inv.Timeout))
				return nil
			},
			err:   "found status 500",
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/response "r-2 64 1s"`, "GET /runtime/invocation/next "},
		},
		{
			name: "headers missing or wrong", api: &api{next: 500, events: []event{{`1`, map[string]string{"time_limit_in_ms": "soon", "memory_limit_in_mb": "-"}}, {`1`, map[string]string{"time_limit_in_ms": "-5"}}}},
			handler: func(ctx *framework.Context) error {
				_, deadline := ctx.Deadline()
				ctx.SetResult(fmt.Sprint(strings.HasPrefix(ctx.RequestID(), "made-up-"), " ", tencent.From(ctx).Memory, " ", deadline))
				return nil
			},
			err: "found status 500",
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/response "true 0 false"`,
				"GET /runtime/invocation/next ", `POST /runtime/invocation/response "true 0 false"`, "GET /runtime/invocation/next "},
		},
		{
			name: "errors show nothing", api: &api{next: 500, events: []event{{`1`, limited}, {`2`, limited}}},
			handler: func(ctx *framework.Context) error {
				if string(ctx.Event().([]byte)) == "1" {
					return errors.New("secret")
				}
				return framework.Errorf(404, "not_found", "no such book: %w", errors.New("7"))
			},
			err: "found status 500",
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/error {"errorMessage":"the function failed; its log has the reason","errorType":"internal"}`,
				"GET /runtime/invocation/next ", `POST /runtime/invocation/error {"errorMessage":"no such book: 7","errorType":"not_found"}`, "GET /runtime/invocation/next "},
		},
		{
			name: "result too large", api: &api{next: 500, events: []event{{`1`, limited}}},
			handler: func(ctx *framework.Context) error {
				ctx.SetResult(bytes.Repeat([]byte("1"), tencent.MaxPayload+1))
				return nil
			},
			err:   "found status 500",
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", `POST /runtime/invocation/error {"errorMessage":"the result is 6291457 bytes, the limit is 6291456","errorType":"response_too_large"}`, "GET /runtime/invocation/next "},
		},
		{
			name: "ready refused", api: &api{ready: 403},
			err:   `runtime API: POST /runtime/init/ready: found status 403 with "the vendor's words", expected 200`,
			calls: []string{"POST /runtime/init/ready  "},
		},
		{
			name: "answer refused", api: &api{post: 413, events: []event{{`1`, limited}, {`2`, limited}}},
			err:   `runtime API: POST /runtime/invocation/response: found status 413 with "the vendor's words", expected 200`,
			calls: []string{"POST /runtime/init/ready  ", "GET /runtime/invocation/next ", "POST /runtime/invocation/response null"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.api.start(t)
			var closed bool
			err := run(context.Background(), unit(tt.handler, &closed), []platform.Codec{tencent.Raw()})
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %s", err, tt.err)
			}
			if got := tt.api.seen(); !slices.Equal(got, tt.calls) {
				t.Errorf("calls\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.calls, "\n\t"))
			}
			if !closed {
				t.Error("the unit was not closed")
			}
		})
	}
}

func TestLoopNeedsTheAPI(t *testing.T) {
	t.Setenv("SCF_RUNTIME_API", "")
	var closed bool
	err := run(context.Background(), unit(nil, &closed), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "SCF_RUNTIME_API and SCF_RUNTIME_API_PORT are not set") {
		t.Errorf("error %v", err)
	}
}

func TestLoopBindsBeforeItStarts(t *testing.T) {
	(&api{}).start(t)
	started := false
	n := func(rt *framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Start: func(context.Context) error { started = true; return nil }}
	}
	err := run(context.Background(), n, []platform.Codec{tencent.Timer()})
	if fmt.Sprint(err) != "timer payloads: no function of unit u has a timer" || started {
		t.Errorf("error %v, started %t", err, started)
	}
}

// A connection that breaks must end the process: the platform starts another, and a loop that tries again would spin.
func TestLoopEndsWithItsConnection(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	t.Setenv("SCF_RUNTIME_API", host)
	t.Setenv("SCF_RUNTIME_API_PORT", port)
	connections := make(chan int, 1)
	go func() {
		n := 0
		for {
			c, err := ln.Accept()
			if err != nil {
				connections <- n
				return
			}
			n++
			buffer := make([]byte, 4096)
			c.Read(buffer)
			if n == 1 { // ready, and then silence
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				c.Read(buffer)
			}
			c.Close()
		}
	}()
	var closed bool
	err = run(context.Background(), unit(nil, &closed), []platform.Codec{tencent.Raw()})
	ln.Close()
	if err == nil || !strings.HasPrefix(err.Error(), "runtime API: GET /runtime/invocation/next at "+host+":"+port) {
		t.Errorf("error %v", err)
	}
	if n := <-connections; n > 2 {
		t.Errorf("%d connections, want the first and at most one more", n)
	}
	if !closed {
		t.Error("the unit was not closed")
	}
}

func TestLoopStopsWhileItWaits(t *testing.T) {
	a := &api{}
	a.start(t)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-a.polled
		cancel()
	}()
	var closed bool
	if err := run(ctx, unit(nil, &closed), []platform.Codec{tencent.Raw()}); err != nil || !closed {
		t.Errorf("error %v, closed %t; want a clean end", err, closed)
	}
}

func TestLoopStopsWhileItStarts(t *testing.T) {
	(&api{}).start(t)
	ctx, cancel := context.WithCancel(context.Background())
	n := func(rt *framework.Runtime) *framework.App {
		return &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Handler: func(*framework.Context) error { return nil }}},
			Start: func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }}
	}
	if err := run(ctx, n, []platform.Codec{tencent.Raw()}); err != nil {
		t.Errorf("error %v, want a clean end", err)
	}
}

func TestDescribeIsJSON(t *testing.T) {
	var doc map[string]string
	if err := json.Unmarshal(describe(&framework.Error{Code: `a"b`, Message: "c\nd"}, false), &doc); err != nil || doc["errorType"] != `a"b` || doc["errorMessage"] != "c\nd" {
		t.Errorf("%v, %v", doc, err)
	}
	if got, want := string(describe(&framework.Error{Code: "c", Message: "a < b & c"}, false)), `{"errorMessage":"a < b & c","errorType":"c"}`; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}
