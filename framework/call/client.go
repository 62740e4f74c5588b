package call

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/callform"
)

// Client calls functions of the application by name. One serves all stubs of a unit; it is used by several goroutines at once.
type Client struct {
	rt        *framework.Runtime
	transport Transport
	targets   map[string]Target
	wrong     error // with FAAS_CALLS

	random func(limit time.Duration) time.Duration
	sleep  func(ctx context.Context, d time.Duration) error
	bodies sync.Pool // of *[]byte
}

// Options are those of one call.
type Options struct {
	// Timeout limits the call with its retries. Zero leaves it the caller's own time.
	Timeout time.Duration
	// Tries is how often the call is sent at most; zero is three times.
	Tries int
	// IdempotencyKey is what the called function knows the call by, if it comes more than once; see [WithIdempotencyKey]. An asynchronous call without one
	// is given one of its own, which covers the vendor's deliveries of it. A caller that may itself run twice has the same call made
	// once by a key that follows from its own event.
	IdempotencyKey string
}

// New returns the client of a unit. It runs no user code and never fails: [Client.Check] says what is wrong.
func New(rt *framework.Runtime) *Client {
	c := &Client{rt: rt, random: random, sleep: sleep}
	c.transport, _ = rt.Calls.(Transport)
	text, _ := rt.LookupEnv(Variable)
	c.targets, c.wrong = ParseTargets(text)
	return c
}

// Check reports what keeps the unit from calling these functions: for the start of the unit. Engines of the same unit need neither
// transport nor FAAS_CALLS for functions that it has.
func (c *Client) Check(app *framework.App, functions ...string) error {
	if c.wrong != nil {
		return c.wrong
	}
	var missing []string
	for _, name := range functions {
		if _, ok := c.targets[name]; !ok && app.Function(name) == nil {
			missing = append(missing, name)
		} else if ok && c.transport == nil && app.Function(name) == nil {
			return fmt.Errorf("unit %s calls function %s of another unit, and its main hands over no transport; expected call.With(…)", app.Unit, name)
		}
	}
	if missing != nil {
		slices.Sort(missing)
		return fmt.Errorf("unit %s calls %s: variable %s does not say where it is deployed; build the deployment file again", app.Unit, strings.Join(missing, ", "), Variable)
	}
	return nil
}

// Call calls a function with a payload of JSON, nothing being an empty object, and returns its result: JSON unless the function
// returns bytes. See the package's comment for its errors.
func (c *Client) Call(ctx context.Context, function string, payload []byte, o Options) ([]byte, error) {
	return c.call(ctx, function, payload, o, false)
}

// Send calls a function asynchronously: it returns when the vendor has accepted the call.
func (c *Client) Send(ctx context.Context, function string, payload []byte, o Options) error {
	if o.IdempotencyKey = keyOf(ctx, o); o.IdempotencyKey == "" {
		o.IdempotencyKey = rand.Text()
	}
	_, err := c.call(ctx, function, payload, o, true)
	return err
}

// noPayload is what a function without input is called with.
const noPayload = `{}`

func (c *Client) call(ctx context.Context, function string, payload []byte, o Options, async bool) ([]byte, error) {
	if len(payload) == 0 {
		payload = []byte(noPayload)
	} else if !json.Valid(payload) {
		return nil, framework.Errorf(500, "invalid_payload", "the payload for function %s is not JSON", function)
	}
	payload = bytes.TrimSpace(payload) // as the form of a call drops it
	if c.wrong != nil {
		return nil, &framework.Error{Status: 500, Code: "unknown_callee", Message: "it is not known where function " + function + " is", Err: c.wrong}
	}
	engine, own, err := c.own(function)
	if err != nil {
		return nil, err
	}
	if own != nil && !async {
		return c.inProcess(ctx, engine, own, payload, o)
	}
	by := framework.From(ctx)
	trace, vendor := traceOf(ctx, by)
	with := framework.Call{Async: async, IdempotencyKey: keyOf(ctx, o), Traceparent: trace.parent, Tracestate: trace.state, Root: rootOf(by)}
	limited := ctx
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, o.Timeout)
		defer cancel()
	}
	target, ok := c.targets[function]
	if !ok && own != nil {
		target, ok = c.self(engine.App()), true
	}
	switch {
	case !ok:
		return nil, &framework.Error{Status: 500, Code: "unknown_callee", Message: "it is not known where function " + function + " is",
			Err: fmt.Errorf("variable %s has no function %s", Variable, function)}
	case c.transport == nil:
		return nil, framework.Errorf(500, "no_transport", "function %s cannot be called from here", function)
	}
	end, _ := limited.Deadline()
	result, err := c.send(limited, &Request{Function: function, Target: target, Payload: payload, Async: async, Call: with, Trace: vendor}, o, end)
	return result, c.ended(ctx, limited, function, err)
}

// rootOf is the request id with which the calls of a chain began, empty outside of an invocation.
func rootOf(by *framework.Context) string {
	if by == nil {
		return ""
	}
	return cmp.Or(by.Root(), by.RequestID())
}

// self is the unit itself, in the version that runs.
func (c *Client) self(app *framework.App) Target {
	t := Target{Name: c.rt.Function}
	if t.Name == "" {
		t.Name = app.Unit
	}
	if v := c.rt.Version; v != "" && !strings.HasSuffix(v, "LATEST") {
		t.Qualifier = v
	}
	return t
}

// send sends a call until it is answered.
func (c *Client) send(ctx context.Context, r *Request, o Options, end time.Time) ([]byte, error) {
	tries := o.Tries
	if tries <= 0 {
		tries = defaultTries
	}
	buffer, _ := c.bodies.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	defer c.bodies.Put(buffer)
	with := callform.Context{Answer: !r.Async, Key: r.Call.IdempotencyKey, Traceparent: r.Call.Traceparent, Tracestate: r.Call.Tracestate, Root: r.Call.Root}
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !end.IsZero() && !r.Async {
			with.Timeout = max(1, time.Until(end).Milliseconds())
		}
		*buffer = callform.AppendCall((*buffer)[:0], r.Function, r.Payload, &with)
		r.Body = *buffer
		answer, err := c.transport.Invoke(ctx, r)
		switch {
		case err == nil && r.Async:
			return nil, nil
		case err == nil:
			result, failure, err := callform.ReadAnswer(answer)
			if err != nil {
				return nil, &Failure{Reason: BadAnswer, Err: err}
			}
			if failure != nil {
				return nil, crossed(failure.Status, failure.Code, failure.Message)
			}
			return result, nil
		case !c.again(ctx, r.Async, n, tries, err):
			return nil, err
		}
		c.rt.Log().Debug("a call is sent again", "function", r.Function, "try", n+1, "error", err.Error())
	}
}

// ended is the error of a call for its caller. What a function stated stays what it is.
func (c *Client) ended(ctx, limited context.Context, function string, err error) error {
	if err == nil {
		return nil
	}
	if stated, ok := err.(*framework.Error); ok {
		return stated
	}
	f, ok := errors.AsType[*Failure](err)
	switch {
	case ctx.Err() != nil:
		return gone(ctx, function)
	case limited.Err() != nil:
		f = &Failure{Reason: TimedOut, Err: limited.Err()}
	case !ok:
		f = &Failure{Reason: Broken, Err: err}
	}
	return f.stated(function)
}

// crossed is the error of a called function, as its caller gets it.
func crossed(status int, code, message string) *framework.Error {
	if status < 400 || status > 599 {
		status = 500
	}
	return &framework.Error{Status: status, Code: code, Message: message}
}
