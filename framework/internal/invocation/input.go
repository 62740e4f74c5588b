package invocation

import (
	"context"
	"sync"
)

// InputKey is the context key of the *Input that an invocation came with; the value is nil if it came with anything else.
type InputKey struct{}

// Input is the event of a call within the process: what the caller passes, of which most functions need no encoding. Middleware that
// looks at the event sees the encoding, as it would of a call that came over the wire.
type Input struct {
	// Value points to what the caller passes. It belongs to the Input and never changes.
	Value any
	// Carry is the func(*T) bool that makes a copy of what Value points to independent of it, nil where assigning is enough.
	Carry any
	// Encode encodes Value.
	Encode func(value any) []byte

	mu      sync.Mutex
	payload []byte
}

// Payload is the encoding, which is made once.
func (in *Input) Payload() []byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.payload == nil {
		in.payload = in.Encode(in.Value)
	}
	return in.payload
}

// Seen reports whether something has looked at the encoding, and may have changed it.
func (in *Input) Seen() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.payload != nil
}

// InputOf is the Input that the invocation of ctx came with, nil if it came with anything else.
func InputOf(ctx context.Context) *Input {
	in, _ := ctx.Value(InputKey{}).(*Input)
	return in
}
