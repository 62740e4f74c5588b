// Package local starts the server of a whole application as a person would, so that the conformance suite and the demo can
// treat localhost as one more platform. The server has no vendor: timers and payloads are delivered through its control
// endpoints.
package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	// initTimeout is how long a start may take unless the artefact says otherwise.
	initTimeout = 30 * time.Second
	// grace is how long the process may take to stop: its own, and a little more.
	grace = 12 * time.Second
	// maxResponse bounds what is read of a response.
	maxResponse = 64 << 20
)

// New returns the runtime.
func New() sim.Runtime { return runtime{} }

type runtime struct{}

func (runtime) Name() string { return local.Name }

// Start starts the server and waits until the application is up.
func (runtime) Start(ctx context.Context, a sim.Artifact) (sim.Process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close() // the server listens there; no other program knows the port
	p := &process{addr: addr, token: rand.Text(), transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100}}
	env := []string{"FAAS_ADDR=" + addr, "FAAS_CONTROL=" + p.token, "FAAS_TIMERS=0"}
	if a.Timeout > 0 {
		env = append(env, "FAAS_TIMEOUT="+a.Timeout.String())
	}
	if p.child, err = sim.Launch(a, env); err != nil {
		return nil, &sim.InitError{Type: "exited", Message: err.Error(), ExitCode: -1}
	}
	limit := a.InitTimeout
	if limit == 0 {
		limit = initTimeout
	}
	if err := p.ready(ctx, limit); err != nil {
		p.child.Kill()
		return nil, err
	}
	return p, nil
}

type process struct {
	addr, token string
	transport   *http.Transport
	child       *sim.Child
	stopOnce    sync.Once
	stopErr     error
}

func (p *process) ready(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	go func() {
		select {
		case <-p.child.Exited():
			cancel()
		case <-ctx.Done():
		}
	}()
	err := p.child.Listening(ctx, p.addr)
	if err == nil {
		_, err = p.control(ctx, http.MethodGet, "ready", nil)
	}
	if err == nil {
		return nil
	}
	select {
	case <-p.child.Exited():
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return &sim.InitError{Type: "init timeout", Message: fmt.Sprintf("the application was not up within %s", limit), ExitCode: -1}
		}
		<-p.child.Exited()
	}
	return &sim.InitError{Type: "exited", Message: "the process ended before the application was up; its output has the reason", ExitCode: p.child.ExitCode()}
}

// Dial connects to the server.
func (p *process) Dial(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", p.addr)
}

// HTTP sends the request as it is.
func (p *process) HTTP(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	target, query, hasQuery := strings.Cut(r.Target, "?")
	path, err := url.PathUnescape(target)
	if err != nil || !strings.HasPrefix(target, "/") {
		return nil, fmt.Errorf("target %q: expected an encoded path that begins with a slash", r.Target)
	}
	u := &url.URL{Scheme: "http", Host: p.addr, Path: path, RawPath: target, RawQuery: query, ForceQuery: hasQuery}
	req := (&http.Request{Method: r.Method, URL: u, Host: r.Host, Header: http.Header{}}).WithContext(ctx)
	for _, h := range r.Header {
		req.Header.Add(h[0], h[1])
	}
	if len(r.Body) > 0 {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body))
	}
	return p.send(req, r.OnBody)
}

func (p *process) send(req *http.Request, onBody func([]byte)) (*sim.Response, error) {
	response, err := p.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(sim.Watched(io.LimitReader(response.Body, maxResponse+1), onBody))
	if err != nil {
		return nil, err
	}
	if len(body) > maxResponse {
		return nil, fmt.Errorf("the response is over %d MB", maxResponse>>20)
	}
	resp := &sim.Response{Status: response.StatusCode, Body: body}
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		for _, v := range response.Header[name] {
			resp.Header = append(resp.Header, [2]string{name, v})
		}
	}
	return resp, nil
}

// Timer fires a timer by its name.
func (p *process) Timer(ctx context.Context, t sim.Timer) (*sim.Result, error) {
	event, err := json.Marshal(map[string]any{"name": t.Name, "time": t.Time, "payload": t.Payload})
	if err != nil {
		return nil, err
	}
	return p.outcome(ctx, "timer/"+url.PathEscape(t.Name), event)
}

// Invoke hands the payload to the function that takes raw events.
func (p *process) Invoke(ctx context.Context, payload []byte) (*sim.Result, error) {
	return p.outcome(ctx, "invoke/", payload)
}

func (p *process) outcome(ctx context.Context, endpoint string, event []byte) (*sim.Result, error) {
	response, err := p.control(ctx, http.MethodPost, endpoint, event)
	if err != nil {
		return nil, err
	}
	if response.Status != http.StatusOK {
		var refusal struct{ Error string }
		if err := json.Unmarshal(response.Body, &refusal); err != nil {
			return nil, fmt.Errorf("control endpoint %s: status %d", endpoint, response.Status)
		}
		return &sim.Result{Body: response.Body, Error: &sim.FunctionError{Type: "refused", Message: refusal.Error}}, nil
	}
	var o envelope.Outcome
	if err := json.Unmarshal(response.Body, &o); err != nil {
		return nil, fmt.Errorf("control endpoint %s: %w", endpoint, err)
	}
	if o.Error != nil {
		return &sim.Result{Body: response.Body, Error: &sim.FunctionError{Type: o.Error.Type, Message: o.Error.Message}}, nil
	}
	body, err := o.Bytes()
	return &sim.Result{Body: body}, err
}

func (p *process) control(ctx context.Context, method, endpoint string, body []byte) (*sim.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.addr+local.ControlPrefix+endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set(local.ControlHeader, p.token)
	return p.send(req, nil)
}

// Stop stops the process. Having to kill it is the one rule it can break.
func (p *process) Stop(context.Context) error {
	p.stopOnce.Do(func() {
		if err := p.child.Stop(grace); err != nil {
			p.stopErr = &sim.ViolationError{Rules: []string{err.Error()}}
		}
		p.transport.CloseIdleConnections()
	})
	return p.stopErr
}
