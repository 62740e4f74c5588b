package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// variables are those of a test's process.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { s, ok := v[name]; return s, ok }

// list is a payload that a made-up vendor sends: an ARN, and events in the framework's own JSON.
func list[E any](p *Payload) (a Batch[E], ok bool, err error) {
	if a.ARN, err = p.Text("arn"); err != nil || !p.Has("events") {
		return a, false, err
	}
	if string(p.Field("partial")) == "true" {
		a.Partial = func(ids []string) ([]byte, error) { return json.Marshal(ids) }
	}
	return a, true, json.Unmarshal(p.Field("events"), &a.Events)
}

// serve starts a unit whose functions answer with their name and event, and hands it one payload.
func serve(t *testing.T, codec Codec, names string, functions []*framework.Function, payload string) (string, error) {
	t.Helper()
	for _, f := range functions {
		if f.Handler == nil {
			f.Handler = func(c *framework.Context) error {
				b, err := json.Marshal(c.Event())
				c.SetResult(f.Name + " " + string(b))
				return err
			}
		}
	}
	rt := &framework.Runtime{Variables: variables{ResourcesVariable: names}, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: functions})
	d, err := NewDispatcher(e, []Codec{codec})
	if err != nil {
		return "", err
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close(context.WithoutCancel(t.Context())) }()
	response, err := d.Handle(t.Context(), []byte(payload), framework.Invocation{RequestID: "1"})
	if err != nil {
		return "", err
	}
	var name string
	if string(response) != "null" && json.Unmarshal(response, &name) == nil {
		return name, nil
	}
	return string(response), nil
}

func on(name string, triggers ...framework.Trigger) *framework.Function {
	return &framework.Function{Name: name, Triggers: triggers}
}

