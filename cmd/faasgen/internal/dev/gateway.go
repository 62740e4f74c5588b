package dev

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/local"
)

// gateway sends each request to the version of the application that serves now. Until the first one is up, or has failed
// to come up, requests wait.
type gateway struct {
	log io.Writer

	mu      sync.Mutex
	current *child
	failure string
	known   chan struct{} // closed when there is a child or a failure
}

func newGateway(log io.Writer) *gateway {
	return &gateway{log: log, known: make(chan struct{})}
}

// swap makes c the version that serves and returns the one that did.
func (g *gateway) swap(c *child) (old *child) {
	g.mu.Lock()
	defer g.mu.Unlock()
	old, g.current, g.failure = g.current, c, ""
	g.decide()
	return old
}

// fail says why nothing serves. gone is the child that served, if it is the reason; another one keeps serving.
func (g *gateway) fail(gone *child, failure string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.current != gone {
		return
	}
	g.current, g.failure = nil, failure
	g.decide()
}

func (g *gateway) decide() {
	select {
	case <-g.known:
	default:
		close(g.known)
	}
}

// serving returns the version that serves, nil if there is none.
func (g *gateway) serving() *child {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.current
}

// acquire returns the version to send a request to, or why there is none.
func (g *gateway) acquire(ctx context.Context) (*child, string) {
	select {
	case <-g.known:
	case <-ctx.Done():
		return nil, "the request was cancelled"
	}
	for {
		g.mu.Lock()
		c, failure := g.current, g.failure
		g.mu.Unlock()
		if c == nil {
			return nil, failure
		}
		if c.enter() {
			return c, ""
		}
	}
}

// ServeHTTP answers one request and writes one line about it.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	sw := &statusWriter{ResponseWriter: w}
	path := r.URL.EscapedPath()
	defer func() {
		fmt.Fprintf(g.log, "%s %s %d %s\n", r.Method, path, sw.status, time.Since(started).Round(10*time.Microsecond))
	}()
	c, failure := g.acquire(r.Context())
	if c == nil {
		unavailable(sw, http.StatusServiceUnavailable, failure)
		return
	}
	defer c.leave()
	r.Header.Del(local.ControlHeader)
	if r.Method == http.MethodGet && r.URL.Path == local.ControlPrefix {
		r.URL.Path, r.URL.RawPath = local.ControlPrefix+"functions", ""
		r.Header.Set(local.ControlHeader, c.token)
	}
	c.proxy.ServeHTTP(sw, r)
}

// newProxy passes requests on as they are, with who sent them, and answers as soon as they come.
func newProxy(transport http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // ErrorHandler tells
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: "application"})
			p.Out.Host = p.In.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery // also where it is not well formed: the application decides
			p.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() != nil {
				return // the client went away
			}
			unavailable(w, http.StatusBadGateway, "the application ended while it had this request: "+err.Error())
		},
	}
}

func unavailable(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, why)
}

// statusWriter remembers the status for the log. Unwrap lets the proxy flush and hijack.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status < 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status < 200 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
