package envelope

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Kinds are the kinds of a function's triggers.
func Kinds(f *framework.Function) []string {
	kinds := make([]string, len(f.Triggers))
	for i, t := range f.Triggers {
		kinds[i] = t.Kind()
	}
	return kinds
}

// Delivery is the form in which events of a kind are delivered to a function with these triggers, raw if none is of it.
func Delivery(kind string, triggers []framework.Trigger) trigger.Delivery {
	for _, t := range triggers {
		if t.Kind() == kind {
			return trigger.DeliveryOf(t)
		}
	}
	return trigger.Raw
}

// form is how events of a kind are written, by the triggers that there are.
func form(kind string, triggers []framework.Trigger) (trigger.Form, bool) {
	for _, t := range triggers {
		if w, ok := t.(trigger.Written); ok && t.Kind() == kind {
			return w.Form(), true
		}
	}
	return trigger.Form{}, false
}

// IsEvent reports whether event is written as those of the kind are: an object, or a list of objects, that has the
// member that tells it from a bare payload, and no members that such an event does not have.
func IsEvent(kind string, triggers []framework.Trigger, event []byte) bool {
	f, ok := form(kind, triggers)
	return ok && formed(f, event)
}

func formed(f trigger.Form, event []byte) bool {
	var list []json.RawMessage
	if json.Unmarshal(event, &list) != nil {
		list = []json.RawMessage{event}
	}
	for _, e := range list {
		if !slices.ContainsFunc(f.Needs, func(member string) bool { return only(e, f.Members, member, "") }) {
			return false
		}
	}
	return len(list) > 0
}

// ParseBatch reads events of a kind of which several come at once: one, or a list. The payload alone is enough for a
// message, a record and an event of a bus. What is left out is completed; see [Complete].
func ParseBatch(kind string, triggers []framework.Trigger, written []byte, now time.Time, newID func() string) (any, error) {
	f, ok := form(kind, triggers)
	if !ok {
		return nil, fmt.Errorf("there are no events of kind %s", kind)
	}
	formed := formed(f, written)
	if !formed && !f.Bare {
		return nil, fmt.Errorf("expected an event of kind %s such as %s, or a list of them; known members: %s", kind, f.Example, strings.Join(f.Members, ", "))
	}
	batch, err := f.Read(written, !formed)
	if err != nil {
		return nil, err
	}
	return batch, f.Complete(batch, triggers, now, newID)
}

// Complete fills in what events leave out from the first of the triggers, as far as it says it; the time is now and ids are
// made up. An event of a resource that no trigger is for is an error.
func Complete(batch any, triggers []framework.Trigger, now time.Time, newID func() string) error {
	for _, t := range triggers {
		if w, ok := t.(trigger.Written); ok && w.Form().Of(batch) {
			return w.Form().Complete(batch, triggers, now, newID)
		}
	}
	return fmt.Errorf("found a %T, expected the events of a trigger", batch)
}
