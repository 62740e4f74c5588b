package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/cloudwatch"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// samples are the events of testdata of the vendor's own module, by name.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "events", "testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".json")] = b
	}
	return all
}

// process has no environment variables and writes no log.
type process struct{}

func (process) LookupEnv(string) (string, bool) { return "", false }

// lambda is a unit that takes everything that the samples know, and says what it was called with.
func lambda(t testing.TB) (*platform.Dispatcher, *any) {
	t.Helper()
	var got any
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error { got = c.Event(); return nil }}
	f.Triggers = append(f.Triggers, web.Route{Pattern: "/{path...}"}, timer.Schedule{Name: "tick"}, kafka.Topic{Name: "AWSKafkaTopic"}, log.Store{Name: "testLogGroup"})
	for _, bucket := range []string{"sourcebucket", "example-bucket", "amzn-s3-demo-bucket1"} {
		f.Triggers = append(f.Triggers, storage.Bucket{Name: bucket, Events: []string{"created", "removed", "restored", "other"}})
	}
	for _, queue := range []string{"SQSQueue", "EXAMPLE", "simple-stream", "Example-Table", "testQueue", "test"} {
		f.Triggers = append(f.Triggers, mq.Subscription{Queue: queue})
	}
	for _, source := range []string{"aws.autoscaling", "aws.codebuild", "aws.codedeploy", "aws.codepipeline", "aws.ecr", "aws.ecs"} {
		f.Triggers = append(f.Triggers, event.Rule{Source: source})
	}
	rt := &framework.Runtime{Variables: process{}, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	d, err := platform.NewDispatcher(e, []platform.Codec{aws.HTTP(), aws.Timer(), aws.Bucket(), aws.Queue(), aws.Kafka(), cloudwatch.Log(), aws.Bus()})
	if err != nil {
		t.Fatal(err)
	}
	d.Identify = aws.Identify
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
	return d, &got
}

// outcome says what became of a sample.
func outcome(got any, err error) string {
	if err != nil {
		if fe, ok := errors.AsType[*framework.Error](err); ok {
			return fe.Code + ": " + fe.Message
		}
		return err.Error()
	}
	switch e := got.(type) {
	case *web.Exchange:
		return "http " + e.Request.Method + " " + e.Request.Path
	case []storage.Event:
		return fmt.Sprintf("os %d %s %s", len(e), e[0].Action, e[0].Key)
	case []mq.Message:
		return fmt.Sprintf("mq %d %.20s", len(e), e[0].Body)
	case []kafka.Record:
		return fmt.Sprintf("kafka %d %.8s", len(e), e[0].Value)
	case []log.Batch:
		return fmt.Sprintf("log %d %s", len(e[0].Entries), e[0].Entries[0].Message)
	case []event.Event:
		return fmt.Sprintf("event %d %s", len(e), e[0].Type)
	}
	return fmt.Sprintf("%T", got)
}

// TestSamples replays every event of the vendor's module: it is decoded, or refused with a reason. What is refused as of
// no trigger is for functions that take raw payloads.
func TestSamples(t *testing.T) {
	d, got := lambda(t)
	all := samples(t)
	want := outcomes()
	for name, payload := range all {
		*got = nil
		_, err := d.Handle(t.Context(), payload, framework.Invocation{RequestID: "1"})
		if found := outcome(*got, err); found != want[name] {
			t.Errorf("%q: %q,", name, found)
		}
		stable(t, name, *got)
	}
	for name := range want {
		if all[name] == nil {
			t.Errorf("the module has no sample %s any more", name)
		}
	}
}

// stable checks that what was decoded survives its own JSON: encoded and decoded, it is the same. Requests have no JSON.
func stable(t *testing.T, name string, got any) {
	t.Helper()
	if _, ok := got.(*web.Exchange); ok || got == nil {
		return
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	back := reflect.New(reflect.TypeOf(got))
	if err := json.Unmarshal(b, back.Interface()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again, err := json.Marshal(back.Elem().Interface()); err != nil || !bytes.Equal(b, again) {
		t.Errorf("%s: %s\nbecame %s, %v", name, b, again, err)
	}
}

// FuzzSamples starts from the vendor's own events: none that is like one panics, and what is decoded is stable.
func FuzzSamples(f *testing.F) {
	d, got := lambda(f)
	for _, payload := range samples(f) {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		*got = nil
		if _, err := d.Handle(t.Context(), payload, framework.Invocation{RequestID: "1"}); err == nil {
			stable(t, "event", *got)
		}
	})
}
