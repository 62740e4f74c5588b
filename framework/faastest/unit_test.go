package faastest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/raw"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// unit is an application in the shape of generated code.
type unit struct {
	rt       *framework.Runtime
	greeting string
	tags     []string
	release  chan struct{} // ends hang
	failInit error
	closing  error
	closed   bool
}

func (u *unit) new(rt *framework.Runtime) *framework.App {
	u.rt = rt
	return &framework.App{
		Unit: "app", Start: u.start, Stop: func(context.Context) error { u.closed = true; return u.closing },
		Functions: []*framework.Function{
			{Name: "break", Handler: u.breakOff, Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/break"}}},
			{Name: "greet", Handler: u.greet, Triggers: []framework.Trigger{web.Route{Method: "POST", Pattern: "/greet/{name}", Status: 201}}},
			{Name: "hang", Handler: u.hang, Timeout: 20 * time.Millisecond},
			{Name: "purge", Handler: u.timer, Triggers: []framework.Trigger{timer.Schedule{Name: "purge-old", Cron: "0 3 * * *", Payload: "old"}}},
			{Name: "report", Handler: u.timer, Triggers: []framework.Trigger{timer.Schedule{Name: "report", Every: time.Hour}}},
			{Name: "stream", Handler: u.stream, Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/files/{path...}"}}},
			{Name: "sum", Handler: u.sum, Triggers: []framework.Trigger{raw.Trigger{}}},
		},
	}
}

func newApp(rt *framework.Runtime) *framework.App { return new(unit).new(rt) }

func (u *unit) start(ctx context.Context) error {
	if u.failInit != nil {
		return u.failInit
	}
	c, err := config.LoadWith(u.rt.CodeDir, u.rt.Env, u.rt.LookupEnv)
	if err != nil {
		return err
	}
	if u.tags, err = config.Or(c, "greet.tags", u.tags); err != nil {
		return err
	}
	u.greeting, err = config.Or(c, "greet.text", "hello")
	return err
}

// name is a text with a String method, which is not its form in a request.
type name string

func (n name) String() string { return "the name " + string(n) }

// page is embedded in requests.
type page struct {
	Limit *int     `query:"limit"`
	Sort  []string `query:"sort"`
}

type greeting struct {
	page
	Name    name          `path:"name"`
	Within  time.Duration `query:"within"`
	Trace   string        `header:"X-Trace"`
	Session string        `cookie:"session"`
	Text    string        `json:"text"`
}

type greeted struct {
	Text  string   `json:"text"`
	Limit int      `json:"limit"`
	Sort  []string `json:"sort"`
	Body  string   `json:"body"`
	ID    string   `json:"id"`
}

func (u *unit) greet(ctx *framework.Context) error {
	x := web.From(ctx)
	body, err := x.Request.ReadBody(0)
	if err != nil {
		return err
	}
	var in greeting
	b := web.NewBinder(&x.Request)
	b.JSON(&in, "Name", "Within", "Trace", "Session", "Limit", "Sort")
	web.Value(b, web.InPath, "name", &in.Name, web.String[name])
	web.Value(b, web.InQuery, "within", &in.Within, web.Duration[time.Duration])
	web.Value(b, web.InHeader, "X-Trace", &in.Trace, web.String[string])
	web.Value(b, web.InCookie, "session", &in.Session, web.String[string])
	web.Optional(b, web.InQuery, "limit", &in.Limit, web.Int[int])
	web.List(b, web.InQuery, "sort", &in.Sort, web.String[string])
	if err := b.Err(); err != nil {
		return err
	}
	if in.Name == "nobody" {
		return framework.Errorf(404, "not_found", "there is nobody")
	}
	out := greeted{Body: string(body), Sort: in.Sort, ID: ctx.RequestID()}
	out.Text = fmt.Sprintf("%s %s%s within %s, %q %q", u.greeting, string(in.Name), in.Text, in.Within, in.Trace, in.Session)
	if in.Limit != nil {
		out.Limit = *in.Limit
	}
	x.Header().Add("Set-Cookie", "a=1")
	x.Header().Add("Set-Cookie", "b=2")
	ctx.Logger().WithGroup("who").Info("greeted", "name", in.Name, slog.Group("more", "trace", in.Trace))
	slog.New(u.rt.Logger.Handler()).DebugContext(ctx, "a detail")
	ctx.SetResult(&out)
	return nil
}

type fired struct{ Name, Payload, Time string }

func (u *unit) timer(ctx *framework.Context) error {
	e, ok := ctx.Event().(timer.Event)
	if !ok {
		return fmt.Errorf("found an event of type %T", ctx.Event())
	}
	ctx.SetResult(fired{e.Name, e.Payload, e.Time.Format(time.RFC3339)})
	return nil
}

func (u *unit) sum(ctx *framework.Context) error {
	var numbers []int
	if err := event.Decode(ctx.Event().([]byte), &numbers); err != nil {
		return err
	}
	sum := 0
	for _, n := range numbers {
		sum += n
	}
	ctx.SetResult(map[string]int{"sum": sum})
	return nil
}

func (u *unit) hang(*framework.Context) error { <-u.release; return nil }

func (u *unit) breakOff(ctx *framework.Context) error {
	ctx.SetResult(io.MultiReader(strings.NewReader("half"), failing{}))
	return nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// stream answers with a reader that is of no use when the invocation has ended.
func (u *unit) stream(ctx *framework.Context) error {
	ctx.SetResult(io.NopCloser(reader{ctx, strings.NewReader("\xff" + web.From(ctx).Request.PathValue("path"))}))
	return nil
}

type reader struct {
	ctx  context.Context
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// trial is a test that may fail without failing the one that looks at it.
type trial struct {
	testing.TB
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	failures []string
	logged   []string
	cleanups []func()
}

// try runs a test to its end, cleanups and all.
func try(t *testing.T, test func(t testing.TB)) *trial {
	t.Helper()
	tr := &trial{TB: t}
	tr.ctx, tr.cancel = context.WithCancel(context.Background())
	run := func(f func()) {
		done := make(chan struct{})
		go func() { defer close(done); f() }()
		<-done
	}
	run(func() { test(tr) })
	tr.cancel()
	for len(tr.cleanups) > 0 {
		last := tr.cleanups[len(tr.cleanups)-1]
		tr.cleanups = tr.cleanups[:len(tr.cleanups)-1]
		run(last)
	}
	return tr
}

func (tr *trial) Helper()                  {}
func (tr *trial) Context() context.Context { return tr.ctx }
func (tr *trial) Cleanup(f func())         { tr.cleanups = append(tr.cleanups, f) }
func (tr *trial) Output() io.Writer        { return io.Discard }
func (tr *trial) Logf(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.logged = append(tr.logged, fmt.Sprintf(format, args...))
}
func (tr *trial) Errorf(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.failures = append(tr.failures, fmt.Sprintf(format, args...))
}
func (tr *trial) Fatalf(format string, args ...any) { tr.Errorf(format, args...); runtime.Goexit() }
func (tr *trial) Fatal(args ...any)                 { tr.Fatalf("%s", fmt.Sprint(args...)) }

// want checks that the trial failed with exactly one message that has all of the texts, or not at all without texts.
func (tr *trial) want(t *testing.T, texts ...string) {
	t.Helper()
	if len(texts) == 0 && len(tr.failures) == 0 {
		return
	}
	if len(tr.failures) != 1 || len(texts) == 0 {
		t.Errorf("failures %q, want one with %q", tr.failures, texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(tr.failures[0], text) {
			t.Errorf("failure %q has no %q", tr.failures[0], text)
		}
	}
}
