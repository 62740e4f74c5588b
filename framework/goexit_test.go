package framework_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// rough is a layer whose hooks do what the test says: by its name and theirs, error, panic or goexit.
type rough struct {
	name  string
	do    map[string]string
	calls *[]string
	seen  map[string]error // what the after-hooks saw
}

func (r rough) hook(name string, err error) error {
	name = r.name + "." + name
	*r.calls = append(*r.calls, name)
	r.seen[name] = err
	return misbehave(r.do[name])
}

func misbehave(how string) error {
	switch how {
	case "error":
		return errors.New("it failed")
	case "panic":
		panic("it failed")
	case "goexit":
		runtime.Goexit()
	}
	return nil
}

func (r rough) Name() string { return r.name }
func (r rough) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	return r.hook("BeforeRuntimeStart", nil)
}
func (r rough) AfterRuntimeStart(_ context.Context, _ *framework.Runtime, err error) error {
	return r.hook("AfterRuntimeStart", err)
}
func (r rough) BeforeFunctionStart(context.Context, *framework.App) error {
	return r.hook("BeforeFunctionStart", nil)
}
func (r rough) AfterFunctionStart(_ context.Context, _ *framework.App, err error) error {
	return r.hook("AfterFunctionStart", err)
}
func (r rough) BeforeInvoke(*framework.Context) error             { return r.hook("BeforeInvoke", nil) }
func (r rough) AfterInvoke(_ *framework.Context, err error) error { return r.hook("AfterInvoke", err) }
func (r rough) BeforeClose(context.Context, *framework.App) error { return r.hook("BeforeClose", nil) }
func (r rough) AfterClose(_ context.Context, _ *framework.App, err error) error {
	return r.hook("AfterClose", err)
}

// TestNoAfterHookIsSkipped has everything go wrong everywhere: whatever hook, handler, start or end fails in whatever way, each
// after-hook whose before-hook was reached has its turn once, in order, and those that come later see the error.
func TestNoAfterHookIsSkipped(t *testing.T) {
	for _, phase := range []string{"RuntimeStart", "FunctionStart", "Invoke", "Close"} {
		for _, at := range []string{"a.Before", "b.Before", "body", "b.After", "a.After"} {
			for _, how := range []string{"error", "panic", "goexit"} {
				if phase == "RuntimeStart" && at == "body" { // there is none
					continue
				}
				place := at
				if at != "body" {
					place += phase
				}
				t.Run(phase+"/"+place+"/"+how, func(t *testing.T) {
					var calls []string
					do, seen := map[string]string{place: how}, map[string]error{}
					body := func(name string) error {
						if calls = append(calls, name); at == "body" && name == phase {
							return misbehave(how)
						}
						return nil
					}
					f := function("f", func(*framework.Context) error { return body("Invoke") })
					var log bytes.Buffer
					e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}, &framework.App{
						Unit: "u", Functions: []*framework.Function{f},
						Layers: framework.Layers{rough{"a", do, &calls, seen}, rough{"b", do, &calls, seen}},
						Start:  func(context.Context) error { return body("FunctionStart") },
						Stop:   func(context.Context) error { return body("Close") },
					})
					err := e.Start(t.Context())
					starting := phase == "RuntimeStart" || phase == "FunctionStart"
					if starting != (err != nil) {
						t.Fatalf("the start: %v", err)
					}
					if phase == "Invoke" {
						calls = nil
						_, err = e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(time.Minute)})
					}
					if phase == "Close" {
						calls = nil
						err = e.Close(t.Context())
					}
					want := []string{"a.Before" + phase, "b.Before" + phase, phase, "b.After" + phase, "a.After" + phase}
					if phase == "RuntimeStart" {
						want = slices.Delete(want, 2, 3)
					}
					switch {
					case phase == "Close": // where a before-hook that fails stops nothing
					case at == "a.Before":
						want = []string{want[0], want[len(want)-1]}
					case at == "b.Before":
						want = slices.Delete(want, 2, len(want)-2)
					}
					if phase == "FunctionStart" {
						want = append(want, "Close") // which ends what the start has begun
					}
					got := calls
					if phase == "FunctionStart" {
						got = got[4:]
					}
					if !slices.Equal(got, want) {
						t.Errorf("got %v, want %v", got, want)
					}
					if err == nil {
						t.Error("no error")
					}
					for name, saw := range seen {
						if !strings.HasSuffix(name, ".After"+phase) {
							continue
						}
						before := place == name || place == "a.After"+phase // what it saw came before the fault
						if before != (saw == nil) {
							t.Errorf("%s saw %v", name, saw)
						}
					}
					text := log.String()
					if err != nil {
						text += err.Error()
					}
					if at != "body" && how == "goexit" && !strings.Contains(text, "layer "+place[:1]+": it ended its goroutine") {
						t.Errorf("the layer is not named: %s", text)
					}
					if how == "goexit" && !strings.Contains(text, "goroutine") || how != "goexit" && !strings.Contains(text, "it failed") {
						t.Errorf("want the reason in %s", text)
					}
				})
			}
		}
	}
}

// TestGoexitOfAStartUndoesIt: without layers, too, what was begun is ended.
func TestGoexitOfAStartUndoesIt(t *testing.T) {
	stopped := 0
	e := framework.NewEngine(quiet(), &framework.App{
		Unit: "u", Start: func(context.Context) error { runtime.Goexit(); return nil }, Stop: func(context.Context) error { stopped++; return nil },
	})
	if err := e.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("error = %v", err)
	}
	if stopped != 1 {
		t.Errorf("Stop ran %d times, want once", stopped)
	}
}
