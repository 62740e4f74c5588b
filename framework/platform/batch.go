package platform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Arrived is what a vendor's payload brings of one kind of trigger: the events, in order, with everything but Resource
// and Group filled in, which recognition knows.
type Arrived[E any] struct {
	// Events are the events; none at all is answered without calling anybody.
	Events []E
	// ARN is the vendor's whole name of where they come from, where the payload has it: of a queue, a topic, a stream or,
	// for records of Kafka, the cluster.
	ARN string
	// Partial writes the answer by which the vendor takes back only the messages with these MessageIDs. Nil means that
	// the vendor takes back all of a batch or nothing.
	Partial func(failed []string) ([]byte, error)
}

// Decode reads a payload if it is of its form, which it reports. An error is of one that is and is broken.
type Decode[E any] func(*Payload) (Arrived[E], bool, error)

// BucketCodec is the codec of a vendor's object storage payload. An event goes to the function with a trigger for its
// bucket, which is mapped by [ResourcesVariable], and for its action and key.
func BucketCodec(decode Decode[os.Event]) Codec {
	return recognise(manner[os.Event, os.Bucket]{
		name: "os", what: "bucket", logical: func(t os.Bucket) string { return t.Name },
		real:  func(e *os.Event) string { return e.Bucket },
		takes: func(t os.Bucket, e *os.Event) bool { return t.Takes(*e) },
		mark:  func(e *os.Event, t os.Bucket) { e.Resource = t.Name },
		say:   func(e *os.Event) string { return fmt.Sprintf("%s of key %.100q", e.Action, e.Key) },
	}, decode)
}

// MessageCodec is the codec of a vendor's payload of messages. A message goes to the function with a trigger for its
// queue, topic or stream and, where both say one, its tag.
func MessageCodec(decode Decode[mq.Message]) Codec {
	return recognise(manner[mq.Message, mq.Subscription]{
		name: "mq", what: "queue or topic", logical: func(t mq.Subscription) string { return t.Queue + t.Topic }, // one is empty
		real: func(m *mq.Message) string { return m.Source },
		takes: func(t mq.Subscription, m *mq.Message) bool {
			return t.Tag == "" || m.Tag == "" || slices.Contains(strings.FieldsFunc(m.Tag, func(r rune) bool { return r == ',' || r == ' ' }), t.Tag)
		},
		mark: func(m *mq.Message, t mq.Subscription) { m.Resource = t.Queue + t.Topic },
		say: func(m *mq.Message) string {
			if m.Tag == "" {
				return "a message"
			}
			return fmt.Sprintf("a message with the tag %.100q", m.Tag)
		},
	}, decode)
}

// RecordCodec is the codec of a vendor's payload of Kafka records. A record goes to the function with a trigger for its
// topic and, where both say one, its cluster.
func RecordCodec(decode Decode[kafka.Record]) Codec {
	return recognise(manner[kafka.Record, kafka.Topic]{
		name: "kafka", what: "topic", logical: func(t kafka.Topic) string { return t.Name },
		real:    func(r *kafka.Record) string { return r.Topic },
		within:  func(t kafka.Topic) string { return t.Cluster },
		takes:   func(kafka.Topic, *kafka.Record) bool { return true },
		mark:    func(r *kafka.Record, t kafka.Topic) { r.Resource, r.Group = t.Name, t.Group },
		say:     func(r *kafka.Record) string { return "a record" },
		cluster: true,
	}, decode)
}

// LogCodec is the codec of a vendor's log payload. A batch goes to the function with a trigger for its store, by name or
// by id.
func LogCodec(decode Decode[log.Batch]) Codec {
	return recognise(manner[log.Batch, log.Store]{
		name: "log", what: "log store", logical: func(t log.Store) string { return t.Name },
		real:  func(b *log.Batch) string { return b.Store },
		also:  func(b *log.Batch) string { return b.StoreID },
		takes: func(log.Store, *log.Batch) bool { return true },
		mark:  func(b *log.Batch, t log.Store) { b.Resource = t.Name },
		say:   func(b *log.Batch) string { return "a batch" },
	}, decode)
}

