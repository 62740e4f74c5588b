package aliyun

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

type process struct {
	server      sim.Server
	hooks       bool
	initTimeout time.Duration
}

// initialize calls the initializer.
func (p *process) initialize(ctx context.Context, do sim.Do) error {
	limit, cancel := context.WithTimeout(ctx, p.initTimeout)
	defer cancel()
	resp, err := do(limit, &sim.Request{Method: "POST", Target: "/initialize", Host: "127.0.0.1", Header: p.common("/initialize")})
	switch {
	case err != nil && limit.Err() != nil && ctx.Err() == nil:
		return &sim.InitError{Type: "init timeout", Message: fmt.Sprintf("the initializer did not answer within %s", p.initTimeout), ExitCode: -1}
	case errors.Is(err, sim.ErrBroken):
		return &sim.InitError{Type: "FunctionInitError", Message: err.Error(), ExitCode: -1}
	case err != nil:
		return err
	case resp.Status < 200 || resp.Status > 299:
		d := reported(resp.Body, "FunctionInitError")
		return &sim.InitError{Type: d.Type, Message: d.Message, ExitCode: -1}
	}
	return nil
}

// preStop calls the pre-stop hook.
func (p *process) preStop(ctx context.Context, do sim.Do) error {
	ctx, cancel := context.WithTimeout(ctx, preStopTimeout)
	defer cancel()
	resp, err := do(ctx, &sim.Request{Method: "GET", Target: "/pre-stop", Host: "127.0.0.1", Header: p.common("/pre-stop")})
	if err != nil {
		return fmt.Errorf("pre-stop: %w", err)
	}
	if resp.Status < 200 || resp.Status > 299 {
		return fmt.Errorf("pre-stop: found status %d, expected 2xx", resp.Status)
	}
	return nil
}

// Dial connects to the process, past the vendor's proxy.
func (p *process) Dial(ctx context.Context) (net.Conn, error) { return p.server.Dial(ctx) }

// HTTP passes the request through, within the vendor's limits.
func (p *process) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	if why := refused(r); why != "" {
		return document{Type: "InvalidArgument", Message: why}.response(http.StatusBadRequest), nil
	}
	sent := *r
	sent.Header = nil
	for _, h := range r.Header {
		if !strings.EqualFold(h[0], "Connection") && !strings.EqualFold(h[0], "Keep-Alive") { // of the client's own connection
			sent.Header = append(sent.Header, h)
		}
	}
	sent.Header = append(append(sent.Header, p.common("/http-invoke")...), [2]string{"X-Fc-Client-Ip", "127.0.0.1"},
		[2]string{"X-Fc-Base-Path", "/"}, [2]string{"X-Forwarded-Proto", "https"})
	resp, err := p.server.Do(ctx, &sent)
	if err != nil {
		d, err := p.failure(err)
		if err != nil {
			return nil, err
		}
		// The vendor's words for these are those of its invoke call; that of a time limit comes with status 200.
		status := http.StatusBadGateway
		if d.Type == timedOut {
			status = http.StatusOK
		}
		return d.response(status), nil
	}
	if rule := forbidden(resp); rule != "" {
		p.server.Violations.Add("%s", rule)
		return document{Type: "BadResponse", Message: rule}.response(http.StatusBadGateway), nil
	}
	kept := resp.Header[:0]
	for _, h := range resp.Header {
		if !stripped(h[0]) {
			kept = append(kept, h)
		}
	}
	resp.Header = kept
	return resp, nil
}

func refused(r *sim.Request) string {
	size := 0
	for _, h := range r.Header {
		size += len(h[0]) + len(h[1])
		if vendors(h[0]) {
			return "the request sets the header " + h[0]
		}
	}
	switch {
	case size > maxHeader:
		return fmt.Sprintf("the headers are %d bytes, the limit is %d", size, maxHeader)
	case len(r.Target) > maxTarget:
		return fmt.Sprintf("path and query are %d bytes, the limit is %d", len(r.Target), maxTarget)
	case len(r.Body) > maxPayload:
		return fmt.Sprintf("the body is %d bytes, the limit is %d", len(r.Body), maxPayload)
	}
	return ""
}

