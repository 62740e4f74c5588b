package framework_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

// sleepy is a layer whose hooks take their time.
type sleepy struct{ before, after time.Duration }

func (sleepy) Name() string { return "sleepy" }
func (l sleepy) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	time.Sleep(l.before)
	return nil
}
func (l sleepy) AfterFunctionStart(context.Context, *framework.App, error) error {
	time.Sleep(l.after)
	return nil
}

type (
	database struct{}
	store    struct{ db *database }
	lender   interface{ lend() }
)

func (*store) lend() {}

// slowUnit has a store that needs a database, as generated code would write it.
type slowUnit struct {
	ioc.Container
	db    ioc.Cell[*slowUnit, *database]
	store ioc.Cell[*slowUnit, *store]
	as    ioc.Cell[*slowUnit, lender] // the store as an interface
	late  ioc.Cell[*slowUnit, *int]   // built by the first call
}

func (u *slowUnit) getDB(b *ioc.Build) (*database, error) {
	return u.db.Get(u, b, func(*slowUnit, *ioc.Build) (*database, error) {
		time.Sleep(30 * time.Millisecond)
		return &database{}, nil
	})
}

func (u *slowUnit) getStore(b *ioc.Build) (*store, error) {
	return u.store.Get(u, b, func(_ *slowUnit, b *ioc.Build) (*store, error) {
		time.Sleep(2 * time.Millisecond)
		db, err := u.getDB(b)
		return &store{db}, err
	})
}

func getLender(u *slowUnit, b *ioc.Build) (lender, error) {
	return u.as.Wrap(u, b, func(u *slowUnit, b *ioc.Build) (lender, error) { return u.getStore(b) })
}

func (u *slowUnit) app() *framework.App {
	f := function("f", func(*framework.Context) error {
		_, err := u.late.Get(u, nil, func(*slowUnit, *ioc.Build) (*int, error) { return new(int), nil })
		return err
	})
	f.Warm = ioc.Warm(u, ioc.Needs(&u.as, getLender))
	return &framework.App{
		Unit: "slow", Functions: []*framework.Function{f}, Layers: framework.Layers{sleepy{4 * time.Millisecond, 3 * time.Millisecond}},
	}
}

func TestColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		rt := &framework.Runtime{Logger: slog.New(slog.NewJSONHandler(&log, nil))}
		app := (&slowUnit{}).app()
		e := framework.NewEngine(rt, app)
		if c := rt.ColdStart(); !c.Start.IsZero() || c.Phases != nil {
			t.Errorf("before the start: %+v", c)
		}
		begun := time.Now()
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := rt.ColdStart()
		if !c.Start.Equal(begun) || c.Duration != 39*time.Millisecond {
			t.Errorf("began at %s and took %s", c.Start, c.Duration)
		}
		const ms = time.Millisecond
		check := func(what string, got []framework.Span, want ...framework.Span) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("%s: %+v", what, got)
			}
			for i, w := range want {
				if g := got[i]; g.Name != w.Name || !g.Start.Equal(w.Start) || g.Duration != w.Duration || g.Own != w.Own {
					t.Errorf("%s: got %+v, want %+v", what, g, w)
				}
			}
		}
		check("phases", c.Phases, framework.Span{Name: "RuntimeStart", Start: begun, Duration: 4 * ms, Own: 4 * ms},
			framework.Span{Name: "FunctionStart", Start: begun.Add(4 * ms), Duration: 35 * ms, Own: 35 * ms})
		check("layers", c.Layers, framework.Span{Name: "sleepy", Start: begun, Duration: 7 * ms, Own: 7 * ms})
		check("providers", c.Providers, framework.Span{Name: "framework_test.database", Start: begun.Add(6 * ms), Duration: 30 * ms, Own: 30 * ms},
			framework.Span{Name: "framework_test.store", Start: begun.Add(4 * ms), Duration: 32 * ms, Own: 2 * ms})

		if log.Len() > 0 {
			t.Errorf("the engine logs by itself: %s", &log)
		}
		e.LogColdStart()
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		delete(line, "time")
		got, _ := json.Marshal(line)
		const want = `{"layers":[{"ms":7,"name":"sleepy"}],"level":"INFO","ms":39,"msg":"cold start","phases":[{"ms":4,"name":"RuntimeStart"},{"ms":35,"name":"FunctionStart"}],` +
			`"providers":[{"ms":30,"name":"framework_test.database"},{"ms":2,"name":"framework_test.store"}],"unit":"slow"}`
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		// What the first call builds is not in the report.
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: app.Functions[0]}); err != nil {
			t.Fatal(err)
		}
		if n := len(rt.ColdStart().Providers); n != 2 {
			t.Errorf("%d providers after the first call", n)
		}
	})
}

// TestColdIsOneInvocation: a health check is none, and of several at once one is.
func TestColdIsOneInvocation(t *testing.T) {
	cold := make(chan bool, 10)
	type key struct{}
	f := function("f", func(c *framework.Context) error {
		cold <- c.WithContext(context.WithValue(c, key{}, 1)).Cold()
		return nil
	})
	e := started(t, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range cap(cold) {
		go e.Invoke(context.Background(), framework.Invocation{Function: f})
	}
	n := 0
	for range cap(cold) {
		if <-cold {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d invocations are cold, want 1", n)
	}
}

// TestColdStartOfADeveloper is a record at level debug.
func TestColdStartOfADeveloper(t *testing.T) {
	var log bytes.Buffer
	e := framework.NewEngine(&framework.Runtime{Dev: true, Logger: slog.New(slog.NewJSONHandler(&log, nil))}, &framework.App{Unit: "u"})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e.LogColdStart(); log.Len() > 0 {
		t.Errorf("logged %s", &log)
	}
}
