package grouping_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform"
)

// calling is a call that a function makes of another, each time it runs.
type calling struct {
	function string
	payload  string
	async    bool
	timeout  time.Duration
	key      string
	pass     bool // the caller fails with the error of the call
	typed    bool // in the way of a generated client
}

// callings gives functions calls of those after them, so that none calls itself, by whatever way round.
func (a *application) callings(r *rand.Rand) {
	for i, f := range a.functions {
		for range r.IntN(3) {
			if i+1 == len(a.functions) || r.IntN(4) == 0 {
				continue
			}
			callee := a.functions[i+1+r.IntN(len(a.functions)-i-1)]
			if n := len(f.calls); n > 0 && r.IntN(3) == 0 { // which may be busy by now
				callee = a.function(f.calls[n-1].function)
			}
			payload := strings.ReplaceAll(word(r, `{"a":TEXT} {"a":TEXT} TEXT  null [1.50,·TEXT] ·{"a":·TEXT}· "`+"\xff"+`" {broken`), "·", " ")
			f.calls = append(f.calls, calling{function: callee.name, payload: strings.Replace(payload, "TEXT", quoted(text(r)), 1), async: r.IntN(3) == 0,
				timeout: []time.Duration{0, 0, 700 * time.Millisecond}[r.IntN(3)], key: word(r, "  k"), pass: r.IntN(3) == 0, typed: r.IntN(2) == 0})
			callee.called = true
		}
	}
}

// calls reports whether a function calls another.
func (a *application) calls() bool {
	return slices.ContainsFunc(a.functions, func(f *function) bool { return len(f.calls) > 0 })
}

// overrun returns when nothing else happens. Where functions call each other, the margins of their deadlines add up, so that no time is
// surely before or after those of all groupings.
func (w *world) overrun() {
	end := make(chan struct{})
	w.mu.Lock()
	w.late = append(w.late, end)
	w.mu.Unlock()
	<-end
}

// pause lets time pass. Half way, when all deadlines are over, handlers that overran theirs end, one after the other.
func (w *world) pause(d time.Duration) {
	time.Sleep(d / 2)
	settle()
	for d > 0 {
		w.mu.Lock()
		if len(w.late) == 0 {
			w.mu.Unlock()
			break
		}
		end := w.late[0]
		w.late = w.late[1:]
		w.mu.Unlock()
		close(end)
		settle()
	}
	time.Sleep(d - d/2)
	settle()
}

// without is the application without a function, and without the calls of it.
func (a *application) without(name string) *application {
	b := *a
	b.functions = nil
	for _, f := range a.functions {
		if f.name == name {
			continue
		}
		g := *f
		g.calls = slices.DeleteFunc(slices.Clone(f.calls), func(c calling) bool { return c.function == name })
		b.functions = append(b.functions, &g)
	}
	b.traffic = slices.DeleteFunc(slices.Clone(a.traffic), func(d delivery) bool { return d.function == name || d.event.Function == name })
	return &b
}

// withoutCall is the application without one call of a function.
func (a *application) withoutCall(function, n int) *application {
	b := *a
	f := *a.functions[function]
	f.calls = slices.Delete(slices.Clone(f.calls), n, n+1)
	b.functions = slices.Clone(a.functions)
	b.functions[function] = &f
	return &b
}

// callers makes the calls of a function and returns what came back.
func (c *container) callOthers(ctx *framework.Context, f *function) (results []string, err error) {
	if len(f.calls) > 0 {
		ctx.SetValue(secret{}, f.name)
	}
	for i, k := range f.calls {
		if !c.world.mayCall() {
			c.world.note(endless)
			return results, nil
		}
		o := call.Options{Timeout: k.timeout}
		if k.key != "" {
			o.IdempotencyKey = fmt.Sprintf("%s-%s-%d", ctx.RequestID(), f.name, i)
		}
		payload := []byte(k.payload)
		var result []byte
		var text string
		switch {
		case k.async:
			err = c.client.Send(ctx, k.function, payload, o)
		case k.typed:
			text, err = c.doTyped(ctx, k, o)
		default:
			result, err = c.client.Call(ctx, k.function, payload, o)
		}
		if text == "" {
			text = fmt.Sprintf("result %q nil=%t", result, result == nil)
		}
		if stated, ok := errors.AsType[*framework.Error](err); ok {
			// The cause is for the log of the caller alone: it is the vendor's.
			err = &framework.Error{Status: stated.Status, Code: stated.Code, Message: stated.Message, Fields: stated.Fields}
			text = fmt.Sprintf("error %d %s %s %v", stated.Status, stated.Code, stated.Message, stated.Fields)
		} else if err != nil {
			text = "error " + err.Error()
		}
		if string(payload) != k.payload {
			text += fmt.Sprintf(", and the payload is %q", payload)
		}
		c.world.note("%s called %s async=%t: %s", f.name, k.function, k.async, text)
		scribble(result)
		if len(text) > 200 {
			text = text[:200]
		}
		results = append(results, text)
		if err != nil && k.pass {
			return nil, err
		}
	}
	return results, nil
}

