package envelope

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Kinds are the kinds of a function's triggers, as [Kind] takes them: bus stands for the events of an event bus.
func Kinds(f *framework.Function) []string {
	kinds := make([]string, len(f.Triggers))
	for i, t := range f.Triggers {
		kinds[i] = t.Kind()
		if _, ok := t.(event.Rule); ok {
			kinds[i] = "bus"
		}
	}
	return kinds
}

// KindOf is the kind of trigger that a slice of events is of, "" for anything else.
func KindOf(batch any) string {
	switch batch.(type) {
	case []os.Event:
		return "os"
	case []mq.Message:
		return "mq"
	case []kafka.Record:
		return "kafka"
	case []log.Batch:
		return "log"
	case []cdn.Event:
		return "cdn"
	case []event.Event:
		return "event"
	}
	return ""
}

// written is how the events of a kind are written down: the members they may have, those of which one tells them from a
// bare payload, and an example.
type written struct {
	known, needs []string
	example      string
	bare         bool // anything else is the payload of one event
}

func forms() map[string]written {
	return map[string]written{
		"os":    {strings.Fields("id resource bucket key action via name size etag version region time"), []string{"key"}, `{"key": "a.pdf"}`, false},
		"mq":    {strings.Fields("id resource source body isBase64Encoded attributes tag group time deliveries"), []string{"body"}, `{"body": "text"}`, true},
		"kafka": {strings.Fields("resource topic partition offset key value headers isBase64Encoded time group"), []string{"value"}, `{"value": "text"}`, true},
		"log":   {strings.Fields("id resource project store storeId stream entries range"), []string{"entries", "range"}, `{"entries": [{"message": "text"}]}`, false},
		"cdn":   {strings.Fields("id resource action name domain paths region time"), []string{"action", "paths"}, `{"action": "refreshed", "paths": ["/a"]}`, false},
		"bus":   {strings.Fields("id source type subject time datacontenttype data isBase64Encoded region account"), []string{"data", "type"}, `{"type": "Paid", "data": {}}`, true},
	}
}

// IsEvent reports whether event is written as those of the kind are: an object, or a list of objects, that has the
// member that tells it from a bare payload, and no members that such an event does not have.
func IsEvent(kind string, event []byte) bool {
	w, ok := forms()[kind]
	if !ok {
		return false
	}
	var list []json.RawMessage
	if json.Unmarshal(event, &list) != nil {
		list = []json.RawMessage{event}
	}
	for _, e := range list {
		if !slices.ContainsFunc(w.needs, func(member string) bool { return only(e, w.known, member, "") }) {
			return false
		}
	}
	return len(list) > 0
}

// ParseBatch reads events of a kind of which several come at once: one, or a list. The payload alone is enough for a
// message, a record and an event of a bus. What is left out is completed; see [Complete].
func ParseBatch(kind string, triggers []framework.Trigger, written []byte, now time.Time, newID func() string) (any, error) {
	f, ok := forms()[kind]
	if !ok {
		return nil, fmt.Errorf("there are no events of kind %s", kind)
	}
	formed := IsEvent(kind, written)
	if !formed && !f.bare {
		return nil, fmt.Errorf("expected an event of kind %s such as %s, or a list of them; known members: %s", kind, f.example, strings.Join(f.known, ", "))
	}
	var batch any
	var err error
	switch kind {
	case "os":
		batch, err = parse[os.Event](written)
	case "log":
		batch, err = parse[log.Batch](written)
	case "cdn":
		batch, err = parse[cdn.Event](written)
	case "mq":
		if batch = []mq.Message{{Body: written}}; formed {
			batch, err = parse[mq.Message](written)
		}
	case "kafka":
		if batch = []kafka.Record{{Value: written}}; formed {
			batch, err = parse[kafka.Record](written)
		}
	case "bus":
		if batch = []event.Event{{Data: written}}; formed {
			batch, err = parse[event.Event](written)
		}
	}
	if err != nil {
		return nil, err
	}
	return batch, Complete(batch, triggers, now, newID)
}

