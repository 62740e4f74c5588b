package grouping_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/ioc"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// world is what handlers change and logs go to: the list of all that happened, in order.
type world struct {
	mu   sync.Mutex
	seen []string
	keys []string
	late []chan struct{}

	calls int // from function to function
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, fmt.Sprintf(format, args...))
}

// Write takes a record of the log.
func (w *world) Write(record []byte) (int, error) {
	w.note("log %s", strings.TrimSpace(string(record)))
	return len(record), nil
}

// take returns what happened since it was called last. That a handler was late is logged when its place is free again, so while the next
// call may have begun: this comes last.
func (w *world) take() (seen []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	late := func(line string) bool {
		return strings.Contains(line, "the handler returned after its caller was answered")
	}
	for _, last := range []bool{false, true} {
		for _, line := range w.seen {
			if late(line) == last {
				seen = append(seen, line)
			}
		}
	}
	w.seen = nil
	return seen
}

// settle waits until nothing happens before the clock moves.
func settle() { synctest.Wait() }

// around is middleware that says when it is passed.
func (w *world) around(who string) framework.Middleware {
	return func(next framework.Handler) framework.Handler {
		return func(ctx *framework.Context) error {
			w.note("middleware of %s before %s", who, ctx.FunctionName())
			err := next(ctx)
			if payload, ok := ctx.Event().([]byte); ok && ctx.Call() != nil && who != "all" {
				w.note("middleware of %s sees %q", who, payload)
			}
			w.note("middleware of %s after %s: %v", who, ctx.FunctionName(), err)
			return err
		}
	}
}

// watcher is a layer.
type watcher struct{ world *world }

// Name returns "watcher".
func (*watcher) Name() string { return "watcher" }

// BeforeInvoke says which function is called.
func (l *watcher) BeforeInvoke(ctx *framework.Context) error {
	l.world.note("layer before %s", ctx.FunctionName())
	return nil
}

// AfterInvoke says how it ended.
func (l *watcher) AfterInvoke(ctx *framework.Context, err error) error {
	l.world.note("layer after %s: %v", ctx.FunctionName(), err)
	return nil
}

// namedLayer is a layer of f.yml.
type namedLayer struct {
	watcher
	name string
}

// Name is that in f.yml.
func (l *namedLayer) Name() string { return l.name }

// BeforeInvoke says which function is called.
func (l *namedLayer) BeforeInvoke(ctx *framework.Context) error {
	l.world.note("layer %s before %s", l.name, ctx.FunctionName())
	return nil
}

// Middleware is around the functions that list the layer.
func (l *namedLayer) Middleware(next framework.Handler) framework.Handler {
	return l.world.around("layer " + l.name)(next)
}

// container holds the singletons of a unit, in the shape of generated code.
type container struct {
	ioc.Container
	world *world
	app   *application
	cells []ioc.Cell[*container, *thing]
	mu    sync.Mutex
	alive []int // in order of creation
	built map[int]int
	wrong error

	client   *call.Client
	kept     map[string]kept
	messages map[string]keptMessage
}

func newContainer(w *world, a *application) *container {
	c := &container{world: w, app: a, cells: make([]ioc.Cell[*container, *thing], len(a.singletons)), built: map[int]int{}, kept: map[string]kept{}, messages: map[string]keptMessage{}}
	c.InitTimeout = 10 * time.Second
	return c
}

// thing is a singleton.
type thing struct {
	container *container
	number    int
	text      string // that of what it needs, too
}

// Init is called once.
func (t *thing) Init(context.Context) error {
	c := t.container
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive = append(c.alive, t.number)
	if c.built[t.number]++; c.built[t.number] > 1 {
		c.wrong = fmt.Errorf("singleton %d was built twice", t.number)
	}
	return nil
}

