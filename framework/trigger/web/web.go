package web

import (
	"context"
	"io"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Header maps canonical header names to their values, as net/http's does.
type Header map[string][]string

// Request is one http request. The platform owns its memory until the handler has returned.
type Request struct {
	// Method is upper case.
	Method string
	// Path is the decoded path, starting with a slash; RawPath is its encoded form, empty when it is the default encoding.
	Path, RawPath string
	// RawQuery is the encoded query without the question mark.
	RawQuery string
	// Header holds the headers without Host and with Cookie joined as the client sent it.
	Header Header
	// Host is the host the client requested.
	Host string
	// RemoteAddr is the client's IP address as the vendor reports it, without a port; empty if unknown.
	RemoteAddr string
	// Proto is "http" or "https" as the client spoke to the vendor.
	Proto string
	// Body is the decoded body. Exactly one of Body and Reader is set when there is one.
	Body []byte
	// Reader streams the body on platforms that receive it so; see [Request.ReadBody].
	Reader io.Reader
	// Pattern is the route that matched, in canonical form.
	Pattern string
	// PathValues holds the values of the route's wildcards.
	PathValues []PathValue

	parsed  parsedQuery
	bodyErr error // of the first ReadBody that failed: what it read is gone
}

// PathValue is the value of one wildcard.
type PathValue struct{ Name, Value string }

// Response is a complete response. A handler may return one instead of a value.
type Response struct {
	// Status is 200 to 599; zero is what the exchange or the route says, else 200.
	Status int
	// Header holds the headers; several values of one name stay several. It takes a [Header] and an http.Header.
	Header map[string][]string
	// Body is the body. Reader, if set, is streamed where the platform can and else read to its end; it is closed if it
	// is an io.Closer.
	Body   []byte
	Reader io.Reader

	contentType string // of the body that [Exchange.Whole] has made, where the handler sets none
	err         error  // of what made it, such as [Redirect]
}

// Exchange is the event of an http function: the request, and what has been decided of the response so far. Headers and
// status set here stay on the response also when the handler fails.
type Exchange struct {
	Request  Request
	response decided
	err      error // of SetCookie
	crossing *crossing
	sender   Sender
	out      response
	single   [3]string // values of headers that SetHeader has set
	singles  int
}

// decided is what the handler has set of the response.
type decided struct {
	Status int
	Header Header
}

// Route is the trigger: one method and pattern of one function.
type Route struct {
	// Method is upper case, or "" for any.
	Method string
	// Pattern is canonical: /books/{id}, /files/{path...}, /exact/{$}.
	Pattern string
	// Host restricts the route to one host; empty is any.
	Host string
	// Status is the status of a successful response; zero is 200, or 204 when there is no result.
	Status int
	// CORS says which pages of other origins may call; nil is none.
	CORS *CORS
}

// Kind returns "http".
func (Route) Kind() string { return "http" }

// Delivery returns trigger.Request.
func (Route) Delivery() trigger.Delivery { return trigger.Request }

// From returns the exchange of the invocation that ctx is or descends from, nil if it is not http.
func From(ctx context.Context) *Exchange {
	c := framework.From(ctx)
	if c == nil || c.Call() != nil { // whose event would be encoded for it
		return nil
	}
	x, _ := c.Event().(*Exchange)
	return x
}
