// Package custom runs a unit as an event function of Tencent Cloud SCF on the custom runtime: it polls the runtime API
// inside the sandbox, one event at a time, over a client that links no net/http. Units that only have http triggers are
// better off as web functions, whose loop is tencent/web.
//
// # Protocol
//
// The process finds the API in SCF_RUNTIME_API and SCF_RUNTIME_API_PORT. After a successful start it posts one space to
// /runtime/init/ready; a failed start is a message on standard error and exit code 1, which SCF shows as an init error,
// since the API has no call for it. Then it gets /runtime/invocation/next and posts to /runtime/invocation/response or
// /runtime/invocation/error, in turn. A path has no request id: the first is the response to the last event.
//
// Any answer but a 2xx ends the process with a message: a loop that tried again would be handed the same event for ever. A
// broken connection does, too, with two exceptions. The poll is sent again, since the API hands out an event until it is
// answered, and so is a response that had not been written whole. One that had may have arrived, and a second would be
// the response to whatever event is the next.
package custom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on.
func Run(n platform.New, codecs ...platform.Codec) {
	platform.Main(func(ctx context.Context) error { return run(ctx, n, codecs) })
}

// run ends with nil when ctx ends.
func run(ctx context.Context, n platform.New, codecs []platform.Codec) (err error) {
	host, port := os.Getenv("SCF_RUNTIME_API"), os.Getenv("SCF_RUNTIME_API_PORT")
	if host == "" || port == "" {
		return errors.New("SCF_RUNTIME_API and SCF_RUNTIME_API_PORT are not set: this program runs in the custom runtime of Tencent Cloud SCF; run the app's local main, or use faasgen dev")
	}
	client := runtimeapi.New(host+":"+port, "faasgen")
	defer client.Close()
	l := &loop{client: client}
	l.runtime = tencent.Runtime(func() string {
		if id := l.current.Load(); id != nil {
			return *id
		}
		return ""
	})
	engine := framework.NewEngine(l.runtime, n(l.runtime))
	if l.dispatcher, err = platform.NewDispatcher(engine, codecs); err != nil {
		return err
	}
	l.dispatcher.Identify = tencent.Identify
	if err := engine.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	engine.LogColdStart()
	looped := make(chan error, 1)
	go l.run(ctx, looped)
	going := false
	select {
	case err = <-looped:
	case <-ctx.Done():
		going = true
	}
	ending, cancel := platform.Ending(ctx)
	defer cancel()
	if going {
		patience := time.NewTimer(platform.Patience)
		defer patience.Stop()
		select {
		case err = <-looped:
		case <-patience.C:
		}
	}
	return errors.Join(ended(ctx, err), engine.Close(ending))
}

// run takes events until that fails, and sends why.
func (l *loop) run(ctx context.Context, looped chan<- error) {
	err := errExited
	defer func() { looped <- err }()
	if _, err = l.call(ctx, runtimeapi.Request{Method: "POST", Path: "/runtime/init/ready", Body: []byte(" ")}); err != nil {
		return
	}
	for err == nil {
		err = errExited // as long as next has not returned
		err = l.next(ctx)
	}
}

// errExited is the error of a loop whose goroutine was ended by what it called.
var errExited = errors.New("the goroutine of the loop has ended, as by runtime.Goexit and t.FailNow")

// ended makes a clean end of an error that SIGTERM caused.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

type loop struct {
	client     *runtimeapi.Client
	runtime    *framework.Runtime
	dispatcher *platform.Dispatcher
	current    atomic.Pointer[string] // the id of the event under way
	background framework.Background
}

// next takes one event to its response. SIGTERM ends the wait for an event, never the work on one.
func (l *loop) next(ctx context.Context) error {
	event, err := l.call(ctx, runtimeapi.Request{Method: "GET", Path: "/runtime/invocation/next", Repeat: true}) // which brings the same event
	if err != nil {
		return err
	}
	vendor := tencent.Process()
	vendor.RequestID, vendor.Event = event.Get("request_id"), event.Body
	if vendor.RequestID == "" {
		vendor.RequestID = fmt.Sprintf("made-up-%016x", rand.Uint64())
	}
	inv := framework.Invocation{RequestID: vendor.RequestID, Vendor: vendor, Background: &l.background}
	vendor.Memory, _ = strconv.Atoi(event.Get("memory_limit_in_mb"))
	if ms, err := strconv.ParseInt(event.Get("time_limit_in_ms"), 10, 32); err == nil && ms > 0 {
		vendor.Timeout = time.Duration(ms) * time.Millisecond
		inv.Deadline = time.Now().Add(vendor.Timeout)
	}

	l.current.Store(&vendor.RequestID)
	defer l.current.Store(nil)
	ctx = context.WithoutCancel(ctx)
	result, err := l.dispatcher.Handle(ctx, vendor.Event, inv)
	if err == nil && len(result) > tencent.MaxPayload {
		err = &framework.Error{Status: 500, Code: "response_too_large", Message: fmt.Sprintf("the result is %d bytes, the limit is %d", len(result), tencent.MaxPayload)}
	}
	post := runtimeapi.Request{Method: "POST", Path: "/runtime/invocation/response", Body: result}
	if err != nil {
		l.log(err, vendor.RequestID)
		post.Path, post.Body = "/runtime/invocation/error", describe(err, l.runtime.Dev)
	}
	post.Header = []runtimeapi.Field{{Name: "Content-Type", Value: "application/json"}}
	if _, err = l.call(ctx, post); err == nil {
		l.background.Wait() // the next poll freezes the process
	}
	return err
}

// call makes one call of the runtime API; every response but a 2xx is an error.
func (l *loop) call(ctx context.Context, r runtimeapi.Request) (*runtimeapi.Response, error) {
	resp, err := l.client.Do(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("runtime API: %w", err)
	}
	if resp.Status < 200 || resp.Status > 299 {
		return nil, fmt.Errorf("runtime API: %s %s: found status %d with %.200q, expected 200", r.Method, r.Path, resp.Status, strings.TrimSpace(string(resp.Body)))
	}
	return resp, nil
}

// log writes down what the error call does not show. Panics have been logged with their stack.
func (l *loop) log(err error, id string) {
	if platform.Logged(err) {
		return
	}
	level := slog.LevelError
	if fe, ok := errors.AsType[*framework.Error](err); ok && fe.Status > 0 && fe.Status < 500 {
		level = slog.LevelWarn
	}
	l.runtime.Log().Log(context.Background(), level, "invocation failed", "request_id", id, "error", err.Error())
}

// describe is the body of the error call: what a stranger may see, in the form of the vendor's own runtimes.
func describe(err error, dev bool) []byte {
	d := platform.Describe(err, dev)
	b, _ := platform.JSON(struct { // two strings
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{d.Message, d.Type})
	return b
}
