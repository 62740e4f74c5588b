package call_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/carry"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

type parcel struct {
	Name   string   `json:"name"`
	Weight float64  `json:"weight"`
	Parts  []string `json:"parts"`
}

func carryParcel(v *parcel) bool {
	return carry.Text(&v.Name) && carry.Number(&v.Weight) && carry.Slice(&v.Parts, carry.Text)
}

func carryParcelPointer(v **parcel) bool { return carry.Pointer(v, carryParcel) }

// bothWays returns clients that reach a function in process and over the wire.
func bothWays(t *testing.T, f *framework.Function) map[string]*call.Client {
	t.Helper()
	u, other := newUnit(t, nil, f), newUnit(t, nil, f)
	d, err := platform.NewDispatcher(other.engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*call.Client{"in process": u.client, "over the wire": call.New(&framework.Runtime{Calls: over{d}, Variables: variables{call.Variable: "f=other"}})}
}

// TestDo: typed calls do the same in process and over the wire, whatever is around the function.
func TestDo(t *testing.T) {
	edit := func(ctx *framework.Context) { copy(ctx.Event().([]byte), `{"name":"e"`) }
	for name, test := range map[string]struct {
		in            *parcel
		before, after func(*framework.Context)
		got, want     string
	}{
		"copied":             {in: &parcel{"a", 1.5, []string{"b"}}, got: `{"name":"a","weight":1.5,"parts":["b"]}`, want: `{"name":"a!","weight":1.5,"parts":["b"]} <nil>`},
		"nil":                {got: `{"name":"","weight":0,"parts":null}`, want: `{"name":"!","weight":0,"parts":null} <nil>`},
		"empty":              {in: &parcel{Parts: []string{}}, got: `{"name":"","weight":0,"parts":[]}`, want: `{"name":"!","weight":0,"parts":[]} <nil>`},
		"no UTF-8":           {in: &parcel{Name: "\xff", Parts: []string{"x"}}, got: `{"name":"�","weight":0,"parts":["x"]}`, want: `{"name":"�!","weight":0,"parts":["x"]} <nil>`},
		"no number":          {in: &parcel{Weight: math.NaN()}, want: "null encode the input of a call, of type *call_test.parcel: json: unsupported value: NaN"},
		"event edited":       {in: &parcel{Name: "a"}, before: edit, got: `{"name":"e","weight":0,"parts":null}`, want: `{"name":"e!","weight":0,"parts":null} <nil>`},
		"event replaced":     {in: &parcel{Name: "a"}, before: func(ctx *framework.Context) { ctx.SetEvent([]byte(`{"name":"r"}`)) }, got: `{"name":"r","weight":0,"parts":null}`, want: `{"name":"r!","weight":0,"parts":null} <nil>`},
		"result replaced":    {in: &parcel{Name: "a"}, after: func(ctx *framework.Context) { ctx.SetResult(map[string]any{"weight": 2}) }, got: `{"name":"a","weight":0,"parts":null}`, want: `{"name":"","weight":2,"parts":null} <nil>`},
		"result without any": {in: &parcel{Name: "a"}, after: func(ctx *framework.Context) { ctx.SetResult(nil) }, got: `{"name":"a","weight":0,"parts":null}`, want: `null <nil>`},
		"another result":     {in: &parcel{Name: "a"}, after: func(ctx *framework.Context) { ctx.SetResult("text") }, got: `{"name":"a","weight":0,"parts":null}`, want: `null bad_answer: a function did not answer as expected`},
		"a result of no number": {in: &parcel{Name: "a"}, after: func(ctx *framework.Context) { ctx.SetResult(&parcel{Weight: math.Inf(1)}) }, got: `{"name":"a","weight":0,"parts":null}`,
			want: `null internal: function f failed; its log has the reason`},
	} {
		var got, seen string
		f := &framework.Function{Name: "f", Use: []framework.Middleware{func(next framework.Handler) framework.Handler {
			return func(ctx *framework.Context) error {
				if test.before != nil {
					test.before(ctx)
				}
				err := next(ctx)
				seen = string(ctx.Event().([]byte))
				if test.after != nil {
					test.after(ctx)
				}
				return err
			}
		}}, Handler: func(ctx *framework.Context) error {
			var in parcel
			if !adapter.Called(ctx, &in) {
				if err := event.Decode(ctx.Event().([]byte), &in); err != nil {
					return err
				}
			}
			got = text(t, in)
			out := in
			out.Name += "!"
			in.Parts = append(in.Parts[:0], "spoilt")
			if len(out.Parts) > 0 {
				out.Parts[0] = test.in.Parts[0]
			}
			ctx.SetResult(&out)
			return nil
		}}
		var first string
		for way, c := range bothWays(t, f) {
			got, seen = "", ""
			out, err := call.Do[*parcel, *parcel](t.Context(), c, "f", test.in, call.Options{}, carryParcelPointer, carryParcelPointer)
			said := fmt.Sprint(err)
			var stated *framework.Error
			if errors.As(err, &stated) {
				said = stated.Code + ": " + stated.Message
			}
			if answer := text(t, out) + " " + said; answer != test.want || got != test.got {
				t.Errorf("%s, %s: the function got %s, the caller %s", name, way, got, answer)
			}
			if first == "" {
				first = seen
			} else if seen != first {
				t.Errorf("%s: middleware sees %s one way and %s the other", name, first, seen)
			}
		}
	}
}

// text is a value as JSON.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestNone: a function without input gets an empty object, and a caller that takes no result gets none.
func TestNone(t *testing.T) {
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
		ctx.SetResult("text of " + string(ctx.Event().([]byte)))
		return nil
	}}
	for way, c := range bothWays(t, f) {
		if out, err := call.Do[call.None, string](t.Context(), c, "f", call.None{}, call.Options{}, nil, carry.Text); out != "text of {}" || err != nil {
			t.Errorf("%s: %q, %v", way, out, err)
		}
		if _, err := call.Do[call.None, call.None](t.Context(), c, "f", call.None{}, call.Options{}, nil, nil); err != nil {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// TestEndedCaller: a call of a context that has ended, or ends meanwhile, returns the error of that.
func TestEndedCaller(t *testing.T) {
	runs := 0
	end := func() {}
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
		runs++
		end()
		<-ctx.Done()
		return ctx.Err()
	}}
	u := newUnit(t, nil, f)
	for _, before := range []bool{true, false} {
		runs = 0
		ctx, cancel := context.WithCancel(t.Context())
		end = cancel
		if before {
			cancel()
		}
		_, err := u.client.Call(ctx, "f", nil, call.Options{Timeout: 1 << 40})
		if !errors.Is(err, context.Canceled) || err.Error() != "call of function f: context canceled" || (runs == 0) != before {
			t.Errorf("ended before %t: %v, %d runs", before, err, runs)
		}
		cancel()
	}
}
