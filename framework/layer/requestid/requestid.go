// Package requestid is a layer that gives each request an id that the client knows, too: the one that it sent, if it is fit for a log, else
// the platform's. The response has it in the same header, whether the function succeeds or fails. In f.yml:
//
//	layers:
//	  requestid: {use: go:github.com/faasgen/faasgen/framework/layer/requestid}
//
// An id that the client sent is the attribute client_request_id of what [framework.Context.Logger] writes, and what [From] returns. The
// platform's stays what [framework.Context.RequestID] and error responses have: logs of the cloud are found by it. Events that are no
// requests are left alone.
package requestid

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// Header is that of the request and of the response.
	Header string //faas:config default=X-Request-Id
	// Trust says whether an id that the client sent is taken. It has to have 1 to 128 letters, digits and characters of -._~:+/=@, or it
	// is passed over.
	Trust bool //faas:config default=true
}

// maxLength is how long an id may be.
const maxLength = 128

// Layer is the layer. It is made by New.
type Layer struct {
	header string
	trust  bool
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	if !web.ValidName(c.Header) {
		return nil, fmt.Errorf("header: found %.100q, expected the name of a header such as X-Request-Id", c.Header)
	}
	name := web.Header{}
	name.Set(c.Header, "")
	l := &Layer{trust: c.Trust}
	for l.header = range name { // in its canonical form
	}
	return l, nil
}

// Name returns "requestid".
func (l *Layer) Name() string { return "requestid" }

// idKey is the context key of an id that the client sent.
type idKey struct{}

// From returns the id of the invocation that ctx belongs to: the one that the client sent, else the platform's, and empty outside of an
// invocation.
func From(ctx context.Context) string {
	c := framework.From(ctx)
	if c == nil {
		return ""
	}
	if id, ok := ctx.Value(idKey{}).(string); ok {
		return id
	}
	return c.RequestID()
}

// Middleware takes and sets the header.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		x := web.From(ctx)
		if x == nil {
			return next(ctx)
		}
		id := ctx.RequestID()
		if values := x.Request.Header[l.header]; l.trust && len(values) == 1 && values[0] != id && valid(values[0]) {
			id = values[0]
			ctx.SetValue(idKey{}, id)
			ctx.SetLogger(ctx.Logger().With("client_request_id", id))
		}
		if valid(id) {
			x.SetHeader(l.header, id)
		}
		return next(ctx)
	}
}

// valid reports whether an id is fit for headers, logs and paths of tools that search them.
func valid(id string) bool {
	if id == "" || len(id) > maxLength {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~', c == ':', c == '+', c == '/', c == '=', c == '@':
		default:
			return false
		}
	}
	return true
}
