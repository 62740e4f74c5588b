package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/faasgen/faasgen/framework"
)

func TestLogHandler(t *testing.T) {
	var out bytes.Buffer
	current := "current"
	log := slog.New(LogHandler(slog.NewJSONHandler(&out, nil), func() string { return current }))
	bare := slog.New(LogHandler(slog.NewJSONHandler(&out, nil), nil))
	// record returns the request_id of the one record that write makes.
	record := func(write func()) any {
		t.Helper()
		out.Reset()
		write()
		if n := bytes.Count(out.Bytes(), []byte(`"request_id"`)); n > 1 {
			t.Errorf("%d request ids in %s", n, out.Bytes())
		}
		var r map[string]any
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		return r["request_id"]
	}
	var inside context.Context
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error { inside = c; return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: log}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: f, RequestID: "mine"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		write func()
		want  any
	}{
		{"no context", func() { log.Info("x", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6) }, "current"},
		{"the invocation's context", func() { log.InfoContext(inside, "x") }, "mine"},
		{"the invocation's context and no current", func() { bare.InfoContext(inside, "x") }, "mine"},
		{"nothing known", func() { bare.Info("x") }, nil},
		{"named by the record", func() { log.Info("x", "request_id", "own") }, "own"},
		{"named by the logger", func() { log.With("a", 1).With("request_id", "own").Info("x") }, "own"},
		{"other attributes", func() { log.With("a", 1).Info("x") }, "current"},
		{"the framework's logger", func() { framework.From(inside).Logger().InfoContext(inside, "x") }, "mine"},
		{"a group", func() { log.WithGroup("g").Info("x", "a", 1) }, "current"},
	} {
		if got := record(tt.write); got != tt.want {
			t.Errorf("%s: request_id %v, want %v", tt.name, got, tt.want)
		}
	}
	current = ""
	if got := record(func() { log.Info("x") }); got != nil {
		t.Errorf("between invocations: request_id %v", got)
	}
}

// inside runs write in an invocation of function f of unit u.
func inside(t testing.TB, log *slog.Logger, inv framework.Invocation, write func(*framework.Context)) {
	t.Helper()
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error { write(c); return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: log}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	inv.Function, inv.RequestID = f, "mine"
	if _, err := e.Invoke(t.Context(), inv); err != nil {
		t.Fatal(err)
	}
}

// TestLogLines: whatever logger and context a function uses, its line says once whose call it is, outside of all groups.
func TestLogLines(t *testing.T) {
	const ids = `"request_id":"mine","function":"f","unit":"u"`
	for _, tt := range []struct {
		name  string
		inv   framework.Invocation
		write func(*slog.Logger, *framework.Context)
		want  string
	}{
		{"an injected logger with the context", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { l.InfoContext(c, "x", "a", 1) }, `"a":1,` + ids},
		{"a context that descends from it", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) {
			l.InfoContext(context.WithValue(c, t, 1), "x")
		}, ids},
		{"the call's own logger", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { c.Logger().Info("x") }, ids},
		{"both", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { c.Logger().InfoContext(c, "x", "a", 1) }, ids + `,"a":1`},
		{"without the context", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { l.Info("x") }, ""},
		{"named by the record", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) {
			l.InfoContext(c, "x", "function", "g", "request_id", "own")
		}, `"function":"g","request_id":"own","unit":"u"`},
		{"named by the logger", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { l.With("unit", "v").InfoContext(c, "x") },
			`"unit":"v","request_id":"mine","function":"f"`},
		{"a group", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { l.WithGroup("g").InfoContext(c, "x", "a", 1) }, `"g":{"a":1},` + ids},
		{"a group with the same names", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) {
			l.With("b", 2).WithGroup("g").With("unit", 3).WithGroup("h").With("d", 4).InfoContext(c, "x", "function", 1)
		}, `"b":2,"g":{"unit":3,"h":{"d":4,"function":1}},` + ids},
		{"a group of the call's own logger", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) {
			c.Logger().WithGroup("g").InfoContext(c, "x", "a", 1)
		}, ids + `,"g":{"a":1}`},
		{"an empty group", framework.Invocation{}, func(l *slog.Logger, c *framework.Context) { l.WithGroup("").WithGroup("g").InfoContext(c, "x") }, ids},
		{"a call from another unit", framework.Invocation{Call: &framework.Call{Root: "first"}}, func(l *slog.Logger, c *framework.Context) { l.InfoContext(c, "x") },
			ids + `,"root_request_id":"first"`},
		{"a call within the unit", framework.Invocation{Call: &framework.Call{Root: "mine"}}, func(l *slog.Logger, c *framework.Context) { l.InfoContext(c, "x") }, ids},
		{"a trace", framework.Invocation{Trace: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"},
			func(l *slog.Logger, c *framework.Context) { l.InfoContext(c, "x") }, ids + `,"trace_id":"5759e988bd862e3fe1be46a994272793"`},
		{"a trace and the call's own logger", framework.Invocation{Trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
			func(l *slog.Logger, c *framework.Context) { c.Logger().InfoContext(c, "x") }, ids + `,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"`},
	} {
		var out bytes.Buffer
		log := NewLogger(&out, LogOptions{})
		inside(t, log, tt.inv, func(c *framework.Context) { tt.write(log, c) })
		_, got, ok := strings.Cut(strings.TrimSpace(out.String()), `"msg":"x"`)
		if got = strings.TrimPrefix(strings.TrimSuffix(got, "}"), ","); !ok || got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestLogHandlerIsAHandler has the rules of package slog checked.
func TestLogHandlerIsAHandler(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return LogHandler(slog.NewJSONHandler(&out, nil), nil)
	}, func(t *testing.T) map[string]any {
		line := map[string]any{}
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		return maps.Clone(line)
	})
}