// Complete fills in what events leave out from the first of the triggers, as far as it says it; the time is now and ids are
// made up. An event of a resource that no trigger is for is an error.
func Complete(batch any, triggers []framework.Trigger, now time.Time, newID func() string) error {
	now = now.UTC()
	switch b := batch.(type) {
	case []os.Event:
		return complete(b, func(e *os.Event) error {
			e.ID, e.Time = cmp.Or(e.ID, newID()), earlier(e.Time, now)
			t, err := choose(triggers, &e.Resource, "bucket", func(t os.Bucket) string { return t.Name })
			e.Bucket = cmp.Or(e.Bucket, t.Name)
			return err
		})
	case []log.Batch:
		return complete(b, func(e *log.Batch) error {
			e.ID = cmp.Or(e.ID, newID())
			for i := range e.Entries {
				e.Entries[i].Time = earlier(e.Entries[i].Time, now)
			}
			t, err := choose(triggers, &e.Resource, "log store", func(t log.Store) string { return t.Name })
			e.Store = cmp.Or(e.Store, t.Name)
			return err
		})
	case []cdn.Event:
		return complete(b, func(e *cdn.Event) error {
			e.ID, e.Time = cmp.Or(e.ID, newID()), earlier(e.Time, now)
			t, err := choose(triggers, &e.Resource, "domain", func(t cdn.Domain) string { return t.Name })
			e.Domain = cmp.Or(e.Domain, t.Name)
			return err
		})
	case []mq.Message:
		return complete(b, func(m *mq.Message) error {
			m.ID, m.Time = cmp.Or(m.ID, newID()), earlier(m.Time, now)
			t, err := choose(triggers, &m.Resource, "queue or topic", func(t mq.Subscription) string { return cmp.Or(t.Queue, t.Topic) })
			m.Source, m.Tag = cmp.Or(m.Source, t.Queue, t.Topic), cmp.Or(m.Tag, t.Tag)
			return err
		})
	case []kafka.Record:
		return complete(b, func(r *kafka.Record) error {
			r.Time = earlier(r.Time, now)
			t, err := choose(triggers, &r.Resource, "topic", func(t kafka.Topic) string { return t.Name })
			r.Topic, r.Group = cmp.Or(r.Topic, t.Name), cmp.Or(r.Group, t.Group)
			return err
		})
	case []event.Event:
		return complete(b, func(e *event.Event) error {
			e.ID, e.Time = cmp.Or(e.ID, newID()), earlier(e.Time, now)
			for _, t := range triggers {
				if r, ok := t.(event.Rule); ok {
					e.Source, e.Type = cmp.Or(e.Source, r.Source), cmp.Or(e.Type, r.Type)
					break
				}
			}
			return nil
		})
	}
	return fmt.Errorf("found a %T, expected the events of a trigger", batch)
}

func complete[T any](batch []T, one func(*T) error) error {
	for i := range batch {
		if err := one(&batch[i]); err != nil {
			return err
		}
	}
	return nil
}

func earlier(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t.UTC()
}

// parse reads one event or a list of them.
func parse[T any](written []byte) ([]T, error) {
	var list []T
	written = bytes.TrimSpace(written)
	if len(written) > 0 && written[0] == '[' {
		if err := json.Unmarshal(written, &list); err != nil {
			return nil, fmt.Errorf("the event is of the wrong form: %w", err)
		}
	} else {
		list = make([]T, 1)
		if err := json.Unmarshal(written, &list[0]); err != nil {
			return nil, fmt.Errorf("the event is of the wrong form: %w", err)
		}
	}
	return list, nil
}

// choose finds the trigger of a resource, or the first one if the event does not name its resource.
func choose[T framework.Trigger](triggers []framework.Trigger, resource *string, what string, name func(T) string) (T, error) {
	var names []string
	for _, t := range triggers {
		of, ok := t.(T)
		if !ok {
			continue
		}
		if *resource == "" || *resource == name(of) {
			*resource = name(of)
			return of, nil
		}
		names = append(names, name(of))
	}
	var none T
	if names == nil {
		return none, fmt.Errorf("the function has no %s", what)
	}
	return none, fmt.Errorf("the function has no %s %.80q; it has %s", what, *resource, strings.Join(names, ", "))
}
