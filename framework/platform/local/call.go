package local

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxResponse bounds the body of an HTTP response that is kept whole for an outcome.
const maxResponse = 64 << 20

// caller calls functions by name, with events as people write them.
type caller struct {
	engine  *framework.Engine
	router  *web.Router
	handler http.Handler
	timeout time.Duration // zero is none

	background *framework.Background // of a process that ends after one call
}

// call runs the function with the event, which is of the given form, or of what it looks like without one. The error means that nothing was run; a function's own error is in the outcome.
func (c *caller) call(ctx context.Context, f *framework.Function, form string, event []byte) (*envelope.Outcome, error) {
	kinds := envelope.Kinds(f)
	kind := cmp.Or(form, envelope.Kind(f.Triggers, event))
	if form != "" && !slices.Contains(kinds, form) && (form != "raw" || len(kinds) > 0) {
		return nil, fmt.Errorf("function %s has no events of the form %.80q; it has %q", f.Name, form, kinds)
	}
	switch envelope.Delivery(kind, f.Triggers) {
	case trigger.Request:
		return c.http(ctx, f, event)
	case trigger.Tick:
		return c.timer(ctx, f, event, schedules(f)...)
	case trigger.Raw:
		return c.event(ctx, f, kind, envelope.Raw(event)), nil
	default:
		batch, err := envelope.ParseBatch(kind, f.Triggers, event, time.Now(), rand.Text)
		if err != nil {
			return nil, err
		}
		return c.event(ctx, f, kind, batch), nil
	}
}

// timer runs the function for one of the given schedules of it.
func (c *caller) timer(ctx context.Context, f *framework.Function, event []byte, of ...timer.Schedule) (*envelope.Outcome, error) {
	e, err := envelope.ParseTimer(of, event, time.Now())
	if err != nil {
		return nil, err
	}
	return c.event(ctx, f, "timer", e), nil
}

func (c *caller) event(ctx context.Context, f *framework.Function, kind string, event any) *envelope.Outcome {
	o := &envelope.Outcome{Function: f.Name, Kind: kind}
	result, err := c.engine.Invoke(ctx, framework.Invocation{Function: f, Event: event, RequestID: rand.Text(), Deadline: c.deadline(), Background: c.background})
	body, err := platform.EncodeReply(ctx, result, err)
	c.conclude(o, body, err)
	return o
}

// raw hands over a payload as the vendors' invoke calls do: to the function that it names or, if it names none, to the one that
// takes raw events. Of a named function it is one of the events that people write.
func (c *caller) raw(ctx context.Context, payload []byte) (*envelope.Outcome, error) {
	app := c.engine.App()
	f, named, ok, err := platform.Called(app, &platform.Payload{Raw: payload})
	if ok {
		o := &envelope.Outcome{Kind: "raw"}
		if err == nil {
			if o, err = c.call(ctx, f, "", named); err == nil {
				return o, nil
			}
			o = &envelope.Outcome{Function: f.Name, Kind: "raw"}
			err = platform.InvalidEvent("%s", err)
		}
		c.conclude(o, nil, err)
		return o, nil
	}
	var codecs []platform.Codec
	if _, err := platform.Raw().Bind(app); err == nil {
		codecs = append(codecs, platform.Raw())
	}
	d, err := platform.NewDispatcher(c.engine, codecs)
	if err != nil {
		return nil, err
	}
	o := &envelope.Outcome{Kind: "raw"}
	body, err := d.Handle(ctx, payload, framework.Invocation{RequestID: rand.Text(), Deadline: c.deadline(), Background: c.background})
	c.conclude(o, body, err)
	return o, nil
}

func (c *caller) conclude(o *envelope.Outcome, body []byte, err error) {
	if err == nil {
		o.SetBody(body)
		return
	}
	rt := c.engine.Runtime()
	rt.Log().Error("invocation failed", "function", o.Function, "error", err)
	d := platform.Describe(err, rt.Dev)
	o.Error = &envelope.Failure{Type: d.Type, Message: d.Message}
}

// deadline is when an invocation that begins now has to end, zero if that is up to the function.
func (c *caller) deadline() time.Time {
	if c.timeout == 0 {
		return time.Time{}
	}
	return time.Now().Add(c.timeout)
}

// http sends the event through the same handler as a client's request, so that nothing is different about it.
func (c *caller) http(ctx context.Context, f *framework.Function, event []byte) (*envelope.Outcome, error) {
	in, err := envelope.ParseRequest(routes(f), event)
	if err != nil {
		return nil, err
	}
	u, err := url.ParseRequestURI(in.Target)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", in.Target, err)
	}
	host := cmp.Or(in.Host, "localhost")
	if m := c.router.Match(in.Method, host, u.Path, u.RawPath); m.Function != f {
		return nil, mismatch(f, m, in.Method, u.Path)
	}
	r, err := http.NewRequestWithContext(ctx, in.Method, in.Target, bytes.NewReader(in.Body))
	if err != nil {
		return nil, err
	}
	r.Host, r.URL, r.RequestURI, r.RemoteAddr = host, u, in.Target, "127.0.0.1:0"
	for _, h := range in.Header {
		r.Header.Add(h[0], h[1])
	}
	w := &recorder{header: http.Header{}}
	if !served(c.handler, w, r) {
		return nil, fmt.Errorf("function %s broke its response off", f.Name)
	}
	if w.over {
		return nil, fmt.Errorf("the response of function %s is over %d MB", f.Name, maxResponse>>20)
	}
	o := &envelope.Outcome{Function: f.Name, Kind: "http", Status: cmp.Or(w.status, http.StatusOK), Headers: w.sent}
	o.SetBody(w.body.Bytes())
	return o, nil
}

// served reports whether h answered in full. A handler that cannot go on with what it has begun to send panics.
func served(h http.Handler, w http.ResponseWriter, r *http.Request) (whole bool) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return true
}

func mismatch(f *framework.Function, m web.Match, method, path string) error {
	var own []string
	for _, r := range routes(f) {
		own = append(own, routeText(r))
	}
	found := "no function"
	if m.Function != nil {
		found = "function " + m.Function.Name
	}
	return fmt.Errorf("%s %s goes to %s, not to %s, whose routes are: %s", method, path, found, f.Name, strings.Join(own, ", "))
}

func routeText(r web.Route) string { return cmp.Or(r.Method, "ANY") + " " + r.Host + r.Pattern }

func routes(f *framework.Function) []web.Route {
	var found []web.Route
	for _, t := range f.Triggers {
		if r, ok := t.(web.Route); ok {
			found = append(found, r)
		}
	}
	return found
}

// recorder is a ResponseWriter that keeps the response.
type recorder struct {
	header http.Header
	sent   http.Header // header at the time of WriteHeader
	status int
	body   bytes.Buffer
	over   bool
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status != 0 || status < 200 { // 1xx are hints for the wire
		return
	}
	w.status, w.sent = status, w.header.Clone()
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.body.Len()+len(p) > maxResponse {
		w.over = true
		return 0, errors.New("the response is too long to be kept")
	}
	return w.body.Write(p)
}

// Flush lets handlers stream; there is no client to hurry for.
func (w *recorder) Flush() { w.WriteHeader(http.StatusOK) }
