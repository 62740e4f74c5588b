package sim

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"
)

// ClientIP is the address of every client, one that is reserved for documentation.
const ClientIP = "192.0.2.1"

// Path and Query are the parts of the target, still encoded.
func (r *Request) Path() string { path, _, _ := strings.Cut(r.Target, "?"); return path }

// Query is what follows the path.
func (r *Request) Query() string { _, query, _ := strings.Cut(r.Target, "?"); return query }

// Decoded is the path, decoded if it is encoded as it should be.
func (r *Request) Decoded() string {
	if decoded, err := url.PathUnescape(r.Path()); err == nil {
		return decoded
	}
	return r.Path()
}

// Joined has the headers with names in lower case, several values in one.
func (r *Request) Joined() map[string]string {
	all := map[string]string{"host": r.Host, "x-forwarded-proto": "https"}
	for _, h := range r.Header {
		name := strings.ToLower(h[0])
		if before, ok := all[name]; ok && name != "host" {
			all[name] = before + "," + h[1]
			continue
		}
		all[name] = h[1]
	}
	return all
}

// Text is the body as JSON carries it.
func (r *Request) Text() (body string, encoded bool) {
	if utf8.Valid(r.Body) {
		return string(r.Body), false
	}
	return base64.StdEncoding.EncodeToString(r.Body), true
}