// CDNCodec is the codec of a vendor's CDN payload. An event goes to the function with a trigger for its domain and action.
func CDNCodec(decode Decode[cdn.Event]) Codec {
	return recognise(manner[cdn.Event, cdn.Domain]{
		name: "cdn", what: "domain", logical: func(t cdn.Domain) string { return t.Name },
		real:  func(e *cdn.Event) string { return e.Domain },
		takes: func(t cdn.Domain, e *cdn.Event) bool { return t.Takes(*e) },
		mark:  func(e *cdn.Event, t cdn.Domain) { e.Resource = t.Name },
		say:   func(e *cdn.Event) string { return fmt.Sprintf("%s, %.100q", e.Action, e.Name) },
	}, decode)
}

// BusCodec is the codec of a vendor's payload of events of an event bus. An event goes to the function with a trigger for
// its source and type.
func BusCodec(decode Decode[event.Event]) Codec {
	return recognise(manner[event.Event, event.Rule]{
		name: "event", what: "event bus", logical: func(t event.Rule) string { return t.Bus },
		real:  func(*event.Event) string { return "" }, // no vendor says which bus an event came over
		takes: func(t event.Rule, e *event.Event) bool { return t.Takes(*e) },
		mark:  func(*event.Event, event.Rule) {},
		say: func(e *event.Event) string {
			return fmt.Sprintf("an event of type %.100q from source %.100q", e.Type, e.Source)
		},
	}, decode)
}

// manner is what recognition has to know of a kind of trigger.
type manner[E any, T framework.Trigger] struct {
	name string // of the kind
	what string // it is about, for messages
	// logical is the trigger's logical name, real the event's real one, also another one that it has; empty is unknown.
	logical    func(T) string
	real, also func(*E) string
	// within is the logical name of what the resource is in; with cluster the payload's ARN is that one's.
	within  func(T) string
	cluster bool
	// takes are the trigger's further conditions.
	takes func(T, *E) bool
	// mark fills in what the trigger knows.
	mark func(*E, T)
	// say describes an event by what takes looks at.
	say func(*E) string
}

// taker is a trigger with its function.
type taker[T framework.Trigger] struct {
	function *framework.Function
	trigger  T
}

// recognise makes the codec of a kind.
func recognise[E any, T framework.Trigger](k manner[E, T], decode Decode[E]) Codec {
	return Codec{Kind: k.name, Bind: func(app *framework.App) (Decoder, error) {
		var takers []taker[T]
		for _, f := range app.Functions {
			for _, t := range f.Triggers {
				if t, ok := t.(T); ok {
					takers = append(takers, taker[T]{f, t})
				}
			}
		}
		if len(takers) == 0 {
			return nil, unused{fmt.Errorf("no function of unit %s has a trigger of kind %s", app.Unit, k.name)}
		}
		var once sync.Once
		var names resources
		var wrong error
		return func(p *Payload) (Call, bool, error) {
			arrived, ok, err := decode(p)
			if err != nil || !ok {
				return Call{}, ok, err
			}
			// The process has one environment; it is not known yet where codecs are bound.
			if once.Do(func() { names, wrong = readResources(p.Runtime) }); wrong != nil {
				return Call{}, true, wrong
			}
			if len(arrived.Events) == 0 {
				return Call{Reply: func(context.Context, any, error) ([]byte, error) { return []byte("null"), nil }}, true, nil
			}
			f, err := k.find(takers, names, &arrived)
			if err != nil {
				return Call{}, true, err
			}
			return Call{Function: f, Event: arrived.Events, Reply: reply(p, arrived)}, true, nil
		}, nil
	}}
}

// find returns the function that all of the events are for.
func (k manner[E, T]) find(takers []taker[T], names resources, arrived *Arrived[E]) (*framework.Function, error) {
	var function *framework.Function
	for i := range arrived.Events {
		e := &arrived.Events[i]
		t, err := k.one(takers, names, e, arrived.ARN)
		if err != nil {
			return nil, err
		}
		if function != nil && function != t.function {
			return nil, &framework.Error{Status: 400, Code: "mixed_batch", Message: fmt.Sprintf(
				"found events of functions %s and %s in one payload, expected those of one", function.Name, t.function.Name)}
		}
		function = t.function
		k.mark(e, t.trigger)
	}
	return function, nil
}

