// Package kind is what the generator, the targets and the command know of each kind of trigger: one value a kind, each in a
// file of its own. Everything else loops over them or calls the one of a marker, and never compares kinds. The run-time
// half is framework/trigger/<kind>, whose types are used here, so that both say the same.
package kind

import (
	"reflect"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Delivery is the form in which events are delivered to a function; see [trigger.Delivery].
type Delivery = trigger.Delivery

const (
	Raw     = trigger.Raw     // a payload as it came
	Request = trigger.Request // one request
	Tick    = trigger.Tick    // one time of a timer
	Batch   = trigger.Batch   // one or more events, as a slice
)

// Kind is what is known of one kind of trigger. Its functions take a marker of the kind, a pointer to a struct of
// annotations; those that are nil have nothing to say.
type Kind struct {
	// Word is the directive's, and that of f.yml: mq.
	Word string
	// Example are arguments of a trigger, as few as it needs, in the form of f.yml.
	Example string
	// Trigger is the run-time half's trigger, its zero value. Triggers of http and apigw are the same there.
	Trigger framework.Trigger
	// Delivery is the form in which events are delivered, as Trigger says it. Several is that of a batch: the function is
	// called with a slice of Event.
	Delivery Delivery
	Several  bool
	// Event is the type of one event, which handlers may take: mq.Message.
	Event reflect.Type
	// Payload is the field of Event that holds the payload, empty if its method Payload makes it.
	Payload string
	// Resources are the types of resources that triggers of the kind need, as in resources of f.yml.
	Resources []Resource
	// Features are what the portability report says of the kind.
	Features []Feature

	// Marker makes an empty marker.
	Marker func() any
	// Name is the trigger's own name, empty if it has none.
	Name func(marker any) string
	// Wrong is the mistake in an argument that has a language of its own, nil if there is none.
	Wrong func(marker any) *annotations.Mistake
	// Needs are the logical resources that a marker names, what its events come from first.
	Needs func(marker any) []Need
	// Overlap says what two triggers have in common that both would be called for, empty if nothing.
	Overlap func(a, b any) string
	// Confused says what triggers of two functions of one unit have in common that no payload tells apart, empty if nothing. Calls and
	// requests say what they are for.
	Confused func(a, b any) string
	// Covers reports whether the code that a trigger makes also serves one that only a target says.
	Covers func(code, there any) bool
	// Triggers are what the run time has of a trigger of that name; generated code shows them as literals.
	Triggers func(marker any, name string) []framework.Trigger
	// Identities are what tells a trigger of that name from others of its kind, for people: --trigger mq:orders. Narrow is the
	// marker with one of them alone, where it may have several.
	Identities func(marker any, name string) []string
	Narrow     func(marker any, identity string) any
	// Sample is an event, made up.
	Sample func(marker any, s Sample) any
}

// Resource is a type of resource.
type Resource struct {
	// Type is its word in resources of f.yml, Words what it is called in a sentence.
	Type, Words string
}

// Need is a logical resource that a trigger names.
type Need struct {
	// Argument is the argument of the trigger: bucket, queue, topic and so on.
	Argument string
	// Type is the type of the resource, as in resources of f.yml.
	Type string
	// Name is the logical name.
	Name string
}

// Feature is something that a trigger can use and a cloud can have something for.
type Feature struct {
	// Name is "trigger", the word of the kind, and perhaps what is special about it: "trigger mq tag".
	Name string
	// Used reports whether a marker uses it.
	Used func(marker any) bool
}

// Sample is what a made-up event is made of.
type Sample struct {
	// Name is the trigger's, Body a payload that the handler can read.
	Name string
	Body []byte
	Now  time.Time
}

// typed is a kind whose functions know their marker.
type typed[M any] struct {
	name       func(*M) string
	wrong      func(*M) *annotations.Mistake
	needs      func(*M) []Need
	overlap    func(a, b *M) string
	confused   func(a, b *M) string // nil is as overlap
	covers     func(code, there *M) bool
	triggers   func(m *M, name string) []framework.Trigger
	identities func(m *M, name string) []string
	narrow     func(m *M, identity string) *M
	sample     func(*M, Sample) any
	features   []feature[M]
}

type feature[M any] struct {
	name string
	used func(*M) bool // nil is always
}

// Package is the import path of the run-time half.
func (k *Kind) Package() string { return reflect.TypeOf(k.Trigger).PkgPath() }

// of completes a kind by what knows its marker.
func of[M any](k Kind, t typed[M]) *Kind {
	k.Delivery = trigger.DeliveryOf(k.Trigger)
	k.Several = k.Delivery == Batch
	is := func(marker any) *M { return marker.(*M) }
	k.Marker = func() any { return new(M) }
	if k.Name = (func(any) string { return "" }); t.name != nil {
		k.Name = func(m any) string { return t.name(is(m)) }
	}
	if k.Wrong = (func(any) *annotations.Mistake { return nil }); t.wrong != nil {
		k.Wrong = func(m any) *annotations.Mistake { return t.wrong(is(m)) }
	}
	if k.Needs = (func(any) []Need { return nil }); t.needs != nil {
		k.Needs = func(m any) (needs []Need) {
			for _, n := range t.needs(is(m)) {
				if n.Name != "" {
					needs = append(needs, n)
				}
			}
			return needs
		}
	}
	if k.Overlap = (func(a, b any) string { return "" }); t.overlap != nil {
		k.Overlap = func(a, b any) string { return t.overlap(is(a), is(b)) }
	}
	if k.Confused = (func(a, b any) string { return "" }); t.confused != nil {
		k.Confused = func(a, b any) string { return t.confused(is(a), is(b)) }
	} else if k.Delivery == Batch {
		k.Confused = k.Overlap
	}
	if k.Covers = (func(a, b any) bool { return true }); t.covers != nil {
		k.Covers = func(a, b any) bool { return t.covers(is(a), is(b)) }
	}
	if t.triggers != nil {
		k.Triggers = func(m any, name string) []framework.Trigger { return t.triggers(is(m), name) }
	}
	if k.Identities = (func(any, string) []string { return []string{""} }); t.identities != nil {
		k.Identities = func(m any, name string) []string { return t.identities(is(m), name) }
	}
	if k.Narrow = (func(m any, _ string) any { return m }); t.narrow != nil {
		k.Narrow = func(m any, identity string) any { return t.narrow(is(m), identity) }
	}
	if t.sample != nil {
		k.Sample = func(m any, s Sample) any { return t.sample(is(m), s) }
	}
	for _, f := range t.features {
		if f.used == nil {
			f.used = func(*M) bool { return true }
		}
		k.Features = append(k.Features, Feature{f.name, func(m any) bool { used, ok := m.(*M); return ok && f.used(used) }})
	}
	return &k
}

// subset reports whether all of a list are in another.
func subset(list, of annotations.List) bool {
	for _, s := range list {
		if !contains(of, s) {
			return false
		}
	}
	return true
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
