package framework_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// namedApp has two functions with layers of f.yml: f has a and b, g has b and, off, c.
func namedApp(d *diary, instead framework.Layer) *framework.App {
	layer := func(name string, off bool) framework.NamedLayer {
		return framework.NamedLayer{Name: name, Off: off, Make: func() (framework.Layer, error) { return everything{late{name, d}, early{d}}, nil }}
	}
	a := layer("a", false)
	a.Instead = instead
	built := framework.NamedLayer{Name: "b", Build: building(late{"b", d}, nil)}
	f := needing("f", framework.Needs{Named: framework.NamedLayers{a, built}})
	g := needing("g", framework.Needs{Named: framework.NamedLayers{built, layer("c", true)}})
	return &framework.App{Unit: "u", Functions: []*framework.Function{f, g}}
}

// lived starts an application, calls its functions and closes it.
func lived(t *testing.T, rt *framework.Runtime, app *framework.App) {
	t.Helper()
	e := framework.NewEngine(rt, app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range e.App().Functions {
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
			t.Error(err)
		}
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNamedLayers(t *testing.T) {
	for name, tt := range map[string]struct {
		settings string
		instead  framework.Layer
		want     []string // of invocations
		closed   []string // which hooks of the process ran
	}{
		"without settings": {"", nil, []string{"a: before invoke", "b: before invoke", "a: around", "b: around", "b: after invoke <nil>", "a: after invoke <nil>",
			"b: before invoke", "b: around", "b: after invoke <nil>"}, []string{"a: before close", "b: before close"}},
		"other lists": {"f - layers=\ng - layers=c\n", nil, []string{"c: before invoke", "c: around", "c: after invoke <nil>"}, []string{"c: before close"}},
		"none":        {"f - layers=\ng - layers=\n", nil, nil, nil},
		"reordered": {"f - layers=b,a\ng - layers=c,b\n", nil, []string{"b: before invoke", "a: before invoke", "b: around", "a: around", "a: after invoke <nil>", "b: after invoke <nil>",
			"c: before invoke", "b: before invoke", "c: around", "b: around", "b: after invoke <nil>", "c: after invoke <nil>"}, []string{"c: before close", "b: before close", "a: before close"}},
		"taken away": {"", framework.NoLayer(), []string{"b: before invoke", "b: around", "b: after invoke <nil>", "b: before invoke", "b: around", "b: after invoke <nil>"}, []string{"b: before close"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := &diary{}
			lived(t, &framework.Runtime{Settings: tt.settings}, namedApp(d, tt.instead))
			var got, closed []string
			for _, e := range d.seen {
				switch {
				case strings.HasSuffix(e, "before close"):
					closed = append(closed, e)
				case strings.Contains(e, "invoke") || strings.Contains(e, "around"):
					got = append(got, e)
				}
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(closed, tt.closed) {
				t.Errorf("got %q and %q", got, closed)
			}
		})
	}
}

func TestNamedLayersRefused(t *testing.T) {
	for settings, want := range map[string]string{
		"f - layers=a,b\ng - layers=b,c\ni - layers=b,a\n": "no order of layers agrees with the lists of the functions f (a,b), i (b,a): put them in one order",
		"f - layers=zzz\n": "there is no layer zzz in the binary",
		"h - layers=a\n":   "no layer: the function is linked with none",
	} {
		app := namedApp(&diary{}, nil)
		i := needing("i", framework.Needs{Named: app.Functions[0].Named})
		app.Functions = append(app.Functions, needing("h", framework.Needs{}), i)
		if err := framework.NewEngine(&framework.Runtime{Settings: settings}, app).Start(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", settings, err)
		}
	}
	app := namedApp(&diary{}, nil)
	app.Layers = framework.Layers{late{"a", &diary{}}}
	if err := framework.NewEngine(&framework.Runtime{}, app).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "two layers have the name a: layer a of f.yml and framework_test.late") {
		t.Errorf("got %v", err)
	}
}

// TestLayerDefaults hands on what stands behind the settings.
func TestLayerDefaults(t *testing.T) {
	rt := &framework.Runtime{Settings: "f - timeout=1s\n---\n{\"-\": {}}\n"}
	if got := rt.LayerDefaults(); got != "{\"-\": {}}\n" {
		t.Errorf("got %q without an engine", got)
	}
	lived(t, rt, &framework.App{Unit: "u", Functions: []*framework.Function{needing("f", framework.Needs{})}})
	if got := rt.LayerDefaults(); got != "{\"-\": {}}\n" {
		t.Errorf("got %q", got)
	}
}

// able has what layers may have beside hooks.
type able struct {
	name   string
	health error
	takes  string
}

func (a able) Name() string                         { return a.name }
func (a able) Logger(log *slog.Logger) *slog.Logger { return log.With("layer", a.name) }
func (a able) Health(context.Context) error         { return a.health }
func (a able) Unclaimed(ctx context.Context, payload []byte) (any, bool, error) {
	if string(payload) == "panic" {
		panic("oh")
	}
	_, limited := ctx.Deadline()
	return limited, string(payload) == a.takes, nil
}

func TestLayerAbilities(t *testing.T) {
	var out bytes.Buffer
	sick := errors.New("sick")
	app := &framework.App{Unit: "u", Layers: framework.Layers{able{"one", nil, "x"}, able{"two", sick, "y"}}, Functions: []*framework.Function{{
		Name: "f", Handler: func(ctx *framework.Context) error { ctx.Logger().Info("hello"); return nil },
	}}}
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&out, nil))}
	e := framework.NewEngine(rt, app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: app.Functions[0]}); err != nil {
		t.Fatal(err)
	}
	rt.Log().Info("process")
	if got := out.String(); strings.Count(got, "layer=two layer=one") != 2 {
		t.Errorf("logged %q", got)
	}
	if err := e.Health(t.Context()); !errors.Is(err, sick) || !strings.Contains(err.Error(), "layer two") {
		t.Errorf("health: %v", err)
	}
	nowhere := &framework.Error{Status: 400, Code: "unknown_event"}
	for payload, want := range map[string]bool{"x": true, "y": true, "z": false} {
		if result, taken, err := e.Unclaimed(t.Context(), []byte(payload), time.Now().Add(time.Minute), nowhere); taken != want || err != nil || want && result != true {
			t.Errorf("%s: %v %v %v", payload, result, taken, err)
		}
	}
	if _, taken, err := e.Unclaimed(t.Context(), []byte("panic"), time.Time{}, nowhere); !taken || err == nil || err.Error() != "layer one: panic: oh" {
		t.Errorf("panic: %v %v", taken, err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, taken, err := e.Unclaimed(t.Context(), []byte("x"), time.Time{}, nowhere); !taken || err != framework.ErrClosed {
		t.Errorf("closed: %v %v", taken, err)
	}
}

func TestKey(t *testing.T) {
	number, other := framework.NewKey[int]("number"), framework.NewKey[int]("number")
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
		if _, ok := number.Get(ctx); ok {
			t.Error("it is there before it is set")
		}
		number.Set(ctx, 7)
		below := context.WithoutCancel(ctx)
		if n, ok := number.Get(below); n != 7 || !ok {
			t.Errorf("got %v %v", n, ok)
		}
		if _, ok := other.Get(ctx); ok {
			t.Error("two keys of one name are one")
		}
		if n, _ := number.Get(number.With(below, 8)); n != 8 {
			t.Errorf("got %v", n)
		}
		return nil
	}}
	lived(t, &framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if number.String() != "number" {
		t.Error(number)
	}
}
