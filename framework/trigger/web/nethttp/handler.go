// Package nethttp is the bridge between the http trigger and net/http, in both directions: [Handler] puts an engine behind
// a net/http server, for the platforms that listen, and [Serve] runs an existing http.Handler, such as a whole chi or gin
// application, as one function on every platform.
//
// It is the only package of the http trigger that imports net/http. A unit that neither listens nor mounts an
// http.Handler does not link it.
package nethttp

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Options say how a platform's listening loop differs from a plain server. The zero Options are those of one.
type Options struct {
	// Invocation returns what the vendor says of the call: request id, deadline, trace, vendor invocation. Function and
	// Event are filled in. Nil makes up a request id.
	Invocation func(*http.Request) framework.Invocation
	// RemoteAddr returns the client's IP address, without a port. Nil takes that of the connection.
	RemoteAddr func(*http.Request) string
	// Proto returns "http" or "https" as the client spoke to the vendor. Nil takes that of the connection.
	Proto func(*http.Request) string
	// MaxBody is the largest request body in bytes; a larger one is a 413. Zero is web.DefaultBodyLimit, less is unlimited.
	MaxBody int64
	// MaxResponse is the largest body of a response that the vendor carries, in bytes: a larger one is a 500 and a log record or,
	// when it is streamed already, cut there. Zero is unlimited.
	MaxResponse int64
	// Freezes says that the vendor stops the process when no request is under way: a response keeps back its last byte until the
	// background work of its invocation has ended.
	Freezes bool
	// VendorCORS says that the vendor answers pages of other origins, so that nothing is to be added.
	VendorCORS bool
	// DropHeaders reports headers that the vendor keeps for itself, by canonical name. They are removed from the request
	// before the function sees it, since they may hold credentials, and from the response. Nil is none.
	DropHeaders func(name string) bool
}

// Handler returns the http.Handler that routes to the functions of e and answers by the rules of web.Exchange.Respond.
// Request bodies and io.Reader results are streamed. The error is one of the unit's routes.
func Handler(e *framework.Engine, o Options) (http.Handler, error) {
	router, err := web.NewRouter(e.App())
	if err != nil {
		return nil, err
	}
	if o.Invocation == nil {
		o.Invocation = func(*http.Request) framework.Invocation { return framework.Invocation{RequestID: newID()} }
	}
	if o.RemoteAddr == nil {
		o.RemoteAddr = remoteIP
	}
	if o.Proto == nil {
		o.Proto = scheme
	}
	if o.MaxBody == 0 {
		o.MaxBody = web.DefaultBodyLimit
	}
	return DiscardUnread(&handler{e, router, o}), nil
}

type handler struct {
	engine *framework.Engine
	router *web.Router
	Options
}

// call is the context of one invocation. It carries the connection's writer to [Serve], and the exchange lives in it, so
// that both cost one allocation.
type call struct {
	context.Context
	stream   stream
	exchange web.Exchange
	holding  holding
}

type streamKey struct{}

// Value makes the stream reachable from the contexts that descend from the call.
func (c *call) Value(key any) any {
	if _, ok := key.(streamKey); ok {
		return &c.stream
	}
	return c.Context.Value(key)
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inv := h.Invocation(r)
	c := &call{Context: r.Context(), stream: stream{w: w, r: r, drop: h.DropHeaders, limit: h.MaxResponse}}
	x := &c.exchange
	match := h.router.Match(r.Method, r.Host, r.URL.Path, r.URL.RawPath)
	body := h.fill(&x.Request, r)
	c.stream.body = x.Request.Reader
	x.Request.Pattern, x.Request.PathValues = match.Pattern, match.Values
	rt := h.engine.Runtime()
	info := web.ErrorInfo{RequestID: inv.RequestID, Dev: rt.Dev, Route: match.Route, Log: rt.Log()}
	if !h.VendorCORS {
		if response := h.router.Preflight(&x.Request); response != nil {
			h.reply(w, x, response, info)
			return
		}
		x.Cross(match)
	}
	if match.Function == nil {
		h.reply(w, x, x.Refuse(match, info), info)
		return
	}
	if body != nil && r.ContentLength > body.limit && body.limit >= 0 {
		h.reply(w, x, x.Respond(nil, tooLarge(body.limit), info), info)
		return
	}
	inv.Function, inv.Event = match.Function, x
	if h.Freezes {
		c.holding.ResponseWriter, c.holding.head = w, r.Method == http.MethodHead
		w, c.stream.w, inv.Background = &c.holding, &c.holding, &c.holding.background
	}
	// A panic of the response (a reader that fails half way) has to leave ServeHTTP, but only after the invocation ended.
	var panicked any
	replied := false
	inv.Reply = func(result any, err error) {
		replied = true
		defer func() { panicked = recover() }()
		h.respond(w, c, body, result, err, info)
	}
	returned := false
	defer func() {
		if !returned && !replied {
			h.exited(w, c, info)
		}
	}()
	result, err := h.engine.Invoke(c, inv)
	returned = true
	if !replied { // the engine is closing
		h.respond(w, c, body, result, err, info)
	}
	if panicked != nil {
		panic(panicked)
	}
}

// errGoexit is the error of a handler that neither returned nor panicked.
var errGoexit = errors.New("the handler ended its goroutine, as runtime.Goexit and t.FailNow do")

