package otel_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

const calls = 200

func nothing(*framework.Context) error { return nil }

func status(code int, header ...string) func(http.ResponseWriter, *http.Request, string) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, secret)
		return true
	}
}

// Whatever a receiver does, functions go on, nothing piles up, one line says what is wrong, and what is lost is counted.
func TestReceiverFails(t *testing.T) {
	const line = "telemetry is not exported; functions go on: "
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, string) bool
		line   string
		most   int // requests
	}{
		{"hangs", func(_ http.ResponseWriter, r *http.Request, _ string) bool { // until the exporter gives it up: nothing else ends it
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return true
		}, "the receiver did not answer in time", 4},
		{"400", status(400), "the receiver answered with status 400", 4},
		{"401", status(401), "the receiver answered with status 401", 4},
		{"413", status(413), "the receiver answered with status 413", 6},
		{"429", status(429, "Retry-After", "600"), "the receiver answered with status 429", 2},
		{"429 without a time", status(429), "the receiver answered with status 429", 4},
		{"503", status(503), "the receiver answered with status 503", 4},
		{"redirects", status(307, "Location", "http://example.com/"), "the receiver answered with status 307", 4},
		{"a page", status(200, "Content-Type", "text/html"), "the receiver answered with status 200 and what is no answer of OTLP", 4},
		{"never ends", func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			for {
				if _, err := io.WriteString(w, strings.Repeat(secret, 1000)); err != nil {
					return true
				}
			}
		}, "the connection to the receiver broke, or what came was no answer", 4},
		{"cuts", func(w http.ResponseWriter, _ *http.Request, _ string) bool { panic(http.ErrAbortHandler) }, "the connection to the receiver broke, or what came was no answer", 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReceiver(t)
			r.behave(tt.answer)
			c := configuration(r.URL)
			if tt.name == "hangs" { // else a busy machine would be slower than the cap
				c.Cap = 20 * time.Millisecond
			}
			failing(t, c, line+tt.line, func() int { return r.count() }, tt.most)
		})
	}
	t.Run("is not there", func(t *testing.T) {
		gone := newReceiver(t)
		gone.Close()
		failing(t, configuration(gone.URL), line+"the receiver cannot be reached", nil, 0)
	})
	t.Run("is silent before TLS", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0") // which the kernel accepts for, and nothing else
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := configuration("https://" + l.Addr().String())
		c.Cap = 20 * time.Millisecond
		failing(t, c, "", nil, 0)
	})
	t.Run("speaks something else", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, "220 mail.example ESMTP\r\n")
				_ = c.Close()
			}
		}()
		failing(t, configuration("http://"+l.Addr().String()), line+"the connection to the receiver broke, or what came was no answer", nil, 0)
	})
}

func failing(t *testing.T, c otel.Config, want string, posts func() int, most int) {
	t.Helper()
	before := runtime.NumGoroutine()
	e := start(t, c, variables{"OTEL_EXPORTER_OTLP_TIMEOUT": "3600000", "OTEL_BSP_MAX_QUEUE_SIZE": "16"}, &framework.Function{Handler: nothing})
	for range calls {
		e.invoke(framework.Invocation{})
	}
	var lines []string
	if want != "" { // else it is not known yet
		lines = []string{want}
	}
	if got := e.messages(slog.LevelWarn); !slices.Equal(got, lines) {
		t.Errorf("found the lines %q, want %q", got, lines)
	}
	if posts != nil && posts() > most-1 {
		t.Errorf("%d requests went to a receiver that fails, want %d at most", posts(), most-1)
	}
	e.close()
	if posts != nil && posts() > most {
		t.Errorf("%d requests went to a receiver that fails, want %d at most", posts(), most)
	}
	if got := e.layer.Dropped(); got < calls { // the first invocation has more spans, of the start
		t.Errorf("%d were dropped of %d", got, calls)
	}
	if got := e.messages(slog.LevelWarn); !slices.Equal(got, append(lines, "telemetry was lost")) {
		t.Errorf("found the lines %q, want %q and that telemetry was lost", got, lines)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before+3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) { // of the test's own server, too, which takes its time
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// slow is a listener whose connections hear nothing until they may.
type slow struct {
	net.Listener
	mu   sync.Mutex
	held []chan struct{}
}

type slowConn struct {
	net.Conn
	may <-chan struct{}
}

func (c *slowConn) Read(b []byte) (int, error) { <-c.may; return c.Conn.Read(b) }

func (l *slow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	may := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, may)
	return &slowConn{c, may}, nil
}

// release lets those that there are hear.
func (l *slow) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, may := range l.held {
		close(may)
	}
	l.held = nil
}

