package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// send delivers events of a kind of which several come at once, as the cloud would.
func send(ctx context.Context, p sim.Process, app *target.App, f *target.Function, kind string, written []byte) (*sim.Result, error) {
	sender, ok := p.(sim.Sender)
	if !ok {
		return nil, fmt.Errorf("the simulator sends no events of the form %s; expected a payload of the cloud's own", kind)
	}
	e, err := batch(app, f, kind, written)
	if err != nil {
		return nil, err
	}
	return sender.Events(ctx, e)
}

// batch reads events as people write them, and finds the real name of the resource that they come from.
func batch(app *target.App, f *target.Function, kind string, written []byte) (sim.Events, error) {
	events, err := envelope.ParseBatch(kind, batchTriggers(f), written, time.Now(), rand.Text)
	if err != nil {
		return sim.Events{}, err
	}
	e := sim.Events{Batch: events}
	// The events of one call come from one resource: what the first says it is.
	logical := resource(events)
	for _, t := range f.Triggers {
		for _, n := range target.Needs(t.Marker) {
			if n.Name == logical && e.Name == "" {
				e.Type, e.Name = n.Type, app.Resource(t, n).Real()
			}
		}
	}
	return e, nil
}

// resource is the logical name of what the first event comes from.
func resource(batch any) string {
	r := reflect.ValueOf(batch).Index(0).FieldByName("Resource")
	if !r.IsValid() {
		return ""
	}
	return r.String()
}

// batchTriggers are the triggers that bring several events at once in the form that the framework has them.
func batchTriggers(f *target.Function) []framework.Trigger {
	var found []framework.Trigger
	for _, t := range f.Triggers {
		if k := kind.Of(t.Marker); k.Several {
			found = append(found, k.Triggers(t.Marker, t.Name)...)
		}
	}
	return found
}
