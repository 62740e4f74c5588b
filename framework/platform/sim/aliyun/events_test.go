package aliyun

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
		{sim.Events{Batch: "text"}, `aliyun has no trigger of kind ""`},
		{sim.Events{Kind: "os", Batch: []mq.Message{{}}}, `wrong type of event: found []mq.Message for kind "os", expected []os.Event`},
		{sim.Events{Kind: "event", Batch: []event.Event{{}, {}}}, "found 2 events, expected one"},
		{sim.Events{Kind: "event", Batch: []event.Event{{Data: []byte("text")}}}, `the data of an event of EventBridge is JSON where it has no other content type, found "text"`},
		{sim.Events{Kind: "log", Batch: []log.Batch{{}}}, "found a batch of logs without a range"},
		{sim.Events{Kind: "mq", Batch: []mq.Message{{Attributes: map[string]string{"Message": "x"}}}}, `attribute "Message": MNS has a member of that name`},
		{sim.Events{Kind: "os", Batch: []os.Event{{Action: os.Restored}}}, `OSS has no event for the action "restored"`},
		{sim.Events{Kind: "cdn", Batch: []cdn.Event{{Action: "other"}}}, `the CDN has no event for the action "other"`},
	} {
		if _, err := cloud.Payload(tt.events); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
