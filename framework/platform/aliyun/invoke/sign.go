package invoke

import (
	"encoding/hex"

	"github.com/faasgen/faasgen/framework/call/wire"
)

const algorithm = "ACS3-HMAC-SHA256"

// credentials are those of the function's role.
type credentials struct{ id, secret, token string }

// header is one that is signed. The name is lower case and the value as it is sent, without spaces at its ends.
type header struct{ name, value string }

// authorization is the value of the header Authorization for a request. Path and query are as they are sent, the headers sorted by
// name; hash is that of the body, which x-acs-content-sha256 has, too.
func authorization(c credentials, method, path, query string, headers []header, hash string) string {
	b := make([]byte, 0, 1024+len(c.token))
	b = append(append(b, method...), '\n')
	b = append(append(b, path...), '\n')
	b = append(append(b, query...), '\n')
	for _, h := range headers {
		b = append(append(append(append(b, h.name...), ':'), h.value...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for i, h := range headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, h.name...)
	}
	signed := string(b[names:])
	b = append(append(b, '\n'), hash...)
	signature := wire.HMAC([]byte(c.secret), algorithm+"\n"+wire.Hash(b))

	b = append(append(b[:0], algorithm+" Credential="...), c.id...)
	b = append(append(b, ",SignedHeaders="...), signed...)
	b = append(b, ",Signature="...)
	return string(hex.AppendEncode(b, signature))
}
