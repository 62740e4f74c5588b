package local

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	transport "github.com/faasgen/faasgen/framework/platform/local/invoke"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// calling has a function that calls another asynchronously, which fails the first time.
func calling(tries *atomic.Int32) func(*framework.Runtime) *framework.App {
	return call.With(transport.New(), func(rt *framework.Runtime) *framework.App {
		client := call.New(rt)
		return &framework.App{Unit: "app", Functions: []*framework.Function{
			{Name: "front", Triggers: triggers(web.Route{Pattern: "/front"}), Handler: func(ctx *framework.Context) error {
				return client.Send(ctx, "later", []byte(`{"n":1}`), call.Options{})
			}},
			{Name: "later", Triggers: triggers(framework.Callee{}), Handler: func(ctx *framework.Context) error {
				if string(ctx.Event().([]byte)) != `{"n":1}` || !ctx.Call().Async {
					tries.Add(100)
				}
				if tries.Add(1) == 1 {
					return errors.New("the first time")
				}
				return nil
			}},
		}}
	})
}

// TestInvokeDeliversCalls: "invoke" ends when what the function called is delivered, without the time between deliveries.
func TestInvokeDeliversCalls(t *testing.T) {
	var tries atomic.Int32
	errs := &logged{line: make(chan map[string]any, 100)}
	code := run(t.Context(), calling(&tries), process{args: []string{"invoke", "front"}, env: func(string) string { return "" }, in: strings.NewReader(""), out: io.Discard, err: errs})
	if code != 0 || tries.Load() != 2 {
		t.Errorf("exit code %d, %d tries: %s", code, tries.Load(), errs.String())
	}
}

// TestServerDeliversCalls: so does a server that is stopped.
func TestServerDeliversCalls(t *testing.T) {
	var tries atomic.Int32
	s := alone(t, calling(&tries), nil)
	if status, body := s.get(t, "/front"); status != 204 {
		t.Errorf("status %d, %s", status, body)
	}
	s.end(t)
	if tries.Load() != 2 {
		t.Errorf("%d tries", tries.Load())
	}
}

// TestInvokeCallee: people call such a function by its payload, also where it has other triggers.
func TestInvokeCallee(t *testing.T) {
	app := func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "app", Functions: []*framework.Function{
			{Name: "both", Triggers: triggers(web.Route{Pattern: "/both"}, framework.Callee{}), Handler: func(ctx *framework.Context) error {
				if payload, ok := ctx.Event().([]byte); ok {
					ctx.SetResult(payload)
				}
				return nil
			}},
		}}
	}
	for event, want := range map[string]string{`{"id":1}`: `{"id":1}`, ``: `{}`, `{"path":"/both"}`: ``} {
		var out, errs strings.Builder
		code := run(t.Context(), app, process{args: []string{"invoke", "both"}, env: func(string) string { return "" }, in: strings.NewReader(event), out: &out, err: &errs})
		if code != 0 || strings.TrimSpace(out.String()) != want {
			t.Errorf("%s: exit code %d, %s, %s", event, code, out.String(), errs.String())
		}
	}
}
