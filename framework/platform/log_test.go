package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

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
		{"a group", func() { log.WithGroup("g").Info("x", "a", 1) }, nil},
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

// TestLogHandlerOfACall: a record of a call from another unit has the request id with which the calls began.
func TestLogHandlerOfACall(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(LogHandler(slog.NewJSONHandler(&out, nil), nil))
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error { log.InfoContext(c, "x"); return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: log}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	for root, want := range map[string]string{"first": `"request_id":"mine","root_request_id":"first"}`, "mine": `"request_id":"mine"}`, "": `"request_id":"mine"}`} {
		out.Reset()
		if _, err := e.Invoke(context.Background(), framework.Invocation{Function: f, RequestID: "mine", Call: &framework.Call{Root: root}}); err != nil {
			t.Fatal(err)
		}
		if line := strings.TrimSpace(out.String()); !strings.HasSuffix(line, want) {
			t.Errorf("root %q: %s", root, line)
		}
	}
}