func vendors(name string) bool { return strings.HasPrefix(strings.ToLower(name), "x-fc-") }

const status = "X-Fc-Status"

// forbidden names the first header that a response must not have. The vendor's list has Date, Content-Length and the
// Connection of a server that closes, too, which every server sets: those are only dropped.
func forbidden(resp *sim.Response) string {
	for _, h := range resp.Header {
		name := http.CanonicalHeaderKey(h[0])
		switch {
		case name == status && (h[1] == "200" || h[1] == "404"):
		case name == status:
			return fmt.Sprintf("the response sets X-Fc-Status to %q, expected 200 or 404", h[1])
		case vendors(name), name == "Keep-Alive", name == "Server":
			return "the response sets the header " + name
		case name == "Connection" && !strings.EqualFold(h[1], "close") && !strings.EqualFold(h[1], "keep-alive"):
			return "the response sets the header Connection"
		}
	}
	return ""
}

func stripped(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case status, "Connection", "Content-Length", "Date":
		return true
	}
	return false
}

// Invoke delivers a payload synchronously.
func (p *process) Invoke(ctx context.Context, payload []byte) (*sim.Result, error) {
	return p.invoke(ctx, payload, maxPayload)
}

func (p *process) invoke(ctx context.Context, event []byte, limit int) (*sim.Result, error) {
	if len(event) > limit {
		return document{Type: "InvalidArgument", Message: fmt.Sprintf("the event is %d bytes, the limit is %d", len(event), limit)}.result(), nil
	}
	resp, err := p.server.Do(ctx, &sim.Request{
		Method: "POST", Target: "/invoke", Host: "127.0.0.1", Body: event,
		Header: append(p.common("/invoke"), [2]string{"Content-Type", "application/octet-stream"}),
	})
	if err != nil {
		d, err := p.failure(err)
		if err != nil {
			return nil, err
		}
		return d.result(), nil
	}
	mark := strings.Join(resp.Values(status), ", ")
	switch {
	case forbidden(resp) != "":
		p.server.Violations.Add("%s", forbidden(resp))
	case resp.Status == 200 && (mark == "" || mark == "200"):
		return &sim.Result{Body: resp.Body}, nil
	case resp.Status == 404 && mark == "404":
	case resp.Status == 404 && mark == "": // which the vendor counts as a success
		p.server.Violations.Add("a failed event has status 404 without X-Fc-Status: 404")
		return &sim.Result{Body: resp.Body}, nil
	default:
		p.server.Violations.Add("the response to an event has status %d and X-Fc-Status %q, expected 200 or 404 in both", resp.Status, mark)
	}
	d := reported(resp.Body, "UnhandledFunctionError")
	return &sim.Result{Body: resp.Body, Error: &sim.FunctionError{Type: d.Type, Message: d.Message}}, nil
}

const timedOut = "FunctionTimedOut"

// failure is what FC says of a request that the process did not answer.
func (p *process) failure(err error) (document, error) {
	exit, exited := errors.AsType[*sim.ExitError](err)
	switch {
	case errors.Is(err, sim.ErrTimeLimit):
		return document{Type: timedOut, Message: fmt.Sprintf("the function did not answer within %s", p.server.Timeout)}, nil
	case errors.Is(err, sim.ErrTooLarge):
		return document{Type: "ResponseTooLarge", Message: fmt.Sprintf("the response is larger than %d bytes", maxPayload)}, nil
	case errors.Is(err, sim.ErrBroken):
		return document{Type: "BadResponse", Message: err.Error()}, nil
	case exited:
		return document{Type: "CAExited", Message: fmt.Sprintf("the process exited with code %d", exit.Code)}, nil
	}
	return document{}, initError(err)
}

// Stop calls the pre-stop hook, sends SIGTERM, waits and kills.
func (p *process) Stop(ctx context.Context) error {
	if !p.hooks {
		return p.server.Stop(ctx, grace, nil)
	}
	return p.server.Stop(ctx, grace, p.preStop)
}
