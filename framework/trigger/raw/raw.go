// Package raw is the trigger of payloads as they come: those of a vendor's invoke call, and what no other trigger of the unit
// takes. A function without any trigger takes them too. A handler gets them as []byte or, decoded by event.Decode, as a struct
// of its own; they have no event type. It links no http.
package raw

// Trigger lets a function take raw payloads. Where several functions of a unit do, a payload has to name its function, in a
// call as package platform describes it.
type Trigger struct{}

// Kind returns "raw".
func (Trigger) Kind() string { return "raw" }
