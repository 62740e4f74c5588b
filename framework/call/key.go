package call

import "context"

type keyKey struct{}

// WithIdempotencyKey returns a context whose calls have this key, by which the called function knows a call that comes more than
// once: the layer idempotency handles it once. It is for handlers that are called again themselves, such as by a queue, and make the
// key of what they got. Two calls of one function with one key are one call; an empty key is none. The called function's own calls do
// not have it.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyKey{}, key)
}

// keyOf is the key of a call: that of its options or else of its context.
func keyOf(ctx context.Context, o Options) string {
	if o.IdempotencyKey != "" {
		return o.IdempotencyKey
	}
	key, _ := ctx.Value(keyKey{}).(string)
	return key
}
