package faastest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxBody bounds a body that is read to its end.
const maxBody = 64 << 20

// Call calls a function by its name and returns what it returned, before it is encoded. It waits for the background work of the
// call, too, for as long as [Grace] says.
//
// An http function takes an *http.Request or, for the request to its first route, the value that its handler takes: a
// struct whose path, query, header and cookie tags say where the fields go, all other fields being the JSON body, or a form
// if there are form or file tags. A timer function takes a timer.Event, whose name and payload may be left out, or a time.Time. A function of another
// trigger takes its event, such as mq.Message, or a slice of them. Everything else is the payload as JSON. Where text or []byte is given, it is an event as faasgen invoke takes it; nil is an empty one.
func (a *App) Call(name string, event any) (any, error) {
	f, err := a.function(name)
	if err != nil {
		return nil, err
	}
	e, err := a.event(f, event)
	if err != nil {
		return nil, fmt.Errorf("event of function %s: %w", name, err)
	}
	return a.invoke(f, e)
}

// Call is [App.Call] with a typed result; an error ends the test. A result of another type is converted as JSON is.
func Call[Out any](t testing.TB, a *App, name string, event any) Out {
	t.Helper()
	result, err := a.Call(name, event)
	if err != nil {
		t.Fatalf("call of %s: %v", name, err)
	}
	out, err := convert[Out](result)
	if err != nil {
		t.Fatalf("call of %s: found a result of type %T, expected %s: %v", name, result, reflect.TypeFor[Out](), err)
	}
	return out
}

// Timer fires a timer, by its name or by that of its function, as if it were that time; the zero time is now, by the
// application's clock.
func (a *App) Timer(name string, at time.Time) (any, error) {
	if at.IsZero() {
		at = a.now()
	}
	var names []string
	for _, f := range a.engine.App().Functions {
		for _, s := range triggers[timer.Schedule](f) {
			if s.Name == name {
				return a.invoke(f, timer.Event{Name: s.Name, Time: at.UTC(), Payload: s.Payload})
			}
			names = append(names, s.Name)
		}
	}
	if f := a.engine.App().Function(name); f != nil {
		return a.Call(name, at)
	}
	return nil, fmt.Errorf("unit %s has no timer %q; it has %q", a.engine.App().Unit, name, names)
}

// invoke runs the function. A result that is a stream is read while the invocation lasts.
func (a *App) invoke(f *framework.Function, event any) (any, error) {
	var (
		replied bool
		result  any
		failure error
	)
	var background framework.Background
	defer a.finish(&background)
	r, err := a.engine.Invoke(a.ctx, framework.Invocation{
		Function: f, Event: event, RequestID: a.newID(), Background: &background,
		Reply: func(v any, err error) {
			replied = true
			if result, failure = v, err; err == nil {
				result, failure = whole(v)
			}
		},
	})
	if !replied {
		return r, err
	}
	return result, failure
}

// whole reads streams to their end.
func whole(result any) (any, error) {
	switch r := result.(type) {
	case *web.Response:
		if r == nil {
			return nil, nil
		}
		return r, r.Buffer(maxBody)
	case io.Reader:
		b, err := io.ReadAll(io.LimitReader(r, maxBody))
		if c, ok := r.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
		return bytes.NewReader(b), err
	}
	return result, nil
}

// now is the time by the clock that the application has.
func (a *App) now() time.Time { return a.engine.Runtime().Time().Now() }

// triggers are the triggers of a function that are of one kind.
func triggers[T framework.Trigger](f *framework.Function) []T {
	var found []T
	for _, t := range f.Triggers {
		if v, ok := t.(T); ok {
			found = append(found, v)
		}
	}
	return found
}

// event makes what the function's adapter expects of what a test writes.
func (a *App) event(f *framework.Function, event any) (any, error) {
	routes, schedules := triggers[web.Route](f), triggers[timer.Schedule](f)
	switch e := event.(type) {
	case *http.Request:
		return a.request(f, e)
	case *web.Request:
		return a.matched(f, *e)
	case timer.Event:
		return a.timerEvent(schedules, e)
	case time.Time:
		return a.timerEvent(schedules, timer.Event{Time: e.UTC()})
	case nil:
		return a.written(f, nil)
	}
	if batch := trigger.BatchOf(event); batch != nil {
		return batch, envelope.Complete(batch, f.Triggers, a.now(), a.newID)
	}
	switch e := event.(type) {
	case []byte:
		return a.written(f, e)
	case json.RawMessage:
		return a.written(f, e)
	case string:
		return a.written(f, []byte(e))
	}
	v := reflect.Indirect(reflect.ValueOf(event))
	isRequest := v.Kind() == reflect.Struct && len(routes) > 0
	if isRequest {
		_, isRequest = f.Triggers[0].(web.Route)
	}
	if isRequest && hasForm(v.Type()) {
		return a.typed(f, routes, v, nil)
	}
	b, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	if isRequest {
		return a.typed(f, routes, v, b)
	}
	return a.written(f, b)
}

// written reads an event as people write it for faasgen invoke.
func (a *App) written(f *framework.Function, event []byte) (any, error) {
	switch kind := envelope.Kind(f.Triggers, event); envelope.Delivery(kind, f.Triggers) {
	case trigger.Request:
		r, err := envelope.ParseRequest(triggers[web.Route](f), event)
		if err != nil {
			return nil, err
		}
		return a.exchange(f, r)
	case trigger.Tick:
		return envelope.ParseTimer(triggers[timer.Schedule](f), event, a.now())
	case trigger.Raw:
		return envelope.Raw(event), nil
	default:
		return envelope.ParseBatch(kind, f.Triggers, event, a.now(), a.newID)
	}
}

// timerEvent fills what an event leaves out from the schedule of its name, or from the first.
func (a *App) timerEvent(schedules []timer.Schedule, e timer.Event) (any, error) {
	i := slices.IndexFunc(schedules, func(s timer.Schedule) bool { return e.Name == "" || e.Name == s.Name })
	switch {
	case len(schedules) == 0:
		return nil, errors.New("found a timer event, but the function has no timer")
	case i < 0:
		return nil, fmt.Errorf("the function has no timer %q", e.Name)
	}
	if e.Name = schedules[i].Name; e.Payload == "" {
		e.Payload = schedules[i].Payload
	}
	if e.Time.IsZero() {
		e.Time = a.now().UTC()
	}
	return e, nil
}

// convert turns a result into the type that a test wants.
func convert[Out any](result any) (Out, error) {
	var out Out
	if v, ok := result.(Out); ok {
		return v, nil
	}
	if p, ok := result.(*Out); ok && p != nil {
		return *p, nil
	}
	var b []byte
	var err error
	switch r := result.(type) {
	case nil:
		return out, nil
	case []byte:
		b = r
	case string:
		b = []byte(r)
	case *web.Response:
		b = r.Body
	case *bytes.Reader:
		b, err = io.ReadAll(r)
	default:
		b, err = platform.EncodeReply(context.Background(), result, nil)
	}
	if err != nil {
		return out, err
	}
	switch to := any(&out).(type) {
	case *[]byte:
		*to = b
	case *string:
		*to = string(b)
	default:
		err = json.Unmarshal(b, &out)
	}
	return out, err
}
