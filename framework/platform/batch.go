package platform

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Batch is what a vendor's payload delivers of one kind of trigger: the events, in order, with all but Resource and Group
// filled in, which the matcher knows.
type Batch[E any] struct {
	// Events are the events. If there are none, the payload is answered without calling a function.
	Events []E
	// ARN is the full name of where they come from, where the payload has it: of a queue, a topic, a stream or, for records
	// of Kafka, the cluster.
	ARN string
	// Partial writes the response by which the vendor takes back only the messages with these MessageIDs. Nil means that
	// the vendor takes back all of a batch or nothing.
	Partial func(failed []string) ([]byte, error)
	// Broken are messages that cannot be decoded, by their MessageIDs. Where there is a Partial they are taken back like those
	// that a function fails, and the others are handled: one sender's mistake must not hold up a queue.
	Broken []framework.MessageFailure
}

// Decode reads a payload of its form. It returns false for any other, and an error for one of its form that is broken.
type Decode[E any] func(*Payload) (Batch[E], bool, error)

// candidate is a trigger that may match an event, with its function.
type candidate[T framework.Trigger] struct {
	function *framework.Function
	trigger  T
}

// BatchCodec is the codec of a vendor's payload of events that have triggers T. An event goes to the function whose trigger
// is for its resource, which is mapped by [ResourcesVariable], and matches it.
func BatchCodec[T trigger.Source[E], E any](decode Decode[E]) Codec {
	var kind T
	_, redelivered := any(kind).(trigger.Redelivered)
	return Codec{Kind: kind.Kind(), Bind: func(app *framework.App) (Decoder, error) {
		m := matcher[T, E]{}
		for _, f := range app.Functions {
			for _, t := range f.Triggers {
				if t, ok := t.(T); ok {
					m.candidates = append(m.candidates, candidate[T]{f, t})
				}
			}
		}
		if len(m.candidates) == 0 {
			return nil, unused{fmt.Errorf("no function of unit %s has a trigger of kind %s", app.Unit, kind.Kind())}
		}
		var once sync.Once
		var wrong error
		return func(p *Payload) (Call, bool, error) {
			batch, ok, err := decode(p)
			if err != nil || !ok {
				return Call{}, ok, err
			}
			// The process has one environment; it is not known yet where codecs are bound.
			if once.Do(func() { m.names, wrong = readResources(p.Runtime) }); wrong != nil {
				return Call{}, true, wrong
			}
			if len(batch.Broken) > 0 && (len(batch.Events) == 0 || batch.Partial == nil) {
				return Call{}, true, batch.Broken[0].Err
			}
			if len(batch.Events) == 0 {
				return Call{Reply: func(context.Context, any, error) ([]byte, error) { return []byte("null"), nil }}, true, nil
			}
			f, err := m.find(&batch)
			if err != nil {
				return Call{}, true, err
			}
			return Call{Function: f, Event: batch.Events, Redelivered: redelivered, Reply: reply(p, batch)}, true, nil
		}, nil
	}}
}

// matcher finds the functions for the events of a unit's codec.
type matcher[T trigger.Source[E], E any] struct {
	candidates []candidate[T]
	names      resources
}

// find returns the function that all of the events are for.
func (m *matcher[T, E]) find(batch *Batch[E]) (*framework.Function, error) {
	var function *framework.Function
	for i := range batch.Events {
		e := &batch.Events[i]
		t, err := m.one(e, batch.ARN)
		if err != nil {
			return nil, err
		}
		if function != nil && function != t.function {
			return nil, refuse("mixed_batch", "found events of functions %s and %s in one payload, expected those of one", function.Name, t.function.Name)
		}
		function = t.function
		t.trigger.Mark(e)
	}
	return function, nil
}

