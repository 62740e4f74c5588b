// Package log is the trigger of log stores: what a function receives when entries were written, and the trigger itself.
// Some clouds send the entries, others only say where they are, and the function reads them with the vendor's SDK. It
// links no http.
package log

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework/trigger"
)

// Batch is what one call delivers: entries of one store, or where they are. Fields that the vendor does not send are zero.
type Batch struct {
	// ID identifies the batch, empty if the vendor sends nothing that does.
	ID string `json:"id,omitempty"`
	// Resource is the log store's logical name, as the directive says it: the same on every cloud.
	Resource string `json:"resource,omitempty"`
	// Project is what the store is in: the project of Alibaba SLS, the account of Amazon CloudWatch Logs.
	Project string `json:"project,omitempty"`
	// Store is the store's real name: logstore, name of the log topic, log group. StoreID is its id where it has one.
	Store   string `json:"store"`
	StoreID string `json:"storeId,omitempty"`
	// Stream is the part of the store that wrote them.
	Stream string `json:"stream,omitempty"`
	// Entries are in the order in which they were sent; there are none when Range is set.
	Entries []Entry `json:"entries,omitempty"`
	// Range says where the entries are, on a cloud that does not send them.
	Range *Range `json:"range,omitempty"`
	// Raw is the vendor's original event, decompressed.
	Raw []byte `json:"-"`
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as cloudwatch.LogsOf(b) does.
	Vendor any `json:"-"`
}

// Entry is one entry.
type Entry struct {
	// ID identifies the entry, empty if the vendor sends none.
	ID string `json:"id,omitempty"`
	// Time is when it was written, in UTC.
	Time time.Time `json:"time"`
	// Message is the entry's text.
	Message string `json:"message"`
	// Fields are what the vendor has taken out of the text.
	Fields map[string]string `json:"fields,omitempty"`
}

// Range is a part of one shard of a log store, to be read with the vendor's SDK.
type Range struct {
	// Endpoint is where to read: an URL.
	Endpoint string `json:"endpoint,omitempty"`
	// Shard is the shard's number.
	Shard int `json:"shard"`
	// Begin and End are the vendor's cursors; what End points at is not part of it.
	Begin string `json:"begin"`
	End   string `json:"end"`
	// Time is the time of the last entry, in UTC.
	Time time.Time `json:"time,omitzero"`
}

// MessageID identifies the batch, empty if it cannot be told from another.
func (b Batch) MessageID() string { return b.ID }

// OrderingKey says which batches have to be handled in order: those of one shard or stream.
func (b Batch) OrderingKey() string {
	key := b.Project + "/" + b.Store + "/" + b.Stream
	if b.Range != nil {
		key += "/" + strconv.Itoa(b.Range.Shard)
	}
	return key
}

// Payload is the batch as JSON, which is what a handler of another input type gets.
func (b Batch) Payload() ([]byte, error) { return json.Marshal(b) }

// Store is the trigger: one function takes what is written to one store. Generated code fills it from //faas:log or f.yml.
type Store struct {
	// Name is the store's logical name.
	Name string
}

// Kind returns "log".
func (Store) Kind() string { return "log" }

// Delivery returns trigger.Batch.
func (Store) Delivery() trigger.Delivery { return trigger.Batch }

// Redelivered says that entries stay in a store, to be read again; see trigger.Redelivered.
func (Store) Redelivered() {}

// What, Resource, Origin, Matches, Mark and Describe are for matching events; see trigger.Source.
func (Store) What() string                      { return "log store" }
func (s Store) Resource() string                { return s.Name }
func (Store) Origin(b *Batch) (name, id string) { return b.Store, b.StoreID }
func (Store) Matches(Batch) bool                { return true }
func (s Store) Mark(b *Batch)                   { b.Resource = s.Name }
func (Store) Describe(*Batch) string            { return "a batch" }

// Form is how people write a batch.
func (Store) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Batch, Store]{
		Members: "id resource project store storeId stream entries range", Needs: "entries range", Example: `{"entries": [{"message": "text"}]}`,
		Resource: func(b *Batch) *string { return &b.Resource },
		Complete: func(b *Batch, s Store, now time.Time, newID func() string) {
			b.ID, b.Store = cmp.Or(b.ID, newID()), cmp.Or(b.Store, s.Name)
			for i := range b.Entries {
				b.Entries[i].Time = trigger.At(b.Entries[i].Time, now)
			}
		},
	})
}

// MessageScope is what MessageID is unique within.
func (b Batch) MessageScope() string { return "log " + b.Resource }
