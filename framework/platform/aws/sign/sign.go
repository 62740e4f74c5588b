// Package sign makes the signatures of requests to AWS, version 4, for what sends some: calls of functions and the stores of secrets.
package sign

import (
	"encoding/hex"
	"os"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/call/wire"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	// Time is the form of X-Amz-Date, in UTC.
	Time      = "20060102T150405Z"
	shortDate = "20060102"
)

// Credentials are those of the function's role.
type Credentials struct{ ID, Secret, Token string }

// FromEnvironment are the credentials that Lambda sets, false if there are none.
func FromEnvironment() (Credentials, bool) {
	c := Credentials{os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")}
	return c, c.ID != "" && c.Secret != ""
}

// Header is one that is signed. The name is lower case and the value as it is sent, without spaces at its ends.
type Header struct{ Name, Value string }

// Request is what a signature is over.
type Request struct {
	// Path and Query are as they are sent, the query in the order of its names.
	Method, Path, Query string
	// Headers are sorted by name; host and x-amz-date are among them.
	Headers []Header
	Body    []byte
}

// Signer makes signatures. A key serves for a day, and is kept. The zero value is ready; it is used by several goroutines at once.
type Signer struct {
	mu    sync.Mutex
	scope string // of key
	key   []byte
	of    string // the secret
}

// Authorization is the value of the header Authorization.
func (s *Signer) Authorization(c Credentials, region, service string, at time.Time, r *Request) string {
	b := make([]byte, 0, 1024+len(c.Token))
	b = append(append(b, r.Method...), '\n')
	b = append(wire.AppendEscaped(b, r.Path, "/"), '\n') // once more: the path is encoded already
	b = append(append(b, r.Query...), '\n')
	for _, h := range r.Headers {
		b = append(append(append(append(b, h.Name...), ':'), h.Value...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for i, h := range r.Headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, h.Name...)
	}
	signed := string(b[names:])
	b = append(append(b, '\n'), wire.Hash(r.Body)...)
	canonical := wire.Hash(b)

	stamp := at.UTC().Format(Time)
	scope := stamp[:len(shortDate)] + "/" + region + "/" + service + "/aws4_request"
	signature := wire.HMAC(s.keyOf(c.Secret, scope, stamp[:len(shortDate)], region, service), algorithm+"\n"+stamp+"\n"+scope+"\n"+canonical)

	b = append(b[:0], algorithm+" Credential="...)
	b = append(append(append(b, c.ID...), '/'), scope...)
	b = append(append(b, ", SignedHeaders="...), signed...)
	b = append(b, ", Signature="...)
	return string(hex.AppendEncode(b, signature))
}

func (s *Signer) keyOf(secret, scope, day, region, service string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == nil || s.scope != scope || s.of != secret {
		key := wire.HMAC([]byte("AWS4"+secret), day)
		key = wire.HMAC(wire.HMAC(wire.HMAC(key, region), service), "aws4_request")
		s.key, s.scope, s.of = key, scope, secret
	}
	return s.key
}
