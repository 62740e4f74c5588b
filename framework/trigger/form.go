package trigger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Written is a trigger whose events people can write down.
type Written interface {
	framework.Trigger
	Form() Form
}

// Form is how people write the events of a kind down. [Write] makes one.
type Form struct {
	// Members are those that an event may have, Needs those of which one tells it from a bare payload.
	Members, Needs []string
	// Example is an event.
	Example string
	// Bare says that anything else is the payload of one event.
	Bare bool
	// Of reports whether a batch is of the kind.
	Of func(batch any) bool
	// Read reads one event or a list, as a slice of the kind's events; bare is a payload alone.
	Read func(written []byte, bare bool) (any, error)
	// Complete fills in what events leave out from the first of the triggers, as far as it says it. An event of a resource
	// that no trigger is for is an error.
	Complete func(batch any, triggers []framework.Trigger, now time.Time, newID func() string) error
}

// Writing is what a kind says of its form.
type Writing[E any, T Source[E]] struct {
	// Members and Needs are words of those of [Form].
	Members, Needs, Example string
	// Bare makes an event of a payload alone; nil is that there is none.
	Bare func(payload []byte) E
	// Resource is the member for the logical name; nil is that events have none.
	Resource func(e *E) *string
	// Complete fills in what is missing, from a trigger.
	Complete func(e *E, t T, now time.Time, newID func() string)
}

// Write makes the form of a kind.
func Write[E any, T Source[E]](w Writing[E, T]) Form {
	return Form{
		Members: strings.Fields(w.Members), Needs: strings.Fields(w.Needs), Example: w.Example, Bare: w.Bare != nil,
		Of: func(batch any) bool { _, ok := batch.([]E); return ok },
		Read: func(written []byte, bare bool) (any, error) {
			if bare {
				return []E{w.Bare(written)}, nil
			}
			return parse[E](written)
		},
		Complete: func(batch any, triggers []framework.Trigger, now time.Time, newID func() string) error {
			events, ok := batch.([]E)
			if !ok {
				return fmt.Errorf("found a %T, expected %T", batch, events)
			}
			for i := range events {
				t, err := choose(w, triggers, &events[i])
				if err != nil {
					return err
				}
				w.Complete(&events[i], t, now.UTC(), newID)
			}
			return nil
		},
	}
}

// choose finds the trigger of an event's resource, or the first one if the event does not name it.
func choose[E any, T Source[E]](w Writing[E, T], triggers []framework.Trigger, e *E) (T, error) {
	var names []string
	for _, t := range triggers {
		of, ok := t.(T)
		if !ok {
			continue
		}
		if w.Resource == nil {
			return of, nil
		}
		resource := w.Resource(e)
		if *resource == "" || *resource == of.Resource() {
			*resource = of.Resource()
			return of, nil
		}
		names = append(names, of.Resource())
	}
	var none T
	switch {
	case w.Resource == nil:
		return none, nil
	case names == nil:
		return none, fmt.Errorf("the function has no %s", none.What())
	}
	return none, fmt.Errorf("the function has no %s %.80q; it has %s", none.What(), *w.Resource(e), strings.Join(names, ", "))
}

// parse reads one event or a list of them.
func parse[E any](written []byte) ([]E, error) {
	written = bytes.TrimSpace(written)
	list := make([]E, 1)
	var to any = &list[0]
	if len(written) > 0 && written[0] == '[' {
		to = &list
	}
	if err := json.Unmarshal(written, to); err != nil {
		return nil, fmt.Errorf("the event is of the wrong form: %w", err)
	}
	return list, nil
}

// At is a time that an event says, in UTC, or else now.
func At(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t.UTC()
}