// Destroy is called in the reverse order.
func (t *thing) Destroy(context.Context) error {
	c := t.container
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.alive) - 1
	if last < 0 || c.alive[last] != t.number {
		c.wrong = cmp.Or(c.wrong, fmt.Errorf("singleton %d was destroyed before some of %v", t.number, c.alive))
		return nil
	}
	c.alive = c.alive[:last]
	return nil
}

// left is an error when the singletons did not live as they should.
func (c *container) left() error {
	if len(c.alive) > 0 {
		return cmp.Or(c.wrong, fmt.Errorf("the singletons %v were not destroyed", c.alive))
	}
	return c.wrong
}

func (c *container) get(i int) func(*container, *ioc.Build) (*thing, error) {
	return func(_ *container, b *ioc.Build) (*thing, error) {
		return c.cells[i].Get(c, b, func(c *container, b *ioc.Build) (*thing, error) {
			t := &thing{container: c, number: i, text: "s" + strconv.Itoa(i)}
			for _, need := range c.app.singletons[i] {
				other, err := c.get(need)(c, b)
				if err != nil {
					return nil, err
				}
				t.text += "(" + other.text + ")"
			}
			return t, nil
		})
	}
}

// scope is what lives for one call.
type scope struct {
	ioc.Call
	value ioc.Scoped[*scope, string]
}

// function makes a function in the shape of generated code.
func (c *container) function(f *function) *framework.Function {
	made := &framework.Function{Name: f.name, Triggers: f.list(), Needs: framework.Needs{Stop: c.Close}}
	if f.called && len(f.triggers) > 0 && !f.raw() {
		made.Triggers = append(made.Triggers, framework.Callee{})
	}
	var named framework.NamedLayers
	for i, l := range strings.Fields(layers) { // the settings say which of them it has
		named = append(named, framework.NamedLayer{Name: l, Off: i == 0, Make: func() (framework.Layer, error) { return &namedLayer{watcher{c.world}, l}, nil }})
	}
	made.Named = named
	var needs []ioc.Need[*container]
	for _, i := range f.needs {
		needs = append(needs, ioc.Needs(&c.cells[i], c.get(i)))
	}
	made.Warm = ioc.Warm(c, needs...)
	if f.guarded {
		made.Use = []framework.Middleware{c.world.around(f.name)}
	}
	made.Handler = func(ctx *framework.Context) error {
		k := &scope{}
		defer k.End()
		var used []string
		for _, i := range f.needs {
			t, err := c.get(i)(c, nil)
			if err != nil {
				return err
			}
			used = append(used, t.text)
		}
		if f.scoped {
			for range 2 {
				value, err := k.value.Open(k, func(*scope) (string, func(), error) {
					c.world.note("value of %s for %s", f.name, ctx.RequestID())
					return "value of " + f.name, func() { c.world.note("end of the value of %s for %s", f.name, ctx.RequestID()) }, nil
				})
				if err != nil {
					return err
				}
				used = append(used, value)
			}
		}
		if f.answer == "typed" || f.answer == "same" {
			if err := c.takeTyped(ctx, f); err != nil {
				return err
			}
		}
		event, ids, err := described(ctx)
		if err != nil {
			return err
		}
		c.world.note("%s (%s) called with %s", f.name, ctx.FunctionName(), event)
		ctx.Logger().Info("called", "with", used)
		c.receive(ctx, f)
		results, err := c.callOthers(ctx, f)
		if err != nil {
			return err
		}
		return f.act(ctx, c, event, ids, append(used, results...))
	}
	return made
}

// described is the event as text, and the ids of the messages in it.
func described(ctx *framework.Context) (text string, ids []string, err error) {
	event := ctx.Event()
	if x := web.From(ctx); x != nil {
		body, err := x.Request.ReadBody(0)
		if err != nil {
			return "", nil, err
		}
		q := &x.Request
		event = []any{q.Method, q.Host, q.Path, q.RawPath, q.RawQuery, q.Pattern, q.PathValues, q.Header["Content-Type"], string(body)}
	} else if raw, ok := event.([]byte); ok {
		event = string(raw)
	} else if trigger.BatchOf(event) != nil {
		for _, m := range messages(event) {
			ids = append(ids, m.MessageID())
		}
	}
	b, err := json.Marshal(event)
	return fmt.Sprintf("%T %s", ctx.Event(), b), ids, err
}