// exited answers for a handler that has ended the goroutine of its connection, which the server closes then. A client that gets
// nothing at all may send its request again.
func (h *handler) exited(w http.ResponseWriter, c *call, info web.ErrorInfo) {
	if c.stream.close() {
		return
	}
	response := c.exchange.Respond(nil, errGoexit, info)
	response.Header["Content-Length"] = []string{strconv.Itoa(len(response.Body))}
	h.reply(w, &c.exchange, response, info)
	if h.Freezes {
		c.holding.end()
	}
	_ = http.NewResponseController(w).Flush() // there is nothing that could be done about it
}

// respond writes the outcome, unless the handler has begun to stream it.
func (h *handler) respond(w http.ResponseWriter, c *call, body *bodyReader, result any, err error, info web.ErrorInfo) {
	if h.Freezes {
		defer c.holding.end()
	}
	begun := c.stream.close()
	if err == nil && begun && c.stream.exceeded {
		err = responseTooLarge(h.MaxResponse)
	}
	if begun || errors.Is(err, http.ErrAbortHandler) {
		if err != nil {
			if begun {
				info.Log.Error("request failed after its response had begun", "request_id", info.RequestID, "route", info.Route.String(), "error", err)
			}
			panic(http.ErrAbortHandler) // cuts the connection, so that the client does not take what it has for all
		}
		return
	}
	response := c.exchange.Respond(result, err, info)
	if body != nil && body.exceeded.Load() {
		w.Header().Set("Connection", "close") // the rest of the body is still to come, and will not be read
	}
	h.reply(w, &c.exchange, response, info)
}

// fill makes the request that functions see. It returns the body's reader if there is a body.
func (h *handler) fill(to *web.Request, r *http.Request) *bodyReader {
	*to = web.Request{
		Method: r.Method, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, Header: web.Header(r.Header),
		Host: r.Host, RemoteAddr: h.RemoteAddr(r), Proto: h.Proto(r),
	}
	if h.DropHeaders != nil { // after those that the vendor's facts were read from
		for name := range r.Header {
			if h.DropHeaders(name) {
				delete(r.Header, name)
			}
		}
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body := &bodyReader{from: r.Body, limit: h.MaxBody, left: h.MaxBody}
	to.Reader = body
	return body
}

// bodyReader is a request body that ends in a 413 when it is too large. Unlike http.MaxBytesReader it never touches the
// ResponseWriter, which a handler that missed its deadline must not do.
type bodyReader struct {
	from        io.Reader
	limit, left int64 // no limit if limit is negative
	exceeded    atomic.Bool
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.limit < 0 {
		return b.from.Read(p)
	}
	if b.exceeded.Load() {
		return 0, tooLarge(b.limit)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), tooLarge(b.limit)
		b.exceeded.Store(true)
	}
	b.left -= int64(n)
	return n, err
}

// tooLarge is the response to a body over the limit. A mounted application finds the net/http error in it.
func tooLarge(limit int64) error {
	return &framework.Error{Status: 413, Code: "body_too_large", Message: fmt.Sprintf("the request body is larger than %d bytes", limit), Err: &http.MaxBytesError{Limit: limit}}
}

// reply writes a response that nothing has been sent of.
func (h *handler) reply(w http.ResponseWriter, x *web.Exchange, r *web.Response, info web.ErrorInfo) {
	if h.MaxResponse > 0 && int64(len(r.Body)) > h.MaxResponse {
		r = x.Respond(nil, responseTooLarge(h.MaxResponse), info)
	}
	var body *source
	if r.Reader != nil {
		body = &source{from: r.Reader, buffer: make([]byte, 32<<10)}
		// The reader may be the request's own body: without this the server would read that to its end first. A server that
		// cannot do both at once says so, and then does what it always did.
		_ = http.NewResponseController(w).EnableFullDuplex()
		// A reader that fails at once, as one of a resource that is gone does, is still a clean error.
		if err := body.next(); err != nil {
			body.close()
			r, body = x.Respond(nil, fmt.Errorf("read the response body: %w", err), info), nil
		} else if body.done && len(r.Header["Content-Length"]) == 0 {
			r.Header["Content-Length"] = []string{strconv.Itoa(len(body.chunk))}
		}
	}
	send(w.Header(), http.Header(r.Header), h.DropHeaders)
	if len(r.Header["Content-Type"]) == 0 {
		w.Header()["Content-Type"] = nil // the server would guess one, and other platforms do not
	}
	w.WriteHeader(r.Status)
	if body == nil {
		_, _ = w.Write(r.Body) // a client that has gone needs no response
		return
	}
	defer body.close()
	body.limit = h.MaxResponse
	if err := body.copyTo(w, len(r.Header["Content-Length"]) == 0); err != nil {
		info.Log.Error("request failed while its response was streamed", "request_id", info.RequestID, "route", info.Route.Pattern, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// responseTooLarge is the error of a response that the vendor would not carry.
func responseTooLarge(limit int64) error {
	return &framework.Error{Status: 500, Code: "response_too_large", Message: "the response is larger than the platform can carry", Err: fmt.Errorf("the limit is %d bytes", limit)}
}

// send copies headers onto the real ones.
func send(to, from http.Header, drop func(string) bool) {
	for name, vs := range from {
		if drop == nil || !drop(name) {
			to[name] = vs
		}
	}
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func remoteIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}
