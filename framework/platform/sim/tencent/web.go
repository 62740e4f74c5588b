package tencent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// NewWeb returns the runtime of web functions. In SCF the port is always 9000; here a free one is passed in FAAS_PORT,
// so that several functions run side by side.
func NewWeb() sim.Runtime { return webRuntime{} }

type webRuntime struct{}

// Name returns "tencent/web".
func (webRuntime) Name() string { return "tencent/web" }

// Start starts the process and waits until it listens. Any HTTP response would do: SCF checks the port only.
func (webRuntime) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	p := &webProcess{server: sim.Server{
		Artifact:    a,
		Environment: func(port int) []string { return append(environment(a), fmt.Sprintf("FAAS_PORT=%d", port)) },
		InitTimeout: cmp.Or(a.InitTimeout, defaultInitTimeout),
		Timeout:     cmp.Or(a.Timeout, defaultTimeout),
		MaxResponse: maxPayload,
	}}
	return p, initError(p.server.Start(ctx))
}

// initError adds the vendor's code to what went wrong at the start.
func initError(err error) error {
	var ie *sim.InitError
	if !errors.As(err, &ie) {
		return err
	}
	switch ie.Type {
	case "exited":
		ie.Message = "405 ContainerStateExited: " + ie.Message
	case "init timeout", "not reachable":
		ie.Message = "446 PortBindingFailed: " + ie.Message
	}
	return ie
}

type webProcess struct{ server sim.Server }

// Dial connects to the process, past the vendor's proxy.
func (p *webProcess) Dial(ctx context.Context) (net.Conn, error) { return p.server.Dial(ctx) }

// HTTP passes the request through. Headers that begin with x-scf- are the vendor's, so those of the client are dropped.
func (p *webProcess) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	if len(r.Body) > maxPayload {
		return requestTooLarge(len(r.Body), maxPayload).response(), nil
	}
	sent := *r
	sent.Header = nil
	for _, h := range r.Header {
		if !vendors(h[0]) {
			sent.Header = append(sent.Header, h)
		}
	}
	sent.Header = append(sent.Header, [2]string{"X-Scf-Request-Id", requestID()}, [2]string{"X-Scf-Remote-Addr", "127.0.0.1"},
		[2]string{"X-Forwarded-Proto", "https"})
	resp, err := p.server.Do(ctx, &sent)
	var exit *sim.ExitError
	switch {
	case errors.Is(err, sim.ErrTimeLimit):
		return timeLimit(p.server.Timeout).response(), nil
	case errors.Is(err, sim.ErrTooLarge):
		return responseTooLarge().response(), nil
	case errors.Is(err, sim.ErrBroken):
		return failure{430, "UserCodeError", err.Error()}.response(), nil
	case errors.As(err, &exit):
		return exited(exit.Code).response(), nil
	case err != nil:
		return nil, initError(err)
	}
	if rule := forbidden(resp); rule != "" {
		p.server.Violations.Add("%s", rule)
		return failure{502, "BadResponse", rule}.response(), nil
	}
	return resp, nil
}

func vendors(name string) bool { return strings.HasPrefix(strings.ToLower(name), "x-scf-") }

// forbidden names the first header that a response must not have. A server that is about to close the connection says so
// in a Connection header of its own, which is not part of the response.
func forbidden(resp *sim.Response) string {
	for _, h := range resp.Header {
		switch {
		case vendors(h[0]):
			return "the response sets the header " + http.CanonicalHeaderKey(h[0])
		case strings.EqualFold(h[0], "Connection") && !strings.EqualFold(h[1], "close") && !strings.EqualFold(h[1], "keep-alive"):
			return "the response sets the header Connection"
		}
	}
	return ""
}

// Timer fails: a web function has no trigger but its URL.
func (p *webProcess) Timer(context.Context, sim.Timer) (*sim.Result, error) {
	return nil, errors.New("a web function of SCF has no timers; deploy the unit as an event function")
}

// Invoke fails: a web function takes requests only.
func (p *webProcess) Invoke(context.Context, []byte) (*sim.Result, error) {
	return nil, errors.New("a web function of SCF takes http requests only; deploy the unit as an event function")
}

// Stop sends SIGTERM, waits and kills.
func (p *webProcess) Stop(ctx context.Context) error { return p.server.Stop(ctx, grace, nil) }
