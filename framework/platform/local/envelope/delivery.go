package envelope

// Delivery is the form in which the events of a kind reach a function. Code that differs by it switches over this, and never over
// the kinds.
type Delivery int

// The forms of delivery.
const (
	// Batches are several events at once, or a single one: a slice of the kind's event type.
	Batches Delivery = iota
	// Requests are http requests with an answer.
	Requests
	// Ticks are the events of timers.
	Ticks
	// Raw is a payload as it came.
	RawPayload
)

// DeliveryOf is that of a kind as [Kind] returns it.
func DeliveryOf(kind string) Delivery {
	switch kind {
	case "http":
		return Requests
	case "timer":
		return Ticks
	case "raw":
		return RawPayload
	}
	return Batches
}
