// Package os is the trigger of object storage: what a function receives when objects of a bucket are created, removed or
// restored, and the trigger itself. It does not read the object: that is for the vendor's SDK, with Bucket and Key. It
// links no http.
package os

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/trigger"
)

// Action is what happened to an object, in the same words on every cloud.
type Action string

// The actions.
const (
	Created  Action = "created"
	Removed  Action = "removed"
	Restored Action = "restored"
	// Part is a step of an upload in parts before its end, or its abortion: no object is there yet, or ever. No trigger takes
	// it; [Event.Name] says which step.
	Part Action = "part"
	// Other is an event that the vendor has and the others have not; [Event.Name] says which.
	Other Action = "other"
)

// Event is what happened to one object. Fields that the vendor does not send are zero.
type Event struct {
	// ID identifies the event where the vendor sends something that does; empty otherwise.
	ID string `json:"id,omitempty"`
	// Resource is the bucket's logical name, as the directive says it: the same on every cloud.
	Resource string `json:"resource,omitempty"`
	// Bucket is the bucket's real name.
	Bucket string `json:"bucket"`
	// Key is the object's key: decoded, and without the account and the bucket that a vendor puts before it.
	Key string `json:"key"`
	// Action is what happened. Via says how an object was created: put, post, copy, multipart, or empty.
	Action Action `json:"action"`
	Via    string `json:"via,omitempty"`
	// Name is the vendor's name of the event: ObjectCreated:Put.
	Name string `json:"name,omitempty"`
	// Size is the object's size in bytes, -1 if the event does not say.
	Size int64 `json:"size"`
	// ETag is the object's entity tag, without quotes.
	ETag string `json:"etag,omitempty"`
	// Version is the object's version in a bucket that keeps several.
	Version string `json:"version,omitempty"`
	// Region is the vendor's region.
	Region string `json:"region,omitempty"`
	// Time is when it happened, in UTC.
	Time time.Time `json:"time"`
	// Raw is the vendor's original record, as JSON.
	Raw json.RawMessage `json:"-"`
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as aws.S3Of(e) does.
	Vendor any `json:"-"`
}

// MessageID identifies the event in a batch, empty if it cannot be told from another.
func (e Event) MessageID() string { return e.ID }

// OrderingKey says which events have to be handled in order: those of one object.
func (e Event) OrderingKey() string { return e.Bucket + "/" + e.Key }

// Payload is the event as JSON, which is what a handler of another input type gets.
func (e Event) Payload() ([]byte, error) { return json.Marshal(e) }

// UnmarshalJSON reads what json.Marshal wrote, or a person. An object without an action was created, and one without a
// size has an unknown one.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	p := plain{Size: -1, Action: Created}
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*e = Event(p)
	e.Time = e.Time.UTC()
	return nil
}

// Bucket is the trigger: the events of one bucket that one function takes. Generated code fills it from //faas:os or
// f.yml.
type Bucket struct {
	// Name is the bucket's logical name.
	Name string
	// Events are the words of the directive: created, created:put, removed, ...
	Events []string
	// Prefix and Suffix restrict the keys; empty is any.
	Prefix, Suffix string
}

// Kind returns "os".
func (Bucket) Kind() string { return "os" }

// Delivery returns trigger.Batch.
func (Bucket) Delivery() trigger.Delivery { return trigger.Batch }

// Matches reports whether the trigger is for an event, whichever bucket it is of.
func (b Bucket) Matches(e Event) bool {
	if !strings.HasPrefix(e.Key, b.Prefix) || !strings.HasSuffix(e.Key, b.Suffix) {
		return false
	}
	for _, name := range b.Events {
		action, via, some := strings.Cut(name, ":")
		if Action(action) == e.Action && (!some || via == e.Via) {
			return true
		}
	}
	return false
}

// What, Resource, Origin, Mark and Describe are for matching events; see trigger.Source.
func (Bucket) What() string                      { return "bucket" }
func (b Bucket) Resource() string                { return b.Name }
func (Bucket) Origin(e *Event) (name, id string) { return e.Bucket, "" }
func (b Bucket) Mark(e *Event)                   { e.Resource = b.Name }
func (Bucket) Describe(e *Event) string          { return fmt.Sprintf("%s of key %.100q", e.Action, e.Key) }

// Form is how people write an event.
func (Bucket) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Event, Bucket]{
		Members: "id resource bucket key action via name size etag version region time", Needs: "key", Example: `{"key": "a.pdf"}`,
		Resource: func(e *Event) *string { return &e.Resource },
		Complete: func(e *Event, b Bucket, now time.Time, newID func() string) {
			e.ID, e.Time, e.Bucket = cmp.Or(e.ID, newID()), trigger.At(e.Time, now), cmp.Or(e.Bucket, b.Name)
		},
	})
}

// MessageScope is what MessageID is unique within.
func (e Event) MessageScope() string { return "os " + e.Bucket + " " + e.Key + " " + e.Name }
