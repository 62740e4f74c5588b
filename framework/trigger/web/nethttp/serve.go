package nethttp

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Serve runs h on the http request of the invocation: an existing application as one function. Generated code calls it
// for a constructor that returns an http.Handler.
//
// h sees what it would see behind a plain server; r.Context() is the framework's. Its response becomes the result, so that
// middleware may look at it, and is the same on every platform: 200 if it writes nothing, a guessed Content-Type if it
// sets none. Headers that middleware set on the exchange are there when h begins. The response is streamed from the first
// Flush or 32 KB on, where the platform streams it; elsewhere Flush does nothing. Trailers arrive where the process listens.
// Hijack is refused everywhere. A panic is the engine's to handle; with http.ErrAbortHandler the connection is cut where there is one.
func Serve(ctx *framework.Context, h http.Handler) (err error) {
	x := web.From(ctx)
	if x == nil {
		return &framework.Error{Status: 400, Code: "not_http", Message: "function " + ctx.FunctionName() + " takes http requests only"}
	}
	s, _ := ctx.Value(streamKey{}).(*stream)
	r, err := request(ctx, &x.Request, s)
	if err != nil {
		return err
	}
	if by := x.Sender(); s == nil && by != nil {
		s = &stream{w: &sending{to: by}}
	}
	w := &writer{ctx: ctx, stream: s, header: http.Header(x.Header().Clone()), head: r.Method == http.MethodHead}
	if w.header == nil {
		w.header = make(http.Header)
	}
	defer func() {
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll() // temporary files: what stays is the system's to clean
		}
		v := recover()
		w.keep(x.Header())
		switch v {
		case nil:
		case http.ErrAbortHandler:
			err = fmt.Errorf("the handler cut its response short: %w", http.ErrAbortHandler)
		default:
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return w.finish()
}

// request makes the request that h sees: the connection's own, if there is one, as middleware has left the exchange's.
func request(ctx *framework.Context, from *web.Request, s *stream) (*http.Request, error) {
	u := &url.URL{Path: from.Path, RawPath: from.RawPath, RawQuery: from.RawQuery}
	var r *http.Request
	if s != nil {
		r = s.r.WithContext(ctx)
		u.ForceQuery = s.r.URL.ForceQuery && from.RawQuery == ""
		if *u != *s.r.URL {
			r.RequestURI = u.RequestURI()
		}
	} else {
		r = (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RequestURI: u.RequestURI()}).WithContext(ctx)
	}
	r.Method, r.URL, r.Host, r.Pattern = from.Method, u, from.Host, from.Pattern
	r.Header = http.Header(from.Header)
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	if s == nil || remoteIP(s.r) != from.RemoteAddr {
		r.RemoteAddr = ""
		if from.RemoteAddr != "" {
			r.RemoteAddr = net.JoinHostPort(from.RemoteAddr, "0")
		}
	}
	for _, v := range from.PathValues {
		r.SetPathValue(v.Name, v.Value)
	}
	switch {
	case from.Reader != nil:
		r.Body = io.NopCloser(from.Reader)
		if s == nil || from.Reader != s.body { // middleware may have put another reader in its place
			r.ContentLength = -1
		}
	case len(from.Body) > 0:
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(from.Body)), int64(len(from.Body))
	default:
		r.Body, r.ContentLength = http.NoBody, 0
	}
	return r, nil
}

// keep puts the headers of the application onto the exchange, where the response takes them from.
func (w *writer) keep(to web.Header) {
	if w.streaming {
		return
	}
	clear(to)
	maps.Copy(to, web.Header(w.sent()))
}
