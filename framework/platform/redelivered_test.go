package platform_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// of decodes one event of a kind for a function with the trigger.
func of[T trigger.Source[E], E any](t *testing.T, one T) platform.Call {
	t.Helper()
	codec := platform.BatchCodec[T](func(*platform.Payload) (platform.Batch[E], bool, error) {
		return platform.Batch[E]{Events: make([]E, 1)}, true, nil
	})
	decode, err := codec.Bind(&framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Triggers: []framework.Trigger{one}}}})
	if err != nil {
		t.Fatal(err)
	}
	call, _, err := decode(&platform.Payload{Runtime: &framework.Runtime{}})
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// What a queue or a stream keeps may fail at once over a function's limit; an event that nobody keeps waits.
func TestRedelivered(t *testing.T) {
	for kind, tt := range map[string]struct {
		call platform.Call
		want bool
	}{
		"mq":    {of(t, mq.Subscription{Queue: "a"}), true},
		"kafka": {of(t, kafka.Topic{Name: "a"}), true},
		"log":   {of(t, log.Store{Name: "a"}), true},
		"os":    {of(t, os.Bucket{Name: "a", Events: []string{""}}), false},
		"cdn":   {of(t, cdn.Domain{Name: "a", Events: []string{""}}), false},
		"event": {of(t, event.Rule{}), false},
	} {
		if tt.call.Redelivered != tt.want {
			t.Errorf("%s: redelivered %t, want %t", kind, tt.call.Redelivered, tt.want)
		}
	}
}
