package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/faasgen/faasgen/framework"
)

// ErrorInfo is what [Exchange.Respond] needs to know of the call.
type ErrorInfo struct {
	// RequestID goes into the response of a failed call and into the log.
	RequestID string
	// Dev shows the text of every error to the caller.
	Dev bool
	// Route is the route that matched; its Status is that of a successful response.
	Route Route
	// Log receives what callers do not see. Nil is slog.Default().
	Log *slog.Logger
}

// Respond turns the outcome of an invocation into the response, ready to be encoded. It never fails: what cannot be
// answered, such as a status of 42 or a header value with a line break, is logged and becomes a 500.
//
//   - An error: see [Exchange.Header] and the problem document of RFC 9457.
//   - Nil, and a nil pointer, interface or reader: no body; the status that was set, else 204.
//   - A string is text/plain in UTF-8, []byte application/octet-stream, a json.RawMessage itself, an io.Reader a stream.
//   - A *Response is sent as it is, with the exchange's headers added.
//   - Everything else is JSON as encoding/json writes it, without HTML escapes and without a line break at the end. A
//     nil slice or map is null.
//
// A Content-Type that was set is kept. Content-Length is set where the length is known. Headers of one connection
// (Connection, Transfer-Encoding, ...) are left out. The response to HEAD has the headers of GET and no body.
func (x *Exchange) Respond(result any, err error, info ErrorInfo) *Response {
	if err != nil {
		closeBody(result)
		return x.fail(err, info)
	}
	if x.err != nil {
		closeBody(result)
		return x.fail(x.err, info)
	}
	r, err := x.succeed(result, info.Route.Status)
	if err != nil {
		closeBody(result)
		return x.fail(err, info)
	}
	return r
}

// response is the Response that Respond returns, and what it needs. It lives in the exchange, which a response is made of
// once, so that it costs no allocation of its own.
type response struct {
	Response
	none        bool   // there is no result
	own         bool   // it is the handler's own Response, which may leave out what it does not know
	contentType string // where the handler sets none
	headers     [2]string
	encoded     exactWriter
}

// succeed makes the response of a call that succeeded.
func (x *Exchange) succeed(result any, routeStatus int) (*Response, error) {
	x.out = response{}
	r := &x.out
	if err := r.represent(result); err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	if r.Status == 0 {
		last := 200
		if r.none {
			last = 204
		}
		r.Status = cmp.Or(x.response.Status, routeStatus, last)
	}
	if r.Status < 200 || r.Status > 599 {
		return nil, fmt.Errorf("found status %d, expected 200 to 599", r.Status)
	}
	r.Header = merge(x.response.Header, r.Header)
	if err := checkHeader(r.Header); err != nil {
		return nil, err
	}
	return x.frame(), nil
}

// represent gives the result its body and content type.
func (r *response) represent(result any) error {
	switch v := result.(type) {
	case nil:
		r.none = true
	case *Response:
		r.none, r.own = v == nil, v != nil
		if v != nil {
			r.Response, r.contentType = *v, v.contentType // a copy: the handler may return the same one each time
		}
	case Response:
		r.Response, r.own, r.contentType = v, true, v.contentType
	case string:
		r.Body, r.contentType = []byte(v), "text/plain; charset=utf-8"
	case []byte:
		r.Body, r.contentType = v, "application/octet-stream"
	case json.RawMessage:
		r.Body, r.contentType = v, "application/json"
	case io.Reader:
		if r.none = isNil(v); !r.none {
			r.Reader, r.contentType = v, "application/octet-stream"
		}
	default:
		body, err := encode(&r.encoded, result)
		if err != nil {
			return fmt.Errorf("encode the result of type %T: %w", result, err)
		}
		if r.none = string(body) == "null" && isNil(result); !r.none {
			r.Body, r.contentType = body, "application/json"
		}
	}
	return nil
}

// isNil reports whether v is a nil that counts as no result. It is called only where v is rare or its JSON is null.
func isNil(v any) bool {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan:
		return r.IsNil()
	case reflect.Map, reflect.Slice:
		_, reader := v.(io.Reader)
		return reader && r.IsNil()
	}
	return false
}

// encode is encoding/json without HTML escapes. MarshalJSON methods are the user's, so that a panic of one is an error.
func encode(out *exactWriter, v any) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &framework.PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return out.body, nil
}

// exactWriter keeps what a json.Encoder writes, which it does in one call and with a line break at the end, in exactly
// the memory that it needs.
type exactWriter struct{ body []byte }

