package local

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// healthTimeout limits one response about the health.
const healthTimeout = 5 * time.Second

// The paths that answer probes.
const (
	healthPath = ControlPrefix + "health"
	readyPath  = ControlPrefix + "ready"
)

// probes answers GET /_faas/health and GET /_faas/ready to who connects directly, such as a load balancer or the manager of
// containers: 200 or 503. Why the unit is not healthy is in the log. To what comes through a proxy the paths do not exist:
// such a request is the application's. Behind a parent, which is a proxy itself, only this machine is told the
// health.
type probes struct {
	engine *framework.Engine
	log    *slog.Logger
	// behind says that the parent hands over its listener and says who called.
	behind bool
	// leaving is true when the process is about to stop.
	leaving *atomic.Bool
	next    http.Handler

	mu      sync.Mutex
	running *checking
}

// checking is a health check that runs.
type checking struct {
	done chan struct{}
	err  error
}

func (p *probes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet || r.URL.Path != healthPath && (r.URL.Path != readyPath || p.behind) || !p.answers(r):
		p.next.ServeHTTP(w, r) // a parent asks by the control endpoint whether we are ready
	case r.URL.Path == healthPath:
		p.health(w, r)
	case p.leaving.Load():
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
	default:
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	}
}

func (p *probes) health(w http.ResponseWriter, r *http.Request) {
	c := p.check()
	select {
	case <-c.done:
	case <-r.Context().Done():
		return // the caller is gone
	}
	if c.err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "unhealthy"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// check returns the health check that runs, or starts one: however many ask, the database sees one at a time.
func (p *probes) check() *checking {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		return p.running
	}
	c := &checking{done: make(chan struct{})}
	p.running = c
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
		defer cancel()
		if c.err = p.engine.Health(ctx); c.err != nil {
			p.log.Warn("unhealthy", "error", c.err)
		}
		p.mu.Lock()
		p.running = nil
		p.mu.Unlock()
		close(c.done)
	}()
	return c
}

func (p *probes) answers(r *http.Request) bool {
	if p.behind {
		return Loopback(client(r, true))
	}
	return direct(r)
}

// direct reports whether no proxy has passed the request on. The headers count also when they are empty, as a client may
// send them: a proxy may add a line of its own to those.
func direct(r *http.Request) bool {
	return r.Header.Values("X-Forwarded-For") == nil && r.Header.Values("Forwarded") == nil
}

// probe is the sub-command health: it asks the server that listens at the address of the settings.
func probe(ctx context.Context, s settings) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() { // listens on every address, this one among them
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout+time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+healthPath, nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy
	res, err := transport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10)) // for the message alone
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server cannot do its work: status %d: %.200s", res.StatusCode, body)
	}
	return nil
}
