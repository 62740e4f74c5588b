package cli

import (
	"crypto/rand"
	"reflect"
	"slices"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// parse reads an event of a form as people write it, in full: it says which of the function's triggers it is of, and the real name of
// the resource that it comes from.
func parse(app *target.App, f *target.Function, form string, written []byte) (sim.Events, error) {
	e := sim.Events{Kind: form}
	switch kind.DeliveryOf(form) {
	case kind.Request:
		r, err := envelope.ParseRequest(routes(f), written)
		if err != nil {
			return e, err
		}
		e.Kind = requestKind(f)
		e.Batch = &sim.Request{Method: r.Method, Target: r.Target, Host: r.Host, Header: r.Header, Body: r.Body}
	case kind.Tick:
		v, err := envelope.ParseTimer(schedules(f), written, time.Now())
		if err != nil {
			return e, err
		}
		e.Batch = sim.Timer{Name: v.Name, Time: v.Time, Payload: v.Payload}
	case kind.Raw:
		e.Batch = envelope.Raw(written)
	case kind.Batch:
		batch, err := envelope.ParseBatch(form, batchTriggers(f), written, time.Now(), rand.Text)
		if err != nil {
			return e, err
		}
		e.Batch = batch
		// The events of one call come from one resource: what the first says it is.
		logical := resource(batch)
		for _, t := range f.Triggers {
			for _, n := range target.Needs(t.Marker) {
				if n.Name == logical && e.Name == "" {
					e.Type, e.Name = n.Type, app.Resource(t, n).Real()
				}
			}
		}
	}
	return e, nil
}

// address names the function of a raw payload where several functions of its unit take such payloads. One that a cloud has sent
// to a function with triggers of their own stays as it came.
func address(e *sim.Events, app *target.App, f *target.Function) {
	unit, whole := find(app, f.Name) // with the triggers, without the copy that has none
	if _, raw := e.Batch.([]byte); !raw || unit == nil || !takesRaw(whole) {
		return
	}
	for _, other := range unit.Functions {
		if other.Name != f.Name && takesRaw(other) {
			e.Function = f.Name
		}
	}
}

func takesRaw(f *target.Function) bool {
	return len(f.Triggers) == 0 || slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool { return kind.DeliveryOf(t.Kind) == kind.Raw })
}

// requestKind is the kind of the function's first trigger that takes requests.
func requestKind(f *target.Function) string {
	for _, t := range f.Triggers {
		if annotations.HTTPOf(t.Marker) != nil {
			return t.Kind
		}
	}
	return ""
}

// resource is the logical name of what the first event comes from.
func resource(batch any) string {
	r := reflect.ValueOf(batch).Index(0).FieldByName("Resource")
	if !r.IsValid() {
		return ""
	}
	return r.String()
}

// batchTriggers are the triggers that deliver batches in the form that the framework has them.
func batchTriggers(f *target.Function) []framework.Trigger {
	var found []framework.Trigger
	for _, t := range f.Triggers {
		if k := kind.Of(t.Marker); k.Several {
			found = append(found, k.Triggers(t.Marker, t.Name)...)
		}
	}
	return found
}

// recorded reports whether an event is a payload that a cloud has sent: it looks like one, and is not in the form that
// people write. Of a cloud that cannot tell, it is what is in no such form.
func recorded(c sim.Cloud, form string, triggers []framework.Trigger, payload []byte) bool {
	of := kind.DeliveryOf(form)
	if of == kind.Request && (envelope.IsRequest(payload) || envelope.IsPathless(payload)) || of == kind.Tick && envelope.IsTimer(payload) || envelope.IsEvent(form, triggers, payload) {
		return false
	}
	if c.Identify == nil {
		return of == kind.Batch
	}
	return c.Identify(&platform.Payload{Raw: payload}) != ""
}