func TestBatchCodec(t *testing.T) {
	created := []string{"created"}
	tests := []struct {
		name      string
		codec     Codec
		names     string
		functions []*framework.Function
		payload   string
		want      string // the function, and a part of what it got
		err       string
	}{
		{name: "one bucket", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", os.Bucket{Name: "in", Events: created})},
			payload: `{"events":[{"bucket":"in","key":"a"},{"bucket":"in","key":"b"}]}`, want: `f [{"resource":"in","bucket":"in","key":"a"`},
		{name: "another bucket", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", os.Bucket{Name: "in", Events: created})},
			payload: `{"events":[{"bucket":"out","key":"a"}]}`, err: `unknown_bucket: found created of key "a" of bucket "out", expected "in"`},
		{name: "mapped", codec: BatchCodec[os.Bucket](list[os.Event]), names: "in=real-in  out=arn:aws:s3:::real-out",
			functions: []*framework.Function{on("f", os.Bucket{Name: "in", Events: created}), on("g", os.Bucket{Name: "out", Events: created})},
			payload:   `{"events":[{"bucket":"real-out","key":"a"}]}`, want: `g [{"resource":"out","bucket":"real-out"`},
		{name: "the logical name means nothing where it is mapped", codec: BatchCodec[os.Bucket](list[os.Event]), names: "in=real-in",
			functions: []*framework.Function{on("f", os.Bucket{Name: "in", Events: created}), on("g", os.Bucket{Name: "out", Events: created})},
			payload:   `{"events":[{"bucket":"in","key":"a"}]}`, err: `unknown_bucket: found created of key "a" of bucket "in", expected one of "real-in" (in), "out"`},
		{name: "by key", codec: BatchCodec[os.Bucket](list[os.Event]),
			functions: []*framework.Function{on("f", os.Bucket{Name: "b", Events: created, Prefix: "in/"}), on("g", os.Bucket{Name: "b", Events: created, Prefix: "out/"})},
			payload:   `{"events":[{"bucket":"b","key":"out/a"}]}`, want: `g `},
		{name: "by action", codec: BatchCodec[os.Bucket](list[os.Event]),
			functions: []*framework.Function{on("f", os.Bucket{Name: "b", Events: created}), on("g", os.Bucket{Name: "b", Events: []string{"removed"}})},
			payload:   `{"events":[{"bucket":"b","key":"a","action":"removed"}]}`, want: `g `},
		{name: "a key that no trigger matches", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", os.Bucket{Name: "b", Events: created, Suffix: ".pdf"})},
			payload: `{"events":[{"bucket":"b","key":"a.png"}]}`, err: `unexpected_event: found created of key "a.png" of bucket "b", which no trigger of the functions f matches`},
		{name: "two functions for one event", codec: BatchCodec[os.Bucket](list[os.Event]),
			functions: []*framework.Function{on("f", os.Bucket{Name: "b", Events: created}), on("g", os.Bucket{Name: "b", Events: created})},
			payload:   `{"events":[{"bucket":"b","key":"a"}]}`, err: `ambiguous_event: created of key "a" of bucket "b" may be for the functions f, g: nothing tells which is meant`},
		{name: "two functions for one payload", codec: BatchCodec[os.Bucket](list[os.Event]),
			functions: []*framework.Function{on("f", os.Bucket{Name: "a", Events: created}), on("g", os.Bucket{Name: "b", Events: created})},
			payload:   `{"events":[{"bucket":"a","key":"a"},{"bucket":"b","key":"a"}]}`, err: `mixed_batch: found events of functions f and g in one payload, expected those of one`},
		{name: "no events", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", os.Bucket{Name: "b"})}, payload: `{"events":[]}`, want: "null"},
		{name: "not of its form", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", os.Bucket{Name: "b"})}, payload: `{"else":[]}`,
			err: `unknown_event: no trigger of unit u matches this event, a JSON object with the members "else"`},
		{name: "a unit without the kind", codec: BatchCodec[os.Bucket](list[os.Event]), functions: []*framework.Function{on("f", mq.Subscription{Queue: "q"})},
			err: `os payloads: no function of unit u has a trigger of kind os`},
		{name: "a broken variable", codec: BatchCodec[os.Bucket](list[os.Event]), names: "in", functions: []*framework.Function{on("f", os.Bucket{Name: "in", Events: created})},
			payload: `{"events":[{"bucket":"in","key":"a"}]}`, err: `variable FAAS_RESOURCES: found "in", expected entries such as invoices=invoices-prod`},

		{name: "a queue by name", codec: BatchCodec[mq.Subscription](list[mq.Message]), functions: []*framework.Function{on("f", mq.Subscription{Queue: "a"}), on("g", mq.Subscription{Topic: "b"})},
			payload: `{"arn":"arn:aws:sqs:r:1:b","events":[{"source":"b","body":"x"}]}`, want: `g [{"resource":"b","source":"b","body":"x"}]`},
		{name: "a queue by ARN", codec: BatchCodec[mq.Subscription](list[mq.Message]), names: "a=arn:aws:sqs:r:1:q b=arn:aws:sqs:r:2:q",
			functions: []*framework.Function{on("f", mq.Subscription{Queue: "a"}), on("g", mq.Subscription{Queue: "b"})},
			payload:   `{"arn":"arn:aws:sqs:r:2:q","events":[{"source":"q","body":"x"}]}`, want: `g `},
		{name: "a queue of another account", codec: BatchCodec[mq.Subscription](list[mq.Message]), names: "a=arn:aws:sqs:r:1:q",
			functions: []*framework.Function{on("f", mq.Subscription{Queue: "a"})}, payload: `{"arn":"arn:aws:sqs:r:2:q","events":[{"source":"q","body":"x"}]}`,
			err: `unknown_queue_or_topic: found a message of queue or topic "arn:aws:sqs:r:2:q", expected "arn:aws:sqs:r:1:q" (a)`},
		{name: "a stream by its table", codec: BatchCodec[mq.Subscription](list[mq.Message]), names: "a=arn:aws:dynamodb:r:1:table/t",
			functions: []*framework.Function{on("f", mq.Subscription{Topic: "a"})}, payload: `{"arn":"arn:aws:dynamodb:r:1:table/t/stream/2026","events":[{"source":"t"}]}`, want: `f `},
		{name: "a topic by tag", codec: BatchCodec[mq.Subscription](list[mq.Message]), functions: []*framework.Function{on("f", mq.Subscription{Topic: "t", Tag: "x"}), on("g", mq.Subscription{Topic: "t", Tag: "y"})},
			payload: `{"events":[{"source":"t","tag":"z, y"}]}`, want: `g `},
		{name: "a source that is not told, one trigger", codec: BatchCodec[mq.Subscription](list[mq.Message]), functions: []*framework.Function{on("f", mq.Subscription{Topic: "t"}), on("g")},
			payload: `{"events":[{"body":"x"}]}`, want: `f [{"resource":"t","body":"x"}]`},
		{name: "a source that is not told, two triggers", codec: BatchCodec[mq.Subscription](list[mq.Message]), functions: []*framework.Function{on("f", mq.Subscription{Topic: "t"}), on("g", mq.Subscription{Topic: "u"})},
			payload: `{"events":[{"body":"x"}]}`, err: `ambiguous_event: a message may be for the functions f, g: nothing tells which is meant`},

		{name: "a topic", codec: BatchCodec[kafka.Topic](list[kafka.Record]), functions: []*framework.Function{on("f", kafka.Topic{Name: "a"}), on("g", kafka.Topic{Name: "b", Group: "mine"})},
			payload: `{"events":[{"topic":"b","value":"x"}]}`, want: `g [{"resource":"b","topic":"b","partition":0,"offset":0,"value":"x","group":"mine"}]`},
		{name: "a topic of two clusters", codec: BatchCodec[kafka.Topic](list[kafka.Record]), names: "one=arn:aws:kafka:r:1:cluster/c1/u two=c2",
			functions: []*framework.Function{on("f", kafka.Topic{Name: "a", Cluster: "one"}), on("g", kafka.Topic{Name: "a", Cluster: "two"})},
			payload:   `{"arn":"arn:aws:kafka:r:1:cluster/c2/u","events":[{"topic":"a","value":"x"}]}`, want: `g `},
		{name: "the first of two clusters", codec: BatchCodec[kafka.Topic](list[kafka.Record]), names: "one=arn:aws:kafka:r:1:cluster/c1/u two=c2",
			functions: []*framework.Function{on("f", kafka.Topic{Name: "a", Cluster: "one"}), on("g", kafka.Topic{Name: "a", Cluster: "two"})},
			payload:   `{"arn":"arn:aws:kafka:r:1:cluster/c1/u","events":[{"topic":"a","value":"x"}]}`, want: `f `},

		{name: "a log store by id", codec: BatchCodec[log.Store](list[log.Batch]), names: "a=123", functions: []*framework.Function{on("f", log.Store{Name: "a"}), on("g", log.Store{Name: "b"})},
			payload: `{"events":[{"store":"access","storeId":"123"}]}`, want: `f [{"resource":"a","store":"access"`},
		{name: "a domain", codec: BatchCodec[cdn.Domain](list[cdn.Event]), functions: []*framework.Function{on("f", cdn.Domain{Name: "a", Events: []string{"logged"}}, cdn.Domain{Name: "b", Events: []string{"refreshed"}})},
			payload: `{"events":[{"domain":"b","action":"refreshed"}]}`, want: `f [{"resource":"b"`},
		{name: "a domain that has other events", codec: BatchCodec[cdn.Domain](list[cdn.Event]), functions: []*framework.Function{on("f", cdn.Domain{Name: "a", Events: []string{"logged"}})},
			payload: `{"events":[{"domain":"a","action":"other","name":"Odd"}]}`, err: `unexpected_event: found other, "Odd" of domain "a", which no trigger of the functions f matches`},
		{name: "an event of the bus", codec: BatchCodec[event.Rule](list[event.Event]), functions: []*framework.Function{on("f", event.Rule{Source: "s"}), on("g", event.Rule{Type: "t"}, event.Rule{Type: "u"})},
			payload: `{"events":[{"source":"x","type":"u"}]}`, want: `g `},
		{name: "an event of the bus that no trigger matches", codec: BatchCodec[event.Rule](list[event.Event]), functions: []*framework.Function{on("f", event.Rule{Source: "s"})},
			payload: `{"events":[{"source":"x","type":"u"}]}`, err: `unexpected_event: found an event of type "u" from source "x", which no trigger of the functions f matches`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := serve(t, tt.codec, tt.names, tt.functions, tt.payload)
			if fe, ok := errors.AsType[*framework.Error](err); ok {
				fe.Err = nil // is for the log
			}
			if text(err) != tt.err || !strings.HasPrefix(got, tt.want) || tt.err == "" && tt.want == "" {
				t.Errorf("got %s, error %q\nwant %s, error %q", got, text(err), tt.want, tt.err)
			}
		})
	}
}

