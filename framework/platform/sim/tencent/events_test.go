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

// TestPayloadRefuses: what the cloud never sends is not made up. What it sends is tested beside faastest, where it arrives.
func TestPayloadRefuses(t *testing.T) {
	for _, tt := range []struct {
		events sim.Events
		want   string
	}{
		{sim.Events{Batch: []cdn.Event{{}}}, "SCF has no trigger that sends []cdn.Event"},
		{sim.Events{Batch: []event.Event{{}}}, "SCF has no trigger that sends []event.Event"},
		{sim.Events{Batch: []log.Batch{}}, "found 0 batches of logs, expected one"},
		{sim.Events{Type: "queue", Batch: []mq.Message{{}}}, "SCF has no trigger for queues"},
		{sim.Events{Batch: []os.Event{{Action: os.Other}}}, `COS has no event for the action "other"`},
	} {
		if _, err := Payload(tt.events); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
