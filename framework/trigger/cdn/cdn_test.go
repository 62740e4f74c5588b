package cdn_test

import (
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/cdn"
)

func TestEvent(t *testing.T) {
	e := cdn.Event{ID: "1", Action: "refreshed", Domain: "d", Paths: []string{"/a"}, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	b, err := e.Payload()
	if want := `{"id":"1","action":"refreshed","domain":"d","paths":["/a"],"time":"2026-01-02T03:04:05Z"}`; string(b) != want || err != nil {
		t.Errorf("got %s, %v", b, err)
	}
	if e.MessageID() != "1" || e.OrderingKey() != "d" {
		t.Errorf("%+v", e)
	}
	if !(cdn.Domain{Events: []string{"logged", "refreshed"}}).Matches(e) || (cdn.Domain{Events: []string{"logged"}}).Matches(e) {
		t.Error("a domain takes the events that it names")
	}
}
