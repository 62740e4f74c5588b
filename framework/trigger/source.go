// Package trigger is what the kinds of triggers have in common that deliver batches from a resource: how an event finds its
// trigger, and how people write it down. The kinds are the folders below it; none imports another.
package trigger

// Source is such a trigger, of events E. What, Origin and Describe are the same for all triggers of a kind, and are called on its
// zero value.
type Source[E any] interface {
	Delivered
	// What says what the resource is, in messages: "queue or topic".
	What() string
	// Resource is the resource's logical name.
	Resource() string
	// Origin is the real name of where an event comes from and, if it has one, its id; empty is unknown.
	Origin(e *E) (name, id string)
	// Matches reports whether the trigger is for an event of its resource.
	Matches(e E) bool
	// Mark fills in what the trigger knows of an event that it matches.
	Mark(e *E)
	// Describe describes an event by what Matches looks at.
	Describe(e *E) string
}

// Redelivered is a Source that keeps an event whose call failed, and delivers it again, as queues and streams do.
type Redelivered interface {
	// Redelivered does nothing; it tells these triggers from others.
	Redelivered()
}

// Within is a Source whose resource is in another one that a payload names: a topic of a cluster.
type Within interface {
	// Within is the logical name of that one, empty if the trigger does not say.
	Within() string
}
