package nimbus

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/examples/private-cloud/platform/nimbus"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// grace is the time between SIGTERM and SIGKILL.
const grace = 10 * time.Second

type runtime struct{}

func (runtime) Name() string { return "nimbus" }

// Start starts the process and waits until it listens.
func (runtime) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	p := &process{server: sim.Server{
		Artifact: a,
		Environment: func(port int) []string {
			return []string{"NIMBUS_PORT=" + strconv.Itoa(port), "NIMBUS_FUNCTION=" + a.Unit}
		},
		InitTimeout: cmp.Or(a.InitTimeout, 10*time.Second), Timeout: cmp.Or(a.Timeout, 3*time.Second), MaxResponse: 32 << 20,
	}}
	return p, p.server.Start(ctx)
}

type process struct{ server sim.Server }

// Dial connects to the process, past the gateway.
func (p *process) Dial(ctx context.Context) (net.Conn, error) { return p.server.Dial(ctx) }

// HTTP passes a request on as the gateway does.
func (p *process) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	sent := *r
	sent.Header = [][2]string{{nimbus.RequestHeader, rand.Text()}}
	for _, h := range r.Header {
		if !strings.HasPrefix(http.CanonicalHeaderKey(h[0]), nimbus.Reserved) {
			sent.Header = append(sent.Header, h)
		}
	}
	return p.server.Do(ctx, &sent)
}

// Timer delivers the event of a timer.
func (p *process) Timer(ctx context.Context, t sim.Timer) (*sim.Result, error) {
	payload, err := nimbus.EncodeTimer(platform.TimerPayload{Name: t.Name, Time: t.Time, Payload: t.Payload})
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Events delivers events as Nimbus sends them.
func (p *process) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	cloud := Cloud()
	payload, err := cloud.Payload(e)
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Invoke delivers a payload.
func (p *process) Invoke(ctx context.Context, payload []byte) (*sim.Result, error) {
	response, err := p.server.Do(ctx, &sim.Request{Method: http.MethodPost, Target: "/", Host: "nimbus", Body: payload,
		Header: [][2]string{{nimbus.RequestHeader, rand.Text()}, {nimbus.EventHeader, "1"}}})
	if err != nil {
		return nil, err
	}
	if response.Status == http.StatusOK {
		return &sim.Result{Body: response.Body}, nil
	}
	var f nimbus.Failure
	if err := json.Unmarshal(response.Body, &f); err != nil {
		return nil, fmt.Errorf("found status %d and no failure: %w", response.Status, err)
	}
	return &sim.Result{Body: response.Body, Error: &sim.FunctionError{Type: f.Type, Message: f.Message}}, nil
}

// Stop sends SIGTERM, waits and kills.
func (p *process) Stop(ctx context.Context) error { return p.server.Stop(ctx, grace, nil) }