func TestPartialFailures(t *testing.T) {
	failing := func(err error) []*framework.Function {
		return []*framework.Function{{Name: "f", Triggers: []framework.Trigger{mq.Subscription{Queue: "q"}}, Handler: func(*framework.Context) error { return err }}}
	}
	batch := func(ids ...string) error {
		var b framework.BatchError
		for _, id := range ids {
			b.Add(id, errors.New("no"))
		}
		return b.Err()
	}
	const partial = `{"partial":true,"events":[{"id":"1","source":"q"},{"id":"2","source":"q"}]}`
	tests := []struct {
		name, payload string
		err           error
		want, wantErr string
	}{
		{"nothing failed", partial, nil, `null`, ""},
		{"one failed", partial, batch("2"), `["2"]`, ""},
		{"one failed twice", partial, batch("2", "2"), `["2"]`, ""},
		{"wrapped", partial, fmt.Errorf("around: %w", batch("2")), `["2"]`, ""},
		{"wrapped twice", partial, errors.Join(fmt.Errorf("around: %w", batch("2"))), `["2"]`, ""},
		{"joined with another error", partial, errors.Join(batch("2"), errors.New("not committed")), "", "1 message of the batch failed; 2: no\nnot committed"},
		{"all failed", partial, batch("1", "2"), "", "2 messages of the batch failed; 1: no; 2: no"},
		{"no batch error", partial, errors.New("no"), "", "no"},
		{"an id that is not in the batch", partial, batch("3"), "", `message "3" is not in the batch: 1 message of the batch failed; 3: no`},
		{"no id", partial, batch(""), "", `message "" is not in the batch: 1 message of the batch failed; : no`},
		{"a vendor that takes all or nothing", `{"events":[{"id":"1","source":"q"},{"id":"2","source":"q"}]}`, batch("2"), "", "1 message of the batch failed; 2: no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := serve(t, BatchCodec[mq.Subscription](list[mq.Message]), "", failing(tt.err), tt.payload)
			if got != tt.want || text(err) != tt.wantErr {
				t.Errorf("got %s, error %q", got, text(err))
			}
		})
	}
}

// TestUnclaimed: what nothing takes is named as the vendor knows it.
func TestUnclaimed(t *testing.T) {
	rt := &framework.Runtime{Logger: slog.New(slog.DiscardHandler)}
	f := on("f", os.Bucket{Name: "b"})
	f.Handler = func(*framework.Context) error { return nil }
	d, err := NewDispatcher(framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}}), []Codec{BatchCodec[os.Bucket](list[os.Event])})
	if err != nil {
		t.Fatal(err)
	}
	d.Identify = func(p *Payload) string { return "a letter of " + string(p.Field("from")) }
	_, err = d.Handle(t.Context(), []byte(`{"from":7}`), framework.Invocation{})
	if got, want := text(err), "unknown_event: no trigger of unit u matches this event, which looks like a letter of 7: a JSON object with the members \"from\""; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
