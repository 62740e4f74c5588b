package event

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/internal/jsonbytes"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Event is one event of an event bus, with the attributes of CloudEvents. Fields that the vendor does not send are zero.
type Event struct {
	// ID identifies the event together with Source.
	ID string
	// Source and Type say what it is, in the words of its sender.
	Source, Type string
	// Subject is what the event is about within its source.
	Subject string
	// Time is when it happened, in UTC.
	Time time.Time
	// ContentType is the media type of Data, empty for JSON.
	ContentType string
	// Data is the event itself: JSON as a rule.
	Data []byte
	// Region and Account are the vendor's.
	Region, Account string
	// Raw is the vendor's original event.
	Raw []byte
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as aws.EventBridgeOf(e) does.
	Vendor any
}

// MessageID identifies the event, empty if it has no id.
func (e Event) MessageID() string {
	if e.ID == "" {
		return ""
	}
	return e.Source + "/" + e.ID
}

// OrderingKey is empty: a bus keeps no order.
func (e Event) OrderingKey() string { return "" }

// Payload is the data.
func (e Event) Payload() ([]byte, error) { return e.Data, nil }

// form is an event as JSON, with the names that CloudEvents has.
type form struct {
	ID          string          `json:"id,omitempty"`
	Source      string          `json:"source,omitempty"`
	Type        string          `json:"type,omitempty"`
	Subject     string          `json:"subject,omitempty"`
	Time        time.Time       `json:"time,omitzero"`
	ContentType string          `json:"datacontenttype,omitempty"`
	Data        json.RawMessage `json:"data,omitempty"`
	Base64      bool            `json:"isBase64Encoded,omitempty"`
	Region      string          `json:"region,omitempty"`
	Account     string          `json:"account,omitempty"`
}

// MarshalJSON writes the event without Raw and Vendor. Data that is JSON is written as it is, other text as text, and
// anything else in base64, which isBase64Encoded says.
func (e Event) MarshalJSON() ([]byte, error) {
	f := form{ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject, Time: e.Time, ContentType: e.ContentType, Region: e.Region, Account: e.Account}
	switch {
	case e.Data == nil:
	case structured(e.Data):
		f.Data = e.Data
	default:
		f.Base64 = !jsonbytes.Text(e.Data)
		var err error
		if f.Data, err = json.Marshal(jsonbytes.Encode(e.Data, f.Base64)); err != nil {
			return nil, err
		}
	}
	return json.Marshal(f)
}

// structured reports whether data is JSON that cannot be mistaken for text or for nothing.
func structured(data []byte) bool {
	data = bytes.TrimSpace(data)
	return json.Valid(data) && data[0] != '"' && data[0] != 'n'
}

// UnmarshalJSON reads what MarshalJSON wrote, or a person.
func (e *Event) UnmarshalJSON(b []byte) error {
	var f form
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	data, err := jsonbytes.Decode("data", f.Data, f.Base64)
	if err != nil {
		return err
	}
	*e = Event{ID: f.ID, Source: f.Source, Type: f.Type, Subject: f.Subject, Time: f.Time.UTC(), ContentType: f.ContentType, Data: data,
		Region: f.Region, Account: f.Account}
	return nil
}

// Rule is the trigger of events of a bus. Generated code fills it from //faas:event or f.yml.
type Rule struct {
	// Source and Type are what events must have; empty is any, but one of them is set.
	Source, Type string
	// Bus is the logical name of the event bus; empty is the account's own.
	Bus string
}

// Kind returns "event".
func (Rule) Kind() string { return "event" }

// Delivery returns trigger.Batch.
func (Rule) Delivery() trigger.Delivery { return trigger.Batch }

// Matches reports whether the trigger is for an event.
func (r Rule) Matches(e Event) bool {
	return (r.Source == "" || r.Source == e.Source) && (r.Type == "" || r.Type == e.Type)
}

// What, Resource, Origin, Mark and Describe are for matching events; see trigger.Source. No vendor says which bus an event came over.
func (Rule) What() string                    { return "event bus" }
func (r Rule) Resource() string              { return r.Bus }
func (Rule) Origin(*Event) (name, id string) { return "", "" }
func (Rule) Mark(*Event)                     {}
func (Rule) Describe(e *Event) string {
	return fmt.Sprintf("an event of type %.100q from source %.100q", e.Type, e.Source)
}

// Form is how people write an event; its data alone is enough.
func (Rule) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Event, Rule]{
		Members: "id source type subject time datacontenttype data isBase64Encoded region account", Needs: "data type", Example: `{"type": "Paid", "data": {}}`,
		Bare: func(data []byte) Event { return Event{Data: data} },
		Complete: func(e *Event, r Rule, now time.Time, newID func() string) {
			e.ID, e.Time, e.Source, e.Type = cmp.Or(e.ID, newID()), trigger.At(e.Time, now), cmp.Or(e.Source, r.Source), cmp.Or(e.Type, r.Type)
		},
	})
}

// MessageScope is what MessageID is unique within.
func (Event) MessageScope() string { return "event" }

// String is source and type.
func (r Rule) String() string { return strings.TrimSpace(r.Source + " " + r.Type) }
