// Package wire sends the requests of the vendors' invoke APIs for the transports of calls: HTTP/1.1 on kept connections, over TLS,
// by the client of package runtimeapi. It links no net/http, which would be more than the rest of a small unit. It follows no
// redirects, knows no proxies and sends nothing twice: what may be sent again is for package call to say.
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	// connectTimeout limits the connection with its handshake, so that there is time for another one.
	connectTimeout = 5 * time.Second
	// idleTimeout is how long a connection is kept that has no request. The vendors close theirs after about a minute.
	idleTimeout = 50 * time.Second
	// maxIdle is how many are kept.
	maxIdle = 32
)

// Client sends requests to one endpoint. It is used by several goroutines at once.
type Client struct {
	host, addr string
	tls        *tls.Config // nil is plain TCP
	maxBody    int64

	mu   sync.Mutex
	idle []*connection // the last used at the end
}

// connection is one kept connection, or none yet.
type connection struct {
	client *runtimeapi.Client
	first  *socket // which it begins with, of Connect
	used   time.Time
	dial   error // of the last attempt to connect
}

func (c *connection) close() {
	c.client.Close()
	if c.first != nil {
		c.first.Close()
	}
}

// New returns a client of an endpoint: https://HOST[:PORT] or, for simulators, http://HOST:PORT. Responses have at most maxBody
// bytes.
func New(endpoint string, maxBody int64) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("endpoint of calls: found %.100q, expected https://HOST", endpoint)
	}
	c := &Client{host: u.Host, addr: u.Host, maxBody: maxBody}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
		c.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	}
	if u.Port() == "" || u.Port() == port {
		c.host = strings.TrimSuffix(u.Host, ":"+port) // the form that is signed
		c.addr = net.JoinHostPort(u.Hostname(), port)
	}
	return c, nil
}

// Host is the value of the Host header.
func (c *Client) Host() string { return c.host }

// Response is a response with any status.
type Response struct {
	Status int
	Header []runtimeapi.Field
	Body   []byte
}

// Get returns the value of the first field of that name, without regard to case, or "".
func (r *Response) Get(name string) string {
	for i := range r.Header {
		if strings.EqualFold(r.Header[i].Name, name) {
			return r.Header[i].Value
		}
	}
	return ""
}

// Do sends a request. Its error is a *call.Failure, or that of ctx.
func (c *Client) Do(ctx context.Context, r runtimeapi.Request) (*Response, error) {
	conn := c.get()
	response, err := conn.client.Do(ctx, r)
	if err != nil {
		dial := conn.dial
		conn.close()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case dial != nil:
			return nil, &call.Failure{Reason: call.Unreachable, Err: dial}
		case errors.Is(err, runtimeapi.ErrNoResponse):
			return nil, &call.Failure{Reason: call.Broken, Err: err}
		}
		return nil, &call.Failure{Reason: call.BadAnswer, Err: err}
	}
	own := &Response{Status: response.Status, Header: append([]runtimeapi.Field(nil), response.Header...), Body: response.Body}
	c.put(conn)
	return own, nil
}

// Connect makes a connection ahead of the request that uses it, for a caller that has less time for the request than a handshake may
// take. Its error is that of Do.
func (c *Client) Connect(ctx context.Context) error {
	s, err := c.connect(ctx)
	switch {
	case err == nil:
		c.put(c.connection(s))
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &call.Failure{Reason: call.Unreachable, Err: err}
}

// Ready reports whether a connection is kept that was used lately.
func (c *Client) Ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.idle)
	return n > 0 && c.idle[n-1].fresh()
}

// fresh reports whether the endpoint is likely to have the connection, too.
func (c *connection) fresh() bool {
	return time.Now().Round(0).Sub(c.used) < idleTimeout // by the wall clock: the other one may stand still in a frozen process
}

// get returns a connection that was used lately, or a new one.
func (c *Client) get() *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := len(c.idle); n > 0; n = len(c.idle) {
		conn := c.idle[n-1]
		c.idle[n-1] = nil
		c.idle = c.idle[:n-1]
		if conn.fresh() {
			return conn
		}
		conn.close()
	}
	return c.connection(nil)
}

// connection is a new one, with the socket that it begins with; nil is for the first request to make.
func (c *Client) connection(first *socket) *connection {
	conn := &connection{client: runtimeapi.New(c.host, "faasgen"), first: first}
	conn.client.MaxBody = c.maxBody
	conn.client.Dial = func(ctx context.Context, _ string) (io.ReadWriteCloser, error) {
		if s := conn.first; s != nil {
			conn.first = nil
			return s, nil
		}
		s, err := c.connect(ctx)
		if conn.dial = err; err != nil {
			return nil, err
		}
		return s, nil
	}
	return conn
}

func (c *Client) put(conn *connection) {
	conn.used = time.Now().Round(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) == maxIdle {
		c.idle[0].close()
		c.idle = append(c.idle[:0], c.idle[1:]...)
	}
	c.idle = append(c.idle, conn)
}

// connect makes a connection, with its handshake.
func (c *Client) connect(ctx context.Context) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", c.addr)
	if err != nil {
		return nil, err
	}
	s := &socket{ReadWriteCloser: plain, plain: plain}
	if c.tls != nil {
		secure := tls.Client(plain, c.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			plain.Close()
			return nil, err
		}
		s.ReadWriteCloser = closer{secure, plain}
	}
	return s, nil
}

// socket is a connection that knows whether the endpoint has closed it.
type socket struct {
	io.ReadWriteCloser
	plain net.Conn
}

// closer closes a connection without a word to the endpoint, which would have to be waited for.
type closer struct {
	*tls.Conn
	plain net.Conn
}

func (c closer) Close() error { return c.plain.Close() }