// one finds the trigger of an event. Where the payload does not say where the event comes from, any trigger of the kind may
// be meant, and only one may match it.
func (m *matcher[T, E]) one(e *E, arn string) (candidate[T], error) {
	var kind T
	name, id := kind.Origin(e)
	cluster := ""
	if _, within := any(kind).(trigger.Within); within {
		arn, cluster = "", arn
	}
	var of, found []candidate[T]
	for _, t := range m.candidates {
		logical := t.trigger.Resource()
		known := name != "" || arn != "" || id != ""
		if known && !m.names.is(logical, name, arn) && (id == "" || !m.names.is(logical, id, "")) || !m.in(t.trigger, cluster) {
			continue
		}
		of = append(of, t)
		if t.trigger.Matches(*e) {
			found = append(found, t)
		}
	}
	place := kind.Describe(e)
	if from := cmp.Or(arn, name); from != "" {
		place += fmt.Sprintf(" of %s %.200q", kind.What(), from)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1 && slices.ContainsFunc(found, func(t candidate[T]) bool { return t.function != found[0].function }):
		return found[0], refuse("ambiguous_event", "%s may be for the functions %s: nothing tells which is meant", place, functions(found))
	case len(found) > 1:
		return found[0], nil
	case len(of) == 0:
		return candidate[T]{}, refuse("unknown_"+strings.ReplaceAll(kind.What(), " ", "_"), "found %s, expected %s", place, m.expected())
	}
	return candidate[T]{}, refuse("unexpected_event", "found %s, which no trigger of the functions %s matches", place, functions(of))
}

// in reports whether a trigger may be of that cluster: where it or the payload says none, it may.
func (m *matcher[T, E]) in(t T, cluster string) bool {
	within, ok := any(t).(trigger.Within)
	if !ok || cluster == "" || within.Within() == "" {
		return true
	}
	return m.names.is(within.Within(), "", cluster) || EndOfCluster(cluster) == m.names.real(within.Within())
}

func refuse(code, format string, args ...any) error {
	return &framework.Error{Status: 400, Code: code, Message: fmt.Sprintf(format, args...)}
}

// EndOfCluster is the name of a cluster in its ARN, arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>; the end of any
// other.
func EndOfCluster(arn string) string {
	if _, rest, ok := strings.Cut(arn, ":cluster/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return EndOfARN(arn)
}

// functions names each function once.
func functions[T framework.Trigger](candidates []candidate[T]) string {
	var names []string
	for _, t := range candidates {
		if !slices.Contains(names, t.function.Name) {
			names = append(names, t.function.Name)
		}
	}
	return strings.Join(names, ", ")
}

// expected lists the real names of the triggers' resources.
func (m *matcher[T, E]) expected() string {
	var list []string
	for _, t := range m.candidates {
		name := t.trigger.Resource()
		label := fmt.Sprintf("%q", m.names.real(name))
		if m.names.real(name) != name {
			label += " (" + name + ")"
		}
		if !slices.Contains(list, label) {
			list = append(list, label)
		}
	}
	return oneOf(list)
}

// reply encodes the outcome of a batch. Where the vendor can take a part of it back, it gets the ids of the messages that failed, and
// the log says why; the invocation itself has failed only if all did.
func reply[E any](p *Payload, batch Batch[E]) func(context.Context, any, error) ([]byte, error) {
	if batch.Partial == nil {
		return EncodeReply
	}
	ids := make([]string, 0, len(batch.Events)+len(batch.Broken))
	for _, e := range batch.Events {
		if m, ok := any(e).(framework.Message); ok {
			ids = append(ids, m.MessageID())
		}
	}
	for _, f := range batch.Broken {
		ids = append(ids, f.ID)
	}
	return func(_ context.Context, _ any, err error) ([]byte, error) {
		if err == nil && len(batch.Broken) == 0 {
			return batch.Partial(nil)
		}
		all := &framework.BatchError{Failures: slices.Clone(batch.Broken)}
		if err != nil {
			b, ok := partial.Of(err)
			if !ok {
				return nil, err
			}
			all.Failures = append(all.Failures, b.Failures...)
		}
		var failed []string
		for _, f := range all.Failures {
			if f.ID == "" || !slices.Contains(ids, f.ID) {
				return nil, fmt.Errorf("message %.100q is not in the batch: %w", f.ID, err)
			}
			if !slices.Contains(failed, f.ID) {
				failed = append(failed, f.ID)
			}
		}
		if len(batch.Broken) > 0 {
			err = all
		}
		if len(failed) == len(ids) {
			return nil, err
		}
		p.Log().Error("messages failed", "error", err.Error(), "failed", len(failed), "of", len(ids), requestIDKey, p.Invocation.RequestID)
		return batch.Partial(failed)
	}
}
