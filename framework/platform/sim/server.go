package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrTimeLimit is what [Server.Do] returns when the process did not answer in time. The process has been killed.
var ErrTimeLimit = errors.New("the time limit was reached")

// ErrBroken is wrapped when the process lives and did not answer in http.
var ErrBroken = errors.New("no http response")

// ErrTooLarge is what [Server.Do] returns when a response is over [Server.MaxResponse].
var ErrTooLarge = errors.New("the response is too large")

// ExitError is what [Server.Do] returns when the process ended while it had a request.
type ExitError struct {
	// Code is its exit code, -1 when a signal ended it.
	Code int
}

// Error returns the code.
func (e *ExitError) Error() string { return fmt.Sprintf("the process exited with code %d", e.Code) }

// Server is an artefact that answers plain http, on a port that the vendor names. The process is frozen while it has no
// request, and started again when it is gone. The fields are set before Start.
type Server struct {
	Artifact Artifact
	// Environment is what the vendor sets for a process that is to listen on port.
	Environment func(port int) []string
	// Ready is what the vendor does between the first moment that the process listens and its first request. Nil is nothing.
	Ready func(ctx context.Context, do Do) error
	// InitTimeout limits the time until the process listens, Timeout each request.
	InitTimeout, Timeout time.Duration
	// MaxResponse limits the body of a response.
	MaxResponse int64
	// Violations collects the rules that the process broke.
	Violations Violations

	mu       sync.Mutex
	instance *instance
	stopping bool
}

// Do sends one request to the process as it is: nothing is added and nothing in the response is hidden.
type Do func(ctx context.Context, r *Request) (*Response, error)

type instance struct {
	child     *Child
	addr      string
	transport *http.Transport
	inFlight  int
}

// Start starts the process and waits until it is ready. What goes wrong with the process is an *InitError.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	child, err := Launch(s.Artifact, s.Environment(port))
	if err != nil {
		return &InitError{Type: "exited", Message: err.Error(), ExitCode: -1}
	}
	in := &instance{child: child, addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	in.transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, in.addr)
	}}
	if err := s.ready(ctx, in, port); err != nil {
		child.Kill()
		return err
	}
	if child.Freeze() != nil { // it ended just after it was ready
		<-child.Exited()
		return EarlyExit(child)
	}
	s.instance = in
	return nil
}

func (s *Server) ready(ctx context.Context, in *instance, port int) error {
	limit, cancel := context.WithTimeout(ctx, s.InitTimeout)
	defer cancel()
	if err := in.child.Listening(limit, in.addr); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		select {
		case <-in.child.Exited():
			return EarlyExit(in.child)
		default:
			return &InitError{Type: "init timeout", Message: fmt.Sprintf("the process did not listen on port %d within %s", port, s.InitTimeout), ExitCode: -1}
		}
	}
	// The vendor connects from outside of the process's loopback interface. Another loopback address shows whether the
	// process would be reachable: a socket bound to 127.0.0.1 does not answer on it.
	if runtime.GOOS == "linux" {
		conn, err := new(net.Dialer).DialContext(limit, "tcp", net.JoinHostPort("127.0.0.2", strconv.Itoa(port)))
		if err != nil {
			return &InitError{Type: "not reachable", Message: fmt.Sprintf("the process listens on 127.0.0.1:%d only, expected 0.0.0.0:%d", port, port), ExitCode: -1}
		}
		conn.Close()
	}
	if s.Ready == nil {
		return nil
	}
	err := s.Ready(ctx, func(ctx context.Context, r *Request) (*Response, error) { return in.roundTrip(ctx, r, s.MaxResponse) })
	if _, ok := errors.AsType[*ExitError](err); ok {
		return EarlyExit(in.child)
	}
	if ie, ok := errors.AsType[*InitError](err); ok && ie.Type != "init timeout" {
		select { // a process that has reported its failure ends by itself
		case <-in.child.Exited():
		case <-time.After(patience):
		}
		ie.ExitCode = in.child.ExitCode()
	}
	return err
}

// patience is how long to wait for what a process does by itself: ending after a failure.
const patience = time.Second

// EarlyExit is the error of a process that ended before it was ready. Why is in its log, where secrets may be too, so the
// error does not repeat it.
func EarlyExit(c *Child) *InitError {
	return &InitError{Type: "exited", Message: fmt.Sprintf("the process exited with code %d before it was ready; its output says why", c.ExitCode()), ExitCode: c.ExitCode()}
}

// Do sends one request to a running instance; a new one is started when the last is gone. It returns ErrTimeLimit,
// ErrTooLarge, an *ExitError, an error that wraps ErrBroken, or the *InitError of a new instance.
func (s *Server) Do(ctx context.Context, r *Request) (*Response, error) {
	in, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(in)
	limit, cancel := context.WithTimeoutCause(ctx, s.Timeout, ErrTimeLimit)
	defer cancel()
	resp, err := in.roundTrip(limit, r, s.MaxResponse)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(limit), ErrTimeLimit) {
		in.child.Kill()
		return nil, ErrTimeLimit
	}
	return resp, err
}

