package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	sim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		Run(fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return tencent.From(ctx).RequestID }}), tencent.HTTP())
	})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewWeb(), Command: "scf_bootstrap", HTTP: true, Vendor: true, Concurrent: true, Streams: true, MaxRequest: 6 << 20, MaxResponse: 6 << 20,
	})
}

// diary is written by a start that may hang on while the test reads.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) add(entry string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.entries, " ")
}

// life is a unit that writes down what happened to it.
func life(events *diary, start func(context.Context) error) platform.New {
	return func(*framework.Runtime) *framework.App {
		return &framework.App{
			Unit:  "u",
			Start: func(ctx context.Context) error { events.add("start"); return start(ctx) },
			Stop:  func(context.Context) error { events.add("stop"); return nil },
		}
	}
}

func nothing(context.Context) error { return nil }

func TestPortInUse(t *testing.T) {
	ln, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	t.Setenv(portVariable, port)
	var events diary
	err = run(context.Background(), life(&events, nothing), nil)
	want := "SCF connects to this port and no other: listen tcp 0.0.0.0:" + port + ": bind: address already in use"
	if fmt.Sprint(err) != want || events.String() != "start stop" {
		t.Errorf("error %v, want %s; events %q", err, want, &events)
	}
}

func TestRefusedBeforeTheStart(t *testing.T) {
	tests := []struct {
		port   string
		codecs []platform.Codec
		want   string
	}{
		{port: "http", want: `FAAS_PORT: found "http", expected a port`},
		{port: "0", want: `FAAS_PORT: found "0", expected a port`},
		{port: "65536", want: `FAAS_PORT: found "65536", expected a port`},
		{port: "1", codecs: []platform.Codec{tencent.HTTP(), tencent.Timer()}, want: "found a codec of timer payloads, expected http only: a web function of SCF has no other trigger"},
	}
	for _, tt := range tests {
		t.Setenv(portVariable, tt.port)
		var events diary
		if err := run(context.Background(), life(&events, nothing), tt.codecs); fmt.Sprint(err) != tt.want || events.String() != "" {
			t.Errorf("error %v, want %s; events %q", err, tt.want, &events)
		}
	}
}

func TestPortIsNotTheUsers(t *testing.T) {
	t.Setenv("PORT", "8080")
	if addr, err := address(); addr != "0.0.0.0:9000" || err != nil {
		t.Errorf("address %s, %v; want the port that SCF connects to", addr, err)
	}
}

func TestStopsWhileItStarts(t *testing.T) {
	t.Setenv(portVariable, "1")
	ctx, cancel := context.WithCancel(context.Background())
	var events diary
	err := run(ctx, life(&events, func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }), nil)
	if err != nil {
		t.Errorf("error %v, want a clean end", err)
	}
}

// The port must not open for a unit that has not started.
func TestStartThatFails(t *testing.T) {
	tests := []struct {
		name  string
		start func(context.Context) error
		want  string
	}{
		{"error", func(context.Context) error { return errors.New("no database") }, "init of unit u: no database"},
		{"panic", func(context.Context) error { panic("no driver") }, "init of unit u: panic: no driver"},
		{"hang", func(context.Context) error { select {} }, "init of unit u: init did not finish within 20ms"},
	}
	for _, tt := range tests {
		t.Setenv(portVariable, "1") // which would be another error
		var events diary
		n := func(rt *framework.Runtime) *framework.App {
			app := life(&events, tt.start)(rt)
			if tt.name == "hang" {
				app.InitTimeout = 20 * time.Millisecond
			}
			return app
		}
		if err := run(context.Background(), n, nil); fmt.Sprint(err) != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
		if tt.name != "hang" && !strings.Contains(events.String(), "stop") { // what hangs still has the events
			t.Errorf("%s: events %q", tt.name, &events)
		}
	}
}