// one finds the trigger of an event. Where the payload does not say where the event comes from, any trigger of the kind may
// be meant, and there must be only one that takes it.
func (k manner[E, T]) one(takers []taker[T], names resources, e *E, arn string) (taker[T], error) {
	name, cluster := k.real(e), ""
	if k.cluster {
		arn, cluster = "", arn
	}
	also := ""
	if k.also != nil {
		also = k.also(e)
	}
	var of, found []taker[T]
	for _, t := range takers {
		logical := k.logical(t.trigger)
		known := name != "" || arn != "" || also != ""
		if known && !names.is(logical, name, arn) && (also == "" || !names.is(logical, also, "")) {
			continue
		}
		if k.within != nil && cluster != "" && k.within(t.trigger) != "" && !names.is(k.within(t.trigger), "", cluster) && EndOfCluster(cluster) != names.real(k.within(t.trigger)) {
			continue
		}
		of = append(of, t)
		if k.takes(t.trigger, e) {
			found = append(found, t)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1 && slices.ContainsFunc(found, func(t taker[T]) bool { return t.function != found[0].function }):
		return found[0], k.refuse("ambiguous_event", "%s may be for the functions %s: nothing tells which is meant", k.place(e, name, arn), functions(found))
	case len(found) > 1:
		return found[0], nil
	case len(of) == 0:
		return taker[T]{}, k.refuse("unknown_"+strings.ReplaceAll(k.what, " ", "_"), "found %s, expected %s", k.place(e, name, arn), expected(takers, k.logical, names))
	}
	return taker[T]{}, k.refuse("unexpected_event", "found %s, which no trigger of the functions %s takes", k.place(e, name, arn), functions(of))
}

// place says what an event is and where it comes from.
func (k manner[E, T]) place(e *E, name, arn string) string {
	s := k.say(e)
	switch {
	case arn != "":
		return fmt.Sprintf("%s of %s %.200q", s, k.what, arn)
	case name != "":
		return fmt.Sprintf("%s of %s %.200q", s, k.what, name)
	}
	return s
}

func (k manner[E, T]) refuse(code, format string, args ...any) error {
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
func functions[T framework.Trigger](takers []taker[T]) string {
	var names []string
	for _, t := range takers {
		if !slices.Contains(names, t.function.Name) {
			names = append(names, t.function.Name)
		}
	}
	return strings.Join(names, ", ")
}

// expected lists the real names of the triggers' resources.
func expected[T framework.Trigger](takers []taker[T], logical func(T) string, names resources) string {
	var list []string
	for _, t := range takers {
		name := logical(t.trigger)
		said := fmt.Sprintf("%q", names.real(name))
		if names.real(name) != name {
			said += " (" + name + ")"
		}
		if !slices.Contains(list, said) {
			list = append(list, said)
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return "one of " + strings.Join(list, ", ")
}

// reply encodes the outcome of a batch. Where the vendor can take a part of it back, the messages that failed are told it by
// their ids and the log why; the invocation itself has failed only if all did.
func reply[E any](p *Payload, arrived Arrived[E]) func(context.Context, any, error) ([]byte, error) {
	if arrived.Partial == nil {
		return EncodeReply
	}
	ids := make([]string, 0, len(arrived.Events))
	for _, e := range arrived.Events {
		if m, ok := any(e).(framework.Message); ok {
			ids = append(ids, m.MessageID())
		}
	}
	return func(_ context.Context, _ any, err error) ([]byte, error) {
		if err == nil {
			return arrived.Partial(nil)
		}
		b, ok := partial.Of(err)
		if !ok {
			return nil, err
		}
		var failed []string
		for _, f := range b.Failures {
			if f.ID == "" || !slices.Contains(ids, f.ID) {
				return nil, fmt.Errorf("message %.100q is not in the batch: %w", f.ID, err)
			}
			if !slices.Contains(failed, f.ID) {
				failed = append(failed, f.ID)
			}
		}
		if len(failed) == len(ids) {
			return nil, err
		}
		p.Log().Error("messages failed", "error", err.Error(), "failed", len(failed), "of", len(ids), requestIDKey, p.Invocation.RequestID)
		return arrived.Partial(failed)
	}
}
