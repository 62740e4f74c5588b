package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
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
	switch b := batch.(type) {
	case []os.Event:
		return b[0].Resource
	case []mq.Message:
		return b[0].Resource
	case []kafka.Record:
		return b[0].Resource
	case []log.Batch:
		return b[0].Resource
	case []cdn.Event:
		return b[0].Resource
	}
	return ""
}

// batchTriggers are the triggers that bring several events at once in the form that the framework has them.
func batchTriggers(f *target.Function) []framework.Trigger {
	var found []framework.Trigger
	for _, t := range f.Triggers {
		switch m := t.Marker.(type) {
		case *annotations.OS:
			found = append(found, os.Bucket{Name: m.Bucket, Events: m.Actions(), Prefix: m.Prefix, Suffix: m.Suffix})
		case *annotations.MQ:
			found = append(found, mq.Subscription{Queue: m.Queue, Topic: m.Topic, Tag: m.Tag})
		case *annotations.Kafka:
			found = append(found, kafka.Topic{Name: m.Topic, Cluster: m.Cluster, Group: m.Group})
		case *annotations.Log:
			found = append(found, log.Store{Name: m.Store})
		case *annotations.CDN:
			for _, d := range m.Domains {
				found = append(found, cdn.Domain{Name: d, Events: m.Happenings()})
			}
		case *annotations.Event:
			if m.OnBus() {
				found = append(found, event.Rule{Source: m.Source, Type: m.Type, Bus: m.Bus})
			}
		}
	}
	return found
}
