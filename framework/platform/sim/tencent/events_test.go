package tencent

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// TestPayloadRefuses: what the cloud never sends is not made up. What it sends is tested in faastest, where it arrives.
func TestPayloadRefuses(t *testing.T) {
	cloud := Cloud()
	for _, tt := range []struct {
		events sim.Events
		want   string
	}{
		{sim.Events{Kind: "cdn", Batch: []cdn.Event{{}}}, `tencent has no trigger of kind "cdn"`},
		{sim.Events{Kind: "event", Batch: []event.Event{{}}}, `tencent has no trigger of kind "event"`},
		{sim.Events{Kind: "log", Batch: []log.Batch{}}, "found 0 batches of logs, expected one"},
		{sim.Events{Kind: "mq", Type: "queue", Batch: []mq.Message{{}}}, "SCF has no trigger for queues"},
		{sim.Events{Kind: "os", Batch: []os.Event{{Action: os.Other}}}, `COS has no event for the action "other"`},
	} {
		if _, err := cloud.Payload(tt.events); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