// act does what the words in the event say, and answers in the function's way.
func (f *function) act(ctx *framework.Context, c *container, event string, ids, used []string) error {
	w := c.world
	does := func(deed string) bool { return strings.Contains(event, deed) }
	switch {
	case does("do-error"):
		return errors.New("an error of " + f.name)
	case does("do-stated"):
		return framework.Errorf(http.StatusConflict, "conflict", "%s says no", f.name)
	case does("do-panic"):
		panic("a panic of " + f.name)
	case does("do-part"):
		var failed framework.BatchError
		for i, id := range ids {
			if i%2 == 0 {
				failed.Add(id, errors.New("a part of "+f.name))
			}
		}
		return failed.Err()
	case does("do-hang"):
		<-ctx.Done()
		time.Sleep(time.Millisecond) // it is late, surely
		w.note("%s was told to end: %v", f.name, ctx.Err())
		return ctx.Err()
	case does("do-overrun") && c.app.calls():
		w.overrun()
		w.note("%s ends late", f.name)
	case does("do-overrun"):
		// A unit of one has a margin before each deadline, a member of a group may have none: this much later than a deadline, or
		// than the end of another such handler, it ends in no such gap.
		time.Sleep(f.timeout + 570*time.Millisecond)
		w.note("%s ends late", f.name)
	}
	x := web.From(ctx)
	if x != nil {
		x.Header().Add("X-Answer", f.name)
		x.SetCookie(web.Cookie{Name: "a", Value: "1"})
	}
	text := f.name + " " + strings.Join(used, " ") + " " + event
	switch f.answer {
	case "json":
		ctx.SetResult(map[string]any{"function": ctx.FunctionName(), "used": used, "event": event})
	case "text":
		ctx.SetResult(text)
	case "bytes":
		ctx.SetResult(c.keep(f, []byte(text)))
	case "typed":
		ctx.SetResult(c.keepTyped(f, text))
	case "none":
		ctx.SetResult([]byte(nil))
	case "empty":
		ctx.SetResult([]byte{})
	case "spaced":
		ctx.SetResult(c.keep(f, []byte(" {\"text\":  "+quoted(text)+"}\n")))
	case "stream":
		if x == nil {
			ctx.SetResult(json.RawMessage(`{"stream":true}`))
			break
		}
		ctx.SetResult(io.MultiReader(strings.NewReader(text), &reader{ctx: ctx, world: w, name: f.name}))
	case "response":
		if x == nil {
			break
		}
		ctx.SetResult(&web.Response{Status: 202, Header: web.Header{"Content-Type": {"text/x-own"}}, Body: []byte(text)})
	}
	return nil
}

// reader is the end of a stream, which is read while the call lasts.
type reader struct {
	ctx   *framework.Context
	world *world
	name  string
}

// Read says who reads.
func (r *reader) Read([]byte) (int, error) {
	r.world.note("the stream of %s (%s) ends: %v", r.name, r.ctx.FunctionName(), r.ctx.Err())
	return 0, io.EOF
}

// messages are the elements of a batch.
func messages(batch any) (list []framework.Message) {
	for _, k := range []func(any) []framework.Message{elements[mqMessage], elements[record], elements[object], elements[logged], elements[refreshed], elements[busEvent]} {
		list = append(list, k(batch)...)
	}
	return slices.Clip(list)
}

func elements[E framework.Message](batch any) (list []framework.Message) {
	all, _ := batch.([]E)
	for _, e := range all {
		list = append(list, e)
	}
	return list
}