func (w *exactWriter) Write(p []byte) (int, error) {
	w.body = append(w.body, p[:len(p)-1]...)
	return len(p), nil
}

// frame sets what follows from the body: type and length, and no body where there may be none.
func (x *Exchange) frame() *Response {
	r := &x.out
	if x.crossing != nil {
		x.CrossHeaders(r.Header)
	}
	if r.Status == 204 || r.Status == 304 {
		r.drop()
		delete(r.Header, "Content-Length")
		if r.Status == 204 {
			delete(r.Header, "Content-Type")
		}
		return &r.Response
	}
	if r.contentType != "" && len(r.Header["Content-Type"]) == 0 {
		r.headers[0] = r.contentType
		r.Header["Content-Type"] = r.headers[:1:1]
	}
	head := x.Request.Method == "HEAD"
	if r.Reader != nil || head && r.own && len(r.Body) == 0 {
		// Only the handler knows the length, and a handler of HEAD may know it without making the body.
		if declared := r.Header["Content-Length"]; len(declared) != 1 || !isLength(declared[0]) {
			delete(r.Header, "Content-Length")
		}
	} else {
		r.headers[1] = strconv.Itoa(len(r.Body))
		r.Header["Content-Length"] = r.headers[1:]
	}
	if head {
		r.drop()
	}
	return &r.Response
}

func isLength(text string) bool {
	_, err := strconv.ParseUint(text, 10, 63)
	return err == nil
}

// drop removes the body.
func (r *Response) drop() {
	if r.Reader != nil {
		closeBody(r.Reader)
	}
	r.Body, r.Reader = nil, nil
}

// closeBody closes a result that will not be sent.
func closeBody(result any) {
	switch v := result.(type) {
	case *Response:
		if v != nil && v.Reader != nil {
			closeBody(v.Reader)
		}
	case io.Closer:
		if _, ok := result.(io.Reader); ok && !isNil(v) {
			_ = v.Close() // nothing of it was promised to anybody
		}
	}
}

// merge returns the headers of the response: those of the exchange, and those of the returned Response over them. Cookies
// of both stay. Headers of one connection are left out. Where the exchange alone has some, its map becomes that of the response.
func merge(exchange, own Header) Header {
	if len(own) == 0 && len(exchange) > 0 {
		for name, vs := range exchange {
			if len(vs) == 0 || hopByHop(name) {
				delete(exchange, name)
			}
		}
		return exchange
	}
	h := make(Header, len(exchange)+len(own)+2)
	for name, vs := range exchange {
		if len(vs) > 0 && !hopByHop(name) {
			h[name] = vs
		}
	}
	for name, vs := range own {
		name = canonicalName(name)
		switch {
		case len(vs) == 0 || hopByHop(name):
		case name == "Set-Cookie":
			h[name] = append(slices.Clip(h[name]), vs...)
		default:
			h[name] = vs
		}
	}
	return h
}

// checkHeader refuses what would break out of a header. The value is not shown: it may be a secret.
func checkHeader(h Header) error {
	for name, vs := range h {
		if !validName(name) {
			return fmt.Errorf("found the header name %q, expected a token", name)
		}
		for _, v := range vs {
			if !validValue(v) {
				return fmt.Errorf("found a line break or control character in the value of header %s", name)
			}
		}
	}
	return nil
}

// Buffer reads Reader, if there is one, to its end into Body and closes it, for platforms that cannot stream. More than
// limit bytes is an error; zero or less is unlimited.
func (r *Response) Buffer(limit int64) (err error) {
	if r.Reader == nil {
		return nil
	}
	from := r.Reader
	r.Reader = nil
	defer func() {
		if p := recover(); p != nil { // wrapped, since one as it is counts as logged by the engine
			err = fmt.Errorf("read the response body: %w", &framework.PanicError{Value: p, Stack: debug.Stack()})
		}
	}()
	defer closeBody(from)
	source := from
	if limit > 0 {
		source = io.LimitReader(from, limit+1)
	}
	body, err := io.ReadAll(source)
	if err != nil {
		return fmt.Errorf("read the response body: %w", err)
	}
	if limit > 0 && int64(len(body)) > limit {
		return &framework.Error{Status: 500, Code: "response_too_large", Message: "the response is larger than the platform can carry", Err: fmt.Errorf("more than %d bytes", limit)}
	}
	r.Body = body
	if r.Header == nil {
		r.Header = make(Header)
	}
	r.Header["Content-Length"] = []string{strconv.Itoa(len(body))}
	return nil
}
