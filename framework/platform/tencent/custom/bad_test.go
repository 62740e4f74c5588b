package custom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// The API has no call for a failed start: the process must end with the reason, and never say that it is ready.
func TestStartThatFails(t *testing.T) {
	tests := []struct {
		name  string
		start func(context.Context) error
		want  string
	}{
		{"error", func(context.Context) error { return errors.New("no database") }, "init of unit u: no database"},
		{"panic", func(context.Context) error { panic("no driver") }, "init of unit u: panic: no driver"},
		{"hang", func(context.Context) error { select {} }, "init of unit u: init did not finish within 20ms"},
		{"late", func(ctx context.Context) error { <-ctx.Done(); return errors.New("dial db: i/o timeout") }, "init of unit u: init did not finish within 20ms: dial db: i/o timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &api{}
			a.start(t)
			var closed bool
			n := func(rt *framework.Runtime) *framework.App {
				app := unit(nil, &closed)(rt)
				app.Start = tt.start
				if tt.name != "error" && tt.name != "panic" {
					app.InitTimeout = 20 * time.Millisecond
				}
				return app
			}
			if err := run(context.Background(), n, []platform.Codec{tencent.Raw()}); fmt.Sprint(err) != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if calls := a.seen(); len(calls) > 0 {
				t.Errorf("the vendor was told %q", calls)
			}
		})
	}
}

// Whatever comes as an event costs its caller one error and the process nothing.
func TestBadEvents(t *testing.T) {
	const path = "POST /runtime/invocation/error "
	refused := func(shape string) string {
		return path + `{"errorMessage":"no trigger of unit u matches this event, ` + shape + `","errorType":"unknown_event"}`
	}
	tests := []struct{ name, event, want string }{
		{"http cut short", `{"httpMethod":"POST","path":"/books","body":"{\"ti`, refused("50 bytes that are not JSON")},
		{"timer cut short", `{"Type":"Timer","TriggerName":"pur`, refused("34 bytes that are not JSON")},
		{"empty", ``, refused("0 bytes that are not JSON")},
		{"no JSON", "\x00\xff", refused("2 bytes that are not JSON")},
		{"array", `[{"httpMethod":"GET","path":"/"}]`, refused("JSON that is not an object")},
		{"deep", strings.Repeat("[", 1<<20), refused("1048576 bytes that are not JSON")},
		{"wrong type", `{"httpMethod":"GET","path":7}`, path + `{"errorMessage":"path: found a number, expected a string","errorType":"invalid_event"}`},
		{"no base64", `{"httpMethod":"POST","path":"/books","body":"%","isBase64Encoded":true}`,
			path + `{"errorMessage":"body: isBase64Encoded is true and the body is not base64: illegal base64 data at input byte 0","errorType":"invalid_event"}`},
		{"unknown timer", `{"Type":"Timer","TriggerName":"prune"}`, path + `{"errorMessage":"found a timer named \"prune\", expected one of \"purge\", \"report\"","errorType":"unknown_timer"}`},
		{"headers twice and empty", `{"httpMethod":"POST","path":"/books","headers":{"x-a":"1","X-A":"2","x-b":""}}`,
			`POST /runtime/invocation/response {"isBase64Encoded":false,"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"body":"[\"1\" \"2\"] [\"\"]"}`},
		{"7 MB", `{"httpMethod":"POST","path":"/books","body":"` + strings.Repeat("x", 7<<20) + `"}`,
			`POST /runtime/invocation/response {"isBase64Encoded":false,"statusCode":413,"headers":{"Cache-Control":"no-store","Content-Type":"application/problem+json"},` +
				`"body":"{\"type\":\"about:blank\",\"title\":\"Request Entity Too Large\",\"status\":413,\"detail\":\"the event is 7340079 bytes, the limit is 6291456\"`},
		{"panic", `{"httpMethod":"POST","path":"/panic"}`, `POST /runtime/invocation/response {"isBase64Encoded":false,"statusCode":500,"headers":{"Cache-Control":"no-store","Content-Type":"application/problem+json"},` +
			`"body":"{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\"detail\":\"the function failed; its log has the reason\"`},
		{"panic of a timer", `{"Type":"Timer","TriggerName":"report"}`, path + `{"errorMessage":"the function failed; its log has the reason","errorType":"panic"}`},
		{"nil", `{"Type":"Timer","TriggerName":"purge"}`, "POST /runtime/invocation/response null"},
	}
	a := &api{next: 500}
	for _, tt := range tests {
		a.events = append(a.events, event{tt.event, map[string]string{"request_id": "r", "time_limit_in_ms": "30000"}})
	}
	a.start(t)
	panics := func(*framework.Context) error { panic("secret") }
	n := func(rt *framework.Runtime) *framework.App {
		var closed bool
		app := unit(nil, &closed)(rt)
		app.Functions = []*framework.Function{
			{Name: "books", Triggers: []framework.Trigger{web.Route{Method: "POST", Pattern: "/books"}}, Handler: func(ctx *framework.Context) error {
				h := web.From(ctx).Request.Header
				ctx.SetResult(fmt.Sprintf("%q %q", h["X-A"], h["X-B"]))
				return nil
			}},
			{Name: "panic", Triggers: []framework.Trigger{web.Route{Method: "POST", Pattern: "/panic"}}, Handler: panics},
			{Name: "purge", Triggers: []framework.Trigger{timer.Schedule{Name: "purge", Every: time.Hour}}, Handler: func(*framework.Context) error { return nil }},
			{Name: "report", Triggers: []framework.Trigger{timer.Schedule{Name: "report", Every: time.Hour}}, Handler: panics},
		}
		return app
	}
	if err := run(context.Background(), n, []platform.Codec{tencent.HTTP(), tencent.Timer()}); err == nil || !strings.Contains(err.Error(), "found status 500") {
		t.Errorf("the loop ended with %v", err)
	}
	answers := slices.DeleteFunc(a.seen(), func(call string) bool { return !strings.HasPrefix(call, "POST /runtime/invocation/") })
	if len(answers) != len(tests) {
		t.Fatalf("%d answers to %d events: %q", len(answers), len(tests), answers)
	}
	for i, tt := range tests {
		if got := answers[i]; !strings.HasPrefix(tt.want, got) && !strings.HasPrefix(got, tt.want) { // the API keeps the beginning of a response
			t.Errorf("%s:\nfound %s\nwant  %s", tt.name, got, tt.want)
		}
	}
}