// maxCalls is more than an application makes. With a planted fault a function may call itself, by whatever way round, for ever: the clock of
// the test stands still meanwhile, so that no deadline ends it.
const maxCalls = 1000

// endless is noted in place of the calls above maxCalls.
const endless = "calls without end"

// mayCall counts a call.
func (w *world) mayCall() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	return w.calls <= maxCalls
}

// secret is the key of what a caller keeps in its context, which is not for the called function.
type secret struct{}

// scribble changes bytes that belong to this function alone, if nothing is shared.
func scribble(b []byte) {
	for i := range b {
		b[i] = '#'
	}
}

// receive says what a call passes, and changes the payload, which is the called function's own.
func (c *container) receive(ctx *framework.Context, f *function) {
	by := ctx.Call()
	if by == nil {
		return
	}
	c.world.note("%s is called async=%t key=%s trace=%q %q value=%v", f.name, by.Async, c.world.key(by.IdempotencyKey), by.Traceparent, by.Tracestate, ctx.Value(secret{}))
	if payload, ok := ctx.Event().([]byte); ok {
		scribble(payload)
	}
}

// key names a random key by the number of those before it.
func (w *world) key(key string) string {
	if key == "" || strings.HasPrefix(key, "request-") {
		return key
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.keys, key)
	if i < 0 {
		i = len(w.keys)
		w.keys = append(w.keys, key)
	}
	return fmt.Sprint("random ", i)
}

// keep returns bytes that the function has, too, and says when those of the last time were changed.
func (c *container) keep(f *function, result []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.kept[f.name]; ok && string(old.bytes) != old.text {
		c.world.note("the bytes that %s has kept are %q", f.name, old.bytes)
	}
	c.kept[f.name] = kept{result, string(result)}
	return result
}

type kept struct {
	bytes []byte
	text  string
}

// network carries calls from unit to unit, as a vendor's invoke API does.
type network struct {
	application *application
	world       *world
	ctx         context.Context
	of          map[string]*unit
	queue       []queued
}

// queued is an asynchronous call that was accepted.
type queued struct {
	unit *unit
	body []byte
	id   string
}

// deliveries is how often an asynchronous call that fails is delivered.
const deliveries = 3

// Invoke is that of a call.Transport.
func (n *network) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	u := n.of[r.Function]
	if u == nil || u.engine.App().Unit != r.Target.Name {
		return nil, &call.Failure{Reason: call.Gone}
	}
	q := queued{u, slices.Clone(r.Body), framework.From(ctx).RequestID()}
	if r.Async {
		q.id += "-async"
		n.queue = append(n.queue, q)
		return nil, nil
	}
	type answer struct {
		body []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		body, err := n.handle(q)
		answers <- answer{body, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, &call.Failure{Reason: call.Failed, Err: a.err}
		}
		return a.body, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// handle hands a call to its unit, whose loop logs what fails.
func (n *network) handle(q queued) ([]byte, error) {
	body := slices.Clone(q.body)
	response, err := q.unit.dispatcher.Handle(n.ctx, body, framework.Invocation{RequestID: q.id, Vendor: n.application.cloud.Invocation(q.id, body)})
	if _, logged := errors.AsType[*framework.PanicError](err); err != nil && !logged {
		name, _ := callee(q.body) // a handler that is late may still write into its own
		text := err.Error()
		if function, rest, ok := strings.Cut(text, ": "); ok && strings.HasPrefix(function, "function "+name) {
			text = rest // who failed is in the text of a loop's record, and a member of that of a call in process
		}
		q.unit.engine.Runtime().Log().Error("invocation failed", "function", name, "request_id", q.id, "error", text)
	}
	return response, err
}

// callee is the name of the function that a call is for.
func callee(body []byte) (string, bool) {
	_, rest, _ := strings.Cut(string(body), `"function":"`)
	name, _, ok := strings.Cut(rest, `"`)
	return name, ok
}

// deliver delivers what is in the queue, and again what fails.
func (n *network) deliver() {
	for len(n.queue) > 0 {
		q := n.queue[0]
		n.queue = n.queue[1:]
		for try := 1; ; try++ {
			response, err := n.handle(q)
			settle()
			said := "nothing"
			if err != nil {
				said = platform.Describe(err, false).Message
			}
			n.world.note("delivery %d of %s: %s, error %s", try, q.id, response, said)
			if err == nil || try == deliveries {
				break
			}
			n.world.pause(time.Minute)
		}
	}
}

// targets is the variable that says where the functions of other units are.
func targets(grouping []group, own group) string {
	var b strings.Builder
	for _, g := range grouping {
		if g.functions[0] != own.functions[0] {
			fmt.Fprintf(&b, "%s=%s;", strings.Join(g.functions, ","), g.name())
		}
	}
	return b.String()
}

// name is that of the unit.
func (g group) name() string { return "unit-of-" + g.functions[0] }