func (s *Server) acquire(ctx context.Context) (*instance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, errors.New("the instance was stopped")
	}
	if s.instance != nil {
		select {
		case <-s.instance.child.Exited():
			s.instance = nil
		default:
		}
	}
	if s.instance == nil {
		if err := s.start(ctx); err != nil {
			return nil, err
		}
	}
	s.instance.inFlight++
	if err := s.instance.child.Thaw(); err != nil {
		s.instance.inFlight--
		return nil, &ExitError{Code: s.instance.child.ExitCode()}
	}
	return s.instance, nil
}

func (s *Server) release(in *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.inFlight--; in.inFlight == 0 && !s.stopping {
		in.child.Freeze() // a process that is gone cannot be frozen, and need not be
	}
}

// Dial connects to a running instance, as a [Dialer] does.
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	in, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", in.addr)
	if err != nil {
		s.release(in)
		return nil, err
	}
	return &dialled{Conn: c, release: sync.OnceFunc(func() { s.release(in) })}, nil
}

// dialled is a connection that counts as a request until it is closed.
type dialled struct {
	net.Conn
	release func()
}

func (d *dialled) Close() error {
	defer d.release()
	return d.Conn.Close()
}

// Stop calls before, sends SIGTERM, waits for grace and kills what is left. It returns the violations. Requests under way
// get their responses as long as the process gives them.
func (s *Server) Stop(ctx context.Context, grace time.Duration, before func(ctx context.Context, do Do) error) error {
	s.mu.Lock()
	s.stopping = true
	in := s.instance
	s.mu.Unlock()
	if in != nil && in.child.Thaw() == nil {
		if before != nil {
			if err := before(ctx, func(ctx context.Context, r *Request) (*Response, error) { return in.roundTrip(ctx, r, s.MaxResponse) }); err != nil {
				s.Violations.Add("%v", err)
			}
		}
		if deadline, ok := ctx.Deadline(); ok {
			grace = min(grace, time.Until(deadline))
		}
		if err := in.child.Stop(grace); err != nil {
			s.Violations.Add("%v", err)
		}
		in.transport.CloseIdleConnections()
	}
	return s.Violations.Err()
}

// roundTrip sends r with exactly its headers. User-Agent and Accept-Encoding are not added.
func (in *instance) roundTrip(ctx context.Context, r *Request, limit int64) (*Response, error) {
	target, query, hasQuery := strings.Cut(r.Target, "?")
	path, err := url.PathUnescape(target)
	if err != nil || !strings.HasPrefix(target, "/") {
		return nil, fmt.Errorf("target %q: expected an encoded path that begins with a slash", r.Target)
	}
	u := &url.URL{Scheme: "http", Host: in.addr, Path: path, RawPath: target, RawQuery: query, ForceQuery: hasQuery}
	req := (&http.Request{Method: r.Method, URL: u, Host: r.Host, Header: http.Header{"User-Agent": {""}}}).WithContext(ctx)
	for _, h := range r.Header {
		if http.CanonicalHeaderKey(h[0]) == "User-Agent" {
			req.Header.Del("User-Agent")
		}
		req.Header.Add(h[0], h[1])
	}
	if len(r.Body) > 0 {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body))
	}
	response, err := in.transport.RoundTrip(req)
	if err != nil {
		return nil, in.explain(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(Watched(io.LimitReader(response.Body, limit+1), r.OnBody))
	if err != nil {
		return nil, in.explain(ctx, err)
	}
	if int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	resp := &Response{Status: response.StatusCode, Body: body}
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		for _, v := range response.Header[name] {
			resp.Header = append(resp.Header, [2]string{name, v})
		}
	}
	return resp, nil
}

// Watched returns from, and passes each piece that is read to onBody unless that is nil. See [Request.OnBody].
func Watched(from io.Reader, onBody func(piece []byte)) io.Reader {
	if onBody == nil {
		return from
	}
	return io.TeeReader(from, pieces(onBody))
}

// pieces passes on what a client gets, as it gets it.
type pieces func(piece []byte)

func (p pieces) Write(piece []byte) (int, error) {
	p(bytes.Clone(piece))
	return len(piece), nil
}

// explain tells a process that died from one that broke off.
func (in *instance) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select { // the connection breaks before the process is gone for its parent
	case <-in.child.Exited():
		return &ExitError{Code: in.child.ExitCode()}
	case <-time.After(patience):
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
}

// freePort returns a port that was free a moment ago. It is below those that systems hand out for port 0, so that
// no other process is given it before the process listens.
func freePort() (int, error) {
	for range 100 {
		ln, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", lowestPort+rand.IntN(highestPort-lowestPort)))
		if err == nil {
			return ln.Addr().(*net.TCPAddr).Port, ln.Close()
		}
	}
	ln, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return ln.Addr().(*net.TCPAddr).Port, ln.Close()
}

const lowestPort, highestPort = 10240, 32768
