package tencent

import "github.com/faasgen/faasgen/gen/target"

// mixedEvent is what a group says that shall stay one unit.
const mixedEvent = "event"

// eventsSuffix ends the name of the unit that has what a web function cannot have.
const eventsSuffix = "-events"

// Split puts the functions that have http triggers and nothing else into a unit of their own, which is a web function: SCF calls those
// by their URL alone. The others, also those with both and those that are only invoked, are in an event function. A group stays
// as it is if it has functions of one of the two only, or says mixed: event.
func (cloud) Split(u *target.Unit) []target.Part {
	var requests, others []*target.Function
	for _, f := range u.Functions {
		if web(&target.Unit{Functions: []*target.Function{f}}) {
			requests = append(requests, f)
		} else {
			others = append(others, f)
		}
	}
	if len(requests) == 0 || len(others) == 0 || u.Mixed == mixedEvent {
		return []target.Part{{Functions: u.Functions}}
	}
	return []target.Part{{Functions: requests}, {Suffix: eventsSuffix, Functions: others}}
}
