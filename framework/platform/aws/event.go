package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
)

// BusEvent is an event of Amazon EventBridge.
type BusEvent struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// EventBridgeOf returns the event of EventBridge that an event was made of, false if it came from elsewhere.
func EventBridgeOf(e bus.Event) (*BusEvent, bool) {
	v, ok := e.Vendor.(*BusEvent)
	return v, ok
}

// Bus is the codec of Amazon EventBridge. The type of an event is its detail-type, its data the detail, and its subject the
// first of the resources.
func Bus() platform.Codec {
	return platform.BatchCodec[bus.Rule](decodeBus)
}

func decodeBus(p *platform.Payload) (a platform.Batch[bus.Event], ok bool, err error) {
	if !p.Has("detail-type", "source", "detail") {
		return a, false, nil
	}
	b := &BusEvent{}
	if err := platform.DecodeJSON("event", p.Raw, b); err != nil {
		return a, true, err
	}
	at, err := platform.DecodeTime("time", b.Time)
	if err != nil {
		return a, true, err
	}
	e := bus.Event{ID: b.ID, Source: b.Source, Type: b.DetailType, Time: at, Data: b.Detail, Region: b.Region, Account: b.Account, Raw: p.Raw, Vendor: b}
	if len(b.Resources) > 0 {
		e.Subject = b.Resources[0]
	}
	a.Events = []bus.Event{e}
	return a, true, nil
}

// EncodeBus writes one event as EventBridge sends it, which cuts its time to the second. Data that is not JSON is an error.
func EncodeBus(batch []bus.Event, _ platform.Origin) ([]byte, error) {
	if len(batch) != 1 {
		return nil, fmt.Errorf("found %d events of a bus, expected one: EventBridge sends one at a time", len(batch))
	}
	e := batch[0]
	resources := []string{}
	if e.Subject != "" {
		resources = append(resources, e.Subject)
	}
	if !json.Valid(e.Data) {
		return nil, fmt.Errorf("the data of an event of EventBridge is JSON, found %.40q", e.Data)
	}
	return json.Marshal(members{"version": "0", "id": e.ID, "detail-type": e.Type, "source": e.Source, "account": cmp.Or(e.Account, account),
		"time": e.Time.UTC().Format(time.RFC3339), "region": cmp.Or(e.Region, region), "resources": resources, "detail": json.RawMessage(e.Data)})
}
