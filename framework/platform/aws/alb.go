package aws

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// decodeALB reads the event of a load balancer. Path and query come as the client encoded them; headers come in the
// style that the target group is set to.
func decodeALB(p *platform.Payload, f *ingress) (*web.Request, error) {
	r := &web.Request{Header: make(web.Header)}
	var err error
	if r.Method, err = p.Text("httpMethod"); err != nil {
		return nil, err
	}
	path, err := p.Text("path")
	if err != nil {
		return nil, err
	}
	setPath(r, path)
	if raw := p.Field("multiValueHeaders"); raw != nil && raw[0] != 'n' {
		f.multi = true
		err = addMultiHeaders(r, raw)
	} else {
		err = addHeaders(r, p.Field("headers"))
	}
	if err != nil {
		return nil, err
	}
	if r.RawQuery, err = query(p, func(encoded string) string { return encoded }); err != nil {
		return nil, err
	}
	if r.Proto = r.Header.Get("X-Forwarded-Proto"); r.Proto != "https" {
		r.Proto = "http"
	}
	r.RemoteAddr = lastAddress(strings.Join(r.Header.Values("X-Forwarded-For"), ","))
	return r, nil
}

// lastAddress is the address that the load balancer itself saw; what stands before it is the client's word.
func lastAddress(forwarded string) string {
	last := strings.TrimSpace(forwarded[strings.LastIndexByte(forwarded, ',')+1:])
	if withPort, err := netip.ParseAddrPort(last); err == nil {
		return withPort.Addr().String()
	}
	if a, err := netip.ParseAddr(last); err == nil {
		return a.String()
	}
	return ""
}

// encodeALB answers in the style of the request: a load balancer looks at no other.
func encodeALB(b []byte, r *web.Response, c *httpCall) []byte {
	b = append(b, `,"statusDescription":`...)
	b = appendString(b, strconv.Itoa(r.Status)+" "+reason(r.Status))
	if c.ingress.multi {
		b = append(b, `,"multiValueHeaders":`...)
		return appendMulti(b, r.Header)
	}
	b = append(b, `,"headers":`...)
	b = appendSingle(b, r.Header)
	cookies := r.Header["Set-Cookie"]
	if len(cookies) == 0 {
		return b
	}
	if len(cookies) > 1 {
		c.payload.Log().Warn("the load balancer takes one Set-Cookie only: set lambda.multi_value_headers.enabled on its target group",
			"dropped", len(cookies)-1, "request_id", c.payload.Invocation.RequestID)
	}
	at := len(b) - 1 // inside the headers
	b = b[:at]
	if b[at-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, `"Set-Cookie":`...)
	b = appendHeaderValue(b, cookies[len(cookies)-1])
	return append(b, '}')
}

// reason is the phrase after the status, which clients ignore but load balancers want.
func reason(status int) string {
	switch status {
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 202:
		return "Accepted"
	case 204:
		return "No Content"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Found"
	case 303:
		return "See Other"
	case 304:
		return "Not Modified"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 409:
		return "Conflict"
	case 413:
		return "Payload Too Large"
	case 415:
		return "Unsupported Media Type"
	case 429:
		return "Too Many Requests"
	case 500:
		return "Internal Server Error"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	}
	switch status / 100 {
	case 2:
		return "OK"
	case 3:
		return "Redirect"
	case 4:
		return "Client Error"
	}
	return "Server Error"
}
