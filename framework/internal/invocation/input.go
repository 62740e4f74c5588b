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
	// Encode returns the encoding, which it makes once. It is a field, so that units in which no function calls another do not link it.
	Encode func(*Input) []byte

	Mu sync.Mutex
	// Payload is the encoding, nil if nothing has looked at it. What has may have changed it. It is guarded by Mu.
	Payload []byte
}

// InputOf is the Input that the invocation of ctx came with, nil if it came with anything else.
func InputOf(ctx context.Context) *Input {
	in, _ := ctx.Value(InputKey{}).(*Input)
	return in
}

// Seen reports whether something has looked at the encoding.
func (in *Input) Seen() bool {
	in.Mu.Lock()
	defer in.Mu.Unlock()
	return in.Payload != nil
}
