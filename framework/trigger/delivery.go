package trigger

import "github.com/faasgen/faasgen/framework"

// Delivery is the form in which events of a kind are delivered to a function. What differs by form, and not by kind, switches
// over it: how an event is read, and what the function is called with.
type Delivery int

const (
	// Raw is a payload as it came, []byte. It is also what a function without triggers is called with.
	Raw Delivery = iota
	// Request is one request, *web.Exchange.
	Request
	// Tick is one time of a timer, timer.Event.
	Tick
	// Batch is one or more events of a [Source], as a slice.
	Batch
)

// Delivered is a trigger whose events are not raw.
type Delivered interface {
	framework.Trigger
	// Delivery is the same for all triggers of a kind.
	Delivery() Delivery
}

// DeliveryOf is the form in which events of a trigger are delivered, Raw where the trigger does not say.
func DeliveryOf(t framework.Trigger) Delivery {
	if d, ok := t.(Delivered); ok {
		return d.Delivery()
	}
	return Raw
}
