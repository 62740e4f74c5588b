package sim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Cloud is what tools and tests know of a cloud. Each folder below has one; a company's own cloud is one more.
type Cloud struct {
	// Name is the word of --target.
	Name string
	// Carries are the kinds of triggers that the cloud has, in the order in which their codecs are asked.
	Carries []Carried
	// Looks says what a payload looks like in the vendor's words, "" if it is not known.
	Looks func(p *platform.Payload) string
	// Invocation is what a loop says of an event: framework.Invocation.Vendor.
	Invocation func(requestID string, event []byte) any
	// Front serves a unit as the cloud's loop does, where requests are passed on as they are, under that request id; nil where
	// they come as events.
	Front func(e *framework.Engine, requestID string) (http.Handler, error)
	// Response reads the answer to a request as the cloud does for its client.
	Response func(answer []byte) (*Response, error)
	// Runtime simulates the runtime of a unit that starts as entry says.
	Runtime func(entry Entry) Runtime
	// Sample changes an event that was made up as the cloud would have it: a Batch of one. Nil leaves it.
	Sample func(e Events) any
}

// Entry is how a unit starts, as far as a simulator has to know.
type Entry struct {
	// Command is the name of the executable in the package.
	Command string
	// Routes are those of an http front that has some, in its own words; Streaming says that it streams answers.
	Routes    []string
	Streaming bool
}

// Carried is a kind of triggers that a cloud has.
type Carried struct {
	// Kind is its word, Trigger that of its triggers at run time where it is another: apigw has routes, which are http.
	Kind, Trigger string
	// Codec reads the payloads; nil is that none is needed, as requests come as they are.
	Codec func() platform.Codec
	// Payload writes an event as the cloud sends it: the Batch is a *[Request] of http and apigw, a [Timer] of timer, else a
	// slice of the kind's events.
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

// Payload writes an event of a kind as the cloud sends it.
func (c *Cloud) Payload(kind string, e Events) ([]byte, error) {
	k, ok := c.Carried(kind)
	if !ok {
		return nil, fmt.Errorf("%s has no trigger of kind %s", c.Name, kind)
	}
	return k.Payload(e)
}

// Writes makes a writer of what is written from a B.
func Writes[B any](write func(b B, e Events) ([]byte, error)) func(Events) ([]byte, error) {
	return func(e Events) ([]byte, error) {
		b, ok := e.Batch.(B)
		if !ok {
			return nil, fmt.Errorf("%w: found %T, expected %T", ErrOther, e.Batch, b)
		}
		return write(b, e)
	}
}

// ErrOther is what a writer returns of an event of another kind.
var ErrOther = errors.New("the event is of another kind")
