// Package invocation has the part of a framework.Context that package adapter reaches and users do not: a Context returns its
// State as the value of [Key].
package invocation

import (
	"context"
	"sync"
	"sync/atomic"
)

// Key is the context key of a *State.
type Key struct{}

// State is what generated code keeps for one invocation.
type State struct {
	// Scope holds the instances that live as long as the invocation, and which a function shares with its middleware and guards.
	Scope any
	// Progress is that of a batch which is handled message by message, nil if there is none.
	Progress atomic.Pointer[Progress]
}

// Of returns the state of the invocation that ctx belongs to. It panics outside of one.
func Of(ctx context.Context) *State { return ctx.Value(Key{}).(*State) }

// Progress is how far a batch is. The engine reads it when it answers for a handler that ignores its deadline.
type Progress struct {
	ids []string

	mu   sync.Mutex
	done int // messages that are finished
	errs []error
}

// NewProgress is that of a batch of messages with these ids, of which none is finished.
func NewProgress(ids []string) *Progress { return &Progress{ids: ids, errs: make([]error, len(ids))} }

// Finish notes the outcome of message i. Messages are finished in the order of the batch.
func (p *Progress) Finish(i int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.errs[i] = i+1, err
}

// Report calls add with the outcome of each message, which is unfinished for those that are not finished.
func (p *Progress) Report(unfinished error, add func(id string, err error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, err := range p.errs {
		if i >= p.done {
			err = unfinished
		}
		add(p.ids[i], err)
	}
}
