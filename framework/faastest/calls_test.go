package faastest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// calling has functions that call others: front waits for back, and later does not. Back answers by its input.
func calling(rt *framework.Runtime) *framework.App {
	var once call.Once // made when it is needed, as in generated code
	return &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "front", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/front"}}, Handler: func(c *framework.Context) error {
			payload, err := call.Encode(map[string]string{"is": c.RequestID()})
			if err != nil {
				return err
			}
			out, err := call.Decode[string](once.Client(rt).Call(c, "back", payload, call.Options{}))
			c.SetResult(out)
			return err
		}},
		{Name: "back", Handler: func(c *framework.Context) error {
			if _, seen := c.Value(key{}).(string); seen {
				return errors.New("the caller's values are not for the called function")
			}
			c.SetResult("back")
			return nil
		}},
		{Name: "refused", Handler: func(c *framework.Context) error {
			_, err := once.Client(rt).Call(c, "refuses", nil, call.Options{})
			return err
		}},
		{Name: "refuses", Handler: func(*framework.Context) error { return framework.Errorf(409, "no", "it says no") }},
		{Name: "broken", Handler: func(c *framework.Context) error {
			_, err := once.Client(rt).Call(c, "breaks", nil, call.Options{})
			return err
		}},
		{Name: "breaks", Handler: func(*framework.Context) error { return errors.New("a secret") }},
		{Name: "later", Handler: func(c *framework.Context) error {
			return once.Client(rt).Send(c, "slow", []byte(`{"n":1}`), call.Options{IdempotencyKey: "k"})
		}},
		{Name: "slow", Handler: func(c *framework.Context) error {
			c.Go(func(context.Context) error { return nil })
			return errors.New("it failed")
		}},
	}}
}

type key struct{}

// TestCallsBetweenFunctions: they do the same in one unit and apart, and the test sees them.
func TestCallsBetweenFunctions(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]faastest.Option{"together": nil, "apart": {faastest.Apart()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := faastest.Start(t, calling, options...)
			if r := a.Do("GET", "/front", nil); r.Code != 200 || r.Body.String() != "back" {
				t.Errorf("front: %d %s", r.Code, r.Body)
			}
			if c := a.Calls("back"); len(c) != 1 || string(c[0].Payload) != `{"is":"request-1"}` || c[0].Async || c[0].Err != nil {
				t.Errorf("calls of back: %+v", c)
			}
			_, err := a.Call("refused", nil)
			if e, ok := errors.AsType[*framework.Error](err); !ok || e.Status != 409 || e.Code != "no" || e.Message != "it says no" {
				t.Errorf("refused: %v", err)
			}
			_, err = a.Call("broken", nil)
			if e, ok := errors.AsType[*framework.Error](err); !ok || e.Status != 500 || strings.Contains(e.Message, "secret") {
				t.Errorf("broken: %v", err)
			}
			if c := a.Calls("breaks"); len(c) != 1 || c[0].Err == nil || c[0].Err.Error() != "a secret" {
				t.Errorf("calls of breaks: %+v", c)
			}
			if _, err := a.Call("later", nil); err != nil {
				t.Errorf("later: %v", err)
			}
			c := a.Calls("slow")
			if len(c) != 1 || !c[0].Async || c[0].IdempotencyKey != "k" || c[0].Err == nil || string(c[0].Payload) != `{"n":1}` {
				t.Errorf("calls of slow: %+v", c)
			}
			if logs := a.Logs().Containing("an asynchronous call failed"); len(logs) != 1 {
				t.Errorf("logged:\n%s", a.Logs())
			}
			if a.Calls("front") != nil || a.Calls("later") != nil {
				t.Error("calls of the test itself are not among those of functions")
			}
		})
	}
}
