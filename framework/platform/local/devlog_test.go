package local

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

const samplePanic = `goroutine 20 [running]:
runtime/debug.Stack()
	/go/src/runtime/debug/stack.go:26 +0x5e
github.com/faasgen/faasgen/framework.(*Engine).recovered(0xc0001)
	/lib/framework/engine.go:330 +0x20
panic({0x1, 0x2})
	/go/src/runtime/panic.go:860 +0x13a
example.com/shop/order.(*Store).Put(...)
	/home/ann/shop/order/store.go:21
example.com/shop/order.(*Controller).Create.func1({0x1, 0x2}, 0x3)
	/home/ann/shop/order/controller.go:40 +0x45
example.com/shop/internal/faasgen/app.(*container).orderCreate(0xc1)
	/home/ann/shop/internal/faasgen/app/order.go:12 +0x1
example.com/shopping.Cart(...)
	/lib/shopping/cart.go:1
created by github.com/faasgen/faasgen/framework.(*Engine).invokeOnWorker in goroutine 7
	/lib/framework/worker.go:110 +0x1
`

func TestDeveloperLog(t *testing.T) {
	var out bytes.Buffer
	h := developerLog(&out, nil).(*developerHandler)
	h.module = "example.com/shop"
	log := slog.New(h).With("unit", "shop")
	log.Error("panic in handler", "panic", "no\nstock", "stack", samplePanic, "function", "order-create")
	log.Info("next", "a", 1)
	_, got, _ := strings.Cut(out.String(), " level=")
	head, next, ok := strings.Cut(got, "time=")
	const want = `ERROR msg="panic in handler" unit=shop panic="no\nstock" function=order-create

    panic: no
    stock

    example.com/shop/order.(*Store).Put
        /home/ann/shop/order/store.go:21
    example.com/shop/order.(*Controller).Create.func1
        /home/ann/shop/order/controller.go:40

    and below, of Go and the framework:
    example.com/shop/internal/faasgen/app.(*container).orderCreate
        /home/ann/shop/internal/faasgen/app/order.go:12
    example.com/shopping.Cart
        /lib/shopping/cart.go:1
    github.com/faasgen/faasgen/framework.(*Engine).invokeOnWorker in goroutine 7
        /lib/framework/worker.go:110

`
	if head != want {
		t.Errorf("got\n%s\nwant\n%s", head, want)
	}
	if !ok || !strings.HasSuffix(next, "level=INFO msg=next unit=shop a=1\n") {
		t.Errorf("the next record: %q", next)
	}
}

// TestFramesOfAnything: a stack is text that code of others made.
func TestFramesOfAnything(t *testing.T) {
	for _, stack := range []string{"", "\n", "panic(", "x", "\tat", "a()\n\tb\nc"} {
		own, others := frames(stack, "a")
		if len(own)+len(others) > 2 {
			t.Errorf("%q: %v %v", stack, own, others)
		}
	}
}
