// Package asyncapi writes the AsyncAPI 3.0 document of the events that an application's functions take: a channel for each bucket, queue,
// topic and so on, by its logical name, and an operation for each function that listens. What messages carry is described from the types
// that handlers take. Requests are for package openapi; timers bring nothing from others.
//
// The form is that of https://www.asyncapi.com/docs/reference/specification/v3.0.0.
package asyncapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect/schema"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
)

// Document is a document, and what it does not say.
type Document struct {
	// JSON is indented, with a line break at the end, and the same for the same code.
	JSON []byte
	// Findings are the places that no schema describes.
	Findings []schema.Finding
}

// channel is where events come from.
type channel struct {
	address, words string
	messages       map[string]*message
}

// message is what one function takes.
type message struct {
	description string
	payload     *schema.Schema
	several     bool
}

type operation struct {
	channel, message, summary string
}

// Make writes the document.
func Make(app *model.App) (*Document, error) {
	set := schema.NewSet(app.Module, app.Fset, app.Sources)
	channels, operations := map[string]*channel{}, map[string]*operation{}
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			k := kind.Lookup(t.Kind)
			if k == nil || k.Delivery != kind.Batch {
				continue
			}
			base, c := source(k, t)
			key := free(base, func(key string) bool { return channels[key] != nil && channels[key].address != c.address })
			if channels[key] == nil {
				channels[key] = c
			}
			if channels[key].messages[f.Name] != nil { // by another trigger, of other prefixes or tags
				continue
			}
			channels[key].messages[f.Name] = made(set, f, k)
			id := f.Name
			if operations[id] != nil {
				id = free(id+"-"+key, func(id string) bool { return operations[id] != nil })
			}
			operations[id] = &operation{channel: key, message: f.Name, summary: summary(f.Doc)}
		}
	}
	text, err := write(app.Spec.Service, channels, operations, set)
	if err != nil {
		return nil, err
	}
	return &Document{JSON: text, Findings: set.Findings()}, nil
}

// free is a key, with a number where it is taken.
func free(key string, taken func(string) bool) string {
	free := key
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s-%d", key, n)
	}
	return free
}

// source is the channel of a trigger.
func source(k *kind.Kind, t model.Trigger) (string, *channel) {
	c, word := &channel{messages: map[string]*message{}}, k.Word
	if k.Needs != nil {
		for _, n := range k.Needs(t.Marker) {
			if n.Name != "" {
				c.address = n.Name
				c.words, word = n.Type, n.Type
				for _, r := range k.Resources {
					if r.Type == n.Type {
						c.words = r.Words
					}
				}
				break
			}
		}
	}
	if c.address == "" && k.Identities != nil {
		c.address, c.words = strings.Join(k.Identities(t.Marker, t.Name), ","), "events of "+k.Word
	}
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, word+"-"+c.address), c
}

// made is what a function takes of a channel: its own type, which a message is decoded into, or anything.
func made(set *schema.Set, f *model.Function, k *kind.Kind) *message {
	m := &message{payload: &schema.Schema{}, several: f.Slice}
	at := schema.Place{Pos: f.Pos, Length: len(f.Object.Name())}
	switch f.Input {
	case model.BoundInput:
		m.payload = set.Of(f.In, f.Rules != nil, at)
		if n := model.TypeName(f.In); n != nil {
			m.description = set.Doc(n)
		}
	case model.EventInput:
		if k.Payload == "" && f.EventKind == k.Word { // the event is all there is, in one form on every cloud
			t := f.In
			if s, ok := types.Unalias(t).(*types.Slice); ok {
				t = s.Elem()
			}
			m.payload = set.Of(t, false, at)
		}
	}
	return m
}

func summary(doc string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(doc), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// ref is a reference within the document.
func ref(parts ...string) json.Marshaler {
	return schema.Ordered(schema.Member("$ref", "#/"+strings.Join(parts, "/"), true))
}

func write(service string, channels map[string]*channel, operations map[string]*operation, set *schema.Set) ([]byte, error) {
	definitions := set.Definitions() // which names what messages refer to
	var written, done, schemas []schema.ObjectMember
	for _, key := range slices.Sorted(maps.Keys(channels)) {
		c := channels[key]
		var messages []schema.ObjectMember
		for _, name := range slices.Sorted(maps.Keys(c.messages)) {
			m := c.messages[name]
			messages = append(messages, schema.Member(name, schema.Ordered(
				schema.Member("description", m.description, m.description != ""),
				schema.Member("contentType", "application/json", true),
				schema.Member("payload", m.payload, true),
				schema.Member("x-faas-batch", true, m.several),
			), true))
		}
		written = append(written, schema.Member(key, schema.Ordered(
			schema.Member("address", c.address, true), schema.Member("title", c.words+" "+c.address, true), schema.Member("messages", schema.Ordered(messages...), true),
		), true))
	}
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		o := operations[id]
		done = append(done, schema.Member(id, schema.Ordered(
			schema.Member("action", "receive", true),
			schema.Member("channel", ref("channels", o.channel), true),
			schema.Member("summary", o.summary, o.summary != ""),
			schema.Member("messages", []any{ref("channels", o.channel, "messages", o.message)}, true),
		), true))
	}
	for _, d := range definitions {
		schemas = append(schemas, schema.Member(d.Name, d.Schema, true))
	}
	return schema.Document(
		schema.Member("asyncapi", "3.0.0", true),
		schema.Member("info", schema.Ordered(schema.Member("title", cmp.Or(service, "application"), true), schema.Member("version", "1", true)), true),
		schema.Member("defaultContentType", "application/json", true),
		schema.Member("channels", schema.Ordered(written...), true),
		schema.Member("operations", schema.Ordered(done...), true),
		schema.Member("components", schema.Ordered(schema.Member("schemas", schema.Ordered(schemas...), true)), true),
	)
}
