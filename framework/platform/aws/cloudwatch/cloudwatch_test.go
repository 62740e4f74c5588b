package cloudwatch

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// zipped is a payload of CloudWatch Logs.
func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return `{"awslogs":{"data":"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"}}`
}

const logs = `{"messageType":"DATA_MESSAGE","owner":"12","logGroup":"l","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"e1","timestamp":1767323045678,"message":"a line","extractedFields":{"k":"v"}},{"id":"e2","timestamp":1767323045679,"message":"another"}]}`

// taking is a unit with one function that takes the logs of store l, and keeps what it was called with.
func taking(t testing.TB) (*platform.Dispatcher, *any) {
	t.Helper()
	var got any
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{log.Store{Name: "l"}}, Handler: func(c *framework.Context) error { got = c.Event(); return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	d, err := platform.NewDispatcher(e, []platform.Codec{Log()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
	return d, &got
}

func TestLog(t *testing.T) {
	tests := []struct{ name, payload, want, response, err string }{
		{name: "CloudWatch Logs", payload: zipped(logs),
			want: `[{"id":"l/s/e1","resource":"l","project":"12","store":"l","stream":"s","entries":[{"id":"e1","time":"2026-01-02T03:04:05.678Z","message":"a line","fields":{"k":"v"}},{"id":"e2","time":"2026-01-02T03:04:05.679Z","message":"another"}]}]`},
		{name: "CloudWatch Logs, a trial", payload: zipped(`{"messageType":"CONTROL_MESSAGE","logGroup":"other","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE"}]}`), want: "null", response: "null"},
		{name: "CloudWatch Logs, no gzip", payload: `{"awslogs":{"data":"aGk="}}`, err: "invalid_event: awslogs.data: found no gzip in base64"},
		{name: "CloudWatch Logs, no text", payload: `{"awslogs":{"data":7}}`, err: "invalid_event: awslogs.data: found a number, expected a string"},
		{name: "CloudWatch Logs, a bomb", payload: zipped(strings.Repeat(" ", 64<<20+1)), err: "invalid_event: awslogs.data: found more than 64 MB, decompressed"},
		{name: "CloudWatch Logs, another form", payload: zipped(`{"logEvents":7}`), err: "invalid_event: awslogs.data.logEvents: found number, expected array"},
		{name: "CloudWatch Logs, another group", payload: zipped(strings.Replace(logs, `"l"`, `"other"`, 1)), err: `unknown_log_store: found a batch of log store "other", expected "l"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, got := taking(t)
			_, err := d.Handle(t.Context(), []byte(tt.payload), framework.Invocation{})
			found := ""
			if err != nil {
				found = err.Error()
			}
			if found != tt.err {
				t.Fatalf("error %s\nwant  %s", found, tt.err)
			}
			b, err := json.Marshal(*got)
			if tt.err == "" && (err != nil || string(b) != tt.want) {
				t.Errorf("got  %s\nwant %s\n%v", b, tt.want, err)
			}
			if batch, ok := (*got).([]log.Batch); ok {
				if m, ok := LogsOf(batch[0]); !ok || m.SubscriptionFilters[0] != "f" {
					t.Errorf("the vendor's own message is %v, %v", m, ok)
				}
			}
		})
	}
}

// TestLittleMemory: what a function of 128 MB decompresses is less than that.
func TestLittleMemory(t *testing.T) {
	payload := []byte(zipped(strings.Repeat(" ", 33<<20) + logs))
	for memory, want := range map[int]string{
		128: "invalid_event: awslogs.data: found more than 32 MB, decompressed, expected no more than a quarter of the function's 128 MB", 256: "", 0: "",
	} {
		_, ok, err := decode(&platform.Payload{Raw: payload, Runtime: &framework.Runtime{Memory: memory}})
		found := ""
		if err != nil {
			found = err.Error()
		}
		if !ok || found != want {
			t.Errorf("with %d MB: %t, %s; want %s", memory, ok, found, want)
		}
	}
}

// FuzzLog: no data panics or takes more memory than the limit.
func FuzzLog(f *testing.F) {
	f.Add([]byte(zipped(logs)))
	f.Add([]byte(`{"awslogs":{"data":"H4sI"}}`))
	d, _ := taking(f)
	f.Fuzz(func(t *testing.T, payload []byte) { _, _ = d.Handle(t.Context(), payload, framework.Invocation{}) })
}