// A receiver is reached although every handshake with it takes longer than the cap, and what waited for it arrives.
func TestReceiverIsFarAway(t *testing.T) {
	r := &receiver{t: t}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(r.serve))
	far := &slow{Listener: r.Listener}
	r.Listener = far
	r.StartTLS()
	t.Cleanup(func() { far.release(); r.Close() })
	c := configuration(r.URL)
	c.Cap = 500 * time.Millisecond // for an export by a busy machine; no handshake ends before
	e := start(t, c, nil, &framework.Function{Handler: nothing})
	e.invoke(framework.Invocation{})
	if got := r.count(); got != 0 {
		t.Fatalf("%d requests before the handshake", got)
	}
	for deadline := time.Now().Add(20 * time.Second); named(r.taken(), "FunctionStart") == nil; {
		far.release()
		e.invoke(framework.Invocation{})
		if time.Now().After(deadline) {
			t.Fatalf("nothing arrived; the lines are %q", e.messages(slog.LevelInfo))
		}
	}
}

// However long a receiver is away, what waits for it does not grow.
func TestMemoryIsFlat(t *testing.T) {
	gone := newReceiver(t)
	gone.Close()
	c := configuration(gone.URL)
	c.Metrics = true
	e := start(t, c, variables{"OTEL_BSP_MAX_QUEUE_SIZE": "64"}, &framework.Function{Handler: nothing})
	used := func() uint64 {
		for range 2000 {
			e.invoke(framework.Invocation{})
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const most = 1 << 20
	if before, after := used(), used(); after > before+most {
		t.Errorf("%d bytes more after 2000 invocations", after-before)
	}
	if e.layer.Dropped() < 3900 {
		t.Errorf("%d were dropped of 4000, of which 64 wait", e.layer.Dropped())
	}
}

// A receiver that comes back gets what waited for it, and a line says so.
func TestReceiverComesBack(t *testing.T) {
	r := newReceiver(t)
	r.behave(status(503))
	e := start(t, configuration(r.URL), nil, &framework.Function{Handler: nothing})
	e.invoke(framework.Invocation{})
	r.behave(nil)
	e.invoke(framework.Invocation{})
	n := 0
	for _, s := range r.taken() {
		if s.Name == "work" {
			n++
		}
	}
	if got := e.messages(slog.LevelInfo); n != 2 || e.layer.Dropped() != 0 || len(got) != 2 || got[1] != "telemetry is exported again" {
		t.Errorf("%d spans came, %d were dropped, and the lines are %q", n, e.layer.Dropped(), got)
	}
}

// A receiver that takes little at once gets it in smaller pieces.
func TestReceiverTakesLittle(t *testing.T) {
	r := newReceiver(t)
	e := start(t, configuration(r.URL), variables{"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}, &framework.Function{Handler: func(ctx *framework.Context) error {
		for i := range 100 {
			_, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("shop").Start(ctx, "part"+strconv.Itoa(i))
			span.End()
		}
		return nil
	}})
	r.behave(func(w http.ResponseWriter, req *http.Request, _ string) bool {
		if req.ContentLength > 3000 {
			w.WriteHeader(413)
			return true
		}
		return false
	})
	e.invoke(framework.Invocation{})
	if n := len(r.taken()); n < 101 || e.layer.Dropped() != 0 {
		t.Errorf("%d spans came, %d were dropped", n, e.layer.Dropped())
	}
}

// What a receiver says it has refused is counted.
func TestPartialSuccess(t *testing.T) {
	r := newReceiver(t)
	r.behave(func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		_, _ = w.Write([]byte{0x0a, 0x05, 0x08, 0x01, 0x12, 0x01, 'x'})
		return true
	})
	e := start(t, configuration(r.URL), nil, &framework.Function{Handler: nothing})
	e.invoke(framework.Invocation{})
	e.close()
	if got := e.messages(slog.LevelWarn); e.layer.Dropped() != 1 || !slices.Equal(got, []string{"telemetry was lost"}) {
		t.Errorf("%d were dropped, and the lines are %q", e.layer.Dropped(), got)
	}
}

// A server that is closed as soon as it has started ends, too.
func TestServerEndsAtOnce(t *testing.T) {
	gone := newReceiver(t)
	gone.Close()
	ended := make(chan error, 1)
	go func() {
		for range 200 {
			rt := &framework.Runtime{Variables: variables{}, Server: true, Logger: slog.New(slog.DiscardHandler)}
			c := configuration(gone.URL)
			l, err := otel.New(&c, rt)
			if err != nil {
				ended <- err
				return
			}
			e := framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{{Name: "work", Handler: nothing}}, Layers: framework.Layers{l}})
			if err := errors.Join(e.Start(context.Background()), e.Close(context.Background())); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the layer still exports after its end")
	}
}
