package invoke

import (
	"encoding/hex"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/call/wire"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	service   = "lambda"
	longDate  = "20060102T150405Z"
	shortDate = "20060102"
)

// credentials are those of the function's role.
type credentials struct{ id, secret, token string }

// header is one that is signed. The name is lower case and the value as it is sent, without spaces at its ends.
type header struct{ name, value string }

// request is what a signature is over.
type request struct {
	method, path, query string // path and query as they are sent, the query in the order of its names
	headers             []header
	body                []byte
}

// signer makes signatures of version 4. A key serves for a day, and is kept.
type signer struct {
	mu    sync.Mutex
	scope string // of key
	key   []byte
	of    string // the secret
}

// authorization is the value of the header Authorization. The headers are sorted by name, and host and x-amz-date are among them.
func (s *signer) authorization(c credentials, region, service string, at time.Time, r *request) string {
	b := make([]byte, 0, 1024+len(c.token))
	b = append(append(b, r.method...), '\n')
	b = append(wire.AppendEscaped(b, r.path, "/"), '\n') // once more: the path is encoded already
	b = append(append(b, r.query...), '\n')
	for _, h := range r.headers {
		b = append(append(append(append(b, h.name...), ':'), h.value...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for i, h := range r.headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, h.name...)
	}
	signed := string(b[names:])
	b = append(append(b, '\n'), wire.Hash(r.body)...)
	canonical := wire.Hash(b)

	stamp := at.UTC().Format(longDate)
	scope := stamp[:len(shortDate)] + "/" + region + "/" + service + "/aws4_request"
	signature := wire.HMAC(s.keyOf(c.secret, scope, stamp[:len(shortDate)], region, service), algorithm+"\n"+stamp+"\n"+scope+"\n"+canonical)

	b = append(b[:0], algorithm+" Credential="...)
	b = append(append(append(b, c.id...), '/'), scope...)
	b = append(append(b, ", SignedHeaders="...), signed...)
	b = append(b, ", Signature="...)
	return string(hex.AppendEncode(b, signature))
}

func (s *signer) keyOf(secret, scope, day, region, service string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == nil || s.scope != scope || s.of != secret {
		key := wire.HMAC([]byte("AWS4"+secret), day)
		key = wire.HMAC(wire.HMAC(wire.HMAC(key, region), service), "aws4_request")
		s.key, s.scope, s.of = key, scope, secret
	}
	return s.key
}
