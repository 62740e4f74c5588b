package aws

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

// endpoint is a Runtime API in memory that hands out one event so many times, then ends the loop.
type endpoint struct {
	event []byte
	left  int
	reply []byte // not yet read
}

func newEndpoint(events int) *endpoint {
	const body = `{"name":"world"}`
	return &endpoint{left: events, event: fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"+
		"Lambda-Runtime-Deadline-Ms: %d\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:hello\r\nContent-Length: %d\r\n\r\n%s",
		time.Now().Add(time.Hour).UnixMilli(), len(body), body)}
}

func (e *endpoint) Write(p []byte) (int, error) {
	switch {
	case !bytes.HasPrefix(p, []byte("GET ")):
		e.reply = []byte("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
	case e.left == 0:
		e.reply = []byte("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
	default:
		e.left--
		e.reply = e.event
	}
	return len(p), nil
}

func (e *endpoint) Read(p []byte) (int, error) {
	n := copy(p, e.reply)
	e.reply = e.reply[n:]
	return n, nil
}

func (*endpoint) Close() error { return nil }

// runLoop lets the loop take so many events, and returns how often the function was called.
func runLoop(t testing.TB, events int) int {
	calls := 0
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	p := newProcess("memory")
	p.log = rt.Logger
	p.engine = framework.NewEngine(rt, unit(func(ctx *framework.Context) error { calls++; ctx.SetResult(ctx.Event()); return nil })(rt))
	if err := p.start([]platform.Codec{Raw()}); err != nil {
		t.Fatal(err)
	}
	c := runtimeapi.New("memory", agent)
	c.Dial = func(context.Context, string) (io.ReadWriteCloser, error) { return newEndpoint(events), nil }
	p.loop(c)
	return calls
}

// An event may be on its way when SIGTERM comes.
func TestStopping(t *testing.T) {
	p := newProcess("")
	p.begin()
	idle := p.stop()
	select {
	case <-idle:
		t.Fatal("idle with an event under way")
	default:
	}
	p.end()
	<-idle
	p.begin()
	p.end()
	<-p.stop()
	if !p.isStopping() {
		t.Error("the loop goes on after a stop")
	}
}

func TestAllocations(t *testing.T) {
	const few, many = 10, 1010
	allocations := func(events int) float64 {
		return testing.AllocsPerRun(5, func() {
			if calls := runLoop(t, events); calls != events {
				t.Fatalf("%d calls of %d", calls, events)
			}
		})
	}
	got := (allocations(many) - allocations(few)) / (many - few)
	t.Logf("%.1f allocations an invocation", got)
	if limit := 10.5; got > limit {
		t.Errorf("%.1f allocations an invocation, the limit is %.1f", got, limit)
	}
}

func BenchmarkLoop(b *testing.B) {
	b.ReportAllocs()
	if calls := runLoop(b, b.N); calls != b.N {
		b.Fatalf("%d calls of %d", calls, b.N)
	}
}
