package platform_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// warmer takes the events that keep a unit warm.
type warmer struct{}

func (warmer) Name() string { return "warmer" }
func (warmer) Unclaimed(_ context.Context, payload []byte) (any, bool, error) {
	switch {
	case strings.Contains(string(payload), "warm"):
		return map[string]bool{"warm": true}, true, nil
	case strings.Contains(string(payload), "bad"):
		return nil, false, errors.New("bad")
	}
	return nil, false, nil
}

// TestUnclaimed offers what no codec claims to the layers; a broken payload, and one for a function that there is not, are no such events.
func TestUnclaimed(t *testing.T) {
	claims := platform.Codec{Kind: "test", Bind: func(*framework.App) (platform.Decoder, error) {
		return func(p *platform.Payload) (platform.Call, bool, error) {
			if text := string(p.Raw); strings.HasPrefix(text, "refused ") {
				return platform.Call{}, true, &framework.Error{Status: 400, Code: strings.Fields(text)[1]}
			}
			return platform.Call{}, false, nil
		}, nil
	}}
	for _, layers := range []framework.Layers{{warmer{}}, nil} {
		app := &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Handler: func(*framework.Context) error { return nil }}}}
		if layers != nil {
			app.Layers = layers
		}
		e := framework.NewEngine(&framework.Runtime{}, app)
		d, err := platform.NewDispatcher(e, []platform.Codec{claims})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for payload, want := range map[string]struct{ response, code string }{
			`{"warm": 1}`:                     {`{"warm":true}`, ""},
			`refused unknown_queue warm`:      {`{"warm":true}`, ""},
			`refused unexpected_event warm`:   {`{"warm":true}`, ""},
			`refused invalid_event warm`:      {"", "invalid_event"},
			`{"faas":"call","function":"no"}`: {"", "unknown_function"},
			`{"other": 1}`:                    {"", "unknown_event"},
			`{"bad": 1}`:                      {"", "bad"},
		} {
			if layers == nil && want.response != "" {
				want.response, want.code = "", "unknown_event"
				if f := strings.Fields(payload); f[0] == "refused" {
					want.code = f[1]
				}
			} else if layers == nil && want.code == "bad" {
				want.code = "unknown_event"
			}
			response, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{})
			code := ""
			if fe, ok := errors.AsType[*framework.Error](err); ok {
				code = fe.Code
			} else if err != nil {
				code = err.Error()
			}
			if string(response) != want.response || code != want.code {
				t.Errorf("layers %v, %s: got %s and %v, want %+v", layers, payload, response, err, want)
			}
		}
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
