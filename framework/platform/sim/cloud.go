package sim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Cloud is what tools and tests know of a cloud. Each folder below has one, made by its Cloud function; a company's own cloud is
// one more. Code that uses one never checks which it is.
type Cloud struct {
	// Name is the word of --target, targets: and x-<name>.
	Name string
	// Region is where an application begins that does not say where.
	Region string
	// Carries are the kinds of triggers that the cloud has, in the order in which their codecs are tried; raw comes last.
	Carries []Carried
	// Identify says what a payload is in the vendor's words, such as "messages of Amazon SQS", "" if it cannot tell.
	Identify func(p *platform.Payload) string
	// Invocation is what a loop says of an event: framework.Invocation.Vendor.
	Invocation func(requestID string, event []byte) any
	// Ingress serves a unit as the cloud's loop does, where requests are passed on as they are; nil where they come as events.
	Ingress func(e *framework.Engine) (Ingress, error)
	// Response reads the response to a request as the cloud does for its client.
	Response func(payload []byte) (*Response, error)
	// Runtime simulates the runtime of a unit that starts as entry says. Nil is that there is no simulator.
	Runtime func(entry Entry) Runtime
	// Calls is the API by which functions call each other; nil is none, where one process has all functions.
	Calls *CallsAPI
	// Stores is the API of the stores of secrets; nil is none.
	Stores *StoresAPI
	// Sample changes an event that was made up, a Batch of one, as the cloud would have it. Nil leaves it.
	Sample func(e Events) any
}

// Ingress is the handler for the request with that id.
type Ingress func(requestID string) http.Handler

// Entry is how a unit starts, as far as a simulator has to know.
type Entry struct {
	// Command is the name of the executable in the package.
	Command string
	// Ingress is the HTTP ingress before the unit, in the cloud's own words.
	Ingress string
	// Routes are those of an ingress that has some, in its own words; Streaming says that it streams responses.
	Routes    []string
	Streaming bool
}

// Carried is a kind of triggers that a cloud has.
type Carried struct {
	// Kind is its word, Trigger that of its triggers at run time where it is another: apigw has routes, which are http.
	Kind, Trigger string
	// Codec reads the payloads; nil is that none is needed, as requests come as they are.
	Codec func() platform.Codec
	// Payload writes an event as the cloud sends it. [Requests], [Timers], [Batches] and [Raw] make one.
	Payload func(e Events) ([]byte, error)
}

// Of reports whether a trigger is of the kind.
func (c *Carried) Of(t framework.Trigger) bool { return t.Kind() == cmp.Or(c.Trigger, c.Kind) }

// Carried is how the cloud has a kind, false if it has not.
func (c *Cloud) Carried(kind string) (Carried, bool) {
	for _, k := range c.Carries {
		if k.Kind == kind {
			return k, true
		}
	}
	return Carried{}, false
}

// Payload writes an event as the cloud sends it.
func (c *Cloud) Payload(e Events) ([]byte, error) {
	k, ok := c.Carried(e.Kind)
	if !ok {
		return nil, fmt.Errorf("%s has no trigger of kind %q", c.Name, e.Kind)
	}
	return k.Payload(e)
}

// Requests makes the writer of a kind whose events are requests.
func Requests(write func(*Request) ([]byte, error)) func(Events) ([]byte, error) {
	return writes(func(r *Request, _ Events) ([]byte, error) { return write(r) })
}

// Timers makes the writer of the kind whose events are those of timers.
func Timers(write func(platform.TimerPayload) ([]byte, error)) func(Events) ([]byte, error) {
	return writes(func(t Timer, _ Events) ([]byte, error) {
		return write(platform.TimerPayload{Name: t.Name, Time: t.Time, Payload: t.Payload})
	})
}

// Batches makes the writer of a kind that delivers batches.
func Batches[E any](write func([]E, platform.Origin) ([]byte, error)) func(Events) ([]byte, error) {
	return writes(func(batch []E, e Events) ([]byte, error) {
		return write(batch, platform.Origin{Type: e.Type, Name: e.Name})
	})
}

// Raw is the writer of payloads that are handed over as they are, or in a call of their function, which is what all clouds do.
func Raw(e Events) ([]byte, error) {
	return writes(func(payload []byte, e Events) ([]byte, error) {
		if e.Function == "" {
			return payload, nil
		}
		return platform.EncodeCall(e.Function, payload)
	})(e)
}

// writes makes a writer of what is written from a B.
func writes[B any](write func(b B, e Events) ([]byte, error)) func(Events) ([]byte, error) {
	return func(e Events) ([]byte, error) {
		b, ok := e.Batch.(B)
		if !ok {
			return nil, fmt.Errorf("%w: found %T for kind %q, expected %T", ErrEvent, e.Batch, e.Kind, b)
		}
		return write(b, e)
	}
}

// ErrEvent is what a writer returns of an event whose type is not that of its kind.
var ErrEvent = errors.New("wrong type of event")