// TestDerivedLoggersAreApart: loggers that come from one share nothing.
func TestDerivedLoggersAreApart(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(LogHandler(slog.NewJSONHandler(&out, nil), nil)).WithGroup("g").With("a", 1)
	one, two := log.With("b", 2), log.With("c", 3)
	one.Info("x")
	two.Info("x")
	if got := out.String(); !strings.Contains(got, `"g":{"a":1,"b":2}`) || !strings.Contains(got, `"g":{"a":1,"c":3}`) {
		t.Errorf("got %s", got)
	}
}

func TestLogLevels(t *testing.T) {
	for _, tt := range []struct {
		level, other string
		lowest       slog.Level
		wrong        string
	}{
		{lowest: slog.LevelInfo},
		{level: "debug", lowest: slog.LevelDebug},
		{level: "WARN", other: "debug", lowest: slog.LevelWarn},
		{other: "trace", lowest: LevelTrace},
		{level: "error", lowest: slog.LevelError},
		{level: "fatal", lowest: slog.LevelError},
		{level: "loud", other: "debug", lowest: slog.LevelInfo, wrong: `"msg":"FAAS_LOG_LEVEL is ignored: expected trace, debug, info, warn, error or fatal","found":"loud"}`},
		{level: strings.Repeat("x", 1000), lowest: slog.LevelInfo, wrong: strings.Repeat("x", 40) + `..."}`},
	} {
		var out bytes.Buffer
		variables := map[string]string{LevelVariable: tt.level, "OTHER": tt.other}
		log := NewLogger(&out, LogOptions{Variables: []string{LevelVariable, "OTHER"}, Getenv: func(name string) string { return variables[name] }})
		if log.Enabled(t.Context(), tt.lowest-1) || !log.Enabled(t.Context(), tt.lowest) {
			t.Errorf("%q, %q: the lowest level is not %s", tt.level, tt.other, tt.lowest)
		}
		if got := strings.TrimSpace(out.String()); !strings.HasSuffix(got, tt.wrong) || tt.wrong == "" && got != "" {
			t.Errorf("%q: logged %s", tt.level, got)
		}
	}
}

// BenchmarkLog is a record with two attributes by an injected logger.
func BenchmarkLog(b *testing.B) {
	log := slog.New(LogHandler(slog.NewJSONHandler(io.Discard, nil), nil))
	inside(b, slog.New(slog.DiscardHandler), framework.Invocation{}, func(c *framework.Context) {
		for _, of := range []struct {
			name string
			log  func()
		}{
			{"no context", func() { log.Info("sold", "book", "b1", "n", 3) }},
			{"context", func() { log.InfoContext(c, "sold", "book", "b1", "n", 3) }},
			{"off", func() { log.DebugContext(c, "sold", "book", "b1", "n", 3) }},
		} {
			b.Run(of.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					of.log()
				}
			})
		}
	})
}
