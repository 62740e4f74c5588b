package runtimeapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// errNoResponse is wrapped when the connection ended before the first byte of a response.
var errNoResponse = errors.New("the endpoint closed the connection without a response")

// errUnsent is wrapped, too, when the request was not written whole by then.
var errUnsent = errors.New("before it had all of the request")

func unsent(err error) error { return fmt.Errorf("%w %w: %w", errNoResponse, errUnsent, err) }

// maxInterim is how many 1xx responses may come before the real one.
const maxInterim = 16

// buffer holds what was read from the connection and not yet used: data[r:w].
type buffer struct {
	from io.Reader
	data []byte
	r, w int
}

func (b *buffer) reset(from io.Reader) { b.from, b.r, b.w = from, 0, 0 }

// ready reports whether a response has begun; it reads if it must.
func (b *buffer) ready() bool { return b.w > b.r || b.fill() == nil }

// fill reads at least one byte more.
func (b *buffer) fill() error {
	switch {
	case b.r == b.w:
		b.r, b.w = 0, 0
	case b.w == len(b.data) && b.r > 0:
		b.w = copy(b.data, b.data[b.r:b.w])
		b.r = 0
	}
	if b.w == len(b.data) {
		b.data = append(b.data, make([]byte, max(4<<10, len(b.data)))...)
	}
	for range 100 { // a reader that gives nothing and no error is broken
		n, err := b.from.Read(b.data[b.w:])
		b.w += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// line returns the next line of a chunked body without its end, which must be a full one. It is valid until the next read.
func (b *buffer) line(limit int) ([]byte, error) {
	for seen := 0; ; {
		if i := bytes.IndexByte(b.data[b.r+seen:b.w], '\n'); i >= 0 {
			l := b.data[b.r : b.r+seen+i]
			b.r += seen + i + 1
			if l, ok := bytes.CutSuffix(l, []byte("\r")); ok && text(string(l)) {
				return l, nil
			}
			return nil, fmt.Errorf("%w: line %.60q between chunks", ErrProtocol, l)
		}
		if seen = b.w - b.r; seen > limit {
			return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrTooLarge, limit)
		}
		if err := b.fill(); err != nil {
			return nil, unexpected(err)
		}
	}
}

// head returns status line and fields up to and with the empty line. It is last itself if it is the same once more.
func (b *buffer) head(last string) (string, error) {
	for seen := 0; ; {
		if n := headEnd(b.data[b.r+seen : b.w]); n >= 0 {
			n += seen
			if n > MaxHead {
				return "", fmt.Errorf("%w: headers of more than %d bytes", ErrTooLarge, MaxHead)
			}
			h := b.data[b.r : b.r+n]
			b.r += n
			if string(h) == last {
				return last, nil
			}
			return string(h), nil
		}
		if b.w-b.r > MaxHead {
			return "", fmt.Errorf("%w: headers of more than %d bytes", ErrTooLarge, MaxHead)
		}
		seen = max(0, b.w-b.r-2) // the end may be cut between its bytes
		if err := b.fill(); err != nil {
			if b.w == b.r {
				return "", fmt.Errorf("%w: %w", errNoResponse, err)
			}
			return "", unexpected(err)
		}
	}
}

// headEnd returns the length of p up to and with the first empty line, -1 if there is none.
func headEnd(p []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(p[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n + 1
		if i < len(p) && p[i] == '\n' {
			return i + 1
		}
		if i+1 < len(p) && p[i] == '\r' && p[i+1] == '\n' {
			return i + 2
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// framing is what a head says of the body.
type framing struct {
	length  int64 // -1 unless Content-Length is there
	chunked bool
	close   bool // the connection ends with the response
}

// read reads one response into c.response.
func (c *Client) read(method string) (keep bool, err error) {
	var f framing
	for interim := 0; ; interim++ {
		head, err := c.in.head(c.last)
		if err != nil {
			return false, err
		}
		if method != "GET" {
			c.last = head
		}
		if f, err = c.response.parse(head); err != nil {
			return false, err
		}
		if c.response.Status >= 200 {
			break
		}
		if c.response.Status == 101 || interim == maxInterim {
			return false, fmt.Errorf("%w: status %d was not requested", ErrProtocol, c.response.Status)
		}
	}
	limit := c.MaxBody
	if limit <= 0 {
		limit = DefaultMaxBody
	}
	c.response.Body = nil
	switch {
	case method == "HEAD" || c.response.Status == 204 || c.response.Status == 304:
	case f.chunked:
		c.response.Body, err = c.in.chunks(limit)
	case f.length >= 0:
		c.response.Body, err = c.in.exactly(f.length, limit)
	default:
		f.close = true
		c.response.Body, err = c.in.rest(limit)
	}
	if err != nil {
		return false, err
	}
	return !f.close && c.in.r == c.in.w, nil // unrequested bytes make the connection useless
}

// parse fills in status and header from head, which ends with an empty line.
func (a *Response) parse(head string) (framing, error) {
	f := framing{length: -1}
	a.Header = a.Header[:0]
	line, rest, _ := strings.Cut(head, "\n")
	line = strings.TrimSuffix(line, "\r")
	version, status, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(status, " ")
	if (version != "HTTP/1.1" && version != "HTTP/1.0") || len(code) != 3 || !text(reason) {
		return f, fmt.Errorf("%w: status line %.60q", ErrProtocol, line)
	}
	for i := range 3 {
		if code[i] < '0' || code[i] > '9' {
			return f, fmt.Errorf("%w: status line %.60q", ErrProtocol, line)
		}
	}
	if a.Status, _ = strconv.Atoi(code); a.Status < 100 {
		return f, fmt.Errorf("%w: status line %.60q", ErrProtocol, line)
	}
	f.close = version == "HTTP/1.0" // we never ask such an endpoint to keep the connection
	for {
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			if f.chunked && version == "HTTP/1.0" { // that version has no chunks, so who knows where the body ends
				return f, fmt.Errorf("%w: Transfer-Encoding in HTTP/1.0", ErrProtocol)
			}
			return f, nil
		}
		name, value, ok := cutField(line)
		if !ok {
			return f, fmt.Errorf("%w: header line %.60q", ErrProtocol, line)
		}
		a.Header = append(a.Header, Field{name, value})
		if err := f.field(name, value); err != nil {
			return f, err
		}
	}
}

// cutField parts a line of a head or a trailer.
func cutField(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	value = strings.Trim(value, " \t")
	return name, value, ok && token(name) && text(value)
}

// field notes what a header field says of the body. A response whose length could be read in two ways is refused.
func (f *framing) field(name, value string) error {
	switch len(name) {
	case len("Connection"):
		if strings.EqualFold(name, "Connection") {
			for word := range strings.SplitSeq(value, ",") {
				f.close = f.close || strings.EqualFold(strings.Trim(word, " \t"), "close")
			}
		}
	case len("Content-Length"):
		if !strings.EqualFold(name, "Content-Length") {
			return nil
		}
		n, err := number(value, 10)
		if err != nil || (f.length >= 0 && f.length != n) || f.chunked {
			return fmt.Errorf("%w: Content-Length %.60q", ErrProtocol, value)
		}
		f.length = n
	case len("Transfer-Encoding"):
		if !strings.EqualFold(name, "Transfer-Encoding") {
			return nil
		}
		if !strings.EqualFold(value, "chunked") || f.chunked || f.length >= 0 {
			return fmt.Errorf("%w: Transfer-Encoding %.60q", ErrProtocol, value)
		}
		f.chunked = true
	}
	return nil
}

// number accepts digits only, no sign, and what fits into an int64.
func number(s string, base int) (int64, error) {
	if s == "" || s[0] == '+' || s[0] == '-' || strings.IndexByte(s, '_') >= 0 {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseInt(s, base, 64)
}

// exactly reads a body of n bytes.
func (b *buffer) exactly(n, limit int64) ([]byte, error) {
	if n > limit {
		return nil, fmt.Errorf("%w: a body of %d bytes, the limit is %d", ErrTooLarge, n, limit)
	}
	if n == 0 {
		return nil, nil
	}
	return b.take(make([]byte, 0, n), int(n))
}

// take appends n bytes to p, past the buffer once that is empty.
func (b *buffer) take(p []byte, n int) ([]byte, error) {
	have := min(n, b.w-b.r)
	p = append(p, b.data[b.r:b.r+have]...)
	b.r += have
	if n -= have; n == 0 {
		return p, nil
	}
	old := len(p)
	p = append(p, make([]byte, n)...)
	_, err := io.ReadFull(b.from, p[old:])
	return p, unexpected(err)
}

// rest reads a body that ends with the connection.
func (b *buffer) rest(limit int64) ([]byte, error) {
	var p []byte
	for {
		p = append(p, b.data[b.r:b.w]...)
		b.r = b.w
		if int64(len(p)) > limit {
			return nil, fmt.Errorf("%w: a body of more than %d bytes", ErrTooLarge, limit)
		}
		if err := b.fill(); err == io.EOF {
			return p, nil
		} else if err != nil {
			return nil, err
		}
	}
}

// chunks reads a chunked body and drops its trailer, whose lines must be fields all the same: what is anything else is not the
// end of this body.
func (b *buffer) chunks(limit int64) ([]byte, error) {
	var p []byte
	for {
		line, err := b.line(1 << 10)
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(string(line), ";") // extensions mean nothing to us
		n, err := number(strings.TrimRight(size, " \t"), 16)
		if err != nil {
			return nil, fmt.Errorf("%w: chunk size %.60q", ErrProtocol, line)
		}
		if n == 0 {
			break
		}
		if n > limit-int64(len(p)) {
			return nil, fmt.Errorf("%w: a body of more than %d bytes", ErrTooLarge, limit)
		}
		if p, err = b.take(p, int(n)); err != nil {
			return nil, err
		}
		if line, err = b.line(16); err != nil {
			return nil, err
		}
		if len(line) > 0 {
			return nil, fmt.Errorf("%w: %.60q at the end of a chunk", ErrProtocol, line)
		}
	}
	for total := 0; ; {
		line, err := b.line(MaxHead)
		if err != nil || len(line) == 0 {
			return p, err
		}
		if total += len(line); total > MaxHead {
			return nil, fmt.Errorf("%w: a trailer of more than %d bytes", ErrTooLarge, MaxHead)
		}
		if _, _, ok := cutField(string(line)); !ok {
			return nil, fmt.Errorf("%w: trailer line %.60q", ErrProtocol, line)
		}
	}
}
