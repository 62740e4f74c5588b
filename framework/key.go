package framework

import "context"

// Key is a value of one type on the context of an invocation, for layers and middleware that extend it. The zero Key is none: [NewKey]
// makes one, which is a constant of its package.
//
//	var tenants = framework.NewKey[Tenant]("tenant")
//
//	tenants.Set(ctx, tenant)         // in BeforeInvoke or a middleware
//	tenant, ok := tenants.Get(ctx)   // in a handler, and below it
type Key[T any] struct{ name string }

// NewKey makes a key that is like no other, whatever their names.
func NewKey[T any](name string) *Key[T] { return &Key[T]{name} }

// String is the name, for messages.
func (k *Key[T]) String() string { return k.name }

// Set has Get return v from now on, in this invocation. It must not be called concurrently with Get.
func (k *Key[T]) Set(ctx *Context, v T) { ctx.SetValue(k, v) }

// Get returns the value, and whether there is one.
func (k *Key[T]) Get(ctx context.Context) (v T, ok bool) {
	v, ok = ctx.Value(k).(T)
	return v, ok
}

// With returns a context with the value, for what has no Context.
func (k *Key[T]) With(ctx context.Context, v T) context.Context { return context.WithValue(ctx, k, v) }
