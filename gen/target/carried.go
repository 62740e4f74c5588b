package target

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/kind"
)

// Kinds are how a cloud carries the triggers of each kind, by the kind's word, V being its own triggers. A kind that is not
// among them is one that the platform cannot read yet.
type Kinds[V any] map[string]Carried[V]

// Carried is how a cloud carries the triggers of one kind. What is nil has nothing to say.
type Carried[V any] struct {
	// Codec is the function of the platform's package that reads the events, empty if none is needed.
	Codec string
	// Never says that the vendor has no such events; Check reports the trigger.
	Never bool
	// How says what the cloud does the kind's features with, for the portability report.
	Mechanism map[string]string
	// Check reports what the cloud does not take.
	Check func(r *Report, app *App, u *Unit, t Trigger)
	// Make makes the cloud's own triggers, none for what its deployment file has nothing for. Requests have none of their
	// own where the routes of a unit, or of the application, are one trigger together.
	Make func(app *App, u *Unit, t Trigger) []V
	// Waits reports whether the vendor calls the function and waits for the response; see [Unit.NoteSyncTriggers].
	Waits func(t Trigger) bool
}

// Carry is a [Carried] whose functions know the marker.
type Carry[M, V any] struct {
	Codec     string
	Never     bool
	Mechanism map[string]string
	Check     func(*Report, *App, *Unit, Trigger, *M)
	Make      func(*App, *Unit, Trigger, *M) []V
	Waits     func(*M) bool
}

// Carried is the same for any trigger of the kind.
func (c Carry[M, V]) Carried() Carried[V] {
	carried := Carried[V]{Codec: c.Codec, Never: c.Never, Mechanism: c.Mechanism}
	if c.Check != nil {
		carried.Check = func(r *Report, app *App, u *Unit, t Trigger) { c.Check(r, app, u, t, t.Marker.(*M)) }
	}
	if c.Make != nil {
		carried.Make = func(app *App, u *Unit, t Trigger) []V { return c.Make(app, u, t, t.Marker.(*M)) }
	}
	if c.Waits != nil {
		carried.Waits = func(t Trigger) bool { return c.Waits(t.Marker.(*M)) }
	}
	return carried
}

// Codecs are the names of the codecs, by kind, of those kinds that the vendor has; see [Codecs].
func (k Kinds[V]) Codecs() map[string]string {
	known := map[string]string{}
	for word, c := range k {
		if !c.Never {
			known[word] = c.Codec
		}
	}
	return known
}

// How says in the report what the cloud does the features of all kinds with.
func (k Kinds[V]) Mechanism(r *Report) {
	for _, c := range k {
		r.Mechanism(c.Mechanism)
	}
}

// Check reports what the cloud does not take of the triggers of a unit: what the kind's Check says, a kind that is not
// among these, and x-<target> keys that the deployment file has nothing for.
func (k Kinds[V]) Check(r *Report, app *App, u *Unit) {
	defer r.About("")
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			feature := "trigger " + t.Kind
			r.About(feature)
			c, known := k[t.Kind]
			if !known {
				r.add(feature, t.At("").Errorf(CodeUnsupported, "%s is not supported by %s: it is known, but its events cannot be read there yet", feature, r.Target)).
					Hint = "known there: " + strings.Join(slices.Sorted(maps.Keys(k.Codecs())), ", ")
				continue
			}
			if c.Check != nil {
				c.Check(r, app, u, t)
			}
			r.About("")
			if t.delivery() != kind.Request && len(k.make(app, u, t)) == 0 {
				r.UnusedExtension(t)
			}
		}
	}
}

func (k Kinds[V]) make(app *App, u *Unit, t Trigger) []V {
	if c := k[t.Kind]; c.Make != nil {
		return c.Make(app, u, t)
	}
	return nil
}

// Make are the unit's triggers with what the cloud makes of each: timers first, then the others in the order of the functions.
func (k Kinds[V]) Make(app *App, u *Unit) iter.Seq2[Trigger, []V] {
	return func(yield func(Trigger, []V) bool) {
		for _, timers := range []bool{true, false} {
			for _, f := range u.Functions {
				for _, t := range f.Triggers {
					if (t.delivery() == kind.Tick) == timers && !yield(t, k.make(app, u, t)) {
						return
					}
				}
			}
		}
	}
}

// Waits reports whether the vendor calls the function of a trigger and waits for the response.
func (k Kinds[V]) Waits(t Trigger) bool {
	c := k[t.Kind]
	return c.Waits != nil && c.Waits(t)
}
