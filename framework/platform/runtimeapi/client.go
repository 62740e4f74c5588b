package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// DefaultMaxBody is the limit of a response's body unless Client.MaxBody says otherwise.
	DefaultMaxBody = 64 << 20
	// MaxHead is the limit of status line and headers together, and of a chunked body's trailer.
	MaxHead = 64 << 10

	// oneWrite is the size up to which a body travels in one system call with its headers.
	oneWrite = 16 << 10
	// ownWriter is the size from which a body is written by a goroutine of its own, since the endpoint may answer, as
	// with 413, before it has read it all.
	ownWriter = 64 << 10
	// writerGrace is how long that goroutine may take to say that it has finished when the response is there already.
	writerGrace = 20 * time.Millisecond
)

var (
	// ErrProtocol is wrapped by errors about a response that is not HTTP/1.1.
	ErrProtocol = errors.New("malformed response")
	// ErrTooLarge is wrapped by errors about a response that is over a limit.
	ErrTooLarge = errors.New("response too large")
)

var errClosed = fmt.Errorf("the client is closed: %w", os.ErrClosed)

// Request is one request. Host, User-Agent, Connection and what frames the body are the client's own.
type Request struct {
	Method, Path string
	Header       []Field
	Body         []byte
	// Stream sends a body whose length is not known yet, instead of Body: it writes to the connection what [Chunks] makes.
	// An error of it breaks the connection, unless the endpoint has answered. It must not panic.
	Stream func(conn io.Writer) error
	// Trailers announces the fields that come after the stream.
	Trailers string
	// Repeat says that the endpoint may get the request twice without harm: a second one that it has no use for is refused,
	// or means the same. See [Client.Do].
	Repeat bool
}

// Field is one header field.
type Field struct{ Name, Value string }

// Response is one response. The struct and its Header are valid until the client's next Do; the strings in it and the
// Body stay valid.
type Response struct {
	Status int
	Header []Field
	Body   []byte
	// Repeated says that the request was sent twice, so that the endpoint may have had it before.
	Repeated bool
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

// Client keeps one connection to one endpoint. Do must not be called concurrently; Close may be called at any time.
type Client struct {
	// Dial connects to the endpoint. Nil is a plain TCP connection to an IPv4 address.
	Dial func(ctx context.Context, addr string) (io.ReadWriteCloser, error)
	// MaxBody limits the body of a response in bytes; zero is [DefaultMaxBody].
	MaxBody int64
	// OwnThread lets Do wait in a thread and not in the runtime's poller. An exchange is then a write and a read, without
	// the futile read and the poll before the real one and without waking a second thread. The thread is held as long as
	// a poll rests, and when there is but one processor the runtime takes some milliseconds to see that it is free for
	// other goroutines: it is for a process with one connection and at least two processors. It means nothing on other
	// systems than Linux, and where Dial is set.
	OwnThread bool

	addr     string
	static   string // the request line's end and the fields that every request has
	out      []byte // head of the request
	in       buffer
	last     string // head of the last response but to GET: acknowledgements are all alike
	response Response

	mu     sync.Mutex // guards what Close touches
	conn   io.ReadWriteCloser
	closed bool
}

// New returns a client for the endpoint at addr. It connects at the first Do.
func New(addr, userAgent string) *Client {
	return &Client{addr: addr, static: " HTTP/1.1\r\nHost: " + addr + "\r\nUser-Agent: " + userAgent + "\r\n"}
}

// Close breaks the connection, and with it a Do that waits. It never fails.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
	return nil
}

// Do sends one request and reads its response, with any status. It waits as long as ctx lets it: there is no other
// timeout, as a poll may rest for hours. After Close the error is os.ErrClosed.
//
// An endpoint may close a kept connection at any time, also while a request is on its way. Then, and if not a byte of a
// response came, the request is sent once more, on a new connection, in these cases and no others:
//   - it had not been written whole, so that the endpoint cannot have taken it;
//   - it is a GET or HEAD and the connection was closed in order, so that nothing was sent to us. After a reset a response,
//     and with it an event, may be lost;
//   - the request has Repeat.
//
// A request with a Stream is never sent again. Any response is one, also a 500: what to do then is for the caller.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if err := c.encode(&r); err != nil {
		return nil, err
	}
	for repeated := false; ; repeated = true {
		conn, kept, err := c.connect(ctx, r.reads())
		if err != nil {
			return nil, c.explain(ctx, r.Method, r.Path, err)
		}
		keep, err := c.exchange(ctx, conn, &r)
		if !keep {
			c.drop()
		}
		if err == nil {
			c.response.Repeated = repeated
			return &c.response, nil
		}
		if kept && r.again(err) && ctx.Err() == nil {
			continue // at most once: the next connection is new
		}
		return nil, c.explain(ctx, r.Method, r.Path, err)
	}
}

func (r *Request) reads() bool { return r.Method == "GET" || r.Method == "HEAD" }

// again reports whether the request may be sent once more after err broke a kept connection.
func (r *Request) again(err error) bool {
	if r.Stream != nil || !errors.Is(err, errNoResponse) {
		return false
	}
	return r.Repeat || errors.Is(err, errUnsent) || r.reads() && errors.Is(err, io.EOF)
}

