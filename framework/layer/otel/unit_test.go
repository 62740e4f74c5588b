package otel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
	"github.com/faasgen/faasgen/framework/platform"
)

// variables are those of a test.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { s, ok := v[name]; return s, ok }

// engine is a unit of one function with the layer, on a platform that waits for background work after each invocation.
type engine struct {
	*framework.Engine
	t          testing.TB
	layer      *otel.Layer
	f          *framework.Function
	out        *output
	background framework.Background
}

func configuration(endpoint string) otel.Config {
	return otel.Config{Endpoint: endpoint, Sample: 1, Cap: 10 * time.Second, Traces: true}
}

func start(t testing.TB, c otel.Config, v variables, f *framework.Function) *engine {
	t.Helper()
	e, err := tryStart(t, c, v, f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func tryStart(t testing.TB, c otel.Config, v variables, f *framework.Function) (*engine, error) {
	e := &engine{t: t, f: f, out: &output{}}
	f.Name = "work"
	rt := &framework.Runtime{Variables: v, Logger: slog.New(platform.LogHandler(slog.NewJSONHandler(e.out, nil), nil))}
	l, err := otel.New(&c, rt)
	if err != nil {
		return nil, err
	}
	e.layer = l
	e.Engine = framework.NewEngine(rt, &framework.App{Unit: "api", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		return nil, err
	}
	t.Cleanup(e.close)
	return e, nil
}

func (e *engine) close() { _ = e.Close(context.Background()) }

// invoke calls the function as a platform that polls does.
func (e *engine) invoke(inv framework.Invocation) {
	inv.Function, inv.RequestID, inv.Background = e.f, "r-1", &e.background
	_, _ = e.Invoke(context.Background(), inv)
	e.background.Wait()
}

// messages are those of the log from a level on.
func (e *engine) messages(least slog.Level) (list []string) {
	for line := range strings.Lines(e.out.String()) {
		var r struct {
			Level slog.Level
			Msg   string
			Error string
		}
		if err := json.NewDecoder(bytes.NewReader([]byte(line))).Decode(&r); err != nil {
			e.t.Errorf("%q: %v", line, err)
		}
		if r.Level >= least {
			list = append(list, strings.TrimSuffix(r.Msg+": "+r.Error, ": "))
		}
	}
	return list
}
