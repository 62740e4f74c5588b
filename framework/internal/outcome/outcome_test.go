package outcome_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/outcome"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func TestCodeOf(t *testing.T) {
	for want, err := range map[string]error{
		"":                      nil,
		"batch":                 fmt.Errorf("two: %w", &framework.BatchError{Failures: []framework.MessageFailure{{ID: "1", Err: errors.New("no")}}}),
		"not_found":             fmt.Errorf("order: %w", framework.Errorf(404, "not_found", "no order")),
		"error":                 framework.Errorf(400, "", "no"),
		strings.Repeat("a", 64): framework.Errorf(400, strings.Repeat("a", 1<<20), "no"),
		"deadline_exceeded":     fmt.Errorf("read: %w", context.DeadlineExceeded),
		"canceled":              context.Canceled,
		"unavailable":           framework.ErrClosed,
		"panic":                 &framework.PanicError{Value: "hunter2"},
		"internal":              errors.New("hunter2"),
	} {
		if got := outcome.CodeOf(err); got != want {
			t.Errorf("%.100v: found %q, want %q", err, got, want)
		}
	}
}

func TestRouteOf(t *testing.T) {
	get, head, post, any, other := web.Route{Method: "GET", Pattern: "/a"}, web.Route{Method: "HEAD", Pattern: "/a"}, web.Route{Method: "POST", Pattern: "/a", Status: 201},
		web.Route{Method: "ANY", Pattern: "/a", Status: 202}, web.Route{Method: "GET", Pattern: "/b"}
	for _, tt := range []struct {
		routes []web.Route
		method string
		want   web.Route
	}{
		{nil, "GET", web.Route{}},
		{[]web.Route{other}, "GET", web.Route{}},
		{[]web.Route{other, get, post}, "GET", get},
		{[]web.Route{get, post}, "POST", post},
		{[]web.Route{any, get}, "HEAD", get},
		{[]web.Route{get, any}, "HEAD", get},
		{[]web.Route{get, head}, "HEAD", head},
		{[]web.Route{get, any}, "GET", get},
		{[]web.Route{any}, "PUT", any},
	} {
		x := web.NewExchange(web.Request{Method: tt.method, Path: "/a", Pattern: "/a"})
		if got := outcome.RouteOf(tt.routes, x); got.Method != tt.want.Method || got.Pattern != tt.want.Pattern {
			t.Errorf("%s of %v: found %v, want %v", tt.method, tt.routes, got, tt.want)
		}
	}
}

// TestOf has what an engine makes of functions that return, panic, and are given up by their callers.
func TestOf(t *testing.T) {
	gone := func(t *testing.T, ctx *framework.Context, reason error) *framework.Context {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 1<<40)
		if errors.Is(reason, context.DeadlineExceeded) {
			cancel()
			limited, cancel = context.WithTimeout(ctx, 0)
		}
		cancel()
		return ctx.WithContext(limited)
	}
	for _, tt := range []struct {
		name     string
		request  bool
		err      error
		returned bool
		gone     error
		want     outcome.Outcome
	}{
		{"fine", false, nil, true, nil, outcome.Outcome{}},
		{"error", false, errors.New("no"), true, nil, outcome.Outcome{Code: "internal", Failed: true}},
		{"stated error of an event", false, framework.Errorf(404, "not_found", "no"), true, nil, outcome.Outcome{Code: "not_found", Failed: true}},
		{"panic", false, nil, false, nil, outcome.Outcome{Code: "panic", Failed: true}},
		{"late", false, nil, true, context.DeadlineExceeded, outcome.Outcome{Code: "deadline_exceeded", Failed: true, Late: true}},
		{"request", true, nil, true, nil, outcome.Outcome{Status: 204}},
		{"request with an error", true, errors.New("no"), true, nil, outcome.Outcome{Code: "internal", Status: 500, Failed: true}},
		{"request with a stated error", true, framework.Errorf(404, "not_found", "no"), true, nil, outcome.Outcome{Code: "not_found", Status: 404}},
		{"request with a panic", true, nil, false, nil, outcome.Outcome{Code: "panic", Status: 500, Failed: true}},
		{"late request", true, nil, true, context.DeadlineExceeded, outcome.Outcome{Code: "deadline_exceeded", Status: 504, Failed: true, Late: true}},
		{"request whose caller has gone away", true, nil, true, context.Canceled, outcome.Outcome{Code: "canceled", Status: 499, Late: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got outcome.Outcome
			f := &framework.Function{Name: "work", Handler: func(ctx *framework.Context) error {
				if tt.gone != nil {
					ctx = gone(t, ctx, tt.gone)
				}
				got = outcome.Of(ctx, web.From(ctx), web.Route{}, tt.err, tt.returned)
				return nil
			}}
			e := framework.NewEngine(&framework.Runtime{}, &framework.App{Functions: []*framework.Function{f}})
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			inv := framework.Invocation{Function: f}
			if tt.request {
				inv.Event = web.NewExchange(web.Request{Method: "GET", Path: "/"})
			}
			if _, err := e.Invoke(t.Context(), inv); err != nil || got != tt.want {
				t.Errorf("found %+v, want %+v (%v)", got, tt.want, err)
			}
		})
	}
}