// explain prefers the reason that the caller gave over the broken connection that it caused.
func (c *Client) explain(ctx context.Context, method, path string, err error) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		err = errClosed
	} else if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("%s %s at %s: %w", method, path, c.addr, err)
}

// connect returns the kept connection or a new one. A request that must not be sent twice gets the kept one only if the
// endpoint has not closed it.
func (c *Client) connect(ctx context.Context, safe bool) (conn io.ReadWriteCloser, kept bool, err error) {
	c.mu.Lock()
	conn = c.conn
	c.mu.Unlock()
	if conn != nil {
		if s, ok := conn.(interface{ stale() bool }); safe || !ok || !s.stale() {
			return conn, true, nil
		}
		c.drop()
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if c.Dial != nil {
		conn, err = c.Dial(ctx, c.addr)
	} else {
		conn, err = dialTCP(ctx, c.addr, c.OwnThread)
	}
	if err != nil {
		return nil, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return nil, false, errClosed
	}
	c.conn = conn
	c.in.reset(conn)
	return conn, false, nil
}

func (c *Client) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// exchange writes the request and reads the response. It reports whether the connection may be used again.
func (c *Client) exchange(ctx context.Context, conn io.ReadWriteCloser, r *Request) (keep bool, err error) {
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		defer func() {
			if !stop() { // the connection is closed or about to be
				keep = false
			}
		}()
	}
	wait := func() bool { return true }
	if r.Stream != nil {
		// On this goroutine, as what is streamed belongs to the caller's. What the endpoint answers before the end waits.
		if err = c.write(conn, nil); err == nil {
			err = r.Stream(conn)
		}
		if err != nil && !c.in.ready() {
			return false, fmt.Errorf("%w: %w", errNoResponse, err)
		}
		broken := err != nil
		wait = func() bool { return !broken }
	} else if body := r.Body; len(body) > ownWriter {
		done := make(chan error, 1)
		go func() { done <- c.write(conn, body) }()
		wait = func() bool {
			timer := time.NewTimer(writerGrace)
			defer timer.Stop()
			select {
			case err := <-done:
				return err == nil
			case <-timer.C: // answered early: the rest of the request has no reader
				conn.Close()
				<-done
				return false
			}
		}
	} else if err = c.write(conn, body); err != nil && !c.in.ready() {
		return false, unsent(err)
	}
	keep, err = c.read(r.Method)
	written := wait()
	if !written && errors.Is(err, errNoResponse) {
		err = unsent(err)
	}
	return keep && written, err
}

func (c *Client) write(conn io.Writer, body []byte) error {
	if _, err := conn.Write(c.out); err != nil {
		return err
	}
	if len(body) > oneWrite {
		if _, err := conn.Write(body); err != nil {
			return err
		}
	}
	return nil
}

// encode puts the head, and a small body, into c.out. What would let a value break out of its place is refused.
func (c *Client) encode(r *Request) error {
	if !token(r.Method) {
		return fmt.Errorf("method %q: expected a word", r.Method)
	}
	if !strings.HasPrefix(r.Path, "/") || !visible(r.Path) {
		return fmt.Errorf("path %q: expected a slash and visible ASCII characters", r.Path)
	}
	if !visible(c.addr) || !text(c.static[strings.LastIndex(c.static, "User-Agent"):len(c.static)-2]) {
		return fmt.Errorf("address %q or user agent: expected no control characters", c.addr)
	}
	b := append(c.out[:0], r.Method...)
	b = append(b, ' ')
	b = append(b, r.Path...)
	b = append(b, c.static...)
	if r.Stream != nil {
		if r.Trailers != "" {
			if !text(r.Trailers) {
				return fmt.Errorf("trailers %q: expected names", r.Trailers)
			}
			b = append(append(append(b, "Trailer: "...), r.Trailers...), "\r\n"...)
		}
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	} else if len(r.Body) > 0 || (r.Method != "GET" && r.Method != "HEAD") {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	for _, f := range r.Header {
		if !token(f.Name) || !text(f.Value) {
			return fmt.Errorf("header %q: expected a name of token characters and a value without control characters", f.Name)
		}
		if ours(f.Name) {
			return fmt.Errorf("header %q: it is set by the client", f.Name)
		}
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	if r.Stream == nil && len(r.Body) <= oneWrite {
		b = append(b, r.Body...)
	}
	c.out = b
	return nil
}

func ours(name string) bool {
	switch len(name) {
	case 4:
		return strings.EqualFold(name, "Host")
	case 6:
		return strings.EqualFold(name, "Expect")
	case 7:
		return strings.EqualFold(name, "Upgrade") || strings.EqualFold(name, "Trailer")
	case 10:
		return strings.EqualFold(name, "Connection") || strings.EqualFold(name, "User-Agent")
	case 14:
		return strings.EqualFold(name, "Content-Length")
	case 17:
		return strings.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

func token(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// text reports whether s may be a field value.
func text(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < ' ' && b != '\t') || b == 0x7f {
			return false
		}
	}
	return true
}

func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}
