// Package coldstart records what the start of a unit spends its time on. The engine puts a Recorder into the context of a start,
// where the hooks of layers and the cells of the container find it; what is built later finds none, and costs what it did.
package coldstart

import (
	"context"
	"sync"
	"time"
)

// Span is framework.Span.
type Span struct {
	// Name is that of the phase or the layer, or the type of the provider: order.Store.
	Name string
	// Start is when it began.
	Start time.Time
	// Duration is how long it took. That of a layer is the sum of its hooks and of what builds it.
	Duration time.Duration
	// Own is the part of Duration that no other provider took which was built for this one.
	Own time.Duration
}

// Recorder collects the spans of one start. The zero Recorder is ready; a nil one records nothing.
type Recorder struct {
	mu                sync.Mutex
	layers, providers []Span
}

type key struct{}

// starting is the context of a start. One of package context would be a kilobyte in every unit.
type starting struct {
	context.Context
	recorder *Recorder
}

// Value is the recorder.
func (s *starting) Value(k any) any {
	if k == (key{}) {
		return s.recorder
	}
	return s.Context.Value(k)
}

// With returns a context that From finds r in.
func With(ctx context.Context, r *Recorder) context.Context { return &starting{ctx, r} }

// From returns the Recorder of a start, nil if ctx is of no start.
func From(ctx context.Context) *Recorder {
	r, _ := ctx.Value(key{}).(*Recorder)
	return r
}

// Provider adds one that was built, in the order in which they are ready.
func (r *Recorder) Provider(s Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.providers = append(r.providers, s)
}

// Layer adds the time since start to that of a layer. It is deferred, so it also counts a hook that panics.
func (r *Recorder) Layer(name string, start time.Time) {
	if r == nil {
		return
	}
	took := time.Since(start)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.layers {
		if l := &r.layers[i]; l.Name == name {
			l.Duration += took
			l.Own += took
			return
		}
	}
	r.layers = append(r.layers, Span{name, start, took, took})
}

// Spans returns what was recorded, when the start is over and nothing records any more.
func (r *Recorder) Spans() (layers, providers []Span) { return r.layers, r.providers }
