// Package cdn is the trigger of content delivery networks: what a function receives when cached objects were refreshed, a
// log file is there, or a domain has changed, and the trigger itself. It links no http.
package cdn

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework/trigger"
)

// Event is what happened to one domain. Fields that the vendor does not send are zero.
type Event struct {
	// ID identifies the event: the vendor's trace id.
	ID string `json:"id,omitempty"`
	// Resource is the domain's logical name, as the directive says it.
	Resource string `json:"resource,omitempty"`
	// Action is what happened, in the words of the directive: refreshed, preloaded, blocked, logged, started, stopped,
	// added, removed; "other" for what the directive has no word for.
	Action string `json:"action"`
	// Name is the vendor's name of the event: CachedObjectsRefreshed.
	Name string `json:"name,omitempty"`
	// Domain is the domain's real name.
	Domain string `json:"domain"`
	// Paths are the objects, or the log file, that the event is about, as the vendor writes them.
	Paths []string `json:"paths,omitempty"`
	// Region is the vendor's region.
	Region string `json:"region,omitempty"`
	// Time is when it happened, in UTC.
	Time time.Time `json:"time"`
	// Raw is the vendor's original event, as JSON.
	Raw json.RawMessage `json:"-"`
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as aliyun.CDNOf(e) does.
	Vendor any `json:"-"`
}

// MessageID identifies the event, empty if it cannot be told from another.
func (e Event) MessageID() string { return e.ID }

// OrderingKey says which events have to be handled in order: those of one domain.
func (e Event) OrderingKey() string { return e.Domain }

// Payload is the event as JSON, which is what a handler of another input type gets.
func (e Event) Payload() ([]byte, error) { return json.Marshal(e) }

// Domain is the trigger: what happens to one domain and one function takes. Generated code fills it from //faas:cdn or
// f.yml, one for each domain.
type Domain struct {
	// Name is the domain's logical name.
	Name string
	// Events are the words of the directive: refreshed, logged, ...
	Events []string
}

// Kind returns "cdn".
func (Domain) Kind() string { return "cdn" }

// Delivery returns trigger.Batch.
func (Domain) Delivery() trigger.Delivery { return trigger.Batch }

// Matches reports whether the trigger is for an event, whichever domain it is of.
func (d Domain) Matches(e Event) bool { return slices.Contains(d.Events, e.Action) }

// What, Resource, Origin, Mark and Describe are for matching events; see trigger.Source.
func (Domain) What() string                      { return "domain" }
func (d Domain) Resource() string                { return d.Name }
func (Domain) Origin(e *Event) (name, id string) { return e.Domain, "" }
func (d Domain) Mark(e *Event)                   { e.Resource = d.Name }
func (Domain) Describe(e *Event) string          { return fmt.Sprintf("%s, %.100q", e.Action, e.Name) }

// Form is how people write an event.
func (Domain) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Event, Domain]{
		Members: "id resource action name domain paths region time", Needs: "action paths", Example: `{"action": "refreshed", "paths": ["/a"]}`,
		Resource: func(e *Event) *string { return &e.Resource },
		Complete: func(e *Event, d Domain, now time.Time, newID func() string) {
			e.ID, e.Time, e.Domain = cmp.Or(e.ID, newID()), trigger.At(e.Time, now), cmp.Or(e.Domain, d.Name)
		},
	})
}

// MessageScope is what MessageID is unique within.
func (e Event) MessageScope() string { return "cdn " + e.Domain }
