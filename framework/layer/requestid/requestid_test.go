package requestid_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/requestid"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleFrom() {
	layer, err := requestid.New(&requestid.Config{Header: "X-Request-Id", Trust: true})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{Name: "order-list", Handler: func(ctx *framework.Context) error {
		fmt.Println(requestid.From(ctx), "is request", ctx.RequestID(), "of the platform")
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	x := web.NewExchange(web.Request{Method: "GET", Path: "/orders", Header: web.Header{"X-Request-Id": {"client-7"}}})
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x, RequestID: "1"}); err != nil {
		panic(err)
	}
	fmt.Println(x.Header())
	// Output:
	// client-7 is request 1 of the platform
	// map[X-Request-Id:[client-7]]
}

func TestWhichIDIsTaken(t *testing.T) {
	for name, tt := range map[string]struct {
		header string
		trust  bool
		sent   []string
		want   string
	}{
		"none":              {"X-Request-Id", true, nil, "platform-1"},
		"one":               {"X-Request-Id", true, []string{"abc-._~:+/=@123"}, "abc-._~:+/=@123"},
		"another header":    {"x-correlation-ID", true, []string{"abc"}, "abc"},
		"not trusted":       {"X-Request-Id", false, []string{"abc"}, "platform-1"},
		"two":               {"X-Request-Id", true, []string{"abc", "def"}, "platform-1"},
		"empty":             {"X-Request-Id", true, []string{""}, "platform-1"},
		"long":              {"X-Request-Id", true, []string{strings.Repeat("a", 129)}, "platform-1"},
		"longest":           {"X-Request-Id", true, []string{strings.Repeat("a", 128)}, strings.Repeat("a", 128)},
		"line break":        {"X-Request-Id", true, []string{"a\r\nSet-Cookie: b"}, "platform-1"},
		"space":             {"X-Request-Id", true, []string{"a b"}, "platform-1"},
		"quote":             {"X-Request-Id", true, []string{`a"`}, "platform-1"},
		"not ASCII":         {"X-Request-Id", true, []string{"é"}, "platform-1"},
		"that of the cloud": {"X-Request-Id", true, []string{"platform-1"}, "platform-1"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := requestid.New(&requestid.Config{Header: tt.header, Trust: tt.trust})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			got := ""
			type key struct{}
			f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
				got = requestid.From(context.WithValue(ctx, key{}, 1))
				ctx.Logger().Info("hello")
				return framework.Errorf(404, "no", "no")
			}}
			e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(&log, nil))}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			x := web.NewExchange(web.Request{Method: "GET", Header: web.Header{}})
			for _, v := range tt.sent {
				x.Request.Header.Add(tt.header, v)
			}
			_, err = e.Invoke(t.Context(), framework.Invocation{Function: f, Event: x, RequestID: "platform-1"})
			if got != tt.want {
				t.Errorf("From is %q, want %q", got, tt.want)
			}
			if answered := web.Header(x.Respond(nil, err, web.ErrorInfo{}).Header).Values(tt.header); len(answered) != 1 || answered[0] != tt.want {
				t.Errorf("the response has %q, want %q", answered, tt.want)
			}
			if client := strings.Contains(log.String(), `"client_request_id":"`+tt.want+`"`); client != (tt.want != "platform-1") || !strings.Contains(log.String(), `"request_id":"platform-1"`) {
				t.Errorf("the log is %s", log.String())
			}
		})
	}
	if got := requestid.From(t.Context()); got != "" {
		t.Errorf("outside of an invocation: %q", got)
	}
}

func TestOtherEventsAreLeftAlone(t *testing.T) {
	l, err := requestid.New(&requestid.Config{Header: "X-Request-Id"})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error { got = requestid.From(ctx); return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: []byte("{}"), RequestID: "1"}); err != nil || got != "1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWrongConfiguration(t *testing.T) {
	for _, name := range []string{"", "X Request", "X-Request\n", "é"} {
		if _, err := requestid.New(&requestid.Config{Header: name}); err == nil || !strings.HasPrefix(err.Error(), "header: found ") {
			t.Errorf("%q: error %v", name, err)
		}
	}
}
