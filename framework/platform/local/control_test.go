package local

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
	payload "github.com/faasgen/faasgen/framework/trigger/raw"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func TestDescribe(t *testing.T) {
	app := &framework.App{Functions: []*framework.Function{{Name: "f", Triggers: []framework.Trigger{
		web.Route{Method: "GET", Pattern: "/x"}, timer.Schedule{Name: "tick", Every: time.Hour}, os.Bucket{Name: "b"}, mq.Subscription{Queue: "q"}, mq.Subscription{Topic: "t"},
		kafka.Topic{Name: "k"}, log.Store{Name: "l"}, cdn.Domain{Name: "d"}, event.Rule{Source: "s"}, event.Rule{Type: "y"}, payload.Trigger{},
	}}}}
	b, err := json.Marshal(describe(app))
	want := `[{"name":"f","routes":["GET /x"],"timers":[{"name":"tick","when":"every 1h0m0s"}],"others":["os b","mq q","mq t","kafka k","log l","cdn d","event s","event y"]}]`
	if string(b) != want || err != nil {
		t.Errorf("got  %s, %v\nwant %s", b, err, want)
	}
}
