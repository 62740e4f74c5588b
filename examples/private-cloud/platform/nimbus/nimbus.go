// Package nimbus is the platform of Nimbus, a cloud that a company runs for itself: the loop of its functions and the payloads of its
// triggers. Its simulator is sim/nimbus, and what deploys to it target/nimbus.
//
// Nimbus starts a function as a server on the port NIMBUS_PORT, and stops it by SIGTERM. Requests of clients reach it as they are.
// Events are POST requests with the header X-Nimbus-Event; 200 has taken one, and anything else gives it back. Every request has
// its id in X-Nimbus-Request. Headers that begin with X-Nimbus- are the gateway's: it takes them out of what clients send.
//
//	{"kind":"timer","name":"sweep","time":"2026-01-02T03:04:05Z","text":"…"}
//	{"kind":"queue","queue":"orders","messages":[{"id":"1","text":"…","time":"2026-01-02T03:04:05Z"}]}
package nimbus

import (
	"encoding/json"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Headers of the protocol.
const (
	RequestHeader = "X-Nimbus-Request"
	EventHeader   = "X-Nimbus-Event"
	// Reserved begins the names of headers that are the gateway's.
	Reserved = "X-Nimbus-"
)

// Invocation is an event as Nimbus sent it.
type Invocation struct {
	RequestID string
	Event     json.RawMessage
}

// From returns the original invocation, nil if it was a request of a client or came from elsewhere.
func From(ctx *framework.Context) *Invocation {
	v, _ := ctx.Vendor().(*Invocation)
	return v
}

// Raw is the codec of every other event: the payload goes to the function as it is.
func Raw() platform.Codec { return platform.Raw() }

// Identify says what an event is, "" if it is none of Nimbus.
func Identify(p *platform.Payload) string {
	kind, err := p.Text("kind")
	if err != nil || kind == "" {
		return ""
	}
	return fmt.Sprintf("an event of kind %.40q", kind)
}

// is reports whether a payload is an event of that kind.
func is(p *platform.Payload, kind string) bool {
	found, err := p.Text("kind")
	return err == nil && found == kind
}
